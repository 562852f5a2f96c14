"""Two people for one change: asked for by one, done when another agrees, each told, and nothing else done."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from accessctl.api.approving import MOST_WAITING
from accessctl.link.answers import CardKeysHeld
from accessctl.link.requests import AskCardKeys, MakeCardKeys
from accessctl.office.rules import USUAL_WITHIN, OfficeRules, TwoPeople
from accessctl.operators.first import local_user
from tests.api.people_who_log_in import TESTER, Office
from tests.api.running import RunningApi, refused
from tests.homes import OwnClock, new_home

RULES = OfficeRules(
    local={local_user(): TESTER},
    needs=frozenset(TwoPeople),
    wide_roles=frozenset({"driver"}),
    wide_levels=frozenset({"cage"}),
)
FAR = "2096-03-31T18:00:00+02:00"


@pytest.fixture
def office(tmp_path: Path, clock: OwnClock) -> Iterator[Office]:
    office = Office(RunningApi(new_home(tmp_path / "home"), RULES, clock), clock)
    office.add("vera", "admin")
    yield office
    office.api.close()


@pytest.fixture
def vera(office: Office) -> Iterator[httpx.Client]:
    """The second admin."""
    with office.session("vera") as http:
        yield http


def waits(answer: httpx.Response) -> str:
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "waiting"
    id_: str = answer.json()["id"]
    assert answer.headers["location"] == f"/v1/approvals/{id_}"
    return id_


def decide(http: httpx.Client, approval: str, word: str = "approve") -> httpx.Response:
    return http.post(f"/approvals/{approval}/{word}")


def requests(office: Office) -> dict[str, tuple[str, str, Any]]:
    """Give a call of each kind, as method, path and body."""
    person = office.api.new_person()
    return {
        "deletion": ("DELETE", f"/people/{person}", None),
        "wide_grant": ("PATCH", f"/people/{person}", {"roles": ["driver"]}),
        "key_change": ("POST", "/card-keys", {"kind": "desfire"}),
        "unlock_names": ("POST", "/session/names", {"minutes": 5, "reason": "Inquiry 7"}),
    }


@pytest.mark.parametrize("kind", ["deletion", "wide_grant", "key_change", "unlock_names"])
def test_what_takes_two_waits_and_is_done_when_the_second_agrees(
    office: Office, vera: httpx.Client, kind: str
) -> None:
    """In the name of who asked, and with who approved beside it."""
    method, path, body = requests(office)[kind]
    held = CardKeysHeld([])
    with office.api.peer.answering(MakeCardKeys, held), office.api.peer.answering(AskCardKeys, held):
        before = office.rows("SELECT count(*) FROM outbox")[0][0]
        id_ = waits(office.api.http.request(method, path, json=body))
        assert office.rows("SELECT type FROM outbox WHERE id > ?", before) == [("approval_asked",)]
        assert not office.api.peer.heard_of(MakeCardKeys)
        shown = vera.get(f"/approvals/{id_}").json()
        assert (shown["kind"], shown["asked_by"], shown["path"]) == (kind, TESTER, f"/v1{path}")
        decided = decide(vera, id_)
    assert decided.status_code == 200, decided.text
    assert decided.json()["approval"]["state"] == "approved"
    assert decided.json()["approval"]["decided_by"] == "vera"
    told = office.rows("SELECT type, operator, detail FROM outbox WHERE id > ? ORDER BY id", before)
    assert ("approval_given", "vera") in [(type_, operator) for type_, operator, _ in told]
    done = [(operator, detail) for _, operator, detail in told if '"approved_by":"vera"' in detail]
    if kind == "key_change":  # told by the door process, which hears it with the order
        assert [(each.operator) for each in office.api.peer.heard_of(MakeCardKeys)] == [TESTER]  # type: ignore[union-attr]
    else:
        assert {operator for operator, _ in done} == {TESTER}
        assert all(f'"approval":"{id_}"' in detail for _, detail in done)


def test_lending_a_wide_level_takes_two_and_another_one(office: Office, vera: httpx.Client) -> None:
    """What the site file does not list is lent at once."""
    path = f"/people/{office.api.new_person()}/temporary-access"
    assert office.api.http.post(path, json={"level": "office", "valid_until": FAR}).status_code == 201
    id_ = waits(office.api.http.post(path, json={"level": "cage", "valid_until": FAR}))
    assert decide(vera, id_).json()["status"] == 201
    assert [level for (level,) in office.rows("SELECT level FROM temporary_access")] != ["office"]


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ({"valid_until": "2026-01-01T00:00:00Z"}, {"valid_until": None}),
        ({"valid_until": "2026-01-01T00:00:00Z"}, {"valid_until": FAR}),
        ({"valid_from": FAR}, {"valid_from": "2026-01-01T00:00:00Z"}),
        ({"disabled": True}, {"disabled": False}),
    ],
)
def test_to_have_a_wide_role_again_or_for_longer_takes_two(
    office: Office, vera: httpx.Client, before: dict[str, object], change: dict[str, object]
) -> None:
    """Whoever may not grant it alone does not bring it back alone either; taking it away takes one."""
    person = office.api.new_person()
    asked = office.api.http.patch(f"/people/{person}", json={"roles": ["driver"]})
    assert decide(vera, waits(asked)).json()["status"] == 200
    assert office.api.http.patch(f"/people/{person}", json=before).status_code == 200
    waits(office.api.http.patch(f"/people/{person}", json=change))
    assert office.api.http.patch(f"/people/{person}", json={"name": "Ana Wide"}).status_code == 200


def delete(office: Office, http: httpx.Client | None = None) -> tuple[str, str]:
    """Ask for a person to be deleted; gives the approval and the person."""
    person = office.api.new_person()
    return waits((http or office.api.http).delete(f"/people/{person}")), person


def is_there(office: Office, person: str) -> bool:
    return bool(office.rows("SELECT 1 FROM person WHERE id = ?", person))


def test_nobody_approves_of_what_they_asked_for(office: Office) -> None:
    """Not in another way either: by the socket, in a session, they are the same operator."""
    id_, person = delete(office)
    assert refused(decide(office.api.http, id_), 403)["type"].endswith("same-operator")
    assert is_there(office, person)
    assert [operator for operator, _ in office.told("call_refused")] == [TESTER]


@pytest.mark.parametrize("path", ["/people/robinson", "/people/robinson/biometrics", "/operators/robinson"])
def test_what_is_not_there_waits_for_nobody(office: Office, path: str) -> None:
    """It is 404 at once; what was typed may be a name, and would stand in the record for good."""
    refused(office.api.http.delete(path), 404)
    assert office.told("approval_asked") == []
    assert "robinson" not in str(office.rows("SELECT person, detail FROM outbox"))


def test_nobody_waits_for_leave_to_delete_themselves(office: Office) -> None:
    """Nobody could give it; a second admin can be deleted, so that takes two."""
    assert refused(office.api.http.delete(f"/operators/{TESTER}"), 403)["type"].endswith("same-operator")
    assert office.told("approval_asked") == []
    waits(office.api.http.delete("/operators/vera"))


def test_who_may_not_approve_does_not(office: Office) -> None:
    """A guard is no second person for this."""
    id_, person = delete(office)
    office.add("gus", "guard")
    with office.session("gus") as gus:
        refused(decide(gus, id_), 403)
        refused(decide(gus, id_, "refuse"), 403)
    assert is_there(office, person)


def test_what_nobody_decides_on_lapses(office: Office, clock: OwnClock) -> None:
    """After the time that the site file gives."""
    id_, person = delete(office)
    clock.pass_(USUAL_WITHIN)
    with office.session("vera") as vera:
        assert vera.get(f"/approvals/{id_}").json()["state"] == "lapsed"
        assert refused(decide(vera, id_), 409)["type"].endswith("approval-over")
    assert is_there(office, person)


def test_it_is_done_once(office: Office, vera: httpx.Client) -> None:
    """A second approval of the same is refused, and so is one of what was refused."""
    id_, person = delete(office)
    assert decide(vera, id_).status_code == 200
    refused(decide(vera, id_), 409)
    assert not is_there(office, person)
    id_, person = delete(office)
    assert decide(vera, id_, "refuse").json()["state"] == "refused"
    refused(decide(vera, id_), 409)
    assert is_there(office, person)
    assert [operator for operator, _ in office.told("approval_refused")] == ["vera"]


def test_who_asked_may_take_it_back(office: Office) -> None:
    """Also without the right to decide."""
    id_, person = delete(office)
    assert decide(office.api.http, id_, "refuse").json()["state"] == "refused"
    assert is_there(office, person)


def test_the_same_asked_again_waits_once(office: Office) -> None:
    """Whoever is impatient gets the same approval."""
    id_, person = delete(office)
    assert waits(office.api.http.delete(f"/people/{person}")) == id_
    assert len(office.told("approval_asked")) == 1


def test_who_has_lost_the_right_meanwhile_gets_nothing_done(office: Office, clock: OwnClock) -> None:
    """It is done with the rights that who asked has when it is approved."""
    office.add("max", "admin")
    clock.pass_(timedelta(seconds=30))
    with office.session("max") as http:
        id_, person = delete(office, http)
    office.api.http.patch("/operators/max", json={"roles": ["enroller"]})
    clock.pass_(timedelta(seconds=30))
    with office.session("vera") as vera:
        decided = decide(vera, id_).json()
        assert decided["status"] == 403
        assert decided["approval"]["outcome"].startswith("refused: ")
    assert is_there(office, person)


def test_who_is_no_operator_any_more_gets_nothing_done(office: Office, clock: OwnClock) -> None:
    """And that is said to the second."""
    office.add("max", "admin")
    with office.session("max") as http:
        id_, person = delete(office, http)
    office.api.http.patch("/operators/max", json={"disabled": True})
    clock.pass_(timedelta(seconds=30))
    with office.session("vera") as vera:
        assert "disabled" in refused(decide(vera, id_), 409)["detail"]
    assert is_there(office, person)


def test_a_secret_waits_in_memory_and_is_lost_with_it(office: Office, clock: OwnClock) -> None:
    """Keys are nowhere in the store; after a restart they have to be sent anew."""
    key = "5ec2e7" * 5 + "aa"
    body = {"kind": "desfire", "given": {"application": "F5ACC0", "master": key}}
    with office.api.client() as http:
        id_ = waits(http.post("/card-keys", json=body))
    assert not office.keeps(key)
    generators = office.api.peer._generators
    office.api.close()
    office.api = RunningApi(office.api.home, RULES, clock)
    office.api.peer._generators = generators
    with office.session("vera") as vera:
        assert "asked for anew" in refused(decide(vera, id_), 409)["detail"]
        assert vera.get(f"/approvals/{id_}").json()["body"] is None
    assert not office.api.peer.heard_of(MakeCardKeys)


def test_whoever_sees_no_names_sees_none_in_what_waits(office: Office) -> None:
    """A body may hold a name; that it was read stands in the record."""
    rules = replace(RULES, auditors_see_names=False)
    office.api.close()
    office.api = RunningApi(office.api.home, rules, office.clock)
    office.add("ada", "auditor")
    id_ = waits(office.api.http.post("/people", json={"name": "Ana Marsh", "roles": ["driver"]}))
    with office.session("ada") as ada:
        assert "Marsh" not in ada.get(f"/approvals/{id_}").text
    assert office.api.http.get(f"/approvals/{id_}").json()["body"]["name"] == "Ana Marsh"
    assert [operator for operator, _ in office.told("personal_data_read")] == ["ada", TESTER]


def test_what_is_no_id_does_not_wait(office: Office) -> None:
    """The path of what waits goes into the record, where no name may stand."""
    refused(office.api.http.delete("/people/Ana%20Marsh"), 422)
    assert office.told("approval_asked") == []


def test_what_is_not_well_formed_does_not_wait(office: Office) -> None:
    """Who asks hears of it, and not only who approves."""
    http = office.api.http
    refused(http.post("/session/names", json={"minutes": -5, "reason": "Inquiry 7"}), 422)
    refused(http.put("/site-file", content=b"nonsense", headers={"content-type": "application/json"}), 400)
    refused(http.post("/card-keys", json={"kind": "none of them"}), 422)
    assert office.told("approval_asked") == []


def test_one_operator_lets_only_so_much_wait(office: Office) -> None:
    """The next is refused; the same again is not."""
    asked = [delete(office) for _ in range(MOST_WAITING)]
    ids, people = [each[0] for each in asked], [each[1] for each in asked]
    assert waits(office.api.http.delete(f"/people/{people[0]}")) == ids[0]
    answer = office.api.http.delete(f"/people/{office.api.new_person()}")
    assert refused(answer, 409)["type"].endswith("too-many-wait")


def test_nobody_is_made_an_operator_to_approve(office: Office, clock: OwnClock) -> None:
    """Whoever asks could have added them."""
    id_, person = delete(office)
    clock.pass_(timedelta(seconds=30))
    office.add("max", "admin")
    with office.session("max") as http:
        assert "was added after" in refused(decide(http, id_), 403)["detail"]
    assert is_there(office, person)


def test_what_a_revoked_token_asked_for_is_not_done(
    office: Office, vera: httpx.Client, clock: OwnClock
) -> None:
    """Somebody who revokes one that leaked need not look for what it asked for."""
    ends_at = (clock() + timedelta(days=1)).isoformat()
    wanted = {"label": "hr", "scopes": ["people.delete"], "ends_at": ends_at}
    token = office.api.http.post("/tokens", json=wanted).json()
    with office.showing(token["token"]) as http:
        id_, person = delete(office, http)
    assert office.api.http.post(f"/tokens/{token['id']}/revoke").status_code == 200
    assert "was revoked" in refused(decide(vera, id_), 409)["detail"]
    assert is_there(office, person)


def test_what_a_token_asked_for_is_done_with_its_rights(
    office: Office, vera: httpx.Client, clock: OwnClock
) -> None:
    """It may do no more when it is approved than when it was asked for."""
    ends_at = (clock() + timedelta(days=1)).isoformat()
    wanted = {"label": "hr", "scopes": ["people.delete"], "ends_at": ends_at}
    with office.showing(office.api.http.post("/tokens", json=wanted).json()["token"]) as http:
        id_, person = delete(office, http)
    with closing(sqlite3.connect(office.api.home.people)) as db, db:
        db.execute("UPDATE token SET scopes = '[]'")
    assert decide(vera, id_).json()["status"] == 403
    assert is_there(office, person)


def test_another_site_file_waits_unchanged(office: Office) -> None:
    """Nothing of it is looked at, and nothing put in force, before somebody agrees."""
    wanted = {"site": "[site]", "reason": "a word", "replaces": "0" * 12}
    waits(office.api.http.put("/site-file", json=wanted))
    assert not office.api.home.site_file.exists()


def test_what_was_changed_meanwhile_is_not_deleted_unseen(office: Office, vera: httpx.Client) -> None:
    """`If-Match` waits with the call: approved, it is done to what had been seen, and to nothing else."""
    person = office.api.new_person()
    asked: list[str] = []
    for seen in (True, False):  # without it, whatever is there is deleted: nobody said what they had seen
        tag = office.api.http.get(f"/people/{person}").headers["etag"]
        headers = {"If-Match": tag} if seen else {}
        asked.append(waits(office.api.http.delete(f"/people/{person}", headers=headers)))
        assert waits(office.api.http.delete(f"/people/{person}", headers=headers)) == asked[-1]
    assert asked[0] != asked[1]
    assert office.api.http.patch(f"/people/{person}", json={"name": "Ana Wilk"}).status_code == 200
    decided = decide(vera, asked[0]).json()
    assert decided["status"] == 412
    assert decided["result"]["type"].endswith("changed-since")
    assert is_there(office, person)
    assert decide(vera, asked[1]).json()["status"] == 200
    assert not is_there(office, person)
    # The tag is made of what is no more: it goes when it has served its purpose, as a body does.
    assert set(office.rows("SELECT body, if_match FROM approval")) == {(None, None)}


def test_what_is_as_it_was_seen_is_deleted(office: Office, vera: httpx.Client) -> None:
    """The same tag, of what nobody has changed."""
    person = office.api.new_person()
    tag = office.api.http.get(f"/people/{person}").headers["etag"]
    id_ = waits(office.api.http.delete(f"/people/{person}", headers={"If-Match": tag}))
    assert decide(vera, id_).json()["status"] == 200
    assert not is_there(office, person)
