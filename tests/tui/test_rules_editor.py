"""The site file edited in place: marked while typing, rehearsed, applied as a whole, and taken back."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from textual.geometry import Offset
from textual.pilot import Pilot

from accessctl.demo.roster import BY_HANDLE
from accessctl.tui.dialogs import Choose, Confirm
from accessctl.tui.rules.applying import AskReason
from accessctl.tui.rules.diff_view import DiffView
from accessctl.tui.rules.editor import SiteEditor
from accessctl.tui.rules.history import HistoryPage, WholeText
from accessctl.tui.rules.matrix_view import MatrixView
from accessctl.tui.rules.page import RulesPage
from accessctl.tui.rules.rehearsal import Rehearsed, Rehearsing
from accessctl.tui.rules.theirs import Theirs
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, shown, text_of, type_in, until, until_shown

GUARDS = 'levels = ["rounds", "way-out"]'
GUARDS_MORE = 'levels = ["rounds", "deliveries", "way-out"]'


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    with running_site() as running:
        yield running


@pytest.fixture
def site(running: Site) -> Iterator[Site]:
    """Give the running site, with nothing unfinished, and put its site file back in the end."""
    before = running.office.site_file()["site"]
    for kept in running.home.path.glob("site-file-*.json"):
        kept.unlink()
    yield running
    present = running.office.site_file()
    if present["site"] != before:
        running.office.replace_site(before, "as it was", present["revision"], restart=True)


def in_force(site: Site) -> str:
    """Give the revision that the doors go by."""
    return str(site.office.status()["rules"])


@asynccontextmanager
async def editor_at(site: Site, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[None]]:
    """Run a console, and open the site file."""
    async with console_at(site, page="rules", size=size) as pilot:
        await until_shown(pilot, "Picker, early shift")
        await pilot.press("e")
        await until_shown(pilot, "sound")
        yield pilot


async def until_said(pilot: Pilot[None], words: str) -> None:
    """Wait until a notification says this; a console under test does not draw them."""
    await until(pilot, lambda: any(words in note.message for note in pilot.app._notifications), words)


def the_editor(pilot: Pilot[None]) -> SiteEditor:
    """Give the editor, over which a question may lie."""
    found = [screen for screen in pilot.app.screen_stack if isinstance(screen, SiteEditor)]
    return found[-1]


def change(pilot: Pilot[None], old: str, new: str) -> None:
    """Write something else in one place, as one change that can be undone."""
    area = shown(pilot, SiteEditor).area
    before, found, _after = area.text.partition(old)
    assert found, old
    row, column = before.count("\n"), len(before.rpartition("\n")[2])
    area.replace(new, (row, column), (row, column + len(old)))


async def answered(pilot: Pilot[None], kind: Callable[[], bool], *keys: str) -> None:
    """Wait for a question, and answer it."""
    await until(pilot, kind)
    await pilot.pause()
    await pilot.press(*keys)


async def rehearse(pilot: Pilot[None]) -> Rehearsed:
    """Rehearse the text."""
    await pilot.press("ctrl+r")
    await until(pilot, lambda: isinstance(pilot.app.screen, Rehearsed))
    return shown(pilot, Rehearsed)


async def give_reason(pilot: Pilot[None], reason: str) -> None:
    """Look at the difference, and say why."""
    await until(pilot, lambda: isinstance(pilot.app.screen, AskReason))
    await type_in(pilot, reason)
    await pilot.press("enter")


@in_a_loop
async def test_a_mistake_is_marked_while_it_is_typed_at_its_line(site: Site) -> None:
    """The mark stands beside the line, the words below; F4 goes there; put right, it is gone."""
    async with editor_at(site) as pilot:
        editor = shown(pilot, SiteEditor)
        await pilot.press("ctrl+f")
        await until_shown(pilot, "Find in the text")
        await type_in(pilot, "release_time_s")
        await pilot.press("enter")
        await until(pilot, lambda: shown(pilot, SiteEditor).area.cursor_location[0] > 0)
        line = editor.area.cursor_location[0] + 1
        await pilot.press("x")
        await until_shown(pilot, "1 problem", "doors.gate.xrelease_time_s", "did you mean release_time_s?")
        assert any(f"{line}✗ xrelease_time_s" in row for row in text_of(pilot).splitlines())
        await pilot.press("ctrl+home", "f4")
        await until(pilot, lambda: editor.area.cursor_location == (line - 1, 0))
        await pilot.press("delete")
        await until_shown(pilot, "unchanged", "sound")


@in_a_loop
async def test_a_line_of_the_list_leads_to_its_place_also_where_the_text_is_no_toml(site: Site) -> None:
    """A syntax error names its line itself."""
    async with editor_at(site) as pilot:
        editor = shown(pilot, SiteEditor)
        change(pilot, "[doors.cage]", "[doors.cage")
        await until_shown(pilot, "1 problem", "wrong")
        wanted = editor.area.text.split("\n").index("[doors.cage") + 1
        await pilot.press("f8", "enter")
        await until(pilot, lambda: editor.area.cursor_location[0] == wanted - 1)
        await until(pilot, lambda: editor.focused is editor.area)
        await pilot.press("ctrl+z")
        await until_shown(pilot, "unchanged", "sound")


@in_a_loop
async def test_nothing_is_applied_that_was_not_rehearsed_to_the_letter(site: Site) -> None:
    """Not before, and not when a single character was changed since."""
    before = in_force(site)
    async with editor_at(site) as pilot:
        await pilot.press("ctrl+s")
        await until_said(pilot, "Nothing is changed yet.")
        change(pilot, GUARDS, GUARDS_MORE)
        await pilot.press("ctrl+s")
        await until_said(pilot, "has to be rehearsed")
        await rehearse(pilot)
        await pilot.press("escape")
        await until_shown(pilot, "✓ rehearsed")
        change(pilot, "# Guards go in", "# Guards  go in")
        await until_shown(pilot, "not rehearsed yet")
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert not isinstance(pilot.app.screen, AskReason)
        assert in_force(site) == before


@in_a_loop
async def test_a_rehearsed_text_is_in_force_at_once_and_the_former_one_key_away(site: Site) -> None:
    """The guards gain the gate by day; the doors go by it; z gives it back."""
    before = in_force(site)
    async with editor_at(site) as pilot:
        change(pilot, GUARDS, GUARDS_MORE)
        await rehearse(pilot)
        await until_shown(pilot, "Rehearsed on the last 30 days")
        await pilot.press("ctrl+s")
        await until_shown(pilot, f"- {GUARDS}", f"+ {GUARDS_MORE}", before)
        await give_reason(pilot, "no")
        await until_shown(pilot, "3 letters")
        await type_in(pilot, " gates by day")
        await pilot.press("enter")
        await until_said(pilot, "is in force.")
        after = in_force(site)
        assert after != before
        assert site.office.site_file()["revision"] == after
        await until_shown(pilot, after, "unchanged")
        await pilot.press("escape")
        view = shown_matrix(pilot)
        await until(pilot, lambda: "D" in view.matrix.text(row_of(view, "guard"), 0))
        await until_shown(pilot, after, "no gates by day")
        await pilot.press("z")
        await until_shown(pilot, f"+ {GUARDS}", f"back to revision {before}")
        await give_reason(pilot, "")
        await until(pilot, lambda: in_force(site) == before)
        await until(pilot, lambda: "D" not in view.matrix.text(row_of(view, "guard"), 0))


def shown_matrix(pilot: Pilot[None]) -> MatrixView:
    """Give the matrix, beneath whatever lies over it."""
    page = next(screen for screen in pilot.app.screen_stack if isinstance(screen, RulesPage))
    return page.query_one(MatrixView)


def row_of(view: MatrixView, id_: str) -> int:
    """Give the row of a role."""
    return [row.id for row in view.matrix.rows].index(id_)


@in_a_loop
async def test_a_rehearsal_tells_who_would_have_been_refused_and_who_loses_what(site: Site) -> None:
    """Somebody has come in; by the new text they could not have."""
    before = site.office.status()["seq"]
    site.hands.badge("staff-in", BY_HANDLE["marta-quill"].card_number)
    async with editor_at(site, size=(160, 50)) as pilot:
        await until(
            pilot,
            lambda: any(e["type"].startswith("access_granted") for e in site.office.events(after=before)),
        )
        change(pilot, 'levels = ["supervision", "valuables", "way-out"]', 'levels = ["valuables", "way-out"]')
        await rehearse(pilot)
        await until_shown(pilot, "Marta Quill", "been refused", "loses now", "staff-in")
        await pilot.press("end", "enter")
        await until_shown(pilot, "What would have changed", "No access level of this person")


@in_a_loop
async def test_a_rehearsal_can_be_stopped(site: Site) -> None:
    """Escape ends it; nothing was rehearsed."""
    async with editor_at(site) as pilot:
        change(pilot, GUARDS, GUARDS_MORE)
        await until_shown(pilot, "sound")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(pilot.app.screen, Rehearsing))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, SiteEditor))
        await until_shown(pilot, "not rehearsed yet")


@in_a_loop
async def test_somebody_else_was_faster_and_theirs_is_shown(site: Site) -> None:
    """Their change is not overwritten: it is said, shown, and one's own is rehearsed anew against it."""
    async with editor_at(site) as pilot:
        change(pilot, GUARDS, GUARDS_MORE)
        await rehearse(pilot)
        present = site.office.site_file()
        theirs = present["site"].replace("most_visitors = 3", "most_visitors = 4")
        new = site.office.replace_site(theirs, "more visitors", present["revision"])["revision"]
        await pilot.press("ctrl+s")
        await give_reason(pilot, "guards by day")
        await until(pilot, lambda: isinstance(pilot.app.screen, Theirs))
        await until_shown(pilot, "+ most_visitors = 4", f"+ {GUARDS_MORE}", "Changed meanwhile")
        assert in_force(site) == new
        await pilot.press("tab", "tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SiteEditor))
        await until_shown(pilot, new, "not rehearsed yet")
        assert the_editor(pilot).draft.base == theirs


@in_a_loop
async def test_text_that_was_not_applied_is_asked_about_kept_and_offered_again(site: Site) -> None:
    """Escape asks; what is kept comes back at the next opening; what is thrown away does not."""
    async with editor_at(site) as pilot:
        change(pilot, GUARDS, GUARDS_MORE)
        await pilot.press("escape")
        await answered(pilot, lambda: isinstance(pilot.app.screen, Choose), "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, SiteEditor))
        await pilot.press("escape")
        await answered(pilot, lambda: isinstance(pilot.app.screen, Choose), "down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RulesPage))
        await pilot.press("e")
        await until_shown(pilot, "Unfinished text")
        await pilot.press("enter")
        await until_shown(pilot, "changed +1 -1")
        assert GUARDS_MORE in the_editor(pilot).area.text
        await pilot.press("escape")
        await answered(pilot, lambda: isinstance(pilot.app.screen, Choose), "down", "down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RulesPage))
        await pilot.press("e")
        await until_shown(pilot, "unchanged")


@in_a_loop
async def test_a_console_that_ends_in_the_middle_loses_no_text(site: Site) -> None:
    """Whoever's line breaks finds the text again."""
    async with editor_at(site) as pilot:
        change(pilot, GUARDS, GUARDS_MORE)
    async with console_at(site, page="rules") as pilot:
        await until_shown(pilot, "Picker, early shift")
        await pilot.press("e")
        await until_shown(pilot, "Unfinished text")


@in_a_loop
async def test_without_an_api_the_text_stays_and_is_looked_through_later(site: Site) -> None:
    """It is said that nobody looks it through; when somebody does again, it goes on by itself."""
    async with editor_at(site) as pilot:
        site.api.process.kill()
        try:
            await until_shown(pilot, "NO ANSWER")
            change(pilot, GUARDS, GUARDS_MORE)
            await until_shown(pilot, "not looked through")
            await pilot.press("ctrl+s")
            await until_said(pilot, "The text could not be")
        finally:
            site.restart_api()
        await until_shown(pilot, "sound")
        assert GUARDS_MORE in the_editor(pilot).area.text


@in_a_loop
async def test_what_needs_a_restart_is_kept_for_the_next_start_if_that_is_wanted(site: Site) -> None:
    """Nothing happens before it was asked; the page then says that the file waits."""
    before = in_force(site)
    async with editor_at(site) as pilot:
        change(pilot, "debounce_ms = 100", "debounce_ms = 110")
        await rehearse(pilot)
        await pilot.press("ctrl+s")
        await give_reason(pilot, "a bouncing switch")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        assert "debounce_ms = 100" in site.office.site_file()["site"]
        await pilot.press("enter")
        await until_said(pilot, "is kept for")
        assert in_force(site) == before
        assert site.office.site_file()["revision"] != before
        await pilot.press("escape")
        await until_shown(pilot, "the site file is another one")


@in_a_loop
async def test_history_says_who_when_and_why_and_what_it_was(site: Site) -> None:
    """Below stands what a change changed; t shows all of it; z puts one back."""
    before = site.office.site_file()
    changed = before["site"].replace(GUARDS, GUARDS_MORE)
    site.office.replace_site(changed, "guards by day", before["revision"])
    async with console_at(site, page="rules", size=(120, 40)) as pilot:
        await until_shown(pilot, "guards by day")
        await pilot.press("h")
        await until(pilot, lambda: isinstance(pilot.app.screen, HistoryPage))
        await until_shown(pilot, before["revision"], "guards by day", f"+ {GUARDS_MORE}", f"- {GUARDS}")
        assert shown(pilot, HistoryPage).query_one(DiffView).scroll_offset == Offset(0, 0)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(pilot.app.screen, WholeText))
        await until_shown(pilot, "The warehouse of the demo")
        await pilot.press("escape", "z")
        await until_said(pilot, "This one lies there now.")
        await pilot.press("down", "z")
        await until_shown(pilot, f"+ {GUARDS}")
        await give_reason(pilot, "")
        await until(pilot, lambda: in_force(site) == before["revision"])


@in_a_loop
async def test_where_two_have_to_agree_it_is_said_that_it_waits() -> None:
    """Nothing is in force yet, and nobody is asked to keep what waits already."""
    with running_site(lambda text: f'{text}\n[approvals]\nneeds = ["rule_change"]\n') as site:
        before = in_force(site)
        async with editor_at(site) as pilot:
            change(pilot, GUARDS, GUARDS_MORE)
            await rehearse(pilot)
            await pilot.press("ctrl+s")
            await give_reason(pilot, "guards by day")
            await until_said(pilot, "second operator")
            await until_shown(pilot, "waits for a second operator")
            assert in_force(site) == before
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, RulesPage))
