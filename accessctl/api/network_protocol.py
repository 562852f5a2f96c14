"""HTTP/1.1 from the network, with an end to every wait for a client.

A client that sends its request byte by byte, or never reads its answer, holds a connection for nothing, and
enough of them hold all there are. So a head has to come within some seconds, a body and an answer have to
get on.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

HEAD_S: Final = 10.0
"""So long may a request's line and headers take, from the handshake or their first byte on."""
BODY_S: Final = 20.0
"""So often a body is looked at: it has to have got on by ``BODY_LEAST`` since, or to be whole."""
BODY_LEAST: Final = 64 * 1024
"""Bytes. No line that somebody works with is slower than 3 KiB a second."""
READ_S: Final = 30.0
"""So long may a client leave unread what is sent to it: ``UNREAD`` bytes, and what the kernel takes."""
UNREAD: Final = 64 * 1024
LONGEST_HEAD: Final = 16 * 1024

# What a client sends is no fault of ours, and a line for each would let anybody fill the disk.
_log: Final = logging.getLogger(__name__ + ".http")
_log.setLevel(logging.ERROR)


class NetworkProtocol(H11Protocol):
    """One connection from the network. It tells the application from which address it comes."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        address: str,
        lost: Callable[[], None],
    ) -> None:
        """``lost`` is called once, when the connection has ended."""
        peer = {"peer_user": None, "peer_address": address}
        super().__init__(config, server_state, {**app_state, **peer})
        self.logger = _log
        self._lost = lost
        self._due: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._waits_for: object = None
        self._got = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin to wait for a request."""
        super().connection_made(transport)
        # For TLS asyncio's own bound is eight times as high, and a slow line would not get below it in time.
        transport.set_write_buffer_limits(UNREAD)
        self._wait_for(h11.IDLE, HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait_for(None)
        self.resume_writing()
        # uvicorn leaves it running where a connection breaks.
        self._unset_keepalive_if_required()
        super().connection_lost(exc)
        self._lost()

    def data_received(self, data: bytes) -> None:
        """Take what came, and see what has to come next."""
        self._got += len(data)
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next request, as uvicorn does: without any byte of one, only a short time."""
        self._wait_for(None)
        super().on_response_complete()
        if self.conn.their_state is not h11.IDLE:
            # Another request was here already, or the rest of a body that nobody wanted still comes.
            self._look()

    def end_if_idle(self) -> None:
        """End a connection on which nothing is asked; its client need not take its leave."""
        # uvicorn has none before the first request, whatever its types say.
        busy = bool(self.cycle) and not self.cycle.response_complete
        if not busy:
            self._end()

    def pause_writing(self) -> None:
        """Give the client some time to read."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(READ_S, self._end)

    def resume_writing(self) -> None:
        """Go on: it has read."""
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
        super().resume_writing()

    def _look(self) -> None:
        state = self.conn.their_state
        if state is self._waits_for:
            return
        if state is h11.IDLE:
            self._wait_for(state, HEAD_S)
        elif state is h11.SEND_BODY:
            self._got = 0
            self._wait_for(state, BODY_S)
        else:
            self._wait_for(None)

    def _wait_for(self, what: object, seconds: float = 0.0) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        self._waits_for = what
        if what is not None:
            self._due = self.loop.call_later(seconds, self._too_slow)

    def _too_slow(self) -> None:
        # What is not read because the application has enough for now is not the client's delay.
        gets_on = self._got >= BODY_LEAST or self.flow.read_paused
        if self._waits_for is h11.SEND_BODY and gets_on:
            self._got = 0
            self._wait_for(h11.SEND_BODY, BODY_S)
        else:
            self._end()

    def _end(self) -> None:
        self.transport.abort()
