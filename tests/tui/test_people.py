"""The people's page against a real site: finding people, and what is known of them."""

from collections.abc import Iterator

import pytest
from textual.pilot import Pilot

from accessctl.demo.roster import BY_HANDLE
from accessctl.operators.rights import Role
from accessctl.tui.help import HelpPage
from accessctl.tui.lines import LineTable
from accessctl.tui.people.page import PeoplePage
from accessctl.tui.people.people_list import PeopleList
from accessctl.tui.people.person_screen import PersonScreen
from accessctl.tui.people.search import PeopleTable, SearchField
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, shown, text_of, type_in, until, until_shown


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def names_in(pilot: Pilot[None]) -> list[str]:
    """Give the names in the list, as far as it shows them."""
    table = shown(pilot, PeoplePage).query_one(PeopleTable)
    rows = (table.rows.row(index) for index in range(len(table.rows)))
    return [str(row[0][0]) for row in rows if row is not None]


async def found(pilot: Pilot[None], *names: str) -> None:
    """Wait until these and no others are found."""
    await until(pilot, lambda: names_in(pilot) == list(names), f"{names} were never found")


async def open_person(pilot: Pilot[None], typed: str) -> PersonScreen:
    """Find somebody, and open their own page."""
    await type_in(pilot, typed)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, PersonScreen))
    await until_shown(pilot, "added")
    return shown(pilot, PersonScreen)


@in_a_loop
async def test_one_can_type_at_once_and_people_are_found_with_every_key(site: Site) -> None:
    """The field has the focus on arrival; the beginnings of a name's words find, case does not matter."""
    async with console_at(site, page="people") as pilot:
        await until(pilot, lambda: names_in(pilot))
        assert isinstance(pilot.app.focused, SearchField)
        await type_in(pilot, "ma")
        await found(pilot, "Ana Marsh", "Marta Quill")
        await type_in(pilot, "r an")
        await found(pilot, "Ana Marsh")
        await until_shown(pilot, "1 person", "Picker, early shift")


@in_a_loop
async def test_somebody_who_was_just_added_is_found(site: Site) -> None:
    """Whoever added them, and though the page has been shown for a while."""
    async with console_at(site, page="people") as pilot:
        await until(pilot, lambda: names_in(pilot))
        await type_in(pilot, "quennel")
        await until_shown(pilot, "nobody is found")
        site.office.add_person("Quennel Rush", ["picker-early"])
        await found(pilot, "Quennel Rush")


@in_a_loop
async def test_arrows_choose_while_one_types_and_enter_opens(site: Site) -> None:
    """No hand leaves the keyboard, and the field keeps what was typed."""
    async with console_at(site, page="people") as pilot:
        await type_in(pilot, "ma")
        await found(pilot, "Ana Marsh", "Marta Quill")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PersonScreen))
        await until_shown(pilot, "Marta Quill  p-demo30")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, PeoplePage))
        assert shown(pilot, PeoplePage).query_one(PeopleList).typed == "ma"


@in_a_loop
async def test_enter_opens_whom_was_typed_though_it_comes_before_the_answer(site: Site) -> None:
    """Nobody is opened who was found by fewer letters."""
    async with console_at(site, page="people") as pilot:
        await until(pilot, lambda: names_in(pilot))
        field = shown(pilot, PeoplePage).query_one(SearchField)
        field.value = "viktor"
        await field.action_submit()
        await until(pilot, lambda: isinstance(pilot.app.screen, PersonScreen))
        await until_shown(pilot, "Viktor Hale")


@in_a_loop
async def test_enter_opens_whom_all_letters_find_though_they_came_in_one_burst(site: Site) -> None:
    """The first letter is asked about at once; Enter means all of them, and is not forgotten over that."""
    async with console_at(site, page="people") as pilot:
        await until(pilot, lambda: names_in(pilot))
        field = shown(pilot, PeoplePage).query_one(SearchField)
        for typed in ("v", "vi", "viktor"):
            field.value = typed
        await field.action_submit()
        await until(pilot, lambda: isinstance(pilot.app.screen, PersonScreen))
        await until_shown(pilot, "Viktor Hale")


@in_a_loop
async def test_filters_are_typed_or_chosen(site: Site) -> None:
    """A role, a group, who is disabled, who has no card; half a filter hides nobody."""
    async with console_at(site, page="people") as pilot:
        await until(pilot, lambda: names_in(pilot))
        await type_in(pilot, "is:disabled noah")
        await found(pilot, "Noah Feldman")
        await pilot.press("escape", "s")
        await until_shown(pilot, "Only some people")
        await type_in(pilot, "northline")
        await pilot.press("enter")
        page = shown(pilot, PeoplePage)
        await until(pilot, lambda: page.query_one(PeopleList).typed == "group:northline is:disabled noah ")
        await found(pilot)
        page.query_one(PeopleList).look_for("group:northline")
        await found(pilot, "Dafydd Pryce", "Omar Siddiqui", "Rosa Villar")
        page.query_one(PeopleList).look_for("no:card role:cold-operator")
        await found(pilot, "Tess Whitlock")
        page.query_one(PeopleList).look_for("role:pick")
        await until_shown(pilot, "which of picker-early, picker-late?")


