"""Reviews of who has access, from the console: what is due, deciding, signing, and what was signed."""

import hashlib
import json
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from accessctl.operators.rights import Role
from accessctl.tui.dialogs import Confirm, Tell
from accessctl.tui.lines import LineTable
from accessctl.tui.reports.page import ReportsPage
from accessctl.tui.reports.review_list import ReviewList
from accessctl.tui.reports.review_page import ReviewPage
from accessctl.tui.reports.signed_page import SignedPage
from accessctl.tui.saving import SaveDialog
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, shown, type_in, until, until_shown
from tests.tui.system_rig import offered, until_said

OWNER = pwd.getpwuid(os.getuid()).pw_name
AREA = "cage"


def reviewed(site: str) -> str:
    """Give the cage owners."""
    return site.replace(
        "[areas.cage]\n", f'[areas.cage]\nowner = ["{OWNER}", "op-guard"]\nreview = "quarterly"\n'
    )


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site(reviewed) as running:
        yield running


async def reviews(pilot: Pilot[None]) -> ReviewList:
    """Go to the reviews, and into them."""
    page = shown(pilot, ReportsPage)
    await until(pilot, lambda: any(each["kind"] == "review" for each in page._kinds))
    page.query_one("#kinds", LineTable).action_to_end()
    await until_shown(pilot, "Cage for valuables")
    await pilot.press("enter")
    return page.query_one(ReviewList)


async def open_area(pilot: Pilot[None]) -> ReviewPage:
    """Open the review of the cage."""
    await reviews(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, ReviewPage))
    page = shown(pilot, ReviewPage)
    await until(pilot, lambda: page._people)
    await pilot.pause()
    return page


@in_a_loop
async def test_an_owner_reviews_and_signs(site: Site, tmp_path: Path) -> None:
    """Each is kept or struck by a key; the area is typed; digest and entry are shown, and saved."""
    async with console_at(site, page="reports", size=(120, 36)) as pilot:
        page = await open_area(pilot)
        await until_shown(pilot, "people have access, through", "not decided")
        people = [each["person"] for each in page._people]
        await pilot.press("n", "y", "S")
        await until_said(pilot, "not decided yet")
        assert isinstance(pilot.app.screen, ReviewPage)
        await pilot.press("A", "S")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await type_in(pilot, AREA)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SignedPage))
        (signed,) = site.office.signed_reviews()
        assert signed["operator"] == OWNER
        await until(pilot, lambda: site.office.signed_review(signed["id"])["evidence"]["seq"])
        shown(pilot, SignedPage)._fetch()
        await until_shown(pilot, signed["sha256"], "of the record has the same digest", "Still to be done")
        decided = {
            each["person"]: each["decision"] for each in site.office.signed_review(signed["id"])["people"]
        }
        assert decided == {each: "strike" if each == people[0] else "keep" for each in people}
        await pilot.press("e")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, SaveDialog) and pilot.app.screen.query("#path")
        )
        file = tmp_path / "signed.json"
        pilot.app.screen.query_one("#path", Input).value = str(file)
        await pilot.press("enter")
        await until(pilot, file.exists)
        assert hashlib.sha256(file.read_bytes()).hexdigest() == signed["sha256"]
        await pilot.press("escape")
        await until_shown(pilot, "Nothing is due", signed["id"])
        await pilot.press("e")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, SaveDialog) and pilot.app.screen.query("#path")
        )
        file = tmp_path / "report.json"
        pilot.app.screen.query_one("#path", Input).value = str(file)
        await pilot.press("enter")
        await until(pilot, file.exists)
        assert signed["sha256"] in json.dumps(json.loads(file.read_text()))


@in_a_loop
async def test_a_wrong_word_signs_nothing(site: Site) -> None:
    """And neither does leaving the dialog."""
    before = len(list(site.office.signed_reviews()))
    async with console_at(site, page="reports", size=(100, 30)) as pilot:
        await open_area(pilot)
        await pilot.press("A", "S")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await type_in(pilot, "wage")
        await pilot.press("enter")
        await until_shown(pilot, "The word is cage")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReviewPage))
    assert len(list(site.office.signed_reviews())) == before


@in_a_loop
async def test_what_has_changed_meanwhile_is_decided_again(site: Site) -> None:
    """Somebody comes to have access: nothing is signed, and they are asked for alone."""
    async with console_at(site, page="reports", size=(120, 36)) as pilot:
        page = await open_area(pilot)
        await pilot.press("A")
        before = dict(page._decided)
        new = site.office.add_person("Nora Late", ["supervisor"])["id"]
        await pilot.press("S")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await type_in(pilot, AREA)
        await pilot.press("enter")
        await until_said(pilot, "look again")
        await until(pilot, lambda: any(each["person"] == new for each in page._people))
        assert page._decided == before
        await until_shown(pilot, "Nora Late", "1 is not decided")
        site.office.delete_person(new)


@in_a_loop
async def test_one_right_is_told_in_full(site: Site) -> None:
    """Enter tells at which access points, and on which schedules."""
    async with console_at(site, page="reports", size=(80, 24)) as pilot:
        await open_area(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Tell))
        await until_shown(pilot, "cage-in: ", "level ")


@in_a_loop
async def test_who_is_no_owner_looks_and_signs_nothing(site: Site) -> None:
    """An auditor may not sign; an enroller may, but not this area; a guard who is an owner may."""
    for role, may in ((Role.AUDITOR, False), (Role.ENROLLER, False), (Role.GUARD, True)):
        async with console_at(site, role, page="reports", size=(120, 36)) as pilot:
            await open_area(pilot)
            await until(pilot, lambda: offered(pilot))
            keys = {each for each in offered(pilot) if each.startswith(("decide", "sign", "keep_rest"))}
            assert bool(keys) is may, role
            if not may:
                await pilot.press("A", "S")
                await until_shown(pilot, "It is signed by")


@in_a_loop
async def test_who_may_not_see_reviews_is_not_offered_them(site: Site) -> None:
    """An installer has reports, and no reviews."""
    async with console_at(site, Role.INSTALLER, page="reports") as pilot:
        page = shown(pilot, ReportsPage)
        await until(pilot, lambda: page._kinds)
        page.query_one("#kinds", LineTable).action_to_end()
        await pilot.pause()
        assert not page.query_one(ReviewList).display
