"""The frame around every page: who one is, which pages there are, and what is said when nobody answers."""

from collections.abc import Iterator

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from accessctl.operators.rights import Role
from accessctl.tui.console import Console
from accessctl.tui.help import HelpPage
from accessctl.tui.settings import Settings
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, shown, text_of, until, until_shown


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@in_a_loop
async def test_it_begins_with_the_board_and_says_who_and_where(site: Site) -> None:
    """The line above names site, pages and operator."""
    async with console_at(site, size=(160, 40)) as pilot:
        assert "1 Board" in text_of(pilot)
        assert "Kade Warehouse" in text_of(pilot)


@in_a_loop
async def test_pages_are_reached_by_their_numbers(site: Site) -> None:
    """Two is the people's page, five the events'; with Alt also while a name is being typed."""
    async with console_at(site) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.current_mode == "people")
        await pilot.press("m", "alt+5")
        await until(pilot, lambda: pilot.app.current_mode == "events")


@in_a_loop
async def test_alt_with_a_number_is_a_page_and_types_nothing(site: Site) -> None:
    """As a terminal sends it: escape and the digit. Other signs are typed as ever."""
    async with console_at(site, page="people") as pilot:
        await send(pilot, "m", "\x1b3")
        await until(pilot, lambda: pilot.app.current_mode == "rules")
        await send(pilot, "\x1b2")
        await until(pilot, lambda: pilot.app.current_mode == "people")
        await send(pilot, "3")
        await until(pilot, lambda: pilot.app.screen.query_one(Input).value == "m3")


async def send(pilot: Pilot[None], *texts: str) -> None:
    """Send what a terminal would, read by the parser that reads it there."""
    for text in texts:
        parser = XTermParser()
        for event in (*parser.feed(text), *parser.feed("")):  # nothing more comes
            assert isinstance(event, Key)
            pilot.app.post_message(event)
        await pilot.pause()


@in_a_loop
async def test_pages_that_a_role_may_not_see_are_not_offered(site: Site) -> None:
    """An enroller reads no events and sees nobody's whereabouts."""
    async with console_at(site, Role.ENROLLER) as pilot:
        console = pilot.app
        assert isinstance(console, Console)
        offered = [page.mode for page in console.offered_pages]
        assert offered == ["board", "people", "rules", "system", "reports"]
        console.action_go("events")
        await pilot.pause()
        assert console.current_mode == "board"


@in_a_loop
async def test_an_api_that_dies_makes_everything_old_and_comes_back(site: Site) -> None:
    """It is said at once, nothing is shown as live, and it goes on by itself."""
    async with console_at(site) as pilot:
        site.api.process.kill()
        await until_shown(pilot, "NO ANSWER", "OLD")
        site.restart_api()
        await until(pilot, lambda: "NO ANSWER" not in text_of(pilot))


@in_a_loop
async def test_a_door_process_that_dies_is_told_from_an_api_that_does(site: Site) -> None:
    """Nobody decides at a door then, and it is not said that doors go on."""
    async with console_at(site) as pilot:
        site.door.kill()
        await until_shown(pilot, "NO ANSWER", "no badge counts")
        assert "doors go on" not in text_of(pilot)
        site.start_door_again()
        await until(pilot, lambda: "NO ANSWER" not in text_of(pilot))


@in_a_loop
async def test_help_lists_the_keys_with_their_ids(site: Site) -> None:
    """Every key has a stable id under which it can be remapped; what has no room is scrolled to."""
    async with console_at(site) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpPage))
        shown(pilot, HelpPage)
        await pilot.press("end")
        await until_shown(pilot, "console.palette", "console.quit")


@in_a_loop
async def test_keys_can_be_remapped(site: Site) -> None:
    """A line in the settings gives an action another key."""
    async with console_at(site, settings=Settings(keys={"console.help": "f8"})) as pilot:
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpPage))


@in_a_loop
async def test_a_key_that_there_is_not_is_told_of(site: Site) -> None:
    """Whoever wrote a line that does nothing learns of it when the console starts; the other lines count."""
    settings = Settings(keys={"board.no-such-key": "x", "console.help": "f8", "tiles.open": "o"})
    async with console_at(site, settings=settings) as pilot:
        (problem,) = (each.message for each in pilot.app._notifications)
        assert "board.no-such-key" in problem
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpPage))


@pytest.mark.parametrize(("columns", "said"), [(60, "2  3  4"), (80, "6 System"), (160, "Kade Warehouse")])
def test_the_line_above_says_what_there_is_room_for(site: Site, columns: int, said: str) -> None:
    """The clock always; the pages' names where they fit, then who and where."""

    @in_a_loop
    async def look() -> None:
        async with console_at(site, size=(columns, 24)) as pilot:
            line = text_of(pilot).splitlines()[0]
            assert said in line
            assert line[-3] == line[-6] == ":"

    look()
