"""What a hosted driver tells the door process, each message one packet of a socket pair.

It is JSON and is checked, since that process reads what strangers hold to a reader: it can tell of its own
devices, and of nothing else, and no value is so large or so long that it would trouble whoever takes it.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from struct import iter_unpack
from types import MappingProxyType
from typing import Any, Final, get_type_hints

from hardware.health import MOST_ERRORS_KEPT, DeviceState, Health
from hardware.signals import (
    CardEncoded,
    CardForged,
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    DeviceLost,
    FaceSeen,
    FingerChecked,
    FingerEnrolled,
    FingerForgotten,
    KeyPressed,
    Live,
    PairingFailed,
    ReaderInsecure,
    ReaderPaired,
    ReaderPower,
    ReaderSecured,
    ReaderTampered,
    SensorFailed,
    SensorStep,
    Technology,
)

LONGEST_PACKET: Final = 1 << 17
"""The pages of a full OSDP line are a third of it; the kernel takes packets up to about 200 kB."""

LONGEST_TEXT: Final = 500
"""In bytes, of a card's number too. A text that is longer is cut before it is sent."""
MOST_ERRORS: Final = 2 * MOST_ERRORS_KEPT
"""A driver counts so many at most, and its process as many floods."""
END_OF_INTEGERS: Final = 1 << 63
KEYS: Final = frozenset("0123456789*#")
TEMPLATE: Final = re.compile(r"[a-z0-9:-]{1,60}")
"""The name of a template, as the door process makes them up."""
MOST_VECTORS: Final = 8
LONGEST_VECTOR: Final = 2048
"""In bytes: 512 numbers."""
FLOAT: Final = "<f"
FLOAT_BYTES: Final = 4
MOST_WORDS: Final = 16
"""So many things may be wrong with the frames of a face."""

HostedSignal = (
    CardFrame
    | CardUnreadable
    | CardForged
    | CardEncoded
    | FingerChecked
    | FingerEnrolled
    | FingerForgotten
    | FaceSeen
    | SensorStep
    | SensorFailed
    | KeyPressed
    | ReaderTampered
    | ReaderPower
    | ReaderInsecure
    | ReaderSecured
    | ReaderPaired
    | PairingFailed
    | DeviceLost
    | DeviceBack
)
"""What a hosted device may report."""

_KINDS: Final[Mapping[str, type[HostedSignal]]] = {kind.__name__: kind for kind in HostedSignal.__args__}
_TYPES: Final[Mapping[type, Mapping[str, Any]]] = {kind: get_type_hints(kind) for kind in _KINDS.values()}


class NotUnderstood(ValueError):
    """The other side sent something that is no message. Says nothing of what it was: it may hold a card."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """The sign of life of a driver's process, with a page for each of its devices."""

    at_ns: int
    busy_ns: int | None
    """Since when it has been carrying out one and the same order; ``None`` while it has none."""
    pages: Mapping[DeviceId, Health]


def encode(message: HostedSignal | Pulse) -> bytes:
    """Make the packet of a signal or of a pulse."""
    if isinstance(message, Pulse):
        pages = {device: _page_values(page) for device, page in message.pages.items()}
        body = {"kind": "Pulse", "at_ns": message.at_ns, "busy_ns": message.busy_ns, "pages": pages}
    else:
        body = {"kind": type(message).__name__}
        for each in fields(message):
            body[each.name] = _written(getattr(message, each.name))
    return json.dumps(body).encode()


