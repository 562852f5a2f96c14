"""A copy of what is held of somebody: all of it, nothing of others, and nothing of duress."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from accessctl.cli.people_copy import _write
from accessctl.cli.talk import Failed
from accessctl.operators.rights import Role
from accessctl.subject.page import page_of
from tests.api import cast
from tests.api.prepared import ANA, Prepared
from tests.homes import Recording

LOOKED = {"what": "people", "call": "GET /v1/people/{person}", "operator": "otto", "from": "local:otto"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """A home where Ana has one of everything, and a day of hers stands in the record."""
    prepared = Prepared(tmp_path_factory.mktemp("copies"))
    record = Recording(prepared.api.home)
    card = prepared.ids["card"]
    at = {"door": "gate", "access_point": "gate-in"}
    record.add("access_granted", person=ANA, credential=card, reason="Granted.", **at)
    record.add("duress", person=ANA, credential=card, reason="Duress.", detail={"granted": True}, **at)
    record.add("access_granted", person="bo", credential="c-of-bo", reason="Granted.", **at)
    record.add("accompaniment_by", person="bo", detail={"escort": ANA}, **at)
    record.add("accompaniment_by", person=ANA, detail={"escort": "bo", "area": "hall"}, **at)
    record.add(
        "alarm_acknowledged", person=ANA, detail={"alarm": 2, "alarm_type": "duress", "operator": "otto"}
    )
    order = {"operator": "otto", "order": "forgive-1", "from": "local:otto"}
    record.add("lockout_relinquished", person=ANA, reason="Ordered by otto.", detail=order)
    record.add("personal_data_read", person=ANA, detail=LOOKED)
    record.add("personal_data_read", person="bo", detail=LOOKED)
    record.add("backup_downloaded", detail={"backup": "b-1", "operator": "gone"})
    record.add("muster_started", detail={"inside": {"hall": ["bo", ANA]}, "operator": "otto"})
    record.close()
    yield prepared
    prepared.close()


@pytest.fixture(scope="module")
def text(home: Prepared) -> str:
    """Ana's copy, as it is sent."""
    answer = home.admin.get(f"/people/{ANA}/copy")
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture(scope="module")
def copy(text: str) -> dict[str, Any]:
    """Ana's copy, read."""
    found: dict[str, Any] = json.loads(text)
    return found


def test_it_holds_one_of_everything_that_is_held(copy: dict[str, Any], home: Prepared) -> None:
    """Name, roles, PIN, generator, cards, codes, passes, a consent, a face, a qualification, a loan."""
    held = copy["held"]
    assert (held["name"], held["roles"], held["pin"]) == ("Ana Marsh", ["driver"], True)
    assert held["code_generator"] != "none"
    technologies = {each["technology"] for each in held["credentials"]}
    assert {"code", "pass"} < technologies
    assert {each["id"] for each in held["credentials"]} >= {home.ids["card"], home.ids["code"]}
    assert [each["id"] for each in held["qualifications"]] == ["induction"]
    assert [each["level"] for each in held["temporary_access"]] == ["cage"]
    assert [each["kind"] for each in held["consents"]] == ["face"]
    assert [each["id"] for each in held["biometrics"]] == [home.ids["biometric"]]
    assert copy["in_backups"]


def test_every_column_of_a_person_is_told_or_left_out_on_purpose(home: Prepared) -> None:
    """A table in which people stand, and that nobody has thought of, fails here."""
    told = {
        *("card", "pin", "totp", "qualification", "temporary_access", "consent", "biometric", "pending_card"),
    }
    only_machines = {
        "person_key": "wraps a face's template",
        "person_word": "the name again, in words",
        "seal": "what ties entries to a name, and a secret of the site",
    }
    in_the_record = {"outbox": "goes into the record"}
    with closing(sqlite3.connect(home.api.home.people)) as db:
        tables = {
            name
            for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            if any(column[1] == "person" for column in db.execute(f"PRAGMA table_info({name})"))
        }
    assert tables == told | only_machines.keys() | in_the_record.keys()


