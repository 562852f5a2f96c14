"""What the door process answers over the link."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FaultCode(StrEnum):
    """Why the door process did not do what it was asked."""

    UNREADABLE = "unreadable"
    NOT_ADMITTED = "not_admitted"
    """Whoever asks may not speak to the door process; nothing was read of what they said."""
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
class Step:
    """A step of time; 0: the code fits none of the three around now."""

    step: int


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
    held_open, null), ``lock``, ``unattended``, ``fault``, ``inside`` (areas that its exit button or handle
    lets people out of).
    A reader: ``id``, ``access_point``, ``door``, ``leads_to`` (an area), ``kind``, ``online``. A role, group,
    level or qualification: ``id``, ``name``. An area: ``id``, ``name``, ``within``, ``outside``, ``people``,
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
class Levels:
    """Access levels, and how many there are in all.

    Each: ``id``, ``policies`` (each a ``schedule`` with the ``access_points`` that it opens), and the ids of
    the ``roles`` and ``groups`` that have it, and of those to whom it is denied (``denied_roles``,
    ``denied_groups``).
    """

    levels: list[dict[str, Any]]
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


class RulesOutcome(StrEnum):
    """What came of a site file that was read again."""

    IN_FORCE = "in_force"
    NEEDS_RESTART = "needs_restart"
    """It is sound, and changes what cannot change while the process runs. What was in force still is."""
    REFUSED = "refused"
    """It has mistakes. What was in force still is."""


@dataclass(frozen=True, slots=True)
class RulesRead:
    """What came of it, and the revision that is in force now."""

    outcome: RulesOutcome
    rules: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class SealedText:
    """A part of a sealed file, and how many characters it has in all; none where there is no such file."""

    text: str = field(repr=False)
    total: int


@dataclass(frozen=True, slots=True)
class SealedNumbers:
    """For each number ``sealed_hex`` or, where it is no number of such a card, ``why``."""

    each: list[dict[str, Any]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tagged:
    """For each card ``tag_hex`` and ``hint`` or, where its seal does not open, ``why``."""

    each: list[dict[str, Any]]


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
    | Step
    | Done
    | Status
    | Devices
    | Levels
    | Tried
    | Paired
    | SignedPass
    | PassKey
    | ConsentAsked
    | EnrolmentState
    | FacesCalibrated
    | CardKeysHeld
    | RulesRead
    | SealedText
    | SealedNumbers
    | Tagged
    | Reached
    | Fault
)
