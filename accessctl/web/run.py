"""Running the server, from the command's side."""

import asyncio
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from accessctl.web.listening import Listening
from accessctl.web.server import WebServer


def run(asked: Listening, socket: Path, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or Ctrl-C, and ``say`` where. Raises ``CannotServe``."""
    logging.basicConfig(level=logging.WARNING, format="web: %(message)s", stream=sys.stderr)
    # What strangers send is refused in its answer; a line for each would let them fill the log.
    logging.getLogger("aiohttp").setLevel(logging.ERROR)
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    server = WebServer(asked, socket)

    def ready(address: str) -> None:
        if server.fingerprint:
            say(f"its certificate has the SHA-256 fingerprint {server.fingerprint}")
        say(f"the console is at {address}")

    asyncio.run(server.serve(ready))
