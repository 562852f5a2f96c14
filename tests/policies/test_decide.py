"""Which reason a request is refused for, and that nobody is refused or let in wrongly."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import decide as module
from policies import objections
from policies.case import Case as Laid
from policies.checks import CHECKS, Check, level_covers_point
from policies.decide import Decision, Outcome, decide, leave
from policies.factors import Factor, PinCheck
from policies.ids import AccessPointId, RoleId
from policies.lockout import WrongPins
from policies.people import CardStatus, Holder, Validity
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import AccessLevel, Rulebook
from tests.policies.faults import FAULTS, Fault, contradict, with_faults
from tests.policies.test_schedule import oracle as covers
from tests.policies.values import (
    ALWAYS,
    AT_NIGHT,
    HOUR,
    MINUTE,
    NOON,
    STAFF,
    WAY_IN,
    WAY_IN_WITH_PIN,
    WAY_OUT,
    holder,
    level,
    rulebook,
    schedule,
)

GIVEN_ELSEWHERE: Final = {
    Reason.GRANTED_ANONYMOUS,
    Reason.GRANTED_FREE,
    Reason.CARD_UNREADABLE,
    Reason.NO_COMPANION,
    Reason.PREREQUISITE_EXPIRED,
    Reason.PASSBACK_REPORTED,
    Reason.OVERFULL_REPORTED,
    Reason.LEAVES_VISITOR,
    Reason.NO_FINGER,
    Reason.NO_FACE,
    Reason.WRONG_CODE,
    Reason.WRONG_FINGER,
    Reason.WRONG_FACE,
    Reason.OTHER_PERSON,
    Reason.UNKNOWN_CODE,
    Reason.UNKNOWN_FINGER,
    Reason.UNKNOWN_FACE,
    Reason.AUTHENTICATION_UNAVAILABLE,
    Reason.PASS_FORGED,
    Reason.PASSES_OFF,
    Reason.CARD_FORGED,
    Reason.NOT_LIVE,
    Reason.LIVENESS_UNAVAILABLE,
    Reason.FACTOR_ELSEWHERE,
    Reason.SENSOR_LOCKED_OUT,
}
"""Granted or reported, told when a wait is over or by who checked a factor, or tested with its own check."""


def decided(*faults: Fault, at: str = "front-in") -> Decision:
    scene, request = with_faults(faults, at)
    return scene.decides(request)


def test_who_has_all_that_is_asked_for_is_granted() -> None:
    """A good card, a level that covers this hour and the right PIN are enough."""
    assert decided() == Decision(Outcome.GRANTED, Reason.GRANTED)
    assert decided(at="back-in") == Decision(Outcome.GRANTED, Reason.GRANTED)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_each_fault_has_its_reason(fault: Fault) -> None:
    """A single thing that is wrong is named."""
    decision = decided(fault)
    assert not decision.granted
    assert decision.reason is fault.reason


@pytest.mark.parametrize("place", range(len(FAULTS)), ids=[fault.name for fault in FAULTS])
def test_of_two_faults_the_nearer_cause_is_named(place: int) -> None:
    """The card comes before the person, the person before the hour, the hour before others and the PIN."""
    nearer = FAULTS[place]
    for further in FAULTS[place + 1 :]:
        if not contradict(nearer, further):
            assert decided(nearer, further).reason is nearer.reason, further.name


def test_every_reason_is_given_by_somebody() -> None:
    """No reason is idle: each is that of a fault, or is told elsewhere."""
    reached = {fault.reason for fault in FAULTS} | {Reason.GRANTED}
    assert reached | GIVEN_ELSEWHERE == set(Reason)
    assert not reached & GIVEN_ELSEWHERE


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_what_kind_of_answer_a_fault_gets(fault: Fault) -> None:
    """A refusal says nothing but its reason; who could still pass is told what for."""
    others = {
        Reason.PIN_WANTED: Decision(Outcome.MORE, Reason.PIN_WANTED, wanted=Factor.PIN),
        Reason.FACTOR_WANTED: Decision(Outcome.MORE, Reason.FACTOR_WANTED, wanted=Factor.FACE),
        Reason.COMPANION_WANTED: Decision(Outcome.GATHER, Reason.COMPANION_WANTED),
        Reason.INTERLOCK_WANTED: Decision(Outcome.QUEUE, Reason.INTERLOCK_WANTED),
    }
    assert decided(fault) == others.get(fault.reason, Decision(Outcome.REFUSED, fault.reason))


def test_an_unknown_card_may_be_unknown_for_a_reason() -> None:
    """Where the people's store could not be asked, that is said and nobody's card is blamed."""
    scene, request = with_faults(())
    unasked = replace(request, holder=None, failure=Reason.AUTHENTICATION_UNAVAILABLE)
    assert scene.decides(unasked) == Decision(Outcome.REFUSED, Reason.AUTHENTICATION_UNAVAILABLE)


def test_one_of_several_roles_is_enough() -> None:
    """Roles add up, and a role without levels takes nothing away."""
    book = rulebook(level((WAY_IN, ALWAYS)))
    visitor = RoleId("visitor")
    assert decide(Request(WAY_IN.id, holder(roles=(visitor, STAFF))), book, NOON).granted
    for roles in ((visitor,), ()):
        refused = decide(Request(WAY_IN.id, holder(roles=roles)), book, NOON)
        assert refused.reason is Reason.NO_ACCESS_LEVEL


def test_a_door_of_somebody_else_is_no_question_for_these_rules() -> None:
    """An access point that the rulebook does not know is an error of the caller, not a refusal."""
    with pytest.raises(KeyError, match="elsewhere"):
        decide(Request(AccessPointId("elsewhere"), holder()), rulebook(), NOON)


def test_a_time_without_an_offset_is_no_time_to_decide_at() -> None:
    """Nobody is let in or refused by the zone of this machine."""
    with pytest.raises(ValueError, match="no offset"):
        decide(Request(WAY_IN.id, holder()), rulebook(), NOON.replace(tzinfo=None))


# Leaving.


def test_an_unknown_card_is_let_out_as_nobody() -> None:
    """Leaving is free for anybody, and what the way in would have said is noted."""
    scene, request = with_faults((), at="front-out")
    out = Decision(Outcome.GRANTED, Reason.GRANTED_ANONYMOUS, noted=Reason.UNKNOWN_CREDENTIAL)
    assert scene.decides(replace(request, holder=None)) == out
    unasked = replace(request, holder=None, failure=Reason.AUTHENTICATION_UNAVAILABLE)
    assert scene.decides(unasked) == replace(out, noted=Reason.AUTHENTICATION_UNAVAILABLE)


@pytest.mark.parametrize("fault", FAULTS[1:], ids=[fault.name for fault in FAULTS[1:]])
def test_a_known_card_is_let_out_under_its_name(fault: Fault) -> None:
    """Whoever leaves is granted; the record still says what was wrong with card, person or rights."""
    noted = {
        *(status.refusal for status in CardStatus),
        Reason.PERSON_DISABLED,
        Reason.NOT_YET_VALID,
        Reason.EXPIRED,
        Reason.CLOCK_UNTRUSTED,
        Reason.NO_ACCESS_LEVEL,
        Reason.OUTSIDE_SCHEDULE,
        Reason.WRONG_PIN,
        Reason.FACTOR_TIMEOUT,
    }
    decision = decided(fault, at="front-out")
    expected = fault.reason if fault.reason in noted else None
    assert decision == Decision(Outcome.GRANTED, Reason.GRANTED, noted=expected)


def test_leaving_needs_no_rulebook() -> None:
    """With the rules out of reach people still get out."""
    assert leave(None, Reason.RECORD_UNAVAILABLE) == Decision(
        Outcome.GRANTED, Reason.GRANTED_ANONYMOUS, noted=Reason.RECORD_UNAVAILABLE
    )
    assert leave(holder(), None) == Decision(Outcome.GRANTED, Reason.GRANTED)
    assert leave(holder(), None, duress=True).duress


# Generated sites, people and hours.

POINTS: Final = (WAY_IN, WAY_IN_WITH_PIN, WAY_OUT)
ROLES: Final = (STAFF, RoleId("guard"), RoleId("visitor"))
SCHEDULES: Final = (ALWAYS, AT_NIGHT, schedule("08:00-16:30", days="MTWTF.."), schedule("", days="......."))
INSTANTS: Final = st.integers(-3000, 3000).map(lambda quarter: NOON + quarter * 15 * MINUTE)

Rights = Mapping[RoleId, list[AccessLevel]]
Case = tuple[Request, Rights, datetime]


def mostly(usual: object, *others: object) -> st.SearchStrategy[Any]:
    return st.sampled_from((usual,) * (2 + 2 * len(others)) + others)


def request_of(at: AccessPointId, who: Holder | None, pin: PinCheck | None, wrong: WrongPins) -> Request:
    """Put together what somebody asks with a card, and with a PIN if one was typed."""
    if pin is None:
        return Request(at, who, Factor.CARD, wrong_pins=wrong)
    return Request(at, who, Factor.CARD | pin.proves, pin.failure, pin is PinCheck.DURESS, wrong)


VALIDITIES: Final = mostly(
    Validity(), Validity(start=NOON), Validity(end=NOON), Validity(NOON - 24 * HOUR, NOON + 24 * HOUR)
)
HOLDERS: Final = st.builds(
    holder,
    status=mostly(*CardStatus),
    card_validity=VALIDITIES,
    person_validity=VALIDITIES,
    disabled=mostly(False, True),
    has_pin=mostly(True, False),
    roles=st.lists(st.sampled_from(ROLES), min_size=1, max_size=2, unique=True).map(tuple),
)
REQUESTS: Final = st.builds(
    request_of,
    st.sampled_from([at.id for at in POINTS]),
    st.one_of(HOLDERS, HOLDERS, HOLDERS, st.none()),
    mostly(PinCheck.MATCHED, None, *PinCheck),
    mostly(WrongPins(), WrongPins(4), WrongPins(5, NOON), WrongPins(9, NOON + 24 * HOUR), WrongPins(10)),
)
POLICIES: Final = st.lists(
    st.tuples(st.sampled_from(POINTS), st.sampled_from(SCHEDULES)), min_size=1, max_size=4
)
LEVELS: Final = POLICIES.map(lambda policies: level(*policies, name=repr(policies)))
RIGHTS: Final = st.dictionaries(st.sampled_from(ROLES), st.lists(LEVELS, max_size=2), min_size=1)

CASES: Final[st.SearchStrategy[Case]] = st.tuples(REQUESTS, RIGHTS, INSTANTS)


def answer(case: Case) -> Decision:
    request, rights, now = case
    return module.decide(request, Rulebook.of("r", POINTS, rights), now)


def within(validity: Validity, now: datetime) -> bool:
    since = datetime.min.replace(tzinfo=now.tzinfo) if validity.start is None else validity.start
    until = datetime.max.replace(tzinfo=now.tzinfo) if validity.end is None else validity.end
    return since <= now < until


def may_enter(case: Case) -> bool:
    """Say who may pass a way in, in one sentence and without the rulebook's help."""
    request, rights, now = case
    who, asked = request.holder, request.access_point
    if who is None or who.card.status is not CardStatus.ACTIVE or who.person.disabled:
        return False
    held = [
        policy.schedule
        for role in who.person.roles
        for each in rights.get(role, ())
        for policy in each.policies
        if policy.access_point == asked
    ]
    wrong = request.wrong_pins
    may_try = wrong.count < 10 and (wrong.until is None or wrong.until <= now)
    return (
        within(who.card.validity, now)
        and within(who.person.validity, now)
        and any(covers(when, now) for when in held)
        and (asked == WAY_IN.id or (may_try and Factor.PIN in request.proven))
    )


