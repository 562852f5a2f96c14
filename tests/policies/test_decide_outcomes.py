"""What a decision says besides yes and no: who passes, by whom, for how long, and what is reported."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from policies.area_rules import LowerLimit, Passback, PassbackKind, Together, UpperLimit
from policies.decide import Decision, Outcome, company_of
from policies.degraded import Condition
from policies.door import Phase
from policies.door_modes import DoorMode
from policies.factors import Asks, Factor
from policies.ids import DoorId
from policies.interlock import Interlock
from policies.people import Card, CardStatus, Holder
from policies.places import AsksWhen, DoorTimes
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import EscortRules, Rulebook, Traits
from tests.policies.scene import Scene, asks
from tests.policies.sites import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    GUARD,
    GUIDE,
    HARD,
    SOFT,
    STAFF,
    STREET,
    VIC,
    VISITOR,
    area,
    door,
    person,
    site,
    way_in,
)
from tests.policies.values import MINUTE, s

CARD, PIN, CODE, FACE = Factor.CARD, Factor.PIN, Factor.CODE, Factor.FACE
GRANTED: Final = Decision(Outcome.GRANTED, Reason.GRANTED)
FREE: Final = Decision(Outcome.GRANTED, Reason.GRANTED_FREE)
GATHERING: Final = Decision(Outcome.GATHER, Reason.COMPANION_WANTED)
QUEUEING: Final = Decision(Outcome.QUEUE, Reason.INTERLOCK_WANTED)


def refused(reason: Reason) -> Decision:
    return Decision(Outcome.REFUSED, reason)


# More factors.


@pytest.mark.parametrize(
    ("asked", "proven", "wanted", "reason"),
    [
        (Asks.CARD_AND_PIN, CARD, PIN, Reason.PIN_WANTED),
        (Asks.CARD_AND_CODE, CARD, CODE, Reason.FACTOR_WANTED),
        (Asks.CARD_AND_BIOMETRIC, CARD, Factor.FINGERPRINT, Reason.FACTOR_WANTED),
        (Asks((CARD | PIN | FACE,)), CARD, PIN | FACE, Reason.FACTOR_WANTED),
        (Asks.CARD, Factor.NONE, CARD, Reason.FACTOR_WANTED),
    ],
)
def test_what_is_missing_is_said(asked: Asks, proven: Factor, wanted: Factor, reason: Reason) -> None:
    """A PIN has a word of its own; where another factor is missing, that is named."""
    at = Scene(site(points=[way_in("front", asked)]))
    decision = at.decides(asks(person("alice", has_pin=True), proven=proven))
    assert decision == Decision(Outcome.MORE, reason, wanted=wanted)
    assert not decision.granted


# Free ways.


def free(**hall: object) -> Rulebook:
    return site(points=[way_in("front", Asks.NOTHING)], areas=[area("hall", **hall)])


def test_a_free_way_is_free_for_everybody() -> None:
    """Nobody is asked: no card, a stolen card, somebody without any right."""
    at = Scene(free(passback=HARD, assurance=3, together=Together(2, MINUTE)))
    assert at.decides(asks(None, proven=Factor.NONE)) == FREE
    stolen = person("alice", card=Card(ALICE.card.id, CardStatus.STOLEN), disabled=True)
    assert at.decides(asks(stolen)) == FREE


def test_a_free_way_is_closed_by_what_closes_it_for_everybody() -> None:
    """Lockdown, blocking, a threat, a full area and a record that cannot be written: in this order."""
    at = Scene(free(upper_limits=(UpperLimit(1),))).gone(Condition.RECORD_UNWRITABLE)
    nobody = asks(None, proven=Factor.NONE)
    assert at.decides(nobody) == refused(Reason.RECORD_UNAVAILABLE)
    assert at.inside(BOB).decides(nobody) == refused(Reason.AREA_FULL)
    assert at.threat(1).decides(nobody) == refused(Reason.THREAT_LEVEL)
    assert at.mode("front", DoorMode.BLOCKED).decides(nobody) == refused(Reason.DOOR_BLOCKED)
    assert at.mode("front", DoorMode.LOCKED_DOWN).decides(nobody) == refused(Reason.LOCKED_DOWN)


def test_who_badges_on_a_free_way_counts_as_who_they_are() -> None:
    """The guard is let in during a lockdown, and a duress is one wherever it is called."""
    book = site(points=[way_in("front", Asks.NOTHING)], traits_of={GUARD: Traits(passes_lockdown=True)})
    at = Scene(book).mode("front", DoorMode.LOCKED_DOWN)
    assert at.decides(asks(GUIDE)) == FREE
    assert at.decides(asks(ALICE, duress=True)) == replace(refused(Reason.LOCKED_DOWN), duress=True)
    assert at.decides(asks(GUIDE, duress=True)) == replace(FREE, duress=True)


def test_a_free_way_waits_for_the_other_door_like_any_other() -> None:
    """An interlock is one for strangers too."""
    for wait, answer in ((s(20), QUEUEING), (None, refused(Reason.INTERLOCKED))):
        locks = [Interlock((DoorId("front"), DoorId("store")), wait)]
        at = Scene(site(points=[way_in("front", Asks.NOTHING)], interlocks=locks))
        assert at.decides(asks(None)) == FREE
        assert at.phase("store", Phase.OPEN).decides(asks(None)) == answer


def test_on_a_free_way_too_many_are_reported() -> None:
    """Where the limit is only reported, one more comes in and it is said."""
    at = Scene(free(upper_limits=(UpperLimit(1, report_only=True),), passback=SOFT)).inside(BOB)
    assert at.decides(asks(None)) == replace(FREE, reported=(Reason.OVERFULL_REPORTED,))
    assert at.decides(asks(BOB)) == replace(FREE, reported=(Reason.PASSBACK_REPORTED,))


def test_a_way_may_be_free_at_times() -> None:
    """Under no threat anybody walks in; under one a card is asked for, and cards are looked at."""
    book = site(points=[way_in("front", Asks.NOTHING, asks_when=(AsksWhen(Asks.CARD, threat_level=1),))])
    assert Scene(book).decides(asks(None)) == FREE
    assert Scene(book).threat(1).decides(asks(None)) == refused(Reason.UNKNOWN_CREDENTIAL)


# Duress.


def test_a_cry_for_help_goes_along_with_every_answer() -> None:
    """Granted, refused, gathering, queueing or leaving: the answer is the same but for the cry."""
    company = area("hall", together=Together(2, MINUTE))
    locks = [Interlock((DoorId("front"), DoorId("store")), s(20))]
    for at, request in (
        (Scene(site()), asks(ALICE)),
        (Scene(site()), asks(ALICE, "front-out")),
        (Scene(site()), asks(None, "front-out")),
        (Scene(site()), asks(None)),
        (Scene(site()).mode("front", DoorMode.BLOCKED), asks(ALICE)),
        (Scene(site(areas=[company])), asks(ALICE)),
        (Scene(site(areas=[company])).gathered(asks(BOB)), asks(ALICE)),
        (Scene(site(interlocks=locks)).phase("store", Phase.OPEN), asks(ALICE)),
        (Scene(site(interlocks=[replace(locks[0], wait=None)])).phase("store", Phase.OPEN), asks(ALICE)),
    ):
        calm, crying = at.decides(request), at.decides(replace(request, duress=True))
        assert crying.duress
        assert not calm.duress
        together = tuple(replace(each, duress=each.holder == ALICE) for each in calm.together)
        assert crying == replace(calm, duress=True, together=together)


# Reports.


def test_what_is_soft_is_reported() -> None:
    """A second entry and one person too many are let in and said, each where it is so."""
    limits = (UpperLimit(1, report_only=True), UpperLimit(9))
    book = site(areas=[area("hall", passback=SOFT, upper_limits=limits)])
    at = Scene(book).inside(ALICE)
    assert Scene(book).decides(asks(ALICE)) == GRANTED
    assert at.decides(asks(ALICE)) == replace(GRANTED, reported=(Reason.PASSBACK_REPORTED,))
    assert at.decides(asks(BOB)) == replace(GRANTED, reported=(Reason.OVERFULL_REPORTED,))
    at.granted(BOB, at="back-in")
    both = (Reason.PASSBACK_REPORTED, Reason.OVERFULL_REPORTED)
    assert at.decides(asks(BOB)) == replace(GRANTED, reported=both)


def test_each_soft_rule_is_reported_by_itself() -> None:
    """Passback without any limit, and a limit without any passback."""
    at = Scene(site(areas=[area("hall", passback=SOFT)])).inside(ALICE)
    assert at.decides(asks(ALICE)).reported == (Reason.PASSBACK_REPORTED,)
    limit = UpperLimit(1, report_only=True)
    at = Scene(site(areas=[area("hall", upper_limits=(limit,))])).inside(ALICE)
    assert at.decides(asks(BOB)).reported == (Reason.OVERFULL_REPORTED,)


def test_what_refuses_is_not_reported_as_well() -> None:
    """Hard passback that an area outside of this one has forgotten is none, and says nothing."""
    timed = Passback(PassbackKind.TIMED, MINUTE)
    at = Scene(site(areas=[area("hall", passback=timed, upper_limits=(UpperLimit(1),))])).inside(ALICE)
    assert at.decides(asks(ALICE)) == GRANTED


# Extended times.

SLOW: Final = DoorTimes(release=s(15), open=s(80))


def test_who_needs_longer_gets_the_doors_longer_times() -> None:
    """Only who needs it, and only where the door has such times."""
    book = site(doors=[door("front", extended=SLOW)])
    slow = person("alice", extended=True)
    assert Scene(book).decides(asks(slow)) == replace(GRANTED, times=SLOW)
    assert Scene(book).decides(asks(ALICE)) == GRANTED
    assert Scene(book).decides(asks(slow, "back-in")) == GRANTED


# Escorts.

VISITED: Final = {VISITOR: Traits(needs_escort=True), GUARD: Traits(may_escort=True)}


def test_a_visitor_is_let_in_with_their_escorts_name() -> None:
    """Right behind the guide the visitor passes, and it is said who brought them; staff need nobody."""
    at = Scene(site(traits_of=VISITED)).inside(GUIDE).guided(GUIDE, ago=s(10))
    assert at.decides(asks(VIC)) == replace(GRANTED, escort=GUIDE.person.id)
    assert at.decides(asks(ALICE)) == GRANTED
    assert at.decides(asks(VIC, "back-in")) == refused(Reason.NO_ESCORT)


def test_a_visitor_who_comes_again_is_no_further_visitor() -> None:
    """Who is the guide's only visitor already is let in with the guide's name though there may be but one."""
    book = site(traits_of=VISITED, escort=EscortRules(most_visitors=1))
    at = Scene(book).inside(GUIDE).guided(GUIDE)
    at.memory.escorts[VIC.person.id] = GUIDE.person.id
    assert at.decides(asks(VIC)) == replace(GRANTED, escort=GUIDE.person.id)


def test_an_escort_who_leaves_visitors_behind_is_let_out_and_reported() -> None:
    """Nobody is kept in; but it is said when a visitor of theirs is still where they leave."""
    at = Scene(site(traits_of=VISITED)).inside(GUIDE, VIC)
    out = asks(GUIDE, "front-out")
    assert at.decides(out) == GRANTED
    at.memory.escorts[VIC.person.id] = GUIDE.person.id
    left = replace(GRANTED, reported=(Reason.LEAVES_VISITOR,))
    assert at.decides(out) == left
    assert at.decides(asks(ALICE, "front-out")) == GRANTED
    assert at.decides(asks(GUIDE)).reported == ()
    assert at.inside(VIC, area=STREET).decides(out) == GRANTED
    at.memory.escorts[VIC.person.id] = BOB.person.id
    assert at.inside(VIC).decides(out) == GRANTED
    no_escort_any_more = asks(BOB, "front-out")
    assert at.decides(no_escort_any_more) == left


# Together.

PAIR: Final = Together(2, MINUTE)


def crew(together: Together = PAIR, **hall: object) -> Scene:
    return Scene(
        site(
            areas=[area("hall", together=together, **hall)],
            doors=[door("front", extended=SLOW)],
            traits_of=VISITED,
        )
    )


def together(*requests: Request) -> Decision:
    return replace(GRANTED, together=requests, reported_of_each=((),) * len(requests))


def test_two_who_badge_one_after_the_other_open_together() -> None:
    """The first waits; with the second both pass."""
    at = crew()
    assert at.decides(asks(ALICE)) == GATHERING
    at.gathered(asks(ALICE))
    assert at.decides(asks(ALICE)) == GATHERING, "nobody is two people"
    assert at.decides(asks(BOB)) == together(asks(ALICE), asks(BOB))
    assert at.decides(asks(BOB, "back-in")) == GATHERING, "another door is another company"


@pytest.mark.parametrize(("ago", "decision"), [(MINUTE - s(0.001), "granted"), (MINUTE, "gathering")])
def test_who_comes_too_late_waits_anew(ago: timedelta, decision: str) -> None:
    """The time runs from the first badge."""
    at = crew().gathered(asks(ALICE), ago=ago)
    expected = together(asks(ALICE), asks(BOB)) if decision == "granted" else GATHERING
    assert at.decides(asks(BOB)) == expected


def test_everybody_who_waits_passes() -> None:
    """With the third of three all pass, in the order in which they came."""
    at = crew(replace(PAIR, persons=3)).gathered(asks(ALICE), asks(BOB))
    assert at.decides(asks(BOB)) == GATHERING
    assert at.decides(asks(CAROL)) == together(asks(ALICE), asks(BOB), asks(CAROL))


def test_what_was_true_of_the_others_is_asked_again() -> None:
    """Who was let wait a moment ago may have been stopped since: they do not pass with the next."""
    lost = person("alice", card=Card(ALICE.card.id, CardStatus.LOST))
    at = crew().gathered(asks(lost))
    assert at.decides(asks(BOB)) == GATHERING
    at = crew(passback=HARD).gathered(asks(ALICE)).inside(ALICE)
    assert at.decides(asks(BOB)) == GATHERING
    at = crew().gathered(asks(None), asks(ALICE))
    assert at.decides(asks(BOB)) == together(asks(ALICE), asks(BOB))


def test_who_has_not_shown_what_is_asked_for_by_now_does_not_pass() -> None:
    """The threat rose while Alice waited: her card alone is not enough any more, and she does not count."""
    point = way_in("front", asks_when=(AsksWhen(Asks.CARD_AND_PIN, threat_level=1),))
    book = site(
        points=[point],
        areas=[area("hall", together=PAIR)],
        traits_of={STAFF: Traits(threat_authority=9)},
    )
    at = Scene(book).threat(1).gathered(asks(person("alice", has_pin=True)))
    assert at.decides(asks(BOB, proven=CARD | PIN)) == GATHERING
    alice = asks(person("alice", has_pin=True), proven=CARD | PIN)
    assert at.gathered(alice).decides(asks(BOB, proven=CARD | PIN)).together[0] == alice


def test_each_counts_for_a_role_of_their_own() -> None:
    """Two of the staff are not one of the staff and one guard."""
    at = crew(Together(2, MINUTE, (STAFF, GUARD), one_of_each=True)).gathered(asks(ALICE))
    assert at.decides(asks(BOB)) == GATHERING
    assert at.decides(asks(GUIDE)) == together(asks(ALICE), asks(GUIDE))
    assert at.decides(asks(VIC)) == refused(Reason.NO_ESCORT)


def test_a_company_that_does_not_fit_is_refused_whole() -> None:
    """Each alone would find a place; both do not."""
    assert crew(upper_limits=(UpperLimit(2),)).gathered(asks(ALICE)).decides(asks(BOB)).granted
    at = crew(upper_limits=(UpperLimit(1),)).gathered(asks(ALICE))
    assert at.decides(asks(BOB)) == refused(Reason.AREA_FULL)
    assert at.decides(asks(BOB, duress=True)) == replace(refused(Reason.AREA_FULL), duress=True)


def test_a_company_has_to_be_enough_for_where_nobody_may_be_alone() -> None:
    """Where four have to be, two who open together are too few unless two are there."""
    at = crew(lower_limit=LowerLimit(4, timedelta())).inside(CAROL, DAVE).gathered(asks(ALICE))
    assert at.decides(asks(BOB)).granted
    assert at.decides(asks(CAROL)) == refused(Reason.TOO_FEW_PEOPLE)


def test_a_visitor_needs_the_escort_and_no_further_company() -> None:
    """Two of the staff open; their visitor follows alone."""
    at = crew().inside(GUIDE, ALICE).guided(GUIDE)
    assert at.decides(asks(VIC)) == replace(GRANTED, escort=GUIDE.person.id)


def test_each_of_a_company_is_reported_for_themselves() -> None:
    """The second entry is Alice's and not Bob's; too many they are together."""
    limit = UpperLimit(2, report_only=True)
    at = crew(passback=SOFT, upper_limits=(limit,)).inside(ALICE, CAROL).gathered(asks(ALICE))
    decision = at.decides(asks(BOB))
    assert decision.reported == (Reason.OVERFULL_REPORTED,)
    assert decision.reported_of_each == (
        (Reason.PASSBACK_REPORTED, Reason.OVERFULL_REPORTED),
        (Reason.OVERFULL_REPORTED,),
    )


def test_one_who_needs_longer_gets_it_for_the_whole_company() -> None:
    """The door is open for as long as the slowest needs, whoever badged last."""
    slow = person("alice", extended=True)
    for first, last in ((slow, BOB), (BOB, slow)):
        assert crew().gathered(asks(first)).decides(asks(last)).times == SLOW
    assert crew().gathered(asks(ALICE)).decides(asks(BOB)).times is None


def test_nobody_gathered_is_no_company() -> None:
    """Without anybody who badged before, nobody passes together."""
    at = crew()
    assert company_of(at.case(asks(ALICE)), PAIR) == ()
    cases = company_of(at.gathered(asks(ALICE)).case(asks(BOB)), PAIR)
    assert [case.person for case in cases] == [ALICE.person, BOB.person]


# Interlocks.


@pytest.mark.parametrize(
    ("who", "waits"), [(ALICE, s(20)), (ALICE, None), (person("alice", extended=True), s(20))]
)
def test_a_grant_waits_for_the_other_door_or_is_refused(who: Holder, waits: timedelta | None) -> None:
    """As the site says; once the other door is shut it is a grant like any other."""
    locks = [Interlock((DoorId("front"), DoorId("store")), waits)]
    at = Scene(site(interlocks=locks))
    assert at.decides(asks(who)) == GRANTED
    busy = QUEUEING if waits else refused(Reason.INTERLOCKED)
    assert at.phase("store", Phase.OPEN).decides(asks(who)) == busy
    assert at.decides(asks(who, "front-out")) == GRANTED


def test_a_company_waits_for_the_other_door_together() -> None:
    """The last to badge waits for all of them."""
    locks = [Interlock((DoorId("front"), DoorId("store")), s(20))]
    at = Scene(site(interlocks=locks, areas=[area("hall", together=PAIR)])).gathered(asks(ALICE))
    assert at.decides(asks(BOB)) == together(asks(ALICE), asks(BOB))
    waiting = replace(QUEUEING, together=(asks(ALICE), asks(BOB)))
    assert at.phase("store", Phase.RELEASED).decides(asks(BOB)) == waiting
