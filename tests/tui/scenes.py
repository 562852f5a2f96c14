"""Screens of the console at the site that stands still, each reached by its keys."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, cast

from textual.pilot import Pilot
from textual.widgets import Input, OptionList, TextArea

from accessctl.link.requests import ReadCard
from accessctl.tui.console import START, Console
from accessctl.tui.lines import LineTable
from tests.tui.rig import text_of, type_in, until, until_shown
from tests.tui.still import StillApi, still_site
from tests.tui.still_console import CountingAsker, still_console

Play = Callable[[Pilot[Any], StillApi], Awaitable[None]]
_STILL_FOR: Final = 4
"""So many breaths in which nothing is asked and nothing changes, until a screen stands still."""
_ABOVE: Final = 6
"""Lines of the site file above the one that is changed."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A screen: how one comes there, and what has to be so before."""

    play: Play
    mustering: bool = False
    nobody: bool = False
    """Whether nobody has logged in."""
    warehouse: bool = False
    """Whether it is the demo's own console."""

    @contextmanager
    def console(self, theme: str = "dark") -> Iterator[tuple[Console, StillApi]]:
        """Make a console at a site of its own."""
        with still_site(mustering=self.mustering) as api:
            yield still_console(api, theme, nobody=self.nobody, warehouse=self.warehouse), api

    async def reach(self, pilot: Pilot[Any], api: StillApi) -> None:
        """Go there, and wait until nothing moves any more."""
        console = pilot.app
        assert isinstance(console, Console)
        if not self.nobody:
            await until(pilot, lambda: console.standing.believed and console.current_mode != START)
        await self.play(pilot, api)
        await _stand_still(pilot, console)


async def _stand_still(pilot: Pilot[Any], console: Console) -> None:
    for field in console.screen.query("Input, TextArea"):
        assert isinstance(field, Input | TextArea)
        field.cursor_blink = False
        if isinstance(field, TextArea):
            field.notify_style_update()  # else a line could be shown as drawn while its cursor was not there
    asker, still, seen = console.asker, 0, ""
    assert isinstance(asker, CountingAsker)

    def stands() -> bool:
        nonlocal still, seen
        now = text_of(pilot)
        console.screen.refresh()  # what lies under a dialog was drawn when that opened, finished or not
        still, seen = (still + 1 if now == seen and not asker.asking else 0), now
        return still >= _STILL_FOR

    await until(pilot, stands)


async def _to(pilot: Pilot[Any], key: str, *words: str) -> None:
    """Press a key, and wait for what has to be on the screen then."""
    await pilot.press(key)
    await until_shown(pilot, *words)


async def _choose(pilot: Pilot[Any], word: str, table: str = "LineTable") -> None:
    """Put the cursor of a table on the row in which this stands."""
    found = pilot.app.screen.query_one(table, LineTable)

    def place() -> int | None:
        for index in range(len(found.rows)):
            cells = [cell if isinstance(cell, str) else cell.text for cell in found.rows.row(index) or ()]
            if word in " ".join(cells):
                return index
        return None

    await until(pilot, lambda: place() is not None, word)
    found.focus()
    found.cursor = place() or 0


# -------------------------------------------------------------------------------------------- board


async def board(pilot: Pilot[Any], _api: StillApi) -> None:
    """Doors and what happens."""
    await until_shown(pilot, "Main gate", "Aino Virtanen")


async def lost(pilot: Pilot[Any], api: StillApi) -> None:
    """Nobody answers any more: nothing that stands there is shown as live."""
    await board(pilot, api)
    await asyncio.to_thread(api.close)
    await until_shown(pilot, "OLD", "UNKNOWN")


async def alarms(pilot: Pilot[Any], api: StillApi) -> None:
    """What is open."""
    await board(pilot, api)
    await _to(pilot, "A", "Open alarms", "unacknow")


async def drawer(pilot: Pilot[Any], api: StillApi) -> None:
    """All about one door."""
    await board(pilot, api)
    await pilot.press("end", "left")
    await _to(pilot, "enter", "What happened here", "access taken")


async def why(pilot: Pilot[Any], api: StillApi) -> None:
    """Why somebody was refused, and when they would not be."""
    await board(pilot, api)
    await pilot.press("slash")
    await type_in(pilot, "chloe")
    await pilot.press("enter")
    await _choose(pilot, "Chloe", "StreamView LineTable")
    await _to(pilot, "enter", "Chloe Bannister", "FAILED", "It will be granted from")


async def unlock(pilot: Pilot[Any], api: StillApi) -> None:
    """An order with an end."""
    await board(pilot, api)
    await _to(pilot, "u", "Until when")


