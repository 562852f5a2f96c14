"""The server: which path leads where, what it looks after meanwhile, and how it stops."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from aiohttp import web

from accessctl.web.errors import CannotServe
from accessctl.web.files import Downloads, static
from accessctl.web.front import Front
from accessctl.web.gate import HEALTH, Gate, Handler, health
from accessctl.web.headers import add_headers
from accessctl.web.listening import Listening
from accessctl.web.logins import Logins
from accessctl.web.muster import MusterPages
from accessctl.web.origins import Origins
from accessctl.web.terminals import Terminals
from accessctl.web.tls import certificate_of, context_of, state_folder
from accessctl.web.tries import Tries

LONGEST_FORM: Final = 16 * 1024
MOST_CONNECTIONS: Final = 200
_ACCEPTED_AT_ONCE: Final = 32
"""By so many it may be more for an instant."""
PATIENCE_S: Final = 30.0
"""A connection that says nothing whole for so long is ended."""
HANDSHAKE_S: Final = 10.0
STOP_S: Final = 8.0
_LOOK_EVERY_S: Final = 5.0

log = logging.getLogger(__name__)


class WebServer:
    """Serves the console to browsers until it is told to stop."""

    def __init__(self, asked: Listening, socket: Path) -> None:
        """``socket``: where the API is asked. Raises ``CannotServe``."""
        self._asked = asked
        self._tls = None
        names: tuple[str, ...] = (str(asked.address),)
        self.fingerprint = ""
        if asked.encrypted:
            about = certificate_of(asked)
            names, self.fingerprint = (*names, *about.names), about.fingerprint
            self._tls = context_of(asked)
        origins = Origins(names, encrypted=asked.encrypted, public_origin=asked.public_origin)
        self._logins = Logins(socket, asked.idle, time.monotonic)
        self._gate = Gate(self._logins, origins, secure=asked.secure)
        self._terminals = Terminals(self._logins, origins, state_folder(), asked.consoles)
        self._front = Front(
            self._gate,
            self._logins,
            origins,
            self._terminals,
            tries=Tries(time.monotonic),
            proxied=asked.behind_a_proxy,
        )

    async def serve(self, ready: Callable[[str], None]) -> None:
        """Serve until SIGTERM or SIGINT; tell ``ready`` the address. Raises ``CannotServe``."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        runner = web.AppRunner(
            self._app(), access_log=None, keepalive_timeout=PATIENCE_S, shutdown_timeout=2.0
        )
        await runner.setup()
        try:
            listener = await self._listen(runner)
            looking = asyncio.create_task(self._look())
            ready(self._address_of(listener))
            await stop.wait()
            looking.cancel()
            listener.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_S):
                    await self._logins.end_all()
                    await self._terminals.until_none()
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> asyncio.Server:
        serving = runner.server
        assert serving is not None  # noqa: S101 - it was set up

        def accepted() -> asyncio.Protocol:
            return _Full() if len(serving.connections) >= MOST_CONNECTIONS else serving()

        try:
            return await asyncio.get_running_loop().create_server(
                accepted,
                str(self._asked.address),
                self._asked.port,
                backlog=_ACCEPTED_AT_ONCE,
                ssl=self._tls,
                ssl_handshake_timeout=HANDSHAKE_S if self._tls else None,
            )
        except OSError as error:
            where = f"{self._asked.address} port {self._asked.port}"
            raise CannotServe(f"cannot listen at {where}: {error.strerror or error}") from error

    def _address_of(self, listener: asyncio.Server) -> str:
        if self._asked.public_origin is not None:
            return f"{self._asked.public_origin}/"
        host, port = listener.sockets[0].getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if self._asked.encrypted else 'http'}://{shown}:{port}/"

    def _app(self) -> web.Application:
        @web.middleware
        async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._gate.let_in(request, handler)

        app = web.Application(middlewares=[gate], client_max_size=LONGEST_FORM)
        app.on_response_prepare.append(add_headers)
        muster = MusterPages(self._gate, self._logins)
        app.add_routes(
            [
                web.get("/", self._front.index),
                web.post("/login", self._front.log_in),
                web.post("/logout", self._front.log_out),
                web.get("/ws", self._terminals.handle),
                web.get("/download/{key}", Downloads(self._terminals).handle),
                web.get("/static/{path:.+}", static),
                web.get("/muster", muster.show),
                web.post("/muster/safe", muster.tick),
                web.get(HEALTH, health),
            ]
        )
        return app

    async def _look(self) -> None:
        """End the sessions in which nothing is done."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            await self._logins.end_idle()


class _Full(asyncio.Protocol):
    """Hangs up at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()
