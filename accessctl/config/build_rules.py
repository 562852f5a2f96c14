"""What the rules work with: areas, doors, access points and people's rights of a site file."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from accessctl.config.kinds import ALL
from accessctl.config.public_holidays import PublicHolidays, YearByYear
from accessctl.config.schema import SiteFile
from accessctl.config.schema_access import AccessPointTable, AsksWhenTable
from accessctl.config.schema_areas import AreaTable, PlainUid, TogetherTable, WhenFull
from accessctl.config.schema_doors import DegradedTable, DoorTable, ModeTable
from accessctl.config.schema_people import LevelTable, MemberTable
from accessctl.config.schema_times import HoursTable, ScheduleTable
from accessctl.config.site import InputKind, KeypadCodes, PassRules, PinRules
from policies.area_rules import LowerLimit, Passback, Together, UpperLimit
from policies.calendar import Calendar, HolidayType
from policies.degraded import CHOICES, Condition, Degraded, Fallback
from policies.door_modes import ModeRule
from policies.factors import Factor
from policies.ids import (
    AccessPointId,
    AreaId,
    DoorId,
    InputId,
    LevelId,
    MemberId,
    QualificationId,
    ScheduleId,
)
from policies.interlock import Interlock
from policies.places import AccessPoint, Area, AsksWhen, Door
from policies.rulebook import AccessLevel, AccessPolicy, EscortRules, Traits
from policies.schedule import MINUTES_A_DAY, Interval, Schedule

USUAL_GRACE: Final = timedelta(seconds=60)
USUAL_PROP: Final = timedelta(minutes=30)
FORGIVE_AT: Final = ScheduleId("passback.forgive_at")

Schedules = Mapping[ScheduleId, Schedule]


def calendar_of(file: SiteFile) -> Calendar:
    """Give the days that are not like other days."""
    explicit = MappingProxyType({day.date: day.type for day in file.holidays})
    if not file.public_holidays:
        return Calendar(explicit)
    public = (
        PublicHolidays(table.country, table.region, table.type, frozenset(table.excepted))
        for table in file.public_holidays
    )
    return Calendar(YearByYear(explicit, tuple(public)))


def schedule_of(name: ScheduleId, table: ScheduleTable, zone: ZoneInfo, calendar: Calendar) -> Schedule:
    """Give a schedule."""
    weekly = tuple(
        tuple(Interval(hours.start, hours.end) for hours in table.weekly if day in hours.days)
        for day in range(7)
    )
    on_holidays = {} if table.holidays is None else table.holidays.of()
    replaced = {holiday: _intervals(hours) for holiday, hours in on_holidays.items()}
    return Schedule(name, zone, weekly, MappingProxyType(replaced), calendar)


def _intervals(hours: tuple[HoursTable, ...]) -> tuple[Interval, ...]:
    return tuple(Interval(each.start, each.end) for each in hours)


def forgives_of(file: SiteFile) -> Schedule | None:
    """Give the minute of every day at which passback is forgiven, holidays included."""
    if file.passback is None:
        return None
    start = file.passback.forgive_at
    minute = (Interval(start, min(start + 1, MINUTES_A_DAY)),)
    return Schedule(FORGIVE_AT, file.site.timezone, (minute,) * 7, dict.fromkeys(HolidayType, minute))


def area_of(name: str, table: AreaTable) -> Area:
    """Give an area with what it asks for."""
    passback = None if table.passback is None else Passback(table.passback, table.passback_forget_min)
    grace = USUAL_GRACE if table.alone_grace_s is None else table.alone_grace_s
    return Area(
        AreaId(name),
        table.name,
        None if table.within is None else AreaId(table.within),
        table.outside,
        passback,
        tuple(
            UpperLimit(limit.at_most, _member(limit.of), limit.when_full is WhenFull.REPORT)
            for limit in table.limits
        ),
        None if table.at_least is None else LowerLimit(table.at_least, grace),
        None if table.together is None else _together(table.together),
        table.assurance,
        tuple(QualificationId(wanted) for wanted in table.requires),
        table.plain_uid is PlainUid.REFUSED,
    )


def _member(name: str | None) -> MemberId | None:
    return None if name is None else MemberId(name)


def _together(table: TogetherTable) -> Together:
    return Together(table.persons, table.within_s, _members(table.of), table.one_of_each)


def _members(names: tuple[str, ...]) -> tuple[MemberId, ...]:
    return tuple(MemberId(name) for name in names)


def door_of(name: str, table: DoorTable, everywhere: DegradedTable | None, schedules: Schedules) -> Door:
    """Give a door. ``everywhere`` says what holds where the door itself says nothing."""
    times = table.times()
    prop = table.longest_prop_s
    return Door(
        DoorId(name),
        table.name,
        times,
        monitored=table.position is not None,
        exit_releases=table.exit_request is None or table.exit_request.releases,
        extended=None if table.extended is None else table.extended.over(times),
        longest_prop=max(USUAL_PROP, times.open) if prop is None else prop,
        modes=tuple(_mode(mode, schedules) for mode in table.modes),
        degraded=Degraded(**{each.value: fallback(table.degraded, everywhere, each) for each in Condition}),
    )


def _mode(table: ModeTable, schedules: Schedules) -> ModeRule:
    schedule = schedules[ScheduleId(table.schedule)]
    return ModeRule(table.mode, schedule, table.first_card, _members(table.first_card_of))


def fallback(own: DegradedTable | None, everywhere: DegradedTable | None, condition: Condition) -> Fallback:
    """Give what holds at a door: its own word, else that of the whole site, else the usual one."""
    for table in (own, everywhere):
        chosen = None if table is None else table.under(condition)
        if chosen is not None:
            return chosen
    return CHOICES[condition][0]


def point_of(name: str, table: AccessPointTable, schedules: Schedules) -> AccessPoint:
    """Give an access point."""
    return AccessPoint(
        AccessPointId(name),
        table.name,
        DoorId(table.door),
        AreaId(table.from_area),
        AreaId(table.to_area),
        table.direction,
        table.asks,
        tuple(_asks_when(each, schedules) for each in table.asks_when),
        _senses(table),
        table.any_order,
    )


def _senses(table: AccessPointTable) -> Factor:
    """Give what can be shown at an access point besides cards: by keys and sensors."""
    found = Factor.CARD
    if table.keypad is not None or (table.reader is not None and table.reader.has_keys):
        found |= Factor.PIN | Factor.CODE
    if table.finger is not None:
        found |= Factor.FINGERPRINT
    if table.camera is not None and table.camera.sees_faces:
        found |= Factor.FACE
    return found


def _asks_when(table: AsksWhenTable, schedules: Schedules) -> AsksWhen:
    schedule = None if table.schedule is None else schedules[ScheduleId(table.schedule)]
    return AsksWhen(table.asks, schedule, table.threat_level, table.area)


def interlocks_of(file: SiteFile) -> tuple[Interlock, ...]:
    """Give the groups of doors of which one at most is off its latch."""
    return tuple(
        Interlock(tuple(DoorId(door) for door in table.doors), table.wait_s) for table in file.interlocks
    )


def fire_doors_of(file: SiteFile) -> Mapping[InputId, tuple[DoorId, ...]]:
    """Give what each fire input releases."""
    found: dict[InputId, tuple[DoorId, ...]] = {}
    for name, table in file.inputs.items():
        if table.kind is InputKind.FIRE and table.doors is not None:
            doors = tuple(file.doors) if table.doors == ALL else table.doors
            found[InputId(name)] = tuple(DoorId(door) for door in doors)
    return found


def level_of(name: str, table: LevelTable, schedules: Schedules) -> AccessLevel:
    """Give a level."""
    return AccessLevel(
        LevelId(name),
        tuple(
            AccessPolicy(AccessPointId(point), schedules[ScheduleId(policy.schedule)])
            for policy in table.policies
            for point in policy.access_points
        ),
    )


def traits_of(table: MemberTable) -> Traits:
    """Give what a role or group makes of its members."""
    days = table.expires_unseen_days
    return Traits(
        table.passes_lockdown,
        table.threat_authority,
        table.exempt_from_passback,
        table.may_escort,
        table.needs_escort,
        None if days is None else timedelta(days=days),
    )


def escort_of(file: SiteFile) -> EscortRules:
    """Give how visitors are brought through doors."""
    table = file.escort
    return EscortRules() if table is None else EscortRules(table.within_s, table.grace_s, table.most_visitors)


def codes_of(file: SiteFile) -> KeypadCodes | None:
    """Give what holds for codes that are typed; ``None`` where none is."""
    table = file.codes
    return None if table is None else KeypadCodes(table.digits, table.most, table.break_glass)


def pins_of(file: SiteFile) -> PinRules:
    """Give what holds for new PINs."""
    return PinRules() if file.pins is None else PinRules(file.pins.digits, file.pins.made_by)


def passes_of(file: SiteFile) -> PassRules | None:
    """Give what holds for passes; ``None`` where none counts."""
    table = file.passes
    if table is None or not table.accepted:
        return None
    return PassRules(table.single_use, timedelta(days=table.longest_days))
