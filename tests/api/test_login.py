"""Logging in: two proofs, a code once, lock-outs that outlive a restart, sessions that end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.api.login import FREE_TRIES
from accessctl.home import Home
from accessctl.link.answers import FaultCode
from accessctl.link.requests import StepOfCode
from accessctl.office.rules import USUAL_IDLE, USUAL_SESSION
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.people_writer import PeopleWriter
from tests.api.people_who_log_in import PASSWORD, Office
from tests.api.running import RunningApi, refused
from tests.homes import OwnClock, new_home

WRONG = "eleven grey ladders"


@pytest.fixture
def clock() -> OwnClock:
    return OwnClock()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture
def office(home: Home, clock: OwnClock) -> Iterator[Office]:
    api = RunningApi(home, now=clock)
    office = Office(api, clock)
    office.add("ana")
    yield office
    office.api.close()


def restart(office: Office) -> None:
    """Let the process end and another one begin."""
    generators = office.api.peer._generators
    office.api.close()
    office.api = RunningApi(office.api.home, now=office.clock)
    office.api.peer._generators = generators


def lock_out(office: Office, operator: str) -> int:
    """Try wrongly until it is locked; give after how many seconds one may try again."""
    for _ in range(FREE_TRIES + 1):
        refused(office.try_(operator, WRONG), 401)
    answer = office.try_(operator)
    refused(answer, 429)
    return int(answer.headers["retry-after"])


def test_password_and_code_begin_a_session(office: Office) -> None:
    """What shows it is given once and stored nowhere; who logged in is told."""
    answer = office.try_("ana")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    secret = answer.json()["token"]
    with office.showing(secret) as http:
        assert http.get("/session").json()["operator"] == "ana"
    assert not office.keeps(secret)
    assert [operator for operator, _ in office.told("operator_logged_in")] == ["ana"]


def test_neither_is_enough_alone(office: Office) -> None:
    """A wrong password with a right code and the other way round are refused in the same words."""
    answers = [office.try_("ana", WRONG), office.try_("ana", code="000000"), office.try_("nobody")]
    assert len({refused(answer, 401)["detail"] for answer in answers}) == 1
    assert [operator for operator, _ in office.told("operator_login_failed")] == ["ana", "ana", "unknown"]


def test_a_code_counts_once_also_after_a_restart(office: Office) -> None:
    """Whoever has seen it over somebody's shoulder is too late."""
    assert office.try_("ana").status_code == 201
    refused(office.try_("ana"), 401)
    restart(office)
    refused(office.try_("ana"), 401)
    office.clock.pass_(timedelta(seconds=30))
    assert office.try_("ana").status_code == 201


@pytest.mark.parametrize("operator", ["ana", "nobody"])
def test_wrong_tries_lock_out_for_longer_each_time(office: Office, operator: str) -> None:
    """A minute, two, four: to a name that nobody has the same happens."""
    assert lock_out(office, operator) in {60, 61}
    office.clock.pass_(timedelta(minutes=1))
    refused(office.try_(operator, WRONG), 401)
    refused(answer := office.try_(operator), 429)
    assert int(answer.headers["retry-after"]) in {120, 121}


def test_a_lock_out_survives_a_restart(office: Office) -> None:
    """And it ends by itself, or by another operator."""
    lock_out(office, "ana")
    restart(office)
    refused(office.try_("ana"), 429)
    assert office.api.http.post("/operators/ana/unlock").status_code == 204
    assert office.try_("ana").status_code == 201


def test_tries_at_the_same_moment_are_counted_each(office: Office) -> None:
    """Sending many at once buys nobody more of them."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: office.try_("ana", WRONG).status_code, range(12)))
    assert answers.count(401) == FREE_TRIES + 1
    assert answers.count(429) == 12 - answers.count(401)


def test_without_the_door_process_nobody_learns_who_is_an_operator(office: Office) -> None:
    """It has the keys of generators: while it is away every name looks alike."""
    office.api.do(office.api.peer.close)
    try:
        known, other = (refused(office.try_(name), 503)["type"] for name in ("ana", "nobody"))
    finally:
        office.api.do(office.api.peer.open)
    assert known == other
    with office.api.peer.refusing(StepOfCode, FaultCode.UNUSABLE):
        refused(office.try_("nobody"), 401)


def test_a_session_ends_when_nobody_uses_it(office: Office, clock: OwnClock) -> None:
    """Each call lets it live on, until the longest that a session may last."""
    with office.session("ana") as http:
        for _ in range(int(USUAL_SESSION / USUAL_IDLE) - 1):
            clock.pass_(USUAL_IDLE)
            assert http.get("/session").status_code == 200
        clock.pass_(USUAL_IDLE)
        assert "ended" in refused(http.get("/session"), 401)["detail"]
    clock.pass_(timedelta(minutes=1))
    with office.session("ana") as http:
        clock.pass_(USUAL_IDLE + timedelta(minutes=2))
        assert "ended" in refused(http.get("/session"), 401)["detail"]


def test_a_session_lives_on_where_its_use_cannot_be_written_down(
    office: Office, clock: OwnClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk a guard still gives orders; without being used it ends all the same."""

    def full(_writer: PeopleWriter, _session: str) -> None:
        raise PeopleUnavailable("people.db: database or disk is full")

    with office.session("ana") as http:
        monkeypatch.setattr(PeopleWriter, "used_session", full)
        for _ in range(3):
            clock.pass_(USUAL_IDLE)
            assert http.get("/doors").status_code == 200
        clock.pass_(USUAL_IDLE + timedelta(minutes=2))
        refused(http.get("/doors"), 401)


@pytest.mark.parametrize("change", [{"disabled": True}, {"roles": ["auditor"]}])
def test_who_is_disabled_or_gets_another_role_is_logged_out(
    office: Office, change: dict[str, object]
) -> None:
    """At once, and not when the session ends."""
    with office.session("ana") as http:
        assert office.api.http.patch("/operators/ana", json=change).status_code == 200
        refused(http.get("/session"), 401)


def test_logging_out_ends_the_session_and_no_other(office: Office, clock: OwnClock) -> None:
    """Who it was is told."""
    with office.session("ana") as one:
        clock.pass_(timedelta(seconds=30))
        with office.session("ana") as other:
            assert one.delete("/session").status_code == 204
            refused(one.get("/session"), 401)
            assert other.get("/session").status_code == 200
    assert [operator for operator, _ in office.told("operator_logged_out")] == ["ana"]
    refused(office.api.http.delete("/session"), 409)


def test_a_password_is_changed_by_who_knows_the_present_one(office: Office, clock: OwnClock) -> None:
    """Then every session ends; a wrong one counts as a wrong try, and an easy one is refused."""
    with office.session("ana") as http:
        body = {"password_now": PASSWORD, "password": "ten blue pallet jacks"}
        refused(http.put("/session/password", json={**body, "password_now": WRONG}), 401)
        refused(http.put("/session/password", json={**body, "password": "password1234"}), 422)
        assert http.put("/session/password", json=body).status_code == 204
        refused(http.get("/session"), 401)
    clock.pass_(timedelta(seconds=30))
    refused(office.try_("ana"), 401)
    assert office.try_("ana", "ten blue pallet jacks").status_code == 201
    for secret in (PASSWORD, "pallet jacks", WRONG):
        assert not office.keeps(secret)
