"""The table that draws only what one sees."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from accessctl.tui.line_rows import fitted, layout
from accessctl.tui.lines import Cell, Column, FixedRows, LineTable, Row
from accessctl.tui.look import DOTS, Tone
from tests.tui.conftest import in_a_loop
from tests.tui.rig import text_of


class _Many:
    """Very many rows, which says how often each is asked for."""

    def __init__(self, count: int) -> None:
        self.count, self.first, self.asked = count, 0, 0

    def __len__(self) -> int:
        return self.count

    def row(self, index: int) -> Row | None:
        self.asked += 1
        return None if index == 3 else (Cell(f"row {index - self.first}", Tone.GOOD), "more")


class _Table(App[None]):
    def __init__(self, rows: _Many | FixedRows) -> None:
        super().__init__()
        self._rows = rows
        self.chosen: list[int] = []

    def compose(self) -> ComposeResult:
        yield LineTable([Column("What", 12), Column("More")], self._rows, empty="nothing here")

    def on_line_table_chosen(self, message: LineTable.Chosen) -> None:
        self.chosen.append(message.index)


@asynccontextmanager
async def _shown(rows: _Many | FixedRows) -> AsyncIterator[tuple[Pilot[None], LineTable]]:
    async with _Table(rows).run_test(size=(40, 12)) as pilot:
        await pilot.pause()
        yield pilot, pilot.app.query_one(LineTable)


def _rows(pilot: Pilot[None]) -> list[str]:
    """Give what stands in the table, without the bar beside it."""
    return [line[:20].rstrip() for line in text_of(pilot).splitlines()]


def test_columns_share_what_the_fixed_ones_leave() -> None:
    """Those without a width get the same; what is too narrow or too wide for a column leaves it out."""
    columns = (
        Column("a", 5),
        Column("b"),
        Column("c"),
        Column("d", 4, from_width=80),
        Column("e", 4, to_width=30),
    )
    assert layout(columns, 41) == ((0, 5), (1, 17), (2, 16))
    assert [at for at, _room in layout(columns, 80)] == [0, 1, 2, 3]
    assert [at for at, _room in layout(columns, 30)] == [0, 1, 2, 4]


def test_text_that_is_too_long_says_so() -> None:
    """It is cut to the cell, wide letters included."""
    assert fitted("abc", 5) == "abc  "
    assert fitted("abcdefgh", 5) == f"abcd{DOTS}"
    assert fitted("日本語日本", 5) == f"日本{DOTS}"


@in_a_loop
async def test_a_million_rows_cost_what_one_screen_does() -> None:
    """Only what is in sight is asked for, at the beginning and at the end."""
    async with _shown(rows := _Many(1_000_000)) as (pilot, table):
        assert rows.asked < 100
        await pilot.press("end")
        await pilot.pause()
        assert "row 999999" in text_of(pilot)
        assert table.at_end
        assert rows.asked < 200


@in_a_loop
async def test_a_row_that_is_not_here_is_marked() -> None:
    """It is drawn as dots in every column until it comes."""
    async with _shown(_Many(20)) as (pilot, _table):
        assert text_of(pilot).splitlines()[4].split() == [DOTS, DOTS]


@in_a_loop
async def test_nothing_to_show_is_said() -> None:
    """An empty table has words of its own."""
    async with _shown(FixedRows()) as (pilot, _table):
        assert "nothing here" in text_of(pilot)
        await pilot.press("enter", "down", "end")
        assert pilot.app.query_one(LineTable).cursor == 0


@in_a_loop
async def test_what_one_reads_stays_in_its_place_when_rows_come_above() -> None:
    """The cursor goes along with its row; at the very first row one sees what comes."""
    async with _shown(rows := _Many(1000)) as (pilot, table):
        rows.count, rows.first = 1002, 2
        table.came_above(2)
        await pilot.pause()
        assert table.cursor == 0
        await pilot.press("pagedown", "pagedown")
        await pilot.pause()
        before = _rows(pilot)
        rows.count, rows.first = 1007, 7
        table.came_above(5)
        await pilot.pause()
        assert _rows(pilot) == before


@in_a_loop
async def test_what_was_drawn_once_is_not_drawn_again() -> None:
    """The same row at the same width is the same strip."""
    async with _shown(FixedRows([("one", "x"), ("two", "y")])) as (_pilot, table):
        assert table.render_line(2) is table.render_line(2)


@in_a_loop
async def test_another_theme_is_seen_at_once() -> None:
    """Lines that were kept as they were drawn are drawn anew in the other colours."""
    async with _shown(FixedRows([(Cell("one", Tone.GOOD), "x"), ("two", "y")])) as (pilot, table):
        before = table.render_line(2)
        pilot.app.theme = "textual-light"
        await pilot.pause()
        assert [segment.style for segment in table.render_line(2)] != [segment.style for segment in before]


@in_a_loop
async def test_a_click_goes_there_and_a_second_one_opens() -> None:
    """As in any list."""
    async with _shown(FixedRows([(str(number), "") for number in range(5)])) as (pilot, table):
        await pilot.click(LineTable, offset=(2, 4))
        assert (table.cursor, pilot.app.chosen) == (3, [])  # type: ignore[attr-defined]
        await pilot.click(LineTable, offset=(2, 4))
        assert pilot.app.chosen == [3]  # type: ignore[attr-defined]
