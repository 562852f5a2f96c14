"""Asks each process of an installation whether it does its work. Blocking, a second at most."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from accessctl.link.answers import Devices, Fault, FaultCode, Status
from accessctl.link.requests import AskDevices, AskStatus, Request
from accessctl.link.wire import LONGEST_LINE, Message, MessageUnreadable, decode, encode

_PATIENCE_S: Final = 1.0
_ASK_API: Final = b"GET /v1/status HTTP/1.1\r\nHost: accessctl\r\nConnection: close\r\n\r\n"


def door_answers(path: Path) -> bool:
    """Whether a door process runs at this socket: it tells its status, or that we may not ask."""
    answer = _asked(path, AskStatus())
    return isinstance(answer, Status) or (isinstance(answer, Fault) and answer.code is FaultCode.NOT_ADMITTED)


def devices_at(path: Path) -> list[dict[str, Any]] | None:
    """Give how the devices are; ``None`` where the door process does not answer us.

    For root, and for whoever runs the door process: nobody else may ask it.
    """
    found: list[dict[str, Any]] = []
    while isinstance(part := _asked(path, AskDevices(len(found))), Devices):
        found += part.devices
        if not part.devices or len(found) >= part.total:
            return found
    return None


def api_answers(path: Path) -> bool:
    """Whether somebody speaks HTTP at this socket, whatever the answer."""
    try:
        with _connected(path) as connection, connection.makefile("rb") as lines:
            connection.sendall(_ASK_API)
            return lines.readline(LONGEST_LINE).startswith(b"HTTP/1.1 ")
    except OSError:
        return False


def listens(path: Path) -> bool:
    """Whether somebody takes connections at this socket."""
    try:
        with _connected(path):
            return True
    except OSError:
        return False


def _asked(path: Path, request: Request) -> Message | None:
    try:
        with _connected(path) as connection, connection.makefile("rb") as lines:
            connection.sendall(encode(request))
            return decode(lines.readline(2 * LONGEST_LINE))
    except (OSError, MessageUnreadable):
        return None


@contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_PATIENCE_S)
        connection.connect(str(path))
        yield connection
