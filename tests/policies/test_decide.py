from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import combinations
from types import SimpleNamespace
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import decide as module
from policies.decide import CHECKS, Check, Decision, Outcome, Request, decide, leave
from policies.factors import Factor, PinCheck
from policies.ids import AccessPointId, RoleId
from policies.lockout import WrongPins
from policies.people import CardStatus, Holder, Validity
from policies.places import AccessPoint
from policies.reasons import Reason
from policies.rulebook import AccessLevel, Rulebook
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

POINTS: Final = (WAY_IN, WAY_IN_WITH_PIN, WAY_OUT)

Rights = Mapping[RoleId, list[AccessLevel]]
Case = tuple[Request, Rights, datetime]

EXPIRED: Final = Validity(end=NOON)
NOT_YET: Final = Validity(start=NOON + MINUTE)

# In order of rank. Each fault: its name, what it changes in a request that would be granted, the reason.
FAULTS: Final[tuple[tuple[str, Mapping[str, Any], Reason], ...]] = (
    ("unknown card", {"known": False}, Reason.UNKNOWN_CREDENTIAL),
    ("card revoked", {"status": CardStatus.REVOKED}, Reason.CARD_REVOKED),
    ("card lost", {"status": CardStatus.LOST}, Reason.CARD_LOST),
    ("card stolen", {"status": CardStatus.STOLEN}, Reason.CARD_STOLEN),
    ("card damaged", {"status": CardStatus.DAMAGED}, Reason.CARD_DAMAGED),
    ("person disabled", {"disabled": True}, Reason.PERSON_DISABLED),
    ("card not yet valid", {"card_validity": NOT_YET}, Reason.NOT_YET_VALID),
    ("card expired", {"card_validity": EXPIRED}, Reason.EXPIRED),
    ("person not yet valid", {"person_validity": NOT_YET}, Reason.NOT_YET_VALID),
    ("person expired", {"person_validity": EXPIRED}, Reason.EXPIRED),
    ("no level", {"schedules": ()}, Reason.NO_ACCESS_LEVEL),
    ("outside schedule", {"schedules": (AT_NIGHT,)}, Reason.OUTSIDE_SCHEDULE),
    ("no pin", {"has_pin": False}, Reason.NO_PIN),
    ("ten wrong pins", {"wrong_pins": WrongPins(10)}, Reason.TOO_MANY_WRONG_PINS),
    ("five wrong pins", {"wrong_pins": WrongPins(5, NOON + MINUTE)}, Reason.LOCKED_OUT),
    ("wrong pin", {"pin": PinCheck.WRONG}, Reason.WRONG_PIN),
    ("pin too late", {"pin": PinCheck.TIMED_OUT}, Reason.FACTOR_TIMEOUT),
    ("pin not checked", {"pin": PinCheck.UNAVAILABLE}, Reason.AUTHENTICATION_UNAVAILABLE),
    ("pin not entered", {"pin": PinCheck.NOT_ENTERED}, Reason.PIN_WANTED),
)
PAIRS: Final = [
    pytest.param(first[1] | second[1], first[2], id=f"{first[0]} + {second[0]}")  # type: ignore[operator]
    for first, second in combinations(FAULTS, 2)
    if not first[1].keys() & second[1].keys()
]

GIVEN_ELSEWHERE: Final = {Reason.CARD_UNREADABLE, Reason.RECORD_UNAVAILABLE}
"""A reader that cannot read and a record that cannot be written stop a request before the rules."""


def case_of(changes: Mapping[str, Any], at: AccessPoint) -> Case:
    about = dict(changes)
    known, pin = about.pop("known", True), about.pop("pin", PinCheck.MATCHED)
    wrong_pins, schedules = about.pop("wrong_pins", WrongPins()), about.pop("schedules", (ALWAYS,))
    request = Request(at.id, holder(**about) if known else None, pin, wrong_pins)
    return request, {STAFF: [level(*((at, when) for when in schedules))]}, NOON


def answer(case: Case) -> Decision:
    request, rights, now = case
    return module.decide(request, Rulebook.of("r", POINTS, rights), now)


def decide_with(changes: Mapping[str, Any], at: AccessPoint = WAY_IN_WITH_PIN) -> Decision:
    return answer(case_of(changes, at))


@pytest.mark.parametrize("at", [WAY_IN, WAY_IN_WITH_PIN], ids=["card", "card and pin"])
def test_who_has_all_that_is_asked_for_is_granted(at: AccessPoint) -> None:
    """A good card, a level that covers this hour and the right PIN are enough."""
    assert decide_with({}, at) == Decision(Outcome.GRANTED, Reason.GRANTED)


@pytest.mark.parametrize(("changes", "reason"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS])
def test_each_fault_has_its_reason(changes: Mapping[str, Any], reason: Reason) -> None:
    """A single thing that is wrong is named."""
    decision = decide_with(changes)
    assert not decision.granted
    assert decision.reason is reason


