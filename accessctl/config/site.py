"""A site, as the door process works with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

from accessctl.notary.rules import RecordRules
from accessctl.office.rules import OfficeRules
from hardware.card_formats import CardFormat
from hardware.signals import DeviceId
from hardware.specs import BoardSpec
from policies.calendar import Calendar, HolidayType
from policies.ids import (
    AccessPointId,
    AreaId,
    DoorId,
    GroupId,
    InputId,
    LevelId,
    MemberId,
    QualificationId,
    RoleId,
    ScheduleId,
)
from policies.interlock import Interlock
from policies.places import AccessPoint, Area, Door, MusterPoint
from policies.rulebook import AccessLevel, Rulebook, Traits
from policies.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day of the calendar, with the name that people know it by."""

    date: date
    type: HolidayType
    name: str


class InputKind(Enum):
    """What an input of the site tells."""

    FIRE = "fire"
    MAINS = "mains"
    """Active while the mains are gone."""
    TAMPER = "tamper"


@dataclass(frozen=True, slots=True)
class SiteInput:
    """A line that tells something of the site, not of one door's leaf."""

    id: InputId
    kind: InputKind
    door: DoorId | None = None
    """For tamper: the door whose housing or wiring it watches."""


class PinMaker(Enum):
    """Who thinks of a PIN."""

    PERSON = "person"
    SYSTEM = "system"
    """Made up by chance; nobody can choose one."""


@dataclass(frozen=True, slots=True)
class PinRules:
    """What holds for PINs that are set from now on."""

    digits: int = 4
    """As many at least; a PIN that is made up has exactly so many."""
    made_by: PinMaker = PinMaker.PERSON


BREAK_GLASS_DIGITS: Final = 12
"""So many, whatever other codes have. Nobody guesses one of them, so they are not counted as in use."""


@dataclass(frozen=True, slots=True)
class KeypadCodes:
    """The codes that people type where a keypad alone is asked."""

    digits: int
    most: int
    """So many may be in use at a time, so that a guess hits one of them in a thousand at best."""
    break_glass: bool = False
    """Whether there may be break-glass codes, which are typed at any keypad, whatever it asks for."""


@dataclass(frozen=True, slots=True)
class PassRules:
    """What holds for passes where they count."""

    single_use: bool
    """Whether a pass counts once, unless whoever makes it says how often."""
    longest: timedelta
    """From the first instant of a pass to its last."""


class Liveness(Enum):
    """What a face has to show besides being the right one."""

    NONE = "none"
    PASSIVE = "passive"
    """The liveness model has to take every picture for one of a living face."""
    TURN = "turn"
    """The head has to be turned to a side that is drawn by lot."""
    BOTH = "both"

    @property
    def looks(self) -> bool:
        """Whether the liveness model is asked."""
        return self in {Liveness.PASSIVE, Liveness.BOTH}

    @property
    def turns(self) -> bool:
        """Whether the head has to be turned."""
        return self in {Liveness.TURN, Liveness.BOTH}


class Faces(Enum):
    """What a face is compared with."""

    VERIFY = "verify"
    """With that of the one person who somebody says they are."""
    IDENTIFY = "identify"
    """With everybody's, where nobody has said who they are."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The text that people agree to before anything of theirs is kept."""

    version: str
    text: str
    sha256: str
    """Of the text in UTF-8, in hex."""


@dataclass(frozen=True, slots=True)
class BiometricRules:
    """How fingers and faces are checked, and under which conditions they are kept."""

    sole_factor: bool = False
    """Whether the site accepts, in as many words, that a finger or face alone opens."""
    liveness: Liveness = Liveness.TURN
    face_threshold: float | None = None
    """At what distance two faces are one person's; ``None`` takes the engine's shipped one."""
    face_model: str | None = None
    """The engine with which that was measured; there wherever a threshold is."""
    face_centred: bool = False
    """Whether faces are compared as seen from the middle of everybody's who is enrolled."""
    identify: bool = False
    """Whether a face is looked for among everybody's where nobody has said who they are."""
    margin: float | None = None
    """By how much the next person's face has to be farther; ``None`` takes the shipped one."""
    consent: Consent | None = None
    """``None``: nobody can be enrolled."""
    equal_way: str | None = None
    """How people without a finger or face enrolled come in, where no access point shows it."""
    expire_after: timedelta = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that a site file says, checked and frozen. Mappings keep the order of the file."""

    revision: str
    """The first 12 hex digits of the SHA-256 of the file's text; the rulebook carries it too."""
    name: str
    controller: str
    """The id of the controller that this file is for; it stands in every entry of the record."""
    timezone: ZoneInfo
    holidays: tuple[Holiday, ...]
    calendar: Calendar
    areas: Mapping[AreaId, Area]
    schedules: Mapping[ScheduleId, Schedule]
    doors: Mapping[DoorId, Door]
    access_points: Mapping[AccessPointId, AccessPoint]
    levels: Mapping[LevelId, AccessLevel]
    roles: Mapping[RoleId, tuple[AccessLevel, ...]]
    role_names: Mapping[RoleId, str]
    groups: Mapping[GroupId, tuple[AccessLevel, ...]]
    group_names: Mapping[GroupId, str]
    denies: Mapping[MemberId, tuple[AccessLevel, ...]]
    """What a role or group is denied; has no entry for one that is denied nothing."""
    traits: Mapping[MemberId, Traits]
    """Every role and every group."""
    qualification_names: Mapping[QualificationId, str]
    interlocks: tuple[Interlock, ...]
    codes: KeypadCodes | None
    """``None`` where no keypad alone is asked."""
    pins: PinRules
    passes: PassRules | None
    """``None`` where no pass counts, whatever it says."""
    biometrics: BiometricRules
    office: OfficeRules
    record: RecordRules
    rulebook: Rulebook
    board: BoardSpec
    card_formats: Mapping[str, CardFormat]
    """Every layout of card numbers that a reader here may have: those known by name, and the site's own."""
    point_of_reader: Mapping[DeviceId, AccessPointId]
    """Readers and the keypads beside them. A free way in that has a button and no reader has no entry."""
    finger_of_point: Mapping[AccessPointId, DeviceId]
    """The fingerprint sensor of an access point; has no entry for one without."""
    camera_of_point: Mapping[AccessPointId, DeviceId]
    """The camera of an access point, for faces or passes; has no entry for one without."""
    door_of_position: Mapping[DeviceId, DoorId]
    door_of_exit_request: Mapping[DeviceId, DoorId]
    strike_of_door: Mapping[DoorId, DeviceId]
    annunciator_of_point: Mapping[AccessPointId, DeviceId]
    """Has no entry for a reader that can show nothing. Muster points' readers are in it too."""
    annunciators_of_door: Mapping[DoorId, tuple[DeviceId, ...]]
    """Where an alarm of the door sounds; empty for a door whose readers can show nothing."""
    muster_points: Mapping[AccessPointId, MusterPoint]
    muster_point_of_reader: Mapping[DeviceId, AccessPointId]
    inputs: Mapping[DeviceId, SiteInput]
    """Which doors a fire input releases stands in the rulebook (``fire_doors``)."""
    door_of_tamper: Mapping[DeviceId, DoorId]
    """The tamper contacts that are a door's own; those among ``inputs`` are not in it."""
    door_of_bond: Mapping[DeviceId, DoorId]
    """The sensors that are active while a lock does not hold its leaf."""
    point_of_button: Mapping[DeviceId, AccessPointId]
    """The button of a free way in."""
