"""Deleting entries for their age: which go, what is left of them, and that nothing else can be deleted."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.backup.copying import AT_ONCE, copy_record, what_is_wrong
from accessctl.evidence.merkle import leaf_hash
from accessctl.evidence.pruned import digest_of
from accessctl.home import Home
from accessctl.store.alarm_kinds import KINDS, STARTS
from accessctl.store.connect import reader
from accessctl.store.entry import Entry
from accessctl.store.errors import RecordUnavailable
from accessctl.store.events import EventQueries
from accessctl.store.leaves import Leaves
from accessctl.store.record import Change, RecordWriter
from policies.retention import EventClass, types_of
from tests.homes import NOON, RUN, new_home
from tests.notary.keepers import past_the_triggers
from tests.notary.pruned import LIMIT, entry, old_and_new, prune, put, rows_of, there


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def leaves(home: Home) -> dict[int, bytes]:
    with closing(reader(home.record)) as connection:
        return {seq: leaf_hash(leaf) for seq, leaf in Leaves(connection).after(0, 10_000)}


def test_only_old_entries_of_the_class_go_and_their_leaves_stay(home: Home) -> None:
    """Numbers stay what they were, and the entry that tells of it has the next one."""
    old_and_new(home, 50, 50)
    before = leaves(home)
    batch = prune(home, EventClass.ACCESS, 1, 100)
    gone = [seq for seq in range(1, 51) if seq % 5 in {1, 4}]
    assert there(home) == [seq for seq in range(1, 102) if seq not in gone]
    assert batch == 101
    kept = rows_of(home, "SELECT seq, batch, hash FROM pruned ORDER BY seq")
    assert kept == [(seq, 101, before[seq]) for seq in gone]


def test_the_entry_about_it_accounts_for_them(home: Home) -> None:
    """Class, limit, bounds, count and digest are what an auditor holds the absent entries against."""
    old_and_new(home, 20, 3)
    assert prune(home, EventClass.DOORS, 1, 20) == 24
    ((type_, written),) = rows_of(home, "SELECT type, detail FROM event ORDER BY seq DESC LIMIT 1")
    assert type_ == "log_pruned"
    said = json.loads(written)
    assert len(said.pop("mac")) == 64
    assert said == {
        "class": "doors",
        "before": (NOON - LIMIT).isoformat(timespec="seconds"),
        "first": 5,
        "last": 20,
        "count": 4,
        "digest": digest_of([5, 10, 15, 20]),
    }


def test_where_nothing_is_old_nothing_is_entered(home: Home) -> None:
    """Otherwise each question would make the record grow."""
    old_and_new(home, 0, 30)
    assert prune(home, EventClass.ACCESS, 1, 30) == 0
    assert there(home) == list(range(1, 31))


def test_at_most_so_many_go_at_once(home: Home) -> None:
    """The first ones; whoever asks goes on behind them."""
    old_and_new(home, 100, 1)
    prune(home, EventClass.ACCESS, 1, 100, most=10)
    assert rows_of(home, "SELECT count(*), max(seq) FROM pruned") == [(10, 24)]


def test_what_was_recorded_by_a_wrong_clock_goes_with_what_came_after_it(home: Home) -> None:
    """Its own instant says nothing; what a right clock dated later is old, so it is. One of today stays."""
    unsynced = [entry(1, -timedelta(days=900), synced=False), entry(4, 2 * LIMIT, synced=False)]
    put(home, [*unsynced, entry(10, 2 * LIMIT), entry(14, timedelta(0))])
    prune(home, EventClass.ACCESS, 1, 2)
    assert there(home) == [3, 4, 5]


@pytest.mark.parametrize(
    "later",
    [
        [],
        [entry(10, timedelta(0))],
        [entry(10, 2 * LIMIT, synced=False)],
        [replace(entry(10, 2 * LIMIT), detail={"operator": "local:root"})],
    ],
    ids=["nothing", "new", "not kept right", "dated by the office"],
)
def test_what_was_recorded_by_a_wrong_clock_stays_until_it_is_known_to_be_old(
    home: Home, later: list[Entry]
) -> None:
    """What stands before it tells nothing of it, nor does an instant that whoever asks can make up."""
    put(home, [entry(5, 2 * LIMIT), *(entry(4, 2 * LIMIT, synced=False) for _ in range(5)), *later])
    before = there(home)
    assert prune(home, EventClass.ACCESS, 1, 100) == 0
    assert there(home) == before


@pytest.mark.parametrize(
    "sql", ["DELETE FROM event WHERE seq = 3", "DELETE FROM pruned", "UPDATE pruned SET batch = 99"]
)
def test_nothing_else_can_be_deleted(home: Home, sql: str) -> None:
    """Not an entry that was not pruned, and not the account of those that were."""
    old_and_new(home, 20, 1)
    prune(home, EventClass.ACCESS, 1, 20)
    with closing(sqlite3.connect(home.record)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(sql)


def test_all_of_it_happens_or_nothing(home: Home) -> None:
    """Where the last step fails, no leaf was put aside, and no entry tells of anything."""
    old_and_new(home, 20, 1)
    with closing(sqlite3.connect(home.record)) as connection:
        connection.execute(
            "CREATE TRIGGER never BEFORE DELETE ON event WHEN OLD.seq = 19"
            " BEGIN SELECT raise(ABORT, 'the disk is full'); END"
        )
    with pytest.raises(RecordUnavailable, match="the disk is full"):
        prune(home, EventClass.ACCESS, 1, 20)
    assert there(home) == list(range(1, 22))
    assert rows_of(home, "SELECT count(*) FROM pruned") == [(0,)]


def test_an_entry_of_which_no_leaf_can_be_made_is_left_alone(home: Home) -> None:
    """Somebody took its run away: that is found by others, and nothing is lost here."""
    old_and_new(home, 20, 1)
    past_the_triggers(home, "UPDATE event SET run = 77 WHERE seq = 11")
    with pytest.raises(RecordUnavailable, match="not what it was recorded as"):
        prune(home, EventClass.ACCESS, 1, 20)
    assert there(home) == list(range(1, 22))


def test_what_went_is_not_left_in_the_file(home: Home) -> None:
    """Free pages of a database keep what was deleted, unless it is overwritten."""
    moment = entry(1, 2 * LIMIT).moment
    put(
        home,
        (Entry(moment, "access_granted", detail={"note": f"seen-{number}-xyzzy"}) for number in range(300)),
    )
    put(home, [entry(2, timedelta(0))])
    with closing(sqlite3.connect(home.record)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"xyzzy" in home.record.read_bytes()
    prune(home, EventClass.ACCESS, 1, 300, most=300)
    with closing(sqlite3.connect(home.record)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"xyzzy" not in home.record.read_bytes()


def test_an_order_whose_entry_went_is_not_carried_out_again(home: Home) -> None:
    """What was done stays known, and the file is sound without the entry."""
    with closing(RecordWriter(home.record, RUN)) as writer:
        writer.append(Change((entry(1, 2 * LIMIT),), order="o-1"))
    put(home, [entry(2, timedelta(0))])
    prune(home, EventClass.ACCESS, 1, 1)
    with closing(RecordWriter(home.record, RUN)) as writer:
        assert writer.was_done("o-1")
    assert there(home) == [2, 3]
    assert rows_of(home, "PRAGMA foreign_key_check") == []


def test_no_alarm_is_left_without_its_end() -> None:
    """Whatever ends an alarm is of the same class as alarms or is kept for good, so it never goes before."""
    ends = {end for kind in KINDS.values() for end in kind.ends} | set(STARTS)
    assert ends | set(KINDS) <= types_of(EventClass.ALARMS) | types_of(EventClass.KEPT)
    for alarm, kind in KINDS.items():
        if alarm in types_of(EventClass.KEPT):
            assert set(kind.ends) <= types_of(EventClass.KEPT)


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_pages_go_over_what_is_gone(home: Home, limit: int) -> None:
    """In both directions each entry that is left comes once, and none that is not."""
    old_and_new(home, 300, 20)
    for kind in (EventClass.ACCESS, EventClass.DOORS):
        prune(home, kind, 1, 320)
    events, forward, backward = EventQueries(home.record), list[int](), list[int]()
    page = events.page_after(0, limit=limit, looks=50)
    while page.rows or page.more:
        forward += [row.seq for row in page.rows]
        page = events.page_after(page.reached, limit=limit, looks=50)
    page = events.page_before(limit=limit, looks=50)
    while page.rows or page.more:
        backward += [row.seq for row in page.rows]
        page = events.page_before(page.reached, limit=limit, looks=50)
    assert forward == there(home)
    assert backward == forward[::-1]
    assert events.one(4) is None


def test_a_backup_has_what_was_pruned_as_the_record_has_it(home: Home, tmp_path: Path) -> None:
    """In portions, as it is copied; the copy is sound, and looks as whole as the record."""
    old_and_new(home, 3 * AT_ONCE, 5)
    for first in range(1, 3 * AT_ONCE, 1000):
        prune(home, EventClass.DOORS, first, first + 999)
        prune(home, EventClass.ACCESS, first, first + 999)
    copied = copy_record(home.record, tmp_path / "copy.db", lambda _part: None, lambda _took: None)
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        for table in ("event", "pruned", "done_order"):
            sql = f"SELECT * FROM {table} ORDER BY 1"  # noqa: S608 - names that stand here
            assert copy.execute(sql).fetchall() == rows_of(home, sql)
    assert what_is_wrong(tmp_path / "copy.db") is None
    assert copied.last_seq == there(home)[-1]