@pytest.mark.parametrize(("changes", "reason"), PAIRS)
def test_of_two_faults_the_nearer_cause_is_named(changes: Mapping[str, Any], reason: Reason) -> None:
    """The card comes before the person, the person before the hour, and the hour before the PIN."""
    assert decide_with(changes).reason is reason


def test_every_reason_is_given_by_somebody() -> None:
    """No reason is idle: the rules give it, or one of the two places that come before the rules do."""
    reached = {fault[2] for fault in FAULTS} | {Reason.GRANTED, Reason.GRANTED_ANONYMOUS}
    assert reached | GIVEN_ELSEWHERE == set(Reason)
    assert not reached & GIVEN_ELSEWHERE


def test_a_pin_is_asked_for_only_when_nothing_else_stands_in_the_way() -> None:
    """The answer to a good card alone is to want more, and to say what."""
    wants = decide_with({"pin": PinCheck.NOT_ENTERED})
    assert wants == Decision(Outcome.MORE, Reason.PIN_WANTED, wanted=Factor.PIN)
    refused = decide_with({"pin": PinCheck.NOT_ENTERED, "status": CardStatus.LOST})
    assert refused == Decision(Outcome.REFUSED, Reason.CARD_LOST)


@pytest.mark.parametrize("pin", PinCheck)
def test_where_no_pin_is_asked_for_none_is_looked_at(pin: PinCheck) -> None:
    """A person whose PIN is locked out still passes where the card alone counts."""
    changes = {"pin": pin, "has_pin": False, "wrong_pins": WrongPins(10)}
    assert decide_with(changes, WAY_IN).reason is Reason.GRANTED


def test_a_right_pin_does_not_end_the_wait() -> None:
    """Who has to wait is refused even with the right PIN, or guessing could go on during the wait."""
    waiting = {"wrong_pins": WrongPins(5, NOON + MINUTE), "pin": PinCheck.MATCHED}
    assert decide_with(waiting).reason is Reason.LOCKED_OUT
    over = {"wrong_pins": WrongPins(5, NOON), "pin": PinCheck.MATCHED}
    assert decide_with(over).reason is Reason.GRANTED


def test_one_of_several_schedules_is_enough() -> None:
    """Levels add up: who may come at night and by day may come by day."""
    assert decide_with({"schedules": (AT_NIGHT, ALWAYS)}).granted


def test_one_of_several_roles_is_enough() -> None:
    """Roles add up, and a role without levels takes nothing away."""
    assert decide_with({"roles": (RoleId("visitor"), STAFF)}).granted
    assert decide_with({"roles": (RoleId("visitor"),)}).reason is Reason.NO_ACCESS_LEVEL
    assert decide_with({"roles": ()}).reason is Reason.NO_ACCESS_LEVEL


def test_a_door_of_somebody_else_is_no_question_for_these_rules() -> None:
    """An access point that the rulebook does not know is an error of the caller, not a refusal."""
    with pytest.raises(KeyError, match="elsewhere"):
        decide(Request(AccessPointId("elsewhere"), holder()), rulebook(), NOON)


def test_an_unknown_card_is_let_out_as_nobody() -> None:
    """Leaving is free for anybody, and what the way in would have said is noted."""
    expected = Decision(Outcome.GRANTED, Reason.GRANTED_ANONYMOUS, noted=Reason.UNKNOWN_CREDENTIAL)
    assert decide_with({"known": False}, WAY_OUT) == expected


@pytest.mark.parametrize(
    ("changes", "noted"),
    [
        ({}, None),
        ({"status": CardStatus.STOLEN}, Reason.CARD_STOLEN),
        ({"disabled": True}, Reason.PERSON_DISABLED),
        ({"schedules": ()}, Reason.NO_ACCESS_LEVEL),
        ({"schedules": (AT_NIGHT,)}, Reason.OUTSIDE_SCHEDULE),
        ({"wrong_pins": WrongPins(10), "pin": PinCheck.WRONG}, None),
    ],
)
def test_a_known_card_is_let_out_under_its_name(changes: Mapping[str, Any], noted: Reason | None) -> None:
    """Whoever leaves is granted; the record still says what was wrong."""
    assert decide_with(changes, WAY_OUT) == Decision(Outcome.GRANTED, Reason.GRANTED, noted=noted)


def test_leaving_needs_no_rulebook() -> None:
    """With the rules out of reach people still get out."""
    assert leave(None, Reason.RECORD_UNAVAILABLE).granted
    assert leave(holder(), None) == Decision(Outcome.GRANTED, Reason.GRANTED)


# Generated sites, people and hours.

ROLES: Final = (STAFF, RoleId("guard"), RoleId("visitor"))
SCHEDULES: Final = (ALWAYS, AT_NIGHT, schedule("08:00-16:30", days="MTWTF.."), schedule("", days="......."))
INSTANTS: Final = st.integers(-3000, 3000).map(lambda quarter: NOON + quarter * 15 * MINUTE)


