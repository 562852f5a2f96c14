"""Orders from the board: each key really moves something, or says why it does not."""

import json
from collections.abc import Iterator

import pytest

from accessctl.operators.rights import Role
from accessctl.tui.board.drawer import DoorDrawer
from accessctl.tui.dialogs import AskUntil, Choose, Confirm
from tests.tui.board_hands import board, choose, door, recorded, until_told
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, text_of, type_in, until, until_shown
from tests.whole.processes import stopped


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@in_a_loop
async def test_release_releases_the_chosen_door_once(site: Site) -> None:
    """The strike lets go, the record names the operator, and the tile says so."""
    async with console_at(site) as pilot:
        before = len(recorded(site, "manual_unlock", door="staff"))
        await choose(pilot, "staff")
        await pilot.press("r")
        await until_told(pilot, "Staff entrance: released once.")
        await until_shown(pilot, "RELEASED")
        assert len(recorded(site, "manual_unlock", door="staff")) == before + 1


@in_a_loop
async def test_an_order_that_nobody_answers_is_not_carried_out_later(site: Site) -> None:
    """Asked again it is not sent twice; once the console says that nobody answers, nothing is sent at all."""
    before = len(recorded(site, "manual_unlock", door="staff"))
    async with console_at(site) as pilot:
        await choose(pilot, "staff")
        with stopped(site.api.process.pid):
            await pilot.press("r", "r")
            await until_told(pilot, "It was not sent again.")
            await until_told(pilot, "it is not done later")
            await until_shown(pilot, "NO ANSWER")
            for key in ("r", "u", "L"):
                pilot.app.clear_notifications()
                await pilot.press(key)
                await until_told(pilot, "Nothing was sent.")
                board(pilot)
        await until(pilot, lambda: board(pilot).console.standing.believed)
        pilot.app.clear_notifications()
        await pilot.press("r")
        await until_told(pilot, "Staff entrance: released once.")
        assert len(recorded(site, "manual_unlock", door="staff")) == before + 1


@in_a_loop
async def test_unlock_asks_until_when_and_lock_ends_it(site: Site) -> None:
    """The end is shown on the tile; afterwards the door is locked."""
    async with console_at(site) as pilot:
        await choose(pilot, "floor")
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskUntil))
        await type_in(pilot, "4h")
        await pilot.press("enter")
        await until_shown(pilot, "UNLOCKED", "until ")
        assert door(site, "floor")["until"] is not None
        await pilot.press("l")
        await until(pilot, lambda: door(site, "floor")["mode"] == "locked")
        await until_told(pilot, "Lobby to floor: locked.")


@in_a_loop
async def test_unlock_may_have_no_end_and_n_gives_the_door_back(site: Site) -> None:
    """An empty line means until it is taken back."""
    async with console_at(site) as pilot:
        await choose(pilot, "floor")
        await pilot.press("u")
        await until_shown(pilot, "until it is taken back")
        await pilot.press("enter")
        await until(pilot, lambda: door(site, "floor")["mode"] == "unlocked")
        assert door(site, "floor")["until"] is None
        await pilot.press("n")
        await until(pilot, lambda: door(site, "floor")["mode"] == "locked")


@in_a_loop
async def test_a_time_that_is_none_is_refused_and_escape_changes_nothing(site: Site) -> None:
    """What cannot be an end is said in the dialog."""
    async with console_at(site) as pilot:
        await choose(pilot, "floor")
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskUntil))
        await type_in(pilot, "soon")
        await pilot.press("enter")
        await until_shown(pilot, "This is no time that lies ahead")
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, AskUntil))
        assert door(site, "floor")["mode"] == "locked"


@in_a_loop
async def test_block_and_back(site: Site) -> None:
    """The same key blocks a door and gives it back to its schedule."""
    async with console_at(site) as pilot:
        await choose(pilot, "aisle")
        standing = board(pilot).console.standing
        await pilot.press("b")
        await until(pilot, lambda: isinstance(pilot.app.screen, AskUntil))
        await pilot.press("enter")
        await until(pilot, lambda: (standing.door("aisle") or {})["mode"] == "blocked")
        await pilot.press("b")
        await until(pilot, lambda: door(site, "aisle")["mode"] == "locked")


@in_a_loop
async def test_what_is_refused_is_said_in_the_words_of_the_api(site: Site) -> None:
    """A blocked door cannot be locked otherwise than by lifting that; nothing breaks."""
    async with console_at(site) as pilot:
        site.office.set_mode("aisle", "blocked")
        await choose(pilot, "aisle")
        await until_shown(pilot, "BLOCKED")
        await pilot.press("l")
        await until_told(pilot, "Refused")
        await pilot.press("n")
        await until(pilot, lambda: door(site, "aisle")["mode"] == "locked")


@in_a_loop
async def test_prop_lets_a_leaf_stand_open_for_a_while(site: Site) -> None:
    """The record has the order with its length."""
    async with console_at(site) as pilot:
        await choose(pilot, "dock-1")
        await pilot.press("p")
        await until_shown(pilot, "Let Dock 1 stand open")
        await pilot.press("enter")
        await until_told(pilot, "Dock 1: may stand open once.")
        propped = recorded(site, "door_propped", door="dock-1")
        assert len(propped) == 1


