"""What is remembered, taken back and kept."""

from dataclasses import fields

from policies.ids import AreaId, PersonId
from policies.memory import KEPT, SITE, Change, Memory, Muster, Stay
from tests.policies.values import HOUR, NOON

ALICE, BOB = PersonId("alice"), PersonId("bob")


def test_what_is_put_is_remembered_and_what_is_dropped_is_not() -> None:
    """Dropping what is not there is nothing."""
    memory = Memory()
    memory.put("numbers", "threat_level", 3)
    assert memory.threat_level == 3
    memory.drop("numbers", "threat_level")
    memory.drop("numbers", "threat_level")
    assert (memory.threat_level, memory) == (0, Memory(_log=memory._log))


def test_a_turn_is_taken_back_as_a_whole() -> None:
    """In reverse, so that what was changed twice is what it was before both."""
    memory = Memory(numbers={"threat_level": 1}, lockdowns={SITE: "olga"})
    memory.put("numbers", "threat_level", 2)
    memory.put("numbers", "threat_level", 3)
    memory.drop("lockdowns", SITE)
    memory.put("armed", AreaId("store"), "olga")
    memory.drop("armed", AreaId("store"))
    memory.undo()
    assert memory == Memory(numbers={"threat_level": 1}, lockdowns={SITE: "olga"})
    memory.undo()
    assert memory.threat_level == 1


def test_what_is_settled_stands() -> None:
    """Only what came after it can be taken back."""
    memory = Memory()
    memory.put("numbers", "threat_level", 2)
    memory.settle()
    memory.put("numbers", "threat_level", 5)
    memory.undo()
    assert memory.threat_level == 2


def test_changes_of_the_kept_tables_are_given_once_each() -> None:
    """With the value that they have now, or nothing where it is gone; other tables are nobody's business."""
    memory = Memory(lockdowns={SITE: "olga"})
    memory.put("numbers", "threat_level", 2)
    memory.put("numbers", "threat_level", 3)
    memory.put("headcounts", AreaId("hall"), 1)
    memory.drop("lockdowns", SITE)
    assert memory.changes() == (Change("numbers", "threat_level", 3), Change("lockdowns", SITE, None))
    memory.settle()
    assert memory.changes() == ()


def test_every_kept_table_is_there() -> None:
    """A name that is no table would be forgotten at a restart without anybody noticing."""
    assert {each.name for each in fields(Memory)} >= KEPT


def test_a_stay_knows_since_when() -> None:
    """For each area that somebody is in."""
    stay = Stay(AreaId("store"), ((AreaId("store"), NOON), (AreaId("hall"), NOON - HOUR)), ())
    assert stay.entered_at(AreaId("hall")) == NOON - HOUR
    assert stay.entered_at(AreaId("street")) is None


def test_a_muster_knows_who_is_missing() -> None:
    """Who was expected and was not seen safe; somebody else who was is not counted."""
    muster = Muster(NOON, frozenset({ALICE, BOB}), frozenset({BOB, PersonId("carol")}))
    assert muster.missing == {ALICE}
