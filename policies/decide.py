"""The one question: whether this person may pass here and now.

The answer is a value with one reason. Checks run in a fixed order and the first that objects gives
the reason, so that a refusal names its nearest cause: what is wrong with the card before what is
wrong with the hour. A further rule is a further check in ``checks``, in its place of rank.

What the rules remember is only read here; the warden writes it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

from policies.area_rules import Together
from policies.case import BLANK, Case, case_of
from policies.checks import FREE_CHECKS, LEAVING_CHECKS, interlock_is_shut
from policies.companions import Gathering, are_enough, counts_for, guide_for, person_of, visitors_of
from policies.company_checks import area_has_room, nobody_would_be_alone, passes_back, would_overfill
from policies.factor_checks import reader_takes_keys
from policies.factors import Factor
from policies.ids import PersonId
from policies.memory import Memory
from policies.objections import first_objection, objection_to
from policies.people import Holder
from policies.places import Direction, DoorTimes
from policies.presence import is_in, refuses
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import Rulebook


class Outcome(Enum):
    """What a decision comes to."""

    GRANTED = auto()
    REFUSED = auto()
    MORE = auto()
    """Nothing objects so far; another factor is wanted before anything is granted."""
    GATHER = auto()
    """Nothing objects so far; another person is wanted before anything is granted."""
    QUEUE = auto()
    """Granted as soon as the other doors of the interlock are shut."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided and why; the record keeps it word for word."""

    outcome: Outcome
    reason: Reason
    wanted: Factor = Factor.NONE
    """Which factors are still missing, when the outcome is ``MORE``."""
    noted: Reason | None = None
    """What would have refused the way in, where leaving was let through regardless."""
    reported: tuple[Reason, ...] = ()
    """What is to be reported of whoever asked, and was let through."""
    duress: bool = False
    """Whether help was called for. Nothing at the door may show it."""
    together: tuple[Request, ...] = ()
    """Where several opened together: everybody who passes, or waits, by this; whoever asked comes last."""
    reported_of_each: tuple[tuple[Reason, ...], ...] = ()
    """What is to be reported of each of ``together``, in their order."""
    escort: PersonId | None = None
    """Who brings this visitor in."""
    times: DoorTimes | None = None
    """The door's times where somebody who passes needs longer."""

    @property
    def granted(self) -> bool:
        """Whether the person may pass."""
        return self.outcome is Outcome.GRANTED


def decide(request: Request, rulebook: Rulebook, now: datetime, memory: Memory = BLANK) -> Decision:
    """Decide one request by the rules in force.

    Raises ``KeyError`` for an access point that the rulebook does not know (the caller asks about its own
    doors only), and ``ValueError`` for a time without an offset.
    """
    case = case_of(request, rulebook, now, memory)
    if case.point.point.direction is Direction.OUT:
        return _out(case)
    if case.asks.is_free:
        return _in_for_free(case)
    if request.holder is None:
        return _of_a_stranger(case)
    objection = objection_to(case)
    if objection is not None:
        return _refused(objection, request)
    if case.missing:
        wanted = Reason.PIN_WANTED if case.missing is Factor.PIN else Reason.FACTOR_WANTED
        return Decision(Outcome.MORE, wanted, wanted=case.missing)
    together = case.together
    return _in(case) if together is None else _in_together(case, together)


def leave(
    holder: Holder | None, noted: Reason | None, *, duress: bool = False, reported: tuple[Reason, ...] = ()
) -> Decision:
    """Let somebody out, whoever it is, and keep in mind what the way in would have said."""
    reason = Reason.GRANTED_ANONYMOUS if holder is None else Reason.GRANTED
    return Decision(Outcome.GRANTED, reason, noted=noted, duress=duress, reported=reported)


# What most requests come to. These are values, so nobody has to make them anew for each badge.
_GRANTED: Final = Decision(Outcome.GRANTED, Reason.GRANTED)
_REFUSED: Final = {reason: Decision(Outcome.REFUSED, reason) for reason in Reason}


def _refused(reason: Reason, request: Request) -> Decision:
    if request.duress:
        return Decision(Outcome.REFUSED, reason, duress=True)
    return _REFUSED[reason]


# ---------------------------------------------------------------------------------------- the way out


def _out(case: Case) -> Decision:
    request, holder = case.request, case.request.holder
    if holder is None:
        failure = request.void or request.failure
        return leave(None, failure or Reason.UNKNOWN_CREDENTIAL, duress=request.duress)
    noted = first_objection(LEAVING_CHECKS, case) or request.void or request.failure
    reported = (Reason.LEAVES_VISITOR,) if _leaves_a_visitor(case) else ()
    return leave(holder, noted, duress=request.duress, reported=reported)


