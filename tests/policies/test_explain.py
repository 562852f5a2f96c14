"""Why somebody passes or not, and when they would."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.area_rules import LowerLimit, Passback, PassbackKind, Together, UpperLimit
from policies.calendar import Calendar, HolidayType
from policies.checks import CHECKS, FREE_CHECKS, LEAVING_CHECKS
from policies.companions import Gathering
from policies.decide import Outcome, decide
from policies.degraded import Condition, Degraded, Fallback
from policies.door_modes import DoorMode, ModeRule, Override
from policies.explain import Explanation, explain, lets_pass, with_everything_shown
from policies.factors import Asks, Factor
from policies.ids import AccessPointId, LevelId, MemberId, ScheduleId
from policies.lockout import WrongPins
from policies.memory import Memory, Uses
from policies.people import Card, CardStatus, Holder, TemporaryAccess, UseLimits, Validity
from policies.places import AsksWhen
from policies.presence import move
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import Rulebook
from policies.schedule import Schedule
from tests.policies.any_site import moment_of
from tests.policies.sites import (
    ALICE,
    BOB,
    BY_DAY,
    HALL,
    HARD,
    STAFF,
    area,
    door,
    level,
    person,
    site,
    way_in,
)
from tests.policies.values import ALWAYS, AT_NIGHT, HOUR, LONDON, MINUTE, NOON, intervals, utc

FRONT = AccessPointId("front-in")
EVENING = utc("2025-06-18T20:00")
"""21:00 in London; the day's schedule begins again at 07:00 UTC."""


def asks(
    holder: Holder | None = ALICE,
    point: str = "front-in",
    proven: Factor = Factor.CARD,
    failure: Reason | None = None,
    wrong_pins: WrongPins = WrongPins(),
) -> Request:
    return Request(AccessPointId(point), holder, proven, failure, wrong_pins=wrong_pins)


def next_granted(
    rulebook: Rulebook, holder: Holder, now: datetime, memory: Memory | None = None
) -> datetime | None:
    found = explain(asks(holder), rulebook, now, memory or Memory())
    assert found.decision.outcome is Outcome.REFUSED
    return found.next_granted


def refusal(found: Explanation) -> tuple[str, Reason | None]:
    assert found.refused_by is not None
    return found.refused_by.check, found.refused_by.objection


BY_DAY_ONLY = site(levels_of={STAFF: [level("day", ["front-in"], BY_DAY)]})


# --------------------------------------------------------------------------------------- the verdicts


def test_every_check_says_what_it_thinks_in_order_of_rank() -> None:
    """The verdicts stand in the order in which they count, whoever objects first."""
    found = explain(asks(), site(), NOON)
    assert [verdict.check for verdict in found.verdicts] == [
        *(check.__name__.replace("_", " ") for check in CHECKS),
        "interlock is shut",
    ]
    assert {verdict.objection for verdict in found.verdicts} == {None}
    assert (found.decision.outcome, found.refused_by, found.next_granted) == (Outcome.GRANTED, None, None)


def test_the_first_that_objects_refuses_and_the_others_speak_too() -> None:
    """A lost card outside its hours is refused as lost, and the hours are told as well."""
    lost = person("lou", card=Card(ALICE.card.id, CardStatus.LOST))
    found = explain(asks(lost), BY_DAY_ONLY, EVENING)
    assert refusal(found) == ("card is active", Reason.CARD_LOST)
    objections = [verdict.objection for verdict in found.verdicts if verdict.objection is not None]
    assert objections == [Reason.CARD_LOST, Reason.OUTSIDE_SCHEDULE]


def test_a_free_way_is_explained_by_what_counts_there() -> None:
    """Where nobody is asked who they are, nothing is said of cards and people."""
    found = explain(asks(None), site(points=[way_in("front", Asks.NOTHING)]), NOON)
    assert len(found.verdicts) == len(FREE_CHECKS) + 1
    assert found.decision.reason is Reason.GRANTED_FREE


def test_leaving_is_granted_whatever_is_said() -> None:
    """On a way out the objections are told, and none of them refuses."""
    found = explain(asks(person("lou", disabled=True), "front-out"), site(), NOON)
    assert len(found.verdicts) == len(LEAVING_CHECKS)
    assert found.decision.granted
    assert found.refused_by is None


