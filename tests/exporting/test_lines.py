"""What SQLite writes of the record is, byte for byte, what goes into the tree."""

import csv
import io
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accessctl.evidence.cells import cell_of
from accessctl.evidence.entry import COLUMNS, facts_of
from accessctl.exporting.errors import ExportFailed
from accessctl.exporting.lines import Form, Lines
from accessctl.exporting.wanted import Wanted
from accessctl.home import Home
from accessctl.store.connect import reader
from accessctl.store.entry import Entry, Moment
from accessctl.store.leaves import Leaves
from accessctl.store.record import Change, RecordWriter, Run
from tests.exporting.making import record
from tests.homes import NOON, RUN, new_home

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ODD = st.sampled_from(
    ["=1+1", "+x", "-x", "@x", "\tx", "\rx", "'=x", 'a"b', "a\0b", "\0=x", "a,b", "a\nb", "A", "é"]
)
WORDS = st.none() | TEXT | ODD
VALUES = (
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(-1e15, 1e15) | TEXT | st.lists(TEXT)
)
DETAILS = st.dictionaries(st.text('ab_9"é', max_size=3), VALUES | st.dictionaries(TEXT, VALUES), max_size=3)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture
def writer(home: Home) -> Iterator[RecordWriter]:
    writer = RecordWriter(home.record, RUN)
    yield writer
    writer.close()


def written(home: Home, form: Form, after: int = 0, wanted: Wanted = Wanted()) -> bytes:
    with closing(Lines.open(home.record)) as lines:
        return b"".join(each.lines for each in lines.stretches(form, after, lines.last_seq, wanted, size=7))


def leaves(home: Home, after: int = 0) -> list[bytes]:
    with closing(reader(home.record)) as connection:
        return [leaf for _seq, leaf in Leaves(connection).after(after, 10_000)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(
            st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 - made aware below
            st.lists(WORDS, min_size=6, max_size=6),
            DETAILS,
            st.booleans(),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_lines_are_what_the_leaves_are(
    home: Home, writer: RecordWriter, rows: list[tuple[datetime, list[str | None], dict[str, object], bool]]
) -> None:
    """Whatever was recorded and whenever; and a table says of each entry what the entry says."""
    before = len(leaves(home))
    entries = []
    for at, (type_, *words), detail, synced in rows:
        moment = Moment(at.replace(tzinfo=UTC), 1_234_567, clock_synced=synced)
        facts = dict(zip(("door", "access_point", "person", "credential", "reason"), words, strict=True))
        entries.append(Entry(moment, type_ or "t", **facts, detail=detail))  # type: ignore[arg-type]
    try:
        writer.append(Change(tuple(entries)))
    except UnicodeEncodeError:
        return
    found = leaves(home, before)
    assert written(home, Form.JSON, before) == b"".join(leaf + b"\n" for leaf in found)
    assert written(home, Form.CSV, before) == b"".join(facts_of(leaf).csv_line.encode() for leaf in found)


def test_a_table_is_read_back_as_it_was(home: Home) -> None:
    """By a reader of CSV, and no cell of it is a formula."""
    record(home, 40)
    table = list(csv.reader(io.StringIO(written(home, Form.CSV).decode(), newline=""), strict=True))
    for row, leaf in zip(table, leaves(home), strict=True):
        facts = facts_of(leaf)
        assert row == [cell_of((getattr(facts, name) or "").replace("\0", "")) for name in COLUMNS]
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_runs_that_begin_meanwhile_are_known(home: Home) -> None:
    """The door process was restarted under other rules while the record was read."""
    record(home, 10)
    with closing(Lines.open(home.record)) as lines:
        first = b"".join(each.lines for each in lines.stretches(Form.JSON, 0, 10))
        with closing(RecordWriter(home.record, Run("kade-1", "boot-2", "rules-2", "0.2.0"))) as writer:
            writer.append(Change((Entry(Moment(NOON, 1, clock_synced=True), "system_start"),)))
        rest = b"".join(each.lines for each in lines.stretches(Form.JSON, 10, 11))
    assert first + rest == b"".join(leaf + b"\n" for leaf in leaves(home))


def test_only_what_is_wanted_is_written(home: Home) -> None:
    """From one instant on, until before another."""
    record(home, 60)
    wanted = Wanted(NOON + timedelta(seconds=10), NOON + timedelta(seconds=20))
    found = written(home, Form.JSON, wanted=wanted).splitlines()
    assert found == leaves(home)[9:19]
    assert wanted.as_json() == {"since": "2026-03-02T12:00:10+00:00", "until": "2026-03-02T12:00:20+00:00"}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE event SET at_ms = -1 WHERE seq = 5",
        "UPDATE event SET at_ms = 7258118400000 WHERE seq = 5",
        'UPDATE event SET detail = \'{"a":1, "a":2}\' WHERE seq = 5',
        "UPDATE event SET detail = 'no JSON' WHERE seq = 5",
        "UPDATE event SET detail = '' WHERE seq = 5",
        "DELETE FROM event WHERE seq = 5",
    ],
)
def test_what_was_edited_is_written_as_its_leaf_is(home: Home, sql: str) -> None:
    """An operator's hand in the file does not make the two differ."""
    record(home, 12)
    past_the_triggers(home, sql)
    found = leaves(home)
    assert written(home, Form.JSON) == b"".join(leaf + b"\n" for leaf in found)
    assert written(home, Form.CSV) == b"".join(facts_of(leaf).csv_line.encode() for leaf in found)


@pytest.mark.parametrize(
    "sql",
    ["UPDATE event SET run = 99 WHERE seq = 5", "UPDATE event SET at_ms = 9000000000000000 WHERE seq = 5"],
)
def test_an_entry_that_cannot_be_written_is_named(home: Home, sql: str) -> None:
    """It has lost its run, or says an instant that no calendar has."""
    record(home, 12)
    past_the_triggers(home, sql)
    with pytest.raises(ExportFailed, match="entry 5 cannot be written") as caught:
        written(home, Form.JSON)
    assert caught.value.seq == 5


def past_the_triggers(home: Home, sql: str) -> None:
    """Do what an operator with the sqlite3 shell would."""
    with closing(sqlite3.connect(home.record)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(sql)
        connection.commit()


def test_ctrl_c_within_a_function_that_sqlite_calls_stops_it_and_blames_no_record(home: Home) -> None:
    """What is raised in such a function is lost, and SQLite says that the function failed."""
    record(home, 3)
    with closing(Lines.open(home.record)) as lines:

        def pressed(text: str) -> str:
            signal.raise_signal(signal.SIGINT)
            return text

        lines.connection.create_function("as_member", 1, pressed, deterministic=True)
        with pytest.raises(KeyboardInterrupt):
            list(lines.stretches(Form.JSON, 0, lines.last_seq))
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
