"""Devices: trying a reader out, finding one, walking through the wiring of a door."""

from collections.abc import Iterator
from typing import Any

import pytest
from textual.pilot import Pilot

from accessctl.demo.roster import ROSTER
from accessctl.operators.rights import Role
from accessctl.tui.dialogs import Choose, Confirm, Tell
from accessctl.tui.lines import LineTable
from accessctl.tui.system.page import SystemPage
from accessctl.tui.system.pairing import Pairing
from accessctl.tui.system.reader_trial import ReaderTest
from accessctl.tui.system.wiring_walk import WiringTest
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, running_site, shown, text_of, type_in, until, until_shown
from tests.tui.system_rig import choose, offered, rows_of, section, until_said

CARD = next(iter(ROSTER)).card_number


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@in_a_loop
async def test_a_reader_is_tested_while_a_card_is_shown(site: Site) -> None:
    """What was read is said without its number."""
    async with section(site, "devices", Role.INSTALLER) as pilot:
        await choose(pilot, "#devices-table", "gate-in.reader")
        pilot.app.push_screen(ReaderTest("gate-in.reader", "Gate, inbound", seconds=2))
        await until_shown(pilot, "s left")
        site.hands.badge("gate-in", CARD)
        await until_shown(pilot, "card read", "bytes", "It was told to show")
        assert CARD.hex() not in text_of(pilot).lower()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SystemPage))


@in_a_loop
async def test_a_test_that_is_left_ends(site: Site) -> None:
    """Escape hangs up, so that the reader serves its door again at once."""
    async with section(site, "devices") as pilot:
        await choose(pilot, "#devices-table", "gate-out.reader")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReaderTest))
        await until_shown(pilot, "s left")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, SystemPage))
        pilot.app.push_screen(ReaderTest("gate-out.reader", "Gate, outbound", seconds=1))
        await until_shown(pilot, "Nothing was read")


@in_a_loop
async def test_what_reads_no_cards_is_not_tested(site: Site) -> None:
    """That is said in words."""
    async with section(site, "devices") as pilot:
        await choose(pilot, "#devices-table", "gate.strike")
        await pilot.press("t")
        await until_said(pilot, "Choose a reader or a keypad first")
        assert isinstance(pilot.app.screen, SystemPage)


@in_a_loop
async def test_a_refused_test_is_said_in_words(site: Site) -> None:
    """Two at a time is one too many."""
    async with section(site, "devices") as pilot:
        pilot.app.push_screen(ReaderTest("moon-in.reader", "Moon", seconds=1))
        await until_shown(pilot, "moon-in")
        await until(pilot, lambda: "there is no" in text_of(pilot))


@in_a_loop
async def test_only_an_osdp_reader_is_paired(site: Site) -> None:
    """Any other has no key, and the API says so too."""
    async with section(site, "devices") as pilot:
        await choose(pilot, "#devices-table", "gate-in.reader")
        await pilot.press("P")
        await until_said(pilot, "no OSDP reader")
        pilot.app.push_screen(Pairing("gate-in.reader", 10))
        await until(pilot, lambda: text_of(pilot).count("no OSDP reader") > 0 and "over" in text_of(pilot))


@in_a_loop
async def test_devices_are_found_by_what_one_types(site: Site) -> None:
    """Words of their id, kind, driver, door or state."""
    async with section(site, "devices") as pilot:
        await until_shown(pilot, "gate-in.reader")
        await pilot.press("slash")
        await type_in(pilot, "cage contact")
        await until(
            pilot,
            lambda: [row[1] for row in rows_of(pilot, "#devices-table")] == ["cage.position", "cage.tamper"],
        )
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, LineTable))
        await pilot.press("escape")
        await until(pilot, lambda: len(rows_of(pilot, "#devices-table")) > 2)


@in_a_loop
async def test_enter_tells_all_of_a_device(site: Site) -> None:
    """With model, errors and since when it is so."""
    async with section(site, "devices") as pilot:
        await choose(pilot, "#devices-table", "cold-in.reader")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Tell))
        await until_shown(pilot, "simulated reader", "Access point", "this hour")


async def walk(pilot: Pilot[Any], door: str) -> WiringTest:
    await until_shown(pilot, "gate-in.reader")
    await pilot.press("w")
    await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
    await type_in(pilot, door)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, WiringTest))
    return shown(pilot, WiringTest)


@in_a_loop
async def test_the_wiring_of_a_door_is_walked_through(site: Site) -> None:
    """What happens at the door is ticked in whatever order; what is missing is said at the end."""
    async with section(site, "devices", Role.INSTALLER) as pilot:
        test = await walk(pilot, "floor")
        steps = [step.id for step in test._walk.steps]
        assert steps == [
            "floor-in.reader",
            "floor.strike",
            "floor.position:open",
            "floor.position:close",
            "floor.exit_request",
            "floor-in.annunciator",
        ]
        site.hands.exit_request("floor")
        await until(pilot, lambda: "floor.exit_request" in test._walk.seen)
        site.hands.leaf("floor", opened=True, force=True)
        await until(pilot, lambda: "floor.position:open" in test._walk.seen)
        site.hands.leaf("floor", opened=False, force=False)
        await until(pilot, lambda: "floor.position:close" in test._walk.seen)
        site.hands.badge("floor-in", CARD)
        await until(pilot, lambda: "floor-in.reader" in test._walk.seen)
        await until_shown(pilot, "does the lock let go")
        await pilot.press("R")
        await until_said(pilot, "floor is released")
        await pilot.press("y", "escape")
        await until_shown(pilot, "1 was not seen", "floor-in.annunciator")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, SystemPage))


@in_a_loop
async def test_what_only_an_event_can_show_is_not_confirmed_by_hand(site: Site) -> None:
    """It can be passed over, and is named at the end."""
    async with section(site, "devices") as pilot:
        test = await walk(pilot, "gate")
        assert "seen" not in offered(pilot)
        for _step in test._walk.steps:
            await pilot.press("n")
        await until_shown(pilot, "were not seen")
        assert len(test._walk.unseen) == len(test._walk.steps)


@in_a_loop
async def test_a_reader_of_the_walk_is_tested(site: Site) -> None:
    """The test opens over the walk, and what it has not read ticks nothing."""
    async with section(site, "devices") as pilot:
        test = await walk(pilot, "office")
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReaderTest))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is test)
        assert not test._walk.seen


@in_a_loop
async def test_nothing_is_confirmed_before_it_is_asked(site: Site) -> None:
    """A page without devices yet offers its keys and does nothing bad."""
    async with section(site, "devices") as pilot:
        await pilot.press("P")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, Confirm)
