"""Operators and one's own account: added, let in, changed, thrown out; passwords and tokens."""

from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from textual.pilot import Pilot

from accessctl.client import ApiClient, ApiRefused
from accessctl.operators.rights import Role
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Ask, AskUntil, Choose, Confirm
from accessctl.tui.enrol.choose_some import ChooseSome
from accessctl.tui.login.page import LoginPage
from accessctl.tui.system.page import SystemPage
from accessctl.tui.system.shown_once import ShownOnce
from tests.tui.conftest import in_a_loop
from tests.tui.rig import PASSWORD, Site, running_site, shown, text_of, type_in, until, until_shown
from tests.tui.system_rig import choose, offered, rows_of, section, until_said

OTHER = "ten blue pallet jacks"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def rights_of(site: Site, token: str) -> list[str]:
    """Ask as whoever shows this."""
    with ApiClient(site.home.api_socket, token) as api:
        return api.who_am_i()["rights"]


async def answered(pilot: Pilot[Any], kind: type, *keys: str, typed: str = "") -> None:
    """Wait for a question, and answer it."""
    await until(pilot, lambda: isinstance(pilot.app.screen, kind), f"no {kind.__name__}")
    if typed:
        await type_in(pilot, typed)
    await pilot.press(*keys)
    await pilot.pause()


@in_a_loop
async def test_an_operator_is_added_and_logs_in(site: Site) -> None:
    """Id, name, role, password, and the generator that is shown once: then they are let in."""
    async with section(site, "operators", size=(120, 40)) as pilot:
        await until(pilot, lambda: rows_of(pilot, "#operators-table"))
        await pilot.press("n")
        await answered(pilot, Ask, "enter", typed="Otto")
        await until_shown(pilot, "Small letters, digits")
        await pilot.press(*["backspace"] * 4)
        await answered(pilot, Ask, "enter", typed="otto")
        await until_shown(pilot, "Name of otto")
        await answered(pilot, Ask, "enter", typed="Otto Lang")
        await answered(pilot, ChooseSome, "down", "down", "space", "enter")
        await answered(pilot, Confirm, "enter")
        await until_shown(pilot, "Password of otto")
        await answered(pilot, Ask, "enter", typed=PASSWORD)
        await until_shown(pilot, "Once more")
        await answered(pilot, Ask, "enter", typed=PASSWORD)
        await until(pilot, lambda: isinstance(pilot.app.screen, ShownOnce))
        once = shown(pilot, ShownOnce)
        secret = dict(once._lines)["Secret"]
        await until_shown(pilot, secret, "▀")
        await pilot.press("escape")
        await until_shown(pilot, "Press Enter when you have it")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SystemPage))
        assert secret not in text_of(pilot)
        token = site.office.log_in("otto", PASSWORD, pyotp.TOTP(secret).now())["token"]
        assert "doors.order" in rights_of(site, token)
        await pilot.press("r")
        await choose(pilot, "#operators-table", "otto")
        await until_shown(pilot, "logged in", "session")


@in_a_loop
async def test_roles_are_changed_and_an_operator_is_disabled(site: Site) -> None:
    """Both count at once, and both can be taken back."""
    site.new_operator("rolf", Role.GUARD)
    async with section(site, "operators") as pilot:
        await choose(pilot, "#operators-table", "rolf")
        await pilot.press("e")
        await answered(pilot, ChooseSome, "space", "down", "space", "enter")  # the guard's mark goes
        await until_said(pilot, "rolf is auditor now")
        assert site.office.operator("rolf")["roles"] == ["auditor"]
        await pilot.press("d")
        await answered(pilot, Confirm, "enter")
        await until_said(pilot, "rolf is disabled")
        assert site.office.operator("rolf")["disabled"]
        await choose(pilot, "#operators-table", "disabled")
        await pilot.press("d")
        await until_said(pilot, "rolf counts again")
        assert not site.office.operator("rolf")["disabled"]


@in_a_loop
async def test_nobody_changes_what_they_may_themselves(site: Site) -> None:
    """The refusal is said in words."""
    async with section(site, "operators") as pilot:
        me = site.office.who_am_i()["operator"]
        await choose(pilot, "#operators-table", me)
        await pilot.press("d")
        await answered(pilot, Confirm, "enter")
        await until_said(pilot, "Refused", "nobody changes their own roles")


