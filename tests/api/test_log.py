"""How the record is signed, over the API, and accepting what disagrees."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from accessctl.api.log_models import FindingModel
from accessctl.home import Home
from accessctl.link.answers import Done
from accessctl.link.requests import OfTheRecord, TellOfExport, TellOfRecord
from accessctl.notary.book import Finding, Wrong
from accessctl.notary.found import FOUND, Found
from accessctl.store.tree import TreeWriter
from tests.api.running import RunningApi, refused
from tests.homes import NOON, TESTER, new_home
from tests.notary.keepers import keeping, record

REASON = "the card was replaced"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningApi]:
    running = RunningApi(new_home(tmp_path / "home"))
    yield running
    running.close()


def test_whatever_can_be_wrong_is_named_to_who_reads_the_description() -> None:
    """Who writes a client knows every word that can come."""
    described = FindingModel.model_fields["wrong"].description or ""
    assert [word for word in Wrong if word not in described] == []


def disagreeing(home: Home) -> Found:
    finding = Finding(Wrong.OTHER, "entry 4 is not the one that was signed", 4, 9)
    found = Found.of(finding, "accessctl/kade-1/x", NOON)
    with closing(TreeWriter.open(home.tree)) as tree:
        tree.put_meta(FOUND, found.written)
    return found


def test_before_the_first_head_there_is_nothing_to_show(running: RunningApi) -> None:
    """And it is told that no notary is there."""
    found = running.http.get("/log").json()
    assert (found["head"], found["vkey"], found["running"]) == (None, None, False)


def test_head_and_key_and_what_is_not_signed_are_shown(running: RunningApi) -> None:
    """As they stand beside the tree, with the notary gone."""
    record(running.home, 9)
    with keeping(running.home, door=False) as kept:
        head = kept.until_signed()
    record(running.home, 2)
    found = running.http.get("/log").json()
    assert found["head"]["note"] == head.note
    assert found["vkey"].startswith(found["origin"])
    assert (found["head"]["size"], found["unsigned"], found["disagrees"]) == (9, 2, None)


def test_accepting_names_the_operator_and_the_finding(running: RunningApi) -> None:
    """The door process enters who accepted what, and why."""
    found = disagreeing(running.home)
    shown = running.http.get("/log").json()["disagrees"]
    assert (shown["id"], shown["seq"], shown["words"]) == (found.id, 4, found.words)
    with running.peer.answering(TellOfRecord, Done(77)):
        answer = running.http.post("/log/accept", json={"finding": found.id, "reason": REASON})
    assert answer.json() == {"finding": found.id, "seq": 77}
    (asked,) = [each for each in running.peer.heard if isinstance(each, TellOfRecord)]
    assert (asked.what, asked.operator, asked.reason) == (OfTheRecord.BEGUN, TESTER, REASON)
    assert asked.finding == found.id


def test_nobody_accepts_what_they_have_not_seen(running: RunningApi) -> None:
    """Neither when nothing disagrees, nor something else than they think."""
    body = {"finding": "f-000000000000", "reason": REASON}
    assert refused(running.http.post("/log/accept", json=body), 409)["type"].endswith("nothing-disagrees")
    disagreeing(running.home)
    assert refused(running.http.post("/log/accept", json=body), 409)["type"].endswith("another-finding")
    assert not [each for each in running.peer.heard if isinstance(each, TellOfRecord)]


def test_an_export_is_entered_in_the_name_of_who_asks(running: RunningApi) -> None:
    """With the head that covers it, as far as there is one; the API has no other way to say who it was."""
    record(running.home, 9)
    with keeping(running.home, door=False) as kept:
        kept.until_signed()
    body = {"format": "csv", "entries": 9, "last": 9, "since": "2026-03-01T00:00:00Z"}
    with running.peer.answering(TellOfExport, Done(10)):
        answer = running.http.post("/log/exports", json=body)
    assert (answer.status_code, answer.json()) == (201, {"seq": 10})
    (told,) = [each for each in running.peer.heard if isinstance(each, TellOfExport)]
    assert (told.operator, told.form, told.entries, told.last) == (TESTER, "csv", 9, 9)
    assert (told.since, told.until, told.size) == ("2026-03-01T00:00:00+00:00", "", 9)


def test_what_is_no_export_is_refused(running: RunningApi) -> None:
    """And the door process hears nothing of it."""
    body = {"format": "backup", "entries": 9, "last": 9}
    refused(running.http.post("/log/exports", json=body), 422)
    assert not [each for each in running.peer.heard if isinstance(each, TellOfExport)]
