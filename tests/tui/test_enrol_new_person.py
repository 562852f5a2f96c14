"""Somebody new: from a key on the page to a card that opens a door, and what is said when it goes wrong."""

import re
from collections.abc import Iterator
from typing import Final

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from accessctl.client import Person
from accessctl.operators.rights import Role
from accessctl.tui.enrol.person_form import PersonForm
from accessctl.tui.enrol.shown_once import ShownOnce
from tests.tui.conftest import in_a_loop
from tests.tui.enrol_host import Host, cards_of, host_at, newest, outcome, somebody, told, waits
from tests.tui.rig import Site, console_at, running_site, shown, text_of, type_in, until, until_shown

KEYS: Final = 9
"""So many keys it takes to enrol a picker, besides the letters of the name: ``n``, six times Enter from field
to field, Enter when the card was shown and Enter when the PIN was noted. Role, reader and PIN are those of
the one before."""
FEWEST_KEYS: Final = 4
"""With Ctrl+S right after the name."""
AT = "staff-in"
EARLY = 'policies = [{ access_points = ["staff-in", "floor-in", "aisle-in"], schedule = "early" }]'


def _at_every_hour(site_file: str) -> str:
    """Let pickers in whenever the tests run."""
    assert EARLY in site_file
    return site_file.replace(EARLY, EARLY.replace('"early"', '"always"'))


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site(_at_every_hour) as running:
        yield running


def _as_last_time(pilot: Pilot[None], pin: str = "made") -> None:
    for name, value in (("roles", "picker-early"), ("reader", AT), ("pin", pin)):
        pilot.app.remembered.put(f"enrol.{name}", value)  # type: ignore[attr-defined]


def _person(site: Site, name: str) -> Person:
    (found,) = site.office.people(name)
    return found


async def _press(pilot: Pilot[None], *keys: str) -> int:
    for key in keys:
        await pilot.press(key)
    return len(keys)


async def _show_card(site: Site, pilot: Pilot[None], number: str) -> None:
    await until(pilot, lambda: waits(site, AT))
    site.hands.badge(AT, bytes.fromhex(number))
    await until_shown(pilot, f"Card …{number[-2:]} is enrolled")


@pytest.mark.parametrize("role", [None, Role.ENROLLER], ids=["admin", "enroller"])
@in_a_loop
async def test_a_picker_is_enrolled_with_few_keys_and_comes_in(site: Site, role: Role | None) -> None:
    """Name, role, card by presentation and PIN; then the card opens a door. An enroller can do it alone."""
    name = "Nina Vale" if role is None else "Nora Vale"
    card = "04c0ffee000130" if role is None else "04c0ffee000131"
    async with console_at(site, role, size=(80, 24)) as pilot:
        _as_last_time(pilot)
        host = await host_at(pilot)
        keys = await _press(pilot, "n")
        await until(pilot, lambda: isinstance(pilot.app.screen, PersonForm))
        await type_in(pilot, name)
        keys += await _press(pilot, *["enter"] * 6)
        await until_shown(pilot, f"{name} is added.", "Show the card at Staff entrance, in")
        await _show_card(site, pilot, card)
        keys += await _press(pilot, "enter")
        await until_shown(pilot, f"PIN of {name}", "shown only now")
        pin = _pin_on(pilot)
        keys += await _press(pilot, "enter")
        assert await outcome(pilot, host) == _person(site, name)["id"]
        assert keys == KEYS
        assert f"{name} is added: card …{card[-2:]}, a PIN" in told(pilot)
        assert pin not in told(pilot) + text_of(pilot)
    person = _person(site, name)
    assert (person["roles"], person["has_pin"]) == (["picker-early"], True)
    site.hands.badge(AT, bytes.fromhex(card))
    await _came_in(site, person)


async def _came_in(site: Site, person: Person) -> None:
    async with console_at(site) as pilot:
        await until(pilot, lambda: newest(site, AT)["person"] == person["id"])
        assert newest(site, AT)["type"].startswith("access_granted")


def _pin_on(pilot: Pilot[None]) -> str:
    """Read the PIN off the screen, and see that no notification has it."""
    shown(pilot, ShownOnce)
    found = re.search(r"(\d)  (\d)  (\d)  (\d)", text_of(pilot))
    assert found is not None
    pin = "".join(found.groups())
    assert pin not in told(pilot)
    return pin


@in_a_loop
async def test_from_the_name_one_key_adds(site: Site) -> None:
    """Whoever changes nothing else need not go through the fields."""
    async with console_at(site) as pilot:
        _as_last_time(pilot)
        host = await host_at(pilot)
        keys = await _press(pilot, "n")
        await until(pilot, lambda: isinstance(pilot.app.screen, PersonForm))
        await type_in(pilot, "Nils Vale")
        keys += await _press(pilot, "ctrl+s")
        await until_shown(pilot, "Show the card")
        await _show_card(site, pilot, "04c0ffee000132")
        keys += await _press(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ShownOnce))
        keys += await _press(pilot, "enter")
        await outcome(pilot, host)
        assert keys == FEWEST_KEYS


