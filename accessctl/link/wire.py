"""How messages travel over the link.

One message is one line of JSON, at most ``LONGEST_LINE`` bytes: ``{"say": name, ...fields}``. A client
sends requests and gets one answer to each, in order. After ``Follow`` the door process sends a
``Reached`` whenever the record has grown; a client that is slow gets fewer of them, never a backlog.

A request may carry ``by_ns``, the ``time.monotonic_ns()`` of this machine by which it has to be begun. What
comes later, because a process was stopped, is refused: nobody stands at the door any more who wanted it.

From where an operator acts goes along as ``whence``, and stands in the record beside the operator.
"""

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Final, get_args

from accessctl.acting import Whence
from accessctl.link.answers import (
    Answer,
)
from accessctl.link.requests import (
    Request,
)

LONGEST_LINE: Final = 64 * 1024


class MessageUnreadable(ValueError):
    """A line is no message. The text says why and never quotes the line."""


Message = Request | Answer


_BY_NAME: Final[dict[str, type[Any]]] = {kind.__name__: kind for kind in get_args(Message)}


_PLAIN: Final[dict[Any, tuple[type, ...]]] = {
    str: (str,),
    int: (int,),
    float: (int, float),
    bool: (bool,),
    list[dict[str, Any]]: (list,),
    dict[str, Any]: (dict,),
}


_encode: Final = json.JSONEncoder(separators=(",", ":")).encode
"""Made once: ``json.dumps`` with separators makes an encoder at every call."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message, and what stands beside it on its line."""

    message: Message
    by_ns: int | None = None
    """The instant by which it has to be begun."""
    whence: Whence | None = None
    """From where the operator acts in whose name it is sent."""


def encode(message: Message, by_ns: int | None = None, whence: Whence | None = None) -> bytes:
    """Write a message as one line, with the instant by which it has to be begun, if there is one.

    From where somebody acts goes along with what is done in an operator's name, and with nothing else.
    """
    body = {"say": type(message).__name__, **asdict(message)}
    if by_ns is not None:
        body["by_ns"] = by_ns
    if whence is not None and hasattr(message, "operator"):
        body["whence"] = asdict(whence)
    return _encode(body).encode() + b"\n"


def decode(line: bytes) -> Message:
    """Read one line. Raises ``MessageUnreadable`` for anything that is not exactly a message."""
    return decode_said(line).message


def decode_said(line: bytes) -> Said:
    """Read one line with what stands beside the message. Raises ``MessageUnreadable``."""
    try:
        body = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise MessageUnreadable("not JSON") from None
    kind = _BY_NAME.get(str(body.pop("say", None))) if isinstance(body, dict) else None
    if kind is None:
        raise MessageUnreadable("no message of that name")
    by_ns = body.pop("by_ns", None)
    if by_ns is not None and type(by_ns) is not int:
        raise MessageUnreadable("by_ns is no instant")
    whence = _whence(body.pop("whence", None))
    return Said(_build(kind, body), by_ns, whence)


def _whence(said: object) -> Whence | None:
    if said is None:
        return None
    names = {each.name for each in fields(Whence)}
    if not isinstance(said, dict) or said.keys() != names or not isinstance(said["place"], str):
        raise MessageUnreadable("whence is no place")
    if not all(isinstance(each, str | None) for each in said.values()):
        raise MessageUnreadable("whence is no place")
    return Whence(**said)


def _build(kind: type[Any], body: dict[str, Any]) -> Message:
    values = {}
    for wanted in fields(kind):
        if wanted.name in body:
            place = f"{kind.__name__}.{wanted.name}"
            values[wanted.name] = _checked(place, wanted.type, body.pop(wanted.name))
    if body:
        raise MessageUnreadable(f"{kind.__name__} has no such field")
    try:
        return kind(**values)  # type: ignore[no-any-return]  # the registry holds message types only
    except TypeError:
        raise MessageUnreadable(f"{kind.__name__} lacks a field") from None


def _checked(place: str, wanted: Any, value: Any) -> object:  # noqa: ANN401 - a type, or an alias of one
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        try:
            return wanted(value)
        except ValueError:
            raise MessageUnreadable(f"{place} is none of {', '.join(wanted)}") from None
    if not isinstance(value, _PLAIN[wanted]) or isinstance(value, bool) != (wanted is bool):
        raise MessageUnreadable(f"{place} has the wrong type")
    return value


def _refuse_constant(_name: str) -> None:
    raise ValueError
