"""How one says which entries are wanted, and how entries are told."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accessctl.tui.event_words import facts_of, is_refusal, value_of, why_of
from accessctl.tui.events.export_dialog import default_name
from accessctl.tui.events.kinds import kinds, known_types, types_of
from accessctl.tui.events.lines import COLUMNS, counted, line_of
from accessctl.tui.events.spans import midnight, named_spans, stretch_of
from accessctl.tui.events.typed import Places, understood
from accessctl.tui.events.wanted import Wanted
from accessctl.tui.line_rows import Cell
from tests.tui.events_made import entry

NOW = datetime(2026, 1, 14, 12, 30, tzinfo=UTC)
PLACES = Places(
    {"gate": "Main gate", "cage": "Cage", "cold": "Cold store"},
    {"gate-in": "Gate, inbound", "cage-in": "Cage"},
)


def _local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute).astimezone()


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("2026-01-10", _local(2026, 1, 10), _local(2026, 1, 11)),
        ("2025-12", _local(2025, 12, 1), _local(2026, 1, 1)),
        ("2026-01-10 6:05", _local(2026, 1, 10, 6, 5), None),
        ("2026-01-10T06:05", _local(2026, 1, 10, 6, 5), None),
        ("3h", NOW - timedelta(hours=3), None),
        ("90 min", NOW - timedelta(minutes=90), None),
    ],
)
def test_a_time_is_typed_as_one_writes_it(typed: str, since: datetime, until: datetime | None) -> None:
    """A day or month is meant as a whole, anything else from then on."""
    assert stretch_of(typed, NOW) == (since, until)


def test_a_time_of_day_is_the_last_one_of_its_kind() -> None:
    """One that is still to come today was yesterday's."""
    now = _local(2026, 1, 14, 12, 30)
    assert stretch_of("12:29", now) == (_local(2026, 1, 14, 12, 29), None)
    assert stretch_of("12:31", now) == (_local(2026, 1, 13, 12, 31), None)


@pytest.mark.parametrize(
    "typed", ["", "soon", "2026-13", "2026-02-30", "25:00", "99999999d", "2026-01-01 25:00"]
)
def test_what_is_no_time_is_none(typed: str) -> None:
    """And nothing fails over it."""
    assert stretch_of(typed, NOW) is None


def test_stretches_have_names() -> None:
    """Whole days, and no gap between one and the next."""
    spans = {each.id: each.span for each in named_spans(NOW)}
    today = NOW.astimezone().date()
    assert spans["yesterday"].until == spans["today"].since == midnight(today)
    assert spans["7days"].since == midnight(today - timedelta(days=7))
    assert spans["lastmonth"].until == spans["month"].since
    assert spans["lastweek"].until == spans["week"].since


@pytest.mark.parametrize(
    ("typed", "wanted", "person"),
    [
        ("", Wanted(), ""),
        ("refused", Wanted(outcome="refused"), ""),
        ("Granted main gate", Wanted(outcome="granted", door="gate"), ""),
        ("gate-in ana marsh", Wanted(access_point="gate-in"), "ana marsh"),
        (
            "access granted gate-in",
            Wanted(access_point="gate-in", kind="access_granted", types=("access_granted",)),
            "",
        ),
        ("door_opened cold", Wanted(door="cold", kind="door_opened", types=("door_opened",)), ""),
        ("  marta   2025-12 ", Wanted(since=_local(2025, 12, 1), until=_local(2026, 1, 1)), "marta"),
        (
            "denied 2026-01-10 06:05 cage",
            Wanted(outcome="refused", door="cage", since=_local(2026, 1, 10, 6, 5)),
            "",
        ),
    ],
)
def test_a_few_words_say_what_is_wanted(typed: str, wanted: Wanted, person: str) -> None:
    """What is no other word is somebody's name."""
    assert understood(typed, PLACES, NOW) == (wanted, person)


def test_a_stretch_is_typed_by_its_name_or_its_words() -> None:
    """Both mean the same."""
    assert understood("7days", PLACES, NOW) == understood("the last 7 days", PLACES, NOW)
    assert understood("yesterday", PLACES, NOW).wanted.until == midnight(NOW.astimezone().date())


