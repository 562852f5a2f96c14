"""Tokens: a part of what their operator may, until they end, and never what only a person does."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from accessctl.operators.rights import NEVER_BY_TOKEN, Right
from tests.api.people_who_log_in import Office
from tests.api.running import refused
from tests.homes import OwnClock

ENDS = "2026-12-01T00:00:00Z"


def make(http: httpx.Client, *scopes: str, ends_at: str = ENDS) -> dict[str, Any]:
    answer = http.post("/tokens", json={"label": "HR", "scopes": list(scopes), "ends_at": ends_at})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_token_does_what_its_scopes_say_and_no_more(office: Office) -> None:
    """In the name of its operator, with the token's id as the place it came from."""
    made = make(office.api.http, "people.read")
    assert not office.keeps(made["token"])
    with office.showing(made["token"]) as program:
        assert program.get("/people").status_code == 200
        refused(program.get("/events"), 403)
        who = program.get("/session").json()
    assert (who["operator"], who["rights"]) == ("tester", ["own-account", "people.read"])
    ((_, detail),) = office.told("call_refused")
    assert f"token {made['id']}" in detail
    assert "token" not in office.api.http.get(f"/tokens/{made['id']}").json()


def test_a_token_has_no_more_than_its_operator_has_now(office: Office) -> None:
    """Who gets another role takes it from their programs as well."""
    office.add("ana", "enroller")
    with office.session("ana") as ana:
        made = make(ana, "people.write", "people.read")
    office.api.http.patch("/operators/ana", json={"roles": ["auditor"]})
    with office.showing(made["token"]) as program:
        assert program.get("/people").status_code == 200
        refused(program.post("/people", json={"name": "Bo", "roles": ["picker"]}), 403)
        office.api.http.patch("/operators/ana", json={"disabled": True})
        refused(program.get("/people"), 401)


@pytest.mark.parametrize("right", sorted(NEVER_BY_TOKEN))
def test_what_only_a_person_does_is_no_scope(office: Office, right: Right) -> None:
    """Operators, tokens and approvals."""
    body = {"label": "HR", "scopes": [right], "ends_at": ENDS}
    refused(office.api.http.post("/tokens", json=body), 403)


def test_nobody_gives_a_token_what_they_have_not(office: Office) -> None:
    """An enroller's program does not order doors; and a token makes no tokens, and no passwords."""
    office.add("ana", "enroller")
    with office.session("ana") as ana:
        body = {"label": "HR", "scopes": ["doors.order"], "ends_at": ENDS}
        assert "doors.order" in refused(ana.post("/tokens", json=body), 403)["detail"]
        with office.showing(make(ana, "people.read")["token"]) as program:
            refused(program.post("/tokens", json={**body, "scopes": ["people.read"]}), 403)
            change = {"password_now": "nine green forklifts", "password": "ten blue pallet jacks"}
            refused(program.put("/session/password", json=change), 403)


@pytest.mark.parametrize("ends_at", ["2026-03-02T12:00:00Z", "2027-03-05T00:00:00Z", "2020-01-01T00:00:00Z"])
def test_a_token_ends_within_a_year(office: Office, ends_at: str) -> None:
    """None is for ever, and none is over before it begins."""
    body = {"label": "HR", "scopes": ["people.read"], "ends_at": ends_at}
    refused(office.api.http.post("/tokens", json=body), 422)


def test_a_token_ends_when_it_says(office: Office, clock: OwnClock) -> None:
    """To the instant."""
    made = make(office.api.http, "people.read", ends_at="2026-03-02T13:00:00Z")
    with office.showing(made["token"]) as program:
        clock.pass_(timedelta(minutes=59, seconds=59))
        assert program.get("/people").status_code == 200
        clock.pass_(timedelta(seconds=1))
        assert "has ended" in refused(program.get("/people"), 401)["detail"]


def test_the_last_use_is_known_to_the_minute(office: Office, clock: OwnClock) -> None:
    """A token that nobody uses any more can be seen for what it is."""
    made = make(office.api.http, "people.read")
    assert made["used_at"] is None
    with office.showing(made["token"]) as program:
        seen = []
        for _ in range(3):
            program.get("/people")
            seen.append(office.api.http.get(f"/tokens/{made['id']}").json()["used_at"])
            clock.pass_(timedelta(seconds=40))
    assert seen[0] == seen[1] == "2026-03-02T12:00:00Z"
    assert seen[2] == "2026-03-02T12:01:20Z"


def test_one_revokes_ones_own_and_an_admin_everybodys(office: Office) -> None:
    """To anybody else's it is as if there were none."""
    office.add("ana", "enroller")
    office.add("ben", "enroller")
    with office.session("ana") as ana:
        first, second = make(ana, "people.read"), make(ana, "people.read")
        assert ana.post(f"/tokens/{first['id']}/revoke").status_code == 200
    office.clock.pass_(timedelta(seconds=30))
    with office.session("ben") as ben:
        refused(ben.post(f"/tokens/{second['id']}/revoke"), 404)
    assert office.api.http.post(f"/tokens/{second['id']}/revoke").status_code == 200
    for made in (first, second):
        with office.showing(made["token"]) as program:
            assert "revoked" in refused(program.get("/people"), 401)["detail"]
    assert [operator for operator, _ in office.told("token_revoked")] == ["ana", "tester"]
