from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import pytest

from policies.area_rules import LowerLimit, UpperLimit
from policies.door import DoorState, Phase
from policies.effects import Passage
from policies.ids import DoorId, GroupId
from policies.occupancy import (
    Head,
    company_after,
    headcount,
    is_full,
    is_too_few,
    overfill,
    waiting_at,
)
from policies.people import Holder
from tests.policies.scene import Scene
from tests.policies.sites import ALICE, BOB, CAROL, DAVE, HALL, STORE, STREET, VISITOR, area, person, site

ACME: Final = GroupId("acme")
CONTRACTOR: Final = person("cem", VISITOR, groups=("acme",))
BOOK: Final = site()


def scene() -> Scene:
    return Scene(BOOK)


def head_of(who: Holder) -> Head:
    return Head(who.person.id, BOOK.crowd_of(who.person).members)


def full(at: Scene, limit: UpperLimit, who: Holder | None, along: Sequence[Holder] = ()) -> bool:
    """Ask both ways, which have to agree."""
    asking = Head(None, ()) if who is None else head_of(who)
    others = tuple(map(head_of, along))
    answer = is_full(limit, HALL, asking.person, asking.members, others, at.memory, at.book)
    waiting = waiting_at(at.memory, at.book.doors_into[HALL])
    assert overfill(limit, HALL, (asking, *others), waiting, at.memory) is answer
    return answer


def test_everybody_in_an_area_and_its_parts_is_counted_there() -> None:
    """Who is in the store is in the hall, and nobody who is in the hall is in the store for that."""
    at = scene().inside(ALICE, CONTRACTOR).inside(BOB, area=STORE)
    assert [headcount(at.memory, each) for each in (HALL, STORE, STREET)] == [3, 1, 0]
    assert headcount(at.memory, HALL, ACME) == 1
    assert headcount(at.memory, STORE, ACME) == 0
    assert headcount(at.memory, HALL, VISITOR) == 1


@pytest.mark.parametrize(("most", "is_it"), [(0, True), (1, True), (2, True), (3, False)])
def test_an_area_is_full_when_one_more_is_more_than_may_be(most: int, is_it: bool) -> None:
    """The last place may be taken, and no further one."""
    at = scene().inside(ALICE).inside(BOB, area=STORE)
    assert full(at, UpperLimit(most), CAROL) is is_it
    assert full(at, UpperLimit(most), None) is is_it


def test_somebody_who_is_there_is_not_one_more() -> None:
    """A full area is not full for those who fill it, wherever in it they are."""
    at = scene().inside(ALICE).inside(BOB, area=STORE)
    assert not full(at, UpperLimit(2), ALICE)
    assert not full(at, UpperLimit(0), BOB)


def test_a_limit_of_a_role_or_group_counts_its_members_alone() -> None:
    """One contractor more is too many; who is none is not counted, however many there are."""
    at = scene().inside(CONTRACTOR, ALICE, BOB)
    another = person("dora", VISITOR, groups=("acme",))
    assert full(at, UpperLimit(1, ACME), another)
    assert not full(at, UpperLimit(2, ACME), another)
    assert not full(at, UpperLimit(1, ACME), CAROL)
    assert not full(at, UpperLimit(0, ACME), None)
    assert full(at, UpperLimit(1, VISITOR), another)


def test_who_was_granted_counts_as_there() -> None:
    """Two people at two doors cannot take the last place together."""
    at = scene().granted(ALICE, at="back-in")
    assert full(at, UpperLimit(1), BOB)
    assert not full(at, UpperLimit(2), BOB)
    assert full(at.granted(CONTRACTOR), UpperLimit(1, ACME), person("dora", groups=("acme",)))
    assert not full(at, UpperLimit(1, VISITOR), BOB)


def test_who_asks_again_does_not_fill_the_area_with_themselves() -> None:
    """Somebody who was granted here or elsewhere and has not passed yet is one person."""
    at = scene().granted(ALICE, at="back-in").granted(ALICE)
    assert not full(at, UpperLimit(1), ALICE)
    assert full(at, UpperLimit(1), BOB)
    assert not full(at, UpperLimit(2), BOB)


def test_who_was_granted_is_counted_where_they_come_in() -> None:
    """A grant into the store, or out into the street, brings nobody more into the hall."""
    at = scene().inside(ALICE, BOB)
    at.granted(ALICE, at="store-in").granted(BOB, at="front-out")
    assert not full(at, UpperLimit(3), CAROL)
    assert full(at, UpperLimit(2), CAROL)