def test_groups_of_types_are_asked_for_by_a_word() -> None:
    """Each has types, of which the record knows every one."""
    for kind in kinds():
        assert kind.types
        assert set(kind.types) <= set(known_types())
        assert understood(kind.id, PLACES, NOW).wanted.types == kind.types
    assert len(max(kinds(), key=lambda kind: len(kind.types)).types) <= 100, "the API takes no more"
    assert types_of("door_opened") == ("door_opened",)
    assert types_of("nonsense") == ()


def test_what_is_wanted_is_said_in_words() -> None:
    """In the order in which one would say it."""
    wanted = Wanted("p-1", "Ana Marsh", "gate", outcome="refused", since=_local(2026, 1, 10))
    assert wanted.in_words(PLACES.names) == "refused · by Ana Marsh · at Main gate · since 2026-01-10 00:00"
    assert Wanted().in_words({}) == "Everything that was recorded"
    assert Wanted(until=_local(2026, 1, 10)).in_words({}) == "until 2026-01-10 00:00"


def test_the_api_is_asked_in_its_own_words() -> None:
    """With instants that have an offset."""
    query = Wanted(types=("rex",), since=NOW).query()
    assert query["since"] == NOW.isoformat()
    assert query["type"] == ("rex",)
    assert Wanted().anything
    assert not Wanted(door="gate").anything


def test_an_entry_is_a_line() -> None:
    """With a cell for each column, also for an entry that is about nobody."""
    line = line_of(entry(4711), PLACES.names)
    assert len(line) == len(COLUMNS)
    texts = [cell.text if isinstance(cell, Cell) else cell for cell in line]
    assert {"access granted", PLACES.points["gate-in"], "Ana Marsh", "Granted."} <= set(texts)
    nobody = entry(
        1, "operator_added", person=None, person_name=None, reason=None, detail={"operator": "root"}
    )
    assert "root" in [cell.text for cell in line_of(nobody, {}) if isinstance(cell, Cell)]


@pytest.mark.parametrize(
    ("value", "said"),
    [(True, "yes"), (None, ""), (["a", 1], "a, 1"), ({"a": False}, "a no"), (1.5, "1.5"), ("text", "text")],
)
def test_details_are_told_as_people_say_them(value: Any, said: str) -> None:  # noqa: ANN401 - as JSON has it
    """And never as Python writes them."""
    assert value_of(value) == said


def test_an_entry_without_a_reason_tells_its_details() -> None:
    """So that the last column is of use for every entry."""
    assert why_of(entry(1, reason=None, detail={"rules": "r-1", "held": True})) == "rules r-1, held yes"


def test_an_entry_in_full_says_everything() -> None:
    """Each field with a value, names beside ids, and whether the clock was to be trusted."""
    event = entry(4711, "denied_passback", clock_synced=False, detail={"since_s": 12})
    facts = {fact.label: fact.value for fact in facts_of(event, PLACES.names)}
    assert facts["door"] == "Main gate (gate)"
    assert facts["who"] == "Ana Marsh (p-1)"
    assert facts["since s"] == "12"
    assert "NOT" in facts["clock"]
    assert facts["in UTC"] == "2026-01-05T06:58:12.417Z"
    assert is_refusal(event)
    assert "credential" not in {fact.label for fact in facts_of(entry(1, credential=None), {})}


def test_numbers_of_entries_are_read_easily() -> None:
    """One entry, and a million of them."""
    assert counted(1) == "1 entry"
    assert counted(1_000_000) == "1,000,000 entries"


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (Wanted(), "kade-warehouse-2026-01-14.csv"),
        (Wanted(since=_local(2026, 1, 7)), "kade-warehouse-2026-01-07-to-2026-01-14.csv"),
        (Wanted(since=_local(2026, 1, 13), until=_local(2026, 1, 14)), "kade-warehouse-2026-01-13.csv"),
        (Wanted(until=_local(2026, 1, 10, 6)), "kade-warehouse-2026-01-10.csv"),
    ],
)
def test_an_export_is_named_after_site_and_days(wanted: Wanted, name: str) -> None:
    """The day behind the last one is not among them."""
    assert default_name("Kade Warehouse", wanted, NOW) == name
    assert default_name("", Wanted(), NOW) == "events-2026-01-14.csv"
    assert "/" not in default_name("../Ümlaut & Söhne", Wanted(), NOW)
