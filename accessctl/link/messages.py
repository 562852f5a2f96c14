"""What can be said over the link.

One message is one line of JSON, at most ``LONGEST_LINE`` bytes: ``{"say": name, ...fields}``. A client
sends requests and gets one answer to each, in order. After ``Follow`` the door process sends a
``Reached`` whenever the record has grown; a client that is slow gets fewer of them, never a backlog.

A request may carry ``by_ns``, the ``time.monotonic_ns()`` of this machine by which it has to be begun. What
comes later, because a process was stopped, is refused: nobody stands at the door any more who wanted it.

Secrets (a card's number, a PIN) travel here on their way to the keys and nowhere else; their fields
are kept out of ``repr``.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Final

LONGEST_LINE: Final = 64 * 1024


class MessageUnreadable(ValueError):
    """A line is no message. The text says why and never quotes the line."""


class FaultCode(StrEnum):
    """Why the door process did not do what it was asked."""

    UNREADABLE = "unreadable"
    UNKNOWN_DOOR = "unknown_door"
    UNKNOWN_ACCESS_POINT = "unknown_access_point"
    WAY_OUT = "way_out"
    """A reader on a way out lets people out; it takes no card for enrolment meanwhile."""
    PIN_UNUSABLE = "pin_unusable"
    CARD_UNUSABLE = "card_unusable"
    TIMED_OUT = "timed_out"
    BUSY = "busy"
    RECORD_UNAVAILABLE = "record_unavailable"
    PEOPLE_UNAVAILABLE = "people_unavailable"
    KEYS_UNAVAILABLE = "keys_unavailable"
    DOOR_FAULT = "door_fault"
    UNKNOWN_READER = "unknown_reader"
    NOT_PAIRABLE = "not_pairable"
    """The reader does not speak over a secure channel."""
    PAIRING_FAILED = "pairing_failed"
    """No key was installed: the window closed, or the reader refused."""
    ORDER_UNREADABLE = "order_unreadable"
    ORDER_REFUSED = "order_refused"
    """Something that ranks higher is in force; the refusal is recorded."""


class DoorOrder(StrEnum):
    """What an operator can order of a door."""

    RELEASE = "release"
    """Once, as if a valid badge were shown."""
    UNLOCK = "unlock"
    """Until it is locked again, or the door process restarts."""
    LOCK = "lock"


class OrderKind(StrEnum):
    """What an operator can order of the site."""

    RELEASE = "release"
    MODE = "mode"
    NORMAL = "normal"
    PROP = "prop"
    LOCKDOWN = "lockdown"
    LIFT = "lift"
    END_EMERGENCY = "end_emergency"
    THREAT_LEVEL = "threat_level"
    FORGIVE = "forgive"
    RENEW = "renew"
    ARM = "arm"
    DISARM = "disarm"
    START_MUSTER = "start_muster"
    END_MUSTER = "end_muster"
    SEEN_SAFE = "seen_safe"


# ------------------------------------------------------------------------------------- requests


@dataclass(frozen=True, slots=True)
class MakeCardTag:
    """Make the tag of a card whose number was typed in. Answer: ``CardTag``."""

    technology: str
    number_hex: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Take the next card shown at this access point for enrolment. Answer: ``CardTag``, within the time."""

    access_point: str
    within_s: float


@dataclass(frozen=True, slots=True)
class HashPin:
    """Hash a person's new PIN. Answer: ``PinHash``."""

    person: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrderDoor:
    """Carry out an operator's order. Answer: ``Done``. The same id is never carried out twice."""

    id: str
    door: str
    order: DoorOrder
    operator: str


@dataclass(frozen=True, slots=True)
class GiveOrder:
    """Carry out an operator's order. Answer: ``Done``. The same id is never carried out twice.

    Which of the fields after ``order`` matter depends on the order; the others stay empty. ``mode`` is a
    ``DoorMode`` in words, ``until`` an ISO 8601 instant, no area means the whole site, no person everybody.
    """

    id: str
    operator: str
    order: OrderKind
    door: str = ""
    area: str = ""
    person: str = ""
    mode: str = ""
    until: str = ""
    lasting_s: float = 0.0
    level: int = 0


@dataclass(frozen=True, slots=True)
class ForgiveWrongPins:
    """Set a person's count of wrong PINs to zero. Answer: ``Done``."""

    id: str
    person: str
    operator: str


@dataclass(frozen=True, slots=True)
class TakeOutbox:
    """There is something new in the outbox: take it into the record. Answer: ``Done``."""


@dataclass(frozen=True, slots=True)
class AskStatus:
    """How do the doors stand? Answer: ``Status``."""


@dataclass(frozen=True, slots=True)
class AskDevices:
    """How are the devices? Answer: ``Devices``, those from the ``first`` on; the counting begins at 0."""

    first: int = 0


