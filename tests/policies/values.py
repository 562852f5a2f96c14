"""The site of these tests, and short ways to write down its values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from policies.calendar import Calendar, HolidayType
from policies.effects import Passage
from policies.factors import Asks
from policies.ids import (
    AccessPointId,
    AreaId,
    CredentialId,
    DoorId,
    LevelId,
    PersonId,
    RoleId,
    ScheduleId,
)
from policies.people import Card, CardStatus, Holder, Person, Validity
from policies.places import AccessPoint, Direction, Door, DoorTimes
from policies.rulebook import AccessLevel, AccessPolicy, Rulebook
from policies.schedule import Interval, Schedule

LONDON: Final = ZoneInfo("Europe/London")

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)


def s(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOON: Final = utc("2025-06-18T11:00")
"""A Wednesday, 12:00 in London."""


def clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def intervals(text: str) -> tuple[Interval, ...]:
    """Read "22:00-06:00 12:00-13:00"."""
    pairs = (pair.split("-") for pair in text.split())
    return tuple(Interval(clock(start), clock(end)) for start, end in pairs)


def schedule(
    weekly: str, *, timezone: ZoneInfo = LONDON, days: str = "MTWTFSS", calendar: Calendar = Calendar()
) -> Schedule:
    """Make a schedule with the same intervals on each of the named days; a dot stands for none."""
    week = tuple(() if day == "." else intervals(weekly) for day in days)
    return Schedule(ScheduleId(weekly), timezone, week, calendar=calendar)


ALWAYS: Final = schedule("00:00-24:00")
TIMELESS: Final = replace(
    ALWAYS, id=ScheduleId("timeless"), on_holidays=dict.fromkeys(HolidayType, intervals("00:00-24:00"))
)
"""Holds on holidays too: at every instant, whatever the calendar says."""
NEVER: Final = schedule("", days=".......")
AT_NIGHT: Final = schedule("22:00-06:00")

LOBBY: Final = Door(DoorId("lobby"), "Lobby", DoorTimes(release=s(5), open=s(40), pre_alarm=s(10)))
BLIND: Final = Door(DoorId("shed"), "Shed", monitored=False)


def point(direction: Direction = Direction.IN, asks: Asks = Asks.CARD, name: str = "lobby") -> AccessPoint:
    outside, inside = AreaId("street"), AreaId("hall")
    from_area, to_area = (outside, inside) if direction is Direction.IN else (inside, outside)
    return AccessPoint(
        AccessPointId(f"{name}-{direction.value}"), name, LOBBY.id, from_area, to_area, direction, asks
    )


WAY_IN: Final = point()
WAY_IN_WITH_PIN: Final = point(asks=Asks.CARD_AND_PIN, name="store")
WAY_OUT: Final = point(Direction.OUT)

STAFF: Final = RoleId("staff")


def level(*policies: tuple[AccessPoint, Schedule], name: str = "day") -> AccessLevel:
    return AccessLevel(LevelId(name), tuple(AccessPolicy(at.id, when) for at, when in policies))


def rulebook(*levels: AccessLevel, role: RoleId = STAFF) -> Rulebook:
    return Rulebook.of("r1", (WAY_IN, WAY_IN_WITH_PIN, WAY_OUT), {role: levels})


def holder(
    *,
    status: CardStatus = CardStatus.ACTIVE,
    card_validity: Validity = Validity(),
    person_validity: Validity = Validity(),
    disabled: bool = False,
    has_pin: bool = True,
    roles: tuple[RoleId, ...] = (STAFF,),
) -> Holder:
    person = Person(PersonId("p-alice"), roles, person_validity, disabled, has_pin)
    return Holder(person, Card(CredentialId("c-alice"), status, card_validity))


def passage_of(name: str) -> Passage:
    return Passage(WAY_IN.id, PersonId(f"p-{name}"), CredentialId(f"c-{name}"))


ALICE: Final = passage_of("alice")
BOB: Final = passage_of("bob")
NOBODY: Final = Passage()
