"""The matrix on the screen, and what can be asked from it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from textual.geometry import Offset
from textual.pilot import Pilot

from accessctl.demo.roster import BY_HANDLE
from accessctl.demo.seed import person_id
from accessctl.operators.rights import Role
from accessctl.tui.board.explanation import COLUMNS
from accessctl.tui.rules.cell_story import CellStory
from accessctl.tui.rules.history import HistoryPage
from accessctl.tui.rules.matrix_view import MatrixView
from accessctl.tui.rules.page import RulesPage
from accessctl.tui.rules.questions import WhoCan, Why
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, shown, text_of, type_in, until, until_shown


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def the_matrix(pilot: Pilot[None]) -> MatrixView:
    """Give the matrix."""
    return shown(pilot, RulesPage).query_one(MatrixView)


def cell_at(view: MatrixView, row: str, column: str) -> tuple[int, int]:
    """Find a cell by the ids of its row and its column."""
    rows = [each.id for each in view.matrix.rows]
    return rows.index(row), [each.id for each in view.matrix.columns].index(column)


async def go_to(pilot: Pilot[None], row: str, column: str) -> None:
    """Go there with the arrows."""
    view = the_matrix(pilot)
    await until(pilot, lambda: view.matrix.rows)
    wanted_row, wanted_column = cell_at(view, row, column)
    await pilot.press(*["down"] * wanted_row, *["right"] * wanted_column)
    await until(pilot, lambda: view.cursor == Offset(wanted_column, wanted_row))


@in_a_loop
async def test_a_cell_says_when_and_its_story_stands_below(site: Site) -> None:
    """A driver passes the gate while there are deliveries, by a code; all of it is said in words."""
    borrower, tomorrow = person_id(BY_HANDLE["ana-marsh"]), datetime.now(UTC) + timedelta(days=1)
    site.office.lend(borrower, "cold-store", tomorrow.isoformat())
    async with console_at(site, page="rules", size=(160, 50)) as pilot:
        await go_to(pilot, "driver", "gate-in")
        await until_shown(
            pilot, "Driver  at  Gate, inbound", "D deliveries: mon-fri 05:00-20:00", "a keypad code"
        )
        view = the_matrix(pilot)
        assert view.matrix.text(*cell_at(view, "driver", "gate-in")) == "D*"
        assert view.matrix.text(*cell_at(view, "picker-early", "cage-in")) == "·"
        assert view.matrix.text(*cell_at(view, "swiftcrew", "cold-in")) == "✗"
        assert view.matrix.text(*cell_at(view, "", "cold-in")) == "O+"


@in_a_loop
async def test_on_a_small_screen_all_doors_are_reached_and_enter_tells_the_whole_story(site: Site) -> None:
    """Names and headings stay in sight while one goes to the right."""
    async with console_at(site, page="rules", size=(50, 24)) as pilot:
        await go_to(pilot, "cleaner", "office-in")
        await until_shown(pilot, "Cleaner", "office")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CellStory))
        await until_shown(pilot, "cleaning", "18:00-22:00")


@in_a_loop
async def test_find_goes_to_a_role_or_a_door(site: Site) -> None:
    """A few letters and Enter."""
    async with console_at(site, page="rules") as pilot:
        view = the_matrix(pilot)
        await until(pilot, lambda: view.matrix.rows)
        await pilot.press("slash")
        await until_shown(pilot, "Role, group or door")
        await type_in(pilot, "cage-in")
        await pilot.press("enter")
        wanted = cell_at(view, "driver", "cage-in")[1]
        await until(pilot, lambda: view.cursor.x == wanted)


@in_a_loop
async def test_a_click_chooses_a_cell(site: Site) -> None:
    """The mouse does what the arrows do."""
    async with console_at(site, page="rules") as pilot:
        view = the_matrix(pilot)
        await until(pilot, lambda: view.matrix.rows)
        await pilot.pause()
        await pilot.click(MatrixView, offset=(view._layout_now.label + 2, view._layout_now.head + 2))
        await until(pilot, lambda: view.cursor == Offset(0, 2))


@in_a_loop
async def test_who_can_pass_here_now_and_at_a_time(site: Site) -> None:
    """On a Monday morning the drivers can pass the gate; one of them is explained."""
    async with console_at(site, page="rules") as pilot:
        await go_to(pilot, "driver", "gate-in")
        await pilot.press("w")
        await until_shown(pilot, "Gate, inbound", "pass here.")
        await pilot.press("t")
        await until_shown(pilot, "At which time?")
        await type_in(pilot, "2030-03-04 10:00")
        await pilot.press("enter")
        await until_shown(pilot, "Rosa Villar", "2030-03-04 10:00")
        shown(pilot, WhoCan)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(pilot.app.screen, Why))
        await until_shown(pilot, COLUMNS[1].title, "level covers point")


@in_a_loop
async def test_why_somebody_may_not(site: Site) -> None:
    """The person is found by a few letters; the check that refuses is the one that is chosen."""
    async with console_at(site, page="rules") as pilot:
        await go_to(pilot, "picker-early", "cage-in")
        await pilot.press("y")
        await until_shown(pilot, "Who, at Cage, in?")
        await type_in(pilot, "ana m")
        await until_shown(pilot, "Ana Marsh")
        await until(pilot, lambda: "Beth Ashdown" not in text_of(pilot))
        await pilot.press("enter")
        await until_shown(pilot, "Ana Marsh", "It is refused.", "level covers point", "FAILED")


@in_a_loop
async def test_an_auditor_reads_the_rules_and_changes_nothing(site: Site) -> None:
    """The file is shown to read only, its history without a way back."""
    async with console_at(site, Role.AUDITOR, page="rules", size=(120, 40)) as pilot:
        await until_shown(pilot, "e Site file", "h History")
        assert "Former one" not in text_of(pilot)
        await pilot.press("e")
        await until_shown(pilot, "to read only", "sound")
        before = text_of(pilot)
        assert "Apply" not in before
        await pilot.press("x", "delete", "ctrl+s", "ctrl+r")
        await pilot.pause()
        assert "to read only" in text_of(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, RulesPage))
        await pilot.press("h")
        await until(pilot, lambda: isinstance(pilot.app.screen, HistoryPage))
        await until_shown(pilot, "by hand")
        assert "Put back" not in text_of(pilot)


@in_a_loop
async def test_whoever_may_not_read_the_rules_sees_the_matrix_only(site: Site) -> None:
    """An enroller sees who passes where and by which schedule, and is offered no file."""
    async with console_at(site, Role.ENROLLER, page="rules", size=(120, 40)) as pilot:
        await go_to(pilot, "driver", "gate-in")
        await until_shown(pilot, "D deliveries", "w Who can")
        assert "mon-fri" not in text_of(pilot)
        assert "Site file" not in text_of(pilot)
        await pilot.press("e", "h", "z")
        await pilot.pause()
        shown(pilot, RulesPage)


@in_a_loop
async def test_without_an_answer_it_is_said_and_comes_back_by_itself(site: Site) -> None:
    """Nothing freezes, and the matrix stays."""
    async with console_at(site, page="rules", size=(120, 40)) as pilot:
        await go_to(pilot, "driver", "gate-in")
        site.api.process.kill()
        try:
            await until_shown(pilot, "NO ANSWER", "Picker, early shift")
            await pilot.press("w")
            await until_shown(pilot, "does not answer")
            await pilot.press("escape")
        finally:
            site.restart_api()
        await until(pilot, lambda: "NO ANSWER" not in text_of(pilot))
