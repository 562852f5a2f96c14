"""Who is at the other end of the socket: the kernel knows, so nobody has to say."""

import asyncio
import pwd
import socket

from fastapi import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

from accessctl.peers import uid_at


def operator_at(connection: socket.socket) -> str:
    """Give the operator who connected, as it stands in orders and in the record: ``local:maria``."""
    uid = uid_at(connection)
    return f"local:{_name_of(uid) or uid}"


def user_at(connection: socket.socket) -> str | None:
    """Give the name of the local user who connected; ``None`` where this machine knows none for it."""
    return _name_of(uid_at(connection))


def _name_of(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


class PeerProtocol(H11Protocol):
    """HTTP/1.1 that tells the application who connected: ``request.state.operator`` and ``peer_user``.

    ``peer_address`` is ``None`` here; over the network it is the client's (``network_protocol.py``).
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Note the peer for every request of this connection."""
        peer: socket.socket = transport.get_extra_info("socket")
        # The parent copies this into the scope of each request. A copy here keeps connections apart.
        told = {"operator": operator_at(peer), "peer_user": user_at(peer), "peer_address": None}
        self.app_state = {**self.app_state, **told}
        super().connection_made(transport)


def operator_of(request: Request) -> str:
    """Give the operator who sent this request."""
    operator: str = request.state.operator
    return operator
