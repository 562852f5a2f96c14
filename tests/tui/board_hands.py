"""What tests of the board do again and again."""

from typing import Any

from textual.pilot import Pilot

from accessctl.client import Event
from accessctl.demo.roster import BY_HANDLE
from accessctl.tui.board.page import BoardPage
from tests.tui.rig import Site, shown, until


def board(pilot: Pilot[None]) -> BoardPage:
    """Give the board, which has to be shown."""
    return shown(pilot, BoardPage)


async def choose(pilot: Pilot[None], door: str) -> None:
    """Choose a door's tile."""
    page = board(pilot)
    page.tiles.choose(door)
    await until(pilot, lambda: page.ordered_door == door)


def door(site: Site, id_: str) -> dict[str, Any]:
    """Give a door, as it stands."""
    return next(dict(each) for each in site.office.doors() if each["id"] == id_)


def recorded(site: Site, type_: str, door: str | None = None) -> list[Event]:
    """Give the entries of a type, or those at one door, oldest first."""
    return list(site.office.events(type=type_, door=door))


async def refuse_at_the_cage(pilot: Pilot[None], site: Site, handle: str) -> Event:
    """Have somebody badge at the cage, and wait until the board knows that they were refused."""
    recent, before = board(pilot).console.standing.recent, site.office.status()["seq"]
    site.hands.badge("cage-in", BY_HANDLE[handle].card_number)

    def refusal() -> Event | None:
        new = (event for event in recent if event["seq"] > before and event["type"].startswith("denied_"))
        return next((event for event in new if event["access_point"] == "cage-in"), None)

    await until(pilot, refusal)
    found = refusal()
    assert found is not None
    return found


async def until_told(pilot: Pilot[None], words: str) -> None:
    """Wait until somebody is told this; notes are not drawn in a test."""
    notes = pilot.app._notifications
    await until(pilot, lambda: any(words in f"{note.title} {note.message}" for note in notes), words)
