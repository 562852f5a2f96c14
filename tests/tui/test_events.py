"""The record on the screen: what is shown of it, what one looks for, what comes meanwhile."""

from collections.abc import Iterator

import pytest
from textual.pilot import Pilot

from accessctl.client import Event
from accessctl.demo.roster import BY_HANDLE
from accessctl.operators.rights import Role
from accessctl.tui.board.why import WhyDrawer
from accessctl.tui.events.details import EntryDialog
from accessctl.tui.events.page import EventsPage
from accessctl.tui.events.table import HistoryTable
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, shown, text_of, type_in, until, until_shown

WIDE = (160, 40)
MANY = 700
"""People whose adding is in the record: more entries than the console follows anyway."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        names = "".join(f"Extra {number:03},cleaner\n" for number in range(MANY))
        running.office.import_people(iter([f"name,roles\n{names}".encode()]), "csv")
        running.hands.badge("gate-in", BY_HANDLE["wes-calloway"].card_number)
        running.hands.badge("staff-in", BY_HANDLE["marta-quill"].card_number)
        wait_for(running, "access_granted", person="p-demo30")
        while len(list(running.office.events(type="person_added", most=10_000))) < MANY:
            pass
        yield running


def wait_for(site: Site, type_: str, person: str | None = None) -> Event:
    """Wait until such an entry is recorded, and give the last one."""
    for _ in range(400):
        if found := list(site.office.events(type=type_, most=1, person=person)):
            return found[-1]
    raise AssertionError(f"no {type_} was recorded")


def table_of(pilot: Pilot[None]) -> HistoryTable:
    """Give the table of the page that is shown."""
    return shown(pilot, EventsPage).table


def numbers(table: HistoryTable) -> list[int]:
    """Give the numbers of the entries that are shown."""
    return [table.history.number(index) for index in range(len(table.history))]


async def found_all(pilot: Pilot[None]) -> HistoryTable:
    """Wait until everything that is wanted was looked for and is here as far as one looks."""
    table = table_of(pilot)
    await until(
        pilot, lambda: table.found is None or (table.found.reached is None and not table.looking.searching)
    )
    return table


@in_a_loop
async def test_the_newest_entry_comes_first(site: Site) -> None:
    """With its time, what it was, where, who and why."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        await until(pilot, lambda: len(table_of(pilot).history) > MANY)
        await until_shown(pilot, "Everything that was recorded", "access granted", "Marta Quill", "Granted.")
        newest = next(iter(site.office.events(most=1)))
        await until(pilot, lambda: table_of(pilot).history.number(0) >= newest["seq"])


@in_a_loop
async def test_one_scrolls_to_the_oldest_entry(site: Site) -> None:
    """Its page is fetched when it comes in sight, and the pages between are not."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        await until(pilot, lambda: len(table_of(pilot).history) > MANY)
        await pilot.press("end")
        await until_shown(pilot, "system start")
        table = table_of(pilot)
        assert table.history.number(len(table.history) - 1) == 1
        assert table.history.event(len(table.history) // 2) is None or len(table.history) < 1000
        await pilot.press("home")
        await until_shown(pilot, "Marta Quill")


@in_a_loop
async def test_entries_come_by_themselves(site: Site) -> None:
    """Whoever looks at the newest sees them; whoever reads further down is not moved."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        table = table_of(pilot)
        await until(pilot, lambda: len(table.history) > MANY)
        site.hands.badge("staff-out", BY_HANDLE["marta-quill"].card_number)
        await until_shown(pilot, "Staff entrance, out")
        await pilot.press("pagedown", "pagedown")
        await pilot.pause()
        read, known = table.history.number(table.cursor), len(table.history)
        top = table.history.number(table.seen.start)
        site.hands.badge("gate-in", BY_HANDLE["wes-calloway"].card_number)
        await until(pilot, lambda: len(table.history) > known)
        assert table.history.number(table.cursor) == read
        assert table.history.number(table.seen.start) == top
        await until_shown(pilot, "newer above")


