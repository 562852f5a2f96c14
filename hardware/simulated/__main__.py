"""Run the simulated warehouse: ``python -m hardware.simulated SOCKET_PATH``, until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
from pathlib import Path

from hardware.simulated.server import SocketTaken, listen, serve


async def _run(listening: socket.socket, path: Path) -> None:
    task = asyncio.create_task(serve(listening, path))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    # Said only now: whoever waits for it may connect, and may also end us.
    print(f"the simulated warehouse is at {path}", file=sys.stderr, flush=True)  # noqa: T201 - its talk
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main() -> int:
    """Serve one warehouse. Exit status 2 when the socket cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m hardware.simulated", description=__doc__)
    parser.add_argument("socket", type=Path, metavar="SOCKET_PATH", help="where to listen (mode 0600)")
    path: Path = parser.parse_args().socket
    try:
        listening = listen(path)
    except (SocketTaken, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    try:
        asyncio.run(_run(listening, path))
    finally:
        path.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
