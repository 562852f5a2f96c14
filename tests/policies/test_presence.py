"""Who is where, as values."""

from datetime import datetime, timedelta

import pytest

from policies.area_rules import Passback, PassbackKind
from policies.door import DoorState, Phase
from policies.effects import Passage
from policies.ids import AreaId, DoorId, MemberId, PersonId
from policies.memory import Memory, Stay, Sureness
from policies.presence import (
    forgive,
    forgive_all,
    inside,
    is_in,
    move,
    on_the_way,
    recount,
    refuses,
    rehome,
    violates,
)
from tests.policies.values import HOUR, LONDON, MINUTE, NOON

ALICE, BOB = PersonId("alice"), PersonId("bob")
STREET, HALL, STORE, YARD = (AreaId(name) for name in ("street", "hall", "store", "yard"))
STAFF, ACME = MemberId("staff"), MemberId("acme")
HARD, SOFT = Passback(PassbackKind.HARD), Passback(PassbackKind.SOFT)
TIMED = Passback(PassbackKind.TIMED, 10 * MINUTE)


def heads(memory: Memory) -> dict[object, int]:
    counts: dict[object, int] = {area: count for area, count in memory.headcounts.items() if count}
    counts.update({key: count for key, count in memory.member_counts.items() if count})
    return counts


def test_who_moves_is_in_every_area_of_the_chain() -> None:
    """Since now, and counted in each, under each role and group."""
    memory = Memory()
    move(memory, ALICE, (STORE, HALL), NOON, (STAFF, ACME))
    assert memory.stays[ALICE] == Stay(STORE, ((STORE, NOON), (HALL, NOON)), (STAFF, ACME))
    assert heads(memory) == {
        STORE: 1, HALL: 1, (STORE, STAFF): 1, (STORE, ACME): 1, (HALL, STAFF): 1, (HALL, ACME): 1,
    }  # fmt: skip
    assert is_in(memory, ALICE, HALL)
    assert not is_in(memory, ALICE, STREET)
    assert not is_in(memory, BOB, HALL)


def test_who_moves_is_taken_off_where_they_were() -> None:
    """Areas that they stay in keep the instant; others begin now."""
    memory = Memory()
    move(memory, ALICE, (HALL,), NOON, (STAFF,))
    move(memory, BOB, (HALL,), NOON, (STAFF,))
    move(memory, ALICE, (STORE, HALL), NOON + HOUR, (STAFF,), Sureness.ASSUMED)
    expected = ((STORE, NOON + HOUR), (HALL, NOON))
    assert memory.stays[ALICE] == Stay(STORE, expected, (STAFF,), sureness=Sureness.ASSUMED)
    assert heads(memory) == {STORE: 1, HALL: 2, (STORE, STAFF): 1, (HALL, STAFF): 2}
    move(memory, ALICE, (STREET,), NOON + HOUR, (STAFF,))
    assert heads(memory) == {STREET: 1, HALL: 1, (STREET, STAFF): 1, (HALL, STAFF): 1}


def test_an_area_that_is_entered_once_more_is_entered_now() -> None:
    """The latest entry is the one from which timed passback counts."""
    memory = Memory()
    move(memory, ALICE, (STORE, HALL), NOON)
    move(memory, ALICE, (STORE, HALL), NOON + HOUR, entering=(STORE,))
    assert memory.stays[ALICE].entered == ((STORE, NOON + HOUR), (HALL, NOON))


def test_instants_are_kept_in_utc() -> None:
    """So that they can be compared and subtracted."""
    memory = Memory()
    move(memory, ALICE, (HALL,), NOON.astimezone(LONDON))
    since = memory.stays[ALICE].entered_at(HALL)
    assert since is not None
    assert since.utcoffset() == timedelta()


def test_counts_come_off_the_roles_that_somebody_had() -> None:
    """Not off those that they have by now."""
    memory = Memory()
    move(memory, ALICE, (HALL,), NOON, (STAFF,))
    move(memory, ALICE, (HALL,), NOON, (ACME, ACME))
    assert heads(memory) == {HALL: 1, (HALL, ACME): 1}


def test_a_recount_counts_what_the_stays_say() -> None:
    """Whatever was counted before; and it can be taken back."""
    memory = Memory(headcounts={STREET: 7}, member_counts={(STREET, STAFF): 7})
    memory.stays[ALICE] = Stay(HALL, ((HALL, NOON),), (STAFF,))
    recount(memory)
    assert memory.headcounts == {HALL: 1}
    assert memory.member_counts == {(HALL, STAFF): 1}
    memory.undo()
    assert (memory.headcounts, memory.member_counts) == ({STREET: 7}, {(STREET, STAFF): 7})