def decode(packet: bytes) -> HostedSignal | Pulse:
    """Read a packet of a driver's process. Raises ``NotUnderstood``."""
    try:
        body = json.loads(packet)
        kind = body.pop("kind")
        return _pulse(**body) if kind == "Pulse" else _signal(_KINDS[kind], body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotUnderstood("what a driver's process sent is no message") from None


def _written(value: Any) -> Any:  # noqa: ANN401 - any field of any signal
    match value:
        case bytes():
            return value.hex()
        case str():
            return _sendable(value)
        case tuple():
            return [_written(part) for part in value]
        case _:
            return value


def _signal(kind: type[HostedSignal], body: Mapping[str, Any]) -> HostedSignal:
    wanted = _TYPES[kind]
    signal = kind(**{name: _value(wanted[name], value) for name, value in body.items()})
    match signal:
        case KeyPressed(key=key) if key not in KEYS:
            raise NotUnderstood("no reader has such a key")
        case (
            FingerChecked(matched=str(name)) | FingerEnrolled(template=name) | FingerForgotten(template=name)
        ):
            if not TEMPLATE.fullmatch(name):
                raise NotUnderstood("no template has such a name")
        case FaceSeen(vectors=()):
            raise NotUnderstood("a face that was seen has a vector")
        case _:
            pass
    return signal


def _value(wanted: Any, value: Any) -> Any:  # noqa: ANN401 - any field of any signal
    if wanted in _NOT_ALWAYS:
        return None if value is None else _value(_NOT_ALWAYS[wanted], value)
    if wanted is bytes:
        return _short(bytes.fromhex(value))
    if wanted in {Technology, Live}:
        return wanted(value)
    if wanted == tuple[bytes, ...]:
        return tuple(_vector(bytes.fromhex(part)) for part in _few(value, MOST_VECTORS))
    if wanted == tuple[str, ...]:
        _all_are_texts(*_few(value, MOST_WORDS))
        return tuple(value)
    if wanted is bool:
        _all_are(bool, value)
    elif wanted is int:
        _all_count(value)
    else:
        _all_are_texts(value)
    return value


_NOT_ALWAYS: Final[Mapping[Any, type]] = {int | None: int, str | None: str}
"""What may also be ``None``."""


def _few(values: Sequence[Any], most: int) -> Sequence[Any]:
    _all_are(list, values)
    if len(values) > most:
        raise NotUnderstood("there are too many values")
    return values


def _vector(packed: bytes) -> bytes:
    # A number that is none would be neither near to nor far from any other.
    if not 0 < len(packed) <= LONGEST_VECTOR or len(packed) % FLOAT_BYTES:
        raise NotUnderstood("a vector is too long, or none")
    if not all(math.isfinite(number) for (number,) in iter_unpack(FLOAT, packed)):
        raise NotUnderstood("a vector has parts that are no numbers")
    return packed


def _pulse(at_ns: int, busy_ns: int | None, pages: Mapping[str, Mapping[str, Any]]) -> Pulse:
    _all_count(at_ns, *_known(busy_ns))
    return Pulse(at_ns, busy_ns, {DeviceId(device): _page(**page) for device, page in pages.items()})


def _page_values(page: Health) -> dict[str, Any]:
    return {each.name: getattr(page, each.name) for each in fields(page)} | {
        "why": _sendable(page.why),
        "last_error": _sendable(page.last_error),
        "about": {_sendable(name): _sendable(text) for name, text in page.about.items()},
    }


def _page(
    *,
    state: str,
    since_ns: int | None,
    seen_ns: int | None,
    beat_ns: int | None,
    about: Mapping[str, str],
    **rest: Any,  # noqa: ANN401 - as JSON has it, and checked here
) -> Health:
    _all_count(*_known(since_ns, seen_ns, beat_ns), rest["restarts"])
    _all_count(rest["errors_this_hour"], rest["errors_hour_before"], below=MOST_ERRORS + 1)
    _all_are_texts(rest["why"], rest["last_error"], *about, *about.values())
    return Health(
        state=DeviceState(state),
        since_ns=since_ns,
        seen_ns=seen_ns,
        beat_ns=beat_ns,
        about=MappingProxyType(dict(about)),
        **rest,
    )


def _known(*instants: int | None) -> tuple[int, ...]:
    return tuple(instant for instant in instants if instant is not None)


def _all_are(wanted: type, *values: object) -> None:
    # By type and not by isinstance: to Python True is a number.
    if not all(type(value) is wanted for value in values):
        raise NotUnderstood("a value is of the wrong kind")


def _all_count(*values: int, below: int = END_OF_INTEGERS) -> None:
    _all_are(int, *values)
    if not all(0 <= value < below for value in values):
        raise NotUnderstood("a value is out of range")


def _all_are_texts(*values: str) -> None:
    _all_are(str, *values)
    for value in values:
        _short(value.encode())  # which raises for half a character, as nobody could write it down


def _short(value: bytes) -> bytes:
    if len(value) > LONGEST_TEXT:
        raise NotUnderstood("a value is too long")
    return value


def _sendable(text: str) -> str:
    return text.encode(errors="replace")[:LONGEST_TEXT].decode(errors="ignore")
