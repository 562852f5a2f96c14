"""Backups over the API: made by a process of their own, listed, checked, taken away, deleted."""

import io
import json
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from accessctl.home import Home
from accessctl.link.answers import SealedText
from accessctl.link.requests import AskSealedFile
from accessctl.office.rules import OfficeRules, TwoPeople
from accessctl.operators.first import local_user
from tests.api.running import RunningApi, refused
from tests.homes import TESTER, let_in, new_home

PATIENCE = 2000


@pytest.fixture(scope="module", autouse=True)
def sealed(api: RunningApi) -> Iterator[None]:
    """Let the door process have sealed keys."""
    with api.peer.answering(AskSealedFile, SealedText('{"sealed": "x"}', 15)):
        yield


@pytest.fixture(scope="module")
def made(api: RunningApi) -> dict[str, Any]:
    """One backup, of a home with a site file and sealed keys."""
    let_in(api.home)
    api.new_person("Ana Marsh")
    return ended(api, begin(api))


def begin(api: RunningApi, **wanted: object) -> str:
    answer = api.http.post("/backups", json=wanted)
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "making"
    assert answer.headers["location"] == f"/v1/backups/{answer.json()['id']}"
    return str(answer.json()["id"])


def ended(api: RunningApi, backup: str) -> dict[str, Any]:
    """Ask again until the backup is ready or failed."""
    for _ in range(PATIENCE):
        found: dict[str, Any] = api.http.get(f"/backups/{backup}").json()
        if found["state"] != "making":
            return found
        Event().wait(0.01)
    raise AssertionError("the backup never ended")


def told(home: Home, kind: str) -> list[dict[str, Any]]:
    """Give what the outbox says of this type."""
    with closing(sqlite3.connect(home.people)) as connection:
        rows = connection.execute("SELECT detail FROM outbox WHERE type = ? ORDER BY id", (kind,))
        return [json.loads(detail) for (detail,) in rows]


def test_a_backup_holds_both_stores_and_says_what_it_leaves_out(
    api: RunningApi, made: dict[str, Any]
) -> None:
    """Everything that an installation is, but for the root key, and that is said."""
    assert made["state"] == "ready", made["why"]
    names = [file["name"] for file in made["files"]]
    assert names == ["record.db", "people.db", "tree.db", "site.toml", "reader-keys.json", "card-keys.json"]
    assert made["left_out"] == ["root.key"]
    assert "root.key" in made["note"]
    file = api.home.backups / f"{made['id']}.tar"
    assert file.stat().st_mode & 0o777 == 0o600
    assert {each.suffix for each in api.home.backups.iterdir()} == {".tar"}
    recorded = told(api.home, "backup_made")
    assert (made["id"], made["size"]) in [(each["backup"], each["size"]) for each in recorded]


def test_what_is_downloaded_is_the_backup(api: RunningApi, made: dict[str, Any], tmp_path: Path) -> None:
    """The copy of the people's store can be opened and holds who was there; who took it is recorded."""
    answer = api.http.get(f"/backups/{made['id']}/content")
    assert answer.headers["content-type"] == "application/x-tar"
    assert len(answer.content) == made["size"]
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as tar:
        assert tar.getnames()[0] == "manifest.json"
        tar.extract("people.db", tmp_path, filter="data")
        tar.extract("record.db", tmp_path, filter="data")
    with closing(sqlite3.connect(tmp_path / "people.db")) as people:
        assert people.execute("SELECT name FROM person").fetchall() == [("Ana Marsh",)]
    with closing(sqlite3.connect(tmp_path / "record.db")) as record:
        triggers = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
        assert record.execute(triggers).fetchone() == (6,)
    assert told(api.home, "backup_downloaded")[-1]["backup"] == made["id"]


def test_a_sound_backup_is_said_to_be_sound(api: RunningApi, made: dict[str, Any]) -> None:
    """Looked through, it has no problems, and nothing of the look is left."""
    found = api.http.post(f"/backups/{made['id']}/check").json()
    assert (found["sound"], found["problems"]) == (True, [])
    assert not list(api.home.backups.glob(".*"))