@in_a_loop
async def test_words_say_what_to_look_for(site: Site) -> None:
    """A slash, then a result, a door and somebody's name."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        await pilot.press("slash")
        await type_in(pilot, "refused gate")
        await pilot.press("enter")
        table = await found_all(pilot)
        expected = [event["seq"] for event in site.office.events(outcome="refused", door="gate", most=1000)]
        assert numbers(table)[::-1] == expected
        await until_shown(pilot, "refused · at Main gate", "Wes Calloway")


@in_a_loop
async def test_somebody_is_found_by_a_few_letters(site: Site) -> None:
    """And only what is recorded of them is shown."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        await pilot.press("p")
        await until_shown(pilot, "About whom?")
        await type_in(pilot, "mart")
        await until_shown(pilot, "p-demo30")
        await pilot.press("enter")
        table = await found_all(pilot)
        await until_shown(pilot, "by Marta Quill")
        await until(
            pilot, lambda: numbers(table) and all(_person(table, at) for at in range(len(table.history)))
        )


def _person(table: HistoryTable, index: int) -> bool:
    event = table.history.event(index)
    return event is not None and event["person"] == "p-demo30"


@in_a_loop
async def test_a_name_among_the_words_is_searched_for(site: Site) -> None:
    """Nobody has to know an id."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        await pilot.press("slash")
        await type_in(pilot, "granted quill")
        await pilot.press("enter")
        await until_shown(pilot, "About whom?", "Marta Quill  p-demo30")
        await pilot.press("enter")
        await until_shown(pilot, "granted · by Marta Quill")


@in_a_loop
async def test_doors_and_types_are_chosen_from_a_list(site: Site) -> None:
    """A few letters narrow it."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        await pilot.press("d")
        await until_shown(pilot, "Where?")
        await type_in(pilot, "staff-in")
        await pilot.press("enter")
        await until_shown(pilot, "at Staff entrance, in")
        await pilot.press("t")
        await until_shown(pilot, "What?")
        await type_in(pilot, "access_granted")
        await pilot.press("enter")
        table = await found_all(pilot)
        expected = site.office.events(access_point="staff-in", type="access_granted", most=1000)
        assert numbers(table)[::-1] == [event["seq"] for event in expected]


@in_a_loop
async def test_the_result_goes_round(site: Site) -> None:
    """Refused, granted, all."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        await pilot.press("o")
        await until_shown(pilot, "denied credential expired", "x All")
        await pilot.press("o")
        await until_shown(pilot, "granted", "Granted.")
        await pilot.press("o")
        await until_shown(pilot, "Everything that was recorded")


@in_a_loop
async def test_a_stretch_of_time_is_named_or_typed(site: Site) -> None:
    """What is not in it is not shown, and that is said."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        await pilot.press("s")
        await until_shown(pilot, "Since when?", "the last 7 days")
        await type_in(pilot, "yest")
        await pilot.press("enter")
        await until_shown(pilot, "Nothing was found.")
        await pilot.press("u")
        await until_shown(pilot, "Until when?")
        await type_in(pilot, "nonsense")
        await until_shown(pilot, "This is no time")
        await pilot.press("escape")
        await pilot.press("s")
        await until_shown(pilot, "Since when?")
        await type_in(pilot, "7d")
        await pilot.press("enter")
        await until(pilot, lambda: len(table_of(pilot).history) > 0)
        before = shown(pilot, EventsPage).wanted
        await pilot.press("u")
        await until_shown(pilot, "Until when?")
        await type_in(pilot, "2020-01-31")
        await pilot.press("enter")
        await until(
            pilot, lambda: [each for each in pilot.app._notifications if "before it begins" in each.message]
        )
        assert shown(pilot, EventsPage).wanted == before
        await pilot.press("x")
        await until_shown(pilot, "Everything that was recorded")


