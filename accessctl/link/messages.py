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
    UNUSABLE = "unusable"
    """What was given cannot be what it is given for; the words say why."""
    UNKNOWN_SENSOR = "unknown_sensor"
    SENSOR_FAILED = "sensor_failed"
    UNKNOWN_PERSON = "unknown_person"
    NO_CONSENT = "no_consent"
    KEYS_EXIST = "keys_exist"
    """Keys are there already, and are not replaced."""
    NOT_SET_UP = "not_set_up"
    """The site file, or an extra that was not installed, lacks what this needs."""
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
    """Make the tag of a card whose number was typed in, or of a code. Answer: ``CardTag``.

    Where it is for a person, the card's number is compared with that person's PIN.
    """

    technology: str
    number_hex: str = field(repr=False)
    person: str = ""
    break_glass: bool = False
    """Whether a code is a break-glass code, which is longer than others."""


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Take the next card shown at this access point for enrolment. Answer: ``CardTag``, within the time."""

    access_point: str
    within_s: float
    person: str = ""
    """For whom: the card's number is compared with that person's PIN."""


@dataclass(frozen=True, slots=True)
class HashPin:
    """Hash a PIN that a person has chosen, unless it is too easy to guess. Answer: ``PinHash``."""

    person: str
    pin: str = field(repr=False)
    duress: bool = False
    """Whether it is to be the duress PIN."""


@dataclass(frozen=True, slots=True)
class MakePin:
    """Make up a PIN for a person. Answer: ``MadePin``; it counts when its hash is stored."""

    person: str
    duress: bool = False


@dataclass(frozen=True, slots=True)
class MakeGenerator:
    """Make a generator of one-time codes for a person, under this id. Answer: ``MadeGenerator``."""

    person: str
    generator: str
    account: str
    """What the generator calls it: the person's name, or their id."""


@dataclass(frozen=True, slots=True)
class CheckCode:
    """Does this one-time code come from the person's generator, confirmed or not? Answer: ``CodeChecked``."""

    person: str
    code: str = field(repr=False)


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
    """Set a person's counts of wrong PINs, codes, fingers and faces to zero. Answer: ``Done``."""

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
class SignPass:
    """Make a pass. Answer: ``SignedPass``; it opens nothing until its tag is stored.

    ``access_points`` are ids with spaces between them, none for wherever its holder may pass; an instant that
    is not said is now, or a day later; no uses are as many as the site says.
    """

    access_points: str = ""
    valid_from: str = ""
    valid_until: str = ""
    uses: int = 0


@dataclass(frozen=True, slots=True)
class AskPassKey:
    """With which key can passes be checked elsewhere? Answer: ``PassKey``."""


class BodyKind(StrEnum):
    """What of a body can be enrolled."""

    FINGERPRINT = "fingerprint"
    FACE = "face"


@dataclass(frozen=True, slots=True)
class AskConsentText:
    """What do people agree to before anything of theirs is kept? Answer: ``ConsentAsked``."""


@dataclass(frozen=True, slots=True)
class BeginEnrolment:
    """Begin to enrol a finger or face of a person at an access point. Answer: ``EnrolmentState``.

    The ids are those under which everything is stored if it succeeds: of the enrolment itself, of the row,
    and of the person's key, where they have none yet.
    """

    enrolment: str
    kind: BodyKind
    access_point: str
    person: str
    biometric: str
    key: str


@dataclass(frozen=True, slots=True)
class LearnFinger:
    """The name of the template is noted: have the sensor learn the finger. Answer: ``Done``.

    Before, the sensor is told nothing: what it keeps under a name that nobody knows, nobody would erase.
    """

    enrolment: str


@dataclass(frozen=True, slots=True)
class AskEnrolment:
    """How does an enrolment go? Answer: ``EnrolmentState``. What has an outcome is told once and is over.

    An enrolment that nobody asks for is stopped.
    """

    enrolment: str


@dataclass(frozen=True, slots=True)
class StopEnrolment:
    """Stop an enrolment, if it goes on. Answer: ``Done``."""

    enrolment: str


@dataclass(frozen=True, slots=True)
class ForgetTemplate:
    """Have a sensor erase a finger's template. Answer: ``Done``, once it has."""

    sensor: str
    template: str


@dataclass(frozen=True, slots=True)
class CalibrateFaces:
    """Measure the faces of everybody who is enrolled. Answer: ``FacesCalibrated``, after some seconds."""


@dataclass(frozen=True, slots=True)
class MakeCardKeys:
    """Make the keys of the site's own cards of a kind, desfire or sun, once. Answer: ``CardKeysHeld``."""

    kind: str
    operator: str
    given: dict[str, Any] = field(default_factory=dict, repr=False)
    """The keys themselves in hex, each under its name, where they were made elsewhere."""


@dataclass(frozen=True, slots=True)
class AskCardKeys:
    """Which keys of the site's own cards are there? Answer: ``CardKeysHeld``."""


@dataclass(frozen=True, slots=True)
class EncodeCard:
    """Give the next card of this kind that is shown at an access point its keys. Answer: ``CardTag``."""

    access_point: str
    kind: str
    within_s: float
    operator: str
    person: str = ""
    """For whom: the card's number is compared with that person's PIN."""


@dataclass(frozen=True, slots=True)
class Follow:
    """Tell me whenever the record has grown. Answer: ``Reached``, again and again."""


