from datetime import timedelta
from itertools import permutations
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.area_rules import Together
from policies.companions import (
    Gathering,
    are_apart,
    are_enough,
    counts_for,
    guide_for,
    person_of,
    visitors_of,
)
from policies.factors import Factor
from policies.ids import AccessPointId, MemberId
from policies.rulebook import EscortRules
from tests.policies.scene import Scene, asks
from tests.policies.sites import ALICE, BOB, CAROL, GUIDE, HALL, STORE, STREET, VIC, WINNIE, area, site
from tests.policies.values import MINUTE, NOON, s

A, B, C, D = MEMBERS = tuple(map(MemberId, "abcd"))
TICK = timedelta(microseconds=1)


# Those who gather.


def test_who_badges_twice_is_one_person_with_what_was_shown_last() -> None:
    """A second badge takes the place of the first, at the end of the row."""
    gathering = Gathering((), NOON).joined_by(asks(ALICE)).joined_by(asks(BOB))
    again = asks(ALICE, proven=Factor.CARD | Factor.PIN)
    joined = gathering.joined_by(again)
    assert joined.requests == (asks(BOB), again)
    assert joined.since == NOON
    assert gathering.requests == (asks(ALICE), asks(BOB))


def test_a_request_is_somebodys_or_nobodys() -> None:
    """An unknown card has no person."""
    assert person_of(asks(ALICE)) == "alice"
    assert person_of(asks(None)) is None


@pytest.mark.parametrize(
    ("after", "over"),
    [(-TICK, True), (timedelta(), False), (MINUTE - TICK, False), (MINUTE, True), (2 * MINUTE, True)],
)
def test_a_gathering_lasts_from_its_first_badge_for_its_time(after: timedelta, over: bool) -> None:
    """The start is included and the end is not; a clock set back to before the start ends it too."""
    assert Gathering((), NOON).is_over(Together(2, MINUTE), NOON + after) is over


# Who counts, and for what.


def test_where_anybody_counts_each_counts_for_all_they_are() -> None:
    """Where no roles are named, nobody is left out, not even who has none."""
    assert counts_for(Together(2, MINUTE), (A, B)) == (A, B)
    assert counts_for(Together(2, MINUTE), ()) == ()


def test_where_roles_are_named_each_counts_for_those_of_them_they_have() -> None:
    """Who has none of them does not count."""
    together = Together(2, MINUTE, (B, C))
    assert counts_for(together, (A, B, C, D)) == (B, C)
    assert counts_for(together, (A, D)) == ()


@pytest.mark.parametrize(("people", "enough"), [(0, False), (1, False), (2, True), (3, True)])
def test_so_many_people_are_enough(people: int, enough: bool) -> None:
    """Where roles do not matter, heads are counted, also those of people without any role."""
    assert are_enough(Together(2, MINUTE), [()] * people) is enough


@pytest.mark.parametrize(
    ("persons", "people", "enough"),
    [
        (2, [(A,), (B,)], True),
        (2, [(A,), (A,)], False),
        (2, [(A, B), (A,)], True),  # the first stands back from A, which the second needs
        (2, [(A,), (A, B)], True),
        (2, [(A, B), (A, B)], True),
        (2, [(A,), ()], False),
        (2, [(A,)], False),
        (3, [(A,), (A, B), (B, C)], True),
        (3, [(A, B), (A, C), (A,)], True),  # two have to stand back, one after the other
        (3, [(A, B), (B, A), (A, B)], False),
        (3, [(A, B, C), (A,), (A,)], False),
        (2, [(A,), (A,), (B,)], True),  # one too many for A keeps nobody out
        (3, [(A, B, C, D)] * 3, True),
        (4, [(A, B), (B, C), (C, D), (D, A)], True),
    ],
)
def test_one_of_each_means_a_role_of_their_own_for_everybody(
    persons: int, people: list[tuple[MemberId, ...]], enough: bool
) -> None:
    """Somebody who could stand for two roles stands for the one that is left, whatever the order."""
    together = Together(persons, MINUTE, MEMBERS, one_of_each=True)
    for order in permutations(people):
        assert are_enough(together, order) is enough, order


@given(st.lists(st.lists(st.sampled_from(MEMBERS), unique=True).map(tuple), max_size=4), st.integers(2, 4))
def test_nobody_is_overlooked_who_could_be_paired(people: list[tuple[MemberId, ...]], persons: int) -> None:
    """The pairs that are found are as many as trying out every way of giving out the roles finds."""
    together = Together(persons, MINUTE, MEMBERS, one_of_each=True)
    best = max(
        sum(role in roles for role, roles in zip(given, people, strict=False))
        for given in permutations((*MEMBERS, *[None] * len(people)), len(people))
    )
    assert are_enough(together, people) is (len(people) >= persons and best >= persons)