def is_right(case: Case) -> bool:
    """Whether the answer is the one that the two great rules ask for."""
    leaving = case[0].access_point == WAY_OUT.id
    return answer(case).granted == (leaving or may_enter(case))


@settings(deadline=None, max_examples=300)
@given(CASES)
def test_nobody_enters_without_right_and_nobody_with_right_is_refused(case: Case) -> None:
    """A way in opens exactly for a holder with a level, the hour and the factors; a way out for all."""
    assert is_right(case)


@settings(deadline=None, max_examples=200)
@given(CASES)
def test_leaving_is_never_refused(case: Case) -> None:
    """Whatever is wrong with card, person, hour or PIN: the way out is granted."""
    request, rights, now = case
    decision = answer((replace(request, access_point=WAY_OUT.id), rights, now))
    assert decision.granted
    assert decision.wanted is Factor.NONE
    assert (decision.reason is Reason.GRANTED_ANONYMOUS) == (request.holder is None)


@settings(deadline=None)
@given(CASES)
def test_the_same_question_gets_the_same_answer(case: Case) -> None:
    """Nothing but the question decides: no order of asking, no memory, no clock."""
    first = answer(case)
    answer((Request(WAY_IN.id, None), {}, NOON))
    assert answer(case) == first


@settings(deadline=None)
@given(CASES)
def test_what_is_wanted_is_told_only_with_more(case: Case) -> None:
    """Only an answer that asks for more names a factor, and only a way out notes a reason."""
    decision = answer(case)
    assert bool(decision.wanted) == (decision.outcome is Outcome.MORE)
    assert decision.noted is None or case[0].access_point == WAY_OUT.id
    assert decision.granted == (decision.reason in {Reason.GRANTED, Reason.GRANTED_ANONYMOUS})


