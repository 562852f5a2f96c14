"""Approvals: what another operator asked for is seen, decided on, or taken back."""

from collections.abc import Iterator

import pytest

from accessctl.client import ApiClient, ApiWaits
from accessctl.operators.rights import Role
from accessctl.tui.dialogs import Confirm, Tell
from accessctl.tui.system.page import SystemPage
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site, running_site, shown, text_of, type_in, until, until_shown
from tests.tui.system_rig import choose, offered, rows_of, section, until_said

TWO = '\n[approvals]\nneeds = ["deletion", "rule_change", "key_change"]\n'


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site(lambda file: file + TWO) as running:
        yield running


@pytest.fixture(scope="module")
def vera(site: Site) -> Iterator[ApiClient]:
    """Another admin."""
    with ApiClient(site.home.api_socket, site.log_in("vera", Role.ADMIN)) as api:
        yield api


def asked(api: ApiClient, operator: str) -> str:
    """Ask for an operator to be deleted, and give what waits."""
    with pytest.raises(ApiWaits) as waits:
        api.delete_operator(operator)
    return waits.value.approval["id"]


@in_a_loop
async def test_what_another_operator_asked_for_is_seen_and_approved(site: Site, vera: ApiClient) -> None:
    """A mark says that it waits; Enter shows what would go; y has it done."""
    site.new_operator("otto", Role.GUARD)
    id_ = asked(vera, "otto")
    async with section(site, "approvals") as pilot:
        page = shown(pilot, SystemPage)
        page._watch()
        await until_shown(pilot, "▲ 1", "WAITS", "Delete an operator", "vera")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Tell))
        await until_shown(pilot, id_, "This would be gone", "Otto", "vera, session")
        await pilot.press("escape")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("tab", "enter")
        await until_said(pilot, "Approved: done")
        await until_shown(pilot, "approved")
        assert "otto" not in {each["id"] for each in site.office.operators()}


@in_a_loop
async def test_it_is_refused(site: Site, vera: ApiClient) -> None:
    """Then nothing is done."""
    site.new_operator("rita", Role.GUARD)
    id_ = asked(vera, "rita")
    async with section(site, "approvals") as pilot:
        await choose(pilot, "#approvals-table", "rita")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("enter")
        await until_said(pilot, "It is refused")
        assert site.office.approval(id_)["state"] == "refused"
        assert "rita" in {each["id"] for each in site.office.operators()}


@in_a_loop
async def test_what_one_asked_for_oneself_is_taken_back(site: Site) -> None:
    """A deletion from here waits, which is said; nobody approves of their own."""
    site.new_operator("tess", Role.GUARD)
    async with section(site, "operators") as pilot:
        await choose(pilot, "#operators-table", "tess")
        await pilot.press("D")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await type_in(pilot, "tess")
        await pilot.press("enter")
        await until_said(pilot, "Waits for a second operator")
        await shown(pilot, SystemPage).go_to("approvals")
        await choose(pilot, "#approvals-table", "tess")
        await until_shown(pilot, "You asked for it")
        assert "approve" not in offered(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("enter")
        await until_said(pilot, "It is taken back")


@in_a_loop
async def test_a_change_of_the_site_file_is_shown_line_by_line(site: Site, vera: ApiClient) -> None:
    """What goes and what comes."""
    file = vera.site_file()
    changed = file["site"].replace('name = "Kade Warehouse"', 'name = "Kade North"')
    with pytest.raises(ApiWaits) as waits:
        vera.replace_site(changed, "it has another name", file["revision"])
    async with section(site, "approvals", size=(140, 44)) as pilot:
        await choose(pilot, "#approvals-table", "site file")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Tell))
        await until_shown(pilot, '-name = "Kade Warehouse"', '+name = "Kade North"')
    site.office.refuse(waits.value.approval["id"])


@in_a_loop
async def test_an_auditor_sees_what_waits_and_decides_nothing(site: Site, vera: ApiClient) -> None:
    """Neither key is offered."""
    site.new_operator("uwe", Role.GUARD)
    id_ = asked(vera, "uwe")
    async with section(site, "approvals", Role.AUDITOR) as pilot:
        await choose(pilot, "#approvals-table", "uwe")
        assert not offered(pilot) & {"approve", "refuse"}
        assert rows_of(pilot, "#approvals-table")
        assert "WAITS" in text_of(pilot)
    site.office.refuse(id_)


@in_a_loop
async def test_who_was_made_an_operator_for_it_cannot_approve(site: Site, vera: ApiClient) -> None:
    """The API's words are shown."""
    site.new_operator("wim", Role.GUARD)
    id_ = asked(vera, "wim")
    site._tokens[Role.ADMIN] = site.log_in("late-admin", Role.ADMIN)
    async with section(site, "approvals", Role.ADMIN) as pilot:
        await choose(pilot, "#approvals-table", "wim")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pilot.press("tab", "enter")
        await until_said(pilot, "Refused", "was added after this was asked for")
    site.office.refuse(id_)
