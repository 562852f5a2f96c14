"""The served console in a real browser, as an operator uses it."""

from collections.abc import Iterator

import pyotp
import pytest

from accessctl.operators.rights import Role
from tests.tui.conftest import in_a_loop
from tests.tui.rig import PASSWORD, Site, running_site
from tests.tui.test_muster import goes, without_pins
from tests.web.chromium import PROGRAM, Page, a_browser, a_page
from tests.web.rig import Served, newcomer

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="apt install chromium")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site(without_pins) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[str]:
    with a_browser() as where:
        yield where


async def log_in(page: Page, server: Served, operator: str, to: str = "/") -> None:
    """Fill in the login's form by hand, with the code that the generator shows now."""
    secret = server.site.new_operator(operator, Role.GUARD)
    await page.go(f"{server.url}?to={to}")
    await page.until("document.activeElement?.name == 'operator'")
    for field, text in (("operator", operator), ("password", PASSWORD), ("code", pyotp.TOTP(secret).now())):
        await page.run(f"document.querySelector('input[name={field}]').focus()")
        await page.type(text)
    await page.press("Enter", "Enter", 13, "\r")


@in_a_loop
async def test_an_operator_logs_in_and_releases_a_door(chromium: str, server: Served, site: Site) -> None:
    """By keys alone; the record says who it was, and nothing was asked of any other host."""
    operator = newcomer()
    async with a_page(chromium) as page:
        await log_in(page, server, operator)
        await page.until("document.body.classList.contains('-first-byte')")
        await page.until_drawn("Dock 1")
        await page.until("document.activeElement?.className == 'xterm-helper-textarea'")
        await page.press("ArrowRight", "ArrowRight", 39)
        await page.press("r", "KeyR", 82, "r")
        await page.until_drawn("Dock 1: released once.")
        assert page.hosts == {server.host}
        assert f"ws://{server.host}/ws" in {url.partition("?")[0] for url in page.asked_for}
        assert not [each for each in page.complaints if "WebGL" not in each]
    [released] = [
        each
        for each in site.office.events(type="manual_unlock")
        if each["detail"].get("operator") == operator
    ]
    assert released["door"] == "dock-1"


@in_a_loop
async def test_a_session_that_ends_leads_the_page_to_the_login(
    chromium: str, server: Served, site: Site
) -> None:
    """By itself: what was shown is not there any more."""
    operator = newcomer()
    async with a_page(chromium) as page:
        await log_in(page, server, operator)
        await page.until_drawn("Dock 1")
        site.office.change_operator(operator, disabled=True)
        await page.until("document.querySelector('input[name=password]')")
        assert not await page.run("Boolean(document.querySelector('.xterm'))")


@in_a_loop
async def test_a_console_that_was_left_shows_nothing_as_live(chromium: str, server: Served) -> None:
    """It is covered by words, and one key opens it again."""
    async with a_page(chromium) as page:
        await log_in(page, server, newcomer())
        await page.until_drawn("Dock 1")
        await page.until("document.activeElement?.className == 'xterm-helper-textarea'")
        await page.press("q", "KeyQ", 81, "q")
        await page.until("document.activeElement?.matches('.after a')")
        covered = "getComputedStyle(document.querySelector('.after')).display"
        assert await page.run(covered) == "grid"
        before = len(page.drawn)
        await page.press("Enter", "Enter", 13, "\r")
        await page.until("document.activeElement?.className == 'xterm-helper-textarea'")
        await page.until("document.body.classList.contains('-first-byte')")
        assert len(page.drawn) > before


@in_a_loop
async def test_somebody_is_ticked_off_on_a_phone(chromium: str, server: Served, site: Site) -> None:
    """The list of a muster, its button, and the record with the name of who pressed it."""
    operator = newcomer()
    goes(site, "marta-quill", "staff-in", "lobby")
    site.office.start_muster()
    try:
        async with a_page(chromium) as page:
            await log_in(page, server, operator, to="/muster")
            await page.until("document.querySelector('li.missing button')")
            await page.run("document.querySelector('li.missing button').click()")
            await page.until("document.querySelector('.safe li')")
            assert page.hosts == {server.host}
            assert page.complaints == []
    finally:
        site.office.end_muster()
    by = [each["detail"].get("operator") for each in site.office.events(type="muster", most=5)]
    assert operator in by
