"""The demo's own page: hands in the simulated warehouse of a running site."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from threading import Event

import pytest
from textual.pilot import Pilot

from accessctl.demo.hands import WarehouseHands
from accessctl.demo.roster import BY_HANDLE
from accessctl.tui.console import Console
from accessctl.tui.pages import PageSpec
from accessctl.tui.settings import Remembered
from accessctl.tui.warehouse.lamp_tile import LampTile
from accessctl.tui.warehouse.page import WarehousePage
from accessctl.tui.warehouse.ports import Cardholder, Gesture, Hands, Scene, Stage
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, running_site, text_of, until, until_shown

CAST = tuple(
    Cardholder(each.handle, each.name, each.role, each.card_number)
    for each in (BY_HANDLE["marta-quill"], BY_HANDLE["tess-whitlock"])
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@asynccontextmanager
async def warehouse(
    site: Site, *scenes: Scene, opening: tuple[str, str] = ("marta-quill", "staff-out")
) -> AsyncIterator[Pilot[None]]:
    """Open a console at the warehouse's page, with doors and readers there and the reader chosen."""
    stage = Stage(CAST, scenes, "From another terminal: accessctl sim badge marta-quill staff-in", opening)
    make = partial(WarehousePage, WarehouseHands(site.home.warehouse_socket), stage)
    page = PageSpec("warehouse", "Warehouse", "", None, make)
    remembered = Remembered(site.home.path / "remembered.json")
    console = Console(site.asker(), None, remembered, further_pages=(page,), first="warehouse")
    async with console.run_test(size=(140, 45)) as pilot:
        await until(pilot, lambda: console.screen.query("LampTile.-chosen"))
        yield pilot


def tile_of(pilot: Pilot[None], door: str) -> LampTile:
    return next(tile for tile in pilot.app.screen.query(LampTile) if tile.door["id"] == door)


@in_a_loop
async def test_a_badge_releases_the_door_and_the_leaf_opens(site: Site) -> None:
    """Leaving is granted to everybody, whatever the hour: badge, open, close."""
    async with warehouse(site) as pilot:
        await pilot.press("b")
        await until(pilot, lambda: tile_of(pilot, "staff").door["strike"] == "released")
        await pilot.press("o")
        await until(pilot, lambda: tile_of(pilot, "staff").door["leaf"] == "open")
        await pilot.press("o")
        await until(pilot, lambda: tile_of(pilot, "staff").door["leaf"] == "closed")
        await until_shown(pilot, "access granted", "Marta Quill")


@in_a_loop
async def test_a_refusal_says_why(site: Site) -> None:
    """A card that was lost is refused at the way in, and the line ends with the reason."""
    async with warehouse(site, opening=("tess-whitlock", "staff-in")) as pilot:
        await pilot.press("enter")
        await until_shown(pilot, "The card or pass was reported lost.")


@in_a_loop
async def test_a_forced_door_is_in_alarm_and_a_held_leaf_does_not_open(site: Site) -> None:
    """What the warehouse says is impossible is said in words; force opens it all the same."""
    async with warehouse(site, opening=("marta-quill", "cage-in")) as pilot:
        await pilot.press("o")
        await until(pilot, lambda: pilot.app.screen.query("#status.-trouble"))
        await pilot.press("f")
        await until(pilot, lambda: tile_of(pilot, "cage").has_class("-alarm"))
        await pilot.press("o")
        await until(pilot, lambda: tile_of(pilot, "cage").door["leaf"] == "closed")


@in_a_loop
async def test_the_exit_button_releases(site: Site) -> None:
    """The exit request goes to the chosen door."""
    async with warehouse(site, opening=("marta-quill", "dock-1-in")) as pilot:
        await pilot.press("x")
        await until(pilot, lambda: tile_of(pilot, "dock-1").door["strike"] == "released")


@in_a_loop
async def test_digits_go_to_the_keypad_and_its_lamp_says_so(site: Site) -> None:
    """On this page a digit is a key of the reader and no page's number."""
    async with warehouse(site, opening=("marta-quill", "gate-in")) as pilot:
        await pilot.press("7")
        await until(pilot, lambda: tile_of(pilot, "gate").lamps)
        assert pilot.app.current_mode == "warehouse"
        await pilot.press("asterisk")


@in_a_loop
async def test_a_click_chooses_a_door(site: Site) -> None:
    """A click on a tile chooses the first reader of its door."""
    async with warehouse(site) as pilot:
        await pilot.click(tile_of(pilot, "cold"))
        await until(pilot, lambda: tile_of(pilot, "cold").has_class("-chosen"))
        assert not tile_of(pilot, "staff").has_class("-chosen")


@in_a_loop
async def test_it_plays_by_itself_until_somebody_touches_it(site: Site) -> None:
    """The scene that is on at the first key is played to its end, and the next one is not begun."""
    played: list[str] = []
    touched = Event()

    def note(words: str, _hands: Hands) -> None:
        if played:
            touched.wait(60)  # so that the scene is on at the first key, however slow this machine is
        played.append(words)

    first = Scene("the first scene", tuple(Gesture(0.3, partial(note, f"first {n}")) for n in range(2)))
    second = Scene("the second scene", (Gesture(0.0, partial(note, "second")),))
    async with warehouse(site, first, second) as pilot:
        await until(pilot, lambda: played)
        await pilot.press("tab")
        touched.set()
        await until(pilot, lambda: len(played) == 2)
        await until_shown(pilot, "Your turn.")
        await pilot.pause()
        assert played == ["first 0", "first 1"]


@in_a_loop
async def test_without_an_answer_no_door_is_known(site: Site) -> None:
    """While the API is gone the tiles say that nobody knows."""
    async with warehouse(site) as pilot:
        site.api.process.kill()
        await until_shown(pilot, "not known now")
        site.restart_api()
        await until(pilot, lambda: "not known now" not in text_of(pilot))