@in_a_loop
async def test_a_long_list_is_fetched_as_one_goes_down(site: Site) -> None:
    """The first page is there at once; the rest comes when it is looked at."""
    rows = "".join(f"Zzz{number:03} Longlist,visitor\n" for number in range(150))
    site.office.import_people(iter([f"name,roles\n{rows}".encode()]), "csv")
    async with console_at(site, page="people") as pilot:
        await type_in(pilot, "longlist")
        await until_shown(pilot, "more than 64")
        await pilot.press("escape", "end")
        await until_shown(pilot, "more than 128")
        await pilot.press("end")
        await until_shown(pilot, "150 people")


@in_a_loop
async def test_escape_makes_letters_keys_and_slash_goes_back(site: Site) -> None:
    """In the field a letter is a letter."""
    async with console_at(site, page="people") as pilot:
        await pilot.press("d")
        assert shown(pilot, PeoplePage).query_one(PeopleList).typed == "d"
        await pilot.press("escape")
        assert isinstance(pilot.app.focused, PeopleTable)
        await pilot.press("slash")
        assert isinstance(pilot.app.focused, SearchField)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 60)])
def test_a_persons_page_tells_all_that_is_known(site: Site, size: tuple[int, int]) -> None:
    """State, roles, where they can pass and are, what is lent, cards; and what happened last."""

    @in_a_loop
    async def look() -> None:
        async with console_at(site, page="people", size=size) as pilot:
            screen = await open_person(pilot, "kofi")
            await until_shown(pilot, "Kofi Mensah", "Swiftcrew Agency", "Can pass now", "person added")
            screen.query_one("#facts").scroll_end(animate=False)
            await until_shown(pilot, "cold-store", "can be copied", "PIN")

    look()


@in_a_loop
async def test_a_refusal_on_a_persons_page_is_explained(site: Site) -> None:
    """Something else that happened is shown with all it says."""
    site.hands.badge("staff-in", BY_HANDLE["joel-hartnell"].card_number)
    async with console_at(site, page="people", size=(160, 50)) as pilot:
        screen = await open_person(pilot, "joel")
        await until_shown(pilot, "denied ")
        table = screen.query_one(LineTable)
        table.focus()
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is not screen)
        await until_shown(pilot, "FAILED", "revoked")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        await pilot.press("end", "enter")
        await until_shown(pilot, "person_added", "rules")


@in_a_loop
async def test_what_happens_to_somebody_shows_on_their_page(site: Site) -> None:
    """Without a key being pressed; also somebody who has nothing to show at a door."""
    added = site.office.add_person("Livia Stone", ["picker-early"])
    async with console_at(site, page="people", size=(160, 50)) as pilot:
        await open_person(pilot, "livia")
        site.office.change_person(added["id"], disabled=True)
        await until_shown(pilot, "✗ disabled")


@in_a_loop
async def test_what_a_role_may_not_do_is_not_offered(site: Site) -> None:
    """A guard finds people and changes nobody; the keys do nothing and are not in the help."""
    async with console_at(site, Role.GUARD, page="people") as pilot:
        await type_in(pilot, "aino")
        await found(pilot, "Aino Virtanen")
        await pilot.press("escape")
        for key in ("n", "e", "d", "t", "c", "x", "D", "I", "v"):
            await pilot.press(key)
        await pilot.pause()
        assert isinstance(pilot.app.screen, PeoplePage)
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpPage))
        await until_shown(pilot, "people.search")
        assert "person.edit" not in text_of(pilot)
        assert "people.new" not in text_of(pilot)


@in_a_loop
async def test_a_role_sees_of_a_person_what_it_may_and_no_more(site: Site) -> None:
    """An enroller sees cards, and neither whereabouts nor the record; no trace of a refusal is left."""
    async with console_at(site, Role.ENROLLER, page="people", size=(160, 50)) as pilot:
        await open_person(pilot, "aino")
        await until_shown(pilot, "can be copied", "Can pass now")
        assert "Where they are" not in text_of(pilot)
        assert "What happened last" not in text_of(pilot)
        assert "Refused" not in text_of(pilot)


@in_a_loop
async def test_a_name_typed_in_the_palette_opens_that_person(site: Site) -> None:
    """From any page, and Escape goes back there."""
    async with console_at(site) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause()
        await type_in(pilot, "harriet")
        await until_shown(pilot, "Harriet Lowe")
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PersonScreen))
        await until_shown(pilot, "Stock controller")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.current_mode == "board")


@in_a_loop
async def test_an_api_that_is_gone_is_said_and_nothing_freezes(site: Site) -> None:
    """What was found stays, keys answer, and it goes on by itself."""
    async with console_at(site, page="people") as pilot:
        await type_in(pilot, "ma")
        await found(pilot, "Ana Marsh", "Marta Quill")
        site.api.process.kill()
        try:
            await type_in(pilot, "r")
            await until_shown(pilot, "does not answer", "NO ANSWER")
            await pilot.press("escape", "e")
            await pilot.pause()
            assert isinstance(pilot.app.screen, PeoplePage)
        finally:
            site.restart_api()
        await until(pilot, lambda: "NO ANSWER" not in text_of(pilot))
        shown(pilot, PeoplePage).query_one(PeopleList).look_for("viktor")
        await found(pilot, "Viktor Hale")
