"""Turns the tables of a file that is free of problems into the values that the controller works with."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from accessctl.config import build_biometrics, build_board, build_office, build_record, build_rules
from accessctl.config.build_board import (
    ANNUNCIATOR,
    READER,
    device,
    devices_of_point,
    formats_of,
    input_device,
)
from accessctl.config.build_cameras import camera_device
from accessctl.config.build_sensors import finger_device
from accessctl.config.schema import SiteFile
from accessctl.config.schema_people import MemberTable
from accessctl.config.site import Holiday, Site, SiteInput
from hardware.signals import DeviceId
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
from policies.places import MusterPoint
from policies.rulebook import AccessLevel, Rulebook

K = TypeVar("K")
V = TypeVar("V")


def build(file: SiteFile, revision: str) -> Site:
    """Make the site."""
    calendar = build_rules.calendar_of(file)
    zone = file.site.timezone
    schedules = {
        ScheduleId(name): build_rules.schedule_of(ScheduleId(name), table, zone, calendar)
        for name, table in file.schedules.items()
    }
    areas = {AreaId(name): build_rules.area_of(name, table) for name, table in file.areas.items()}
    doors = {
        DoorId(name): build_rules.door_of(name, table, file.degraded, schedules)
        for name, table in file.doors.items()
    }
    points = {
        AccessPointId(name): build_rules.point_of(name, table, schedules)
        for name, table in file.access_points.items()
    }
    muster_points = {
        AccessPointId(name): MusterPoint(AccessPointId(name), table.name, AreaId(table.area))
        for name, table in file.muster_points.items()
    }
    levels = {
        LevelId(name): build_rules.level_of(name, table, schedules) for name, table in file.levels.items()
    }
    roles = {RoleId(MemberId(name)): _levels(table.levels, levels) for name, table in file.roles.items()}
    groups = {GroupId(MemberId(name)): _levels(table.levels, levels) for name, table in file.groups.items()}
    members = _members(file)
    denies = {name: _levels(table.denies, levels) for name, table in members.items() if table.denies}
    traits = {name: build_rules.traits_of(table) for name, table in members.items()}
    interlocks = build_rules.interlocks_of(file)
    rulebook = Rulebook.of(
        revision,
        points.values(),
        {**roles, **groups},
        doors=doors.values(),
        areas=areas.values(),
        denies_of=denies,
        traits_of=traits,
        more_levels=[level for name, level in levels.items() if not _is_had(name, members.values())],
        interlocks=interlocks,
        escort=build_rules.escort_of(file),
        forgives=build_rules.forgives_of(file),
        fire_doors=build_rules.fire_doors_of(file),
        muster_points=muster_points.values(),
        timezone=zone,
    )
    board = build_board.board_of(file)
    shown = {annunciator.id for annunciator in board.annunciators}
    annunciator_of = {
        point: device(point, ANNUNCIATOR)
        for point in (*points, *muster_points)
        if device(point, ANNUNCIATOR) in shown
    }
    return Site(
        revision=revision,
        name=file.site.name,
        controller=file.site.controller,
        timezone=zone,
        holidays=tuple(Holiday(day.date, day.type, day.name) for day in file.holidays),
        calendar=calendar,
        areas=_frozen(areas),
        schedules=_frozen(schedules),
        doors=_frozen(doors),
        access_points=_frozen(points),
        levels=_frozen(levels),
        roles=_frozen(roles),
        role_names=_frozen({RoleId(MemberId(name)): table.name for name, table in file.roles.items()}),
        groups=_frozen(groups),
        group_names=_frozen({GroupId(MemberId(name)): table.name for name, table in file.groups.items()}),
        denies=_frozen(denies),
        traits=_frozen(traits),
        qualification_names=_frozen(
            {QualificationId(name): table.name for name, table in file.qualifications.items()}
        ),
        interlocks=interlocks,
        codes=build_rules.codes_of(file),
        pins=build_rules.pins_of(file),
        passes=build_rules.passes_of(file),
        biometrics=build_biometrics.biometrics_of(file.biometrics),
        office=build_office.office_of(file),
        record=build_record.record_of(file),
        rulebook=rulebook,
        board=board,
        card_formats=_frozen(dict(formats_of(file))),
        point_of_reader=_frozen(
            {each: point for point in points for each in devices_of_point(point, file.access_points[point])}
        ),
        finger_of_point=_frozen(
            {point: finger_device(point) for point in points if file.access_points[point].finger is not None}
        ),
        camera_of_point=_frozen(
            {point: camera_device(point) for point in points if file.access_points[point].camera is not None}
        ),
        door_of_position=_frozen(_with_contact(file, "position")),
        door_of_exit_request=_frozen(_with_contact(file, "exit_request")),
        strike_of_door=_frozen({door: device(door, "strike") for door in doors}),
        annunciator_of_point=_frozen(annunciator_of),
        annunciators_of_door=_frozen(
            {
                door: tuple(
                    annunciator_of[point.id]
                    for point in points.values()
                    if point.door == door and point.id in annunciator_of
                )
                for door in doors
            }
        ),
        muster_points=_frozen(muster_points),
        muster_point_of_reader=_frozen({device(point, READER): point for point in muster_points}),
        inputs=_frozen(_inputs(file)),
        door_of_tamper=_frozen(_with_contact(file, "tamper")),
        door_of_bond=_frozen(_with_contact(file, "bond")),
        point_of_button=_frozen(
            {
                device(point, "button"): point
                for point in points
                if file.access_points[point].button is not None
            }
        ),
    )


def _frozen(mapping: dict[K, V]) -> Mapping[K, V]:
    return MappingProxyType(mapping)


def _levels(names: tuple[str, ...], levels: Mapping[LevelId, AccessLevel]) -> tuple[AccessLevel, ...]:
    return tuple(levels[LevelId(name)] for name in names)


def _members(file: SiteFile) -> Mapping[MemberId, MemberTable]:
    return {MemberId(name): table for name, table in (*file.roles.items(), *file.groups.items())}


def _is_had(level: LevelId, members: Iterable[MemberTable]) -> bool:
    return any(level in table.levels or level in table.denies for table in members)


def _with_contact(file: SiteFile, part: str) -> dict[DeviceId, DoorId]:
    """Give the doors that have this contact, which is one of the keys of a door."""
    return {
        device(name, part): DoorId(name)
        for name, table in file.doors.items()
        if getattr(table, part) is not None
    }


def _inputs(file: SiteFile) -> dict[DeviceId, SiteInput]:
    return {
        input_device(name): SiteInput(
            InputId(name), table.kind, None if table.door is None else DoorId(table.door)
        )
        for name, table in file.inputs.items()
    }