def test_who_is_unknown_is_refused_by_no_check() -> None:
    """A card that nobody holds is refused before anything is checked, and no time changes that."""
    found = explain(asks(None), site(), NOON)
    assert found.decision.reason is Reason.UNKNOWN_CREDENTIAL
    assert (found.refused_by, found.next_granted) == (None, None)


def test_what_refuses_a_whole_company_is_no_objection_to_one() -> None:
    """Two who open together may be too many where one is not: no single check says so."""
    together = Together(2, MINUTE)
    rulebook, memory = site(areas=[area("hall", together=together, upper_limits=(UpperLimit(1),))]), Memory()
    memory.companions[FRONT] = Gathering((asks(BOB),), NOON)
    found = explain(asks(), rulebook, NOON, memory)
    assert found.decision.reason is Reason.AREA_FULL
    assert found.refused_by is None


def test_an_access_point_that_is_not_there_is_a_fault() -> None:
    """Nobody can be told why they pass where there is nothing."""
    with pytest.raises(KeyError):
        explain(asks(point="moon-in"), site(), NOON)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32))
def test_an_explanation_tells_what_is_decided(seed: int) -> None:
    """The check that refuses is the first that objects, and what is named as next comes later."""
    moment = moment_of(seed)
    point, holder = next(iter(moment.rulebook.points)), moment.people[0]
    request = with_everything_shown(Request(point, holder), moment.rulebook, NOON, moment.memory)
    found = explain(request, moment.rulebook, NOON, moment.memory)
    assert found.decision == decide(request, moment.rulebook, NOON, moment.memory)
    if found.refused_by is not None:
        assert found.refused_by == next(each for each in found.verdicts if each.objection is not None)
    assert found.next_granted is None or found.next_granted > NOON


# ------------------------------------------------------------------------------------- what is shown


def test_everything_is_shown_that_is_asked_for() -> None:
    """Somebody with a PIN shows card and PIN where both are asked for."""
    rulebook = site(points=[way_in("front", Asks.CARD_AND_PIN)])
    shown = with_everything_shown(asks(person("dana", has_pin=True)), rulebook, NOON, Memory())
    assert shown.proven == Factor.CARD | Factor.PIN
    assert lets_pass(decide(shown, rulebook, NOON))


def test_what_somebody_lacks_is_not_shown() -> None:
    """Somebody without a PIN cannot show one, and is refused for it."""
    rulebook = site(points=[way_in("front", Asks.CARD_AND_PIN)])
    shown = with_everything_shown(asks(failure=Reason.WRONG_PIN), rulebook, NOON, Memory())
    assert (shown.proven, shown.failure) == (Factor.CARD, None)
    assert refusal(explain(shown, rulebook, NOON)) == ("pin may be tried", Reason.NO_PIN)


def test_nobody_is_asked_for_more_where_that_proves_too_little() -> None:
    """As at the door: where even every factor proves too little, the card is refused at once."""
    rulebook = site(points=[way_in("front", Asks.CARD_AND_PIN)], areas=[area("hall", assurance=2)])
    shown = with_everything_shown(asks(person("dana", has_pin=True)), rulebook, NOON, Memory())
    assert shown.proven == Factor.CARD
    assert refusal(explain(shown, rulebook, NOON)) == ("enough is proven", Reason.TOO_LITTLE_ASSURANCE)


def test_no_finger_is_shown_to_a_sensor_that_is_gone() -> None:
    """What no sensor can check nobody can show; where the site asks for a PIN instead, that is shown."""
    finger = way_in("front", Asks.CARD_AND_BIOMETRIC)
    memory, dana = Memory(), person("dana", has_pin=True)
    memory.gone[Condition.BIOMETRIC_LOST, FRONT] = True
    strict = site(points=[finger])
    shown = with_everything_shown(asks(dana), strict, NOON, memory)
    assert refusal(explain(shown, strict, NOON, memory)) == (
        "sensor answers",
        Reason.SENSOR_UNAVAILABLE,
    )
    instead = Degraded(biometric_lost=Fallback.PIN_INSTEAD)
    wide = site(points=[finger], doors=[door("front", degraded=instead)])
    assert with_everything_shown(asks(dana), wide, NOON, memory).proven == Factor.CARD | Factor.PIN