def test_nothing_about_others_is_in_it(text: str) -> None:
    """Neither who was escorted or escorts, nor an operator by name, nor whence they asked."""
    for word in ("bo", "c-of-bo", "otto", "local:otto", "op-admin", "gone"):
        assert f'"{word}"' not in text
        assert f" {word}." not in text
    assert "Bo Lind" not in text


def test_nothing_of_duress_is_in_it(copy: dict[str, Any], text: str) -> None:
    """She has a duress PIN and has used it; whoever holds a knife to her reads nothing of either."""
    assert "duress" not in text
    assert "alarm_acknowledged" not in text
    assert not any("seq" in entry for entry in copy["entries"]), "a gap behind a grant would tell"
    assert "set_at" not in text, "beside the entries it would tell which PIN was set"


def test_it_reads_alike_with_and_without_a_duress_pin(home: Prepared, copy: dict[str, Any]) -> None:
    """What is held says the same once the duress PIN is gone; only the copy before stands between."""
    home.admin.delete(f"/people/{ANA}/duress-pin").raise_for_status()
    assert home.admin.get(f"/people/{ANA}/copy").json()["held"] == copy["held"]


def test_entries_about_her_and_those_in_which_she_stands_are_told(copy: dict[str, Any]) -> None:
    """Her own with their facts, of others' only where she stands in them; of orders, the giver's role."""
    types = [entry["type"] for entry in copy["entries"]]
    assert types.count("access_granted") == 1
    mine = next(entry for entry in copy["entries"] if entry["type"] == "access_granted")
    assert mine["reason"] == "Granted."
    assert mine["door"] == "gate"
    first, second = (entry for entry in copy["entries"] if entry["type"] == "accompaniment_by")
    assert first["you_stand_in"] == ["escort"]
    assert second["facts"] == {"area": "hall"}
    order = next(entry for entry in copy["entries"] if entry["type"] == "lockout_relinquished")
    assert order["by"] == "guard"
    assert "reason" not in order
    muster = next(entry for entry in copy["entries"] if entry["type"] == "muster_started")
    assert muster["you_stand_in"] == ["inside"]


def test_who_looked_and_what_left_are_told_by_roles(copy: dict[str, Any]) -> None:
    """One look at her, and a backup that an operator took who is none any more."""
    (look,) = copy["looked_at"]
    assert (look["by"], look["what"]) == ("guard", "people")
    (share,) = copy["shared"]
    assert share["by"] == "an operator who is none any more"
    assert "backup" in share["what"]


def test_it_stands_in_the_record_before_it_is_given(home: Prepared, text: str) -> None:
    """Who made a copy of whom, told to the outbox with the person."""
    assert text
    with closing(sqlite3.connect(home.api.home.people)) as db:
        found = db.execute("SELECT person, operator FROM outbox WHERE type = 'subject_export'").fetchone()
    assert found == (ANA, "op-admin")


def test_nobody_else_may_make_one(home: Prepared) -> None:
    """A guard reads people and the record, and yet makes no copy of all there is."""
    with home.as_(cast.session_of(cast.operator_of(Role.GUARD))) as guard:
        assert guard.get(f"/people/{ANA}/copy").status_code == 403
    assert home.admin.get("/people/p-nobody/copy").status_code == 404


def test_the_page_shows_it_and_is_no_script(copy: dict[str, Any]) -> None:
    """Every part has its place, nothing comes from elsewhere, and a name is text and never markup."""
    evil = {**copy, "held": {**copy["held"], "name": "<script>alert(1)</script>"}}
    page = page_of(evil)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page
    for part in ("Cards, codes and passes", "induction", "accompaniment_by", "guard", "What is not in this"):
        assert part in page


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Where the folder is not there the command says so, and no part of a copy is left."""
    with pytest.raises(Failed, match="No such file"):
        _write(tmp_path / "none" / "ana.zip", b"{}", ANA)
    assert list(tmp_path.iterdir()) == []
