"""Why somebody passes or not: every check in order, and when the answer would next be another.

What depends on other people and other doors (who is inside, which leaf stands open) is taken as it is now.
What time alone changes is followed: schedules, ends of validity and of waits, the modes of the door itself,
and the hour at which everybody's passback is forgiven.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from heapq import merge
from itertools import groupby, takewhile
from typing import Final

from policies.case import BLANK, Case, case_of, fallback_at
from policies.checks import (
    BREAK_GLASS_CHECKS,
    CHECKS,
    FREE_CHECKS,
    LEAVING_CHECKS,
    Check,
    interlock_is_shut,
)
from policies.decide import Decision, Outcome, decide
from policies.degraded import Condition
from policies.factor_checks import enough_is_proven
from policies.factors import ALL_FACTORS, BIOMETRIC, Factor
from policies.ids import PersonId
from policies.instants import in_utc
from policies.memory import Memory, Stay
from policies.modes import mode_of, scheduled_mode
from policies.people import Holder
from policies.places import Direction
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import DoorRules, PointRules, Rulebook
from policies.schedule import Schedule

HORIZON: Final = timedelta(days=400)
"""So far ahead is looked for another answer."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check says."""

    check: str
    """The check as a statement that holds when nothing is objected."""
    objection: Reason | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision, and what stands behind it."""

    decision: Decision
    verdicts: tuple[Verdict, ...]
    refused_by: Verdict | None
    """The check that refuses; ``None`` when none does: it is granted, or nobody knows who asks."""
    next_granted: datetime | None
    """In UTC, when a refused request would be granted; ``None``: not within the horizon, or it is now."""


def explain(request: Request, rulebook: Rulebook, now: datetime, memory: Memory = BLANK) -> Explanation:
    """Explain one request. Raises ``KeyError`` for an access point that the rulebook does not know."""
    case = case_of(request, rulebook, now, memory)
    verdicts = tuple(Verdict(check.__name__.replace("_", " "), check(case)) for check in _checks_of(case))
    decision = decide(request, rulebook, now, memory)
    if decision.outcome is not Outcome.REFUSED:
        return Explanation(decision, verdicts, None, None)
    by = next((verdict for verdict in verdicts if verdict.objection is decision.reason), None)
    later = None if request.holder is None else _next_granted(request, request.holder, case)
    return Explanation(decision, verdicts, by, later)


def with_everything_shown(request: Request, rulebook: Rulebook, now: datetime, memory: Memory) -> Request:
    """Give the request of somebody who shows all that is asked for and that they have, and shows it right.

    Nobody is asked for more where even that would prove too little, or where they began with a code: that
    stands alone. What no sensor can check nobody can show.
    """
    shown = replace(request, failure=None)
    if Factor.CARD not in request.proven:
        return shown
    case = case_of(shown, rulebook, now, memory)
    has = ALL_FACTORS & ~case.person.cannot_show & case.point.point.senses
    if fallback_at(case.point, Condition.BIOMETRIC_LOST, memory) is not None:
        has &= ~BIOMETRIC
    while (more := case.missing & has) and enough_is_proven(case) is None:
        shown = replace(shown, proven=shown.proven | more)
        case = case_of(shown, rulebook, now, memory)
    return shown


def lets_pass(decision: Decision) -> bool:
    """Whether nothing stands in this person's way, but perhaps that others have to come or doors to shut."""
    return decision.outcome in {Outcome.GRANTED, Outcome.GATHER, Outcome.QUEUE}


def _checks_of(case: Case) -> tuple[Check, ...]:
    if case.point.point.direction is Direction.OUT:
        return LEAVING_CHECKS
    checks = FREE_CHECKS if case.asks.is_free else BREAK_GLASS_CHECKS if case.card.break_glass else CHECKS
    return (*checks, interlock_is_shut)


# ------------------------------------------------------------------------------------------ when next


def _next_granted(request: Request, holder: Holder, case: Case) -> datetime | None:
    now, rulebook, memory = case.now, case.rulebook, case.memory
    end, forgiven = now + HORIZON, _beginning(rulebook.forgives, now)
    fixed = [*_fixed(holder, case), request.wrong_pins.until, forgiven]
    ahead = sorted(in_utc(at) for at in fixed if at is not None and now < at <= end)
    changes = [_changes(schedule, now) for schedule in _schedules(holder, case)]
    for at, _ in groupby(takewhile(lambda at: at <= end, merge((now,), ahead, *changes))):
        then = memory
        if at != now:
            then = _as_at(at, case.point.door, memory, forgiven=forgiven is not None and forgiven <= at)
        shown = with_everything_shown(request, rulebook, at, then)
        if lets_pass(decide(shown, rulebook, at, then)):
            return at
    return None


def _as_at(at: datetime, door: DoorRules, memory: Memory, *, forgiven: bool) -> Memory:
    """Give what will be remembered then, if nothing happens but that time goes by."""
    id_, later = door.door.id, replace(memory, scheduled={door.door.id: scheduled_mode(door, memory, at)})
    override = memory.overrides.get(id_)
    if override is not None and override.until is not None and in_utc(override.until) <= at:
        later.overrides = {}
    later.modes = {**memory.modes, id_: mode_of(door, later)}
    if forgiven:
        later.stays = {person: stay._replace(forgiven=True) for person, stay in memory.stays.items()}
    return later


def _beginning(schedule: Schedule | None, now: datetime) -> datetime | None:
    """Give the next instant at which a schedule begins to hold."""
    if schedule is None:
        return None
    change = schedule.next_change(now)
    return schedule.next_change(change) if change is not None and schedule.holds_at(now) else change


def _changes(schedule: Schedule, now: datetime) -> Iterator[datetime]:
    """Give each instant at which a schedule begins or ends to hold."""
    at = schedule.next_change(now)
    while at is not None:
        yield at
        at = schedule.next_change(at)


def _schedules(holder: Holder, case: Case) -> Iterable[Schedule]:
    """Give every schedule that has a say here, once."""
    point, id_ = case.point, case.point.point.id
    found = [*case.crowd.allows.get(id_, ()), *case.crowd.denies.get(id_, ())]
    for access in holder.person.temporary:
        found += case.rulebook.levels.get(access.level, {}).get(id_, ())
    found += [rule.schedule for rule in point.door.door.modes]
    found += [when.schedule for when in point.point.asks_when if when.schedule is not None]
    return {id(schedule): schedule for schedule in found}.values()


def _fixed(holder: Holder, case: Case) -> Iterator[datetime | None]:
    """Give the instants that are written somewhere: ends of validity, of orders, and of what is forgotten."""
    person, memory = holder.person, case.memory
    for validity in (holder.card.validity, person.validity, *(each.validity for each in person.temporary)):
        yield from (validity.start, validity.end)
    override = memory.overrides.get(case.point.point.door)
    if override is not None:
        yield override.until
    yield from _forgotten(person.id, case.point, memory)
    if person.uses is not None and person.uses.a_day is not None:
        tomorrow = case.now.astimezone(case.rulebook.timezone).date() + timedelta(days=1)
        yield datetime.combine(tomorrow, time(), case.rulebook.timezone)


def _forgotten(person: PersonId, point: PointRules, memory: Memory) -> Iterator[datetime]:
    """Give the instants at which timed passback forgets an entry."""
    stay: Stay | None = memory.stays.get(person)
    if stay is None:
        return
    for area, passback in point.passbacks:
        since = stay.entered_at(area)
        if since is not None and passback.forget_after is not None:
            yield since + passback.forget_after
