"""Small sites to tell stories about, and short ways to write them down.

Doors have a way in and a way out each, named after them: ``front-in`` and ``front-out``. Everybody who is
``staff`` may pass everywhere at any time, unless a site says otherwise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

from policies.area_rules import Passback, PassbackKind
from policies.door_modes import DoorMode, ModeRule
from policies.factors import BIOMETRIC, Asks, Factor
from policies.ids import (
    AccessPointId,
    AreaId,
    CredentialId,
    DoorId,
    GroupId,
    InputId,
    LevelId,
    MemberId,
    PersonId,
    RoleId,
)
from policies.interlock import Interlock
from policies.people import Card, Holder, Person
from policies.places import AccessPoint, Area, Direction, Door, DoorTimes, MusterPoint
from policies.rulebook import AccessLevel, AccessPolicy, EscortRules, Rulebook, Traits
from policies.schedule import Schedule
from tests.policies.values import ALWAYS, LONDON, schedule

Value = TypeVar("Value")

STREET: Final = AreaId("street")
HALL: Final = AreaId("hall")
STORE: Final = AreaId("store")

PLAN: Final[Mapping[str, tuple[str, str]]] = {
    "front": ("street", "hall"),
    "back": ("street", "hall"),
    "store": ("hall", "store"),
}
"""Two doors lead from the street into the hall, one from the hall into the store, which is a part of it."""

STAFF: Final = RoleId("staff")
GUARD: Final = RoleId("guard")
VISITOR: Final = RoleId("visitor")

HARD: Final = Passback(PassbackKind.HARD)
SOFT: Final = Passback(PassbackKind.SOFT)

BY_DAY: Final = schedule("08:00-18:00")
TIMES: Final = DoorTimes(release=timedelta(seconds=5), open=timedelta(seconds=40))


def but(value: Value, changes: Mapping[str, object]) -> Value:
    """Give a value with other fields, whatever value it is."""
    changed: Value = replace(value, **changes)  # type: ignore[type-var]
    return changed


def area(name: str, **rules: object) -> Area:
    within = {"store": HALL}.get(name)
    return but(Area(AreaId(name), name, within=within, outside=name == "street"), rules)


def door(name: str, **rules: object) -> Door:
    return but(Door(DoorId(name), name, TIMES), rules)


def way_in(
    name: str, asks: Asks = Asks.CARD, plan: Mapping[str, tuple[str, str]] = PLAN, **more: object
) -> AccessPoint:
    start, end = plan[name]
    id_, door_id = AccessPointId(f"{name}-in"), DoorId(name)
    return but(AccessPoint(id_, name, door_id, AreaId(start), AreaId(end), Direction.IN, asks), more)


def way_out(name: str, plan: Mapping[str, tuple[str, str]] = PLAN) -> AccessPoint:
    start, end = plan[name]
    id_, door_id = AccessPointId(f"{name}-out"), DoorId(name)
    return AccessPoint(id_, name, door_id, AreaId(end), AreaId(start), Direction.OUT, Asks.CARD)


def level(name: str, points: Iterable[str], when: Schedule = ALWAYS) -> AccessLevel:
    return AccessLevel(LevelId(name), tuple(AccessPolicy(AccessPointId(point), when) for point in points))


def everywhere(
    plan: Mapping[str, tuple[str, str]] = PLAN, when: Schedule = ALWAYS, name: str = "everywhere"
) -> AccessLevel:
    return level(name, [f"{door}-{way}" for door in plan for way in ("in", "out")], when)


def site(
    *,
    plan: Mapping[str, tuple[str, str]] = PLAN,
    areas: Iterable[Area] = (),
    doors: Iterable[Door] = (),
    points: Iterable[AccessPoint] = (),
    levels_of: Mapping[MemberId, Iterable[AccessLevel]] | None = None,
    denies_of: Mapping[MemberId, Iterable[AccessLevel]] | None = None,
    traits_of: Mapping[MemberId, Traits] | None = None,
    interlocks: Iterable[Interlock] = (),
    escort: EscortRules = EscortRules(),
    forgives: Schedule | None = None,
    fire_doors: Mapping[InputId, tuple[DoorId, ...]] | None = None,
    muster_points: Iterable[MusterPoint] = (),
) -> Rulebook:
    """Build a site after a plan; areas, doors and points that are given take the place of the usual ones."""
    every_area = {AreaId(name): area(name) for ways in plan.values() for name in ways}
    every_area |= {each.id: each for each in areas}
    every_door = {DoorId(name): door(name) for name in plan} | {each.id: each for each in doors}
    every_point = {
        each.id: each for name in plan for each in (way_in(name, plan=plan), way_out(name, plan=plan))
    }
    every_point |= {each.id: each for each in points}
    usual = {member: [everywhere(plan)] for member in (STAFF, GUARD, VISITOR)}
    return Rulebook.of(
        "r1",
        every_point.values(),
        usual if levels_of is None else levels_of,
        doors=every_door.values(),
        areas=every_area.values(),
        denies_of=denies_of,
        traits_of=traits_of,
        interlocks=interlocks,
        escort=escort,
        forgives=forgives,
        fire_doors=fire_doors,
        muster_points=muster_points,
        timezone=LONDON,
    )


def person(
    name: str,
    *roles: MemberId,
    groups: tuple[str, ...] = (),
    card: Card | None = None,
    **more: object,
) -> Holder:
    """Make somebody, with a card; staff unless they are something else."""
    ids = tuple(GroupId(group) for group in groups)
    enrolled = Factor.CODE | BIOMETRIC
    who = Person(
        PersonId(name), tuple(RoleId(role) for role in roles or (STAFF,)), groups=ids, enrolled=enrolled
    )
    return Holder(but(who, more), card or Card(CredentialId(f"card of {name}")))


ALICE: Final = person("alice")
BOB: Final = person("bob")
CAROL: Final = person("carol")
DAVE: Final = person("dave")
GUIDE: Final = person("guide", GUARD)
VIC: Final = person("vic", VISITOR)
WINNIE: Final = person("winnie", VISITOR)

UNLOCKED_BY_DAY: Final = ModeRule(DoorMode.UNLOCKED, BY_DAY)
