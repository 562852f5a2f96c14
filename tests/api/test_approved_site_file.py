"""A site file that takes two: approved over a real socket, checked by the real checker, and put in force."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from accessctl.link.answers import RulesOutcome, RulesRead
from accessctl.link.requests import ReloadRules
from accessctl.office.rules import OfficeRules, TwoPeople
from accessctl.operators.first import local_user
from accessctl.store.rule_rows import revision_of
from tests.api.people_who_log_in import TESTER, Office
from tests.api.running import RunningApi, refused
from tests.homes import OwnClock, let_in, new_home

RULES = OfficeRules(local={local_user(): TESTER}, needs=frozenset({TwoPeople.RULE_CHANGE}))
WHY = "night shift from 21:00"


@pytest.fixture
def office(tmp_path: Path, clock: OwnClock) -> Iterator[Office]:
    home = new_home(tmp_path / "home")
    let_in(home)
    office = Office(RunningApi(home, RULES, clock), clock)
    office.add("vera", "admin")
    yield office
    office.api.close()


@pytest.fixture
def vera(office: Office) -> Iterator[httpx.Client]:
    """The second admin."""
    with office.session("vera") as http:
        yield http


def site(office: Office) -> str:
    return office.api.home.site_file.read_text()


def seen(office: Office) -> tuple[str, dict[str, str]]:
    """Look at the site file: its revision, and a header that names what was seen."""
    answer = office.api.http.get("/site-file")
    return answer.json()["revision"], {"If-Match": answer.headers["etag"]}


def approve(office: Office, vera: httpx.Client, asked: httpx.Response, takes: str) -> httpx.Response:
    """Let the second one approve while the door process takes a text."""
    assert asked.status_code == 202, asked.text
    with office.api.peer.answering(ReloadRules, RulesRead(RulesOutcome.IN_FORCE, revision_of(takes), "")):
        return vera.post(f"/approvals/{asked.json()['id']}/approve")


def test_what_was_approved_is_in_force(office: Office, vera: httpx.Client) -> None:
    """Checked, written and taken by the door process, and put back as it was in the same way."""
    before, text = site(office), site(office) + "\n# more\n"
    body = {"site": text, "reason": WHY, "replaces": seen(office)[0]}
    decided = approve(office, vera, office.api.http.put("/site-file", json=body), text).json()
    assert (decided["status"], decided["approval"]["outcome"]) == (200, "done")
    assert decided["result"]["outcome"] == "in_force"
    assert site(office) == text
    path = f"/site-file/revisions/{revision_of(before)}/restore"
    asked = office.api.http.post(path, json={"reason": "it kept people out"})
    assert approve(office, vera, asked, before).json()["status"] == 200
    assert site(office) == before
    assert office.told("approval_failed") == []


def test_a_tag_will_do_for_what_waits(office: Office, vera: httpx.Client) -> None:
    """`If-Match` in place of `replaces` is kept; where the file was changed meanwhile it stays as it is."""
    text = site(office) + "\n# more\n"
    body, (_, tag) = {"site": text, "reason": WHY}, seen(office)
    asked = office.api.http.put("/site-file", json=body, headers=tag)
    assert approve(office, vera, asked, text).json()["status"] == 200
    assert site(office) == text
    asked = office.api.http.put("/site-file", json=body, headers=seen(office)[1])
    office.api.home.site_file.write_text(text + "\n# by hand\n")
    assert approve(office, vera, asked, text).json()["status"] == 412
    assert "# by hand" in site(office)


def test_what_was_approved_and_not_done_stands_in_the_record(office: Office, vera: httpx.Client) -> None:
    """With who approved, what it was and why not: nothing else in the record would say so."""
    before = site(office)
    body = {"site": "nonsense = 1\n", "reason": WHY, "replaces": seen(office)[0]}
    decided = approve(office, vera, office.api.http.put("/site-file", json=body), before).json()
    assert decided["status"] == 422
    ((operator, told),) = office.told("approval_failed")
    detail = json.loads(told)
    assert (operator, detail["asked_by"], detail["approval"]) == ("vera", TESTER, decided["approval"]["id"])
    assert (detail["status"], detail["why"], detail["kind"]) == (422, "site-invalid", "rule_change")
    assert site(office) == before
    refused(vera.post(f"/approvals/{decided['approval']['id']}/approve"), 409)


def test_what_broke_off_is_said_to_have(
    office: Office, vera: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows how far it came, and the record says that it did not end well."""
    body = {"site": site(office) + "\n# more\n", "reason": WHY, "replaces": seen(office)[0]}
    asked = office.api.http.put("/site-file", json=body)
    monkeypatch.setattr(office.api.parts.rules, "_home", None)
    assert refused(vera.post(f"/approvals/{asked.json()['id']}/approve"), 500)["type"].endswith("fault")
    assert office.api.http.get(f"/approvals/{asked.json()['id']}").json()["outcome"] is None
    ((_, told),) = office.told("approval_failed")
    assert (json.loads(told)["status"], json.loads(told)["why"]) == (500, "fault")