def test_people_are_put_where_the_areas_are_now() -> None:
    """Into what is left, into what there is more of, or nowhere; whose place is as it was is not touched."""
    memory = Memory()
    move(memory, ALICE, (STORE, HALL), NOON, (STAFF,))
    forgive(memory, ALICE)
    move(memory, BOB, (STREET,), NOON)
    memory.settle()
    assert rehome(memory, {STORE: (STORE, HALL), HALL: (HALL,), STREET: (STREET,)}) == []
    assert memory.changes() == ()
    assert rehome(memory, {HALL: (HALL, YARD), YARD: (YARD,)}) == [BOB]
    assert memory.stays == {ALICE: Stay(HALL, ((HALL, NOON), (YARD, NOON)), (STAFF,), forgiven=True)}


def test_an_area_that_somebody_was_in_already_keeps_its_own_instant() -> None:
    """Other rules put an area in between: who is inside came there with the inner one."""
    memory = Memory()
    move(memory, ALICE, (HALL,), NOON)
    move(memory, ALICE, (STORE, HALL), NOON + HOUR)
    assert rehome(memory, {STORE: (STORE, YARD, HALL), YARD: (YARD, HALL), HALL: (HALL,)}) == []
    assert memory.stays[ALICE].entered == ((STORE, NOON + HOUR), (YARD, NOON + HOUR), (HALL, NOON))


def test_forgiving_is_for_one_entry() -> None:
    """Once it was used it is gone, and who is forgiven twice is forgiven once."""
    memory = Memory()
    move(memory, ALICE, (HALL,), NOON)
    move(memory, BOB, (HALL,), NOON)
    forgive(memory, ALICE)
    forgive(memory, PersonId("nobody"))
    assert [memory.stays[one].forgiven for one in (ALICE, BOB)] == [True, False]
    memory.settle()
    forgive(memory, ALICE)
    assert memory.changes() == ()
    assert forgive_all(memory) == 1
    assert memory.stays[BOB].forgiven
    move(memory, ALICE, (HALL,), NOON)
    assert not memory.stays[ALICE].forgiven


def test_who_is_outside_is_not_inside() -> None:
    """Everybody else is, wherever they are."""
    memory = Memory()
    move(memory, ALICE, (HALL,), NOON)
    move(memory, BOB, (STREET,), NOON)
    assert inside(memory, [STREET]) == {ALICE: memory.stays[ALICE]}
    assert set(inside(memory, [])) == {ALICE, BOB}


@pytest.mark.parametrize(
    ("passback", "after", "forbidden"),
    [
        (HARD, 1000 * HOUR, True),
        (SOFT, HOUR, True),
        (TIMED, timedelta(), True),
        (TIMED, 10 * MINUTE - timedelta(seconds=1), True),
        (TIMED, 10 * MINUTE, False),
        (TIMED, -10 * MINUTE + timedelta(seconds=1), True),
        (TIMED, -10 * MINUTE, False),
    ],
)
def test_a_second_entry_violates_passback(passback: Passback, after: timedelta, forbidden: bool) -> None:
    """Timed passback forgets after its time, also where the clock was set back meanwhile."""
    stay = Stay(STORE, ((STORE, NOON - HOUR), (HALL, NOON)), ())
    assert violates(passback, stay, HALL, NOON + after) is forbidden
    assert violates(passback, stay, STREET, NOON) is False
    assert violates(passback, None, HALL, NOON) is False
    assert violates(passback, stay._replace(forgiven=True), HALL, NOON) is False


def test_an_entry_is_as_old_as_it_is_wherever_one_stands() -> None:
    """The instant may be given in any zone."""
    stay = Stay(HALL, ((HALL, NOON),), ())
    assert not violates(TIMED, stay, HALL, (NOON + 10 * MINUTE).astimezone(LONDON))
    with pytest.raises(ValueError, match="no offset"):
        violates(TIMED, stay, HALL, datetime(2025, 6, 18))  # noqa: DTZ001


def test_only_soft_passback_lets_in() -> None:
    """The other kinds refuse."""
    assert [refuses(each) for each in (HARD, TIMED, SOFT)] == [True, True, False]


def test_who_was_granted_and_has_not_passed_is_on_the_way() -> None:
    """At the first door at which they are waited for; a door of which nothing is known has nobody waiting."""
    memory = Memory(
        doors={DoorId("a"): DoorState(), DoorId("b"): DoorState(Phase.RELEASED, (Passage(person=BOB),))}
    )
    doors = [DoorId("x"), DoorId("a"), DoorId("b")]
    assert on_the_way(memory, BOB, doors) == "b"
    assert on_the_way(memory, ALICE, doors) is None
    assert on_the_way(memory, BOB, doors[:2]) is None
