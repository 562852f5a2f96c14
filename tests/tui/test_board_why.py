"""Why somebody was refused, from the stream and from a door's drawer; and taking notice of alarms."""

from collections.abc import Iterator

import pytest

from accessctl.operators.rights import Role
from accessctl.tui.board.alarm_list import AlarmList
from accessctl.tui.board.drawer import DoorDrawer, HistoryTable
from accessctl.tui.board.event_details import EventDetails
from accessctl.tui.board.stream_view import StreamView
from accessctl.tui.board.why import WhyDrawer, show_why
from accessctl.tui.dialogs import Ask, Choose
from accessctl.tui.lines import LineTable
from tests.tui.board_hands import board, choose, refuse_at_the_cage, until_told
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, shown, text_of, type_in, until, until_shown


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@in_a_loop
async def test_enter_on_a_refusal_says_why_check_by_check(site: Site) -> None:
    """A revoked card fails one check; those before it passed, those after it were not reached."""
    async with console_at(site) as pilot:
        refused = await refuse_at_the_cage(pilot, site, "joel-hartnell")
        view = board(pilot).query_one(StreamView)
        await pilot.press("f", "tab")
        table = view.query_one(LineTable)
        assert table.has_focus
        await until(pilot, lambda: view.stream.event(table.cursor)["seq"] == refused["seq"])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, WhyDrawer))
        await until_shown(pilot, "Joel Hartnell", "Cage, in", "denied factor disabled")
        await until_shown(pilot, "✓ request stands", "✗ card is active", "FAILED: The card", "not reached")
        assert "Time alone changes nothing" in text_of(pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, EventDetails))
        await until_shown(pilot, "denied_factor_disabled", "Cage, in (cage-in)")


@in_a_loop
async def test_a_card_that_nobody_knows_is_explained_by_the_record_alone(site: Site) -> None:
    """There is nobody to ask the rules about, and that is said."""
    async with console_at(site) as pilot:
        before = site.office.status()["seq"]
        site.hands.badge("cold-in", bytes.fromhex("04 DE AD BE EF 00 11"))
        recent = board(pilot).console.standing.recent
        await until(pilot, lambda: recent[-1]["seq"] > before and recent[-1]["access_point"] == "cold-in")
        show_why(board(pilot).console, recent[-1])
        await until_shown(pilot, "there is nobody to ask the rules about", "The card is not known here.")


@in_a_loop
async def test_somebody_who_was_deleted_is_said_to_be_unknown(site: Site) -> None:
    """The API's own words stand there, and the screen goes on."""
    async with console_at(site) as pilot:
        refused = await refuse_at_the_cage(pilot, site, "joel-hartnell")
        console = board(pilot).console
        show_why(console, {**refused, "person": "p-nobody", "person_name": None})
        await until_shown(pilot, "p-nobody has no card and no code, or there is no such person")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is board(pilot))


@in_a_loop
async def test_the_drawer_has_facts_and_history_back_to_the_beginning(site: Site) -> None:
    """Facts, the readers, the schedule; the history is fetched page by page while one goes down."""
    for _ in range(110):
        site.office.order("leveller-1", "release")
        site.office.order("leveller-1", "lock")
    async with console_at(site) as pilot:
        await choose(pilot, "leveller-1")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DoorDrawer))
        await until_shown(pilot, "fail-secure", "locked at every hour", "manual unlock")
        table = shown(pilot, DoorDrawer).query_one(HistoryTable)
        for _ in range(20):
            await pilot.press("end")
            await until(pilot, lambda: table.rows.row(len(table.rows) - 1) is not None)
        everything = list(site.office.events(door="leveller-1", most=5000))
        assert len(table.rows) == len(everything) > 200  # more than one page


@in_a_loop
async def test_a_door_where_nobody_was_refused_is_not_said_to_have_no_record(site: Site) -> None:
    """Something was recorded there, only no refusal."""
    async with console_at(site) as pilot:
        await choose(pilot, "office")
        await pilot.press("enter")
        await until_shown(pilot, "What happened here", "reader online")
        await pilot.press("f")
        await until_shown(pilot, "Nobody was refused here.")


