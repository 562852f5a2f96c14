"""Asks each process of an installation whether it does its work. Blocking, a second at most."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from accessctl.link.messages import LONGEST_LINE, AskStatus, MessageUnreadable, Status, decode, encode

_PATIENCE_S: Final = 1.0
_ASK_API: Final = b"GET /v1/status HTTP/1.1\r\nHost: accessctl\r\nConnection: close\r\n\r\n"


def door_answers(path: Path) -> bool:
    """Whether a door process tells its status at this socket."""
    try:
        with _connected(path) as connection, connection.makefile("rb") as lines:
            connection.sendall(encode(AskStatus()))
            return isinstance(decode(lines.readline(LONGEST_LINE)), Status)
    except (OSError, MessageUnreadable):
        return False


def api_answers(path: Path) -> bool:
    """Whether somebody speaks HTTP at this socket, whatever the answer."""
    try:
        with _connected(path) as connection, connection.makefile("rb") as lines:
            connection.sendall(_ASK_API)
            return lines.readline(LONGEST_LINE).startswith(b"HTTP/1.1 ")
    except OSError:
        return False


def warehouse_listens(path: Path) -> bool:
    """Whether somebody takes connections at this socket."""
    try:
        with _connected(path):
            return True
    except OSError:
        return False


@contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_PATIENCE_S)
        connection.connect(str(path))
        yield connection
