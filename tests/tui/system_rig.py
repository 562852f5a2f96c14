"""What tests of the system page share: going to a section, and reading its table."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from accessctl.operators.rights import Role
from accessctl.tui.lines import LineTable
from accessctl.tui.system.page import SystemPage
from tests.tui.rig import Site, console_at, shown, until


@asynccontextmanager
async def section(
    site: Site, id_: str, role: Role | None = None, *, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[Pilot[None]]:
    """Run a console that shows a section of the system page."""
    async with console_at(site, role, size=size, page="system") as pilot:
        page = shown(pilot, SystemPage)
        await until(pilot, lambda: page.shown is not None)
        await page.go_to(id_)
        await until(pilot, lambda: here(pilot) == id_)
        await pilot.pause()
        yield pilot


def here(pilot: Pilot[Any]) -> str:
    """Name the section that is shown, whatever lies over the page."""
    page = next(screen for screen in pilot.app.screen_stack if isinstance(screen, SystemPage))
    return "" if page.shown is None else page.shown.ID


def rows_of(pilot: Pilot[Any], table: str) -> list[list[str]]:
    """Give what stands in a table of the page, whatever lies over it."""
    page = next(screen for screen in pilot.app.screen_stack if isinstance(screen, SystemPage))
    rows = page.query_one(table, LineTable).rows
    found = []
    for index in range(len(rows)):
        row = rows.row(index)
        assert row is not None
        found.append([cell if isinstance(cell, str) else cell.text for cell in row])
    return found


def offered(pilot: Pilot[Any]) -> set[str]:
    """Give the actions whose keys are offered now."""
    return {active.binding.action for active in pilot.app.screen.active_bindings.values() if active.enabled}


async def choose(pilot: Pilot[Any], table: str, word: str) -> None:
    """Put the cursor on the row in which a word stands."""
    await until(pilot, lambda: any(word in " ".join(row) for row in rows_of(pilot, table)), word)
    at = next(index for index, row in enumerate(rows_of(pilot, table)) if word in " ".join(row))
    page = next(screen for screen in pilot.app.screen_stack if isinstance(screen, SystemPage))
    page.query_one(table, LineTable).cursor = at
    await pilot.pause()


async def until_said(pilot: Pilot[Any], *words: str) -> None:
    """Wait until all of these words were said; a console under test does not draw what it says so."""

    def said() -> str:
        return "\n".join(f"{note.title} {note.message}" for note in pilot.app._notifications)

    await until(pilot, lambda: all(word in said() for word in words), f"{words} were never said")
