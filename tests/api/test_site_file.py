"""The site file as a resource: read, checked, replaced only where nobody was faster, and put back."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from accessctl.config import load
from accessctl.home import Home
from accessctl.link.answers import Answer, FaultCode, RulesOutcome, RulesRead
from accessctl.link.requests import ReloadRules
from accessctl.store.rule_rows import revision_of
from tests.api.running import RunningApi, refused
from tests.homes import let_in, new_home

WHY = "night shift from 21:00"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[RunningApi]:
    """A server of its own for each test, whose site file is valid."""
    home = new_home(tmp_path / "home")
    let_in(home)
    running = RunningApi(home)
    yield running
    running.close()


def changed(home: Home, word: str = "changed") -> str:
    return home.site_file.read_text() + f"\n# {word}\n"


@contextmanager
def door_says(api: RunningApi, outcome: RulesOutcome, rules: str = "", why: str = "") -> Iterator[None]:
    answer: Answer = RulesRead(outcome, rules, why)
    with api.peer.answering(ReloadRules, answer):
        yield


def put(api: RunningApi, text: str, replaces: str | None = None, **more: object) -> Any:  # noqa: ANN401
    present = api.http.get("/site-file").json()["revision"]
    body = {"site": text, "reason": WHY, "replaces": replaces or present, **more}
    return api.http.put("/site-file", json=body)


def told(home: Home) -> list[tuple[str, dict[str, Any]]]:
    with closing(sqlite3.connect(home.people)) as connection:
        sql = "SELECT operator, detail FROM outbox WHERE type = 'rules_changed' ORDER BY id"
        return [(operator, json.loads(detail)) for operator, detail in connection.execute(sql)]


def test_the_site_file_is_given_as_it_is(api: RunningApi) -> None:
    """With the revision by which the door process names it, and whether that goes by it."""
    text = api.home.site_file.read_text()
    found = api.http.get("/site-file").json()
    assert found["site"] == text
    assert found["revision"] == load(text).revision == revision_of(text)
    assert (found["in_force"], found["redacted"]) == (False, False)


def test_a_change_is_put_in_force_and_stands_in_the_record(api: RunningApi) -> None:
    """Before and after, who and why; and the file is as open as it was."""
    before, text = api.home.site_file.read_text(), changed(api.home)
    api.home.site_file.chmod(0o640)
    with door_says(api, RulesOutcome.IN_FORCE, revision_of(text)):
        answer = put(api, text)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["revision"], answer.json()["outcome"]) == (revision_of(text), "in_force")
    assert api.home.site_file.read_text() == text
    assert api.home.site_file.stat().st_mode & 0o777 == 0o640
    ((_, detail),) = told(api.home)
    assert (detail["before"], detail["after"], detail["why"]) == (revision_of(before), revision_of(text), WHY)
    listed = api.http.get("/site-file/revisions").json()["revisions"]
    assert [each["revision"] for each in listed] == [revision_of(text), revision_of(before)]
    assert [each["reason"] for each in listed] == [WHY, None]


def test_nothing_is_replaced_unseen(api: RunningApi) -> None:
    """Without saying what is to be replaced nothing is; and not where somebody was faster."""
    text = changed(api.home)
    refused(api.http.put("/site-file", json={"site": text, "reason": WHY}), 428)
    seen = api.http.get("/site-file").json()["revision"]
    api.home.site_file.write_text(changed(api.home, "by hand"))
    refused(put(api, text, seen), 412)
    assert "# by hand" in api.home.site_file.read_text()


def test_a_tag_will_do(api: RunningApi) -> None:
    """`If-Match` with the tag of what was read is as good; an old tag is refused."""
    text = changed(api.home)
    tag = api.http.get("/site-file").headers["etag"]
    body = {"site": text, "reason": WHY}
    with door_says(api, RulesOutcome.IN_FORCE, revision_of(text)):
        assert api.http.put("/site-file", json=body, headers={"If-Match": tag}).status_code == 200
        refused(api.http.put("/site-file", json=body, headers={"If-Match": tag}), 412)


@pytest.mark.parametrize("outcome", [RulesOutcome.NEEDS_RESTART, RulesOutcome.REFUSED])
def test_what_the_door_process_does_not_take_is_taken_back(api: RunningApi, outcome: RulesOutcome) -> None:
    """The file is as it was, nothing is recorded, and why stands in the answer."""
    before = api.home.site_file.read_text()
    with door_says(api, outcome, "7c1e0f9a2b3d", "It changes the wiring."):
        assert "It changes the wiring." in refused(put(api, changed(api.home)), 409)["detail"]
    assert api.home.site_file.read_text() == before
    assert told(api.home) == []
    assert len(api.http.get("/site-file/revisions").json()["revisions"]) == 1


def test_a_change_of_the_wiring_is_kept_for_the_next_start_when_asked_for(api: RunningApi) -> None:
    """With `restart` it stays, and the answer says that it waits."""
    text = changed(api.home)
    with door_says(api, RulesOutcome.NEEDS_RESTART, "7c1e0f9a2b3d", "It changes the wiring."):
        answer = put(api, text, restart=True)
    assert answer.json()["outcome"] == "at_next_start"
    assert api.home.site_file.read_text() == text
    assert told(api.home)[-1][1]["outcome"] == "needs_restart"


def test_without_a_door_process_nothing_is_changed(api: RunningApi) -> None:
    """Nobody could say whether it holds."""
    before = api.home.site_file.read_text()
    with api.peer.refusing(ReloadRules, FaultCode.BUSY):
        refused(put(api, changed(api.home)), 409)
    assert api.home.site_file.read_text() == before


def test_a_file_with_mistakes_is_refused_with_all_of_them(api: RunningApi) -> None:
    """Checked wholly before anything is written; the check alone says the same and refuses nothing."""
    before = api.home.site_file.read_text()
    problem = refused(put(api, "nonsense = 1\n"), 422)
    assert "nonsense" in {each["path"] for each in problem["problems"]}
    found = api.http.post("/site-file/check", json={"site": "nonsense = 1\n"}).json()
    assert (found["valid"], found["revision"]) == (False, None)
    assert found["problems"] == problem["problems"]
    assert api.home.site_file.read_text() == before
    assert not api.peer.heard_of(ReloadRules)


def test_a_good_file_is_said_to_be_good(api: RunningApi) -> None:
    """What is found in it is told as `accessctl check` tells it."""
    found = api.http.post("/site-file/check", json={"site": api.home.site_file.read_text()}).json()
    assert found["valid"]
    assert all(each["severity"] in {"danger", "mistake", "note"} for each in found["findings"])


def test_what_was_edited_by_hand_is_found(api: RunningApi) -> None:
    """A file that nobody here has put there is kept too, and stands in the record as found."""
    api.http.get("/site-file")
    api.home.site_file.write_text(changed(api.home, "by hand"))
    newest = api.http.get("/site-file/revisions").json()["revisions"][0]
    assert newest["revision"] == revision_of(api.home.site_file.read_text())
    assert newest["operator"] is None
    assert told(api.home)[-1][1]["outcome"] == "found"


def test_an_earlier_file_is_put_back_by_one_call(api: RunningApi) -> None:
    """The text is byte for byte what it was."""
    before, text = api.home.site_file.read_text(), changed(api.home)
    with door_says(api, RulesOutcome.IN_FORCE, revision_of(text)):
        put(api, text)
    with door_says(api, RulesOutcome.IN_FORCE, revision_of(before)):
        path = f"/site-file/revisions/{revision_of(before)}"
        assert api.http.get(path).json()["site"] == before
        answer = api.http.post(f"{path}/restore", json={"reason": "it kept people out"})
    assert answer.json()["revision"] == revision_of(before)
    assert api.home.site_file.read_text() == before
    refused(api.http.get("/site-file/revisions/000000000000"), 404)


def test_revisions_come_in_pages(api: RunningApi) -> None:
    """Newest first, with the number from which to go on."""
    for word in ("one", "two"):
        api.http.get("/site-file")
        api.home.site_file.write_text(changed(api.home, word))
    first = api.http.get("/site-file/revisions", params={"limit": 2}).json()
    rest = api.http.get("/site-file/revisions", params={"limit": 2, "before": first["next"]}).json()
    numbers = [each["number"] for each in (*first["revisions"], *rest["revisions"])]
    assert numbers == sorted(numbers, reverse=True)
    assert (len(numbers), rest["next"]) == (3, None)


def test_passwords_are_for_those_who_may_change_them(api: RunningApi) -> None:
    """An installer sees where a camera is and not how to get into it."""
    api.home.site_file.write_text(changed(api.home, "http://door:hunter22@10.0.0.7/video"))
    assert "hunter22" in api.http.get("/site-file").text
    with closing(sqlite3.connect(api.home.people)) as connection, connection:
        connection.execute("UPDATE operator SET roles = ?", (json.dumps(["installer"]),))
    found = api.http.get("/site-file").json()
    revision = api.http.get(f"/site-file/revisions/{found['revision']}").json()
    for each in (found, revision):
        assert each["redacted"]
        assert "10.0.0.7/video" in each["site"]
        assert "hunter22" not in each["site"]
