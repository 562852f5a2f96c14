"""Who may pass where and when, arranged so that one question costs one look-up.

A site has few different combinations of roles and groups, however many people it has. What a combination
may do is worked out when it is first met and kept, so that a decision does not grow with the number of
roles, levels or people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from policies.area_rules import Passback, Together, UpperLimit
from policies.factors import Factor
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
)
from policies.interlock import Interlock
from policies.layout import (
    Chains,
    areas_by_id,
    chains_of,
    doors_beside,
    doors_by_id,
    doors_into,
    entered_by,
    musters_by_id,
    points_by_door,
    points_by_id,
)
from policies.people import Person
from policies.places import AccessPoint, Area, Direction, Door, MusterPoint
from policies.schedule import Schedule

UTC_ZONE: Final = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """One access point and the schedule on which it may be passed."""

    access_point: AccessPointId
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class AccessLevel:
    """A set of access policies that is given to people by their role or group."""

    id: LevelId
    policies: tuple[AccessPolicy, ...]


@dataclass(frozen=True, slots=True)
class Traits:
    """What a role or group makes of its members, besides where they may go."""

    passes_lockdown: bool = False
    threat_authority: int = 0
    """Up to which threat level they may pass."""
    exempt: bool = False
    """Whether passback does not count for them."""
    may_escort: bool = False
    needs_escort: bool = False
    unseen_limit: timedelta | None = None
    """Not seen for this long, their access expires."""

    def with_those_of(self, other: "Traits") -> "Traits":
        """Give what somebody is who is both: every freedom of either, and every duty of either."""
        limits = [limit for limit in (self.unseen_limit, other.unseen_limit) if limit is not None]
        return Traits(
            self.passes_lockdown or other.passes_lockdown,
            max(self.threat_authority, other.threat_authority),
            self.exempt or other.exempt,
            self.may_escort or other.may_escort,
            self.needs_escort or other.needs_escort,
            min(limits, default=None),
        )


@dataclass(frozen=True, slots=True)
class EscortRules:
    """How visitors are brought through doors."""

    within: timedelta = timedelta(seconds=30)
    """For so long after the escort may a visitor badge at the same access point; then no more."""
    grace: timedelta = timedelta(seconds=60)
    """So long may a visitor be apart from the escort before that is an alarm."""
    most_visitors: int = 5
    """So many may one escort have with them."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What one combination of roles and groups may do."""

    members: tuple[MemberId, ...]
    allows: Mapping[AccessPointId, tuple[Schedule, ...]]
    denies: Mapping[AccessPointId, tuple[Schedule, ...]]
    traits: Traits


@dataclass(frozen=True, slots=True)
class DoorRules:
    """A door and what it has to do with others."""

    door: Door
    ways_in: tuple[AccessPointId, ...]
    ways_out: tuple[AccessPointId, ...]
    leads_into: frozenset[AreaId]
    """Every area that a way in leads to, with all it is a part of: a lockdown of one covers this door."""
    siblings: tuple[DoorId, ...] = ()
    """The other doors of its interlocks."""
    wait: timedelta | None = None
    """How long a grant waits for them."""


