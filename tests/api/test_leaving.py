"""Letting people go and deleting them, by the API."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from accessctl.api.parts import Parts
from accessctl.link.answers import Done, Fault, FaultCode
from accessctl.link.requests import ForgetTemplate, TakeOutbox
from accessctl.office.rules import OfficeRules, TwoPeople
from accessctl.operators.first import local_user
from accessctl.store.biometric_rows import ConsentText, NewBiometric
from accessctl.store.biometrics import PersonKey
from accessctl.store.people_writer import PeopleWriter
from tests.api.running import RunningApi, refused
from tests.homes import TESTER, Recording, new_home

NOTHING = {
    "disabled": False,
    "cards": [],
    "codes": [],
    "passes": [],
    "pin": False,
    "code_generator": False,
    "temporary_access": [],
    "biometrics": [],
    "pending_cards": 0,
}
LATER = "2096-03-31T18:00:00+02:00"


def sealed(number: int) -> bytes:
    return hashlib.sha512(b"face %d" % number).digest()


def wrapped(number: int) -> bytes:
    return hashlib.sha512(b"key %d" % number).digest()


def rows(api: RunningApi, sql: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(api.home.people)) as connection:
        return connection.execute(sql, values).fetchall()


def told(api: RunningApi, person: str) -> list[tuple[str, dict[str, object]]]:
    found = rows(api, "SELECT type, detail FROM outbox WHERE person = ? ORDER BY id", person)
    return [(str(type_), json.loads(str(detail))) for type_, detail in found]


def with_everything(api: RunningApi, name: str, number: int) -> dict[str, str]:
    """Add a person who holds one of everything, and give the ids."""
    person = api.new_person(name)
    post = api.http.post
    body = {"number": f"04A1B2C3D4{number:04X}", "technology": "iso14443-uid"}
    card = post(f"/people/{person}/cards", json=body)
    assert card.status_code == 201, card.text
    assert api.http.put(f"/people/{person}/pin", json={"pin": "4739"}).status_code == 204
    assert api.http.put(f"/people/{person}/duress-pin", json={"pin": "8264"}).status_code == 204
    code = post(f"/people/{person}/code", json={})
    made = post("/passes", json={"person": person})
    generator = post(f"/people/{person}/code-generator")
    loan = post(f"/people/{person}/temporary-access", json={"level": "cage", "valid_until": LATER})
    for answer in (code, made, generator, loan):
        assert answer.status_code == 201, answer.text
    with closing(PeopleWriter(api.home.people)) as writer:
        consent = writer.give_consent(person, "face", ConsentText("1", "ab" * 32), "tester").id
        key = PersonKey(person, f"k-{number}", wrapped(number))
        face = NewBiometric(f"b-{number}", "face", "dlib", consent, sealed=sealed(number), key=key)
        writer.enrol_biometric(person, face, "tester")
    return {
        "person": person,
        "card": card.json()["id"],
        "code": code.json()["id"],
        "pass": made.json()["id"],
        "loan": loan.json()["id"],
        "face": f"b-{number}",
    }


def test_a_leaver_loses_everything_by_one_call(api: RunningApi) -> None:
    """The answer lists what was taken, and the store holds nothing more that opens a door."""
    held = with_everything(api, "Lena Goes", 1)
    person = held["person"]
    nudges = len(api.peer.heard_of(TakeOutbox))
    answer = api.http.post(f"/people/{person}/leave")
    assert answer.status_code == 200, answer.text
    assert len(api.peer.heard_of(TakeOutbox)) == nudges + 1
    assert answer.json() == {
        "person": person,
        "disabled": True,
        "cards": [held["card"]],
        "codes": [held["code"]],
        "passes": [held["pass"]],
        "pin": True,
        "code_generator": True,
        "temporary_access": [held["loan"]],
        "biometrics": [held["face"]],
        "pending_cards": 0,
    }
    left = api.http.get(f"/people/{person}").json()
    assert left["disabled"]
    assert not any(left[what] for what in ("has_pin", "has_duress_pin", "has_code", "active_cards"))
    assert left["code_generator"] == "none"
    assert left["temporary_access"] == []
    (face,) = api.http.get("/biometrics", params={"person": person}).json()["biometrics"]
    assert face["disabled"]


def test_the_record_hears_of_each_thing_and_of_the_leaving(api: RunningApi) -> None:
    """Each as its own call tells it, then one entry with counts; nothing says that there was a duress PIN."""
    person = with_everything(api, "Ole Goes", 2)["person"]
    before = len(told(api, person))
    api.http.post(f"/people/{person}/leave")
    since = told(api, person)[before:]
    assert sorted(type_ for type_, _ in since) == sorted(
        [
            *["credential_revoked"] * 5,
            *["person_changed"] * 2,
            *("credential_changed", "person_left"),
        ]
    )
    assert since[-1] == (
        "person_left",
        {
            **since[-1][1],
            "cards": 1,
            "codes": 1,
            "passes": 1,
            "pins": 1,
            "code_generators": 1,
            "temporary_access": 1,
            "biometrics": 1,
            "pending_cards": 0,
        },
    )
    assert "duress" not in json.dumps(since)
    assert "Ole" not in json.dumps(since)
    operators = rows(api, "SELECT DISTINCT operator FROM outbox WHERE type = 'person_left'")
    assert operators not in ([], [(None,)])


def test_who_has_left_cannot_leave_again(api: RunningApi) -> None:
    """The second call takes nothing, and nothing more is recorded."""
    person = with_everything(api, "Pia Goes", 3)["person"]
    api.http.post(f"/people/{person}/leave")
    before = told(api, person)
    answer = api.http.post(f"/people/{person}/leave")
    assert (answer.status_code, answer.json()) == (200, {"person": person, **NOTHING})
    assert told(api, person) == before


def test_cards_that_wait_for_their_tags_are_dropped(api: RunningApi) -> None:
    """What an import left to be done for a leaver is not done any more."""
    person = api.new_person("Wim Waits")
    with closing(sqlite3.connect(api.home.people)) as connection, connection:
        connection.execute(
            "INSERT INTO import (id, operator, at, rows, added, changed, cards)"
            " VALUES ('i-1', 'o', 'now', 1, 1, 0, 1)"
        )
        connection.execute(
            "INSERT INTO pending_card (import, row, name, person, technology, sealed)"
            " VALUES ('i-1', 1, 'w-1', ?, 'iso14443-uid', x'00')",
            (person,),
        )
    assert api.http.post(f"/people/{person}/leave").json()["pending_cards"] == 1
    assert rows(api, "SELECT * FROM pending_card WHERE person = ?", person) == []


def test_nobody_who_is_not_there_leaves(api: RunningApi) -> None:
    """An unknown person is refused, for leaving and for deleting."""
    assert refused(api.http.post("/people/p-nobody/leave"), 404)["type"].endswith("unknown-person")
    assert refused(api.http.delete("/people/p-nobody"), 404)["type"].endswith("unknown-person")


# --------------------------------------------------------------------------------------- deletion


def holding(api: RunningApi, *needles: bytes) -> list[str]:
    """Give the files of the home in which any of these stands."""
    files = [path for path in api.home.path.rglob("*") if path.is_file()]
    return [path.name for path in files if any(needle in path.read_bytes() for needle in needles)]


def test_who_is_deleted_is_in_no_file(api: RunningApi) -> None:
    """Neither name nor template, in the database nor in its log; while they were there, both were found."""
    held = with_everything(api, "Zebulon Quickfinger", 4)
    person = held["person"]
    needles = (b"Zebulon", b"Quickfinger", b"quickfinger", sealed(4), wrapped(4))
    assert holding(api, b"Zebulon") != []
    assert holding(api, sealed(4)) != []
    answer = api.http.delete(f"/people/{person}")
    assert answer.status_code == 200, answer.text
    deleted = answer.json()
    assert deleted["receipt"]["files"]["clean"]
    assert deleted["receipt"]["key_destroyed"] == "k-4"
    assert holding(api, *needles) == []
    assert deleted["held"] == {
        "cards": 1,
        "codes": 1,
        "passes": 1,
        "pins": 1,
        "code_generators": 1,
        "temporary_access": 1,
        "qualifications": 0,
        "biometrics": 1,
        "pending_cards": 0,
    }
    assert refused(api.http.get(f"/people/{person}"), 404)
    assert refused(api.http.delete(f"/people/{person}"), 404)
    for path, key in (("/cards", "cards"), ("/codes", "codes"), ("/passes", "passes")):
        assert api.http.get(path, params={"person": person}).json()[key] == []


@pytest.mark.parametrize("there", [True, False])
def test_sensors_are_told_of_who_is_deleted(api: RunningApi, there: bool) -> None:
    """At once, or when the sensor is back: the receipt says which."""
    person = api.new_person("Fia Finger")
    template = f"t-{person}"
    with closing(PeopleWriter(api.home.people)) as writer:
        consent = writer.give_consent(person, "fingerprint", ConsentText("1", "ab" * 32), "tester").id
        finger = NewBiometric(
            f"f-{person}", "fingerprint", "r503", consent, sensor="gate-in.finger", template=template
        )
        writer.enrol_biometric(person, finger, "tester")
    answer = Done(1) if there else Fault(FaultCode.SENSOR_FAILED, "it is away")
    with api.peer.answering(ForgetTemplate, answer):
        receipt = api.http.delete(f"/people/{person}").json()["receipt"]
    assert ForgetTemplate("gate-in.finger", template) in api.peer.heard_of(ForgetTemplate)
    assert [sensor["forgotten"] for sensor in receipt["sensors"]] == [there]
    assert receipt["consents_withdrawn"] == [consent]
    left = rows(api, "SELECT template FROM forgetting WHERE template = ?", template)
    assert left == ([] if there else [(template,)])


def test_what_was_not_cleaned_is_cleaned_by_the_next_process(api: RunningApi) -> None:
    """Nobody knows any more what to look for, so the file is written anew."""
    person = api.new_person("Ottokar Leftover")
    with closing(PeopleWriter(api.home.people)) as writer:
        writer.delete_person(person, "tester")
    assert holding(api, b"Leftover") != [], "its log has the pages as they were"
    parts = Parts.of(api.home)
    api.do(parts.eraser.catch_up)
    parts.writer.close()
    parts.door.close()
    assert holding(api, b"Leftover", b"leftover") == []


def test_where_the_site_wants_two_people_nobody_is_deleted_by_one(tmp_path: Path) -> None:
    """It waits for somebody else, and until then nothing has changed; letting go needs one alone."""
    rules = OfficeRules(local={local_user(): TESTER}, needs=frozenset({TwoPeople.DELETION}))
    with closing(RunningApi(new_home(tmp_path / "home"), rules)) as api:
        person = api.new_person("Twain Wanted")
        assert api.http.delete(f"/people/{person}").status_code == 202
        assert api.http.get(f"/people/{person}").json()["name"] == "Twain Wanted"
        assert api.http.post(f"/people/{person}/leave").json()["disabled"]


def test_calls_that_were_kept_forget_the_name(api: RunningApi) -> None:
    """What a call was answered is kept, so that it can be sent again; the name in it is not kept longer."""
    body = {"name": "Yolanda Keptwell", "roles": ["picker"]}
    added = api.http.post("/people", json=body, headers={"Idempotency-Key": "yolanda-1"})
    assert holding(api, b"Keptwell") != []
    person = added.json()["id"]
    changed = {"name": "Yolanda Keptwell-Mann"}
    api.http.patch(f"/people/{person}", json=changed, headers={"Idempotency-Key": "yolanda-2"})
    assert api.http.delete(f"/people/{person}").json()["receipt"]["files"]["clean"]
    assert holding(api, b"Keptwell", b"keptwell") == []


def test_the_record_keeps_the_pseudonym_and_never_the_name(api: RunningApi) -> None:
    """One entry with counts, whose credential is the receipt."""
    person = api.new_person("Quentin Unsaid")
    receipt = api.http.delete(f"/people/{person}").json()["receipt"]["id"]
    (entry,) = rows(
        api, "SELECT credential, detail FROM outbox WHERE type = 'person_deleted' AND person = ?", person
    )
    assert entry[0] == receipt
    assert json.loads(str(entry[1]))["cards"] == 0
    assert "Quentin" not in str(rows(api, "SELECT * FROM outbox"))


def test_a_pseudonym_is_nobodys_again(api: RunningApi) -> None:
    """The record knows somebody by it, so the store refuses it, also where nobody looked before."""
    api.new_person("Rita Once", id="rita-1")
    assert api.http.delete("/people/rita-1").status_code == 200
    answer = api.http.post("/people", json={"name": "Rita Two", "roles": ["picker"], "id": "rita-1"})
    assert refused(answer, 409)["type"].endswith("deleted-person")
    with closing(sqlite3.connect(api.home.people)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO person (id, name, roles, added_at) VALUES ('rita-1', 'R', '[]', '')")


def test_a_namesake_stays(api: RunningApi) -> None:
    """Somebody else of the same name keeps it, and the files count as clean."""
    one, other = api.new_person("Ann Lee"), api.new_person("Ann Lee")
    assert api.http.delete(f"/people/{one}").json()["receipt"]["files"]["clean"]
    assert api.http.get(f"/people/{other}").json()["name"] == "Ann Lee"


def test_what_stands_by_right_keeps_nobody_busy(api: RunningApi) -> None:
    """The operator is called as the person was, and stands beside them in the outbox: that is no remnant."""
    api.new_person(TESTER, id="p-hinted")
    files = api.http.delete("/people/p-hinted").json()["receipt"]["files"]
    assert (files["clean"], files["rewritten"]) == (True, True)


def test_who_an_older_store_brings_back_is_deleted_again(api: RunningApi) -> None:
    """The record says who was deleted; a copy of the store from before does not bring them back for good."""
    person = api.new_person("Back Again")
    recording = Recording(api.home)
    recording.add("person_deleted", person=person)
    recording.close()
    parts = Parts.of(api.home)
    (receipt,) = api.do(parts.eraser.erase_what_came_back)
    parts.writer.close()
    parts.door.close()
    assert receipt.person == person
    assert refused(api.http.get(f"/people/{person}"), 404)