@dataclass(frozen=True, slots=True)
class TryReader:
    """Test a reader: say for so long what it reads, and play its patterns. Answer: ``Tried``, after it.

    On a way in nothing is decided about what it reads meanwhile.
    """

    device: str
    seconds: float
    operator: str


@dataclass(frozen=True, slots=True)
class PairReader:
    """Give a reader a key of its own within this window. Answer: ``Paired``, when that is done."""

    device: str
    window_s: float
    operator: str


@dataclass(frozen=True, slots=True)
class Follow:
    """Tell me whenever the record has grown. Answer: ``Reached``, again and again."""


Request = (
    MakeCardTag
    | ReadCard
    | HashPin
    | OrderDoor
    | GiveOrder
    | ForgiveWrongPins
    | TakeOutbox
    | AskStatus
    | AskDevices
    | TryReader
    | PairReader
    | Follow
)
Patient = ReadCard | TryReader | PairReader
"""Requests that wait for a person: each has a connection of its own, and ends with it."""

# -------------------------------------------------------------------------------------- answers


@dataclass(frozen=True, slots=True)
class CardTag:
    """A card's tag in hex, and the last two digits of its number."""

    technology: str
    tag_hex: str
    hint: str


@dataclass(frozen=True, slots=True)
class PinHash:
    """The hash to store. ``repr`` leaves it out all the same."""

    hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Done:
    """It is done, and durable. ``seq`` is its entry's number; ``repeated`` says that it was done before."""

    seq: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """How everything stands. The lists hold plain objects, which the API passes on and documents.

    A door: ``id``, ``name``, ``mode`` (the words of ``policies.door_modes``), ``until`` (when an order to
    it ends, null), ``leaf`` (open, closed, unknown), ``strike`` (released, secured), ``alarm`` (forced_open,
    held_open, null), ``lock``, ``unattended``, ``fault``.
    A reader: ``id``, ``access_point``, ``door``, ``kind``, ``online``. A role, group, level or
    qualification: ``id``, ``name``. An area: ``id``, ``name``, ``within``, ``outside``, ``people``,
    ``armed``, ``locked_down``. The ``site_state``: ``threat_level``, ``lockdowns``, ``emergency``,
    ``muster``, ``conditions``, ``gone`` (each condition with its place). ``codes``: ``digits`` and
    ``most``, or nothing where no code opens a door.
    """

    controller: str
    site: str
    rules: str
    seq: int
    record_ok: bool
    unrecorded: int
    """How many entries wait in memory for the record to be writable again."""
    keys_ok: bool
    """Whether cards and PINs can be checked: root key and people's store are there. If not, none counts."""
    doors: list[dict[str, Any]]
    readers: list[dict[str, Any]]
    roles: list[dict[str, Any]]
    groups: list[dict[str, Any]] = field(default_factory=list)
    levels: list[dict[str, Any]] = field(default_factory=list)
    qualifications: list[dict[str, Any]] = field(default_factory=list)
    areas: list[dict[str, Any]] = field(default_factory=list)
    site_state: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Devices:
    """How devices are, as ``accessctl.door.devices`` describes them, and how many there are in all."""

    devices: list[dict[str, Any]]
    total: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What a reader has read: each with ``at_s`` and ``what``, in words without a number or a key."""

    device: str
    reads: list[dict[str, Any]]
    more: int
    """How much more was read than is listed."""
    patterns: list[dict[str, Any]]
    """What was shown, each by its ``name``; none where there is no light, or the door is in alarm."""


@dataclass(frozen=True, slots=True)
class Paired:
    """The reader has the key."""

    device: str
    words: str


@dataclass(frozen=True, slots=True)
class Reached:
    """The record has grown to this number."""

    seq: int


@dataclass(frozen=True, slots=True)
class Fault:
    """It was not done."""

    code: FaultCode
    why: str


Answer = CardTag | PinHash | Done | Status | Devices | Tried | Paired | Reached | Fault
Message = Request | Answer

_BY_NAME: Final[dict[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (
        *(MakeCardTag, ReadCard, HashPin, OrderDoor, GiveOrder, ForgiveWrongPins, TakeOutbox),
        *(AskStatus, AskDevices, TryReader, PairReader, Follow),
        *(CardTag, PinHash, Done, Status, Devices, Tried, Paired, Reached, Fault),
    )
}
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


def encode(message: Message, by_ns: int | None = None) -> bytes:
    """Write a message as one line, with the instant by which it has to be begun, if there is one."""
    body = {"say": type(message).__name__, **asdict(message)}
    if by_ns is not None:
        body["by_ns"] = by_ns
    return _encode(body).encode() + b"\n"


def decode(line: bytes) -> Message:
    """Read one line. Raises ``MessageUnreadable`` for anything that is not exactly a message."""
    return decode_timed(line)[0]


def decode_timed(line: bytes) -> tuple[Message, int | None]:
    """Read one line and the instant by which it has to be begun. Raises ``MessageUnreadable``."""
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
    return _build(kind, body), by_ns


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
