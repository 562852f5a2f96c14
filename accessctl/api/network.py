"""Serves the application on the network, over TLS 1.3, where the site file says so.

It stands beside the Unix socket and never in its way: whatever goes wrong here (an address that is not
there yet, a port that another program has, a certificate that cannot be read) is said, and tried again.
"""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

import uvicorn
from starlette.types import ASGIApp

from accessctl.api.network_guard import NetworkGuard
from accessctl.api.network_protocol import LONGEST_HEAD, NetworkProtocol
from accessctl.api.office import Office
from accessctl.home import Home
from accessctl.office.rules import NetworkRules

if TYPE_CHECKING:
    from accessctl.api.tls import Tls

log = logging.getLogger(__name__)

AGAIN_S: Final = 5.0
"""After so long an address or a certificate that could not be had is tried again."""
CERTIFICATE_S: Final = 3600.0
"""So often the certificate is looked at: one that is replaced is taken, our own is renewed in time."""
MOST_CONNECTIONS: Final = 256
MOST_OF_ONE_ADDRESS: Final = 128
HANDSHAKE_S: Final = 10.0
_IDLE_S: Final = 30
"""So long is a connection kept for the next request; the end of an answer may take as long on a slow line."""
_CLOSING_S: Final = 30.0
_BACKLOG: Final = 64
_GRACE_S: Final = 2
_NO_DESCRIPTOR_S: Final = 1.0
_UNANSWERED_MS: Final = 30_000
"""``TCP_USER_TIMEOUT``: a client that has vanished is gone after this, not after the kernel's 15 minutes."""


class NetworkServer(uvicorn.Server):
    """Accepts by itself: uvicorn counts no connection before its handshake, and waits a minute for that."""

    def __init__(self, app: ASGIApp, listening: socket.socket, tls: "Tls | None") -> None:
        """Serve this application on a socket that listens already; without TLS on this machine alone."""
        config = uvicorn.Config(
            app,
            http=NetworkProtocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            # Nobody stands before this API who could say for whom it asks.
            proxy_headers=False,
            h11_max_incomplete_event_size=LONGEST_HEAD,
            timeout_keep_alive=_IDLE_S,
            timeout_graceful_shutdown=_GRACE_S,
        )
        super().__init__(config)
        self._listening, self._tls = listening, tls
        self._of: Counter[str] = Counter()
        self._accepting: asyncio.Task[None] | None = None
        self._greeting: set[asyncio.Task[None]] = set()
        self.servers: list[asyncio.base_events.Server] = []

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override]  # a context all the same
        """Leave signals alone: they are the business of the server on the Unix socket."""
        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept."""
        self._accepting = asyncio.create_task(self._accept())
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nobody any more, and end what is open."""
        for task in (self._accepting, *self._greeting):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        self._listening.close()
        for connection in tuple(self.server_state.connections):
            if isinstance(connection, NetworkProtocol):
                connection.end_if_idle()
        await super().shutdown(sockets)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self._listening)
            except OSError:
                # The client has left already, or there are no descriptors: neither mends by hurrying.
                await asyncio.sleep(_NO_DESCRIPTOR_S)
                continue
            address = _client_at(connection)
            if address is None or self._is_full(address):
                connection.close()
                continue
            self._of[address] += 1
            task = asyncio.create_task(self._greet(connection, address))
            self._greeting.add(task)
            task.add_done_callback(self._greeting.discard)

    async def _greet(self, connection: socket.socket, address: str) -> None:
        """Shake hands; from then on the connection lives by itself."""
        protocol = NetworkProtocol(
            self.config, self.server_state, self.lifespan.state, address, lambda: self._left(address)
        )
        encrypted = self._tls is not None
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: protocol,
                connection,
                ssl=None if self._tls is None else self._tls.context,
                ssl_handshake_timeout=HANDSHAKE_S if encrypted else None,
                ssl_shutdown_timeout=_CLOSING_S if encrypted else None,
            )
        except OSError:
            # Whoever speaks no TLS 1.3, does not trust the certificate, or has left. Nothing to say of it:
            # anybody could fill the log. asyncio has closed the connection.
            pass
        finally:
            if protocol.transport is None:
                self._left(address)

    def _is_full(self, address: str) -> bool:
        return self._of.total() >= MOST_CONNECTIONS or self._of[address] >= MOST_OF_ONE_ADDRESS

    def _left(self, address: str) -> None:
        self._of[address] -= 1
        if self._of[address] <= 0:
            del self._of[address]


