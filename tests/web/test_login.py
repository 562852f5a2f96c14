"""The login before everything: what it shows, what it refuses, and how a session ends."""

import re

import httpx
import pyotp
import pytest

from accessctl.operators.rights import Role
from tests.tui.rig import PASSWORD, Site
from tests.web.rig import SESSION, Browser, Served, logged_in, newcomer, word_in

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def policy_of(answer: httpx.Response) -> dict[str, list[str]]:
    """Give what a page may load, by the name of the directive."""
    parts = (part.split() for part in answer.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


def test_the_login_loads_nothing_and_works_without_scripts(server: Served) -> None:
    """One form, its style in the page itself, and a policy that forbids all else."""
    with Browser(server) as browser:
        answer = browser.get("/")
    assert answer.status_code == 200
    assert not re.search(r"(?:https?:)?//", answer.text)
    assert "<script" not in answer.text
    assert not re.search(r"(?:src|href)=\"(?!data:,)", answer.text)
    policy = policy_of(answer)
    assert policy["default-src"] == ["'none'"]
    assert (policy["form-action"], policy["frame-ancestors"]) == (["'self'"], ["'none'"])
    nonce = re.search(r'<style nonce="([^"]+)"', answer.text)
    assert nonce is not None
    assert policy["style-src"] == [f"'nonce-{nonce[1]}'"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere", "/static/js/textual.js", "/muster"])
def test_every_answer_says_what_may_be_done_with_it(server: Served, path: str) -> None:
    """A page of somebody else frames none, guesses at none, and nothing is kept."""
    with Browser(server) as browser:
        headers = browser.get(path).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "'none'" in headers["Content-Security-Policy"]
    assert "aiohttp" not in headers["Server"]


def test_without_a_login_there_is_nothing_else(server: Served) -> None:
    """Neither the list nor a file of the terminal; that the server is there everybody may know."""
    with Browser(server) as browser:
        assert browser.get("/healthz").text == "ok\n"
        for path in ("/ws", "/static/js/textual.js", "/static/../server.py", "/download/a", "/nowhere"):
            assert browser.get(path).status_code == 401, path
        for path in ("/logout", "/muster/safe"):
            assert browser.post(path, data={"csrf": "x"}).status_code == 401, path
        answer = browser.get("/muster")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/?to=/muster")
        assert '<option value="/muster" selected>' in browser.get("/?to=/muster").text


def test_who_logs_in_gets_a_cookie_that_scripts_do_not_see(server: Served) -> None:
    """It is a name of the session and not its token, and goes to this site alone."""
    with Browser(server) as browser:
        operator = newcomer()
        answer = browser.log_in(operator, server.site.new_operator(operator, Role.GUARD), to="/muster")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/muster")
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith(f"{SESSION}=")
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
        answer = browser.get("/")
        assert "textual-terminal" in answer.text
        assert policy_of(answer)["connect-src"] == ["'self'", f"ws://{server.host}"]
        assert "http" not in " ".join(re.findall(r'(?:src|href|url)\s*=?[("]+([^")]*)', answer.text))


def test_a_login_leads_to_a_page_of_ours_whatever_is_asked_for(server: Served) -> None:
    """Nobody is led away by a link to the login."""
    with Browser(server) as browser:
        assert "evil" not in browser.get("/?to=//evil.example/").text
        operator = newcomer()
        secret = server.site.new_operator(operator, Role.GUARD)
        assert browser.log_in(operator, secret, to="//evil.example/").headers["Location"] == "/"


def test_a_wrong_password_and_a_name_of_nobody_look_the_same(server: Served) -> None:
    """The words do not say what was wrong, and what was typed is not given back besides the name."""
    operator = newcomer()
    secret = server.site.new_operator(operator, Role.GUARD)
    with Browser(server) as browser:
        wrong = browser.log_in(operator, secret, password="not this one either")
        nobody = browser.log_in("nobody-at-all", SECRET)
    for answer in (wrong, nobody):
        assert answer.status_code == 401
        assert "Operator, password or code is wrong" in answer.text
        assert "either" not in answer.text
    assert browser.shown is None


def test_what_is_typed_as_a_name_stays_text(server: Served) -> None:
    """It comes back in the form, and is no part of the page."""
    with Browser(server) as browser:
        answer = browser.log_in('"><script>alert(1)</script>', SECRET)
    assert "<script" not in answer.text


def test_a_form_that_we_did_not_give_is_refused(server: Served) -> None:
    """Without the word, with another browser's, and without the cookie that goes with it."""
    fields = {"operator": "a", "password": PASSWORD, "code": "123456"}
    with Browser(server) as browser, Browser(server) as other:
        browser.get("/")
        for word in ("", "x", other.form()):
            assert browser.post("/login", data={**fields, "csrf": word}).status_code == 403
        word = browser.form()
        browser.cookies.clear()
        assert browser.post("/login", data={**fields, "csrf": word}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "http://127.0.0.1:1"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_form_from_another_page_is_refused(server: Served, headers: dict[str, str]) -> None:
    """Browsers say where a form comes from."""
    with Browser(server) as browser:
        fields = {"operator": "a", "password": PASSWORD, "code": "123456", "csrf": browser.form()}
        assert browser.post("/login", data=fields, headers=headers).status_code == 403


def test_a_name_that_is_not_ours_is_refused(server: Served) -> None:
    """Somebody else's name may lead to this machine; their pages would be at home here."""
    with Browser(server) as browser:
        assert browser.get("/", headers={"Host": "evil.example:8421"}).status_code == 421


def test_what_is_no_form_or_too_long_is_refused(server: Served) -> None:
    """Nothing large is read, and no other kind."""
    with Browser(server) as browser:
        browser.get("/")
        assert browser.post("/login", json={"operator": "a"}).status_code == 415
        assert browser.post("/login", data={"operator": "a" * 100_000}).status_code == 413
        assert browser.post("/login", data={"csrf": browser.form(), "operator": "a"}).status_code == 422


def test_bytes_that_are_no_text_are_wrong_and_nothing_worse(server: Served) -> None:
    """In cookies and in forms."""
    with Browser(server) as browser:
        form = browser.form()
        strange = {b"Cookie": SESSION.encode() + b"=\xff\xfe"}
        assert browser.get("/muster", headers=strange).status_code == 303
        for body in (b"csrf=%FF%FE", b"csrf=" + form.encode() + b"&operator=%FF&password=%FF&code=%FF"):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            assert browser.post("/login", content=body, headers=headers).status_code in {401, 403}


def test_a_session_logs_out_with_its_own_word_alone(server: Served) -> None:
    """A page of somebody else ends nobody's session; one's own does, at the API too."""
    with logged_in(server) as browser:
        assert browser.post("/logout", data={"csrf": "x"}).status_code == 403
        assert len(list(server.site.office.sessions(browser.operator))) == 1
        shown = browser.shown
        answer = browser.post("/logout", data={"csrf": browser.word()})
        assert "You have logged out." in answer.text
        assert browser.shown is None
        assert list(server.site.office.sessions(browser.operator)) == []
        assert shown is not None
        assert browser.get("/muster", headers={"Cookie": f"{SESSION}={shown}"}).status_code == 303


def test_a_new_login_ends_the_one_before_in_the_same_browser(server: Served) -> None:
    """And has another name: nobody can have set it before."""
    with logged_in(server) as browser:
        before, second = browser.shown, newcomer()
        word = word_in(browser.get("/").text)
        assert word
        secret = server.site.new_operator(second, Role.GUARD)
        with Browser(server) as fresh:
            form = fresh.form()
            browser.cookies.update(fresh.cookies)
        fields = {"csrf": form, "operator": second, "password": PASSWORD, "code": pyotp.TOTP(secret).now()}
        assert browser.post("/login", data=fields).status_code == 303
        assert browser.shown != before
        assert list(server.site.office.sessions(browser.operator)) == []


def test_who_is_disabled_is_led_back_to_the_login(server: Served, site: Site) -> None:
    """At their next step, with words."""
    with logged_in(server) as browser:
        site.office.change_operator(browser.operator, disabled=True)
        answer = browser.get("/")
        assert "Your session has ended" in answer.text
        assert 'name="password"' in answer.text
        assert browser.shown is None


def test_who_was_locked_out_reads_for_how_long(server: Served, site: Site) -> None:
    """The API locks an operator after five wrong tries, whichever way they came."""
    operator = newcomer()
    secret = site.new_operator(operator, Role.GUARD)
    with Browser(server) as browser:
        for _ in range(5):
            browser.log_in(operator, secret, password="not this one either")
        answer = browser.log_in(operator, secret)
    assert answer.status_code == 429
    assert "try again in" in answer.text
