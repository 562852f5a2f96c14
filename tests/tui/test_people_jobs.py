"""What is done with people from the console, against a real site."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from accessctl.api import bulk_formats
from accessctl.client import ApiRefused, Person
from accessctl.tui.dialogs import Ask, AskUntil, Choose, Confirm, Tell
from accessctl.tui.people import bulk
from accessctl.tui.people.form import PersonForm
from accessctl.tui.people.import_screen import ImportScreen
from accessctl.tui.people.page import PeoplePage
from accessctl.tui.people.people_list import PeopleList
from accessctl.tui.people.person_screen import PersonScreen
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, console_at, running_site, shown, type_in, until, until_shown


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def added(site: Site, name: str) -> Person:
    return site.office.add_person(name, ["picker-early"])


async def stand_at(pilot: Pilot[None], person: Person) -> None:
    """Choose somebody in the list, and leave the field."""
    page = shown(pilot, PeoplePage).query_one(PeopleList)
    page.look_for(person["id"])
    await until(pilot, lambda: page.person is not None and page.person["id"] == person["id"])
    await pilot.press("escape")


async def until_asked(pilot: Pilot[None], kind: type[Screen[Any]]) -> None:
    """Wait until a dialog of this kind is shown."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind), f"no {kind.__name__} came")
    await pilot.pause()


async def answer(pilot: Pilot[None], kind: type[Screen[Any]], typed: str = "") -> None:
    """Wait until a dialog of this kind asks, type, and press Enter."""
    await until_asked(pilot, kind)
    await type_in(pilot, typed)
    await pilot.press("enter")


async def until_so(pilot: Pilot[None], so: Callable[[], bool]) -> None:
    """Wait until it is done, and the page is back."""
    await until(pilot, lambda: so() and isinstance(pilot.app.screen, PeoplePage))


@in_a_loop
async def test_a_person_is_changed_in_the_form(site: Site) -> None:
    """Name, a role more, an end; the list shows it at once."""
    person = added(site, "Edna Old")
    async with console_at(site, page="people") as pilot:
        await stand_at(pilot, person)
        await pilot.press("e")
        await until_asked(pilot, PersonForm)
        await pilot.press("end", *["backspace"] * 3)
        await type_in(pilot, "New")
        await pilot.press("tab", "tab")
        await type_in(pilot, "2099-01-31")
        await pilot.press("tab", "tab", "tab", "down", "space", "ctrl+s")
        await until_shown(pilot, "Edna New", "Picker, late shift")
        now = site.office.person(person["id"])
        assert now["name"] == "Edna New"
        assert now["roles"] == ["picker-early", "picker-late"]
        assert str(now["valid_until"]).startswith(("2099-01-31", "2099-02-01"))


@in_a_loop
async def test_what_is_wrong_in_the_form_is_said_there(site: Site) -> None:
    """What means nothing, and what the API refuses; nothing is lost, and Escape changes nothing."""
    person = added(site, "Wrona Field")
    async with console_at(site, page="people", size=(80, 24)) as pilot:
        await stand_at(pilot, person)
        await pilot.press("e")
        await until_asked(pilot, PersonForm)
        await pilot.press("tab", "tab")
        await type_in(pilot, "soon")
        await pilot.press("enter")
        await until_shown(pilot, "This is no time")
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "valid_until"
        await pilot.press(*["backspace"] * 4, "shift+tab", "shift+tab", *["backspace"] * 11, "enter")
        await until_shown(pilot, "at least 1 character")
        assert pilot.app.focused.id == "name"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, PeoplePage))
        assert site.office.person(person["id"])["name"] == "Wrona Field"


@in_a_loop
async def test_a_person_is_disabled_and_enabled_again(site: Site) -> None:
    """The same key does both, and asks first; disabling is not what Enter does by accident."""
    person = added(site, "Dora Switch")
    async with console_at(site, page="people") as pilot:
        await stand_at(pilot, person)
        await pilot.press("d")
        await answer(pilot, Confirm)
        await until_so(pilot, lambda: site.office.person(person["id"])["disabled"])
        await until_shown(pilot, "✗ disabled")
        await pilot.press("d")
        await answer(pilot, Confirm)
        await until_so(pilot, lambda: not site.office.person(person["id"])["disabled"])


@in_a_loop
async def test_temporary_access_is_given_with_an_end_and_taken_back(site: Site) -> None:
    """A level is found by typing; it ends by itself, or earlier."""
    person = added(site, "Lena Loan")
    async with console_at(site, page="people", size=(160, 50)) as pilot:
        await stand_at(pilot, person)
        await pilot.press("t")
        await answer(pilot, Choose, "cold-store")
        await until_asked(pilot, AskUntil)
        await pilot.press("end", "backspace", "backspace")
        await type_in(pilot, "4h")
        await pilot.press("enter")
        await until_so(pilot, lambda: len(site.office.person(person["id"])["temporary_access"]) == 1)
        await until_shown(pilot, "For a while", "cold-store")
        await pilot.press("T")
        await answer(pilot, Choose)
        await until_so(pilot, lambda: not site.office.person(person["id"])["temporary_access"])
        await pilot.press("T")
        await until_asked(pilot, Tell)
        await until_shown(pilot, "Nothing is lent")