def test_a_code_stands_alone() -> None:
    """Whoever begins with a code shows nothing else, and is asked for more where it is not enough."""
    code = asks(person("dana", has_pin=True), proven=Factor.PIN)
    shown = with_everything_shown(code, site(), NOON, Memory())
    assert shown == code
    assert not lets_pass(decide(shown, site(), NOON))


# ------------------------------------------------------------------------------------------ when next


def test_next_is_when_the_schedule_begins() -> None:
    """Outside the hours of a level it is granted when they begin, to the instant."""
    assert next_granted(BY_DAY_ONLY, ALICE, EVENING) == utc("2025-06-19T07:00")


def test_next_is_after_the_hours_that_are_denied() -> None:
    """Where a group is denied by night, it is granted when the night is over."""
    night = site(denies_of={STAFF: [level("no nights", ["front-in"], AT_NIGHT)]})
    assert next_granted(night, ALICE, utc("2025-06-18T23:00")) == utc("2025-06-19T05:00")


@pytest.mark.parametrize("whose", ["person", "card"])
def test_next_is_when_a_validity_starts(whose: str) -> None:
    """Before the first day of a card or a person it is granted when that begins."""
    start = Validity(start=NOON + timedelta(days=3))
    early = person("eve", card=Card(ALICE.card.id, validity=start))
    if whose == "person":
        early = person("eve", validity=start)
    assert next_granted(site(), early, NOON) == NOON + timedelta(days=3)


def test_next_is_when_both_have_begun() -> None:
    """A validity that begins by night lets nobody in before the morning."""
    early = person("eve", validity=Validity(start=utc("2025-06-20T01:00")))
    assert next_granted(BY_DAY_ONLY, early, NOON) == utc("2025-06-20T07:00")


def test_next_is_when_temporary_access_begins() -> None:
    """Who is lent a level from tomorrow on gets in tomorrow, within its hours."""
    loan = TemporaryAccess(LevelId("day"), Validity(utc("2025-06-19T03:00"), utc("2025-06-30T00:00")))
    rulebook = site(levels_of={MemberId("nobody"): [level("day", ["front-in"], BY_DAY)]})
    assert next_granted(rulebook, person("lea", temporary=(loan,)), NOON) == utc("2025-06-19T07:00")


def test_next_is_when_a_lock_out_is_over() -> None:
    """After wrong PINs the right one is taken when the wait is over."""
    rulebook = site(points=[way_in("front", Asks.CARD_AND_PIN)])
    wrong = WrongPins(6, NOON + 2 * MINUTE)
    request = asks(person("dana", has_pin=True), wrong_pins=wrong)
    found = explain(with_everything_shown(request, rulebook, NOON, Memory()), rulebook, NOON)
    assert refusal(found) == ("pin may be tried", Reason.LOCKED_OUT)
    assert found.next_granted == NOON + 2 * MINUTE


def test_next_is_now_for_a_wrong_pin() -> None:
    """Where nothing but the PIN was wrong, the right one would be granted at once."""
    rulebook = site(points=[way_in("front", Asks.CARD_AND_PIN)])
    request = asks(person("dana", has_pin=True), failure=Reason.WRONG_PIN)
    assert explain(request, rulebook, NOON).next_granted == NOON


def test_next_is_when_timed_passback_forgets() -> None:
    """An entry that is forgotten after an hour lets its owner in an hour after it."""
    timed = Passback(PassbackKind.TIMED, HOUR)
    rulebook, memory = site(areas=[area("hall", passback=timed), area("store", passback=HARD)]), Memory()
    move(memory, ALICE.person.id, (HALL,), NOON - 20 * MINUTE)
    assert next_granted(rulebook, ALICE, NOON, memory) == NOON + 40 * MINUTE


