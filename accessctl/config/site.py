"""A site, as the door process works with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from zoneinfo import ZoneInfo

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


@dataclass(frozen=True, slots=True)
class KeypadCodes:
    """The codes that people type where a keypad alone is asked."""

    digits: int
    most: int
    """So many may be in use at a time, so that a guess hits one of them in a thousand at best."""


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
    rulebook: Rulebook
    board: BoardSpec
    card_formats: Mapping[str, CardFormat]
    """Every layout of card numbers that a reader here may have: those known by name, and the site's own."""
    point_of_reader: Mapping[DeviceId, AccessPointId]
    """Readers and the keypads beside them. A free way in that has a button and no reader has no entry."""
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
