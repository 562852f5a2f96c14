"""PINs, duress PINs and code generators: what is shown once, what is refused, and what counts."""

import time
from collections.abc import Iterator

import pyotp
import pytest
from textual.pilot import Pilot

from accessctl.client import Person
from accessctl.tui.enrol import flows, show_generator
from accessctl.tui.enrol.show_generator import ShowGenerator
from accessctl.tui.enrol.shown_once import ShownOnce
from accessctl.tui.enrol.type_pin import TypePin
from tests.tui.conftest import in_a_loop
from tests.tui.enrol_host import Host, begun, outcome, somebody, told
from tests.tui.rig import Site, console_at, running_site, shown, text_of, type_in, until, until_shown


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


async def _way(pilot: Pilot[None], person: Person, words: str) -> Host:
    """Begin with somebody's PIN, and choose what is to become of it."""
    host = await begun(pilot, flows.set_pin, person)
    await type_in(pilot, words)
    await pilot.press("enter")
    return host


async def _type_twice(pilot: Pilot[None], pin: str, again: str | None = None) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, TypePin))
    await type_in(pilot, pin)
    await pilot.press("enter")
    await type_in(pilot, again or pin)
    await pilot.press("enter")


@in_a_loop
async def test_a_pin_is_typed_twice_and_never_shown(site: Site) -> None:
    """What is not the same, too short or too easy is said, and typed again."""
    ada = somebody(site, "Ada Reed")
    async with console_at(site, size=(80, 24)) as pilot:
        host = await _way(pilot, ada, "typed")
        await _type_twice(pilot, "123", "123")
        await until_shown(pilot, "A PIN is 4 to 12 digits.")
        await _type_twice(pilot, "4739", "4738")
        await until_shown(pilot, "The two are not the same.")
        await _type_twice(pilot, "1234")
        await until_shown(pilot, "must not go up or down in even steps")
        assert not site.office.person(ada["id"])["has_pin"]
        await type_in(pilot, "4739")
        assert "4739" not in text_of(pilot)
        await pilot.press("enter")
        await type_in(pilot, "4739")
        await pilot.press("enter")
        assert await outcome(pilot, host) is True
        assert "4739" not in told(pilot)
    assert site.office.person(ada["id"])["has_pin"]


@in_a_loop
async def test_a_pin_that_is_made_up_is_shown_once(site: Site) -> None:
    """When the dialog closes it is gone."""
    bea = somebody(site, "Bea Reed")
    async with console_at(site, size=(80, 24)) as pilot:
        host = await _way(pilot, bea, "made up by")
        await until_shown(pilot, "PIN of Bea Reed", "shown only now")
        secret = shown(pilot, ShownOnce)._secret
        assert secret.isdigit()
        assert "  ".join(secret) in text_of(pilot)
        await pilot.press("enter")
        assert await outcome(pilot, host) is True
        assert secret not in text_of(pilot) + told(pilot)
    assert site.office.person(bea["id"])["has_pin"]


@in_a_loop
async def test_a_duress_pin_stands_beside_the_pin(site: Site) -> None:
    """It is offered to who has a PIN; one too near to it is refused in words."""
    cyd = somebody(site, "Cyd Reed")
    async with console_at(site) as pilot:
        host = await begun(pilot, flows.set_pin, cyd)
        await until_shown(pilot, "Typed")
        assert "Duress" not in text_of(pilot)
        await pilot.press("escape")
        assert await outcome(pilot, host) is False
        site.office.set_pin(cyd["id"], "4739")
        host = await _way(pilot, cyd, "duress typed")
        await _type_twice(pilot, "4738")
        await until_shown(pilot, "duress")
        shown(pilot, TypePin)
        await _type_twice(pilot, "4068")
        assert await outcome(pilot, host) is True
        assert site.office.person(cyd["id"])["has_duress_pin"]
        host = await _way(pilot, cyd, "duress made")
        await until_shown(pilot, "Duress PIN of Cyd Reed")
        await pilot.press("escape")
        assert await outcome(pilot, host) is True


@in_a_loop
async def test_pins_are_taken_away_after_a_question(site: Site) -> None:
    """Enter alone takes nothing away."""
    dag = somebody(site, "Dag Reed")
    site.office.set_pin(dag["id"], "4739")
    site.office.set_duress_pin(dag["id"], "4068")
    async with console_at(site) as pilot:
        host = await _way(pilot, dag, "take the duress")
        await until_shown(pilot, "The PIN stays.")
        await pilot.press("tab", "enter")
        assert await outcome(pilot, host) is True
        assert not site.office.person(dag["id"])["has_duress_pin"]
        host = await _way(pilot, dag, "take the pin")
        await until_shown(pilot, "Take the PIN of Dag Reed away?")
        await pilot.press("enter")
        assert await outcome(pilot, host) is False
        assert site.office.person(dag["id"])["has_pin"]


