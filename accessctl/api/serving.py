"""Serves the API on its Unix socket: one process for an installation, open to owner and group."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Final

import uvicorn

from accessctl.alone import AlreadyHeld, alone
from accessctl.api.app import create_app
from accessctl.api.parts import Parts
from accessctl.api.peer import PeerProtocol
from accessctl.home import Home

_NOT_FOR_OTHERS: Final = 0o117
_BACKLOG: Final = 64
_GRACE_S: Final = 2
"""So long may requests that have begun still take when the process is to stop."""


class AlreadyServed(Exception):
    """Another process serves this installation's API."""


class ApiServer(uvicorn.Server):
    """A server that ends its streams when it is to stop; uvicorn would wait for their clients to leave."""

    def __init__(self, parts: Parts) -> None:
        """Serve these parts."""
        config = uvicorn.Config(
            create_app(parts),
            http=PeerProtocol,
            ws="none",
            lifespan="on",
            # A path may name a person, and a log is kept for longer than anybody remembers why.
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        super().__init__(config)
        self._parts = parts

    def stop(self) -> None:
        """Finish what has begun, then end."""
        self.should_exit = True

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override]  # a context all the same
        """Leave signals alone: uvicorn would raise them again at the end, and die of an orderly stop."""
        return nullcontext()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the streams end, then stop."""
        self._parts.growth.end()
        await super().shutdown(sockets)


@contextmanager
def listening(path: Path) -> Iterator[socket.socket]:
    """Give the listening socket, mode 0660, for as long as the block lasts. Raises ``AlreadyServed``.

    The lock tells a socket that somebody serves from one that a crash left behind; it ends with the
    process, however that ends.
    """
    try:
        with alone(path.with_name(path.name + ".lock")), socket.socket(socket.AF_UNIX) as server:
            path.unlink(missing_ok=True)
            # A chmod afterwards would leave a moment for others to connect.
            before = os.umask(_NOT_FOR_OTHERS)
            try:
                server.bind(os.fspath(path))
            finally:
                os.umask(before)
            server.listen(_BACKLOG)
            yield server
            path.unlink(missing_ok=True)
    except AlreadyHeld:
        raise AlreadyServed(f"another process already serves {path}") from None


async def serve(home: Home) -> None:
    """Serve until SIGTERM or SIGINT. Raises ``AlreadyServed`` and ``OSError``."""
    server = ApiServer(Parts.of(home))
    # Before the socket is there: whoever sees it may already stop this process.
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    with listening(home.api_socket) as server_socket:
        await server.serve([server_socket])