@in_a_loop
async def test_a_refusal_in_the_drawer_says_why(site: Site) -> None:
    """What has just happened stands first; a key leaves refusals alone."""
    async with console_at(site) as pilot:
        await choose(pilot, "cage")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DoorDrawer))
        await until_shown(pilot, "What happened here", "reader online")
        site.hands.badge("cage-in", bytes.fromhex("CC AF 90 48"))
        await until_shown(pilot, "Joel Hartnell")
        await pilot.press("f")
        await until_shown(pilot, "Who was refused here", "Joel Hartnell")
        assert "reader online" not in text_of(pilot)
        await pilot.press("enter")
        await until_shown(pilot, "✗ card is active")


@in_a_loop
async def test_an_entry_that_is_no_refusal_shows_its_details(site: Site) -> None:
    """Every field that says something is there; why is offered where somebody passed."""
    async with console_at(site) as pilot:
        site.hands.badge("staff-out", bytes.fromhex("37 72 51 1B"))
        view = board(pilot).query_one(StreamView)
        await until_shown(pilot, "Marta Quill")
        await pilot.press("slash")
        await type_in(pilot, "marta granted")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, EventDetails))
        await until_shown(pilot, "access_granted", "Marta Quill (p-demo30)", "staff-out", "Why")
        await pilot.press("w")
        await until_shown(pilot, "The rules say:", "card is active")
        assert view.stream.filtered


@in_a_loop
async def test_alarms_of_the_chosen_door_are_acknowledged_with_a_note(site: Site) -> None:
    """The note is kept with the alarm; the tile says that somebody has taken notice."""
    async with console_at(site) as pilot:
        site.hands.leaf("aisle", opened=True, force=True)
        await until_shown(pilot, "door forced open")
        await choose(pilot, "aisle")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
        await until_shown(pilot, "Acknowledge 1 alarm", "Docks to floor")
        await type_in(pilot, "A crate kept it open.")
        await pilot.press("enter")
        await until_told(pilot, "1 alarm acknowledged.")
        await until_shown(pilot, "1 acknowledged")
        noted = next(
            alarm["acknowledged"] for alarm in site.office.alarms("open") if alarm["door"] == "aisle"
        )
        assert noted is not None
        assert noted["note"] == "A crate kept it open."
        site.hands.leaf("aisle", opened=False, force=False)


@in_a_loop
async def test_at_a_quiet_door_one_of_all_alarms_can_be_chosen(site: Site) -> None:
    """Those elsewhere are offered, by what and where."""
    async with console_at(site) as pilot:
        site.hands.leaf("staff", opened=True, force=True)
        await until_shown(pilot, "door forced open")
        await choose(pilot, "office")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
        await type_in(pilot, "forced staff")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
        await pilot.press("enter")
        await until_told(pilot, "1 alarm acknowledged.")
        site.hands.leaf("staff", opened=False, force=False)


@in_a_loop
async def test_the_list_of_alarms_shows_all_and_takes_one_note_for_them(site: Site) -> None:
    """Who acknowledged what stands there; Enter shows the entry."""
    async with console_at(site) as pilot:
        site.hands.leaf("floor", opened=True, force=True)
        site.hands.leaf("cold", opened=True, force=True)
        standing = board(pilot).console.standing
        await until(pilot, lambda: {"floor", "cold"} <= {alarm["door"] for alarm in standing.alarms})
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, AlarmList))
        await until_shown(pilot, "Lobby to floor", "Cold store", "unacknowledged")
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
        await pilot.press("enter")
        await until(pilot, lambda: all(alarm["acknowledged"] for alarm in site.office.alarms("open")))
        site.hands.leaf("floor", opened=False, force=False)
        await until_shown(pilot, "acknowledged by")
        site.hands.leaf("cold", opened=False, force=False)


@in_a_loop
async def test_who_may_not_acknowledge_sees_alarms_only(site: Site) -> None:
    """An auditor opens the list, and has no key to take notice."""
    async with console_at(site, Role.AUDITOR) as pilot:
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, AlarmList))
        await pilot.press("a", "A")
        await pilot.pause()
        assert isinstance(pilot.app.screen, AlarmList)
        assert "Acknowledge" not in text_of(pilot)