# Visitors and escorts.

BOOK: Final = site(escort=EscortRules(within=s(30), most_visitors=2))
FRONT: Final = AccessPointId("front-in")


def guide(at: Scene) -> str | None:
    return guide_for(VIC.person.id, at.book.points[FRONT], at.book, at.memory, at.now)


@pytest.mark.parametrize(
    ("ago", "counts"), [(-TICK, False), (timedelta(), True), (s(30), True), (s(30) + TICK, False)]
)
def test_an_escort_counts_for_a_while(ago: timedelta, counts: bool) -> None:
    """From their own grant on and for as long as the site says, both ends included."""
    at = Scene(BOOK).inside(GUIDE).guided(GUIDE, ago=ago)
    assert guide(at) == ("guide" if counts else None)


def test_nobody_escorts_who_was_not_granted_here() -> None:
    """An escort at another door is no escort here, nor is a visitor their own."""
    assert guide(Scene(BOOK).inside(GUIDE)) is None
    assert guide(Scene(BOOK).inside(GUIDE).guided(GUIDE, at="back-in")) is None
    assert guide(Scene(BOOK).inside(VIC).guided(VIC)) is None


def test_an_escort_is_at_the_door_or_where_it_leads() -> None:
    """Who was granted and has not passed yet may be followed at once; who went elsewhere may not."""
    assert guide(Scene(BOOK).guided(GUIDE)) is None
    assert guide(Scene(BOOK).granted(BOB, GUIDE).guided(GUIDE)) == "guide"
    assert guide(Scene(BOOK).granted(GUIDE, at="back-in").guided(GUIDE)) is None
    assert guide(Scene(BOOK).inside(GUIDE, area=STORE).guided(GUIDE)) == "guide"
    assert guide(Scene(BOOK).inside(GUIDE, area=STREET).guided(GUIDE)) is None


def test_an_escort_on_the_way_out_brings_nobody_in() -> None:
    """Whoever has badged to leave is as good as gone."""
    at = Scene(BOOK).inside(GUIDE).granted(GUIDE, at="front-out").guided(GUIDE)
    assert guide(at) is None


def test_an_escort_counts_before_anything_is_known_of_the_door() -> None:
    """What is not known of a door makes nobody wait at it."""
    at = Scene(BOOK).inside(GUIDE).guided(GUIDE)
    at.memory.doors.clear()
    assert guide(at) == "guide"


def test_an_escort_has_so_many_visitors_and_no_more() -> None:
    """The visitor who asks is left out: who comes back to the door is still one of theirs."""
    at = Scene(BOOK).inside(GUIDE).guided(GUIDE)
    escorts = at.memory.escorts
    escorts[WINNIE.person.id] = GUIDE.person.id
    assert guide(at) == "guide"
    escorts[VIC.person.id] = GUIDE.person.id
    assert guide(at) == "guide"
    escorts[CAROL.person.id] = GUIDE.person.id
    assert guide(at) is None
    escorts[BOB.person.id] = GUIDE.person.id
    assert guide(at) is None, "more than there may be, since the rules became stricter"
    del escorts[BOB.person.id]
    escorts[CAROL.person.id] = BOB.person.id
    assert guide(at) == "guide"
    assert visitors_of(GUIDE.person.id, at.memory) == ("winnie", "vic")


def test_a_visitor_is_apart_from_an_escort_who_is_elsewhere() -> None:
    """In another area, in a part of this one, or nowhere known: that is apart; outside nobody has to care."""
    book = site(areas=[area("street", outside=True)])
    visitor, escort = VIC.person.id, GUIDE.person.id

    def apart(at: Scene) -> bool:
        return are_apart(visitor, at.memory, book)

    at = Scene(book).inside(GUIDE)
    assert not apart(at), "not inside at all"
    assert not apart(at.inside(VIC)), "nobody's visitor"
    at.memory.escorts[visitor] = escort
    assert not apart(at)
    assert apart(at.inside(GUIDE, area=STORE))
    assert not apart(at.inside(VIC, area=STORE))
    assert apart(at.inside(GUIDE, area=HALL))
    assert not apart(at.inside(VIC, area=STREET))
    del at.memory.stays[escort]
    assert apart(at.inside(VIC))