@in_a_loop
async def test_when_the_card_fails_the_person_is_there_and_it_can_be_tried_again(site: Site) -> None:
    """It is said that they are added already; the card is asked for once more."""
    async with console_at(site) as pilot:
        _as_last_time(pilot, "-")
        host = await _form(pilot)
        await type_in(pilot, "Otto Vale")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "Show the card")
        await pilot.press("escape")
        await until_shown(pilot, "Otto Vale is added already, without a card", "Try again")
        await pilot.press("enter")
        await until_shown(pilot, "Show the card")
        await _show_card(site, pilot, "04c0ffee000133")
        await pilot.press("enter")
        await outcome(pilot, host)
        person = _person(site, "Otto Vale")
        assert (len(cards_of(site, person)), person["has_pin"]) == (1, False)


@in_a_loop
async def test_who_goes_on_without_a_card_is_told_what_is_missing(site: Site) -> None:
    """The sum says so; the PIN is given all the same."""
    async with console_at(site) as pilot:
        _as_last_time(pilot)
        host = await _form(pilot)
        await type_in(pilot, "Olga Vale")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "Show the card")
        await pilot.press("escape")
        await until_shown(pilot, "without a card")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, ShownOnce))
        await pilot.press("enter")
        await outcome(pilot, host)
        assert "a PIN, no card" in told(pilot)


@in_a_loop
async def test_a_typed_pin_like_the_cards_number_is_warned_of(site: Site) -> None:
    """So the PIN is typed before the card is shown: afterwards nobody could tell."""
    async with console_at(site) as pilot:
        _as_last_time(pilot, "typed")
        host = await _form(pilot)
        await type_in(pilot, "Paul Vale")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "PIN again")
        for _ in range(2):
            await type_in(pilot, "7394")
            await pilot.press("enter")
        await until_shown(pilot, "Show the card")
        await until(pilot, lambda: waits(site, AT))
        site.hands.badge(AT, bytes.fromhex("73940102"))
        await until_shown(pilot, "Card …02 is enrolled", "The PIN of Paul Vale is the beginning or the end")
        await pilot.press("enter")
        await outcome(pilot, host)


@in_a_loop
async def test_roles_groups_and_an_end_are_chosen_in_the_form(site: Site) -> None:
    """A letter, an arrow, or a list in which several are marked."""
    async with console_at(site, size=(80, 24)) as pilot:
        _as_last_time(pilot, "-")
        host = await _form(pilot)
        await type_in(pilot, "Rita Vale")
        await pilot.press("enter", "d", "space")
        await until_shown(pilot, "[x] Driver", "[ ] Cleaner")
        await pilot.press("down", "space", "enter")
        await until_shown(pilot, "Driver + Cold-store operator")
        await pilot.press("enter", "right")
        await until_shown(pilot, "Northline Haulage")
        await pilot.press("enter")
        await type_in(pilot, "3d")
        await until_shown(pilot, "until 2")
        await pilot.press("enter", "n")
        await until_shown(pilot, "no card now")
        await pilot.press("enter", "enter")
        assert await outcome(pilot, host) is not None
    rita = _person(site, "Rita Vale")
    assert (rita["roles"], rita["groups"]) == (["driver", "cold-operator"], ["northline"])
    assert rita["valid_until"] is not None
    assert not cards_of(site, rita)


@in_a_loop
async def test_what_is_missing_or_wrong_is_said_in_the_form(site: Site) -> None:
    """Nobody is added before it is right; the cursor stands where it is wrong."""
    async with console_at(site) as pilot:
        _as_last_time(pilot)
        pilot.app.remembered.put("enrol.roles", "")  # type: ignore[attr-defined]
        await _form(pilot)
        await pilot.press("ctrl+s")
        await until_shown(pilot, "A name is needed.")
        await type_in(pilot, "Sven Vale")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "A role is needed")
        await pilot.press("p", "enter", "enter")
        await type_in(pilot, "yesterday")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "no time that lies ahead")
        assert pilot.app.focused is pilot.app.screen.query_one("#until", Input)
        assert list(site.office.people("Sven Vale")) == []


@in_a_loop
async def test_a_name_that_is_there_already_is_said_once(site: Site) -> None:
    """Two people may have one name; whoever means it says it again."""
    first = somebody(site, "Tove Vale")
    async with console_at(site) as pilot:
        _as_last_time(pilot, "-")
        host = await _form(pilot)
        await type_in(pilot, "Tove Vale")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "Tove Vale is there already", first["id"])
        await pilot.press("ctrl+s")
        await until_shown(pilot, "Show the card")
        await pilot.press("escape")
        await until_shown(pilot, "without a card")
        await pilot.press("escape")
        await outcome(pilot, host)
        assert len(list(site.office.people("Tove Vale"))) == 2


@in_a_loop
async def test_who_may_not_add_people_is_told_so(site: Site) -> None:
    """A guard sees no fields for card and PIN, and is refused in words."""
    async with console_at(site, Role.GUARD) as pilot:
        _as_last_time(pilot)
        await _form(pilot)
        assert "PIN" not in text_of(pilot)
        await type_in(pilot, "Uwe Vale")
        await pilot.press("ctrl+s")
        await until_shown(pilot, "people.write")


async def _form(pilot: Pilot[None]) -> Host:
    host = await host_at(pilot)
    await pilot.press("n")
    await until(pilot, lambda: isinstance(pilot.app.screen, PersonForm))
    return host
