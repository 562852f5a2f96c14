"""Marks beside entries: who has not the key adds nothing that passes for the door process's own."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from accessctl.home import Home
from accessctl.store.entry import Entry, Moment
from accessctl.store.marks import Marker, MarksIn
from accessctl.store.record import Change, RecordWriter
from policies.ids import DoorId
from tests.homes import NOON, RUN, new_home
from tests.notary.keepers import past_the_triggers

KEY = bytes(range(32))
OPENED = Entry(Moment(NOON, 1_000_000, clock_synced=True), "door_opened", DoorId("gate"), detail={"n": 1})
COLUMNS = {
    "at_ms": "at_ms + 1",
    "mono_ns": "mono_ns + 1",
    "clock_synced": "0",
    "type": "'door_closed'",
    "door": "'cage'",
    "access_point": "'gate-in'",
    "person": "'p-1'",
    "credential": "'c-1'",
    "reason": "'because'",
    "detail": "'{\"n\":2}'",
    "seal": "'x'",
    "seq": "99",
    "mark": "NULL",
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture
def writer(home: Home) -> Iterator[RecordWriter]:
    with closing(RecordWriter(home.record, RUN, lambda: KEY)) as writer:
        yield writer


def foreign(home: Home, key: bytes = KEY, after: int = 0) -> int | None:
    """Give the first entry that the door process did not write."""
    with closing(sqlite3.connect(home.record)) as connection:
        return MarksIn(connection, key).first_foreign(after, 1000)


def test_what_the_door_process_writes_is_its_own(home: Home, writer: RecordWriter) -> None:
    """One at a time or several together, under one run or another."""
    assert writer.append(Change((OPENED,))) == 1
    assert writer.append(Change((OPENED, OPENED))) == 3
    writer.begin_run(replace(RUN, rules="others"))
    assert writer.append(Change((OPENED,))) == 4
    assert foreign(home) is None


@pytest.mark.parametrize("column", COLUMNS)
def test_whatever_is_changed_in_a_row_its_mark_is_of_another(
    home: Home, writer: RecordWriter, column: str
) -> None:
    """Of each column, the number and the mark itself among them; rows before it stay good."""
    for _ in range(3):
        writer.append(Change((OPENED,)))
    past_the_triggers(home, f"UPDATE event SET {column} = {COLUMNS[column]} WHERE seq = 2")  # noqa: S608 - from above
    assert foreign(home) == (99 if column == "seq" else 2)


@pytest.mark.parametrize("column", ["controller", "boot", "rules", "version"])
def test_a_run_that_is_changed_changes_its_entries(home: Home, writer: RecordWriter, column: str) -> None:
    """Who, since when and by which rules is said of many entries at once."""
    writer.append(Change((OPENED,)))
    past_the_triggers(home, f"UPDATE run SET {column} = 'another'")  # noqa: S608 - from above
    assert foreign(home) == 1


def test_a_row_from_elsewhere_is_foreign(home: Home, writer: RecordWriter) -> None:
    """Without a mark, with one that was made up, and with one that was copied from another row."""
    writer.append(Change((OPENED,)))
    columns = "at_ms, mono_ns, clock_synced, run, type, door, detail"
    for mark in ("NULL", "randomblob(16)", "mark"):
        copied = f"SELECT {columns}, {mark} FROM event WHERE seq = 1"  # noqa: S608 - from above
        past_the_triggers(home, f"INSERT INTO event ({columns}, mark) {copied}")
    assert [foreign(home, after=after) for after in (0, 1, 2, 3, 4)] == [2, 2, 3, 4, None]


def test_another_key_and_another_record_make_other_marks(home: Home, writer: RecordWriter) -> None:
    """A row cannot be carried from one installation to the next."""
    writer.append(Change((OPENED,)))
    assert foreign(home, bytes(32)) == 1
    past_the_triggers(home, "UPDATE meta SET value = 'another' WHERE key = 'epoch'")
    assert foreign(home) == 1


def test_a_row_that_was_added_by_hand_stops_no_door(home: Home, writer: RecordWriter) -> None:
    """The number that was to be next is taken: the entry gets the one after it, and its mark is good."""
    writer.append(Change((OPENED,)))
    past_the_triggers(
        home, "INSERT INTO event (at_ms, mono_ns, clock_synced, run, type) VALUES (1, 1, 1, 1, 'rex')"
    )
    assert writer.append(Change((OPENED,))) == 3
    assert writer.append(Change((OPENED, OPENED))) == 5
    assert (foreign(home), foreign(home, after=2)) == (2, None)


def test_a_number_whose_entry_was_deleted_is_not_given_again(home: Home, writer: RecordWriter) -> None:
    """So what was taken away leaves a gap."""
    for _ in range(3):
        writer.append(Change((OPENED,)))
    past_the_triggers(home, "DELETE FROM event WHERE seq > 1")
    assert writer.append(Change((OPENED,))) == 4


def test_without_its_key_the_door_process_records_all_the_same(home: Home) -> None:
    """An entry without a mark is better than none; with the key there is one again."""
    keys = [None, KEY]
    with closing(RecordWriter(home.record, RUN, lambda: keys.pop(0))) as writer:
        writer.append(Change((OPENED,)))
        writer.append(Change((OPENED,)))
    assert (foreign(home), foreign(home, after=1)) == (1, None)


def test_a_key_of_another_length_is_none() -> None:
    """An empty one would let anybody make marks."""
    with pytest.raises(ValueError, match="32 bytes"):
        Marker(b"", "epoch", ())
