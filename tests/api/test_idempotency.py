"""A call under a key is done once, whatever happens to its answer."""

import hashlib
from datetime import timedelta

import pytest

from accessctl.api import idempotency
from tests.api.people_who_log_in import Office
from tests.api.running import refused
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
