"""What the door process and a hosted driver say to each other, each message one packet of a socket pair.

Orders go to the driver pickled: it trusts whoever started it. What comes back is JSON and is checked, since
that process reads what strangers hold to a reader: it can tell of its own readers, and of nothing else.
"""

import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Final, get_type_hints

from hardware.health import DeviceState, Health
from hardware.hosted.unit import HostedUnit
from hardware.ports import Pattern
from hardware.signals import (
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    DeviceLost,
    KeyPressed,
    PairingFailed,
    ReaderInsecure,
    ReaderPaired,
    ReaderPower,
    ReaderSecured,
    ReaderTampered,
    Technology,
)

LONGEST_PACKET: Final = 1 << 17
"""The pages of a full OSDP line are a third of it; the kernel takes packets up to about 200 kB."""

HostedSignal = (
    CardFrame
    | CardUnreadable
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
"""What a hosted reader may report."""

_KINDS: Final[Mapping[str, type[HostedSignal]]] = {kind.__name__: kind for kind in HostedSignal.__args__}
_TYPES: Final[Mapping[type, Mapping[str, Any]]] = {kind: get_type_hints(kind) for kind in _KINDS.values()}


class NotUnderstood(ValueError):
    """The other side sent something that is no message. Says nothing of what it was: it may hold a card."""


@dataclass(frozen=True, slots=True)
class Open:
    """Open this reader."""

    device: DeviceId


@dataclass(frozen=True, slots=True)
class Close:
    """Close this reader; the other ones of the unit go on."""

    device: DeviceId


@dataclass(frozen=True, slots=True)
class Show:
    """Play this pattern; ``None`` is dark and silent, for good."""

    device: DeviceId
    pattern: Pattern | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Install this key."""

    device: DeviceId
    key: bytes = field(repr=False)
    within_s: float


Order = Open | Close | Show | Pair


@dataclass(frozen=True, slots=True)
class Pulse:
    """The sign of life of a driver's process, with a page for each of its readers."""

    at_ns: int
    busy_ns: int | None
    """Since when it has been carrying out one and the same order; ``None`` while it has none."""
    pages: Mapping[DeviceId, Health]


def pack(order: HostedUnit | Order) -> bytes:
    """Make the packet of an order, or of the unit, which is the first thing that is sent."""
    return pickle.dumps(order)


def unpack(packet: bytes) -> Any:  # noqa: ANN401 - as pickle has it
    """Read what the door process sent; only its own children do this."""
    return pickle.loads(packet)  # noqa: S301 - from our parent, over a socket that nobody else has


def encode(message: HostedSignal | Pulse) -> bytes:
    """Make the packet of a signal or of a pulse."""
    if isinstance(message, Pulse):
        pages = {device: _page_values(page) for device, page in message.pages.items()}
        body = {"kind": "Pulse", "at_ns": message.at_ns, "busy_ns": message.busy_ns, "pages": pages}
    else:
        body = {"kind": type(message).__name__}
        for each in fields(message):
            value = getattr(message, each.name)
            body[each.name] = value.hex() if isinstance(value, bytes) else value
    return json.dumps(body).encode()


def decode(packet: bytes) -> HostedSignal | Pulse:
    """Read a packet of a driver's process. Raises ``NotUnderstood``."""
    try:
        body = json.loads(packet)
        kind = body.pop("kind")
        return _pulse(**body) if kind == "Pulse" else _signal(_KINDS[kind], body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotUnderstood("what a driver's process sent is no message") from None


def _signal(kind: type[HostedSignal], body: Mapping[str, Any]) -> HostedSignal:
    wanted = _TYPES[kind]
    return kind(**{name: _value(wanted[name], value) for name, value in body.items()})


def _value(wanted: Any, value: Any) -> Any:  # noqa: ANN401 - any field of any signal
    if wanted is bytes:
        return bytes.fromhex(value)
    if wanted is Technology:
        return Technology(value)
    _all_are(getattr(wanted, "__supertype__", wanted), value)
    return value


def _pulse(at_ns: int, busy_ns: int | None, pages: Mapping[str, Mapping[str, Any]]) -> Pulse:
    _all_are(int, at_ns)
    _all_are(int, *_known(busy_ns))
    return Pulse(at_ns, busy_ns, {DeviceId(device): _page(**page) for device, page in pages.items()})


def _page_values(page: Health) -> dict[str, Any]:
    return {each.name: getattr(page, each.name) for each in fields(page)} | {"about": dict(page.about)}


def _page(
    *,
    state: str,
    since_ns: int | None,
    seen_ns: int | None,
    beat_ns: int | None,
    about: Mapping[str, str],
    **rest: Any,  # noqa: ANN401 - as JSON has it, and checked here
) -> Health:
    _all_are(int, *_known(since_ns, seen_ns, beat_ns))
    _all_are(str, rest["why"], rest["last_error"], *about.values())
    _all_are(int, rest["errors_this_hour"], rest["errors_hour_before"], rest["restarts"])
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