@pytest.mark.parametrize("harm", ["flipped", "cut"])
def test_a_damaged_backup_is_found_out(api: RunningApi, made: dict[str, Any], harm: str) -> None:
    """A flipped bit and a file that ends too early are told in words."""
    whole = (api.home.backups / f"{made['id']}.tar").read_bytes()
    place = whole.index(b"CREATE TABLE person")
    bad = {"flipped": whole[:place] + b"X" + whole[place + 1 :], "cut": whole[: len(whole) // 2]}[harm]
    file = api.home.backups / "b-aaaaaaaa.tar"
    file.write_bytes(bad)
    try:
        found = api.http.post("/backups/b-aaaaaaaa/check").json()
        assert not found["sound"]
        assert found["problems"]
    finally:
        file.unlink()


@pytest.mark.parametrize("name", ["b-1", "..", "b-..%2F..%2Fx", "b-aaaaaaaa.tar", "root.key"])
def test_an_id_leads_nowhere_else(api: RunningApi, name: str) -> None:
    """What is no id of a backup is refused before anybody looks for it."""
    for answer in (api.http.get(f"/backups/{name}/content"), api.http.delete(f"/backups/{name}")):
        assert answer.status_code in {404, 405, 422}


def test_an_unknown_backup_is_unknown(api: RunningApi) -> None:
    """An id that nobody has is answered as such, everywhere."""
    refused(api.http.get("/backups/b-zzzzzzzz"), 404)
    refused(api.http.post("/backups/b-zzzzzzzz/check"), 404)
    refused(api.http.get("/backups/b-zzzzzzzz/content"), 404)
    refused(api.http.delete("/backups/b-zzzzzzzz"), 404)


def test_older_ones_go_when_so_many_are_to_be_kept(tmp_path: Path) -> None:
    """With `keep` the oldest are deleted once the new one is ready, and that is recorded."""
    api = RunningApi(new_home(tmp_path / "home"))
    try:
        with api.peer.answering(AskSealedFile, SealedText("", 0)):
            ids = [ended(api, begin(api, **more))["id"] for more in ({}, {}, {"keep": 2})]
            once(lambda: bool(told(api.home, "backup_deleted")), "nothing was deleted")
            left = [each["id"] for each in api.http.get("/backups").json()["backups"]]
        assert left == [ids[2], ids[1]]
        deleted = told(api.home, "backup_deleted")
        assert [(each["backup"], each["why"]) for each in deleted] == [(ids[0], "2 are kept")]
    finally:
        api.close()


def test_a_backup_is_deleted_for_good(api: RunningApi, made: dict[str, Any]) -> None:
    """The file is gone, and the record says who did it."""
    backup = ended(api, begin(api))["id"]
    assert api.http.delete(f"/backups/{backup}").status_code == 204
    assert not list(api.home.backups.glob(f"*{backup}*"))
    assert told(api.home, "backup_deleted")[-1]["backup"] == backup
    refused(api.http.get(f"/backups/{backup}"), 404)


def test_a_backup_that_cannot_be_written_fails_in_words(api: RunningApi, made: dict[str, Any]) -> None:
    """Nothing half is left behind, and the record says that there is no backup."""
    away = api.home.record.with_name("record.away")
    api.home.record.rename(away)
    try:
        failed = ended(api, begin(api))
    finally:
        away.rename(api.home.record)
    assert failed["state"] == "failed"
    assert failed["why"]
    assert not list(api.home.backups.glob(f"*{failed['id']}*"))
    assert told(api.home, "backup_failed")[-1]["backup"] == failed["id"]
    assert api.http.delete(f"/backups/{failed['id']}").status_code == 204


def once(wanted: Callable[[], bool], otherwise: str) -> None:
    for _ in range(PATIENCE):
        if wanted():
            return
        Event().wait(0.01)
    raise AssertionError(otherwise)


def test_nothing_is_deleted_by_the_way_where_that_takes_two(tmp_path: Path) -> None:
    """What the site file wants two operators for is not had by a detour."""
    home = new_home(tmp_path / "home")
    let_in(home)
    needs = frozenset({TwoPeople.DELETION})
    api = RunningApi(home, OfficeRules(local={local_user(): TESTER}, needs=needs))
    try:
        problem = refused(api.http.post("/backups", json={"keep": 1}), 409)
        assert problem["type"].endswith("takes-two")
        assert api.http.get("/backups").json() == {"backups": []}
    finally:
        api.close()