@in_a_loop
async def test_a_lockdown_wants_its_word_typed_and_can_be_lifted(site: Site) -> None:
    """Another word does nothing; lifting is offered only while there is something to lift."""
    async with console_at(site) as pilot:
        assert "Lift" not in text_of(pilot)
        await pilot.press("L")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        await type_in(pilot, "cold")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await type_in(pilot, "cold")
        await pilot.press("enter")
        await until_shown(pilot, "The word is cold-store.")
        assert site.office.site()["lockdowns"] == {}
        await type_in(pilot, "-store")
        await pilot.press("enter")
        await until_shown(pilot, "LOCKED DOWN: Cold store", "Lift")
        assert list(site.office.site()["lockdowns"]) == ["cold-store"]
        await pilot.press("U")
        await until_shown(pilot, "Lift a lockdown", "Cold store")
        await pilot.press("enter")
        await until(pilot, lambda: site.office.site()["lockdowns"] == {})
        await until(pilot, lambda: "Lift" not in text_of(pilot))


@in_a_loop
async def test_the_whole_site_is_locked_down_by_its_own_word(site: Site) -> None:
    """The first choice is the site."""
    async with console_at(site) as pilot:
        await pilot.press("L")
        await until_shown(pilot, "The whole site")
        await pilot.press("enter")
        await until_shown(pilot, "type site to go on")
        await type_in(pilot, "site")
        await pilot.press("enter")
        await until(pilot, lambda: list(site.office.site()["lockdowns"]) == ["site"])
        await until_shown(pilot, "the whole site", "Lift")
        await pilot.press("U")
        await until_shown(pilot, "Lift a lockdown")
        await pilot.press("enter")
        await until(pilot, lambda: site.office.site()["lockdowns"] == {})


@in_a_loop
async def test_an_emergency_can_be_ended_once_there_is_one(site: Site) -> None:
    """The fire input frees the doors; the key asks before it secures them again."""
    async with console_at(site) as pilot:
        await pilot.press("E")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, Confirm)
        site.hands.contact("fire", active=True)
        await until_shown(pilot, "FREE", "End emergency")
        site.hands.contact("fire", active=False)
        await pilot.press("E")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: site.office.site()["emergency"] == [])
        await until(pilot, lambda: "FREE" not in text_of(pilot))


@in_a_loop
async def test_orders_can_be_given_from_a_drawer(site: Site) -> None:
    """The keys are about the drawer's door there."""
    async with console_at(site) as pilot:
        await choose(pilot, "office")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DoorDrawer))
        await pilot.press("r")
        await until_shown(pilot, "RELEASED")
        assert recorded(site, "manual_unlock", door="office")


@in_a_loop
async def test_the_palette_offers_orders_by_the_doors_names(site: Site) -> None:
    """A few letters of what and where are enough."""
    async with console_at(site) as pilot:
        await pilot.press("ctrl+p")
        await type_in(pilot, "release cold store")
        # Until it is the only one left: Enter takes the first.
        await until(
            pilot, lambda: "Release Cold store" in text_of(pilot) and "Release M" not in text_of(pilot)
        )
        await pilot.press("enter")
        await until(pilot, lambda: recorded(site, "manual_unlock", door="cold"))


@in_a_loop
async def test_who_may_give_no_orders_is_offered_none(site: Site) -> None:
    """An auditor has no such keys; calling an action or pressing its key does nothing."""
    async with console_at(site, Role.AUDITOR) as pilot:
        page, before = board(pilot), len(recorded(site, "manual_unlock"))
        await until_shown(pilot, "Main gate", "Filter")
        for words in ("Release", "Unlock", "Lock down", "Acknowledge"):
            assert words not in text_of(pilot)
        await pilot.press("r", "u", "l", "b", "n", "p", "L", "a")
        for action in ("release", "unlock", "lock", "block", "normal", "prop", "lock_down", "acknowledge"):
            await page.run_action(action)
        await pilot.pause()
        assert pilot.app.screen is page
        assert len(recorded(site, "manual_unlock")) == before
        await pilot.press("ctrl+p")
        await type_in(pilot, "release")
        await pilot.pause()
        assert "Release Main gate" not in text_of(pilot)


@in_a_loop
async def test_an_installer_orders_doors_and_not_the_site(site: Site) -> None:
    """What the API takes as an order to the site is not offered to who orders doors alone."""
    async with console_at(site, Role.INSTALLER) as pilot:
        await until_shown(pilot, "Release")
        assert "Lock down" not in text_of(pilot)
        await choose(pilot, "staff")
        await pilot.press("L")
        await pilot.pause()
        assert pilot.app.screen is board(pilot)
        await pilot.press("p")
        await until_shown(pilot, "Let Staff entrance stand open")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is board(pilot))
        await pilot.press("r")
        await until_told(pilot, "Staff entrance: released once.")
        event = recorded(site, "manual_unlock", door="staff")[-1]
        assert "op-installer" in json.dumps(event["detail"])


@in_a_loop
async def test_an_order_that_nobody_answers_is_said_to_be_unanswered(site: Site) -> None:
    """The screen goes on; what became of it is said in words."""
    async with console_at(site) as pilot:
        site.api.process.kill()
        site.api.process.wait()
        await pilot.press("r")
        await until_told(pilot, "No answer")
        site.restart_api()
        await until(pilot, lambda: "NO ANSWER" not in text_of(pilot))