@in_a_loop
async def test_a_session_is_ended_and_an_operator_deleted(site: Site) -> None:
    """Whoever went on in it is nobody then; to delete, the id is typed."""
    token = site.log_in("sven", Role.GUARD)
    async with section(site, "operators") as pilot:
        await choose(pilot, "#operators-table", "sven")
        await until(pilot, lambda: rows_of(pilot, "#open"))
        await pilot.press("tab", "x")
        await answered(pilot, Confirm, "enter")
        await until_said(pilot, "It counts no more")
        with pytest.raises(ApiRefused):
            rights_of(site, token)
        await pilot.press("shift+tab", "D")
        await answered(pilot, Confirm, "enter", typed="sven")
        await until_said(pilot, "sven is deleted")
        assert "sven" not in {each["id"] for each in site.office.operators()}


@in_a_loop
async def test_a_lock_out_is_seen_and_ended(site: Site) -> None:
    """It is offered only where there is one."""
    site.new_operator("lena", Role.GUARD)
    for _try in range(12):
        with pytest.raises(ApiRefused):
            site.office.log_in("lena", "wrong and wrong again", "000000")
    async with section(site, "operators") as pilot:
        await choose(pilot, "#operators-table", "LOCKED OUT")
        assert "unlock" in offered(pilot)
        await pilot.press("u")
        await until_said(pilot, "lena may try again")
        assert site.office.operator("lena")["locked_until"] is None
        await until(pilot, lambda: "unlock" not in offered(pilot))


@in_a_loop
async def test_a_token_is_made_shown_once_and_revoked(site: Site) -> None:
    """It has no more rights than were marked."""
    async with section(site, "account") as pilot:
        await until_shown(pilot, "You are", "You have made none")
        await pilot.press("m")
        await answered(pilot, Ask, "enter", typed="board in the hall")
        await answered(pilot, ChooseSome, "space", "enter")
        await answered(pilot, AskUntil, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ShownOnce))
        token = dict(shown(pilot, ShownOnce)._lines)["Token"]
        assert rights_of(site, token) == ["doors.read", "own-account"]
        await pilot.press("enter")
        await until_shown(pilot, "board in the hall: doors.read")
        await until(pilot, lambda: "revoke" in offered(pilot))
        await pilot.press("x")
        await answered(pilot, Confirm, "tab", "enter")
        await until_shown(pilot, "revoked")
        with pytest.raises(ApiRefused):
            rights_of(site, token)


@in_a_loop
async def test_ones_own_password_is_changed(site: Site) -> None:
    """By the present one; one logs in anew then, and the old one counts no more."""
    site.token(Role.GUARD)
    async with section(site, "account", Role.GUARD) as pilot:
        await until_shown(pilot, "op-guard")
        await pilot.press("p")
        await answered(pilot, Ask, "enter", typed="not the one I have")
        await until_shown(pilot, "The new one")
        await answered(pilot, Ask, "enter", typed=OTHER)
        await until_shown(pilot, "Once more")
        await answered(pilot, Ask, "enter", typed="another")
        await until_shown(pilot, "not the same")
        await pilot.press(*["backspace"] * 7)
        await answered(pilot, Ask, "enter", typed=OTHER)
        await until_said(pilot, "Refused")
        await pilot.press("p")
        await answered(pilot, Ask, "enter", typed=PASSWORD)
        await until_shown(pilot, "The new one")
        await answered(pilot, Ask, "enter", typed=OTHER)
        await until_shown(pilot, "Once more")
        await answered(pilot, Ask, "enter", typed=OTHER)
        await until(pilot, lambda: isinstance(pilot.app.screen, LoginPage))
        assert isinstance(pilot.app, Console)
        assert not pilot.app.rights


@in_a_loop
async def test_names_are_asked_for_and_wait_for_another(site: Site) -> None:
    """It always takes two, which is said."""
    async with section(site, "account", Role.AUDITOR) as pilot:
        await until_shown(pilot, "op-auditor")
        await pilot.press("u")
        await answered(pilot, Choose, "enter")
        await answered(pilot, Ask, "enter", typed="Inquiry 17")
        await until_said(pilot, "Waits for a second operator")
