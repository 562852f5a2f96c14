"""Who is at the other end of the socket: the kernel knows, so nobody has to say."""

import asyncio
import logging
import socket
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from accessctl.peers import name_of, uid_at

# What a client sends is no fault of ours: of a wish for WebSocket, uvicorn would advise what to install.
_log: Final = logging.getLogger(__name__ + ".http")
_log.setLevel(logging.ERROR)


class PeerProtocol(H11Protocol):
    """HTTP/1.1 that tells the application who connected: ``request.state.peer_user``.

    ``peer_address`` is ``None`` here; over the network it is the client's (``network_protocol.py``).
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Note the peer for every request of this connection."""
        peer: socket.socket = transport.get_extra_info("socket")
        # The parent copies this into the scope of each request. A copy here keeps connections apart.
        told = {"peer_user": name_of(uid_at(peer)), "peer_address": None}
        self.app_state = {**self.app_state, **told}
        self.logger = _log
        super().connection_made(transport)
