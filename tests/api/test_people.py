import sqlite3
from contextlib import closing

import pytest

from accessctl.link.answers import FaultCode
from accessctl.link.requests import AskStatus, ForgiveWrongPins, HashPin, TakeOutbox
from tests.api.running import RunningApi, refused
from tests.homes import TESTER


def rows(api: RunningApi, sql: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(api.home.people)) as connection:
        return connection.execute(sql, values).fetchall()


def test_a_person_is_added(api: RunningApi) -> None:
    """Adding gives the person with their id, and the same is given for the id."""
    answer = api.http.post(
        "/people",
        json={"name": " Ana Marsh ", "roles": ["picker"], "valid_until": "2030-01-01T00:00:00+01:00"},
    )
    assert answer.status_code == 201
    person = answer.json()
    assert person["name"] == "Ana Marsh"
    assert person["valid_until"] == "2029-12-31T23:00:00Z"
    assert api.http.get(f"/people/{person['id']}").json() == {**person, "has_duress_pin": False}


def test_the_operator_is_known_by_the_kernel(api: RunningApi) -> None:
    """Who connected stands in the outbox, without having said so."""
    person = api.new_person()
    ((operator,),) = rows(api, "SELECT operator FROM outbox WHERE person = ?", person)
    assert operator == TESTER


def test_a_change_nudges_the_door_process(api: RunningApi) -> None:
    """The door process is told that there is something to take into the record."""
    before = len(api.peer.heard_of(TakeOutbox))
    api.new_person()
    assert len(api.peer.heard_of(TakeOutbox)) == before + 1


def test_a_nudge_may_fail(api: RunningApi) -> None:
    """A change is made although the door process cannot take it now."""
    with api.peer.refusing(TakeOutbox, FaultCode.RECORD_UNAVAILABLE):
        assert api.http.get(f"/people/{api.new_person()}").status_code == 200


def test_an_unknown_role_is_refused(api: RunningApi) -> None:
    """A role that the site file does not have is refused where it stands, with those there are."""
    answer = api.http.post("/people", json={"name": "Bo", "roles": ["picker", "pilot"]})
    (problem,) = refused(answer, 422)["problems"]
    assert problem == {"path": "body.roles.1", "what": "there is no such role; there are driver, picker"}


def test_without_the_door_process_no_role_can_be_checked(api: RunningApi) -> None:
    """While the door process is down, adding is refused in words and nobody is added."""
    api.do(api.peer.close)
    try:
        answer = api.http.post("/people", json={"name": "Nobody Yet", "roles": ["picker"]})
        assert "Nothing was changed" in refused(answer, 503)["detail"]
        assert api.http.get("/people", params={"name": "Nobody Yet"}).json()["people"] == []
    finally:
        api.do(api.peer.open)


def test_a_taken_id_is_refused(api: RunningApi) -> None:
    """A second person under the same id is a conflict."""
    api.new_person(id="ana")
    answer = api.http.post("/people", json={"name": "Anatol", "roles": ["picker"], "id": "ana"})
    assert refused(answer, 409)["type"].endswith("duplicate-person")


def test_a_change_keeps_the_rest(api: RunningApi) -> None:
    """What is left out of a change stays, and null takes a limit away."""
    person = api.new_person(valid_from="2026-01-01T00:00:00Z", valid_until="2026-12-31T00:00:00Z")
    changed = api.http.patch(f"/people/{person}", json={"disabled": True, "valid_until": None}).json()
    assert (changed["disabled"], changed["valid_until"]) == (True, None)
    assert (changed["name"], changed["valid_from"]) == ("Ana Marsh", "2026-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": None}, "body.name"),
        ({"name": "  "}, "body.name"),
        ({"name": "Ana\x1b[31m"}, "body.name"),
        ({"roles": []}, "body.roles"),
        ({"roles": ["picker", "picker"]}, "body.roles"),
        ({"groups": None}, "body.groups"),
        ({"groups": ["acme", "acme"]}, "body.groups"),
        ({"groups": ["contractors"]}, "body.groups.0"),
        ({"uses_total": -1}, "body.uses_total"),
        ({"uses_a_day": 1.5}, "body.uses_a_day"),
        ({"uses_a_day": 10**30}, "body.uses_a_day"),
        ({"exempt": None}, "body.exempt"),
        ({"extended": "perhaps"}, "body.extended"),
        ({"disabled": "perhaps"}, "body.disabled"),
        ({"valid_until": "2026-01-01T00:00:00"}, "body.valid_until"),
        ({"valid_from": "2026-02-01T00:00:00Z", "valid_until": "2026-01-01T00:00:00Z"}, "body.valid_until"),
        ({"nickname": "Ana"}, "body.nickname"),
    ],
)
def test_a_senseless_change_is_refused(api: RunningApi, change: dict[str, object], path: str) -> None:
    """A change that makes no sense is refused with the field that it is about."""
    answer = api.http.patch(f"/people/{api.new_person()}", json=change)
    assert [problem["path"] for problem in refused(answer, 422)["problems"]] == [path]


