"""What is read back late meets what is known already: which of the two holds."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.store.memory_rows import remember, rows_of
from policies.door_modes import DoorMode, Override
from policies.ids import AreaId, PersonId
from policies.memory import KEPT, Memory, Muster, Stay, Uses
from policies.tries import Tries

AT = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
COUNTS = st.integers(0, 2**40)
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TRIES = st.builds(Tries, COUNTS, INSTANTS, st.none() | INSTANTS)
RISING = ("marks", "spent")
OTHERS: dict[str, tuple[object, object]] = {
    "stays": (
        Stay(AreaId("hall"), ((AreaId("hall"), AT),), ()),
        Stay(AreaId("cage"), ((AreaId("cage"), LATER),), ()),
    ),
    "uses": (Uses(1, 1, date(2026, 3, 17)), Uses(9, 3, date(2026, 3, 17))),
    "seen": (AT, LATER),
    "escorts": ("ana", "bo"),
    "overrides": (Override(DoorMode.BLOCKED, None, "ana"), Override(DoorMode.UNLOCKED, LATER, "bo")),
    "lockdowns": ("ana", "bo"),
    "freed": ("fire", "smoke"),
    "armed": ("ana", "bo"),
    "numbers": (1, 5),
    "muster": (Muster(AT, frozenset(), frozenset()), Muster(LATER, frozenset({PersonId("bo")}), frozenset())),
}


def merged(name: str, known: object, stored: object) -> object:
    """Remember a stored fact where another one of the same name and key is known; give what then holds."""
    memory = Memory()
    memory.put(name, "it", stored)
    rows = [(table, key, value) for table, key, value in rows_of(memory.changes()) if value is not None]
    memory = Memory()
    memory.put(name, "it", known)
    memory.settle()
    assert remember(memory, rows) == 0
    return getattr(memory, name)["it"]


def test_every_kept_table_is_spoken_of() -> None:
    """Whatever outlives a restart either rises, is the worse of two, or stays as it is known."""
    assert {*RISING, "tries", *OTHERS} == KEPT


@pytest.mark.parametrize("name", RISING)
@given(COUNTS, COUNTS)
def test_of_what_only_rises_the_higher_holds(name: str, known: int, stored: int) -> None:
    """A code or a use that was spent stays spent, on whichever side it is known."""
    assert merged(name, known, stored) == max(known, stored)


@given(TRIES, TRIES)
def test_of_two_counts_of_failures_the_worse_holds(known: Tries, stored: Tries) -> None:
    """The higher count, the later instant, the longer wait; the order does not matter."""
    held = merged("tries", known, stored)
    assert isinstance(held, Tries)
    assert held.failed == max(known.failed, stored.failed)
    assert held.at == max(known.at, stored.at)
    assert held.until == max((until for until in (known.until, stored.until) if until), default=None)
    assert merged("tries", stored, known) == held


@pytest.mark.parametrize(("name", "values"), OTHERS.items(), ids=OTHERS.keys())
def test_of_everything_else_what_is_known_stays(name: str, values: tuple[object, object]) -> None:
    """It happened since the start, so it is newer, be it more or less than what stands in the record."""
    one, other = values
    assert merged(name, one, other) == one
    assert merged(name, other, one) == other


@pytest.mark.parametrize("name", sorted(KEPT))
def test_what_is_stored_alone_is_taken_as_it_is(name: str) -> None:
    """Another key's fact is no objection."""
    values = {**OTHERS, "marks": (1, 2), "spent": (1, 2), "tries": (Tries(1, AT), Tries(2, AT, LATER))}
    known, stored = values[name]
    memory = Memory()
    memory.put(name, "new", stored)
    rows = [(table, key, value) for table, key, value in rows_of(memory.changes()) if value is not None]
    memory = Memory()
    memory.put(name, "old", known)
    assert remember(memory, rows) == 0
    assert getattr(memory, name) == {"old": known, "new": stored}
