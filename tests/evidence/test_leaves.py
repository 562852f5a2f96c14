"""The record's rows as leaves: canonical, whatever stands in them, and other ones when a row was changed."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accessctl.home import Home
from accessctl.store.connect import reader
from accessctl.store.entry import Entry, Moment
from accessctl.store.leaves import Leaves
from accessctl.store.record import Change, RecordWriter, Run
from tests.homes import NOON, new_home

RUN = Run("kade-1", "boot-1", "rules-1", "0.1.0")
WORDS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture
def writer(home: Home) -> Iterator[RecordWriter]:
    writer = RecordWriter(home.record, RUN)
    yield writer
    writer.close()


def leaves(home: Home, after: int = 0) -> list[tuple[int, bytes]]:
    with closing(reader(home.record)) as connection:
        return list(Leaves(connection).after(after, 1000))


def test_an_entry_is_written_as_it_was_recorded(home: Home, writer: RecordWriter) -> None:
    """Every member in its place, and none for what was not said."""
    moment = Moment(NOON + timedelta(milliseconds=7), 5_000_700, clock_synced=True)
    writer.append(Change((Entry(moment, "access_granted", person="p-1", detail={"b": 1.0, "a": "ö"}),)))  # type: ignore[arg-type]
    ((seq, leaf),) = leaves(home)
    epoch = json.loads(leaf)["epoch"]
    assert seq == 1
    assert leaf.decode() == (
        '{"at":"2026-03-02T12:00:00.007Z","boot":"boot-1","controller":"kade-1",'
        f'"detail":{{"a":"ö","b":1}},"epoch":"{epoch}","mono_us":5000,"person":"p-1","rules":"rules-1","seq":1,'
        '"synced":true,"type":"access_granted","version":"0.1.0"}'
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 - made aware below
    st.lists(WORDS, min_size=6, max_size=6),
    st.dictionaries(
        st.text(max_size=5),
        st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | st.text(max_size=9),
    ),
)
def test_every_entry_is_canonical(
    home: Home, writer: RecordWriter, at: datetime, words: list[str | None], detail: dict[str, object]
) -> None:
    """Read and written again by another program, its bytes stay the same."""
    names = ("door", "access_point", "person", "credential", "reason", "seal")
    facts = dict(zip(names, words, strict=True))
    moment = Moment(at.replace(tzinfo=UTC), 17, clock_synced=False)
    try:
        seq = writer.append(Change((Entry(moment, "type", **facts, detail=detail),)))  # type: ignore[arg-type]
    except UnicodeEncodeError:
        return  # SQLite holds no half characters either
    ((_seq, leaf),) = leaves(home, seq - 1)
    assert rfc8785.dumps(json.loads(leaf)) == leaf


def test_what_was_changed_has_another_leaf(home: Home, writer: RecordWriter) -> None:
    """Whichever column somebody changes, past the triggers."""
    moment = Moment(NOON, 1, clock_synced=True)
    entry = Entry(moment, "t", "d", "a", "p", "c", "r", {"x": 1}, "s")  # type: ignore[arg-type]
    writer.append(Change((entry,)))
    ((_seq, before),) = leaves(home)
    changes = {
        "at_ms": "at_ms + 1",
        "mono_ns": "mono_ns + 1000",
        "clock_synced": "1 - clock_synced",
        **dict.fromkeys(
            ("type", "door", "access_point", "person", "credential", "reason", "seal"), "'other'"
        ),
        "detail": "'{}'",
    }
    with closing(sqlite3.connect(home.record)) as connection:
        connection.execute("DROP TRIGGER event_no_update")
        for column, value in changes.items():
            connection.execute("BEGIN")
            connection.execute(f"UPDATE event SET {column} = {value}")  # noqa: S608 - our own words
            ((_seq, after),) = Leaves(connection).after(0, 1)
            connection.execute("ROLLBACK")
            assert after != before, column


def test_a_number_that_nobody_can_hold_stands_as_text(home: Home, writer: RecordWriter) -> None:
    """The tree goes on whatever was recorded."""
    moment = Moment(NOON, 1, clock_synced=True)
    writer.append(Change((Entry(moment, "t", detail={"x": 2**60}),)))
    ((_seq, leaf),) = leaves(home)
    assert json.loads(leaf)["detail"] == f'{{"x":{2**60}}}'
