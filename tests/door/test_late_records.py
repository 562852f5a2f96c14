"""What the rules remember, written late: nothing that had to wait takes back what was written after it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from accessctl.store.record import Change
from policies.ids import PersonId
from policies.lockout import WrongPins
from tests.door.conftest import ALICE
from tests.door.story import Story

Facts = dict[tuple[str, str], str]


@contextmanager
def locked(story: Story) -> Iterator[None]:
    """Let another program hold the record's write lock."""
    with closing(sqlite3.connect(story.home.record, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def fact(key: str, value: str | None, name: str = "numbers") -> Change:
    """Make a change of one fact."""
    return Change((), facts=((name, key, value),))


def facts(story: Story) -> Facts:
    """Read what stands in the record."""
    return {(name, key): value for name, key, value in story.process.recorder.facts()}


def test_what_waits_is_written_when_the_record_is_back(story: Story) -> None:
    """While another program has it nothing is written, and nothing is lost."""
    recorder = story.process.recorder
    with locked(story):
        assert not recorder.note(fact("level", "1"))
        assert not recorder.note(fact("other", "7"))
        story.after(3)
        assert ("numbers", "level") not in facts(story)
    story.after(2)
    assert recorder.ok
    assert facts(story)["numbers", "level"] == "1"
    assert facts(story)["numbers", "other"] == "7"


def test_what_waits_does_not_take_back_what_was_written_after_it(story: Story) -> None:
    """The newer value of the same fact stays; another fact of the same change is written all the same."""
    recorder = story.process.recorder
    with locked(story):
        recorder.note(Change((), facts=(("numbers", "level", "1"), ("numbers", "other", "7"))))
        recorder.note(fact("level", "2"))
    assert recorder.note(fact("level", "3"))
    assert not recorder.ok
    story.after(2)
    assert recorder.ok
    assert facts(story)["numbers", "level"] == "3"
    assert facts(story)["numbers", "other"] == "7"


def test_what_waits_does_not_bring_back_what_was_dropped_after_it(story: Story) -> None:
    """A fact that is gone stays gone."""
    recorder = story.process.recorder
    with locked(story):
        recorder.note(fact("level", "1"))
    assert recorder.note(fact("level", None))
    story.after(2)
    assert recorder.ok
    assert ("numbers", "level") not in facts(story)


def test_what_waits_does_not_drop_what_came_after_it(story: Story) -> None:
    """Nor is a fact dropped late that has been set anew meanwhile."""
    recorder = story.process.recorder
    assert recorder.note(fact("level", "1"))
    with locked(story):
        recorder.note(fact("level", None))
    assert recorder.note(fact("level", "2"))
    story.after(2)
    assert facts(story)["numbers", "level"] == "2"


def test_the_same_key_of_another_table_is_another_fact(story: Story) -> None:
    """What was written of one says nothing of the other."""
    recorder = story.process.recorder
    with locked(story):
        recorder.note(fact("it", "1", "marks"))
    assert recorder.note(fact("it", "2", "spent"))
    story.after(2)
    assert facts(story)["marks", "it"] == "1"
    assert facts(story)["spent", "it"] == "2"


def test_of_several_that_wait_the_last_one_holds(story: Story) -> None:
    """They are written in their order."""
    recorder = story.process.recorder
    with locked(story):
        for value in ("1", "2", "3"):
            recorder.note(fact("level", value))
    story.after(2)
    assert facts(story)["numbers", "level"] == "3"


def test_a_count_of_wrong_pins_that_waits_does_not_take_back_a_newer_one(story: Story) -> None:
    """The newest count is written with the change that waited, and still holds after a crash."""
    recorder, alice = story.process.recorder, PersonId("alice")
    with locked(story):
        recorder.note(Change((), (alice, WrongPins(2))))
    assert recorder.note(Change((), (alice, WrongPins(3))))
    story.after(2).restart(crash=True)
    assert story.process.recorder.wrong_pins_of(alice).count == 3


def test_what_was_overtaken_keeps_its_entries(story: Story) -> None:
    """Only the fact is left out: who left while the record was away stands in it, late and in order."""
    mark = story.mark()
    with locked(story):
        story.badge("front-out", ALICE).opens("front").closes("front")
    story.after(0.5).badge("front-out", ALICE).opens("front").closes("front")
    story.after(10)
    found = story.types(since=mark)
    assert found.count("access_granted") == 2
    assert found.count("door_opened") == 2
    assert "storage_restored" in found


def test_where_somebody_is_does_not_go_back_to_where_they_were(story: Story) -> None:
    """Alice leaves unrecorded and again, recorded: what the record says of her is the second time."""
    story.badge("front-in", ALICE).opens("front").closes("front").after(10)
    with locked(story):
        story.badge("front-out", ALICE).opens("front").closes("front")
        story.after(0.5)
    story.badge("front-out", ALICE).opens("front").closes("front")
    memory = story.process.executive.warden.memory
    stay = memory.stays.get(PersonId("alice"))
    story.after(5)
    assert story.process.recorder.ok
    story.restart(crash=True)
    assert story.process.executive.warden.memory.stays.get(PersonId("alice")) == stay
