"""Backups of a running installation, and rules that change under it."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from accessctl.backup.making import file_of, make
from accessctl.backup.restoring import restore
from accessctl.backup.swap import PLAN
from accessctl.home import Home
from tests.api.running import refused
from tests.backup.homes import long_record
from tests.whole.processes import Api, Door, Warehouse, children
from tests.whole.site import once, running


def ready(client: httpx.Client) -> dict[str, Any]:
    """Have a backup made and wait for it."""
    id_ = client.post("/v1/backups", json={}).json()["id"]

    def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = client.get(f"/v1/backups/{id_}").json()
        return None if found["state"] == "making" else found

    found = once(ended, lambda: "the backup never ended")
    assert found["state"] == "ready", found["why"]
    return found


def types(home: Home) -> list[str]:
    with closing(sqlite3.connect(home.record)) as connection:
        return [type_ for (type_,) in connection.execute("SELECT type FROM event ORDER BY seq")]


def names(client: httpx.Client) -> set[str]:
    return {person["name"] for person in client.get("/v1/people").json()["people"]}


def accessctl(home: Home, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", "accessctl.cli", "--home", str(home.path), *words),
        check=False,
        capture_output=True,
        text=True,
    )


def test_what_was_made_changed_and_restored_is_as_it_was(home: Home, warehouse: Warehouse) -> None:
    """People and rules are those of the backup, the record goes on and says that they are older."""
    assert warehouse.released() == []
    with running(home) as (_, api):
        before = (names(api.client), home.site_file.read_text())
        backup = ready(api.client)
        api.client.post("/v1/people", json={"name": "Zoe Late", "roles": ["staff"]}).raise_for_status()
        once(lambda: "person_added" in types(home)[-2:], lambda: f"not recorded: {types(home)[-3:]}")
        home.site_file.write_text(before[1] + "\n# later\n")
        file = home.backups / f"{backup['id']}.tar"
        refused_one = accessctl(home, "restore", str(file))
        assert (refused_one.returncode, "is running" in refused_one.stderr) == (1, True), refused_one.stderr
    done = accessctl(home, "restore", str(file))
    assert done.returncode == 0, done.stderr
    with running(home) as (_, api):
        assert (names(api.client), home.site_file.read_text()) == before
        once(lambda: "people_rolled_back" in types(home), lambda: f"nobody noticed: {types(home)[-5:]}")
        assert "backup_restored" in types(home)
        assert "backup_made" in types(home)
        assert api.client.get(f"/v1/backups/{backup['id']}").json()["state"] == "ready"


def test_a_door_process_finishes_a_restore_that_was_cut_short(
    home: Home, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It starts with the restored stores and not with half of them, whoever was to finish that."""
    assert warehouse.released() == []
    make(home, "b-abcdefgh", None, lambda _part: None)
    before = home.site_file.read_text()
    home.site_file.write_text(before + "\n# later\n")
    with monkeypatch.context() as cut:
        cut.setattr("accessctl.backup.restoring.finish", lambda _home: False)
        restore(home, file_of(home, "b-abcdefgh"))
    assert home.site_file.read_text() != before
    with Door(home) as door:
        assert door.status().record_ok
        assert home.site_file.read_text() == before
        assert "backup_restored" in types(home)
    assert not (home.path / PLAN).exists()


def test_an_office_killed_in_the_middle_leaves_no_half_backup(home: Home, warehouse: Warehouse) -> None:
    """What made it ends as well, nothing of it stays, and the record says that there is none."""
    assert warehouse.released() == []
    long_record(home, 200_000)  # so that there is a middle
    with Door(home):
        api = Api(home)
        id_ = api.client.post("/v1/backups", json={}).json()["id"]
        once((home.backups / f".making-{id_}").exists, lambda: "it never began")
        (child,) = children(api.process.pid)
        api.process.kill()
        api.process.wait()
        api.client.close()
        once(lambda: not Path(f"/proc/{child}/cmdline").exists(), lambda: "it goes on for nobody")
        api = Api(home)
        try:
            assert [each.name for each in home.backups.iterdir()] == []
            once(lambda: "backup_failed" in types(home), lambda: "nobody tells of it")
            assert ready(api.client)
        finally:
            api.close()


def test_rules_are_changed_without_a_restart(home: Home, api: Api) -> None:
    """The next badge goes by them; what changes the wiring is refused and leaves the file as it was."""
    present = api.client.get("/v1/site-file").json()
    assert present["in_force"]
    later = present["site"] + "\n# later\n"
    body = {"site": later, "reason": "to see", "replaces": present["revision"]}
    changed = api.client.put("/v1/site-file", json=body)
    assert changed.json()["outcome"] == "in_force", changed.text
    assert api.client.get("/v1/site-file").json()["in_force"]
    assert home.last_good_site.read_text() == later

    wired = later.replace("gpio = 17", "gpio = 16", 1)
    assert wired != later
    body = {"site": wired, "reason": "to see", "replaces": changed.json()["revision"]}
    assert "needs a restart" in refused(api.client.put("/v1/site-file", json=body), 409)["detail"]
    assert home.site_file.read_text() == later
    kept = api.client.put("/v1/site-file", json={**body, "restart": True})
    assert kept.json()["outcome"] == "at_next_start", kept.text
    found = api.client.get("/v1/site-file").json()
    assert (found["site"], found["in_force"]) == (wired, False)
    restored = api.client.post(
        f"/v1/site-file/revisions/{present['revision']}/restore", json={"reason": "as it was"}
    )
    assert restored.json()["outcome"] == "in_force", restored.text
    once(lambda: types(home).count("rules_changed") == 3, lambda: f"not recorded: {types(home)[-5:]}")