def _leaves_a_visitor(case: Case) -> bool:
    visitors = visitors_of(case.person.id, case.memory)
    return any(is_in(case.memory, visitor, case.point.point.from_area) for visitor in visitors)


# ----------------------------------------------------------------------------------------- the way in


def _of_a_stranger(case: Case) -> Decision:
    """Refuse whom nobody knows. Where a PIN goes with every card a strange card is asked for one as well.

    Or whoever has found a card, or made one, could learn without any PIN whether it is known here.
    """
    request = case.request
    failure = request.void or request.failure
    if failure is not None:
        return _refused(failure, request)
    if Factor.CARD not in request.proven:
        # Where none is taken nobody learns which would be right.
        return _refused(reader_takes_keys(case) or Reason.UNKNOWN_CODE, request)
    if not _every_card_needs_a_pin(case):
        return _refused(Reason.UNKNOWN_CREDENTIAL, request)
    locked = reader_takes_keys(case)
    if locked is not None:
        return _refused(locked, request)
    return Decision(Outcome.MORE, Reason.PIN_WANTED, wanted=Factor.PIN)


def _every_card_needs_a_pin(case: Case) -> bool:
    if Factor.PIN in case.request.proven:
        return False
    with_cards = [way for way in case.asks.ways if Factor.CARD in way]
    return bool(with_cards) and all(Factor.PIN in way for way in with_cards)


def _in_for_free(case: Case) -> Decision:
    objection = first_objection(FREE_CHECKS, case)
    if objection is not None:
        return _refused(objection, case.request)
    duress = case.request.duress
    granted = Decision(Outcome.GRANTED, Reason.GRANTED_FREE, reported=_reports_on(case), duress=duress)
    return _unless_interlocked(granted, case)


def _in(case: Case) -> Decision:
    reported, duress, escort = _reports_on(case), case.request.duress, None
    if case.crowd.traits.needs_escort:
        escort = guide_for(case.person.id, case.point, case.rulebook, case.memory, case.now)
    times = case.point.door.door.extended if case.person.extended else None
    granted = _GRANTED
    if reported or duress or escort is not None or times is not None:
        granted = Decision(
            Outcome.GRANTED, Reason.GRANTED, reported=reported, duress=duress, escort=escort, times=times
        )
    return _unless_interlocked(granted, case)


def _in_together(case: Case, together: Together) -> Decision:
    request = case.request
    company = company_of(case, together)
    if not company:
        return Decision(Outcome.GATHER, Reason.COMPANION_WANTED, duress=request.duress)
    for one in company:
        one.goes_with(company)
    objection = area_has_room(case) or nobody_would_be_alone(case)
    if objection is not None:
        return _refused(objection, request)
    longer = any(one.person.extended for one in company)
    granted = Decision(
        Outcome.GRANTED,
        Reason.GRANTED,
        reported=_reports_on(case),
        duress=request.duress,
        together=tuple(one.request for one in company),
        reported_of_each=tuple(_reports_on(one) for one in company),
        times=case.point.door.door.extended if longer else None,
    )
    return _unless_interlocked(granted, case)


def company_of(case: Case, together: Together) -> tuple[Case, ...]:
    """Give everybody who may pass together now, or nobody when others are still wanted.

    The others badged a moment ago. What was true then is asked again: their card may have been revoked
    since, or the access point may ask for more by now.
    """
    gathering: Gathering | None = case.memory.companions.get(case.point.point.id)
    if gathering is None or gathering.is_over(together, case.now):
        return ()
    waiting = (
        case_of(one, case.rulebook, case.now, case.memory)
        for one in gathering.requests
        if person_of(one) != case.person.id
    )
    company = (*(one for one in waiting if not one.missing and objection_to(one) is None), case)
    counted = [counts_for(together, one.crowd.members) for one in company]
    return company if are_enough(together, counted) else ()


def _unless_interlocked(granted: Decision, case: Case) -> Decision:
    """Let the grant stand, or wait, or fail, as the other doors of the interlock are."""
    if interlock_is_shut(case) is None:
        return granted
    if case.point.door.wait is None:
        return _refused(Reason.INTERLOCKED, case.request)
    return Decision(Outcome.QUEUE, Reason.INTERLOCK_WANTED, duress=granted.duress, together=granted.together)


def _reports_on(case: Case) -> tuple[Reason, ...]:
    """Give what is to be reported of somebody who is let through."""
    point = case.point
    if not point.passbacks and not point.upper_limits:
        return ()
    found: tuple[Reason, ...] = ()
    if any(not refuses(passback) and passes_back(case, area, passback) for area, passback in point.passbacks):
        found = (Reason.PASSBACK_REPORTED,)
    if any(limit.report_only and would_overfill(case, area, limit) for area, limit in point.upper_limits):
        found = (*found, Reason.OVERFULL_REPORTED)
    return found