def test_every_problem_is_said_at_once(api: RunningApi) -> None:
    """A body with three mistakes is refused with all three."""
    answer = api.http.post("/people", json={"name": "", "roles": "picker", "age": 40})
    paths = {problem["path"] for problem in refused(answer, 422)["problems"]}
    assert paths == {"body.name", "body.roles", "body.age"}


def test_people_come_in_pages(api: RunningApi) -> None:
    """Asking again from ``next`` gives everybody once."""
    expected = {api.new_person(name="Page Turner") for _ in range(3)}
    found, after = [], ""
    while after is not None:
        page = api.http.get("/people", params={"name": "Page Turner", "limit": 2, "after": after}).json()
        found += [person["id"] for person in page["people"]]
        after = page["next"]
    assert sorted(found) == sorted(expected)


def test_a_pin_is_hashed_elsewhere(api: RunningApi) -> None:
    """The door process hashes the PIN, and only the hash is stored."""
    person = api.new_person()
    assert api.http.put(f"/people/{person}/pin", json={"pin": "98765432"}).status_code == 204
    assert api.peer.heard_of(HashPin)[-1] == HashPin(person, "98765432")
    assert rows(api, "SELECT hash FROM pin WHERE person = ?", person) == [(f"$hashed$for${person}",)]
    assert api.http.get(f"/people/{person}").json()["has_pin"]


def test_a_pin_can_be_removed(api: RunningApi) -> None:
    """A PIN is removed once; a second time there is none."""
    person = api.new_person()
    api.http.put(f"/people/{person}/pin", json={"pin": "4711"})
    assert api.http.delete(f"/people/{person}/pin").status_code == 204
    assert refused(api.http.delete(f"/people/{person}/pin"), 404)["type"].endswith("no-pin")


def test_wrong_pins_are_forgiven_by_name(api: RunningApi) -> None:
    """Forgiving is an order in the operator's name, about a person who is there."""
    person = api.new_person()
    assert api.http.post(f"/people/{person}/forgive-wrong-pins").json()["seq"] == 42
    asked = api.peer.heard_of(ForgiveWrongPins)[-1]
    assert isinstance(asked, ForgiveWrongPins)
    assert asked.person == person
    assert asked.operator == TESTER


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"disabled": True}),
        ("PUT", "/pin", {"pin": "4711"}),
        ("DELETE", "/pin", None),
        ("PUT", "/duress-pin", {"pin": "4711"}),
        ("DELETE", "/duress-pin", None),
        ("POST", "/code", {}),
        ("PUT", "/qualifications/induction", {}),
        ("DELETE", "/qualifications/induction", None),
        ("POST", "/temporary-access", {"level": "cage", "valid_until": "2030-01-01T00:00:00Z"}),
        ("POST", "/forgive-wrong-pins", None),
        ("POST", "/cards", {"number": "04A1B2C3"}),
    ],
)
def test_nobody_is_not_found(api: RunningApi, method: str, path: str, body: dict[str, object] | None) -> None:
    """Whatever is asked about somebody who is not there is answered with 404 and their id."""
    problem = refused(api.http.request(method, f"/people/p-nobody{path}", json=body), 404)
    assert problem["detail"] == "there is no person p-nobody"


def test_a_door_process_in_trouble_is_quoted(api: RunningApi) -> None:
    """A fault of the door process is passed on in its own words."""
    with api.peer.refusing(AskStatus, FaultCode.KEYS_UNAVAILABLE, "the root key cannot be read"):
        answer = api.http.post("/people", json={"name": "Ana", "roles": ["picker"]})
    assert refused(answer, 503)["detail"] == "the root key cannot be read"


@pytest.mark.parametrize("character", "\u200b\u200c\u200d\u00ad\u2060\u202e\ufeff\x1b\u0085")
def test_a_name_has_no_invisible_characters(api: RunningApi, character: str) -> None:
    """What nobody sees, such as a zero-width joiner, would make two names of what looks like one."""
    person = api.new_person()
    name = f"An{character}a"
    for answer in (
        api.http.post("/people", json={"name": name, "roles": ["picker"]}),
        api.http.patch(f"/people/{person}", json={"name": name}),
    ):
        (problem,) = refused(answer, 422)["problems"]
        assert problem == {"path": "body.name", "what": "must not contain control or invisible characters"}
