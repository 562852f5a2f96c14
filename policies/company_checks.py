"""What can be said against a request because of other people: who is in there, and who comes along."""

from policies.area_rules import Passback, UpperLimit
from policies.case import NOBODY, Case
from policies.companions import counts_for, guide_for
from policies.degraded import Condition, Fallback
from policies.effects import Passage
from policies.ids import AreaId
from policies.occupancy import company_after, headcount, overfill
from policies.presence import refuses, violates
from policies.reasons import Reason


def person_is_not_inside_already(case: Case) -> Reason | None:
    """Refuse a second entry without an exit, where passback is hard or timed."""
    for area, passback in case.point.passbacks:
        if refuses(passback) and passes_back(case, area, passback):
            return Reason.PASSBACK
    return None


def area_has_room(case: Case) -> Reason | None:
    """Refuse more people than may be in there."""
    for area, limit in case.point.upper_limits:
        if not limit.report_only and would_overfill(case, area, limit):
            return Reason.AREA_FULL
    return None


def nobody_would_be_alone(case: Case) -> Reason | None:
    """Refuse to be one of too few where nobody may be alone, not for a moment."""
    for area, least in case.point.never_alone:
        # Most areas have people enough without anybody being counted who may come.
        if headcount(case.memory, area) < least and _company_in(area, case) < least:
            return Reason.TOO_FEW_PEOPLE
    return None


def escort_is_there(case: Case) -> Reason | None:
    """Refuse a visitor who does not come right behind an escort."""
    if not case.crowd.traits.needs_escort:
        return None
    escort = guide_for(case.person.id, case.point, case.rulebook, case.memory, case.now)
    return Reason.NO_ESCORT if escort is None else None


def role_counts_here(case: Case) -> Reason | None:
    """Refuse a person whose role does not count among those who open here together."""
    together = case.together
    if together is None or not together.members or counts_for(together, case.crowd.members):
        return None
    return Reason.WRONG_COMPANION


def passes_back(case: Case, area: AreaId, passback: Passback) -> bool:
    """Whether the person would enter an area that they have not left, or are about to enter elsewhere."""
    person = case.person
    if person is NOBODY or person.exempt or case.crowd.traits.exempt:
        return False
    if case.memory.gone and case.fallback(Condition.READER_LOST) is Fallback.WITHOUT_PASSBACK:
        return False
    if violates(passback, case.memory.stays.get(person.id), area, case.now):
        return True
    waiting = case.waiting
    return bool(waiting) and any(
        one.person == person.id and _is_elsewhere(one, area, case) for one in waiting
    )


def _is_elsewhere(passage: Passage, area: AreaId, case: Case) -> bool:
    """Whether this leads into the area by another door. Who badges twice at one door passes once."""
    if passage.access_point is None or area not in passage.enters:
        return False
    return case.rulebook.access_points[passage.access_point].door != case.point.point.door


def would_overfill(case: Case, area: AreaId, limit: UpperLimit) -> bool:
    """Whether the person, with those who come along, would be too many."""
    return overfill(limit, area, case.asking, case.waiting, case.memory)


def _company_in(area: AreaId, case: Case) -> int:
    """Give how many people will be in an area once this door has opened for everybody who opens it."""
    people = company_after(area, case.asking, case.point.point.door, case.memory)
    if len(case.asking) > 1 or case.together is None:
        return people
    # The others have not badged yet, and nobody will be let in without them.
    return people + case.together.persons - 1
