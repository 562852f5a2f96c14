"""Who is at the other end of the socket: the kernel knows, so nobody has to say."""

import asyncio
import pwd
import socket
import struct
from typing import Final

from fastapi import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

_UCRED: Final = struct.Struct("3i")
"""pid, uid and gid of the process that connected, ``SO_PEERCRED`` in ``unix(7)``."""


def operator_at(connection: socket.socket) -> str:
    """Give the operator who connected, as it stands in orders and in the record: ``local:maria``."""
    _pid, uid, _gid = _UCRED.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
    try:
        return f"local:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"local:{uid}"


class PeerProtocol(H11Protocol):
    """HTTP/1.1 that tells the application who connected, as ``request.state.operator``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Note the peer for every request of this connection."""
        peer: socket.socket = transport.get_extra_info("socket")
        # The parent copies this into the scope of each request. A copy here keeps connections apart.
        self.app_state = {**self.app_state, "operator": operator_at(peer)}
        super().connection_made(transport)


def operator_of(request: Request) -> str:
    """Give the operator who sent this request."""
    operator: str = request.state.operator
    return operator
