"""The people of a drill: each with one right that tells apart what a condition may change."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Final

from policies.calendar import HolidayType
from policies.factors import BIOMETRIC, Factor
from policies.ids import CredentialId, LevelId, MemberId, PersonId, RoleId, ScheduleId
from policies.people import Card, Holder, Person, Qualification
from policies.rulebook import PointRules, Rulebook, Traits
from policies.schedule import MINUTES_A_DAY, Interval, Schedule

CHOSEN_FOR_NOBODY: Final = "drill:"
"""Begins every id that a drill makes up; the site file allows no colon in one."""


class Right(Enum):
    """What somebody may do."""

    TIMELESS = "whose right holds at every hour"
    TIMED = "whose right holds at this hour"
    OVER = "whose right does not hold at this hour"
    NONE = "who has no right"


def with_drill_roles(rulebook: Rulebook, now: datetime) -> Rulebook:
    """Give the same rules with the roles of the drill, which cover every access point."""
    levels = dict(rulebook.levels)
    # Some carry a real role so that they count for a company; what that role may is none of the drill's.
    allows: dict[MemberId, tuple[LevelId, ...]] = {}
    traits = dict(rulebook.traits_of)
    everything = Traits(passes_lockdown=True, threat_authority=9)
    for right, schedule in _schedules(rulebook, now).items():
        level = LevelId(f"{CHOSEN_FOR_NOBODY}{right.name}")
        levels[level] = dict.fromkeys(rulebook.access_points, (schedule,))
        allows[role_of(right)] = (level,)
    for right in Right:
        traits[role_of(right)] = everything
    return replace(
        rulebook, levels=levels, allows_of=allows, traits_of=traits, relevant_checks={}, _crowds={}
    )


def role_of(right: Right) -> RoleId:
    """Give the role that a drill gives with this right."""
    return RoleId(f"{CHOSEN_FOR_NOBODY}{right.name}")


def party(right: Right, point: PointRules) -> tuple[Holder, ...]:
    """Give as many people with this right as an access point wants together, each able to show everything."""
    together = point.together
    if together is None:
        return (_holder(right, point, "1", ()),)
    members = together.members or (None,)
    return tuple(
        _holder(right, point, str(place + 1), [member] if (member := members[place % len(members)]) else [])
        for place in range(together.persons)
    )


def _holder(right: Right, point: PointRules, number: str, more: Iterable[MemberId]) -> Holder:
    id_ = f"{CHOSEN_FOR_NOBODY}{right.name}-{number}"
    person = Person(
        PersonId(id_),
        (role_of(right),),
        has_pin=True,
        enrolled=Factor.CODE | BIOMETRIC,
        groups=tuple(more),
        qualifications=tuple(Qualification(wanted) for wanted in point.requires),
    )
    return Holder(person, Card(CredentialId(id_), clonable=False))


def _schedules(rulebook: Rulebook, now: datetime) -> dict[Right, Schedule]:
    zone = rulebook.timezone
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    whole = Interval(0, MINUTES_A_DAY)
    hour = Interval(minute // 60 * 60, minute // 60 * 60 + 60)
    other = Interval((minute // 60 + 6) % 24 * 60, (minute // 60 + 6) % 24 * 60 + 60)
    return {
        Right.TIMELESS: Schedule(
            ScheduleId(f"{CHOSEN_FOR_NOBODY}always"), zone, ((whole,),) * 7, _every(whole)
        ),
        Right.TIMED: Schedule(ScheduleId(f"{CHOSEN_FOR_NOBODY}now"), zone, ((hour,),) * 7),
        Right.OVER: Schedule(ScheduleId(f"{CHOSEN_FOR_NOBODY}later"), zone, ((other,),) * 7),
    }


def _every(interval: Interval) -> dict[HolidayType, tuple[Interval, ...]]:
    return dict.fromkeys(HolidayType, (interval,))
