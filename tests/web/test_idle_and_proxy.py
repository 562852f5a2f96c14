"""Sessions in which nothing is done, and what a reverse proxy tells."""

import asyncio
import socket
from datetime import timedelta

import httpx
import pyotp

from accessctl.operators.rights import Role
from accessctl.web.logins import Logins
from tests.tui.conftest import in_a_loop
from tests.tui.rig import PASSWORD, Site
from tests.web.rig import newcomer, served, word_in

ORIGIN = "https://doors.example.com"


@in_a_loop
async def test_a_session_in_which_nothing_is_done_ends(site: Site) -> None:
    """Here and at the API, with whatever runs in its name; one in which something is done goes on."""
    at = 0.0
    logins = Logins(site.home.api_socket, timedelta(minutes=30), lambda: at)
    begun = []
    for _ in range(2):
        operator = newcomer()
        code = pyotp.TOTP(site.new_operator(operator, Role.GUARD)).now()
        begun.append(await logins.begin(operator, PASSWORD, code))
    (left, idle), (used, busy) = begun
    at = 20 * 60
    logins.touch(busy)
    at = 31 * 60
    await logins.end_idle()
    assert logins.of(left) is None
    assert idle.over.is_set()
    assert logins.of(used) is busy
    open_at_the_api = {each["operator"] for each in site.office.sessions()}
    assert idle.operator not in open_at_the_api
    assert busy.operator in open_at_the_api
    await logins.end_all()
    assert busy.over.is_set()


@in_a_loop
async def test_an_api_that_does_not_answer_keeps_no_session(site: Site) -> None:
    """Who logs out is logged out here, whatever becomes of it there."""
    logins = Logins(site.home.path / "nobody.sock", timedelta(minutes=30), lambda: 0.0)
    await asyncio.wait_for(logins.end_all(), 5)
    assert logins.of("anything") is None
    assert logins.of(None) is None


def test_behind_a_proxy_its_origin_counts(site: Site) -> None:
    """Cookies are for TLS, the websocket is the proxy's, and its pages alone send forms."""
    port = _free_port()
    with (
        served(site, "--listen", f"127.0.0.1:{port}", "--public-origin", ORIGIN) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        assert server.url == f"{ORIGIN}/"
        page = client.get("/")
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        assert cookie.startswith("__Host-accessctl-form=")
        operator = newcomer()
        code = pyotp.TOTP(site.new_operator(operator, Role.GUARD)).now()
        fields = {"csrf": word_in(page.text), "operator": operator, "password": PASSWORD, "code": code}
        direct = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"}
        assert client.post("/login", data=fields, headers=direct).status_code == 403
        answer = client.post("/login", data=fields, headers={"Cookie": cookie, "Origin": ORIGIN})
        assert answer.status_code == 303
        session = answer.headers["Set-Cookie"].partition(";")[0]
        shown = client.get("/", headers={"Cookie": session})
        assert "wss://doors.example.com/ws" in shown.text
        assert "wss://doors.example.com;" in shown.headers["Content-Security-Policy"]


def test_each_address_behind_a_proxy_has_tries_of_its_own(site: Site) -> None:
    """What a client put into the header itself stands before what the proxy adds, and counts for nothing."""
    port = _free_port()
    with (
        served(site, "--listen", f"127.0.0.1:{port}", "--public-origin", ORIGIN),
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        page = client.get("/")
        cookie = page.headers["Set-Cookie"].partition(";")[0]

        def try_from(address: str, name: str) -> int:
            fields = {"csrf": word_in(page.text), "operator": name, "password": PASSWORD, "code": "123456"}
            headers = {"Cookie": cookie, "X-Forwarded-For": f"198.51.100.1, {address}"}
            return client.post("/login", data=fields, headers=headers).status_code

        assert [try_from("192.0.2.7", f"nobody-{number}") for number in range(11)] == [401] * 10 + [429]
        assert try_from("192.0.2.8", "nobody-20") == 401


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
