"""Logging in at the console itself, and what happens when a session ends."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pyotp
import pytest
from textual.pilot import Pilot

from accessctl.operators.rights import Role
from accessctl.tui.asker import Asker
from accessctl.tui.console import Console
from accessctl.tui.login.page import LoginPage
from accessctl.tui.settings import Remembered
from tests.tui.conftest import in_a_loop
from tests.tui.rig import PASSWORD, Site, running_site, text_of, type_in, until, until_shown


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@asynccontextmanager
async def nobodys_console(site: Site) -> AsyncIterator[Pilot[None]]:
    """Open a console that speaks for nobody until somebody has logged in."""
    remembered = Remembered(site.home.path / "remembered.json")
    console = Console(Asker(site.home.api_socket, nobody=True), None, remembered)
    async with console.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(console.screen, LoginPage))
        yield pilot


async def log_in(pilot: Pilot[None], operator: str, code: str, password: str = PASSWORD) -> None:
    for words in (operator, password, code):
        await type_in(pilot, words)
        await pilot.press("enter")


@in_a_loop
async def test_nothing_is_shown_before_somebody_has_logged_in(site: Site) -> None:
    """The account that runs the tests is an admin, and that counts for nothing here."""
    async with nobodys_console(site) as pilot:
        assert "Kade Warehouse" not in text_of(pilot)
        assert "Main gate" not in text_of(pilot)
        console = pilot.app
        assert isinstance(console, Console)
        assert "Log out" not in [command.words for command in console.further_commands()]


@in_a_loop
async def test_name_password_and_code_let_in_and_logging_out_lets_out(site: Site) -> None:
    """Then the pages are there; after logging out they are gone, and so is the session."""
    secret = site.new_operator("ida", Role.GUARD)
    async with nobodys_console(site) as pilot:
        await log_in(pilot, "ida", pyotp.TOTP(secret).now())
        await until_shown(pilot, "1 Board", "ida")
        console = pilot.app
        assert isinstance(console, Console)
        assert console.asker.anonymous is False
        assert "Log out" in [command.words for command in console.further_commands()]
        console.action_log_out()
        await until(pilot, lambda: isinstance(console.screen, LoginPage))
        assert "1 Board" not in text_of(pilot)
        assert list(site.office.sessions("ida")) == []


@in_a_loop
async def test_a_wrong_password_is_refused_in_words(site: Site) -> None:
    """What the API says is shown, and the password is not."""
    secret = site.new_operator("ole", Role.GUARD)
    async with nobodys_console(site) as pilot:
        await log_in(pilot, "ole", pyotp.TOTP(secret).now(), "not the password")
        await until(pilot, lambda: pilot.app.screen.query_one("#why").render())
        assert isinstance(pilot.app.screen, LoginPage)
        assert "not the password" not in text_of(pilot)


@in_a_loop
async def test_a_session_that_is_ended_leads_back_to_the_login(site: Site) -> None:
    """Whatever page it was on, nothing of it stays on the screen."""
    secret = site.new_operator("ann", Role.GUARD)
    async with nobodys_console(site) as pilot:
        await log_in(pilot, "ann", pyotp.TOTP(secret).now())
        await until_shown(pilot, "1 Board")
        await pilot.press("5")
        (session,) = site.office.sessions("ann")
        site.office.end_session(session["id"])
        await until(pilot, lambda: isinstance(pilot.app.screen, LoginPage))
        assert "1 Board" not in text_of(pilot)
