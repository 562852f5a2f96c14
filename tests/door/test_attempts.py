"""What happens while something is being checked: one attempt at a time, and no answer for an older one."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from accessctl.home import Home
from policies.reasons import Reason
from tests.door.conftest import ALICE, BOB, STRANGER
from tests.door.story import HeldWorkers, Story


@dataclass
class Slow:
    """A story whose checks take as long as the test wants."""

    story: Story
    workers: HeldWorkers


@pytest.fixture
def slow(staffed_home: Path, tmp_path: Path) -> Iterator[Slow]:
    """A site whose Argon2 waits for the test."""
    shutil.copytree(staffed_home, tmp_path / "home")
    workers = HeldWorkers()
    story = Story(Home(tmp_path / "home"), workers=workers)
    yield Slow(story, workers)
    story.process.stop()
    story.office.writer.close()


def test_keys_pressed_while_the_card_is_checked_count(slow: Slow) -> None:
    """Somebody faster than the check does not have to type again."""
    slow.story.badge("cage-in", ALICE).keys("cage-in", "4711#")
    slow.workers.work()
    slow.workers.work()
    assert slow.story.released("cage")


def test_a_second_card_during_a_check_is_dropped(slow: Slow) -> None:
    """One attempt at a time: the card that came meanwhile is neither granted nor mixed up with the first."""
    slow.story.badge("front-in", STRANGER).badge("front-in", ALICE)
    slow.workers.work()
    assert slow.story.last().type == Reason.UNKNOWN_CREDENTIAL.event_type
    assert not slow.story.released("front")


def test_a_flood_is_reported_once_and_costs_the_other_doors_nothing(slow: Slow) -> None:
    """A reader that babbles has its surplus counted in one entry, and the next door works."""
    for _ in range(1000):
        slow.story.badge("front-in", STRANGER)
    slow.story.badge("shed-in", BOB)
    slow.workers.work()
    assert slow.story.released("shed")
    mark = slow.story.mark()
    slow.story.after(10)
    assert slow.story.types(since=mark) == ["reader_flood"]
    assert (
        slow.story.last().reason
        == "999 cards, keys or interruptions came faster than they could be looked at."
    )


def test_a_check_that_never_ends_is_given_up(slow: Slow) -> None:
    """After three seconds a card is uncheckable inbound and lets out outbound; a late answer is ignored."""
    slow.story.badge("front-in", ALICE).badge("shed-in", BOB).after(3.1)
    assert slow.story.last().type == Reason.AUTHENTICATION_UNAVAILABLE.event_type
    slow.story.badge("front-out", ALICE).after(2.9)
    assert not slow.story.released("front")
    slow.story.after(0.2)
    assert slow.story.released("front")
    mark = slow.story.mark()
    slow.workers.work()
    assert slow.story.types(since=mark) == []
    assert not slow.story.released("shed")


def test_a_check_dies_with_its_reader(slow: Slow) -> None:
    """An answer that comes after the reader was lost opens nothing."""
    slow.story.badge("front-in", ALICE)
    slow.story.reader("front-in").lose()
    slow.workers.work()
    assert not slow.story.released("front")


def test_a_pin_that_cannot_be_checked_is_not_counted(slow: Slow) -> None:
    """A check that never ends is no fault of the person: no wrong try is counted."""
    for _ in range(6):
        slow.story.badge("cage-in", ALICE)
        slow.workers.work()
        slow.story.keys("cage-in", "4711#").after(3.1)
        assert slow.story.last().type == Reason.AUTHENTICATION_UNAVAILABLE.event_type
    slow.story.badge("cage-in", ALICE).keys("cage-in", "4711#")
    slow.workers.work()
    assert slow.story.released("cage")


def test_a_babbling_reader_does_not_fill_the_record(slow: Slow) -> None:
    """Thousands of known cards, unreadable cards and interruptions leave some hundreds of entries at most."""
    story = slow.story
    story.badge("shed-in", ALICE)
    slow.workers.work()
    mark = story.mark()
    for _ in range(2000):
        story.badge("shed-in", ALICE)
        story.reader("front-in").show_unreadable()
        story.reader("cage-in").lose()
        story.reader("cage-in").come_back()
    assert len(story.types(since=mark)) < 3 * 250
    story.reader("cage-in").lose()
    story.after(11)
    assert story.types(since=mark).count("reader_flood") == 3
    assert _presence(story) == "reader_offline", "how the reader stands in the end is recorded all the same"
    story.reader("cage-in").come_back()
    story.after(11)
    assert _presence(story) == "reader_online"


def _presence(story: Story) -> str:
    said = [row.type for row in story.rows() if row.access_point == "cage-in" and row.type.endswith("line")]
    return said[-1]


def test_a_card_that_is_pulled_away_while_somebody_types_is_nobodys_refusal(slow: Slow) -> None:
    """An attempt goes on when somebody else's card cannot be read meanwhile."""
    slow.story.badge("cage-in", ALICE)
    slow.workers.work()
    slow.story.keys("cage-in", "47")
    slow.story.reader("cage-in").show_unreadable()
    slow.story.keys("cage-in", "11#")
    slow.workers.work()
    assert slow.story.released("cage")
