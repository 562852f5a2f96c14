"""The masks say what ``decide`` says, whatever the rules are and whatever was before."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.decide import decide
from policies.explain import lets_pass, with_everything_shown
from policies.factors import Asks, Factor
from policies.ids import AccessPointId, LevelId, MemberId
from policies.lockout import WrongPins
from policies.memory import Guide, Memory
from policies.people import Holder, TemporaryAccess, Validity
from policies.presence import move
from policies.reach import Reach
from policies.requests import Request
from policies.rulebook import Rulebook, Traits
from tests.policies.any_site import Moment, moment_of
from tests.policies.sites import (
    ALICE,
    BY_DAY,
    GUARD,
    GUIDE,
    HALL,
    HARD,
    STAFF,
    VIC,
    VISITOR,
    area,
    level,
    person,
    site,
    way_in,
)
from tests.policies.values import HOUR, MINUTE, NOON


def decided(moment: Moment, holder: Holder, point: AccessPointId, shown: Factor) -> bool:
    """Ask ``decide`` about somebody who shows all they have."""
    wrong = moment.wrong_pins.get(holder.person.id, WrongPins())
    request = Request(point, holder, shown, wrong_pins=wrong)
    request = with_everything_shown(request, moment.rulebook, NOON, moment.memory)
    return lets_pass(decide(request, moment.rulebook, NOON, moment.memory))


def where(reach: Reach, holder: Holder, shown: Factor = Factor.CARD) -> set[str]:
    """Give where somebody can pass, ways out left aside."""
    return {point for point in reach.names(reach.of(holder, shown)) if not point.endswith("-out")}


@settings(deadline=None, max_examples=250)
@given(st.integers(0, 2**32))
def test_a_mask_has_the_bit_of_a_point_where_decide_refuses_nothing(seed: int) -> None:
    """Whatever rules are in force and whatever is remembered, the masks and ``decide`` say the same."""
    moment = moment_of(seed)
    reach = Reach(moment.rulebook, NOON, moment.memory, moment.wrong_pins)
    for shown in (Factor.CARD, Factor.PIN):
        for holder in moment.people:
            wanted = {p for p in moment.rulebook.points if decided(moment, holder, p, shown)}
            assert set(reach.names(reach.of(holder, shown))) == wanted, (holder.person.id, shown)


def test_leaving_is_within_everybodys_reach() -> None:
    """Whoever may enter nowhere may still leave everywhere."""
    reach = Reach(site(), NOON)
    stranger = person("stranger", MemberId("none"))
    assert reach.names(reach.of(stranger)) == ("front-out", "back-out", "store-out")


def test_a_level_reaches_as_far_as_its_schedule() -> None:
    """At an instant at which the schedule does not hold the level gives nothing."""
    rulebook = site(levels_of={STAFF: [level("day", ["front-in"], BY_DAY)]})
    assert where(Reach(rulebook, NOON), ALICE) == {"front-in"}
    assert where(Reach(rulebook, NOON + 12 * HOUR), ALICE) == set()


def test_a_level_may_name_what_is_not_there() -> None:
    """A level that names an access point of another site does no harm."""
    rulebook = site(levels_of={STAFF: [level("odd", ["moon-in", "front-in"])]})
    assert where(Reach(rulebook, NOON), ALICE) == {"front-in"}


def test_what_is_lent_reaches_until_it_ends() -> None:
    """A level that somebody has for a while counts as long as that lasts, an unknown one never."""
    loan = [TemporaryAccess(LevelId(id_), Validity(NOON, NOON + HOUR)) for id_ in ("stores", "no such")]
    rulebook = site(levels_of={MemberId("nobody"): [level("stores", ["store-in"])]})
    holder = person("dana", temporary=tuple(loan))
    assert where(Reach(rulebook, NOON), holder) == {"store-in"}
    assert where(Reach(rulebook, NOON + HOUR), holder) == set()


def test_who_is_inside_reaches_the_area_no_more() -> None:
    """Hard passback takes every way into an area away from those who are in it."""
    rulebook, memory = site(areas=[area("hall", passback=HARD)]), Memory()
    move(memory, ALICE.person.id, (HALL,), NOON)
    assert where(Reach(rulebook, NOON, memory), ALICE) == {"store-in"}


def test_a_code_opens_where_a_code_alone_is_asked_for() -> None:
    """Whoever begins with a code gets in where that is enough, and nowhere by card."""
    rulebook = site(points=[way_in("store", Asks.PIN)])
    assert where(Reach(rulebook, NOON), ALICE, Factor.PIN) == {"store-in"}


def test_who_is_locked_out_reaches_no_keypad() -> None:
    """After too many wrong PINs nobody gets in where a PIN is asked for, until the wait is over."""
    rulebook = site(points=[way_in("store", Asks.CARD_AND_PIN)])
    holder, wrong = person("dana", has_pin=True), WrongPins(5, NOON + MINUTE)
    waits = {holder.person.id: wrong}
    assert "store-in" not in where(Reach(rulebook, NOON, wrong_pins=waits), holder)
    assert "store-in" in where(Reach(rulebook, NOON + MINUTE, wrong_pins=waits), holder)


def test_a_visitor_reaches_what_the_escort_has_just_passed() -> None:
    """A visitor can pass where an escort went in a moment ago, and nowhere else."""
    traits = {VISITOR: Traits(needs_escort=True), GUARD: Traits(may_escort=True)}
    rulebook, memory = site(traits_of=traits), Memory()
    front = AccessPointId("front-in")
    memory.guides[front] = Guide(GUIDE.person.id, NOON - timedelta(seconds=10))
    move(memory, GUIDE.person.id, (HALL,), NOON)
    assert where(Reach(rulebook, NOON, memory), VIC) == {"front-in"}


def test_a_site_without_access_points_has_no_reach() -> None:
    """Where there is nothing to pass, nobody passes anything."""
    assert Reach(Rulebook.of("none", (), {}), NOON).of(ALICE) == 0


def test_bits_and_names_belong_together() -> None:
    """The bit of an access point names that access point; one that is not there has none."""
    reach = Reach(site(), NOON)
    assert [reach.names(reach.bit(point)) for point in reach.points] == [(p,) for p in reach.points]
    with pytest.raises(KeyError):
        reach.bit(AccessPointId("moon-in"))


def test_the_instant_needs_an_offset() -> None:
    """A time without an offset is refused: it would be read by the zone of this machine."""
    with pytest.raises(ValueError, match="no offset"):
        Reach(site(), datetime(2025, 6, 18, 11, 0))  # noqa: DTZ001 - that is the point