async def lock_down(pilot: Pilot[Any], api: StillApi) -> None:
    """The order that has to be typed out."""
    await board(pilot, api)
    await _to(pilot, "L", "The whole site")
    await type_in(pilot, "cold")
    await pilot.press("enter")
    await until(pilot, lambda: "The whole site" not in text_of(pilot))


async def help_page(pilot: Pilot[Any], api: StillApi) -> None:
    """What one can do on the board."""
    await board(pilot, api)
    await _to(pilot, "question_mark", "Help", "tiles.up")


async def palette(pilot: Pilot[Any], api: StillApi) -> None:
    """Anything by its name."""
    await board(pilot, api)
    await _to(pilot, "ctrl+p", "Search for commands")
    await type_in(pilot, "release")
    found = pilot.app.screen.query_one(OptionList)

    def all_came() -> bool:
        # Whatever was found first is chosen first, and stays so when what is better is found.
        found.highlighted = 0
        found.scroll_home(animate=False)
        return "Release  (r)" in text_of(pilot) and "Unlock Main gate" not in text_of(pilot)

    await until(pilot, all_came)


# ------------------------------------------------------------------------------------------- people


async def people(pilot: Pilot[Any], _api: StillApi) -> None:
    """Found by the beginning of a name."""
    await pilot.press("2")
    await until_shown(pilot, "40 people")
    await type_in(pilot, "m")
    await until_shown(pilot, "6 people", "Marta Quill")
    await pilot.press(*["down"] * 3)


async def everybody(pilot: Pilot[Any], _api: StillApi) -> None:
    """The list of all."""
    await _to(pilot, "2", "40 people", "Aino Virtanen")


async def _person(pilot: Pilot[Any], name: str) -> None:
    await _to(pilot, "2", "40 people")
    await type_in(pilot, name)
    await until_shown(pilot, "1 person")
    await _to(pilot, "enter", "What happened last", "Can pass now")


async def person(pilot: Pilot[Any], _api: StillApi) -> None:
    """All about one person."""
    await _person(pilot, "harriet")
    await until_shown(pilot, "Cage for valuables", "access granted")


async def new_person(pilot: Pilot[Any], _api: StillApi) -> None:
    """Somebody new, and all they need, on one form."""
    remembered = cast("Console", pilot.app).remembered
    for name, value in (("roles", "picker-early"), ("reader", "staff-in"), ("pin", "made")):
        remembered.put(f"enrol.{name}", value)
    await _to(pilot, "2", "40 people")
    await _to(pilot, "ctrl+n", "Somebody new", "Picker, early shift")
    await type_in(pilot, "Nina Vale")


async def card(pilot: Pilot[Any], api: StillApi) -> None:
    """A reader waits for a card."""
    api.peer.silent_on.add(ReadCard)
    await _ask_for_card(pilot)
    await until_shown(pilot, "Show the card at")


async def card_taken(pilot: Pilot[Any], _api: StillApi) -> None:
    """A card that can be copied was enrolled."""
    await _ask_for_card(pilot)
    await until_shown(pilot, "is enrolled")


async def _ask_for_card(pilot: Pilot[Any]) -> None:
    await _person(pilot, "joel")
    await _to(pilot, "c", "At which reader")
    await type_in(pilot, "staff")
    await pilot.press("enter")


async def pin(pilot: Pilot[Any], _api: StillApi) -> None:
    """How a PIN comes to be."""
    await _person(pilot, "joel")
    await _to(pilot, "i", "Made up by the system")


async def consent(pilot: Pilot[Any], _api: StillApi) -> None:
    """What is agreed to before a finger is enrolled."""
    await _person(pilot, "joel")
    await _to(pilot, "f", "agree")


# -------------------------------------------------------------------------------------- rules, muster


async def rules(pilot: Pilot[Any], _api: StillApi) -> None:
    """Who, where and when."""
    await _to(pilot, "3", "Cold-store", "early")
    await pilot.press(*["down"] * 5, *["right"] * 10)
    await until_shown(pilot, "Supervisor  at  Cage, in")


async def who_can(pilot: Pilot[Any], api: StillApi) -> None:
    """Everybody who could pass a door now."""
    await rules(pilot, api)
    await _to(pilot, "w", "4 people can pass here", "Yusuf Demir")


async def editor(pilot: Pilot[Any], api: StillApi) -> None:
    """The site file, with what is wrong in it marked."""
    await rules(pilot, api)
    await _to(pilot, "e", "sound")
    text = pilot.app.screen.query_one(TextArea)
    row = next(at for at in range(text.document.line_count) if text.document.get_line(at) == "[doors.cage]")
    text.move_cursor((row, 0), center=True)
    await pilot.press("down", "end")
    await type_in(pilot, " x")
    await until_shown(pilot, "1 problem", "Expected newline")
    top = text.wrapped_document.location_to_offset((row, 0)).y - _ABOVE

    def scrolled() -> bool:
        text.scroll_to(0, top, animate=False, immediate=True)
        return text.scroll_offset.y == top

    await until(pilot, scrolled)


