"""The page of reports: which are offered, what one is asked for, and the files it is written into."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest
from textual.pilot import Pilot

from accessctl.operators.rights import Role
from accessctl.tui.dialogs import Choose, Confirm
from accessctl.tui.events.picking import PickPerson, PickSpan
from accessctl.tui.reports.page import ReportsPage
from accessctl.tui.reports.view import ReportView
from accessctl.tui.saving import SaveDialog
from tests.tui.board_hands import recorded
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, shown, text_of, type_in, until, until_shown
from tests.tui.system_rig import offered, until_said

MARTA = "marta-quill"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        from accessctl.demo.roster import BY_HANDLE

        running.hands.badge("staff-in", BY_HANDLE[MARTA].card_number)
        running.hands.badge("cage-in", BY_HANDLE[MARTA].card_number)
        yield running


async def choose(pilot: Pilot[None], kind: str) -> ReportsPage:
    """Put the cursor on a report."""
    page = shown(pilot, ReportsPage)
    await until(pilot, lambda: any(each["kind"] == kind for each in page._kinds), kind)
    at = next(at for at, each in enumerate(page._kinds) if each["kind"] == kind)
    page.query_one("#kinds").cursor = at  # type: ignore[attr-defined]  # a LineTable
    await pilot.pause()
    return page


async def work_out(pilot: Pilot[None], kind: str) -> ReportsPage:
    """Have a report worked out."""
    page = await choose(pilot, kind)
    await pilot.press("enter")
    await until(pilot, lambda: kind in page._made and page._working is None, f"no report {kind}")
    await pilot.pause()
    return page


async def answer(pilot: Pilot[None], dialog: type, *typed: str) -> None:
    """Wait for a dialog, type, and press Enter."""
    await until(pilot, lambda: isinstance(pilot.app.screen, dialog), f"no {dialog.__name__}")
    await pilot.pause()
    for words in typed:
        await type_in(pilot, words)
    await pilot.pause(0.3)
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(pilot.app.screen, dialog))


@in_a_loop
async def test_a_report_says_its_sentence_its_chart_and_its_tables(site: Site) -> None:
    """Worked out when Enter asks for it, and never before: who reads about people stands in the record."""
    async with console_at(site, page="reports", size=(120, 40)) as pilot:
        page = await choose(pilot, "refusals")
        await until_shown(pilot, "Refusals and why", "the last 30 days", "has it worked out")
        assert not page._made
        await work_out(pilot, "refusals")
        await until_shown(pilot, "1 refusal", "Refusals by day", "█", "By reason")
        await pilot.press("end")
        await until_shown(pilot, "Marta Quill", "What this cannot know")
        assert pilot.app.focused is page.query_one(ReportView)
        read = "personal_data_read"
        await until(
            pilot, lambda: any("reports" in json.dumps(each["detail"]) for each in recorded(site, read))
        )


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
@in_a_loop
async def test_every_report_can_be_had_and_left(site: Site, size: tuple[int, int]) -> None:
    """At the smallest terminal the list makes room, and Escape brings it back."""
    async with console_at(site, page="reports", size=size) as pilot:
        page = shown(pilot, ReportsPage)
        await until(pilot, lambda: len(page._kinds) == 9)
        for each in [each["kind"] for each in page._kinds[:-1]]:
            await work_out(pilot, each)
            assert page._made[each].report.summary[0][:20] in text_of(pilot)
            assert page.query_one("#kinds").display is not (size == (80, 24))
            await pilot.press("escape")
            assert page.query_one("#kinds").display


@in_a_loop
async def test_it_goes_by_what_it_is_asked_for(site: Site) -> None:
    """Span, person, area: typed as everywhere; what is shown is worked out anew at once."""
    async with console_at(site, page="reports", size=(120, 40)) as pilot:
        page = await work_out(pilot, "movements")
        await pilot.press("s")
        await answer(pilot, PickSpan, "yesterday")
        await until(pilot, lambda: page._made["movements"].asked["until"] is not None and not page._working)
        await until_shown(pilot, "Nobody is recorded to have passed")
        await pilot.press("x")
        await until(pilot, lambda: page._made["movements"].asked["until"] is None and not page._working)
        await pilot.press("p")
        await answer(pilot, PickPerson, "marta")
        await until(pilot, lambda: page._made["movements"].asked["person"] and not page._working)
        await pilot.press("a")
        await answer(pilot, Choose, "lobby")
        await until(pilot, lambda: page._made["movements"].asked["area"] == "lobby" and not page._working)
        await until_shown(pilot, "Marta Quill", "Staff lobby")


@in_a_loop
async def test_only_what_it_goes_by_is_offered(site: Site) -> None:
    """Doors are of no person; what is as it is now has no span."""
    async with console_at(site, page="reports") as pilot:
        await choose(pilot, "doors")
        await until(pilot, lambda: {"since", "until", "door"} <= offered(pilot))
        assert not offered(pilot) & {"person", "area", "operator", "save", "anything"}
        await choose(pilot, "access")
        await until(pilot, lambda: "area" in offered(pilot))
        assert not offered(pilot) & {"since", "until", "operator"}


@in_a_loop
async def test_it_can_be_stopped_and_left_meanwhile(site: Site) -> None:
    """Escape hangs up, so that the API stops as well; going elsewhere does not stop it."""
    async with console_at(site, page="reports") as pilot:
        page = await choose(pilot, "access")
        page._work_out(page.kind)
        await until_shown(pilot, "Being worked out")
        await pilot.press("escape")
        await until_said(pilot, "It was stopped")
        assert not page._made
        page._work_out(page.kind)
        await pilot.press("1")
        await until(pilot, lambda: "access" in page._made)
        assert pilot.app.current_mode == "board"
        await pilot.press("7")
        await until_shown(pilot, "people have access to")


@pytest.mark.parametrize(
    ("name", "ups", "begins"),
    [
        ("out.html", 0, "<!doctype html>"),
        ("out.csv", 0, ""),
        ("out.json", 0, "{"),
        ("paper.html", 3, "<!doc"),
    ],
)
@in_a_loop
async def test_it_is_saved(site: Site, tmp_path: Path, name: str, ups: int, begins: str) -> None:
    """As a page, a page to print, a table, and as data; for its owner alone, and not over another file."""
    file = tmp_path / name
    async with console_at(site, page="reports") as pilot:
        await work_out(pilot, "refusals")
        await pilot.press("e")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, SaveDialog) and pilot.app.screen.query("#path")
        )
        await pilot.press("ctrl+u")
        pilot.app.screen.query_one("#path").value = str(file)  # type: ignore[attr-defined]  # an Input
        await pilot.press(*["up"] * ups, "enter")
        await until_said(pilot, name)
        await pilot.press("e")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, SaveDialog) and pilot.app.screen.query("#path")
        )
        pilot.app.screen.query_one("#path").value = str(file)  # type: ignore[attr-defined]  # an Input
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("escape")
    text = file.read_text()
    assert text.lower().startswith(begins)
    assert "Marta Quill" in text
    assert S_IMODE(file.stat().st_mode) == 0o600
    if name == "out.csv":
        assert len(list(csv.reader(text.splitlines()))) > 3
    if ups:
        assert "sign" in text.lower()


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        (Role.ENROLLER, {"rights", "unused", "access", "review"}),
        (Role.INSTALLER, {"refusals", "doors", "access"}),
        (Role.GUARD, {"movements", "refusals", "doors", "time", "rights", "access", "review"}),
    ],
)
@in_a_loop
async def test_a_role_is_offered_what_it_may_have(site: Site, role: Role, kinds: set[str]) -> None:
    """And no report more."""
    async with console_at(site, role, page="reports") as pilot:
        page = shown(pilot, ReportsPage)
        await until(pilot, lambda: page._kinds)
        assert {each["kind"] for each in page._kinds} == kinds


@in_a_loop
async def test_names_stay_hidden_from_who_may_not_see_them(site: Site) -> None:
    """An installer reads pseudonyms."""
    async with console_at(site, Role.INSTALLER, page="reports", size=(120, 40)) as pilot:
        page = await work_out(pilot, "refusals")
        assert "Marta" not in text_of(pilot)
        assert "Marta" not in json.dumps(page._made["refusals"].found)


@in_a_loop
async def test_an_api_that_is_gone_is_said(site: Site) -> None:
    """And once it is back the same report can be had."""
    async with console_at(site, page="reports") as pilot:
        page = await choose(pilot, "doors")
        site.api.process.kill()
        await pilot.press("enter")
        await until(pilot, lambda: "doors" in page._troubles)
        await until_shown(pilot, "▲")
        site.restart_api()
        await until(pilot, lambda: page.console.standing.believed)
        await work_out(pilot, "doors")
        assert "doors" not in page._troubles
