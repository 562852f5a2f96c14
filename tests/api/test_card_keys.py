from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from accessctl.link.answers import Answer, CardKeysHeld, CardTag, Fault, FaultCode
from accessctl.link.requests import AskCardKeys, EncodeCard, MakeCardKeys, Request
from tests.api.running import RunningApi, refused
from tests.homes import TESTER

HELD: dict[str, Any] = {
    "kind": "desfire",
    "made_at": "2026-03-02T09:00:00+00:00",
    "imported": False,
    "application": "f5acc0",
    "check": "5f1c09e2",
    "in_use": True,
}
KEYS = {"application": "F5ACC0", "master": "5ec2e7" * 5 + "aa"}
TAGS = iter(range(1, 100))


@pytest.fixture(autouse=True)
def answering(api: RunningApi) -> Iterator[None]:
    """A door process with keys, and a reader that encodes a new card each time."""
    tag = CardTag("desfire-aes", f"{next(TAGS):02x}" * 32, "80")
    held = CardKeysHeld([HELD])
    with (
        api.peer.answering(AskCardKeys, held),
        api.peer.answering(MakeCardKeys, held),
        api.peer.answering(EncodeCard, tag),
    ):
        yield


@contextmanager
def otherwise(api: RunningApi, request: type[Request], answer: Answer) -> Iterator[None]:
    """Have the door process answer something else than it does in this file, for a while."""
    usual = api.peer._told[request]
    with api.peer.answering(request, answer):
        yield
    api.peer._told[request] = usual


def test_keys_are_listed_without_the_keys(api: RunningApi) -> None:
    """What may be said of each set, and nothing else."""
    assert api.http.get("/card-keys").json() == {"keys": [HELD]}


def test_keys_are_made_in_the_operators_name(api: RunningApi) -> None:
    """By chance where none are given."""
    answer = api.http.post("/card-keys", json={"kind": "desfire"})
    assert (answer.status_code, answer.json()) == (201, {"keys": [HELD]})
    asked = api.peer.heard_of(MakeCardKeys)[-1]
    assert isinstance(asked, MakeCardKeys)
    assert (asked.kind, asked.given) == ("desfire", {})
    assert asked.operator == TESTER


def test_keys_that_were_made_elsewhere_reach_the_door_process_alone(api: RunningApi) -> None:
    """They go there as they were given, and are in no answer."""
    answer = api.http.post("/card-keys", json={"kind": "desfire", "given": KEYS})
    asked = api.peer.heard_of(MakeCardKeys)[-1]
    assert isinstance(asked, MakeCardKeys)
    assert asked.given == KEYS
    assert "5ec2e7" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "mifare"},
        {"kind": "desfire", "given": {}},
        {"kind": "desfire", "given": {"key": "5ec2e7"}},
        {"kind": "desfire", "given": {"master": ["5ec2e7"]}},
        {"kind": "desfire", "given": {"master": "5ec2e7" * 100}},
        {"kind": "sun", "given": "5ec2e7"},
        {},
    ],
)
def test_a_wrong_wish_is_refused_and_quotes_nothing(api: RunningApi, body: dict[str, object]) -> None:
    """Whatever stood in it may have been a key."""
    answer = api.http.post("/card-keys", json=body)
    refused(answer, 422)
    assert "5ec2e7" not in answer.text


@pytest.mark.parametrize(
    ("code", "status"),
    [(FaultCode.KEYS_EXIST, 409), (FaultCode.UNUSABLE, 422), (FaultCode.KEYS_UNAVAILABLE, 503)],
)
def test_what_the_door_process_refuses_is_refused(api: RunningApi, code: FaultCode, status: int) -> None:
    """In its words."""
    with otherwise(api, MakeCardKeys, Fault(code, "so it is")):
        problem = refused(api.http.post("/card-keys", json={"kind": "sun"}), status)
    assert problem["detail"] == "so it is"


def test_a_card_is_encoded_for_nobody_yet(api: RunningApi) -> None:
    """The order goes to the door process with its time and who asked; nobody has the card."""
    answer = api.http.post("/cards/encode", json={"kind": "sun", "read_at": "gate-in", "within_s": 5})
    assert answer.status_code == 201, answer.text
    assert answer.json() == {"technology": "desfire-aes", "hint": "80", "card": None, "like_pin": False}
    asked = api.peer.heard_of(EncodeCard)[-1]
    assert isinstance(asked, EncodeCard)
    assert (asked.access_point, asked.kind, asked.within_s, asked.person) == ("gate-in", "sun", 5, "")
    assert asked.operator == TESTER


def test_a_card_is_encoded_and_enrolled_at_once(api: RunningApi) -> None:
    """It is the person's from then on, with its technology and its time."""
    person = api.new_person("Card Holder")
    body = {"kind": "desfire", "read_at": "gate-in", "person": person, "valid_until": "2027-01-01T00:00:00Z"}
    encoded = api.http.post("/cards/encode", json=body).json()
    card = api.http.get(f"/cards/{encoded['card']['id']}").json()
    assert (card["person"], card["technology"], card["hint"]) == (person, "desfire-aes", "80")
    assert card["valid_until"].startswith("2027-01-01")
    again = api.http.post("/cards/encode", json=body)
    assert refused(again, 409)["type"].endswith("duplicate-card")


def test_nothing_is_encoded_for_somebody_who_is_not_there(api: RunningApi) -> None:
    """Nor for a time that ends before it begins."""
    before = len(api.peer.heard_of(EncodeCard))
    body = {"kind": "desfire", "read_at": "gate-in", "person": "p-nobody00"}
    refused(api.http.post("/cards/encode", json=body), 404)
    times = {"valid_from": "2027-01-01T00:00:00Z", "valid_until": "2026-01-01T00:00:00Z"}
    refused(api.http.post("/cards/encode", json={**body, **times}), 422)
    assert len(api.peer.heard_of(EncodeCard)) == before


def test_a_card_that_was_not_encoded_is_enrolled_to_nobody(api: RunningApi) -> None:
    """The reader's words reach whoever asked."""
    person = api.new_person("Card Wanter")
    with otherwise(api, EncodeCard, Fault(FaultCode.SENSOR_FAILED, "the card refuses: it is full")):
        body = {"kind": "desfire", "read_at": "gate-in", "person": person}
        problem = refused(api.http.post("/cards/encode", json=body), 502)
    assert problem["detail"] == "the card refuses: it is full"
    assert api.http.get("/cards", params={"person": person}).json()["cards"] == []