@in_a_loop
async def test_a_qualification_is_given_for_good_and_taken_away(site: Site) -> None:
    """An empty line means without an end."""
    person = added(site, "Quinta Skill")
    async with console_at(site, page="people") as pilot:
        await stand_at(pilot, person)
        await pilot.press("Q")
        await answer(pilot, Choose)
        await answer(pilot, AskUntil)
        held = [{"id": "cold-work", "until": None}]
        await until_so(pilot, lambda: site.office.person(person["id"])["qualifications"] == held)
        await pilot.press("Q")
        await answer(pilot, Choose)
        await until_shown(pilot, "Take it away")
        await pilot.press("down", "enter")
        await until_so(pilot, lambda: site.office.person(person["id"])["qualifications"] == [])


@in_a_loop
async def test_a_leaver_loses_everything_and_it_is_told_what(site: Site) -> None:
    """Their id has to be typed; another word does nothing."""
    person = added(site, "Lea Goes")
    card = site.office.enrol_number(person["id"], "04A1B2C3D4E5F6")
    site.office.make_pin(person["id"])
    async with console_at(site, page="people") as pilot:
        await stand_at(pilot, person)
        await pilot.press("x")
        await answer(pilot, Confirm, "yes")
        await until_shown(pilot, "The word is")
        await pilot.press(*["backspace"] * 3)
        await type_in(pilot, person["id"])
        await pilot.press("enter")
        await until_asked(pilot, Tell)
        await until_shown(pilot, "Lea Goes has left", f"1 card: {card['id']}", "PIN")
        await pilot.press("enter")
        await until_so(pilot, lambda: site.office.person(person["id"])["disabled"])


@in_a_loop
async def test_a_person_is_deleted_with_a_receipt(site: Site) -> None:
    """From their own page as well, which is left then; the list does not show them any more."""
    person = added(site, "Dele Gone")
    async with console_at(site, page="people") as pilot:
        await stand_at(pilot, person)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PersonScreen))
        await pilot.press("D")
        await answer(pilot, Confirm, person["id"])
        await until_asked(pilot, Tell)
        await until_shown(pilot, "Dele Gone is deleted", "receipt", "nothing found")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PeoplePage))
        await until_shown(pilot, "nobody is found")
        with pytest.raises(ApiRefused):
            site.office.person(person["id"])


@in_a_loop
async def test_a_card_is_revoked_with_its_reason(site: Site) -> None:
    """One of several is chosen; the others go on counting."""
    person = added(site, "Rita Revoke")
    one = site.office.enrol_number(person["id"], "04B1B2C3D4E5A1")
    other = site.office.enrol_number(person["id"], "04B1B2C3D4E5B2")
    async with console_at(site, page="people") as pilot:
        await stand_at(pilot, person)
        await pilot.press("v")
        await answer(pilot, Choose, f"…{one['hint']}")
        await until_shown(pilot, "Why is card")
        await type_in(pilot, "stolen")
        await pilot.press("enter")

        def states() -> dict[str, str]:
            return {card["id"]: card["status"] for card in site.office.cards(person["id"])}

        await until_so(pilot, lambda: states() == {one["id"]: "stolen", other["id"]: "active"})


@in_a_loop
async def test_a_pin_is_taken_away_only_when_it_is_meant(site: Site) -> None:
    """Cancel has the focus where something is taken."""
    person = added(site, "Pia Pin")
    site.office.make_pin(person["id"])
    async with console_at(site, page="people") as pilot:
        await stand_at(pilot, person)
        await pilot.press("v")
        await answer(pilot, Choose)
        await until_asked(pilot, Confirm)
        await pilot.press("tab", "enter")
        await until_so(pilot, lambda: not site.office.person(person["id"])["has_pin"])


@in_a_loop
async def test_a_code_for_a_visitor_is_shown_this_once(site: Site) -> None:
    """Until when, where, how often."""
    person = added(site, "Vera Visit")
    async with console_at(site, page="people") as pilot:
        await stand_at(pilot, person)
        await pilot.press("m")
        await answer(pilot, AskUntil)
        await answer(pilot, Choose, "gate-in")
        await answer(pilot, Ask)
        await until_asked(pilot, Tell)
        await until_shown(pilot, "gate-in", "shown only now")
        [code] = site.office.codes(person["id"])
        assert code["access_points"] == ["gate-in"]
        assert code["uses"] == 1


@in_a_loop
async def test_wrong_pins_are_forgiven(site: Site) -> None:
    """It is one key, and the record tells who did it."""
    person = added(site, "Fay Forgive")
    async with console_at(site, page="people") as pilot:
        await stand_at(pilot, person)
        await pilot.press("w")

        def told() -> bool:
            return any("forg" in str(event) for event in site.office.events(person=person["id"]))

        await until_so(pilot, told)


