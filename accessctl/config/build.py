"""Turns the tables of a file that is free of problems into the values that the controller works with."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from accessctl.config.schema import (
    AccessPointTable,
    DoorTable,
    HoursTable,
    LevelTable,
    ReaderKind,
    ScheduleTable,
    SiteFile,
)
from accessctl.config.site import Holiday, Site
from hardware.signals import DeviceId
from hardware.specs import (
    BoardSpec,
    ContactSpec,
    GpioAnnunciatorSpec,
    PcscReaderSpec,
    ReaderSpec,
    SimulatedAnnunciatorSpec,
    SimulatedReaderSpec,
    StrikeSpec,
)
from policies.calendar import Calendar
from policies.ids import AccessPointId, AreaId, DoorId, LevelId, RoleId, ScheduleId
from policies.places import AccessPoint, Area, Door, DoorTimes
from policies.rulebook import AccessLevel, AccessPolicy, Rulebook
from policies.schedule import Interval, Schedule

K = TypeVar("K")
V = TypeVar("V")


def build(file: SiteFile, revision: str) -> Site:
    """Make the site."""
    calendar = Calendar(_frozen({day.date: day.type for day in file.holidays}))
    schedules = {
        ScheduleId(name): _schedule(ScheduleId(name), table, file, calendar)
        for name, table in file.schedules.items()
    }
    points = {AccessPointId(name): _point(name, table) for name, table in file.access_points.items()}
    levels = {LevelId(name): _level(name, table, schedules) for name, table in file.levels.items()}
    roles = {
        RoleId(name): tuple(levels[LevelId(level)] for level in table.levels)
        for name, table in file.roles.items()
    }
    board = _board(file)
    shown = {annunciator.id for annunciator in board.annunciators}
    annunciator_of = {point: _annunciator(point) for point in points if _annunciator(point) in shown}
    return Site(
        revision=revision,
        name=file.site.name,
        controller=file.site.controller,
        timezone=file.site.timezone,
        holidays=tuple(Holiday(day.date, day.type, day.name) for day in file.holidays),
        calendar=calendar,
        areas=_frozen({AreaId(name): Area(AreaId(name), table.name) for name, table in file.areas.items()}),
        schedules=_frozen(schedules),
        doors=_frozen({DoorId(name): _door(name, table) for name, table in file.doors.items()}),
        access_points=_frozen(points),
        levels=_frozen(levels),
        roles=_frozen(roles),
        role_names=_frozen({RoleId(name): table.name for name, table in file.roles.items()}),
        rulebook=Rulebook.of(revision, points.values(), roles),
        board=board,
        point_of_reader=_frozen({_reader(point): point for point in points}),
        door_of_position=_frozen(
            {_position(door): door for door in _doors(file) if file.doors[door].position is not None}
        ),
        door_of_exit_request=_frozen(
            {_exit_request(door): door for door in _doors(file) if file.doors[door].exit_request is not None}
        ),
        strike_of_door=_frozen({door: _strike(door) for door in _doors(file)}),
        annunciator_of_point=_frozen(annunciator_of),
        annunciators_of_door=_frozen(
            {
                door: tuple(device for point, device in annunciator_of.items() if points[point].door == door)
                for door in _doors(file)
            }
        ),
    )


def _frozen(mapping: dict[K, V]) -> Mapping[K, V]:
    return MappingProxyType(mapping)


def _doors(file: SiteFile) -> tuple[DoorId, ...]:
    return tuple(DoorId(name) for name in file.doors)


def _strike(door: str) -> DeviceId:
    return DeviceId(f"{door}.strike")


def _position(door: str) -> DeviceId:
    return DeviceId(f"{door}.position")


def _exit_request(door: str) -> DeviceId:
    return DeviceId(f"{door}.exit_request")


def _reader(point: str) -> DeviceId:
    return DeviceId(f"{point}.reader")


def _annunciator(point: str) -> DeviceId:
    return DeviceId(f"{point}.annunciator")


def _schedule(name: ScheduleId, table: ScheduleTable, file: SiteFile, calendar: Calendar) -> Schedule:
    weekly = tuple(
        tuple(Interval(hours.start, hours.end) for hours in table.weekly if day in hours.days)
        for day in range(7)
    )
    on_holidays = {} if table.holidays is None else table.holidays.of()
    return Schedule(
        name,
        file.site.timezone,
        weekly,
        _frozen({holiday: _intervals(hours) for holiday, hours in on_holidays.items()}),
        calendar,
    )


def _intervals(hours: tuple[HoursTable, ...]) -> tuple[Interval, ...]:
    return tuple(Interval(each.start, each.end) for each in hours)


def _door(name: str, table: DoorTable) -> Door:
    return Door(
        DoorId(name),
        table.name,
        DoorTimes(table.release_time_s, table.relock_delay_s, table.open_time_s, table.pre_alarm_s),
        monitored=table.position is not None,
        exit_releases=table.exit_request is None or table.exit_request.releases,
    )


def _point(name: str, table: AccessPointTable) -> AccessPoint:
    return AccessPoint(
        AccessPointId(name),
        table.name,
        DoorId(table.door),
        AreaId(table.from_area),
        AreaId(table.to_area),
        table.direction,
        table.asks,
    )


def _level(name: str, table: LevelTable, schedules: Mapping[ScheduleId, Schedule]) -> AccessLevel:
    return AccessLevel(
        LevelId(name),
        tuple(
            AccessPolicy(AccessPointId(point), schedules[ScheduleId(policy.schedule)])
            for policy in table.policies
            for point in policy.access_points
        ),
    )


def _board(file: SiteFile) -> BoardSpec:
    return BoardSpec(
        file.board.kind,
        strikes=tuple(
            StrikeSpec(_strike(name), door.strike.gpio, door.strike.lock, door.strike.unattended)
            for name, door in file.doors.items()
        ),
        contacts=tuple(contact for name, door in file.doors.items() for contact in _contacts(name, door)),
        readers=tuple(_reader_spec(name, point) for name, point in file.access_points.items()),
        annunciators=tuple(
            annunciator
            for name, point in file.access_points.items()
            for annunciator in _annunciators(name, point)
        ),
    )


def _contacts(name: str, door: DoorTable) -> tuple[ContactSpec, ...]:
    inputs = ((_position(name), door.position), (_exit_request(name), door.exit_request))
    return tuple(
        ContactSpec(device, table.gpio, table.normally_closed, table.debounce_ms)
        for device, table in inputs
        if table is not None
    )


def _reader_spec(name: str, point: AccessPointTable) -> ReaderSpec:
    if point.reader.kind is ReaderKind.PCSC and point.reader.name is not None:
        return PcscReaderSpec(_reader(name), point.reader.name)
    return SimulatedReaderSpec(_reader(name))


def _annunciators(
    name: str, point: AccessPointTable
) -> tuple[GpioAnnunciatorSpec | SimulatedAnnunciatorSpec, ...]:
    if point.reader.kind is ReaderKind.SIMULATED:
        return (SimulatedAnnunciatorSpec(_annunciator(name)),)
    if (lines := point.annunciator) is None:
        return ()
    return (GpioAnnunciatorSpec(_annunciator(name), lines.green_gpio, lines.red_gpio, lines.buzzer_gpio),)
