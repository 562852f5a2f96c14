"""What is said against a request because of other people."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from policies.area_rules import LowerLimit, Passback, PassbackKind, Together, UpperLimit
from policies.company_checks import (
    area_has_room,
    escort_is_there,
    nobody_would_be_alone,
    passes_back,
    person_is_not_inside_already,
    role_counts_here,
    would_overfill,
)
from policies.degraded import Condition, Degraded, Fallback
from policies.door import DoorState, Phase
from policies.effects import Passage
from policies.ids import DoorId
from policies.people import Holder
from policies.reasons import Reason
from policies.rulebook import EscortRules, Rulebook, Traits
from tests.policies.scene import Scene, asks
from tests.policies.sites import (
    ALICE,
    BOB,
    CAROL,
    GUARD,
    GUIDE,
    HALL,
    HARD,
    SOFT,
    STAFF,
    STORE,
    STREET,
    VIC,
    VISITOR,
    area,
    door,
    person,
    site,
)
from tests.policies.values import HOUR, MINUTE, s

TICK: Final = timedelta(microseconds=1)
TIMED: Final = Passback(PassbackKind.TIMED, HOUR)


# Passback.


def hall(passback: Passback | None, **front: Fallback) -> Rulebook:
    return site(areas=[area("hall", passback=passback)], doors=[door("front", degraded=Degraded(**front))])


def inside_already(at: Scene, who: Holder = ALICE, point: str = "front-in") -> Reason | None:
    return person_is_not_inside_already(at.case(asks(who, point)))


@pytest.mark.parametrize("passback", [HARD, TIMED, SOFT, None])
def test_a_second_entry_without_an_exit_is_refused(passback: Passback | None) -> None:
    """Where passback is hard, and for a while where it is timed; soft passback refuses nothing."""
    refusal = Reason.PASSBACK if passback in {HARD, TIMED} else None
    at = Scene(hall(passback))
    assert inside_already(at) is None
    assert inside_already(at.inside(ALICE, since=MINUTE)) is refusal
    assert inside_already(at, BOB) is None
    assert inside_already(at, ALICE, "back-in") is refusal
    assert inside_already(at.inside(ALICE, area=STORE, since=MINUTE)) is refusal
    assert inside_already(at.inside(ALICE, area=STREET)) is None


@pytest.mark.parametrize(("since", "refused"), [(timedelta(), True), (HOUR - TICK, True), (HOUR, False)])
def test_timed_passback_forgets(since: timedelta, refused: bool) -> None:
    """An entry as old as the time is forgotten."""
    at = Scene(hall(TIMED)).inside(ALICE, since=since)
    assert inside_already(at) is (Reason.PASSBACK if refused else None)


def test_going_deeper_is_no_second_entry() -> None:
    """The door from the hall into the store enters the store and not the hall."""
    at = Scene(hall(HARD)).inside(ALICE)
    assert inside_already(at, ALICE, "store-in") is None


def test_each_area_has_its_own_passback() -> None:
    """A door that leads into two at once refuses who is in either."""
    plan = {"side": ("street", "store"), "front": ("street", "hall")}
    for inner, outer, refused in ((SOFT, HARD, True), (HARD, SOFT, False), (None, HARD, True)):
        book = site(plan=plan, areas=[area("store", passback=inner), area("hall", passback=outer)])
        at = Scene(book).inside(ALICE)
        assert inside_already(at, ALICE, "side-in") is (Reason.PASSBACK if refused else None)


def test_who_is_forgiven_or_exempt_may_come_again() -> None:
    """Once, or always: the person, or everybody in a role."""
    at = Scene(hall(HARD)).inside(ALICE)
    assert inside_already(at.forgiven(ALICE)) is None
    exempt = person("alice", exempt=True)
    assert inside_already(Scene(hall(HARD)).inside(exempt), exempt) is None
    book = site(areas=[area("hall", passback=HARD)], traits_of={STAFF: Traits(exempt=True)})
    assert inside_already(Scene(book).inside(ALICE)) is None


def test_who_was_granted_elsewhere_is_not_let_in_here_as_well() -> None:
    """One card at two doors would let two people in; at one door it is one person who badges again."""
    at = Scene(hall(HARD)).granted(BOB, ALICE, at="back-in")
    assert inside_already(at) is Reason.PASSBACK
    assert inside_already(at, ALICE, "back-in") is None
    assert inside_already(at, CAROL) is None
    assert inside_already(at.inside(ALICE, area=STREET)) is Reason.PASSBACK
    assert inside_already(at.forgiven(ALICE)) is Reason.PASSBACK
    exempt = person("alice", exempt=True)
    assert inside_already(at, exempt) is None


def test_who_was_granted_a_way_out_elsewhere_is_not_coming_in_there() -> None:
    """A grant that leads somewhere else is no second entry."""
    at = Scene(hall(HARD)).granted(ALICE, at="back-out").granted(ALICE, at="store-in")
    assert inside_already(at) is None


def test_a_passage_without_an_access_point_is_no_way_in() -> None:
    """Nobody can say by which door it would lead."""
    at = Scene(hall(HARD))
    unplaced = Passage(None, ALICE.person.id, enters=(HALL,))
    at.memory.doors[DoorId("back")] = DoorState(Phase.RELEASED, (unplaced,))
    assert inside_already(at) is None


def test_passback_may_be_set_aside_where_a_reader_is_lost() -> None:
    """Nobody can leave by a dead reader: only where the site says so, and at that door alone."""
    at = Scene(hall(HARD, reader_lost=Fallback.WITHOUT_PASSBACK)).inside(ALICE)
    assert inside_already(at.gone(Condition.ON_BATTERY)) is Reason.PASSBACK
    assert inside_already(at.gone(Condition.READER_LOST, "back")) is Reason.PASSBACK
    assert inside_already(at.gone(Condition.READER_LOST, "front")) is None
    assert inside_already(at, ALICE, "back-in") is Reason.PASSBACK
    assert inside_already(Scene(hall(HARD)).inside(ALICE).gone(Condition.READER_LOST, "front"))


def test_nobody_passes_back_without_a_name() -> None:
    """Who is not known cannot be known to be inside."""
    assert not passes_back(Scene(hall(HARD)).case(asks(None)), HALL, HARD)


# Limits.


@pytest.mark.parametrize(("most", "refused"), [(1, True), (2, True), (3, False)])
def test_an_area_takes_so_many_and_no_more(most: int, refused: bool) -> None:
    """A limit that is only reported keeps nobody out."""
    people = (ALICE, BOB)
    hard = Scene(site(areas=[area("hall", upper_limits=(UpperLimit(most),))])).inside(*people)
    assert area_has_room(hard.case(asks(CAROL))) is (Reason.AREA_FULL if refused else None)
    soft = UpperLimit(most, report_only=True)
    reported = Scene(site(areas=[area("hall", upper_limits=(soft,))])).inside(*people)
    case = reported.case(asks(CAROL))
    assert area_has_room(case) is None
    assert would_overfill(case, HALL, soft) is refused


def test_each_limit_of_an_area_is_kept() -> None:
    """Room for people in general is not room for one more contractor, and a limit reported hides none."""
    limits = (UpperLimit(0, report_only=True), UpperLimit(9), UpperLimit(1, GUARD))
    at = Scene(site(areas=[area("hall", upper_limits=limits)])).inside(GUIDE)
    assert area_has_room(at.case(asks(person("greg", GUARD)))) is Reason.AREA_FULL
    assert area_has_room(at.case(asks(ALICE))) is None
    assert area_has_room(at.case(asks(GUIDE))) is None


def test_a_company_is_let_in_whole_or_not_at_all() -> None:
    """Those who come along take places too, whoever of them is asked about."""
    at = Scene(site(areas=[area("hall", upper_limits=(UpperLimit(1, GUARD),))]))
    guards = [at.case(asks(person(name, GUARD))) for name in ("greg", "greta")]
    case = at.case(asks(ALICE))
    assert area_has_room(case) is None
    case.goes_with(guards[:1])
    assert area_has_room(case) is None
    case.goes_with(guards)
    assert area_has_room(case) is Reason.AREA_FULL


def test_somebody_who_is_about_to_come_in_takes_a_place() -> None:
    """Granted at another door and not passed yet is as good as inside."""
    at = Scene(site(areas=[area("hall", upper_limits=(UpperLimit(1),))])).granted(BOB, at="back-in")
    assert area_has_room(at.case(asks(ALICE))) is Reason.AREA_FULL
    assert area_has_room(at.case(asks(BOB))) is None


def test_a_stranger_on_a_free_way_takes_a_place() -> None:
    """Nobody knows who it is, but one more is one more."""
    at = Scene(site(areas=[area("hall", upper_limits=(UpperLimit(1),))]))
    assert area_has_room(at.case(asks(None))) is None
    assert area_has_room(at.inside(BOB).case(asks(None))) is Reason.AREA_FULL


# Nobody alone.

PAIR: Final = Together(2, MINUTE)


def strict(least: int = 2, together: Together | None = None, traits: Traits = Traits()) -> Rulebook:
    alone = LowerLimit(least, timedelta())
    return site(
        areas=[area("hall", lower_limit=alone, together=together)],
        traits_of={VISITOR: traits, GUARD: Traits(may_escort=True)},
        escort=EscortRules(within=s(30)),
    )


def alone(at: Scene, who: Holder = ALICE, *company: Holder) -> Reason | None:
    case = at.case(asks(who))
    if company:
        case.goes_with([at.case(asks(each)) for each in company])
    return nobody_would_be_alone(case)


def test_nobody_enters_alone_where_nobody_may_be() -> None:
    """Somebody who is there already is company; somebody who may turn back is not."""
    at = Scene(strict())
    assert alone(at) is Reason.TOO_FEW_PEOPLE
    assert alone(at.granted(BOB, at="back-in")) is Reason.TOO_FEW_PEOPLE
    assert alone(at.granted(CAROL)) is None, "the same leaf lets both in"
    assert alone(Scene(strict()).inside(BOB)) is None
    assert alone(Scene(strict()).inside(ALICE)) is Reason.TOO_FEW_PEOPLE
    assert alone(Scene(strict()).inside(BOB, CAROL)) is None
    assert alone(Scene(strict(3)).inside(BOB)) is Reason.TOO_FEW_PEOPLE


def test_those_who_have_to_open_together_are_company() -> None:
    """The first of two may go on to wait for the second; the first of two where three have to be may not."""
    assert alone(Scene(strict(2, PAIR))) is None
    assert alone(Scene(strict(3, PAIR))) is Reason.TOO_FEW_PEOPLE
    assert alone(Scene(strict(3, PAIR)).inside(CAROL)) is None
    assert alone(Scene(strict(3, replace(PAIR, persons=3)))) is None


def test_once_they_are_there_those_who_come_are_counted() -> None:
    """Who is inside already brings nobody more by badging again."""
    at = Scene(strict(3, PAIR))
    assert alone(at, ALICE, BOB) is Reason.TOO_FEW_PEOPLE
    assert alone(at, ALICE, BOB, CAROL) is None
    assert alone(at.inside(BOB), ALICE, BOB) is Reason.TOO_FEW_PEOPLE
    assert alone(at.inside(CAROL), ALICE, BOB) is None


def test_a_visitor_has_nobody_to_wait_for_but_the_escort() -> None:
    """Whoever is brought counts for one, whatever company the others need."""
    traits = Traits(needs_escort=True)
    assert alone(Scene(strict(2, PAIR, traits)), VIC) is Reason.TOO_FEW_PEOPLE
    assert alone(Scene(strict(2, PAIR, traits)).inside(GUIDE), VIC) is None


def test_each_area_that_is_entered_wants_its_company() -> None:
    """Enough in one area is not enough in another."""
    hall, store = (area(name, lower_limit=LowerLimit(2, timedelta())) for name in ("hall", "store"))
    at = Scene(site(plan={"side": ("street", "store"), "front": ("street", "hall")}, areas=[hall, store]))
    assert nobody_would_be_alone(at.inside(BOB).case(asks(ALICE, "side-in"))) is Reason.TOO_FEW_PEOPLE
    assert nobody_would_be_alone(at.inside(BOB, area=STORE).case(asks(ALICE, "side-in"))) is None


# Escorts and roles.


@pytest.mark.parametrize(("ago", "refused"), [(s(30), False), (s(30) + TICK, True)])
def test_a_visitor_comes_right_behind_an_escort(ago: timedelta, refused: bool) -> None:
    """Who needs no escort needs none, whoever has or has not come before."""
    at = Scene(strict(traits=Traits(needs_escort=True))).inside(GUIDE).guided(GUIDE, ago=ago)
    assert escort_is_there(at.case(asks(VIC))) is (Reason.NO_ESCORT if refused else None)
    assert escort_is_there(at.case(asks(ALICE, "back-in"))) is None
    assert escort_is_there(at.case(asks(VIC, "back-in"))) is Reason.NO_ESCORT
    assert escort_is_there(at.inside(VIC).guided(VIC).case(asks(VIC))) is Reason.NO_ESCORT


def test_a_role_counts_among_those_who_open_together() -> None:
    """Where roles are named, who has none of them is refused; a visitor comes with an escort instead."""
    named = Together(2, MINUTE, (STAFF, GUARD))
    at = Scene(strict(together=named))
    assert role_counts_here(at.case(asks(ALICE))) is None
    assert role_counts_here(at.case(asks(GUIDE))) is None
    assert role_counts_here(at.case(asks(VIC))) is Reason.WRONG_COMPANION
    assert role_counts_here(Scene(strict(together=PAIR)).case(asks(VIC))) is None
    assert role_counts_here(Scene(strict()).case(asks(VIC))) is None
    visitor = Scene(strict(together=named, traits=Traits(needs_escort=True)))
    assert role_counts_here(visitor.case(asks(VIC))) is None
