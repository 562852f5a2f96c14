"""The muster list for a phone: after the login, as forms, and only for who may."""

from collections.abc import Iterator
from html import unescape
from re import findall

import pytest

from accessctl.operators.rights import Role
from tests.tui.rig import Site, running_site
from tests.tui.test_muster import goes, person_id, without_pins
from tests.web.rig import Served, logged_in, served

MARTA = "Marta Quill"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site(without_pins) as running:
        goes(running, "marta-quill", "staff-in", "lobby")
        yield running


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Served]:
    with served(site) as running:
        yield running


@pytest.fixture
def muster(site: Site) -> Iterator[None]:
    site.office.start_muster()
    yield
    site.office.end_muster()


def fields_in(page: str, person: str) -> dict[str, str]:
    """Give the hidden fields of the button beside somebody."""
    [form] = [each for each in page.split("<form")[1:] if f'value="{person}"' in each]
    return {name: unescape(value) for name, value in findall(r'name="([^"]+)" value="([^"]*)"', form)}


def test_it_shows_who_is_inside_and_loads_nothing(server: Served) -> None:
    """Readable with no more than the page itself."""
    with logged_in(server) as browser:
        answer = browser.get("/muster")
    assert answer.status_code == 200
    assert MARTA in answer.text
    assert "//" not in "".join(findall(r'(?:src|href|action)="([^"]*)"', answer.text))
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_tick_counts_in_the_name_of_who_made_it(server: Served, site: Site, muster: None) -> None:
    """The list comes back with them safe, and sent twice it is recorded once."""
    marta = person_id(site, MARTA)
    with logged_in(server) as browser:
        fields = fields_in(browser.get("/muster").text, marta)
        for _ in range(2):
            answer = browser.post("/muster/safe", data=fields)
            assert (answer.status_code, answer.headers["Location"]) == (303, "/muster")
        assert site.office.muster()["missing"] == []
        ticks = [
            each for each in site.office.events(most=20) if each["detail"].get("operator") == browser.operator
        ]
        assert len([each for each in ticks if each["type"] == "muster"]) == 1


def test_a_tick_without_the_word_or_for_another_muster_is_not_taken(
    server: Served, site: Site, muster: None
) -> None:
    """A page of somebody else ticks nobody off, and an old page nobody in this muster."""
    marta = person_id(site, MARTA)
    with logged_in(server) as browser, logged_in(server) as other:
        fields = fields_in(browser.get("/muster").text, marta)
        assert browser.post("/muster/safe", data={**fields, "csrf": other.word()}).status_code == 403
        old = browser.post("/muster/safe", data={**fields, "since": "2026-01-01T00:00:00+00:00"})
        assert old.status_code == 409
        assert "That muster is over" in old.text
        assert [each["person"] for each in site.office.muster()["missing"]] == [marta]


def test_somebody_who_is_not_there_cannot_be_ticked_off(server: Served, site: Site, muster: None) -> None:
    """The page comes back and says so."""
    with logged_in(server) as browser:
        fields = fields_in(browser.get("/muster").text, person_id(site, MARTA))
        answer = browser.post("/muster/safe", data={**fields, "person": "p-nobody0"})
    assert answer.status_code in {404, 409}
    assert MARTA in answer.text


@pytest.mark.parametrize(
    ("role", "status", "buttons"),
    [(Role.GUARD, 200, True), (Role.AUDITOR, 200, False), (Role.ENROLLER, 403, False)],
)
def test_who_may_not_tick_sees_no_button_and_is_refused(
    server: Served, site: Site, muster: None, role: Role, status: int, buttons: bool
) -> None:
    """An auditor reads the list; an enroller has none."""
    with logged_in(server, role) as browser:
        answer = browser.get("/muster")
        assert answer.status_code == status
        assert (MARTA in answer.text, "seen safe</button>" in answer.text) == (status == 200, buttons)
        since = findall(r'data-since="([^"]*)"', answer.text) or [""]
        tick = {"csrf": browser.word(), "person": person_id(site, MARTA), "since": unescape(since[0])}
        assert browser.post("/muster/safe", data=tick).status_code == (303 if buttons else 403)


def test_without_an_answer_it_says_so_and_comes_back(server: Served, site: Site) -> None:
    """With a status at which the page keeps what was ticked; nobody is logged out by it."""
    with logged_in(server) as browser:
        site.api.close()
        try:
            answer = browser.get("/muster")
            assert answer.status_code == 503
            assert "does not answer" in answer.text
        finally:
            site.restart_api()
        assert browser.get("/muster").status_code == 200
