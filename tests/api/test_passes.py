"""Passes: signed elsewhere, shown once, and kept as what may be known of them."""

import sqlite3
from contextlib import closing

import pytest

from accessctl.link.answers import FaultCode
from accessctl.link.requests import AskPassKey, SignPass, TakeOutbox
from hardware.cards.pass_text import LENGTH, is_pass
from tests.api.running import RunningApi, refused
from tests.link.peer import PASS_FROM, PASS_UNTIL


@pytest.fixture
def person(api: RunningApi) -> str:
    return api.new_person()


def made(api: RunningApi, **wanted: object) -> dict[str, object]:
    answer = api.http.post("/passes", json=wanted)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    pass_: dict[str, object] = answer.json()
    return pass_


def asked_last(api: RunningApi) -> SignPass:
    last = api.peer.heard_of(SignPass)[-1]
    assert isinstance(last, SignPass)
    return last


def in_the_store(api: RunningApi) -> str:
    with closing(sqlite3.connect(api.home.people)) as people:
        return "\n".join(people.iterdump())


def test_a_pass_is_made_and_shown_once(api: RunningApi, person: str) -> None:
    """The door process signs it; what is stored and given afterwards has everything but the text."""
    nudged = len(api.peer.heard_of(TakeOutbox))
    pass_ = made(api, person=person)
    text = str(pass_.pop("text"))
    assert len(text) == LENGTH
    assert is_pass(text.encode())
    assert text == api.peer.passes[-1]
    assert asked_last(api) == SignPass()
    assert (pass_["person"], pass_["status"], pass_["access_points"], pass_["uses"], pass_["label"]) == (
        person,
        "active",
        None,
        None,
        None,
    )
    assert (pass_["valid_from"], pass_["valid_until"]) == (
        PASS_FROM.replace("+00:00", "Z"),
        PASS_UNTIL.replace("+00:00", "Z"),
    )
    assert api.http.get(f"/passes/{pass_['id']}").json() == pass_
    assert pass_ in api.http.get("/passes", params={"person": person}).json()["passes"]
    assert text[3:40] not in in_the_store(api)
    assert len(api.peer.heard_of(TakeOutbox)) == nudged + 1


def test_a_pass_is_limited(api: RunningApi, person: str) -> None:
    """To times, places and uses; the label is for the list."""
    times = {"valid_from": "2026-03-18T08:00:00+01:00", "valid_until": "2026-03-18T18:00:00+01:00"}
    pass_ = made(api, person=person, **times, access_points=["gate-in", "yard-in"], uses=2, label=" Bay 4 ")
    assert asked_last(api) == SignPass(
        "gate-in yard-in", "2026-03-18T07:00:00+00:00", "2026-03-18T17:00:00+00:00", 2
    )
    assert (pass_["access_points"], pass_["uses"], pass_["label"]) == (["gate-in", "yard-in"], 2, "Bay 4")


def test_a_visitor_is_added_with_the_pass(api: RunningApi) -> None:
    """One request is enough at the desk of a gate."""
    pass_ = made(api, visitor={"name": "Jon Abbey", "roles": ["picker"]})
    someone = api.http.get(f"/people/{pass_['person']}").json()
    assert (someone["name"], someone["roles"]) == ("Jon Abbey", ["picker"])


