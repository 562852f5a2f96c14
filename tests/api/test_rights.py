"""What people may do: groups, limits, exceptions, qualifications, temporary access."""

from typing import Any

import pytest

from accessctl.link.requests import AskStatus, TakeOutbox
from tests.api.running import RunningApi, refused
from tests.link.peer import STATUS

UNTIL = "2030-06-01T17:30:00+02:00"
UNTIL_UTC = "2030-06-01T15:30:00Z"


def test_somebody_special_is_added(api: RunningApi) -> None:
    """Groups, limits and exceptions can be said when a person is added."""
    special: dict[str, Any] = {
        "groups": ["acme"],
        "uses_total": 10,
        "uses_a_day": 2,
        "exempt": True,
        "extended": True,
    }
    person = api.http.get(f"/people/{api.new_person(**special)}").json()
    assert {field: person[field] for field in special} == special


def test_nobody_is_special_unasked(api: RunningApi) -> None:
    """What is left out is nothing: no group, no limit, no exception."""
    person = api.http.get(f"/people/{api.new_person()}").json()
    assert (person["groups"], person["uses_total"], person["uses_a_day"]) == ([], None, None)
    assert (person["exempt"], person["extended"]) == (False, False)
    assert (person["qualifications"], person["temporary_access"]) == ([], [])
    assert person["seen_from"] == person["added_at"]


def test_each_can_be_changed_by_itself(api: RunningApi) -> None:
    """A change of one limit keeps the other, and null takes one away."""
    person = api.new_person(uses_total=10, uses_a_day=2, groups=["acme"])
    changed = api.http.patch(f"/people/{person}", json={"uses_a_day": None, "exempt": True}).json()
    assert (changed["uses_total"], changed["uses_a_day"]) == (10, None)
    assert (changed["groups"], changed["exempt"], changed["extended"]) == (["acme"], True, False)
    changed = api.http.patch(f"/people/{person}", json={"groups": [], "uses_total": 0}).json()
    assert (changed["groups"], changed["uses_total"]) == ([], 0)


def test_every_unknown_member_is_refused_where_it_stands(api: RunningApi) -> None:
    """A group that the site file does not have is refused with those there are."""
    answer = api.http.post("/people", json={"name": "Bo", "roles": ["picker"], "groups": ["night", "day"]})
    (problem,) = refused(answer, 422)["problems"]
    assert problem == {"path": "body.groups.1", "what": "there is no such group; there are acme, night"}


def test_a_site_without_groups_says_so(api: RunningApi) -> None:
    """Where there are none, the refusal names none."""
    with api.peer.answering(AskStatus, STATUS):
        answer = api.http.post("/people", json={"name": "Bo", "roles": ["picker"], "groups": ["acme"]})
    assert refused(answer, 422)["problems"][0]["what"] == "there is no such group; there is none"


# ----------------------------------------------------------------------------------- qualifications


def test_a_qualification_is_given(api: RunningApi) -> None:
    """It is shown with its end, in lists too, and the door process is told."""
    person = api.new_person(name="Qualified Quinn")
    before = len(api.peer.heard_of(TakeOutbox))
    assert api.http.put(f"/people/{person}/qualifications/induction", json={}).status_code == 204
    answer = api.http.put(f"/people/{person}/qualifications/forklift", json={"until": UNTIL})
    assert answer.status_code == 204
    held = [{"id": "forklift", "until": UNTIL_UTC}, {"id": "induction", "until": None}]
    assert api.http.get(f"/people/{person}").json()["qualifications"] == held
    (listed,) = api.http.get("/people", params={"name": "Qualified Quinn"}).json()["people"]
    assert listed["qualifications"] == held
    assert len(api.peer.heard_of(TakeOutbox)) == before + 2


def test_a_qualification_is_taken_away(api: RunningApi) -> None:
    """It is taken away once, also when the site file does not have it any more."""
    person = api.new_person()
    api.http.put(f"/people/{person}/qualifications/forklift", json={})
    with api.peer.answering(AskStatus, STATUS):
        assert api.http.delete(f"/people/{person}/qualifications/forklift").status_code == 204
    problem = refused(api.http.delete(f"/people/{person}/qualifications/forklift"), 404)
    assert problem["type"].endswith("not-qualified")


def test_an_unknown_qualification_is_refused(api: RunningApi) -> None:
    """One that the site file does not have is refused with those there are."""
    answer = api.http.put(f"/people/{api.new_person()}/qualifications/juggling", json={})
    (problem,) = refused(answer, 422)["problems"]
    what = "there is no such qualification; there are forklift, induction"
    assert problem == {"path": "path.qualification", "what": what}


@pytest.mark.parametrize(
    "body",
    [{"until": "2030-01-01"}, {"until": "soon"}, {"until": "9999-12-31T23:59:59-05:00"}, {"from": UNTIL}],
)
def test_a_senseless_end_is_refused(api: RunningApi, body: dict[str, object]) -> None:
    """An end without a time of day, or in no year that there is, is refused by its field."""
    answer = api.http.put(f"/people/{api.new_person()}/qualifications/induction", json=body)
    (problem,) = refused(answer, 422)["problems"]
    assert problem["path"] == f"body.{next(iter(body))}"


# ---------------------------------------------------------------------------------- temporary access


def test_a_level_is_lent(api: RunningApi) -> None:
    """It gets an id of its own, is shown with the person, and has times of day."""
    person = api.new_person()
    body = {"level": "cage", "valid_from": "2030-06-01T06:15:00+02:00", "valid_until": UNTIL}
    answer = api.http.post(f"/people/{person}/temporary-access", json=body)
    assert answer.status_code == 201
    loan = answer.json()
    assert (loan["level"], loan["valid_from"], loan["valid_until"]) == (
        "cage",
        "2030-06-01T04:15:00Z",
        UNTIL_UTC,
    )
    assert api.http.get(f"/people/{person}").json()["temporary_access"] == [loan]


def test_what_was_lent_is_taken_back(api: RunningApi) -> None:
    """It is ended by its id, once."""
    person = api.new_person()
    body = {"level": "cage", "valid_until": UNTIL}
    loan = api.http.post(f"/people/{person}/temporary-access", json=body).json()["id"]
    assert api.http.delete(f"/temporary-access/{loan}").status_code == 204
    assert api.http.get(f"/people/{person}").json()["temporary_access"] == []
    problem = refused(api.http.delete(f"/temporary-access/{loan}"), 404)
    assert (problem["type"].rpartition(":")[2], problem["detail"]) == (
        "unknown-temporary-access",
        f"there is no temporary access {loan}",
    )


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"level": "cage"}, "body.valid_until"),
        ({"level": "cage", "valid_until": None}, "body.valid_until"),
        ({"level": "cage", "valid_until": "2030-06-01"}, "body.valid_until"),
        ({"level": "cage", "valid_from": UNTIL, "valid_until": UNTIL}, "body.valid_until"),
        ({"level": "cage", "valid_until": "9999-12-31T23:59:59-05:00"}, "body.valid_until"),
        ({"level": "vault", "valid_until": UNTIL}, "body.level"),
        ({"valid_until": UNTIL}, "body.level"),
    ],
)
def test_a_senseless_loan_is_refused(api: RunningApi, body: dict[str, object], path: str) -> None:
    """Without a level that there is, or without an end that comes after the start, nothing is lent."""
    person = api.new_person()
    answer = api.http.post(f"/people/{person}/temporary-access", json=body)
    assert [problem["path"] for problem in refused(answer, 422)["problems"]] == [path]
    assert api.http.get(f"/people/{person}").json()["temporary_access"] == []