@in_a_loop
async def test_a_site_that_makes_pins_up_says_so(site: Site) -> None:
    """In the API's own words, where the PIN was typed."""
    del site
    with running_site(lambda text: f'{text}\n[pins]\nmade_by = "system"\n') as strict:
        eve = somebody(strict, "Eve Reed")
        async with console_at(strict) as pilot:
            await _way(pilot, eve, "typed")
            await _type_twice(pilot, "4739")
            await until_shown(pilot, "made up")
            shown(pilot, TypePin)


@in_a_loop
async def test_a_generator_counts_when_a_code_has_confirmed_it(site: Site) -> None:
    """The picture and the secret are shown at 80 by 24; a wrong code is said, and asked for again."""
    fay = somebody(site, "Fay Reed")
    async with console_at(site, size=(80, 24)) as pilot:
        host = await begun(pilot, flows.make_generator, fay)
        await until_shown(pilot, "What does it show now?", "▀▀▀▀▀")
        totp = pyotp.TOTP(_secret(pilot))
        wrong = f"{(int(totp.now()) + 500_000) % 1_000_000:06}"
        await type_in(pilot, f"{wrong[:3]} {wrong[3:]}")
        await pilot.press("enter")
        await until_shown(pilot, "not what the")
        await type_in(pilot, "no code")
        await pilot.press("enter")
        await until_shown(pilot, "A code is the digits")
        assert site.office.person(fay["id"])["code_generator"] == "unconfirmed"
        await pilot.press("ctrl+u")
        await type_in(pilot, totp.at(time.time()))
        await pilot.press("enter")
        assert await outcome(pilot, host) is True
        assert totp.secret not in told(pilot) + text_of(pilot)
    assert site.office.person(fay["id"])["code_generator"] == "confirmed"


def _secret(pilot: Pilot[None]) -> str:
    made = shown(pilot, ShowGenerator)._made
    assert made is not None
    return made["secret"]


@in_a_loop
async def test_a_generator_that_was_left_is_confirmed_or_taken_away_later(site: Site) -> None:
    """It is said that it does not count; the picture is not shown again."""
    gus = somebody(site, "Gus Reed")
    async with console_at(site) as pilot:
        host = await begun(pilot, flows.make_generator, gus)
        await until_shown(pilot, "What does it show now?")
        totp = pyotp.TOTP(_secret(pilot))
        await pilot.press("escape")
        assert await outcome(pilot, host) is True
        assert "does not count" in told(pilot)
        host = await begun(pilot, flows.make_generator, gus)
        await until_shown(pilot, "Confirm it", "Make another", "Take it away")
        await pilot.press("enter")
        await until_shown(pilot, "What does it show now?")
        assert "▀▀▀▀▀" not in text_of(pilot)
        await type_in(pilot, totp.now())
        await pilot.press("enter")
        assert await outcome(pilot, host) is True
        host = await begun(pilot, flows.make_generator, gus)
        await type_in(pilot, "take")
        await pilot.press("enter")
        await until_shown(pilot, "Take the code generator of Gus Reed away?")
        await pilot.press("tab", "enter")
        assert await outcome(pilot, host) is True
    assert site.office.person(gus["id"])["code_generator"] == "none"


@in_a_loop
async def test_a_small_window_shows_the_secret_in_letters(site: Site) -> None:
    """And what would be in the picture; when the window grows, the picture comes."""
    hal = somebody(site, "Hal Reed")
    async with console_at(site, size=(72, 24)) as pilot:
        await begun(pilot, flows.make_generator, hal)
        await until_shown(pilot, "the window needs", "otpauth://totp/")
        assert "▀▀▀▀▀" not in text_of(pilot)
        await pilot.resize_terminal(120, 40)
        await until_shown(pilot, "▀▀▀▀▀")
        assert "otpauth" not in text_of(pilot)


@in_a_loop
async def test_a_terminal_of_few_marks_draws_no_picture(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The letters do as well."""
    monkeypatch.setattr(show_generator, "few_marks", lambda: True)
    async with console_at(site) as pilot:
        await begun(pilot, flows.make_generator, somebody(site, "Ines Reed"))
        await until_shown(pilot, "This terminal cannot draw the picture", "otpauth://totp/")