def test_nobody_is_added_for_a_pass_that_is_refused(api: RunningApi) -> None:
    """Neither for a role that there is not, nor for times that cannot be."""
    wanted = {"visitor": {"name": "Nobody Yet", "roles": ["pirate"]}}
    assert refused(api.http.post("/passes", json=wanted), 422)["problems"][0]["path"].endswith("roles.0")
    wanted = {"visitor": {"name": "Nobody Yet", "roles": ["picker"]}}
    with api.peer.refusing(SignPass, FaultCode.UNUSABLE, "a pass counts for 7 days at most here"):
        assert refused(api.http.post("/passes", json=wanted), 422)["detail"].startswith("a pass counts")
    assert api.http.get("/people", params={"name": "Nobody Yet"}).json()["people"] == []


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (FaultCode.NOT_SET_UP, 409),
        (FaultCode.UNUSABLE, 422),
        (FaultCode.UNKNOWN_ACCESS_POINT, 404),
        (FaultCode.KEYS_UNAVAILABLE, 503),
    ],
)
def test_what_the_door_process_refuses_is_refused(
    api: RunningApi, person: str, code: FaultCode, status: int
) -> None:
    """In its words, and nothing is stored."""
    before = api.http.get("/passes").json()
    with api.peer.refusing(SignPass, code, "it is as it is"):
        assert (
            refused(api.http.post("/passes", json={"person": person}), status)["detail"] == "it is as it is"
        )
    assert api.http.get("/passes").json() == before


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({}, "body"),
        ({"person": "p-1", "visitor": {"name": "A", "roles": ["picker"]}}, "body"),
        ({"visitor": {"name": "A"}}, "body.visitor.roles"),
        ({"visitor": {"name": "A", "roles": []}}, "body.visitor.roles"),
        ({"visitor": {"name": "A", "roles": ["picker", "picker"]}}, "body.visitor.roles"),
        ({"visitor": {"name": "A\u200bB", "roles": ["picker"]}}, "body.visitor.name"),
        ({"person": "p-1", "access_points": []}, "body.access_points"),
        ({"person": "p-1", "access_points": ["gate-in", "gate-in"]}, "body.access_points"),
        ({"person": "p-1", "access_points": ["gate in"]}, "body.access_points.0"),
        ({"person": "p-1", "uses": 0}, "body.uses"),
        ({"person": "p-1", "uses": 1001}, "body.uses"),
        ({"person": "p-1", "label": ""}, "body.label"),
        ({"person": "p-1", "label": "a\nb"}, "body.label"),
        ({"person": "p-1", "valid_until": "2026-03-18T18:00:00"}, "body.valid_until"),
        ({"person": "p-1", "text": "AP1"}, "body.text"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(
    api: RunningApi, wanted: dict[str, object], path: str
) -> None:
    """Before anything is signed."""
    asked = len(api.peer.heard_of(SignPass))
    assert path in {each["path"] for each in refused(api.http.post("/passes", json=wanted), 422)["problems"]}
    assert len(api.peer.heard_of(SignPass)) == asked


def test_years_that_utc_does_not_have_are_refused(api: RunningApi, person: str) -> None:
    """Named by their field."""
    wanted = {"person": person, "valid_until": "9999-12-31T23:59:59-23:00"}
    assert refused(api.http.post("/passes", json=wanted), 422)["problems"][0]["path"] == "body.valid_until"


def test_a_pass_for_nobody_is_refused(api: RunningApi) -> None:
    """Before anything is signed."""
    asked = len(api.peer.heard_of(SignPass))
    assert refused(api.http.post("/passes", json={"person": "p-nobody"}), 404)["type"].endswith(
        "unknown-person"
    )
    assert len(api.peer.heard_of(SignPass)) == asked


def test_a_pass_is_revoked(api: RunningApi, person: str) -> None:
    """It says what became of it, and the door process is told at once."""
    pass_ = made(api, person=person)
    nudged = len(api.peer.heard_of(TakeOutbox))
    answer = api.http.post(f"/passes/{pass_['id']}/revoke", json={"reason": "lost"})
    assert answer.json()["status"] == "lost"
    assert api.http.get(f"/passes/{pass_['id']}").json()["status"] == "lost"
    assert len(api.peer.heard_of(TakeOutbox)) == nudged + 1


def test_a_pass_is_replaced(api: RunningApi, person: str) -> None:
    """The new one is like the old, which counts no more; a time that has begun begins anew."""
    times = {"valid_from": "2025-03-18T07:00:00Z", "valid_until": "2099-03-18T17:00:00Z"}
    old = made(api, person=person, **times, access_points=["gate-in"], uses=2, label="Bay 4")
    answer = api.http.post(f"/passes/{old['id']}/replace")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    new = answer.json()
    assert asked_last(api) == SignPass("gate-in", "", "2099-03-18T17:00:00+00:00", 2)
    same = ("person", "access_points", "uses", "label", "valid_until")
    assert {field: new[field] for field in same} == {field: old[field] for field in same}
    assert new["id"] != old["id"]
    assert new["text"] != old["text"]
    assert api.http.get(f"/passes/{old['id']}").json()["status"] == "revoked"


def test_a_pass_for_later_is_replaced_by_one_for_later(api: RunningApi, person: str) -> None:
    """It does not begin to count because it was printed again."""
    old = made(api, person=person, valid_from="2099-03-18T07:00:00Z", valid_until="2099-03-18T17:00:00Z")
    api.http.post(f"/passes/{old['id']}/replace")
    assert asked_last(api).valid_from == "2099-03-18T07:00:00+00:00"


def test_a_pass_that_cannot_be_replaced_stays(api: RunningApi, person: str) -> None:
    """One that is over, for instance."""
    old = made(api, person=person)
    with api.peer.refusing(SignPass, FaultCode.UNUSABLE, "a pass until then would be over already"):
        refused(api.http.post(f"/passes/{old['id']}/replace"), 422)
    assert api.http.get(f"/passes/{old['id']}").json()["status"] == "active"


@pytest.mark.parametrize("what", ["", "/revoke", "/replace"])
def test_a_card_is_no_pass(api: RunningApi, person: str, what: str) -> None:
    """Nor is an id that nobody has."""
    body = {"number": "0412AB34CD56EF"}
    card = api.http.post(f"/people/{api.new_person()}/cards", json=body)
    wanted = ["c-nobodys"] if card.status_code != 201 else ["c-nobodys", card.json()["id"]]
    for id_ in wanted:
        path = f"/passes/{id_}{what}"
        answer = api.http.post(path, json={} if what == "/revoke" else None) if what else api.http.get(path)
        assert refused(answer, 404)["type"].endswith("unknown-pass")


def test_the_public_key_is_given(api: RunningApi) -> None:
    """Others check our passes with it."""
    assert api.http.get("/pass-key").json() == {"key_id": "0badcafe", "public_key": "5a" * 32}
    with api.peer.refusing(AskPassKey, FaultCode.NOT_SET_UP):
        refused(api.http.get("/pass-key"), 409)


def test_passes_come_page_by_page(api: RunningApi) -> None:
    """In the order of their ids."""
    person = api.new_person(name="Many Passes")
    ids = sorted(str(made(api, person=person)["id"]) for _ in range(3))
    page = api.http.get("/passes", params={"person": person, "limit": 2}).json()
    assert ([each["id"] for each in page["passes"]], page["next"]) == (ids[:2], ids[1])
    rest = api.http.get("/passes", params={"person": person, "limit": 2, "after": ids[1]}).json()
    assert ([each["id"] for each in rest["passes"]], rest["next"]) == (ids[2:], None)
