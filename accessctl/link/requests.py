"""What the door process can be asked over the link. Which answer each has stands with it.

Secrets (a card's number, a PIN) travel here on their way to the keys and nowhere else; their fields are kept
out of ``repr``.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final


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
class AskLevels:
    """Where and when does each access level let people? Answer: ``Levels``, those from the ``first`` on."""

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
class StepOfCode:
    """Which step of time does this code of a generator that was sealed here belong to? Answer: ``Step``.

    For operators, whose generators the office keeps: it takes each step once.
    """

    owner: str
    generator: str
    sealed_hex: str = field(repr=False)
    code: str = field(repr=False)


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
class ReloadRules:
    """Read the site file again and put it in force, if it can be without a restart. Answer: ``RulesRead``."""


class SealedFile(StrEnum):
    """A file of keys that is sealed with the root, by its name. Only the door process may read it."""

    READER_KEYS = "reader-keys.json"
    CARD_KEYS = "card-keys.json"


@dataclass(frozen=True, slots=True)
class AskSealedFile:
    """What does a sealed file hold, from this character on? For a backup. Answer: ``SealedText``."""

    name: SealedFile
    first: int = 0


@dataclass(frozen=True, slots=True)
class SealNumbers:
    """Seal the numbers of cards that will wait for their tags. Answer: ``SealedNumbers``.

    Each with ``name`` (what it is called while it waits), ``person``, ``technology`` and ``number_hex``.
    """

    numbers: list[dict[str, Any]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class TagSealed:
    """Make the tags of cards whose numbers were sealed here, one after the other. Answer: ``Tagged``.

    Each with ``name``, ``person`` and ``technology`` as they were sealed, and ``sealed_hex``.
    """

    cards: list[dict[str, Any]] = field(repr=False)


LONGEST_TOLD: Final = 500
"""Characters of a text about the record: an entry has to fit into a bundle of entries."""


class OfTheRecord(StrEnum):
    """What is to be entered about the record itself."""

    BEGUN = "begun"
    ROLLBACK = "rollback"
    INTEGRITY_FAILURE = "integrity_failure"
    ANCHOR_LOST = "anchor_lost"
    ANCHOR_RESTORED = "anchor_restored"


@dataclass(frozen=True, slots=True)
class TellOfRecord:
    """Enter this about the record itself. Answer: ``Done``. The same id is never entered twice.

    No text is longer than ``LONGEST_TOLD``. Of the last fields those stay out of the entry that are empty or
    0.
    """

    id: str
    what: OfTheRecord
    reason: str
    operator: str = ""
    """Who accepted a finding."""
    origin: str = ""
    finding: str = ""
    anchor: str = ""
    seq: int = 0
    """The first number that it is about."""
    size: int = 0
    """How many entries were signed."""


@dataclass(frozen=True, slots=True)
class TellOfExport:
    """Enter that entries were taken out of the record. Answer: ``Done``. The same id is never entered twice.

    What is empty or 0 stays out of the entry, but for ``entries``.
    """

    id: str
    operator: str
    form: str
    """Such as csv, tlog or proof."""
    entries: int
    """How many were taken out."""
    last: int = 0
    """The number of the last one that was looked at; of a proof, the one that is proven."""
    since: str = ""
    until: str = ""
    size: int = 0
    """How many entries the newest signed head covers."""
    root: str = ""
    """That head's root, in base64."""
    person: str = ""
    """Whose name was handed out with a proof."""


@dataclass(frozen=True, slots=True)
class PruneRecord:
    """Delete entries of a class between two numbers that are older than the site keeps. Answer: ``Done``.

    At most 250 at once, the first ones. The answer has the number of the entry that tells of it, 0 where
    none is as old. Whoever asks answers for that they are signed.
    """

    kind: str
    """The class, as ``policies.retention`` names it."""
    first: int
    last: int


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
    | AskLevels
    | TryReader
    | PairReader
    | SignPass
    | AskPassKey
    | StepOfCode
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
    | ReloadRules
    | AskSealedFile
    | SealNumbers
    | TagSealed
    | TellOfRecord
    | TellOfExport
    | PruneRecord
    | Follow
)


Patient = (
    ReloadRules
    | ReadCard
    | TryReader
    | PairReader
    | EncodeCard
    | ForgetTemplate
    | CalibrateFaces
    | SealNumbers
    | TagSealed
)
"""Requests that wait for somebody, or take long: each has a connection of its own, and ends with it."""
