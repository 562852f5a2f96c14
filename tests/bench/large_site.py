"""The rule book of a large site, with every rule in force: buildings full of halls, and doors of every kind.

What each hall, door and role wants goes by its number, so that rules come in every mixture and the same
numbers make the same site each time.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from policies.area_rules import LowerLimit, Passback, PassbackKind, Together, UpperLimit
from policies.calendar import Calendar, HolidayType
from policies.degraded import Degraded, Fallback
from policies.door_modes import DoorMode, ModeRule
from policies.factors import Asks, Factor
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
from policies.places import AccessPoint, Area, AreaState, AsksWhen, Direction, Door, DoorTimes, MusterPoint
from policies.rulebook import AccessLevel, AccessPolicy, Rulebook, Traits
from policies.schedule import Interval, Schedule

LONDON: Final = ZoneInfo("Europe/London")
STREET: Final = AreaId("street")
SITE: Final = AreaId("site")
INDUCTION: Final = QualificationId("induction")
FORKLIFT: Final = QualificationId("forklift")
ROLES: Final = tuple(RoleId(f"role-{number}") for number in range(12))
GROUPS: Final = tuple(GroupId(f"group-{number}") for number in range(20))
LEVELS: Final = tuple(LevelId(f"level-{number}") for number in range(40))
VISITOR, ESCORT, GUARD, BOSS, TRAINEE = ROLES[7:]

_HOLIDAYS: Final = Calendar({date(2026, 12, 25): HolidayType.FULL, date(2026, 12, 24): HolidayType.HALF})


def _schedule(name: str, weekday: tuple[int, int], weekend: tuple[int, int] | None) -> Schedule:
    """Make a schedule from the hours on a weekday and at the weekend."""
    days = [weekday] * 5 + [weekend] * 2
    weekly = tuple(() if hours is None else (Interval(hours[0] * 60, hours[1] * 60),) for hours in days)
    return Schedule(
        ScheduleId(name), LONDON, weekly, {HolidayType.HALF: (Interval(8 * 60, 12 * 60),)}, _HOLIDAYS
    )


DAY: Final = _schedule("day", (6, 20), None)
EARLY: Final = _schedule("early", (5, 13), (6, 12))
LATE: Final = _schedule("late", (13, 22), None)
NIGHT: Final = _schedule("night", (22, 5), (22, 5))
LONG: Final = _schedule("long", (5, 23), (7, 19))
ALWAYS: Final = Schedule(ScheduleId("always"), LONDON, ((Interval(0, 24 * 60),),) * 7)
_HOURS: Final = (DAY, EARLY, LATE, LONG, NIGHT)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a site is."""

    people: int
    buildings: int = 18
    halls_each: int = 10
    doors: int = 500

    @property
    def halls(self) -> int:
        """How many halls all buildings have."""
        return self.buildings * self.halls_each

    @property
    def areas(self) -> int:
        """How many areas there are: the street and the site as a whole are two more."""
        return 2 + self.buildings + self.halls


def hall(number: int) -> AreaId:
    """Name a hall."""
    return AreaId(f"hall-{number}")


def building(number: int) -> AreaId:
    """Name a building."""
    return AreaId(f"building-{number}")


def rules_of(size: Size, *, changed: bool = False) -> Rulebook:
    """Put every rule into a rule book. ``changed`` makes the one that somebody proposes instead."""
    points = [point for number in range(size.doors) for point in _points(number, size)]
    levels = [_level(number, size.doors) for number in range(len(LEVELS))]
    step = 7 if changed else 3  # so many apart are the levels of one role: four of them cover every door
    allows = {
        role: [levels[(number + each * step) % len(levels)] for each in range(4)]
        for number, role in enumerate(ROLES)
    }
    groups = {group: [levels[number]] for number, group in enumerate(GROUPS)}
    return Rulebook.of(
        "changed" if changed else "large",
        points,
        {**allows, **groups},
        doors=[_door(number) for number in range(size.doors)],
        areas=_areas(size),
        denies_of=_denies(size.doors),
        traits_of=_traits(),
        interlocks=_interlocks(size.doors),
        forgives=_schedule("small hours", (3, 4), (3, 4)),
        fire_doors={InputId("fire"): tuple(_door_id(number) for number in range(0, size.doors, 4))},
        muster_points=[MusterPoint(AccessPointId("muster"), "Muster", STREET)],
        timezone=LONDON,
    )


# ------------------------------------------------------------------------------------------- the areas


def _areas(size: Size) -> list[Area]:
    site = Area(
        SITE,
        "Site",
        passback=Passback(PassbackKind.SOFT),
        upper_limits=(UpperLimit(10 * size.people), UpperLimit(10 * size.people, TRAINEE)),
    )
    buildings = [
        Area(
            building(number),
            "Building",
            SITE,
            passback=Passback(PassbackKind.HARD) if number % 3 == 0 else None,
            upper_limits=(UpperLimit(10 * size.people, GROUPS[number % 20]),),
            requires=(INDUCTION,),
        )
        for number in range(size.buildings)
    ]
    return [
        Area(STREET, "Street", outside=True),
        site,
        *buildings,
        *(_hall(n, size) for n in range(size.halls)),
    ]


