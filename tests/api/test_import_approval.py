"""An import that gives somebody a role which takes two operators."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from accessctl.office.rules import OfficeRules, TwoPeople
from accessctl.operators.first import local_user
from accessctl.operators.rights import Role
from tests.api import cast
from tests.api.running import RunningApi
from tests.homes import TESTER, new_home

NUMBER = "04998877665544"
_PERSON = f'{{"name": "Wide One", "roles": ["driver"], "card": [{{"number": "{NUMBER}"}}]}}'
BODIES = {
    "text/csv": f"name,roles,card\nWide One,driver,{NUMBER}\n",
    "application/json": f"[{_PERSON}]",
    "application/x-ndjson": _PERSON,
}


@pytest.fixture
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApi]:
    """Drivers are a wide grant here, and there is a second operator."""
    home = new_home(tmp_path_factory.mktemp("two"))
    now = datetime.now(UTC)
    with closing(sqlite3.connect(home.people)) as db:
        cast._operator(db, "second", Role.ADMIN, "")
        cast._session(db, "second", "second", now, now + timedelta(hours=1))
        db.commit()
    rules = OfficeRules(
        local={local_user(): TESTER},
        needs=frozenset({TwoPeople.WIDE_GRANT}),
        wide_roles=frozenset({"driver"}),
    )
    running = RunningApi(home, rules)
    yield running
    running.close()


def found(api: RunningApi) -> int:
    return len(api.http.get("/people", params={"q": "wide"}).json()["people"])


@pytest.mark.parametrize("kind", BODIES)
def test_a_wide_role_waits_for_the_second_one(two: RunningApi, kind: str) -> None:
    """Nothing is imported until then, and the body is stored nowhere: it has card numbers in it."""
    answer = two.http.post("/people/import", content=BODIES[kind].encode(), headers={"Content-Type": kind})
    assert answer.status_code == 202, answer.text
    assert found(two) == 0
    for path in two.home.path.rglob("*"):
        if path.is_file():
            assert NUMBER.encode() not in path.read_bytes(), path.name
    approval = answer.json()["id"]
    approved = two.http.post(f"/approvals/{approval}/approve", headers=cast.bearer(cast.session_of("second")))
    assert approved.status_code == 200, approved.text
    assert found(two) == 1


def test_other_roles_do_not_wait(two: RunningApi) -> None:
    """Nor does a row that leaves a wide role as it is."""
    csv = {"Content-Type": "text/csv"}
    assert two.http.post("/people/import", content=b"name,roles\nWide Not,picker\n", headers=csv).is_success
    two.http.post("/people/import", content=b"name,roles\nB,driver\n", headers=csv)
    assert found(two) == 1


def test_a_dry_run_waits_for_nobody(two: RunningApi) -> None:
    """It changes nothing."""
    answer = two.http.post(
        "/people/import",
        content=BODIES["text/csv"].encode(),
        headers={"Content-Type": "text/csv"},
        params={"dry_run": "true"},
    )
    assert answer.json()["added"] == 1