def test_next_is_when_everybody_is_forgiven() -> None:
    """Where passback is forgiven at three, it is granted at three; without that, never."""
    at_three = Schedule(ScheduleId("three"), LONDON, (intervals("03:00-03:01"),) * 7)
    hall, memory = area("hall", passback=HARD), Memory()
    move(memory, ALICE.person.id, (HALL,), NOON)
    assert next_granted(site(areas=[hall], forgives=at_three), ALICE, NOON, memory) == utc("2025-06-19T02:00")
    during = utc("2025-06-19T02:00:30")
    assert next_granted(site(areas=[hall], forgives=at_three), ALICE, during, memory) == utc(
        "2025-06-20T02:00"
    )
    assert next_granted(site(areas=[hall], forgives=ALWAYS), ALICE, NOON, memory) is None
    assert next_granted(site(areas=[hall]), ALICE, NOON, memory) is None


def test_next_is_at_midnight_for_the_uses_of_a_day() -> None:
    """Who has had every use of the day gets in at midnight of the site; who has none at all, never."""
    daily, total = person("uma", uses=UseLimits(a_day=2)), person("uma", uses=UseLimits(total=2))
    memory = Memory(uses={daily.person.id: Uses(2, 2, NOON.date())})
    assert next_granted(site(), daily, NOON, memory) == utc("2025-06-18T23:00")
    assert next_granted(site(), total, NOON, memory) is None


def test_next_is_when_the_door_is_not_blocked_any_more() -> None:
    """A door that its schedule blocks by night lets people in when the night is over."""
    blocked = site(doors=[door("front", modes=(ModeRule(DoorMode.BLOCKED, AT_NIGHT),))])
    memory = Memory(
        modes={door("front").id: DoorMode.BLOCKED}, scheduled={door("front").id: DoorMode.BLOCKED}
    )
    assert next_granted(blocked, ALICE, utc("2025-06-18T23:00"), memory) == utc("2025-06-19T05:00")


@pytest.mark.parametrize(("until", "wanted"), [(NOON + HOUR, NOON + HOUR), (None, None)])
def test_next_is_when_an_order_ends(until: datetime | None, wanted: datetime | None) -> None:
    """A door that somebody blocked lets people in when that order ends, and not before it is lifted."""
    front = door("front").id
    memory = Memory(overrides={front: Override(DoorMode.BLOCKED, until)}, modes={front: DoorMode.BLOCKED})
    late = person("zoe", validity=Validity(end=NOON + timedelta(days=2)))
    assert next_granted(site(), late, NOON, memory) == wanted


def test_next_is_when_less_is_asked_for() -> None:
    """Where a PIN is asked for by day alone, who has none gets in by evening."""
    by_day = way_in(
        "front", asks_when=(AsksWhen(Asks.CARD_AND_PIN, BY_DAY), AsksWhen(Asks.PIN, threat_level=3))
    )
    assert next_granted(site(points=[by_day]), ALICE, NOON) == utc("2025-06-18T17:00")


def test_next_leaves_holidays_out() -> None:
    """On a holiday the hours do not count: it is granted on the day after."""
    holiday = Calendar({datetime(2025, 6, 19, tzinfo=LONDON).date(): HolidayType.FULL})
    day = Schedule(ScheduleId("day"), LONDON, (intervals("08:00-18:00"),) * 7, calendar=holiday)
    rulebook = site(levels_of={STAFF: [level("day", ["front-in"], day)]})
    assert next_granted(rulebook, ALICE, EVENING) == utc("2025-06-20T07:00")


@pytest.mark.parametrize(
    "holder",
    [
        person("gone", disabled=True),
        person("late", validity=Validity(end=NOON)),
        person("none", card=Card(ALICE.card.id, CardStatus.REVOKED)),
        person("far", validity=Validity(start=NOON + timedelta(days=401))),
    ],
    ids=lambda holder: holder.person.id,
)
def test_never_is_said_as_such(holder: Holder) -> None:
    """What no time mends, and what begins beyond the horizon, has no next instant."""
    assert next_granted(BY_DAY_ONLY, holder, EVENING) is None


def test_who_is_alone_waits_for_others_not_for_time() -> None:
    """Where nobody may be alone, time brings nobody in."""
    lonely = site(areas=[area("hall", lower_limit=LowerLimit(2, timedelta()))])
    assert next_granted(lonely, ALICE, NOON) is None
