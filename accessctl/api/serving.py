"""Serves the API on its Unix sockets, and on the network where the site file says so.

One socket lies in the home, for owner and group. Where operators must not get into the home, there is another
one outside of it, for a group that has no share in the home.
"""

import asyncio
import grp
import logging
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn

from accessctl.alone import AlreadyHeld, alone
from accessctl.api.app import create_app
from accessctl.api.network import Network
from accessctl.api.office import Office
from accessctl.api.parts import Parts
from accessctl.api.peer import PeerProtocol
from accessctl.home import Home

_NOT_FOR_OTHERS: Final = 0o117
_BACKLOG: Final = 64
_GRACE_S: Final = 2
"""So long may requests that have begun still take when the process is to stop."""
_ACCEPTED_IN: Final = 2
"""Turns of the loop until a connection that was accepted is known. One that uvicorn does not know of when it
stops is waited for until the grace is over, and left open then."""


log = logging.getLogger(__name__)


class AlreadyServed(Exception):
    """Another process serves this installation's API."""


@dataclass(frozen=True, slots=True)
class OperatorsSocket:
    """Where the API is served to operators who may not enter the home."""

    path: Path
    group: str
    """Who may connect."""


class ApiServer(uvicorn.Server):
    """A server that ends its streams when it is to stop; uvicorn would wait for their clients to leave."""

    def __init__(self, parts: Parts, office: Office | None = None) -> None:
        """Serve these parts; with an office also on the network, if its rules say where."""
        app = create_app(parts)
        config = uvicorn.Config(
            app,
            http=PeerProtocol,
            ws="none",
            lifespan="on",
            # A path may name a person, and a log is kept for longer than anybody remembers why.
            access_log=False,
            log_config=None,
            server_header=False,
            # Who asks is known by the kernel, and by nothing that a header says.
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE_S,
        )
        super().__init__(config)
        self._parts = parts
        self.network = None if office is None else Network(app, parts.home, office)

    def stop(self) -> None:
        """Finish what has begun, then end."""
        self.should_exit = True

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override]  # a context all the same
        """Leave signals alone: uvicorn would raise them again at the end, and die of an orderly stop."""
        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve the Unix socket, then see about the network."""
        await super().startup(sockets)
        if self.network is not None:
            self.network.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the streams end, then stop: the network first, since the application ends with the socket."""
        self._parts.growth.end()
        if self.network is not None:
            await self.network.stop()
        await self._accept_no_more()
        await super().shutdown(sockets)

    async def _accept_no_more(self) -> None:
        """Let nobody else in, and get to know who was let in just now: asyncio's close leaves them behind."""
        for server in self.servers:
            for listens in server.sockets:
                asyncio.get_running_loop().remove_reader(listens.fileno())
        for _turn in range(_ACCEPTED_IN):
            await asyncio.sleep(0)


@contextmanager
def listening(path: Path, group: str | None = None) -> Iterator[socket.socket]:
    """Give the listening socket, mode 0660, for as long as the block lasts. Raises ``AlreadyServed``.

    With a group it is for that one in place of our own; we have to be in it, or the kernel refuses.

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
            if group is not None:
                _give(path, group)
            server.listen(_BACKLOG)  # nobody gets in before, so nobody of our own group ever does
            yield server
            path.unlink(missing_ok=True)
    except AlreadyHeld:
        raise AlreadyServed(f"another process already serves {path}") from None


def _give(path: Path, group: str) -> None:
    """Give a socket to a group, or take it away again. Raises ``OSError``."""
    try:
        os.chown(path, -1, grp.getgrnam(group).gr_gid)
    except KeyError:
        path.unlink()
        raise OSError(f"there is no group {group}") from None
    except OSError:
        path.unlink()
        raise


async def serve(home: Home, operators: OperatorsSocket | None = None) -> None:
    """Serve until SIGTERM or SIGINT. Raises ``AlreadyServed`` and ``OSError``.

    Where the operators' own socket cannot be made the API is served without it, since whoever can mend that
    may need the API, and so may programs on the network. The log says why.
    """
    office = Office(home)
    server = ApiServer(Parts.of(home, office), office)
    # Before the socket is there: whoever sees it may already stop this process.
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    with ExitStack() as served:
        sockets = [served.enter_context(listening(home.api_socket))]
        if operators is not None:
            try:
                sockets.append(served.enter_context(listening(operators.path, operators.group)))
            except (AlreadyServed, OSError) as error:
                log.error("the API is not served at %s: %s", operators.path, error)  # noqa: TRY400
        await server.serve(sockets)