# ------------------------------------------------------------------------------ many people at once


@in_a_loop
async def test_a_file_with_a_bad_row_is_refused_with_all_that_is_wrong(site: Site, tmp_path: Path) -> None:
    """And nothing is imported, the good row neither."""
    file = tmp_path / "bad.csv"
    file.write_text("name,roles,valid_until\nGood Row,driver,\n,driver,\nBad Row,driver,never\n")
    async with console_at(site, page="people") as pilot:
        await pilot.press("escape", "I")
        await until_asked(pilot, Ask)
        shown(pilot, Ask).query_one("#line").value = str(file)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until_asked(pilot, ImportScreen)
        await until_shown(pilot, "2 problems", "nothing was imported", "valid_until")
        await pilot.press("ctrl+s", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, PeoplePage))
        assert not list(site.office.people(q="Good Row"))


def test_the_columns_that_are_named_are_those_that_the_api_takes() -> None:
    """The console imports nothing of the API, so it says them itself."""
    assert bulk.COLUMNS == bulk_formats.COLUMNS


@in_a_loop
async def test_an_import_is_seen_before_it_is_made(site: Site, tmp_path: Path) -> None:
    """Added, changed, and the cards enrolled behind it."""
    person = added(site, "Imre Port")
    file = tmp_path / "good.csv"
    rows = f",Ines Added,driver,04C1C2C3C4C5D1\n{person['id']},Imre Port,driver,\n"
    file.write_text(f"id,name,roles,card\n{rows}")
    async with console_at(site, page="people") as pilot:
        await pilot.press("escape", "I")
        await until_asked(pilot, Ask)
        await until_shown(pilot, "valid_until", "card_technology")
        shown(pilot, Ask).query_one("#line").value = str(file)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until_shown(pilot, "1 would be added", "1 would be changed", "picker-early → driver")
        assert site.office.person(person["id"])["roles"] == ["picker-early"]
        await pilot.press("ctrl+s")
        await until_shown(pilot, "1 added", "1 of 1 cards enrolled", "100%")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, PeoplePage))
        assert site.office.person(person["id"])["roles"] == ["driver"]
        [new] = site.office.people(q="Ines Added")
        assert new["active_cards"] == 1


@in_a_loop
async def test_a_file_that_is_not_there_is_said_where_it_was_typed(site: Site, tmp_path: Path) -> None:
    """So is one whose name does not tell what is in it."""
    (tmp_path / "people.txt").write_text("x")
    async with console_at(site, page="people") as pilot:
        await pilot.press("escape", "I")
        await until_asked(pilot, Ask)
        line = shown(pilot, Ask).query_one("#line")
        line.value = str(tmp_path / "none.csv")  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until_shown(pilot, "There is no such file")
        line.value = str(tmp_path / "people.txt")  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until_shown(pilot, "What is in it?")
        line.value = "~nosuchuser/people.csv"  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until_shown(pilot, "There is no such file")


@in_a_loop
async def test_everybody_is_written_into_a_file_that_one_may_read_oneself(site: Site, tmp_path: Path) -> None:
    """A file that is there is written over when that is confirmed, and left alone when it is not."""
    file = tmp_path / "all.csv"
    file.write_text("precious")
    async with console_at(site, page="people") as pilot:
        for keys, done in ((("enter",), False), (("tab", "enter"), True)):
            await pilot.press("escape", "X")
            await until_asked(pilot, Ask)
            shown(pilot, Ask).query_one("#line").value = str(file)  # type: ignore[attr-defined]
            await pilot.press("enter")
            await until_asked(pilot, Confirm)
            await pilot.press(*keys)
            await until(pilot, lambda: isinstance(pilot.app.screen, PeoplePage))
            await until(pilot, lambda done=done: ("Ana Marsh" in file.read_text()) == done)  # type: ignore[misc]
    assert file.stat().st_mode & 0o777 == 0o600
    assert not any(name.endswith(".new") for name in os.listdir(tmp_path))  # noqa: PTH208 - in a coroutine


@in_a_loop
async def test_the_keys_of_enrolment_begin_it_and_escape_leaves_it(site: Site) -> None:
    """A new person, a card, a lost card, a PIN, a generator, a finger, a face: each asks before it does."""
    person = added(site, "Enno Begin")
    site.office.enrol_number(person["id"], "04D1D2D3D4D5E1")
    async with console_at(site, page="people") as pilot:
        await stand_at(pilot, person)
        for key in ("n", "c", "k", "i", "g", "f", "F"):
            await pilot.press(key)
            await until(pilot, lambda: not isinstance(pilot.app.screen, PeoplePage), f"{key} did nothing")
            for _ in range(5):  # a question may stand behind a question
                await pilot.press("escape")
                await pilot.pause()
            await until(pilot, lambda: isinstance(pilot.app.screen, PeoplePage), f"{key} cannot be left")
        now = site.office.person(person["id"])
        assert (now["active_cards"], now["has_pin"]) == (1, False)
        assert now["code_generator"] != "confirmed"