@dataclass(frozen=True, slots=True)
class PointRules:
    """An access point and every rule of the areas it leads into."""

    point: AccessPoint
    door: DoorRules
    enters: tuple[AreaId, ...]
    """The areas that somebody comes into here, the innermost first."""
    doors_beside: tuple[DoorId, ...]
    """Every door that leads into one of these areas, this one included."""
    passbacks: tuple[tuple[AreaId, Passback], ...]
    upper_limits: tuple[tuple[AreaId, UpperLimit], ...]
    never_alone: tuple[tuple[AreaId, int], ...]
    """Areas that want so many people and give no grace."""
    together: Together | None
    """Of the innermost area that has such a rule."""
    assurance: int
    """The most that any of them wants."""
    requires: tuple[QualificationId, ...]
    refuses_clonable: bool = False
    """Whether any of them wants cards that prove a key."""

    def may_ask_for(self, factor: Factor) -> bool:
        """Whether this factor is asked for here at some time, while every sensor answers."""
        asked = (self.point.asks, *(each.asks for each in self.point.asks_when))
        return any(factor in asks.factors for asks in asked)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules in force, under one revision."""

    revision: str
    """Names this version of the rules in every entry of the record."""
    access_points: Mapping[AccessPointId, AccessPoint]
    points: Mapping[AccessPointId, PointRules]
    doors: Mapping[DoorId, DoorRules]
    areas: Mapping[AreaId, Area]
    chains: Chains
    doors_into: Mapping[AreaId, tuple[DoorId, ...]]
    levels: Mapping[LevelId, Mapping[AccessPointId, tuple[Schedule, ...]]]
    allows_of: Mapping[MemberId, tuple[LevelId, ...]]
    denies_of: Mapping[MemberId, tuple[LevelId, ...]]
    traits_of: Mapping[MemberId, Traits]
    timezone: ZoneInfo
    escort: EscortRules
    forgives: Schedule | None
    """When it begins to hold, everybody's passback is forgiven."""
    fire_doors: Mapping[InputId, tuple[DoorId, ...]]
    """What each fire input releases."""
    muster_points: Mapping[AccessPointId, MusterPoint]
    watches_unseen: bool
    """Whether any role or group expires by not being seen, so that it matters who was."""
    # NOTE: both are worked out from the rules above. Whoever makes other rules of these by ``replace`` has to
    # give both empty, or answers of the old rules would be taken along.
    relevant_checks: dict[AccessPointId, Any] = field(default_factory=dict, repr=False, compare=False)
    """Which checks can object at each access point; ``objections`` finds that out at the first badge."""
    _crowds: dict[tuple[tuple[RoleId, ...], tuple[GroupId, ...]], Crowd] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(
        cls,
        revision: str,
        access_points: Iterable[AccessPoint],
        levels_of: Mapping[MemberId, Iterable[AccessLevel]],
        *,
        doors: Iterable[Door] = (),
        areas: Iterable[Area] = (),
        denies_of: Mapping[MemberId, Iterable[AccessLevel]] | None = None,
        traits_of: Mapping[MemberId, Traits] | None = None,
        more_levels: Iterable[AccessLevel] = (),
        interlocks: Iterable[Interlock] = (),
        escort: EscortRules = EscortRules(),
        forgives: Schedule | None = None,
        fire_doors: Mapping[InputId, tuple[DoorId, ...]] | None = None,
        muster_points: Iterable[MusterPoint] = (),
        timezone: ZoneInfo = UTC_ZONE,
    ) -> Self:
        """Arrange everything for the question that every badge asks.

        ``more_levels`` are those that no role or group has, which temporary access may name. A door or
        area that is used and not given has no rules of its own. Raises ``ValueError`` when two access
        points have one id, muster points included (the wrong one might refuse a way out), when two
        different levels have, and when areas are parts of each other.
        """
        points = points_by_id(access_points)
        together = tuple(interlocks)
        musters = musters_by_id(muster_points, points)
        allows = {member: tuple(levels) for member, levels in levels_of.items()}
        denies = {member: tuple(levels) for member, levels in (denies_of or {}).items()}
        every_area = areas_by_id(areas, points.values(), musters.values())
        chains = chains_of(every_area)
        ways_into = doors_into(points.values(), chains)
        entered = {id_: entered_by(point, chains) for id_, point in points.items()}
        beside = doors_beside(entered.values(), ways_into)
        released = dict(fire_doors or {})
        every_door = doors_by_id(doors, points.values(), together, released)
        own = points_by_door(points.values())
        door_rules = {
            id_: _door(door, own.get(id_, ()), chains, together) for id_, door in every_door.items()
        }
        every_level = [level for levels in (*allows.values(), *denies.values()) for level in levels]
        traits = dict(traits_of or {})
        return cls(
            revision,
            points,
            {
                id_: _point(point, door_rules[point.door], entered[id_], every_area, beside)
                for id_, point in points.items()
            },
            door_rules,
            every_area,
            chains,
            ways_into,
            _levels_by_id((*every_level, *more_levels)),
            {member: tuple(level.id for level in levels) for member, levels in allows.items()},
            {member: tuple(level.id for level in levels) for member, levels in denies.items()},
            traits,
            timezone,
            escort,
            forgives,
            released,
            musters,
            any(each.unseen_limit is not None for each in traits.values()),
        )

    def crowd_of(self, person: Person) -> Crowd:
        """Give what this person's roles and groups make of them together."""
        key = (person.roles, person.groups)
        crowd = self._crowds.get(key)
        if crowd is None:
            crowd = self._crowds[key] = self._crowd((*person.roles, *person.groups))
        return crowd

    def _crowd(self, members: tuple[MemberId, ...]) -> Crowd:
        traits = Traits()
        for member in members:
            traits = traits.with_those_of(self.traits_of.get(member, Traits()))
        return Crowd(
            members,
            self._merged(self.allows_of, members),
            self._merged(self.denies_of, members),
            traits,
        )

    def _merged(
        self, levels_of: Mapping[MemberId, tuple[LevelId, ...]], members: tuple[MemberId, ...]
    ) -> Mapping[AccessPointId, tuple[Schedule, ...]]:
        merged: dict[AccessPointId, tuple[Schedule, ...]] = {}
        for member in members:
            for level in levels_of.get(member, ()):
                for point, schedules in self.levels[level].items():
                    known = merged.setdefault(point, schedules)
                    if known != schedules:  # most points have one schedule, and share its tuple
                        merged[point] = _in_order((*known, *schedules))
        return merged


