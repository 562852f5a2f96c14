"""The muster page at a real site: who is inside, ticking off, and going on without the network."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from accessctl.client import ApiRefused
from accessctl.demo.roster import BY_HANDLE
from accessctl.muster_sheet.answers import ask
from accessctl.muster_sheet.view import Standing, view_of
from accessctl.operators.rights import Role
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Ask, Confirm, Tell
from accessctl.tui.muster.page import MusterPage
from accessctl.tui.muster.ticks import Ticks, send_tick
from tests.tui.conftest import in_a_loop
from tests.tui.rig import (
    BREATH_S,
    PATIENCE,
    Site,
    console_at,
    running_site,
    shown,
    text_of,
    type_in,
    until,
    until_shown,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MARTA, DESMOND = "Marta Quill", "Desmond Achebe"
NIGHT = 'asks_when = [{ schedule = "night", area = "empty", asks = "card_and_pin" }]\n'


def without_pins(site: str) -> str:
    """Let cards alone do at night too: what is tested here is no hour of the day."""
    assert NIGHT in site
    return site.replace(NIGHT, "")


@pytest.fixture(scope="module")
def whole_site() -> Iterator[Site]:
    with running_site(without_pins) as running:
        yield running


@pytest.fixture
def site(whole_site: Site) -> Site:
    """Begin with Marta in the lobby and Desmond on the floor, and without a muster."""
    at_rest(whole_site)
    goes(whole_site, "marta-quill", "staff-in", "lobby")
    goes(whole_site, "desmond-achebe", "staff-in", "lobby")
    goes(whole_site, "desmond-achebe", "floor-in", "floor")
    return whole_site


def at_rest(site: Site) -> None:
    """Let the API answer and no muster run, whatever the test before has left behind."""
    if site.api.process.poll() is not None:
        site.restart_api()
    if site.office.muster()["running"]:
        site.office.end_muster()


def goes(site: Site, who: str, point: str, to: str) -> None:
    """Let somebody badge, open the leaf and go through."""
    door, person = point.rpartition("-")[0], BY_HANDLE[who]
    found = [each for each in site.office.people() if each["name"] == person.name]
    patiently(lambda: site.hands.state()["doors"][door]["strike"] == "secured")
    site.hands.badge(point, person.card_number)
    patiently(lambda: site.hands.state()["doors"][door]["strike"] == "released")
    site.hands.leaf(door, opened=True, force=False)
    patiently(
        lambda: (found[0]["id"], to) in {(each["person"], each["area"]) for each in site.office.presence()}
    )
    site.hands.leaf(door, opened=False, force=False)


def patiently(seen: Callable[[], object]) -> None:
    """Wait until something is so at the site; no screen is there yet to wait with."""
    for _ in range(PATIENCE):
        if seen():
            return
        time.sleep(BREATH_S)
    raise AssertionError("it never came")


def page_of(pilot: Pilot[None]) -> MusterPage:
    return shown(pilot, MusterPage)


async def until_running(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: (view := page_of(pilot).view) is not None and view.running)


def person_id(site: Site, name: str) -> str:
    return next(each["id"] for each in site.office.people() if each["name"] == name)


@in_a_loop
async def test_who_came_in_stands_in_their_area(site: Site) -> None:
    """With since when, and how sure that is; counted by area and in all."""
    async with console_at(site, page="muster") as pilot:
        await until_shown(pilot, "Who is inside · 2 people inside", "Staff lobby", "Warehouse floor", MARTA)
        lines = text_of(pilot).splitlines()
        places = [
            next(at for at, line in enumerate(lines) if each in line) for each in ("Staff lobby", MARTA)
        ]
        assert places[0] + 1 == places[1]
        assert "seen" in lines[places[1]]


@in_a_loop
async def test_who_goes_on_is_shown_elsewhere_at_once(site: Site) -> None:
    """The page follows the record."""
    async with console_at(site, page="muster") as pilot:
        await until_shown(pilot, "2 people inside")
        goes(site, "marta-quill", "floor-in", "floor")
        await until(pilot, lambda: "Staff lobby" not in text_of(pilot))
        assert MARTA in text_of(pilot)


@in_a_loop
async def test_an_exit_button_makes_those_inside_less_sure(site: Site) -> None:
    """Somebody went, and nobody knows who; the line below says all of it."""
    async with console_at(site, page="muster") as pilot:
        await until_shown(pilot, "2 people inside")
        site.hands.exit_request("floor")
        await until_shown(pilot, "≈ exit button since")
        await pilot.press("slash")
        await type_in(pilot, "desmond")
        await until_shown(pilot, "Somebody left by exit button or handle", "Lobby to floor")
        assert MARTA not in text_of(pilot)
        await pilot.press("escape")
        await until_shown(pilot, MARTA)


@in_a_loop
async def test_a_muster_is_started_ticked_off_and_ended(site: Site) -> None:
    """Missing first; who is ticked off is safe at once, with who did it; ending asks for a word."""
    async with console_at(site, Role.GUARD, page="muster") as pilot:
        await until_shown(pilot, "2 people inside", "Start muster")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await until_shown(pilot, "2 people are inside now")
        await pilot.press("enter")
        await until_shown(pilot, "2 MISSING of 2", "Seen safe", "End muster")
        assert "Start muster" not in text_of(pilot).splitlines()[-1]
        await pilot.press("space")
        await until_shown(pilot, "1 MISSING of 2 · 1 safe", "safe, op-guard")
        await until(pilot, lambda: len(site.office.muster()["safe"]) == 1)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await until_shown(pilot, "1 person is still MISSING")
        await type_in(pilot, "end")
        await pilot.press("enter")
        await until_shown(pilot, "Who is inside")
        assert not site.office.muster()["running"]


@in_a_loop
async def test_keys_that_come_fast_tick_off_one_after_the_other(site: Site) -> None:
    """Nobody is ticked twice, and who is safe is left alone."""
    site.office.start_muster()
    async with console_at(site, page="muster") as pilot:
        await until_shown(pilot, "2 MISSING of 2")
        await pilot.press("space", "enter", "space", "space")
        await until_shown(pilot, "0 MISSING of 2 · 2 safe")
        await until(pilot, lambda: len(site.office.muster()["safe"]) == 2)
    assert len({each["person"] for each in site.office.events(type="muster", most=2)}) == 2


@in_a_loop
async def test_who_badges_at_the_muster_point_is_safe_and_it_says_where(site: Site) -> None:
    """The list follows without a key."""
    site.office.start_muster()
    async with console_at(site, size=(140, 40), page="muster") as pilot:
        await until_shown(pilot, "2 MISSING of 2")
        site.hands.badge("car-park", BY_HANDLE["marta-quill"].card_number)
        await until_shown(pilot, "1 MISSING of 2", "safe, Assembly point, car park")


@in_a_loop
async def test_a_tick_that_is_refused_is_taken_back_with_words(site: Site) -> None:
    """Somebody else ended the muster meanwhile."""
    site.office.start_muster()
    async with console_at(site, page="muster") as pilot:
        await until_running(pilot)
        site.office.end_muster()
        await pilot.press("space")
        await until(pilot, lambda: (view := page_of(pilot).view) is not None and not view.running)
        view = page_of(pilot).view
        assert view is not None
        assert {each.standing for each in view.people} == {Standing.INSIDE}


@in_a_loop
async def test_without_the_api_the_list_stays_and_ticks_are_sent_later(site: Site) -> None:
    """It says how old the list is, marks what was not sent, and sends it when the line is back."""
    site.office.start_muster()
    async with console_at(site, page="muster") as pilot:
        await until_shown(pilot, "2 MISSING of 2")
        site.api.process.kill()
        await until_shown(pilot, "NOT UPDATED SINCE", MARTA, DESMOND)
        await pilot.press("space")
        await until_shown(pilot, "(not sent yet)", "1 tick not sent yet", "1 MISSING of 2")
        site.restart_api()
        await until(pilot, lambda: "not sent yet" not in text_of(pilot))
        await until(pilot, lambda: "NOT UPDATED" not in text_of(pilot))
        await until(pilot, lambda: len(site.office.muster()["safe"]) == 1)


def test_a_tick_of_a_muster_that_is_over_is_not_sent_in_the_next(site: Site) -> None:
    """It was kept while nobody answered, and somebody else has ended that muster and begun another one."""
    site.office.start_muster()
    before = view_of(ask(site.office, lambda: NOW, events=False))
    site.office.end_muster()
    site.office.start_muster()
    ticks = Ticks()
    ticks.add(before, before.people[0], NOW, "vera")
    ticks.could_not_send()
    with pytest.raises(ApiRefused, match="is over"):
        send_tick(site.office, next(ticks.unsent()))
    assert len(site.office.muster()["missing"]) == 2


@in_a_loop
async def test_a_console_that_is_opened_later_shows_the_list_that_was_kept(site: Site) -> None:
    """While nobody answers it shows what was known, and since when nothing is."""
    async with console_at(site, page="muster") as pilot:
        folder = page_of(pilot).console.remembered.folder
        sheet = folder / f"muster-{page_of(pilot).console.operator}.txt"
        await until(pilot, sheet.exists)
    assert MARTA in sheet.read_text()
    assert sheet.stat().st_mode & 0o077 == 0
    async with console_at(site) as pilot:
        site.api.process.kill()
        console = pilot.app
        assert isinstance(console, Console)
        await until_shown(pilot, "NO ANSWER")
        console.action_go("muster")
        await until_shown(pilot, MARTA, DESMOND, "NOT UPDATED SINCE")


@in_a_loop
async def test_the_list_is_written_for_paper(site: Site, tmp_path: Path) -> None:
    """A page and a text, where one wants them; a folder that is none is said to be none."""
    async with console_at(site, page="muster") as pilot:
        await until_shown(pilot, "2 people inside")
        await pilot.press("p")
        await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
        line = pilot.app.screen.query_one(Input)
        line.value = str(tmp_path / "nowhere")
        await pilot.press("enter")
        await until_shown(pilot, "There is no such folder.")
        line.value = "~nosuchuser"
        await pilot.press("enter")
        await until_shown(pilot, "~nosuchuser", "There is no such folder.")
        line.value = str(tmp_path)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Tell))
        await pilot.press("escape")
        page_of(pilot)
    files = list(tmp_path.glob("muster-*"))  # noqa: ASYNC240 - a test waits for nothing else
    assert {each.suffix for each in files} == {".html", ".txt"}
    assert all(MARTA in each.read_text() for each in files)


@in_a_loop
async def test_an_auditor_sees_the_list_and_is_offered_no_order(site: Site) -> None:
    """Neither a tick nor beginning and ending; the keys do nothing."""
    site.office.start_muster()
    async with console_at(site, Role.AUDITOR, page="muster") as pilot:
        await until_shown(pilot, "2 MISSING of 2", MARTA)
        footer = text_of(pilot).splitlines()[-1]
        assert "Print" in footer
        assert not any(words in footer for words in ("Seen safe", "Start muster", "End muster"))
        await pilot.press("space", "enter", "e", "s")
        await pilot.pause()
        page_of(pilot)
        assert len(site.office.muster()["missing"]) == 2


@in_a_loop
async def test_an_enroller_has_no_such_page(site: Site) -> None:
    """Where people are is not theirs to see."""
    async with console_at(site, Role.ENROLLER) as pilot:
        console = pilot.app
        assert isinstance(console, Console)
        assert "muster" not in {page.mode for page in console.offered_pages}


@in_a_loop
async def test_it_fits_a_small_and_a_large_screen(site: Site) -> None:
    """At 80 by 24 the keys fit in their line; where there is room the areas are named beside everybody."""
    site.office.start_muster()
    async with console_at(site, size=(80, 24), page="muster") as pilot:
        await until_shown(pilot, "2 MISSING of 2", "Seen safe", "End muster", "Print", "Search", "Help")
    async with console_at(site, size=(160, 50), page="muster") as pilot:
        await until_shown(
            pilot, "2 MISSING of 2", person_id(site, MARTA), "seen to go in: The door was opened"
        )