def test_who_is_there_already_and_was_granted_is_counted_once() -> None:
    """A card that was shown again from inside makes nobody two people."""
    at = scene().inside(ALICE).granted(ALICE, at="back-in")
    assert not full(at, UpperLimit(2), BOB)


def test_a_release_in_nobodys_name_is_nobody() -> None:
    """An operator's release fills no place."""
    at = scene()
    at.memory.doors[DoorId("back")] = DoorState(Phase.RELEASED, (Passage(enters=(HALL,)),))
    assert not full(at, UpperLimit(1), ALICE)


def test_those_who_come_along_take_places_too() -> None:
    """A company is too many when all of it is, whoever of them asks."""
    at = scene()
    assert not full(at, UpperLimit(3), ALICE, (BOB, CAROL))
    assert full(at, UpperLimit(2), ALICE, (BOB, CAROL))
    assert full(at, UpperLimit(1, ACME), ALICE, (CONTRACTOR, person("dora", groups=("acme",))))
    assert not full(at, UpperLimit(1, ACME), ALICE, (CONTRACTOR, BOB))
    at.inside(BOB)
    assert not full(at, UpperLimit(3), ALICE, (BOB, CAROL))
    assert full(at, UpperLimit(2), BOB, (ALICE, CAROL))


def test_a_company_that_was_granted_before_is_counted_once() -> None:
    """Who waits at another door and comes along here is one person."""
    at = scene().granted(BOB, DAVE, at="back-in")
    assert not full(at, UpperLimit(3), ALICE, (BOB,))
    assert full(at, UpperLimit(2), ALICE, (BOB,))


def test_a_door_of_which_nothing_is_known_lets_nobody_in() -> None:
    """Before the first word about a door nobody waits at it."""
    at = scene()
    at.memory.doors.clear()
    assert waiting_at(at.memory, at.book.doors_into[HALL]) == ()
    assert not full(at, UpperLimit(1), ALICE)
    nowhere = is_full(UpperLimit(0), STREET, None, (), (), at.memory, site(plan={}))
    assert nowhere, "nobody may be in the street, and no door has to lead there to say so"


def test_everybody_who_waits_at_some_doors_is_found() -> None:
    """Door by door, in the order in which they were granted."""
    at = scene().granted(ALICE, BOB, at="back-in").granted(CAROL).granted(DAVE, at="store-in")
    waiting = waiting_at(at.memory, (DoorId("front"), DoorId("back")))
    assert [passage.person for passage in waiting] == ["carol", "alice", "bob"]


# Company.


def after(at: Scene, *asking: Holder) -> int:
    return company_after(HALL, tuple(map(head_of, asking)), DoorId("front"), at.memory)


def test_the_company_is_who_is_there_and_who_comes_in_by_this_door() -> None:
    """When the leaf opens, everybody who was granted at it comes in; who was elsewhere may turn back."""
    at = scene()
    assert after(at, ALICE) == 1
    assert after(at.inside(BOB, area=STORE), ALICE) == 2
    assert after(at.granted(CAROL, at="back-in"), ALICE) == 2
    assert after(at.granted(DAVE), ALICE) == 3
    assert after(at, ALICE, CAROL) == 4


def test_nobody_is_company_to_themselves() -> None:
    """Who is there already, or was granted here before, is one person."""
    at = scene().inside(ALICE, BOB).granted(CAROL)
    assert after(at, ALICE) == 3
    assert after(at, CAROL) == 3
    assert after(at, ALICE, CAROL, BOB) == 3
    assert after(at.granted(ALICE)) == 3


@pytest.mark.parametrize(
    ("people", "too_few"),
    [((), False), ((ALICE,), True), ((ALICE, BOB), False), ((ALICE, BOB, CAROL), False)],
)
def test_an_area_has_too_few_until_it_has_enough_or_nobody(people: tuple[Holder, ...], too_few: bool) -> None:
    """One person alone is too few where two have to be; nobody at all is fine."""
    book = site(areas=[area("hall", lower_limit=LowerLimit(2, timedelta(seconds=60)))])
    at = Scene(book).inside(*people)
    assert is_too_few(at.memory, book, HALL) is too_few
    assert not is_too_few(at.memory, book, STORE)
