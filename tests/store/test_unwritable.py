"""What no row can hold: nothing of it is written, and what comes next is as durable as ever."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from accessctl.home import Home
from accessctl.store.entry import Entry, Moment
from accessctl.store.errors import RecordUnavailable, Unwritable
from accessctl.store.record import Change, RecordWriter
from policies.ids import DoorId
from tests.homes import NOON, RUN, new_home

OPENED = Entry(Moment(NOON, 1_000_000, clock_synced=True), "door_opened", DoorId("gate"))
HALF_A_PAIR = replace(OPENED, reason="\ud800")
NO_JSON = replace(OPENED, detail={"by": object()})
TOO_LATE = replace(OPENED, moment=Moment(NOON, 2**63, clock_synced=True))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture
def writer(home: Home) -> Iterator[RecordWriter]:
    with closing(RecordWriter(home.record, RUN)) as writer:
        yield writer


def seen_by_others(home: Home) -> list[int]:
    """Give the numbers that somebody else sees in the file."""
    with closing(sqlite3.connect(home.record)) as connection:
        return [seq for (seq,) in connection.execute("SELECT seq FROM event ORDER BY seq")]


@pytest.mark.parametrize("entry", [HALF_A_PAIR, NO_JSON, TOO_LATE], ids=["text", "detail", "number"])
@pytest.mark.parametrize("before", [(), (OPENED,)], ids=["alone", "behind another"])
def test_nothing_of_it_is_written_and_what_follows_is(
    home: Home, writer: RecordWriter, before: tuple[Entry, ...], entry: Entry
) -> None:
    """The next number is given once, and stands in the file for everybody at once."""
    assert writer.append(Change((OPENED,))) == 1
    with pytest.raises(Unwritable):
        writer.append(Change((*before, entry), order="o-1"))
    assert not writer.was_done("o-1")
    assert writer.append(Change((OPENED,))) == 2
    assert seen_by_others(home) == [1, 2]
    writer.close()
    assert seen_by_others(home) == [1, 2]


def test_whoever_is_stopped_in_the_midst_leaves_nothing_open(home: Home) -> None:
    """Whatever stops it goes on to whoever called; the file is free for the next entry."""

    def stopped(_person: str) -> None:
        raise KeyboardInterrupt

    with closing(RecordWriter(home.record, RUN, seal_of=stopped)) as writer:
        with pytest.raises(KeyboardInterrupt):
            writer.append(Change((OPENED, replace(OPENED, person="p-1"))))  # type: ignore[arg-type]
        assert writer.append(Change((OPENED,))) == 1
        assert seen_by_others(home) == [1]


def test_a_value_of_a_kind_that_sqlite_does_not_know_is_told_in_our_words(
    home: Home, writer: RecordWriter
) -> None:
    """The module's own errors have no code of SQLite's."""
    with pytest.raises(RecordUnavailable):
        writer.append(Change((OPENED, replace(OPENED, reason=object()))))  # type: ignore[arg-type]
    assert writer.append(Change((OPENED,))) == 1
    assert seen_by_others(home) == [1]
