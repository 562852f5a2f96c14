"""A call under a key is done once, whatever happens to its answer."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from accessctl.api import idempotency
from accessctl.office.rules import OfficeRules, TwoPeople
from accessctl.operators.first import local_user
from tests.api.people_who_log_in import TESTER, Office
from tests.api.running import RunningApi, refused
from tests.homes import OwnClock

KEY = {"idempotency-key": "3b1f9c6e-0d6a"}
BO = {"name": "Bo Lind", "roles": ["picker"]}


def test_the_same_call_under_the_same_key_is_done_once(office: Office) -> None:
    """Sent again it gets the answer that it got before, which says that it is that."""
    first = office.api.http.post("/people", json=BO, headers=KEY)
    second = office.api.http.post("/people", json=BO, headers=KEY)
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert len(office.rows("SELECT * FROM person")) == 1


def test_a_key_is_for_one_call(office: Office) -> None:
    """Another body, or another path, under it is refused."""
    office.api.http.post("/people", json=BO, headers=KEY)
    for path, body in (("/people", {**BO, "name": "Cy"}), ("/people/import", [])):
        answer = office.api.http.post(path, json=body, headers=KEY)
        assert refused(answer, 422)["type"].endswith("key-reused")
    assert len(office.rows("SELECT * FROM person")) == 1


def test_keys_of_others_are_others(office: Office) -> None:
    """Two operators may come to the same one."""
    office.add("ana", "enroller")
    office.api.http.post("/people", json=BO, headers=KEY)
    with office.session("ana") as ana:
        assert ana.post("/people", json=BO, headers=KEY).status_code == 201
    assert len(office.rows("SELECT * FROM person")) == 2


def test_what_was_refused_may_be_sent_again(office: Office) -> None:
    """Nothing was done, so nothing is remembered, at once."""
    for _ in range(2):
        refused(office.api.http.post("/people", json={**BO, "roles": ["pilot"]}, headers=KEY), 422)
    assert office.api.http.post("/people", json=BO, headers=KEY).status_code == 201


def test_a_key_is_forgotten_after_a_day(office: Office, clock: OwnClock) -> None:
    """Then the same call is another one."""
    office.api.http.post("/people", json=BO, headers=KEY)
    clock.pass_(timedelta(hours=25))
    office.api.http.post("/people", json=BO, headers=KEY)
    assert len(office.rows("SELECT * FROM person")) == 2


def test_a_call_that_a_crash_cut_short_is_not_done_again(office: Office) -> None:
    """Nobody knows how it ended, and that is said."""
    body = b'{"name":"Bo Lind","roles":["picker"]}'
    parts = (b"POST", b"/v1/people", b"", body)
    digest = hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()
    office.api.parts.writer.claim_call("tester", KEY["idempotency-key"], digest)
    headers = {**KEY, "content-type": "application/json"}
    answer = office.api.http.post("/people", content=body, headers=headers)
    assert refused(answer, 409)["type"].endswith("outcome-unknown")
    assert office.rows("SELECT * FROM person") == []


def test_a_secret_is_not_kept_for_a_second_look(office: Office) -> None:
    """What is shown once is shown once: sent again it is only said that it was done."""
    body = {"label": "HR", "scopes": ["people.read"], "ends_at": "2026-12-01T00:00:00Z"}
    made = office.api.http.post("/tokens", json=body, headers=KEY).json()
    answer = office.api.http.post("/tokens", json=body, headers=KEY)
    assert refused(answer, 409)["type"].endswith("done-before")
    assert not office.keeps(made["token"])
    assert len(office.rows("SELECT * FROM token")) == 1


def test_a_large_answer_is_not_kept(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of it is known only that it was good."""
    monkeypatch.setattr(idempotency, "LARGEST_KEPT", 10)
    office.api.http.post("/people", json=BO, headers=KEY)
    assert refused(office.api.http.post("/people", json=BO, headers=KEY), 409)["type"].endswith("done-before")


@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "/"])
def test_a_key_is_short_and_plain(office: Office, key: str) -> None:
    """Anything else is refused and nothing is done."""
    refused(office.api.http.post("/people", json=BO, headers={"idempotency-key": key}), 422)
    assert office.rows("SELECT * FROM person") == []


IMPORT = "name,roles\nBo Lind,picker\n"
OTHER_IMPORT = "name,roles\nCy Moss,picker\n"