def _client_at(connection: socket.socket) -> str | None:
    """Give the client's address; ``None`` for one that has left already."""
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNANSWERED_MS)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        found = ip_address(connection.getpeername()[0].partition("%")[0])
    except OSError:
        return None
    # One of IPv4 that came to a socket of both is what it is.
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


def listen(rules: NetworkRules) -> socket.socket:
    """Give a socket that listens where the rules say. Raises ``OSError``."""
    family = socket.AF_INET6 if ":" in rules.address else socket.AF_INET
    # With its protocol named: asyncio ends Nagle's delay, 40 ms a call, only where it sees that it is TCP.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((rules.address, rules.port))
        listening.listen(_BACKLOG)
        listening.setblocking(False)  # noqa: FBT003 - its only argument
    except OSError:
        listening.close()
        raise
    return listening


class Network:
    """The API on the network, for as long as the process lives."""

    def __init__(
        self,
        app: ASGIApp,
        home: Home,
        office: Office,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Serve an application, by the rules of an office."""
        self._app, self._home, self._office, self._now = app, home, office, now
        self._task: asyncio.Task[None] | None = None
        self.server: NetworkServer | None = None
        """Serves while there are rules, a certificate and an address."""
        self._said: str | None = None
        self._stops = False
        self.port: int | None = None
        """Where it listens, once it does."""

    def start(self) -> None:
        """Begin, and come back at once."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Finish what has begun, then end."""
        self._stops = True
        if self.server is not None:
            self.server.should_exit = True
        elif self._task is not None:
            self._task.cancel()
        if self._task is not None:
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while not self._stops:
            try:
                rules = (await self._office.rules()).network
                if rules is not None:
                    await self._serve(rules)
                    continue
            except Exception:
                log.exception("the API on the network has failed, and is started anew")
            await asyncio.sleep(AGAIN_S)

    async def _serve(self, rules: NetworkRules) -> None:
        """Serve until the process stops, or the rules say something else."""
        # Only now: cryptography is 10 MiB, which a machine without a network can do without.
        from accessctl.api.tls import Tls

        tls = Tls(rules, self._home.tls, self._now)
        listening = await self._listening(rules, tls)
        if listening is None:
            return
        self.server = NetworkServer(NetworkGuard(self._app, self._office.rules), listening, tls)
        self.port = listening.getsockname()[1]
        others = [asyncio.create_task(each) for each in (self._follow(rules, self.server), _renew(tls))]
        try:
            await self.server.serve()
        finally:
            self.server, self.port = None, None
            for task in others:
                task.cancel()

    async def _listening(self, rules: NetworkRules, tls: "Tls") -> socket.socket | None:
        """Try until there are both a certificate and an address; ``None`` when the rules change before."""
        while await self._still(rules):
            why = await asyncio.to_thread(tls.take)
            try:
                listening = listen(rules) if why is None else None
            except OSError as error:
                listening, why = None, f"nothing can listen at {rules.where}: {error.strerror or error}"
            if listening is not None:
                if self._said is not None:
                    log.warning("the API is served on the network after all, at %s", rules.where)
                self._said = None
                return listening
            if why != self._said:
                log.error("the API is NOT served on the network, only on its Unix socket: %s", why)
            self._said = why
            await asyncio.sleep(AGAIN_S)
        return None

    async def _follow(self, rules: NetworkRules, server: NetworkServer) -> None:
        """End the server when the site file says something else."""
        while True:
            await asyncio.sleep(AGAIN_S)
            if not await self._still(rules):
                server.should_exit = True
                return

    async def _still(self, rules: NetworkRules) -> bool:
        """Whether these rules hold; how often somebody may ask is looked up at each request."""
        now = (await self._office.rules()).network
        return now is not None and replace(now, requests_a_minute=rules.requests_a_minute) == rules


async def _renew(tls: "Tls") -> None:
    """Look after the certificate of a server that serves."""
    while True:
        await asyncio.sleep(CERTIFICATE_S)
        why = await asyncio.to_thread(tls.take)
        if why is not None:
            log.error("the certificate on the network stays as it was: %s", why)
