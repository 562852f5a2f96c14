"""The phone's page in a real browser, served by the console's own server, while the controller is silent."""

from collections.abc import Iterator

import pyotp
import pytest

from accessctl.demo.roster import BY_HANDLE
from accessctl.operators.rights import Role
from tests.tui.conftest import in_a_loop
from tests.tui.rig import PASSWORD, Site, running_site
from tests.tui.test_muster import at_rest, goes
from tests.web.chromium import PROGRAM, Page, a_browser, a_page
from tests.web.rig import Served, newcomer, served

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="apt install chromium")
MARTA = BY_HANDLE["marta-quill"].name
LOOK = "document.querySelector('.again').click()"


@pytest.fixture(scope="module")
def whole_site() -> Iterator[Site]:
    with running_site() as running:
        goes(running, "marta-quill", "staff-in", "lobby")
        yield running


@pytest.fixture(scope="module")
def server(whole_site: Site) -> Iterator[Served]:
    with served(whole_site) as running:
        yield running


@pytest.fixture
def site(whole_site: Site) -> Site:
    """Begin with a muster in which Marta is missing."""
    at_rest(whole_site)
    whole_site.office.start_muster()
    return whole_site


@pytest.fixture
def chromium() -> Iterator[str]:
    """Give each test a browser of its own: tabs of one share who is logged in."""
    with a_browser() as where:
        yield where


async def log_in(page: Page, server: Served) -> None:
    operator = newcomer()
    secret = server.site.new_operator(operator, Role.GUARD)
    await page.go(f"{server.url}?to=/muster")
    await page.until("document.activeElement?.name == 'operator'")
    for field, text in (("operator", operator), ("password", PASSWORD), ("code", pyotp.TOTP(secret).now())):
        await page.run(f"document.querySelector('input[name={field}]').focus()")
        await page.type(text)
    await page.press("Enter", "Enter", 13, "\r")
    await page.until("document.querySelector('#muster form button')")


def says(words: str) -> str:
    """Give a script that tells whether the page says something."""
    return f"document.body.innerText.includes({words!r})"


@in_a_loop
async def test_a_tick_is_kept_while_nobody_answers_and_sent_then(
    chromium: str, server: Served, site: Site
) -> None:
    """The list stays and says of when it is; the tick is marked, and counts when the line is back."""
    async with a_page(chromium) as page:
        await log_in(page, server)
        site.api.process.kill()
        await page.run("document.querySelector('#muster form button').click()")
        await page.until(says("not sent yet"))
        await page.until(says("no network: as of"))
        assert await page.run(says(MARTA))
        site.restart_api()
        await page.run(LOOK)
        await page.until(says("safe, otto"))
        assert not await page.run(says("not sent yet"))
        assert page.hosts == {server.host}
        assert not [each for each in page.complaints if "503" not in each]
    assert not site.office.muster()["missing"]


@in_a_loop
async def test_a_tick_counts_in_its_own_muster_only(chromium: str, server: Served, site: Site) -> None:
    """Another muster has begun before it could be sent: the page says whom it was for."""
    async with a_page(chromium) as page:
        await log_in(page, server)
        # As if the page had no network: what it sends goes nowhere.
        await page.run("window.real = fetch; window.fetch = () => Promise.reject(new TypeError('gone')); 0")
        await page.run("document.querySelector('#muster form button').click()")
        await page.until(says("no network: as of"))
        site.office.end_muster()
        site.office.start_muster()
        await page.run("window.fetch = window.real; 0")
        await page.run(LOOK)
        await page.until(says(f"refused: {MARTA}"))
        assert await page.run(says("1 MISSING of 1"))
    assert len(site.office.muster()["missing"]) == 1
