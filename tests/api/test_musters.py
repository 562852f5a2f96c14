"""The muster as a resource."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from accessctl.link.answers import FaultCode
from accessctl.link.requests import GiveOrder, OrderKind
from accessctl.office.rules import OfficeRules
from accessctl.operators.first import local_user
from accessctl.store.memory_rows import rows_of
from policies.ids import AreaId, PersonId
from policies.memory import SITE, Memory, Muster, Stay, Sureness
from tests.api.running import RunningApi, refused
from tests.api.test_alarms import having_role
from tests.homes import NOON, TESTER, new_home


def begun(api: RunningApi) -> list[str]:
    """Let three people have been inside when a muster began; one of them is safe."""
    people = [PersonId(api.new_person(name)) for name in ("Ana", "Bo", "Cy")]
    memory = Memory()
    areas = ((AreaId("floor"), Sureness.SEEN), (AreaId("cage"), Sureness.ASSUMED))
    for person, (area, sureness) in zip(people[:2], areas, strict=True):
        memory.put("stays", person, Stay(area, ((area, NOON),), (), sureness=sureness))
    memory.put("muster", SITE, Muster(NOON, frozenset(people), frozenset(people[2:])))
    with closing(sqlite3.connect(api.home.record)) as connection, connection:
        connection.executemany("INSERT INTO memory VALUES (?, ?, ?)", rows_of(memory.changes()))
    return [str(person) for person in people]


@pytest.fixture
def mustering(api: RunningApi) -> Iterator[list[str]]:
    """A muster that goes on while the test does."""
    yield begun(api)
    with closing(sqlite3.connect(api.home.record)) as connection, connection:
        connection.execute("DELETE FROM memory")


def test_there_is_no_muster(api: RunningApi) -> None:
    """Most of the time."""
    muster = api.http.get("/muster").json()
    assert (muster["running"], muster["since"], muster["expected"]) == (False, None, 0)
    assert [*muster["missing"], *muster["safe"], *muster["areas"]] == []


def test_a_muster_says_who_is_missing_and_where(api: RunningApi, mustering: list[str]) -> None:
    """With how sure it is where they were; and who is safe."""
    ana, bo, cy = mustering
    muster = api.http.get("/muster").json()
    assert (muster["running"], muster["expected"]) == (True, 3)
    missing = {each["person"]: each for each in muster["missing"]}
    assert missing.keys() == {ana, bo}
    assert (missing[ana]["name"], missing[ana]["area"], missing[ana]["sureness"]) == ("Ana", "floor", "seen")
    assert missing[bo]["sureness"] == "assumed"
    assert muster["safe"] == [{"person": cy, "name": "Cy"}]
    assert muster["areas"] == [
        {"area": "cage", "missing": 1, "seen": 0},
        {"area": "floor", "missing": 1, "seen": 1},
    ]


def test_a_muster_is_seen_while_the_door_process_is_gone(api: RunningApi, mustering: list[str]) -> None:
    """Whoever counts heads in the yard does not need it."""
    api.do(api.peer.close)
    try:
        assert len(api.http.get("/muster").json()["missing"]) == 2
    finally:
        api.do(api.peer.open)


def test_who_was_deleted_is_missing_by_pseudonym(api: RunningApi, mustering: list[str]) -> None:
    """They may be inside still, and somebody has to look for them."""
    ana = mustering[0]
    assert api.http.delete(f"/people/{ana}").status_code == 200
    missing = {each["person"]: each["name"] for each in api.http.get("/muster").json()["missing"]}
    assert missing[ana] is None
    assert api.http.post("/muster/safe", json={"person": ana}).status_code == 200


def test_an_auditor_from_whom_names_are_hidden_sees_pseudonyms(tmp_path: Path) -> None:
    """Who is missing is said all the same."""
    hidden = OfficeRules(local={local_user(): TESTER}, auditors_see_names=False)
    with closing(RunningApi(new_home(tmp_path / "home"), hidden)) as api:
        people = begun(api)
        with having_role(api, "auditor"):
            muster = api.http.get("/muster").json()
            presence = api.http.get("/presence").json()
            refused(api.http.post("/muster"), 403)
    assert {each["person"] for each in muster["missing"]} == set(people[:2])
    assert {each["name"] for each in [*muster["missing"], *muster["safe"], *presence]} == {None}


def test_musters_are_the_orders_that_they_were(api: RunningApi, mustering: list[str]) -> None:
    """Begin, tick off, end."""
    assert api.http.post("/muster").status_code == 201
    assert api.http.post("/muster/safe", json={"person": mustering[0]}).status_code == 200
    assert api.http.delete("/muster").status_code == 200
    heard = [each for each in api.peer.heard_of(GiveOrder) if isinstance(each, GiveOrder)][-3:]
    wanted = [OrderKind.START_MUSTER, OrderKind.SEEN_SAFE, OrderKind.END_MUSTER]
    assert [each.order for each in heard] == wanted
    assert heard[1].person == mustering[0]


def test_who_nobody_knows_is_not_ticked_off(api: RunningApi) -> None:
    """A mistyped id must not look like somebody who is safe."""
    refused(api.http.post("/muster/safe", json={"person": "p-nobody"}), 404)


def test_a_muster_that_cannot_begin_is_refused(api: RunningApi) -> None:
    """The door process says why."""
    with api.peer.refusing(GiveOrder, FaultCode.ORDER_REFUSED, "A muster is going on already."):
        answer = api.http.post("/muster")
    assert refused(answer, 409)["detail"] == "A muster is going on already."
    assert json.loads(answer.text)["status"] == 409