@in_a_loop
async def test_what_comes_while_one_looks_is_added(site: Site) -> None:
    """Only what fits: the API says what does."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        await pilot.press("o")
        table = await found_all(pilot)
        before = len(table.history)
        site.hands.badge("staff-in", BY_HANDLE["marta-quill"].card_number)
        site.hands.badge("gate-in", BY_HANDLE["wes-calloway"].card_number)
        await until(pilot, lambda: len(table.history) > before)
        newest = wait_for(site, "denied_credential_expired")
        await until(pilot, lambda: table.history.number(0) == newest["seq"])


@in_a_loop
async def test_more_is_found_as_one_goes_down(site: Site) -> None:
    """A few screens at a time, down to the first one."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        await pilot.press("t")
        await until_shown(pilot, "What?")
        await type_in(pilot, "person_added")
        await pilot.press("enter")
        table = table_of(pilot)
        await until(pilot, lambda: table.found is not None and len(table.history) >= 100)
        assert len(table.history) < MANY
        for _ in range(20):
            await pilot.press("end")
            await until(pilot, lambda: not table.looking.searching)
        expected = [e["seq"] for e in site.office.events(type="person_added", most=10_000)]
        assert numbers(table)[::-1] == expected


@in_a_loop
async def test_an_entry_is_opened_in_full(site: Site) -> None:
    """Every field, and from there what else is recorded of the same person."""
    refused = wait_for(site, "denied_credential_expired")
    async with console_at(site, size=WIDE, page="events") as pilot:
        await pilot.press("o")
        await until_shown(pilot, "Wes Calloway")
        await pilot.press("enter")
        await until_shown(
            pilot, "Wes Calloway (p-demo22)", "Main gate (gate)", refused["boot"], refused["epoch"]
        )
        assert isinstance(pilot.app.screen, EntryDialog)
        await pilot.press("p")
        await until_shown(pilot, "by Wes Calloway")


@in_a_loop
async def test_a_refusal_is_explained(site: Site) -> None:
    """From its line and from its details; an entry that is none offers no such key."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        await pilot.press("o")
        await until_shown(pilot, "Wes Calloway", "w Why")
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.screen, WhyDrawer))
        await pilot.press("escape")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, EntryDialog))
        await pilot.press("w")
        await until(pilot, lambda: isinstance(pilot.app.screen, WhyDrawer))
        await pilot.press("escape", "o")
        await until_shown(pilot, "Granted.")
        await until(pilot, lambda: "w Why" not in text_of(pilot))


@in_a_loop
async def test_an_api_that_dies_leaves_what_is_known(site: Site) -> None:
    """What is missing comes when it answers again."""
    async with console_at(site, size=WIDE, page="events") as pilot:
        table = table_of(pilot)
        await until(pilot, lambda: len(table.history) > MANY)
        site.api.process.kill()
        site.api.process.wait()
        await pilot.press("end")
        await until_shown(pilot, "the API does not answer")
        site.restart_api()
        await until_shown(pilot, "system start")


@in_a_loop
async def test_an_auditor_reads_and_an_enroller_does_not(site: Site) -> None:
    """Each role has what is its own."""
    async with console_at(site, Role.AUDITOR, size=WIDE, page="events") as pilot:
        await until_shown(pilot, "Everything that was recorded", "Marta Quill", "E Export")
    async with console_at(site, Role.ENROLLER, size=WIDE) as pilot:
        pilot.app.action_go("events")  # type: ignore[attr-defined]
        await pilot.pause()
        assert not isinstance(pilot.app.screen, EventsPage)


@in_a_loop
async def test_who_may_not_see_people_looks_for_their_ids(site: Site) -> None:
    """An installer reads the record, and in it nobody's name."""
    async with console_at(site, Role.INSTALLER, size=WIDE, page="events") as pilot:
        await until(pilot, lambda: len(table_of(pilot).history) > MANY)
        await pilot.press("p")
        await until_shown(pilot, "Type the id of a person")
        await type_in(pilot, "p-demo30")
        await pilot.press("enter")
        await until_shown(pilot, "by p-demo30")
        assert "Marta" not in text_of(pilot)


@in_a_loop
async def test_it_is_of_use_on_a_small_screen(site: Site) -> None:
    """Time, what, where and who have room in 80 columns."""
    async with console_at(site, size=(80, 24), page="events") as pilot:
        await pilot.press("o")
        await until_shown(pilot, "denied credential expired", "Gate, inbound", "Wes Calloway", "Why")
