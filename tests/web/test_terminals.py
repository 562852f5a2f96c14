"""Consoles behind websockets: who gets one, in whose name it speaks, and what ends it."""

import asyncio

import aiohttp
import pytest

from accessctl.operators.rights import Role
from accessctl.operators.secrets import SESSION as SESSION_TOKEN
from tests.tui.conftest import in_a_loop
from tests.tui.rig import Site
from tests.web.rig import (
    LOOK_S,
    SESSION,
    Browser,
    Served,
    a_terminal,
    headers_of,
    logged_in,
    told,
    until_none,
)


async def status_of(browser: Browser, headers: dict[str, str]) -> int:
    """Open a websocket that is refused, and give with what."""
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{browser.served.url}ws", headers=headers)
    return refused.value.status


@in_a_loop
async def test_a_console_speaks_in_the_name_of_its_session(server: Served) -> None:
    """A guard is a guard, though an admin runs the server; and nobody finds the token."""
    with logged_in(server) as browser:
        async with a_terminal(browser) as terminal:
            await terminal.until(browser.operator)
            [console] = server.consoles()
            assert browser.shown is not None
            for secret in (SESSION_TOKEN, browser.shown):
                assert secret not in told(console) + terminal.drawn
        until_none([console])


@in_a_loop
async def test_no_cookie_no_console(server: Served) -> None:
    """Nor with one that was made up."""
    with logged_in(server) as browser:
        own = headers_of(browser)
        assert await status_of(browser, {"Origin": own["Origin"]}) == 401
        assert await status_of(browser, {**own, "Cookie": f"{SESSION}=made-up"}) == 401


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", ""])
@in_a_loop
async def test_a_page_of_somebody_else_gets_no_console(server: Served, origin: str) -> None:
    """The browser would send our cookie along: what counts is where the page is from."""
    with logged_in(server) as browser:
        own = headers_of(browser)
        assert await status_of(browser, {**own, "Origin": origin}) == 403
        del own["Origin"]
        assert await status_of(browser, own) == 403


@in_a_loop
async def test_there_are_no_more_consoles_than_were_allowed(server: Served) -> None:
    """Three in one name, four in all; whoever comes too late reads why, and has one when another ends."""
    with logged_in(server) as browser, logged_in(server) as other:
        async with a_terminal(browser), a_terminal(browser), a_terminal(browser) as third:
            assert await status_of(browser, headers_of(browser)) == 503
            async with a_terminal(other):
                assert await status_of(other, headers_of(other)) == 503
                answer = other.get("/")
                assert answer.status_code == 503
                assert "Too many consoles" in answer.text
            await third.websocket.close()
            while len(server.consoles()) > 2:  # noqa: ASYNC110 - a process ends when it ends
                await asyncio.sleep(LOOK_S)
            assert browser.get("/").status_code == 200


@in_a_loop
async def test_a_console_that_one_leaves_is_closed(server: Served) -> None:
    """The page says so; the session goes on."""
    with logged_in(server) as browser:
        async with a_terminal(browser) as terminal:
            await terminal.until(browser.operator)
            await terminal.type("q")
            await terminal.until_closed()
            assert terminal.told == []
        assert browser.get("/").text.count("textual-terminal")


@in_a_loop
async def test_logging_out_ends_every_console_of_the_session(server: Served) -> None:
    """Each page is led to the login."""
    with logged_in(server) as browser:
        async with a_terminal(browser) as terminal, a_terminal(browser) as second:
            await terminal.until(browser.operator)
            consoles = server.consoles()
            browser.post("/logout", data={"csrf": browser.word()})
            for each in (terminal, second):
                await each.until_closed()
                assert ["open_url", {"url": "/", "new_tab": False}] in each.told
        until_none(consoles)


@in_a_loop
async def test_the_console_of_somebody_who_is_disabled_ends(server: Served, site: Site) -> None:
    """It shows no login of its own, under which it would speak for somebody else."""
    with logged_in(server) as browser:
        async with a_terminal(browser) as terminal:
            await terminal.until(browser.operator)
            site.office.change_operator(browser.operator, disabled=True)
            await terminal.until_closed()
            assert ["open_url", {"url": "/", "new_tab": False}] in terminal.told
            assert "password" not in terminal.drawn
        assert browser.get("/muster").status_code == 303


@in_a_loop
async def test_what_is_no_message_of_our_page_changes_nothing(server: Served) -> None:
    """Half of one, another one, one of odd sizes: the console goes on. One that is too long ends it."""
    with logged_in(server) as browser:
        async with a_terminal(browser) as terminal:
            await terminal.until(browser.operator)
            for text in (
                "",
                "{",
                "[]",
                "1",
                '["resize"]',
                '["resize", {"width": "x"}]',
                '["quit", 1]',
                "null",
            ):
                await terminal.websocket.send_str(text)
            await terminal.websocket.send_bytes(b"\0" * 100)
            await terminal.websocket.send_json(["resize", {"width": 10**9, "height": -5}])
            await terminal.websocket.send_json(["ping", "7"])
            while ["pong", "7"] not in terminal.told:
                assert await terminal.read()
            consoles = server.consoles()
            await terminal.type("x" * 70_000)
            await terminal.until_closed()
        until_none(consoles)


@in_a_loop
async def test_an_enroller_is_offered_what_an_enroller_may(server: Served) -> None:
    """Roles count here as anywhere: no events, nobody's whereabouts."""
    with logged_in(server, Role.ENROLLER) as browser:
        async with a_terminal(browser) as terminal:
            await terminal.until("System")
            assert "Muster" not in terminal.drawn
        assert browser.get("/muster").status_code == 403


@in_a_loop
async def test_a_file_is_for_the_session_of_its_console_alone(server: Served) -> None:
    """The muster sheet is a download, once, and another session finds nothing under its name."""
    with logged_in(server) as browser, logged_in(server) as other:
        async with a_terminal(browser) as terminal:
            await terminal.until("4 Muster")
            await terminal.type("4")
            await terminal.until("Who is inside")
            await terminal.type("p")
            while not (offered := [each for each in terminal.told if each[0] == "deliver_file_start"]):
                assert await terminal.read()
            where = f"/download/{offered[0][1]}"
            assert other.get(where).status_code == 404
            # What comes of it goes through the console, which has to be read meanwhile.
            reading = asyncio.create_task(terminal.until_closed())
            answer = await asyncio.to_thread(browser.get, where)
            assert answer.status_code == 200
            assert "Who is inside" in answer.text
            assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''muster-")
            assert (await asyncio.to_thread(browser.get, where)).status_code == 404
            reading.cancel()
