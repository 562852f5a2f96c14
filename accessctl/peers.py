"""Who is at the other end of a Unix socket: the kernel knows, so nobody has to say."""

import pwd
import socket
import struct
from typing import Final, Protocol

_UCRED: Final = struct.Struct("3i")
"""pid, uid and gid of the process that connected, ``SO_PEERCRED`` in ``unix(7)``."""


class Connected(Protocol):
    """A socket as ``socket`` has it, or as asyncio shows it."""

    def getsockopt(self, level: int, optname: int, buflen: int, /) -> bytes:
        """Give what the kernel says of it."""


def uid_at(connection: Connected) -> int:
    """Give the user id under which the other end connected."""
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    _pid, uid, _gid = _UCRED.unpack(said)
    return int(uid)


def name_of(uid: int) -> str | None:
    """Give the name of a local user; ``None`` where this machine knows none for the id."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None