def imported(office: Office, text: str) -> httpx.Response:
    headers = {**KEY, "content-type": "text/csv"}
    return office.api.http.post("/people/import", content=text, headers=headers)


def names(office: Office) -> list[str]:
    return [name for (name,) in office.rows("SELECT name FROM person ORDER BY name")]


def started_anew(office: Office, rules: OfficeRules | None = None) -> None:
    """End the API's process, as far as it keeps anything, and start another one."""
    office.api.close()
    office.api = RunningApi(office.api.home, rules or office.api.rules, office.clock)


def test_another_body_that_holds_a_secret_is_another_call(office: Office) -> None:
    """It is refused like any other, and not answered as if it had been done; the same one is replayed."""
    assert imported(office, IMPORT).json()["added"] == 1
    assert refused(imported(office, OTHER_IMPORT), 422)["type"].endswith("key-reused")
    assert imported(office, IMPORT).headers["idempotency-replayed"] == "true"
    assert names(office) == ["Bo Lind"]


@pytest.mark.parametrize("again", [IMPORT, OTHER_IMPORT])
def test_a_secret_body_is_not_known_again_by_another_process(office: Office, again: str) -> None:
    """What it was is nowhere to be read, so nobody says that it was done, and it is not done twice."""
    imported(office, IMPORT)
    started_anew(office)
    problem = refused(imported(office, again), 409)
    assert problem["type"].endswith("done-before")
    assert "started anew" in problem["detail"]
    assert names(office) == ["Bo Lind"]
    started_anew(office)  # what has no secret is known again by any process: the control
    headers = {"idempotency-key": "another-key"}
    for replayed in (False, True):
        answer = office.api.http.post("/people", json={**BO, "name": "Di Roe"}, headers=headers)
        assert ("idempotency-replayed" in answer.headers) is replayed
        started_anew(office)


def test_nothing_that_is_kept_tells_a_pin(office: Office) -> None:
    """By no digest of the call: whoever has the disk could try all PINs there are."""
    person, pin = office.api.new_person(), "481537"
    path = f"/people/{person}/pin"
    answer = office.api.http.put(path, json={"pin": pin}, headers=KEY)
    assert answer.is_success, answer.text
    ((digest, mac),) = office.rows("SELECT digest, mac FROM done_call")
    sent = answer.request.content
    assert pin.encode() in sent
    for body in (sent, b"", pin.encode()):
        parts = (b"PUT", f"/v1{path}".encode(), b"", body)
        tried = hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()
        assert (digest == tried) is (body == b"")  # of the rest of the call it is
        assert mac not in {tried, hashlib.sha256(body).digest()}


@contextmanager
def held_up(office: Office, person: str) -> Iterator[None]:
    """Let no change of somebody come to its turn while the block lasts."""
    turn = office.api.parts.turns.of(f"/v1/people/{person}")
    office.api.do(turn.acquire)
    try:
        yield
    finally:
        office.api.do(turn.release)


def test_a_call_that_runs_still_is_said_to(office: Office) -> None:
    """Nobody is told to look and use a new key, by which it would be done twice."""
    person = office.api.new_person()

    def change(roles: str = "driver") -> httpx.Response:
        with office.api.client() as http:
            return http.patch(f"/people/{person}", json={"roles": [roles]}, headers=KEY)

    with ThreadPoolExecutor() as pool:
        with held_up(office, person):
            first = pool.submit(change)
            while not office.rows("SELECT 1 FROM done_call"):
                pass
            again = change()
            assert refused(again, 409)["type"].endswith("in-progress")
            assert "under this key" in again.json()["detail"]
            assert int(again.headers["retry-after"]) > 0
            assert refused(change("picker"), 422)["type"].endswith("key-reused")
        assert first.result(10).status_code == 200
    assert change().headers["idempotency-replayed"] == "true"


def test_a_replay_says_where_to_look_as_well(office: Office) -> None:
    """What waits for a second operator is found again by whoever did not hear of it."""
    rules = OfficeRules(local={local_user(): TESTER}, needs=frozenset({TwoPeople.DELETION}))
    started_anew(office, rules)
    person = office.api.new_person()
    first, again = (office.api.http.delete(f"/people/{person}", headers=KEY) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["location"] == f"/v1/approvals/{first.json()['id']}"
