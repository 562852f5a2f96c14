"""What the rules remember is written and read back as it was."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.store.memory_rows import remember, rows_of
from policies.door_modes import ORDERABLE, Override
from policies.ids import AreaId, MemberId, PersonId
from policies.memory import KEPT, Memory, Muster, Stay, Sureness, Uses
from policies.tries import Tries

IDS = st.text(min_size=1, max_size=8)
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
COUNTS = st.integers(0, 2**40)


@st.composite
def stays(draw: st.DrawFn) -> Stay:
    entered = draw(st.lists(st.tuples(IDS.map(AreaId), INSTANTS), min_size=1, max_size=3))
    members = tuple(draw(st.lists(IDS.map(MemberId), max_size=3)))
    sureness = draw(st.sampled_from(Sureness))
    return Stay(entered[0][0], tuple(entered), members, draw(st.booleans()), sureness)


USES = st.builds(lambda today, more, day: Uses(today + more, today, day), COUNTS, COUNTS, st.dates())
OVERRIDES = st.builds(Override, st.sampled_from(ORDERABLE), st.none() | INSTANTS, st.text())
MUSTERS = st.builds(Muster, INSTANTS, st.frozensets(IDS.map(PersonId)), st.frozensets(IDS.map(PersonId)))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "stays": stays(),
    "uses": USES,
    "seen": INSTANTS,
    "escorts": IDS,
    "overrides": OVERRIDES,
    "lockdowns": IDS,
    "freed": IDS,
    "armed": IDS,
    "numbers": st.integers(),
    "muster": MUSTERS,
    "marks": COUNTS,
    "spent": COUNTS,
    "tries": st.builds(Tries, COUNTS, INSTANTS, st.none() | INSTANTS),
}
TABLES = st.fixed_dictionaries(
    {name: st.dictionaries(IDS, value, max_size=3) for name, value in VALUES.items()}
)


def remembered(tables: dict[str, dict[str, Any]]) -> Memory:
    memory = Memory()
    for name, rows in tables.items():
        for key, value in rows.items():
            memory.put(name, key, value)
    return memory


def read_back(rows: Iterable[Any]) -> tuple[Memory, int]:
    memory = Memory()
    return memory, remember(memory, rows)


def test_every_table_that_is_kept_is_looked_at() -> None:
    """What outlives a restart by the rules is what these tests write and read."""
    assert set(VALUES) == KEPT


@given(TABLES)
def test_what_is_written_is_read_back(tables: dict[str, dict[str, Any]]) -> None:
    """Every fact of every kept table comes back as the same value under the same key."""
    memory = remembered(tables)
    read, unreadable = read_back(rows_of(memory.changes()))
    memory.settle()
    assert (read, unreadable) == (memory, 0)


def test_a_fact_that_is_gone_has_no_value() -> None:
    """What was dropped is told as such, so that its row goes too."""
    memory = Memory(armed={AreaId("cage"): "ana"})
    memory.drop("armed", "cage")
    memory.put("lockdowns", "site", "ana")
    assert rows_of(memory.changes()) == (("armed", "cage", None), ("lockdowns", "site", '"ana"'))


def test_what_is_known_already_stays() -> None:
    """What happened since the start is newer than what is read back afterwards."""
    memory = Memory(numbers={"threat_level": 3})
    assert remember(memory, [("numbers", "threat_level", "1"), ("numbers", "other", "2")]) == 0
    assert memory.numbers == {"threat_level": 3, "other": 2}


def test_an_instant_of_another_zone_is_the_same_instant() -> None:
    """Whatever offset a row has, it is read as that instant in UTC."""
    at = datetime(2026, 3, 2, 13, 0, tzinfo=timezone(timedelta(hours=1)))
    memory, unreadable = read_back([("seen", "ana", json.dumps(at.isoformat()))])
    assert (memory.seen, unreadable) == ({"ana": datetime(2026, 3, 2, 12, 0, tzinfo=UTC)}, 0)


STAY = {
    "area": "hall",
    "entered": [["hall", "2026-03-02T12:00:00+00:00"]],
    "members": ["staff"],
    "forgiven": False,
    "sureness": "seen",
}
OVERRIDE = {"mode": "blocked", "until": None, "operator": "ana"}
MUSTER = {"since": "2026-03-02T12:00:00+00:00", "expected": ["ana"], "safe": []}


def test_the_samples_are_sound() -> None:
    """What the next test damages can be read before it is damaged."""
    rows = [("stays", "ana", STAY), ("overrides", "gate", OVERRIDE), ("muster", "site", MUSTER)]
    assert read_back([(name, key, json.dumps(value)) for name, key, value in rows])[1] == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stays", "null"),
        ("stays", json.dumps({**STAY, "entered": []})),
        ("stays", json.dumps({**STAY, "entered": [["cage", "2026-03-02T12:00:00+00:00"]]})),
        ("stays", json.dumps({**STAY, "entered": [["hall", "2026-03-02T12:00:00"]]})),
        ("stays", json.dumps({**STAY, "entered": [["hall"]]})),
        ("stays", json.dumps({**STAY, "sureness": "guessed"})),
        ("stays", json.dumps({**STAY, "forgiven": "no"})),
        ("stays", json.dumps({**STAY, "members": [1]})),
        ("stays", json.dumps({"area": "hall"})),
        ("uses", "[1]"),
        ("uses", '[1, 2, "2026-03-02"]'),
        ("uses", '[-1, -1, "2026-03-02"]'),
        ("uses", '[1.5, 1, "2026-03-02"]'),
        ("uses", '[1, 1, "2026-02-30"]'),
        ("seen", '"2026-03-02T12:00:00"'),
        ("seen", "7"),
        ("escorts", "7"),
        ("overrides", json.dumps({**OVERRIDE, "mode": "free"})),
        ("overrides", json.dumps({**OVERRIDE, "mode": "ajar"})),
        ("overrides", json.dumps({**OVERRIDE, "until": "18:00"})),
        ("overrides", json.dumps({**OVERRIDE, "operator": None})),
        ("lockdowns", "{}"),
        ("freed", "null"),
        ("armed", "true"),
        ("numbers", "true"),
        ("numbers", "Infinity"),
        ("numbers", "[" * 200_000),
        ("muster", json.dumps({**MUSTER, "expected": None})),
        ("muster", json.dumps({**MUSTER, "safe": [None]})),
        ("muster", "not JSON"),
        ("doors", '"open"'),
        ("a table of a later version", "1"),
        ("__class__", "1"),
    ],
)
def test_a_damaged_row_is_left_out_and_counted(
    name: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A row that is not what was written is never guessed at; the sound ones beside it count."""
    memory, unreadable = read_back([(name, "site", value), ("numbers", "threat_level", "2")])
    assert unreadable == 1
    assert memory == Memory(numbers={"threat_level": 2})
    assert "cannot be read" in caplog.text


def test_dates_and_counts_are_kept_as_they_are() -> None:
    """The day of the uses is a date of the site, and no instant."""
    memory = remembered({"uses": {"ana": Uses(7, 2, date(2026, 3, 2))}})
    assert rows_of(memory.changes()) == (("uses", "ana", '[7,2,"2026-03-02"]'),)