async def muster(pilot: Pilot[Any], _api: StillApi) -> None:
    """Who is inside."""
    await _to(pilot, "4", "Harriet Lowe", "people inside")


async def mustering(pilot: Pilot[Any], _api: StillApi) -> None:
    """Who is missing."""
    await _to(pilot, "4", "Harriet Lowe", "8 MISSING of 12")


# ------------------------------------------------------------------------------------------- events


async def events(pilot: Pilot[Any], _api: StillApi) -> None:
    """The record."""
    await _to(pilot, "5", "Harriet Lowe", "entries")


async def entry(pilot: Pilot[Any], api: StillApi) -> None:
    """All that the record says of one entry."""
    await events(pilot, api)
    await _choose(pilot, "Tess Whitlock")
    await _to(pilot, "enter", "reported lost", "This person")


async def export(pilot: Pilot[Any], api: StillApi) -> None:
    """Into a file."""
    await events(pilot, api)
    await _to(pilot, "E", "Into the file")
    await pilot.press("ctrl+u")
    await type_in(pilot, "last-week.csv")


# ------------------------------------------------------------------------------------------- system


async def _section(pilot: Pilot[Any], number: int, *words: str) -> None:
    await _to(pilot, "6", "Health", "26 hours")
    for _each in range(number):
        await pilot.press("right_square_bracket")
    await until_shown(pilot, *words)


async def devices(pilot: Pilot[Any], _api: StillApi) -> None:
    """How the devices are."""
    await _section(pilot, 1, "40 devices", "gate-in.reader")


async def keys(pilot: Pilot[Any], _api: StillApi) -> None:
    """Keys of the site's own cards."""
    await _section(pilot, 2, "No keys of")


async def backups(pilot: Pilot[Any], _api: StillApi) -> None:
    """What was backed up."""
    await _section(pilot, 3, "There is no backup")


async def operators(pilot: Pilot[Any], _api: StillApi) -> None:
    """Who may use it."""
    await _section(pilot, 4, "no password")


async def approvals(pilot: Pilot[Any], _api: StillApi) -> None:
    """What waits for a second one."""
    await _section(pilot, 5, "Nothing waits")


async def health(pilot: Pilot[Any], _api: StillApi) -> None:
    """What is wrong, and what was measured."""
    await _section(pilot, 0, "the newest one is 26 hours old", "Databases", "Controller")


async def record(pilot: Pilot[Any], _api: StillApi) -> None:
    """How the record is signed."""
    await _section(pilot, 6, "accessctl/kade-1", "/mnt/usb/accessctl-heads")


async def head(pilot: Pilot[Any], api: StillApi) -> None:
    """The newest head, to be photographed."""
    await record(pilot, api)
    await _to(pilot, "h", "can show later")


# ------------------------------------------------------------------------------------------- reports


async def reports(pilot: Pilot[Any], _api: StillApi) -> None:
    """Which there are, and one of them."""
    await _to(pilot, "7", "Refusals and why")
    await _choose(pilot, "Refusals", "#kinds")
    await _to(pilot, "enter", "worked out at", "Refusals by day")


async def report_list(pilot: Pilot[Any], _api: StillApi) -> None:
    """What a report would say, and what it is asked for."""
    await _to(pilot, "7", "Who was where and when", "has it worked out")


# ------------------------------------------------------------------------------------------- others


async def login(pilot: Pilot[Any], _api: StillApi) -> None:
    """Before anything is shown."""
    await until_shown(pilot, "Log in to accessctl")


async def warehouse(pilot: Pilot[Any], _api: StillApi) -> None:
    """The demo's own page."""
    await _to(pilot, "8", "Marta Quill", "Main gate")


SCENES: Final[dict[str, Scene]] = {
    **{
        play.__name__: Scene(play)
        for play in (
            *(board, lost, alarms, drawer, why, unlock, lock_down, help_page, palette),
            *(people, everybody, person, new_person, card, card_taken, pin, consent),
            *(rules, who_can, editor, muster, events, entry, export),
            *(health, devices, keys, backups, operators, approvals, record, head),
            *(reports, report_list),
        )
    },
    "mustering": Scene(mustering, mustering=True),
    "login": Scene(login, nobody=True),
    "warehouse": Scene(warehouse, warehouse=True),
}