# Negative controls: the same rules, asked about each fault of the table, find what is planted.


def faults_that_are_missed() -> set[str]:
    return {fault.name for fault in FAULTS if decided(fault).reason is not fault.reason}


@pytest.mark.parametrize("forgotten", CHECKS, ids=lambda check: check.__name__)
def test_a_forgotten_check_is_caught(forgotten: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any single one of the checks some fault goes unnoticed."""
    assert not faults_that_are_missed()
    others = tuple(check for check in CHECKS if check is not forgotten)
    monkeypatch.setattr(objections, "CHECKS", others)
    assert faults_that_are_missed()


def test_a_way_out_that_is_checked_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision that treats leaving like entering keeps somebody in."""

    def refuses(_holder: Holder | None, noted: Reason | None, **_more: object) -> Decision:
        return Decision(Outcome.GRANTED if noted is None else Outcome.REFUSED, noted or Reason.GRANTED)

    case = (Request(WAY_OUT.id, holder()), {STAFF: [level((WAY_OUT, AT_NIGHT))]}, NOON)
    assert is_right(case)
    monkeypatch.setattr(module, "leave", refuses)
    assert not is_right(case)


def test_a_level_that_takes_a_right_away_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that wants all schedules to hold refuses somebody for a level they were given as well."""

    def wants_all(case: Laid) -> Reason | None:
        held = case.crowd.allows.get(case.point.point.id, ())
        holds = bool(held) and all(when.holds_at(case.now) for when in held)
        return None if holds else Reason.OUTSIDE_SCHEDULE

    planted = tuple(wants_all if check is level_covers_point else check for check in CHECKS)
    monkeypatch.setattr(objections, "CHECKS", planted)
    poor: Case = (Request(WAY_IN.id, holder()), {STAFF: [level((WAY_IN, ALWAYS))]}, NOON)
    rich = (poor[0], {STAFF: [*poor[1][STAFF], level((WAY_IN, AT_NIGHT), name="night")]}, NOON)
    assert is_right(poor)
    assert not is_right(rich)
