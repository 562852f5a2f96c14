"""A site, as the door process works with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from hardware.signals import DeviceId
from hardware.specs import BoardSpec
from policies.calendar import Calendar, HolidayType
from policies.ids import AccessPointId, AreaId, DoorId, LevelId, RoleId, ScheduleId
from policies.places import AccessPoint, Area, Door
from policies.rulebook import AccessLevel, Rulebook
from policies.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day of the calendar, with the name that people know it by."""

    date: date
    type: HolidayType
    name: str


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
    rulebook: Rulebook
    board: BoardSpec
    point_of_reader: Mapping[DeviceId, AccessPointId]
    door_of_position: Mapping[DeviceId, DoorId]
    door_of_exit_request: Mapping[DeviceId, DoorId]
    strike_of_door: Mapping[DoorId, DeviceId]
    annunciator_of_point: Mapping[AccessPointId, DeviceId]
    """Has no entry for a reader that can show nothing."""
    annunciators_of_door: Mapping[DoorId, tuple[DeviceId, ...]]
    """Where an alarm of the door sounds; empty for a door whose readers can show nothing."""
