from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.home import Home
from accessctl.store.errors import RecordUnavailable
from accessctl.store.events import EventFilter, EventQueries, EventRow
from accessctl.store.people import PeopleReader
from tests.homes import NOON, Recording


@pytest.fixture
def events(home: Home) -> EventQueries:
    return EventQueries(home.record)


def numbers(rows: list[EventRow]) -> list[int]:
    return [row.seq for row in rows]


def test_an_entry_comes_with_its_run(recording: Recording, events: EventQueries) -> None:
    """An entry tells all it holds, and the controller, boot, rules and version it was written under."""
    recording.add("access_granted", door="gate", access_point="gate-in", person="p-1", reason="Granted.")
    (row,) = events.after(0)
    assert (row.seq, row.type, row.door, row.access_point) == (1, "access_granted", "gate", "gate-in")
    assert (row.person, row.credential, row.reason, row.detail) == ("p-1", None, "Granted.", {})
    assert (row.controller, row.boot, row.rules, row.version) == ("kade-1", "boot-1", "rules-1", "0.1.0")
    assert (row.at, row.mono_ns, row.clock_synced) == (NOON + timedelta(seconds=1), 1_000_000_000, True)


def test_the_epoch_names_the_file(home: Home, recording: Recording, events: EventQueries) -> None:
    """Every entry carries the name of the record's file, not that of the people's store."""
    recording.add("rex")
    people = PeopleReader(home.people)
    (row,) = events.after(0)
    assert row.epoch
    assert row.epoch != people.epoch()
    people.close()


def test_pages_go_forward(recording: Recording, events: EventQueries) -> None:
    """Pages after the last number give each entry once, oldest first."""
    for _ in range(5):
        recording.add("rex")
    assert numbers(events.after(0, limit=3)) == [1, 2, 3]
    assert numbers(events.after(3, limit=3)) == [4, 5]


def test_pages_go_backward(recording: Recording, events: EventQueries) -> None:
    """Without a number the newest entries come first; before a number, those that precede it."""
    for _ in range(5):
        recording.add("rex")
    assert numbers(events.before(limit=2)) == [5, 4]
    assert numbers(events.before(4, limit=9)) == [3, 2, 1]


def test_a_page_has_an_end(recording: Recording, events: EventQueries) -> None:
    """A page can be cut off before a number, so that a reader knows how far it has looked."""
    for _ in range(4):
        recording.add("rex")
    assert numbers(events.after(1, until=4)) == [2, 3]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (EventFilter(type="door_opened"), [2]),
        (EventFilter(door="gate"), [1, 2]),
        (EventFilter(access_point="dock-in"), [3]),
        (EventFilter(person="p-1"), [1, 3]),
        (EventFilter(door="gate", person="p-1"), [1]),
        (EventFilter(door="gate' OR '1'='1"), []),
    ],
)
def test_filters(recording: Recording, events: EventQueries, wanted: EventFilter, found: list[int]) -> None:
    """Each filter narrows what is given, together they narrow further, and none is taken for SQL."""
    recording.add("access_granted", door="gate", access_point="gate-in", person="p-1")
    recording.add("door_opened", door="gate")
    recording.add("access_granted", door="dock", access_point="dock-in", person="p-1")
    assert numbers(events.after(0, wanted=wanted)) == found
    assert numbers(events.before(wanted=wanted)) == found[::-1]


def test_the_last_number(recording: Recording, events: EventQueries) -> None:
    """An empty record ends at 0, another at its newest entry."""
    assert events.last_seq() == 0
    recording.add("rex")
    assert events.last_seq() == 1


def test_a_record_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    """A file that cannot be opened is told from an empty record."""
    with pytest.raises(RecordUnavailable, match=r"record\.db"):
        EventQueries(tmp_path / "record.db").after(0)
