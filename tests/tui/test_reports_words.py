"""Reports laid out for a screen: nothing is wider than it, lost, or told by colour alone."""

from datetime import timedelta

import pytest
from rich.cells import cell_len

from accessctl.reports.value import Chart, Column, Kind, Named, Report, Series, Shape, Table, Tone
from accessctl.tui.reports.charts import drawn
from accessctl.tui.reports.lines import lines_of
from accessctl.tui.reports.wrapping import shared, wrapped
from tests.homes import NOON

_ROW = (
    NOON,
    Named("p-1", "Añö Ōkafor 田中"),
    "a reason that takes more than one line",
    timedelta(hours=2),
    7,
)
_TABLE = Table(
    "Stays",
    (
        Column("at", "When", Kind.INSTANT),
        Column("who", "Who", Kind.PERSON),
        Column("why", "Why"),
        Column("for", "For", Kind.DURATION),
        Column("count", "Count", Kind.NUMBER),
    ),
    (_ROW,) * 3,
    total=9,
)
_STACKED = Chart("C", ("one", "two"), (Series("in", (3, 1), Tone.GOOD), Series("out", (1, 0), Tone.BAD)), "x")
_TIME = Chart("T", tuple(f"{at:03}" for at in range(400)), (Series("", (1.0,) * 400),), "x", Shape.COLUMNS)


def report(*charts: Chart) -> Report:
    return Report(
        "time", "Time", "Kade", "UTC", NOON, None, None, ("It says so.",), charts, (_TABLE,), ("a\x1bb",)
    )


@pytest.mark.parametrize("width", [30, 44, 78, 120, 200])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    """However narrow it is; and every word of the table is there."""
    lines = ["".join(text for text, _ in line) for line in lines_of(report(_STACKED, _TIME), width)]
    assert max(map(cell_len, lines)) <= width
    said = " ".join("".join(lines).split())
    for word in ("Añö", "田中", "reason", "2 h 00 min", "It says so."):
        assert word in said, word
    assert "3 of 9 rows" in " ".join(line.strip() for line in lines)


def test_what_would_command_the_terminal_is_shown() -> None:
    """An escape in a note is written out."""
    assert not any("\x1b" in text for line in lines_of(report(), 80) for text, _ in line)


def test_each_series_has_a_fill_of_its_own() -> None:
    """Colour alone says nothing."""
    key, first, *_rest = list(drawn(_STACKED, 60))
    fills = [text.split()[0] for text, _ in key]
    assert len(set(fills)) == 2
    assert [text[0] for text, _ in first[1:3]] == fills


def test_a_chart_of_nothing_is_drawn() -> None:
    """Where every value is none there is no bar, and no division by it."""
    for shape in Shape:
        chart = Chart("Z", ("a", "b"), (Series("", (0.0, 0.0)),), "x", shape)
        assert "█" not in "".join(text for line in drawn(chart, 40) for text, _ in line)


def test_words_are_broken_where_they_have_to_be() -> None:
    """Between words, and a long one within."""
    assert wrapped("one two three", 8) == ["one two", "three"]
    assert wrapped("incomprehensible", 6) == ["incomp", "rehens", "ible"]
    assert wrapped("", 5) == [""]


def test_the_widest_column_gives_way() -> None:
    """What fits stays as wide as it wants to be."""
    assert shared([5, 6], [4, 4], 20) == [5, 6]
    assert shared([5, 40], [5, 10], 30) == [5, 23]