def mostly(usual: object, *others: object) -> st.SearchStrategy[Any]:
    return st.sampled_from((usual,) * (2 + 2 * len(others)) + others)


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
    Request,
    st.sampled_from([at.id for at in POINTS]),
    st.one_of(HOLDERS, HOLDERS, HOLDERS, st.none()),
    mostly(PinCheck.MATCHED, *PinCheck),
    mostly(WrongPins(), WrongPins(4), WrongPins(5, NOON), WrongPins(9, NOON + 24 * HOUR), WrongPins(10)),
)
LEVELS: Final = st.lists(
    st.tuples(st.sampled_from(POINTS), st.sampled_from(SCHEDULES)), min_size=1, max_size=4
).map(lambda policies: level(*policies))
RIGHTS: Final = st.dictionaries(st.sampled_from(ROLES), st.lists(LEVELS, max_size=2), min_size=1)

CASES: Final[st.SearchStrategy[Case]] = st.tuples(REQUESTS, RIGHTS, INSTANTS)


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
    may_try = who.person.has_pin and wrong.count < 10 and (wrong.until is None or wrong.until <= now)
    return (
        within(who.card.validity, now)
        and within(who.person.validity, now)
        and any(covers(when, now) for when in held)
        and (asked == WAY_IN.id or (may_try and request.pin is PinCheck.MATCHED))
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


@settings(deadline=None, max_examples=200)
@given(CASES, st.sampled_from(ROLES), LEVELS)
def test_one_more_level_never_takes_a_right_away(case: Case, role: RoleId, more: AccessLevel) -> None:
    """Who may pass may still pass after any role was given a further level."""
    request, rights, now = case
    richer = {**rights, role: [*rights.get(role, ()), more]}
    before, after = answer(case), answer((request, richer, now))
    assert after.granted or not before.granted
    if before.granted:
        assert after.reason is before.reason


@settings(deadline=None)
@given(CASES)
def test_what_is_wanted_is_told_only_with_more(case: Case) -> None:
    """Only an answer that asks for more names a factor, and only a way out notes a reason."""
    decision = answer(case)
    assert bool(decision.wanted) == (decision.outcome is Outcome.MORE)
    assert decision.noted is None or case[0].access_point == WAY_OUT.id
    assert decision.granted == (decision.reason in {Reason.GRANTED, Reason.GRANTED_ANONYMOUS})


# Negative controls: the same rules, asked about each fault of the table, find what is planted.


FAULTY: Final = [case_of(changes, at) for _, changes, _ in FAULTS for at in POINTS]


def test_every_single_fault_is_judged_rightly() -> None:
    """The two great rules hold for each fault of the table at each access point."""
    assert all(map(is_right, FAULTY))


@pytest.mark.parametrize("forgotten", CHECKS, ids=lambda check: check.__name__)
def test_a_forgotten_check_is_caught(forgotten: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any single one of the checks somebody enters who has no right to."""
    monkeypatch.setattr(module, "CHECKS", tuple(check for check in CHECKS if check is not forgotten))
    assert not all(map(is_right, FAULTY))


def test_a_pin_that_is_never_wanted_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """An access point that forgets to ask for the PIN lets somebody in without it."""
    monkeypatch.setattr(module, "PinCheck", SimpleNamespace(NOT_ENTERED=None))
    assert not all(map(is_right, FAULTY))


def test_a_way_out_that_is_checked_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision that treats leaving like entering keeps somebody in."""

    def refuses(_holder: Holder | None, noted: Reason | None) -> Decision:
        return Decision(Outcome.GRANTED if noted is None else Outcome.REFUSED, noted or Reason.GRANTED)

    monkeypatch.setattr(module, "leave", refuses)
    assert {case[0].access_point for case in FAULTY if not is_right(case)} == {WAY_OUT.id}


def test_a_level_that_takes_a_right_away_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that wants all schedules to hold refuses somebody for a level they were given as well."""

    def wants_all(_q: Request, who: Holder, at: AccessPoint, book: Rulebook, now: datetime) -> Reason | None:
        schedules = [when for role in who.person.roles for when in book.schedules_of.get((role, at.id), ())]
        holds = schedules and all(when.holds_at(now) for when in schedules)
        return None if holds else Reason.OUTSIDE_SCHEDULE

    planted = tuple(wants_all if check is module.level_covers_point else check for check in CHECKS)
    monkeypatch.setattr(module, "CHECKS", planted)
    request, rights, now = case_of({}, WAY_IN)
    assert answer((request, rights, now)).granted
    richer = {STAFF: [*rights[STAFF], level((WAY_IN, AT_NIGHT), name="night")]}
    assert not answer((request, richer, now)).granted
    assert not is_right((request, richer, now))
