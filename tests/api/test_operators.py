"""Operators: nobody grants what they have not, nobody changes themselves, and an admin is always left."""

import pytest

from accessctl.operators.first import local_user
from accessctl.operators.rights import Right, Role
from tests.api.people_who_log_in import PASSWORD, TESTER, Office
from tests.api.running import refused


def test_an_operator_is_added_and_changed_with_before_and_after(office: Office) -> None:
    """The record keeps ids and roles, and of names only that one changed."""
    http = office.api.http
    body = {"id": "otto", "name": "Otto Lang", "roles": ["guard"]}
    assert http.post("/operators", json=body).status_code == 201
    refused(http.post("/operators", json=body), 409)
    change = {"name": "Otto Kurz", "roles": ["auditor"], "disabled": True}
    changed = http.patch("/operators/otto", json=change).json()
    assert (changed["name"], changed["roles"], changed["disabled"]) == ("Otto Kurz", ["auditor"], True)
    ((operator, detail),) = office.told("operator_changed")
    assert operator == TESTER
    for word in ('"roles_before":"guard"', '"roles_after":"auditor"', '"name_changed":true'):
        assert word in detail
    assert "Kurz" not in detail
    assert f'"from":"local:{local_user()}"' in detail


def test_what_makes_a_login_is_shown_once_and_stored_nowhere(office: Office) -> None:
    """The password's hash and the sealed generator are; the record says neither."""
    office.add("ana")
    assert not office.keeps(PASSWORD)
    shown = office.api.http.get("/operators/ana").json()
    assert shown["can_log_in"] is True
    assert not {"password", "generator", "sealed"} & shown.keys()
    assert "forklifts" not in str(office.told("operator_changed"))


@pytest.mark.parametrize("easy", ["short", "password1234", "aaaaaaaaaaaa", "ana-is-my-name"])
def test_an_easy_password_is_refused(office: Office, easy: str) -> None:
    """In words that do not repeat it."""
    office.add("ana")
    problem = refused(office.api.http.put("/operators/ana/login", json={"password": easy}), 422)
    assert easy not in str(problem)


def test_an_id_of_two_letters_spoils_no_password(office: Office) -> None:
    """Nearly every password has one letter or another."""
    office.add("ni")


def test_nobody_changes_their_own_roles(office: Office) -> None:
    """Nor whether they count, nor that they are: it takes another admin."""
    http = office.api.http
    for change in ({"roles": ["guard"]}, {"disabled": True}):
        assert refused(http.patch(f"/operators/{TESTER}", json=change), 403)["type"].endswith("same-operator")
    refused(http.delete(f"/operators/{TESTER}"), 403)
    assert [operator for operator, _ in office.told("call_refused")] == [TESTER] * 3


def test_an_admin_is_always_left(office: Office) -> None:
    """The last one who counts is neither disabled nor deleted nor made something else."""
    office.add("vera", "admin")
    with office.session("vera") as vera:
        assert vera.patch(f"/operators/{TESTER}", json={"disabled": True}).status_code == 200
        refused(office.api.http.get("/session"), 401)
        assert vera.patch(f"/operators/{TESTER}", json={"disabled": False}).status_code == 200
    assert office.api.http.patch("/operators/vera", json={"roles": ["guard"]}).status_code == 200
    row = office.api.parts.operators.operator(TESTER)
    assert row is not None
    assert row.roles == (Role.ADMIN,)


def test_nobody_grants_what_they_have_not(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were there a role that makes operators and no more, it could make no admin, and change none."""
    office.add("mini", "guard")
    office.add("vera", "admin")
    few = frozenset({Right.OWN_ACCOUNT, Right.OPERATORS_WRITE, Right.OPERATORS_READ, Right.DOORS_READ})
    with office.session("mini") as mini:
        monkeypatch.setattr(office.api.parts.authority.__class__, "_rights_now", lambda *_: few)
        body = {"id": "new", "name": "New", "roles": ["admin"]}
        assert "lacks" in refused(mini.post("/operators", json=body), 403)["detail"]
        refused(mini.patch("/operators/vera", json={"name": "Mine"}), 403)
        refused(mini.put("/operators/vera/login", json={"password": PASSWORD}), 403)
        refused(mini.delete("/operators/vera"), 403)
    assert office.api.parts.operators.operator("new") is None


def test_who_is_deleted_is_gone_with_sessions_and_tokens(office: Office) -> None:
    """The record keeps the id."""
    office.add("ana", "enroller")
    with office.session("ana") as ana:
        body = {"label": "x", "scopes": ["people.read"], "ends_at": "2026-12-01T00:00:00Z"}
        with office.showing(ana.post("/tokens", json=body).json()["token"]) as program:
            assert program.get("/people").status_code == 200
            assert office.api.http.delete("/operators/ana").status_code == 204
            refused(program.get("/people"), 401)
            refused(ana.get("/session"), 401)
    assert office.rows("SELECT * FROM session") == office.rows("SELECT * FROM token") == []
    assert len(office.told("operator_deleted")) == 1


def test_sessions_are_listed_and_ended_by_an_admin(office: Office) -> None:
    """Without what shows them."""
    office.add("ana")
    with office.session("ana") as ana:
        (session,) = office.api.http.get("/sessions", params={"operator": "ana"}).json()["sessions"]
        assert "token" not in session
        assert office.api.http.delete(f"/sessions/{session['id']}").status_code == 204
        refused(office.api.http.delete(f"/sessions/{session['id']}"), 404)
        refused(ana.get("/session"), 401)


def test_a_local_user_whom_the_site_does_not_name_is_nobody(office: Office) -> None:
    """Whoever may connect to the socket may not do anything for that alone."""
    office.api.rules = type(office.api.rules)()
    office.api.do(lambda: setattr(office.api.parts.office, "_rules", office.api.rules))
    assert "is no operator here" in refused(office.api.http.get("/doors"), 401)["detail"]