def _hall(number: int, size: Size) -> Area:
    """Make a hall; every twentieth is full, every tenth is opened by two people together."""
    usual = size.people // (2 * size.halls)
    together = Together(2, timedelta(seconds=30), ROLES if number % 20 == 3 else (), one_of_each=False)
    return Area(
        hall(number),
        "Hall",
        building(number % size.buildings),
        passback=_PASSBACKS[number % 3],
        upper_limits=(
            UpperLimit(usual // 2 if number % 20 == 7 else 10 * size.people, report_only=number % 40 == 7),
            UpperLimit(10 * size.people, ROLES[number % 12]),
        ),
        lower_limit=LowerLimit(2, timedelta(seconds=60 * (number % 2))) if number % 4 < 2 else None,
        together=together if number % 10 == 3 else None,
        assurance=number % 3,
        requires=(FORKLIFT,) if number % 5 == 0 else (),
    )


_PASSBACKS: Final = (
    Passback(PassbackKind.HARD),
    Passback(PassbackKind.SOFT),
    Passback(PassbackKind.TIMED, timedelta(minutes=30)),
)


# ------------------------------------------------------------------------------ doors and access points


def _door_id(number: int) -> DoorId:
    return DoorId(f"door-{number}")


def _door(number: int) -> Door:
    modes = (
        ModeRule(DoorMode.UNLOCKED, LATE, first_card=True, first_card_members=(GUARD,)),
        ModeRule(DoorMode.BLOCKED, NIGHT),
    )
    return Door(
        _door_id(number),
        "Door",
        extended=DoorTimes(timedelta(seconds=10), timedelta(), timedelta(seconds=60)),
        modes=modes if number % 5 == 0 else (),
        degraded=Degraded(clock_untrusted=Fallback.TIMELESS_ONLY, biometric_lost=Fallback.PIN_INSTEAD),
    )


def _points(number: int, size: Size) -> tuple[AccessPoint, AccessPoint]:
    """Make both ways through a door. One door in ten leads in from the street, the others from a building."""
    inside = hall(number % size.halls)
    outside = STREET if number % 10 == 0 else building(number % size.halls % size.buildings)
    way_in = AccessPoint(
        AccessPointId(f"in-{number}"),
        "In",
        _door_id(number),
        outside,
        inside,
        Direction.IN,
        _ASKS[number % len(_ASKS)],
        _ASKS_WHEN if number % 2 else (),
    )
    out = AccessPointId(f"out-{number}")
    return way_in, AccessPoint(out, "Out", _door_id(number), inside, outside, Direction.OUT, Asks.CARD)


_ASKS: Final = (
    Asks.CARD,
    Asks.CARD_AND_PIN,
    Asks.CARD_AND_PIN,
    Asks.CARD_AND_BIOMETRIC,
    Asks((Factor.CARD | Factor.PIN, Factor.CARD | Factor.CODE, Factor.CARD | Factor.FINGERPRINT)),
)
_ASKS_WHEN: Final = (
    AsksWhen(Asks.CARD_AND_BIOMETRIC, NIGHT),
    AsksWhen(Asks.CARD_AND_CODE, threat_level=3),
    AsksWhen(Asks.CARD_AND_PIN, area=AreaState.ARMED),
    AsksWhen(Asks.CARD_AND_PIN, area=AreaState.EMPTY),
)


def _interlocks(doors: int) -> list[Interlock]:
    """Join two doors in every five, some that wait for each other and some that refuse."""
    return [
        Interlock((_door_id(first), _door_id(first + 1)), timedelta(seconds=20) if first % 2 else None)
        for first in range(1, doors - 1, 5)
    ]


# ---------------------------------------------------------------------------------------------- rights


def _level(number: int, doors: int) -> AccessLevel:
    """Make a level: every fourth way in, on hours of its own, and every way out at any hour."""
    hours = _HOURS[number % len(_HOURS)]
    ways_in = tuple(AccessPolicy(AccessPointId(f"in-{each}"), hours) for each in range(number % 4, doors, 4))
    return AccessLevel(
        LEVELS[number],
        (*ways_in, *(AccessPolicy(AccessPointId(f"out-{each}"), ALWAYS) for each in range(doors))),
    )


def _denies(doors: int) -> dict[MemberId, list[AccessLevel]]:
    """Deny half of the groups every door at night, and one of them some doors by day."""
    every = tuple(AccessPolicy(AccessPointId(f"in-{each}"), NIGHT) for each in range(doors))
    some = tuple(AccessPolicy(AccessPointId(f"in-{each}"), DAY) for each in range(0, doors, 9))
    nights, days = AccessLevel(LevelId("no nights"), every), AccessLevel(LevelId("no days"), some)
    denied: dict[MemberId, list[AccessLevel]] = {group: [nights] for group in GROUPS[::2]}
    denied[GROUPS[0]] = [nights, days]
    return denied


def _traits() -> dict[MemberId, Traits]:
    usual = Traits(threat_authority=2, unseen_limit=timedelta(days=90))
    own = {
        VISITOR: Traits(threat_authority=2, needs_escort=True),
        ESCORT: Traits(threat_authority=2, may_escort=True),
        GUARD: Traits(threat_authority=9, passes_lockdown=True),
        BOSS: Traits(threat_authority=9, exempt=True),
        TRAINEE: Traits(threat_authority=0, unseen_limit=timedelta(days=30)),
    }
    return dict.fromkeys(ROLES, usual) | own