def _in_order(schedules: Iterable[Schedule]) -> tuple[Schedule, ...]:
    """Give each once. What always holds comes first: it is the cheapest to ask."""
    found: list[Schedule] = []
    _add(found, schedules)
    return tuple(sorted(found, key=_asked_late))


def _asked_late(schedule: Schedule) -> bool:
    return not schedule.always


def _add(found: list[Schedule], schedules: Iterable[Schedule]) -> None:
    found.extend(schedule for schedule in schedules if schedule not in found)


def _levels_by_id(
    levels: Iterable[AccessLevel],
) -> Mapping[LevelId, Mapping[AccessPointId, tuple[Schedule, ...]]]:
    found: dict[LevelId, AccessLevel] = {}
    for level in levels:
        if found.setdefault(level.id, level) != level:
            raise ValueError(f"there are two different levels {level.id}")
    return {id_: _schedules(level) for id_, level in found.items()}


def _schedules(level: AccessLevel) -> Mapping[AccessPointId, tuple[Schedule, ...]]:
    found: dict[AccessPointId, list[Schedule]] = {}
    for policy in level.policies:
        _add(found.setdefault(policy.access_point, []), (policy.schedule,))
    return {point: _in_order(schedules) for point, schedules in found.items()}


def _door(
    door: Door, own: tuple[AccessPoint, ...], chains: Chains, interlocks: tuple[Interlock, ...]
) -> DoorRules:
    groups = [interlock for interlock in interlocks if door.id in interlock.doors]
    siblings = dict.fromkeys(other for group in groups for other in group.doors if other != door.id)
    waits = [group.wait for group in groups]
    ways_in = [point for point in own if point.direction is Direction.IN]
    return DoorRules(
        door,
        tuple(point.id for point in ways_in),
        tuple(point.id for point in own if point.direction is Direction.OUT),
        frozenset(area for point in ways_in for area in chains[point.to_area]),
        tuple(siblings),
        # A group that refuses at once does so whatever another group of the same door would wait for.
        None if None in waits else min((wait for wait in waits if wait is not None), default=None),
    )


def _point(
    point: AccessPoint,
    door: DoorRules,
    enters: tuple[AreaId, ...],
    areas: Mapping[AreaId, Area],
    beside: Mapping[tuple[AreaId, ...], tuple[DoorId, ...]],
) -> PointRules:
    entered = [areas[area] for area in enters]
    return PointRules(
        point,
        door,
        enters,
        beside[enters],
        tuple((area.id, area.passback) for area in entered if area.passback is not None),
        tuple((area.id, limit) for area in entered for limit in area.upper_limits),
        tuple(
            (area.id, area.lower_limit.least)
            for area in entered
            if area.lower_limit is not None and not area.lower_limit.grace
        ),
        next((area.together for area in entered if area.together is not None), None),
        max((area.assurance for area in entered), default=0),
        tuple(dict.fromkeys(wanted for area in entered for wanted in area.requires)),
        any(area.refuses_clonable for area in entered),
    )