Request = (
    MakeCardTag
    | ReadCard
    | HashPin
    | MakePin
    | MakeGenerator
    | CheckCode
    | OrderDoor
    | GiveOrder
    | ForgiveWrongPins
    | TakeOutbox
    | AskStatus
    | AskDevices
    | TryReader
    | PairReader
    | SignPass
    | AskPassKey
    | AskConsentText
    | BeginEnrolment
    | LearnFinger
    | AskEnrolment
    | StopEnrolment
    | ForgetTemplate
    | CalibrateFaces
    | MakeCardKeys
    | AskCardKeys
    | EncodeCard
    | Follow
)
Patient = ReadCard | TryReader | PairReader | EncodeCard | ForgetTemplate | CalibrateFaces
"""Requests that wait for a person or a sensor: each has a connection of its own, and ends with it."""

# -------------------------------------------------------------------------------------- answers


@dataclass(frozen=True, slots=True)
class CardTag:
    """A card's tag in hex, and the last two digits of its number."""

    technology: str
    tag_hex: str
    hint: str
    like_pin: bool = False
    """Whether the PIN of the person it is for is a beginning or an end of the number."""


@dataclass(frozen=True, slots=True)
class PinHash:
    """The hash to store. ``repr`` leaves it out all the same."""

    hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MadePin:
    """A PIN that was made up, and the hash to store."""

    pin: str = field(repr=False)
    hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MadeGenerator:
    """A new generator: what to store of it, and what its holder is given, this once."""

    sealed_hex: str = field(repr=False)
    digits: int
    period_s: int
    algorithm: str
    secret: str = field(repr=False)
    """In Base32."""
    uri: str = field(repr=False)
    """The same for a camera: an ``otpauth`` address."""


@dataclass(frozen=True, slots=True)
class CodeChecked:
    """Whether the code fits, and the id of the generator that was asked."""

    generator: str
    fits: bool


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
    ``muster``, ``conditions``, ``gone`` (each condition with its place). ``codes``: ``digits``,
    ``most``, ``break_glass``, ``break_glass_digits``, ``alone_at`` (the access points where a code is all
    that is asked at some time) and ``keys_at`` (the ways in with keys), or nothing where no code opens.
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
class SignedPass:
    """A pass, its tag in hex, what may be shown of its number, and what was put into it."""

    text: str = field(repr=False)
    tag_hex: str
    hint: str
    valid_from: str
    valid_until: str
    uses: int
    """0: as often as its holder likes."""


@dataclass(frozen=True, slots=True)
class PassKey:
    """The public key of passes, 32 bytes in hex, and the four that name it."""

    key_id: str
    public_hex: str


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """The text that people agree to, which version it is, and for how many days what is enrolled counts.

    Without a version there is no text, and nobody can be enrolled.
    """

    version: str
    text: str
    sha256: str
    expire_days: int
    equal_way: str


class EnrolmentOutcome(StrEnum):
    """What came of an enrolment."""

    NONE = "none"
    """It goes on."""
    ENROLLED = "enrolled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EnrolmentState:
    """How an enrolment goes. What was made stands in it once, to be stored."""

    enrolment: str
    hint: str
    """What the person should do next."""
    step: int = 0
    of: int = 0
    """How many steps there are; 0 where nobody knows."""
    outcome: EnrolmentOutcome = EnrolmentOutcome.NONE
    why: str = ""
    """Why it failed, or what the operator should know of what was made."""
    consent: str = ""
    """The id of the consent under which it goes on."""
    model: str = ""
    sensor: str = ""
    """The sensor that keeps a finger's template, from the beginning on."""
    template: str = ""
    sealed_hex: str = field(default="", repr=False)
    key: str = ""
    """The id of the person's key under which it is sealed."""
    wrapped_hex: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class FacesCalibrated:
    """What was found: plain numbers and words, which the API documents (``FaceCalibrationModel``)."""

    found: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CardKeysHeld:
    """The keys of the site's own cards, without the keys.

    Each with ``kind``, ``made_at``, ``imported``, ``application``, ``check`` (by which two controllers are
    seen to have the same), and ``in_use``: whether the readers have them, which take them at the start.
    """

    keys: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Reached:
    """The record has grown to this number."""

    seq: int


@dataclass(frozen=True, slots=True)
class Fault:
    """It was not done."""

    code: FaultCode
    why: str


Answer = (
    CardTag
    | PinHash
    | MadePin
    | MadeGenerator
    | CodeChecked
    | Done
    | Status
    | Devices
    | Tried
    | Paired
    | SignedPass
    | PassKey
    | ConsentAsked
    | EnrolmentState
    | FacesCalibrated
    | CardKeysHeld
    | Reached
    | Fault
)
Message = Request | Answer

_BY_NAME: Final[dict[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (
        *(MakeCardTag, ReadCard, HashPin, OrderDoor, GiveOrder, ForgiveWrongPins, TakeOutbox),
        *(AskStatus, AskDevices, TryReader, PairReader, Follow),
        *(MakeCardKeys, AskCardKeys, EncodeCard, CardKeysHeld),
        *(CardTag, PinHash, Done, Status, Devices, Tried, Paired, Reached, Fault),
        *(MakePin, MakeGenerator, CheckCode, MadePin, MadeGenerator, CodeChecked),
        *(SignPass, AskPassKey, SignedPass, PassKey),
        *(AskConsentText, BeginEnrolment, LearnFinger, AskEnrolment, StopEnrolment, ForgetTemplate),
        *(ConsentAsked, EnrolmentState),
        *(CalibrateFaces, FacesCalibrated),
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
