"""Consent, enrolment and erasure over the API, with a scripted door process behind it."""

import asyncio
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from accessctl.api.parts import Parts
from accessctl.link.answers import ConsentAsked, Done, EnrolmentOutcome, EnrolmentState, FaultCode
from accessctl.link.requests import (
    AskConsentText,
    AskEnrolment,
    BeginEnrolment,
    ForgetTemplate,
    StopEnrolment,
)
from accessctl.store.scrubbing import search
from tests.api.enrolments import SENSOR, finger_begun, finger_made
from tests.api.running import RunningApi, refused
from tests.homes import TESTER, Recording

TEXT = ConsentAsked("2026-1", "I agree.", "ab" * 32, 365, "card and PIN")
BEGUN = EnrolmentState("n", "look straight", 0, 5, consent="")


@pytest.fixture(autouse=True)
def consent_text(api: RunningApi) -> Iterator[None]:
    with api.peer.answering(AskConsentText, TEXT), api.peer.answering(StopEnrolment, Done(1)):
        yield


@pytest.fixture
def person(api: RunningApi) -> str:
    return api.new_person()


def sealed_of(person: str) -> bytes:
    return hashlib.shake_256(person.encode()).digest(768)


def wrapped_of(person: str) -> bytes:
    return hashlib.shake_256(b"key" + person.encode()).digest(60)


def agree(api: RunningApi, person: str, kind: str) -> str:
    answer = api.http.post(f"/people/{person}/consents", json={"kind": kind, "text_version": "2026-1"})
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["id"]
    return id_


def begin(api: RunningApi, person: str, kind: str, state: EnrolmentState, **more: object) -> str:
    body = {"kind": kind, "access_point": "cage-in", **more}
    with api.peer.answering(BeginEnrolment, state):
        answer = api.http.post(f"/people/{person}/biometrics", json=body)
    assert answer.status_code == 202, answer.text
    id_: str = answer.json()["id"]
    return id_


def enrol_face(api: RunningApi, person: str) -> dict[str, Any]:
    consent = agree(api, person, "face")
    enrolment = begin(api, person, "face", BEGUN)
    made = EnrolmentState(
        enrolment,
        "",
        5,
        5,
        EnrolmentOutcome.ENROLLED,
        consent=consent,
        model="dlib:1",
        sealed_hex=sealed_of(person).hex(),
        key=f"k-{person}",
        wrapped_hex=wrapped_of(person).hex(),
    )
    with api.peer.answering(AskEnrolment, made):
        ended: dict[str, Any] = api.http.get(f"/enrolments/{enrolment}").json()
    return ended


def enrol_finger(api: RunningApi, person: str, template: str, **more: object) -> dict[str, Any]:
    consent = agree(api, person, "fingerprint")
    enrolment = begin(api, person, "fingerprint", finger_begun(consent, template), **more)
    with api.peer.answering(AskEnrolment, finger_made(consent, template, enrolment)):
        ended: dict[str, Any] = api.http.get(f"/enrolments/{enrolment}").json()
    return ended


def test_the_text_is_shown(api: RunningApi) -> None:
    """Who records a consent can show what it is to."""
    assert api.http.get("/consent-text").json() == {
        "version": "2026-1",
        "text": "I agree.",
        "sha256": "ab" * 32,
        "expire_days": 365,
        "equal_way": "card and PIN",
    }
    with api.peer.answering(AskConsentText, ConsentAsked("", "", "", 365, "")):
        assert refused(api.http.get("/consent-text"), 409)["type"].endswith("no-consent-text")


def test_a_consent_names_text_and_witness(api: RunningApi, person: str) -> None:
    """The version that was read is stored with its digest and the operator's name."""
    agree(api, person, "face")
    (consent,) = api.http.get(f"/people/{person}/consents").json()["consents"]
    assert (consent["kind"], consent["text_version"], consent["text_sha256"]) == ("face", "2026-1", "ab" * 32)
    assert consent["witness"] == TESTER
    assert consent["withdrawn_at"] is None


def test_a_consent_is_to_the_text_in_force(api: RunningApi, person: str) -> None:
    """Who has read an older text has to read the new one; the same is not recorded twice."""
    body = {"kind": "face", "text_version": "2025-9"}
    assert refused(api.http.post(f"/people/{person}/consents", json=body), 409)["type"].endswith(
        "other-consent-text"
    )
    agree(api, person, "face")
    body["text_version"] = "2026-1"
    assert refused(api.http.post(f"/people/{person}/consents", json=body), 409)["type"].endswith(
        "already-consented"
    )
    refused(api.http.post("/people/p-none/consents", json=body), 404)
    refused(api.http.post(f"/people/{person}/consents", json={**body, "kind": "iris"}), 422)


def test_a_face_is_enrolled(api: RunningApi, person: str) -> None:
    """What the door process made is stored when it is fetched, once, and can be asked for again."""
    ended = enrol_face(api, person)
    assert ended["state"] == "enrolled"
    made = ended["biometric"]
    assert (made["person"], made["kind"], made["model"]) == (person, "face", "dlib:1")
    assert made["expires_at"] > made["enrolled_at"]
    assert api.http.get(f"/enrolments/{ended['id']}").json() == ended
    assert api.http.get("/biometrics", params={"person": person}).json()["biometrics"] == [made]
    request = api.peer.heard_of(BeginEnrolment)[-1]
    assert isinstance(request, BeginEnrolment)
    assert (request.person, request.biometric) == (person, made["id"])


def test_the_steps_are_told(api: RunningApi, person: str) -> None:
    """Whoever leads the enrolment learns what to say to the person."""
    agree(api, person, "face")
    enrolment = begin(api, person, "face", BEGUN)
    with api.peer.answering(AskEnrolment, EnrolmentState(enrolment, "a little to the left", 2, 5)):
        state = api.http.get(f"/enrolments/{enrolment}").json()
    assert (state["state"], state["hint"], state["step"], state["of"]) == (
        "goes on",
        "a little to the left",
        2,
        5,
    )
    assert state["biometric"] is None


def test_an_enrolment_that_fails_stores_nothing(api: RunningApi, person: str) -> None:
    """The reason is told, also when it was asked for too late."""
    agree(api, person, "face")
    enrolment = begin(api, person, "face", BEGUN)
    failed = EnrolmentState(enrolment, "", 1, 5, EnrolmentOutcome.FAILED, why="nobody was there")
    with api.peer.answering(AskEnrolment, failed):
        state = api.http.get(f"/enrolments/{enrolment}").json()
    assert (state["state"], state["why"]) == ("failed", "nobody was there")
    late = begin(api, person, "face", BEGUN)
    with api.peer.refusing(AskEnrolment, FaultCode.TIMED_OUT, "it has ended"):
        assert api.http.get(f"/enrolments/{late}").json()["state"] == "failed"
    assert api.http.get("/biometrics", params={"person": person}).json()["biometrics"] == []


def test_an_enrolment_is_called_off(api: RunningApi, person: str) -> None:
    """The door process is told, and whoever asks afterwards learns it."""
    agree(api, person, "face")
    enrolment = begin(api, person, "face", BEGUN)
    assert api.http.delete(f"/enrolments/{enrolment}").status_code == 204
    assert api.peer.heard_of(StopEnrolment)[-1] == StopEnrolment(enrolment)
    assert api.http.get(f"/enrolments/{enrolment}").json()["state"] == "failed"
    refused(api.http.get("/enrolments/n-none"), 404)
    refused(api.http.delete("/enrolments/n-none"), 404)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (FaultCode.NO_CONSENT, 409),
        (FaultCode.BUSY, 409),
        (FaultCode.NOT_SET_UP, 409),
        (FaultCode.UNKNOWN_SENSOR, 404),
        (FaultCode.WAY_OUT, 409),
        (FaultCode.SENSOR_FAILED, 502),
    ],
)
def test_the_door_process_may_refuse(api: RunningApi, person: str, code: FaultCode, status: int) -> None:
    """Each of its reasons has an answer of its own."""
    with api.peer.refusing(BeginEnrolment, code):
        body = {"kind": "face", "access_point": "cage-in"}
        problem = refused(api.http.post(f"/people/{person}/biometrics", json=body), status)
    assert problem["type"].endswith(code.value.replace("_", "-"))


def test_a_consent_that_went_meanwhile_enrols_nobody(api: RunningApi, person: str) -> None:
    """What was made is not stored, and its sensor is told to forget it."""
    consent = agree(api, person, "fingerprint")
    enrolment = begin(api, person, "fingerprint", finger_begun(consent, "slot-40"))
    assert api.http.delete(f"/people/{person}/consents/fingerprint").status_code == 200
    with (
        api.peer.answering(AskEnrolment, finger_made(consent, "slot-40", enrolment)),
        api.peer.answering(ForgetTemplate, Done(1)),
    ):
        problem = refused(api.http.get(f"/enrolments/{enrolment}"), 409)
    assert problem["type"].endswith("no-consent")
    assert api.peer.heard_of(ForgetTemplate)[-1] == ForgetTemplate(SENSOR, "slot-40")
    assert api.http.get(f"/enrolments/{enrolment}").json()["state"] == "failed"


def test_nobody_has_a_second_face(api: RunningApi, person: str) -> None:
    """A duress face is refused; a duress finger is not, and no answer tells which one it is."""
    body = {"kind": "face", "access_point": "cage-in", "duress": True}
    refused(api.http.post(f"/people/{person}/biometrics", json=body), 422)
    made = enrol_finger(api, person, "slot-50", duress=True)
    assert made["state"] == "enrolled"
    assert "duress" not in str(made)
    assert "duress" not in api.http.get("/biometrics", params={"person": person}).text


def test_a_finger_is_disabled_and_enabled(api: RunningApi, person: str) -> None:
    """It stays enrolled; what is not there is 404."""
    made = enrol_finger(api, person, "slot-51")["biometric"]
    assert api.http.post(f"/biometrics/{made['id']}/disable").json()["disabled"] is True
    assert api.http.post(f"/biometrics/{made['id']}/enable").json()["disabled"] is False
    refused(api.http.post("/biometrics/b-none/disable"), 404)


def test_an_erased_face_leaves_a_receipt_and_nothing_else(api: RunningApi, person: str) -> None:
    """Neither template nor key is left in any file of the home, and the receipt says what was done."""
    made = enrol_face(api, person)["biometric"]
    sealed, wrapped = sealed_of(person), wrapped_of(person)
    assert all(search(api.home.people, (needle,))[0] for needle in (sealed, wrapped))
    answer = api.http.delete(f"/people/{person}/biometrics", params={"kind": "face"})
    assert answer.status_code == 200
    receipt = answer.json()
    assert [each["id"] for each in receipt["erased"]] == [made["id"]]
    assert (receipt["person"], receipt["key_destroyed"]) == (person, f"k-{person}")
    assert receipt["by"] == TESTER
    assert receipt["files"]["clean"]
    assert receipt["files"]["searched_bytes"] > 0
    for file in api.home.path.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert sealed not in content
            assert sealed[:256] not in content
            assert wrapped not in content
    refused(api.http.delete(f"/people/{person}/biometrics"), 404)
    with closing(sqlite3.connect(api.home.people)) as connection:
        told = connection.execute("SELECT type FROM outbox WHERE credential = ?", (receipt["id"],))
        assert told.fetchall() == [("data_erased",)]


def test_a_receipt_names_the_entry_of_the_record(api: RunningApi, person: str) -> None:
    """Where the door process has taken the change already, its number is on the receipt."""
    enrol_face(api, person)
    recording = Recording(api.home)
    try:
        erasure = api.http.delete(f"/people/{person}/biometrics").json()
        assert erasure["seq"] is None
        agree(api, person, "fingerprint")
        consent = api.http.get(f"/people/{person}/consents").json()["consents"][-1]["id"]
        seq = recording.add("consent_withdrawn", person=person, credential=consent)
    finally:
        recording.close()
    assert api.http.delete(f"/people/{person}/consents/fingerprint").json()["seq"] == seq


def test_a_consent_taken_back_erases(api: RunningApi, person: str) -> None:
    """The face goes, the consent is marked, and the receipt names both."""
    enrol_face(api, person)
    receipt = api.http.delete(f"/people/{person}/consents/face").json()
    assert receipt["consents_withdrawn"]
    assert len(receipt["erased"]) == 1
    (consent,) = api.http.get(f"/people/{person}/consents").json()["consents"]
    assert consent["withdrawn_at"] is not None
    refused(api.http.delete(f"/people/{person}/consents/face"), 409)


def test_a_sensor_forgets_at_once(api: RunningApi, person: str) -> None:
    """A sensor that is there has erased the template before the receipt is written."""
    enrol_finger(api, person, "slot-60")
    with api.peer.answering(ForgetTemplate, Done(1)):
        receipt = api.http.delete(f"/people/{person}/biometrics").json()
    assert receipt["sensors"] == [{"sensor": SENSOR, "fingers": 1, "forgotten": True, "why": ""}]
    assert api.http.get("/biometrics", params={"person": person}).json()["left_in_sensors"] == []


def test_a_sensor_that_is_away_is_told_later(api: RunningApi, person: str) -> None:
    """The receipt says so, the list says so, and once the sensor is back it is done and recorded."""
    enrol_finger(api, person, "slot-61")
    with api.peer.refusing(ForgetTemplate, FaultCode.SENSOR_FAILED, "unplugged"):
        receipt = api.http.delete(f"/people/{person}/biometrics").json()
        assert receipt["sensors"] == [
            {"sensor": SENSOR, "fingers": 1, "forgotten": False, "why": "unplugged"}
        ]
        left = api.http.get("/biometrics").json()["left_in_sensors"]
        assert {"sensor": SENSOR, "receipt": receipt["id"]} in left
        again = Parts.of(api.home)
        api.do(again.eraser.catch_up)
        assert api.http.get("/biometrics").json()["left_in_sensors"] == left
    with api.peer.answering(ForgetTemplate, Done(1)):
        api.do(again.eraser.catch_up)
    api.do(again.door.close)
    again.writer.close()
    assert api.peer.heard_of(ForgetTemplate)[-1] == ForgetTemplate(SENSOR, "slot-61")
    assert api.http.get("/biometrics").json()["left_in_sensors"] == []
    with closing(sqlite3.connect(api.home.people)) as connection:
        told = connection.execute("SELECT type FROM outbox WHERE credential = ?", (receipt["id"],))
        assert told.fetchall() == [("data_erased",), ("data_erased",)]


def test_what_a_backup_brings_back_is_erased_again(api: RunningApi, person: str) -> None:
    """The record remembers what was erased, and an older people's store does not bring it back for long."""
    made = enrol_face(api, person)["biometric"]
    consent = api.http.get(f"/people/{person}/consents").json()["consents"][-1]["id"]
    recording = Recording(api.home)
    recording.add("data_erased", person=person, detail={"biometrics": f"b-other, {made['id']}"})
    recording.add("consent_withdrawn", person=person, detail={"consents": consent})
    recording.close()
    again = Parts.of(api.home)
    (receipt,) = api.do(again.eraser.erase_what_came_back)
    assert api.do(again.eraser.erase_what_came_back) == []
    api.do(again.door.close)
    again.writer.close()
    assert receipt.key_destroyed == f"k-{person}"
    assert receipt.consents_withdrawn == [consent]
    assert receipt.files.clean
    assert api.http.get("/biometrics", params={"person": person}).json()["biometrics"] == []


def test_files_are_cleaned_after_a_restart(api: RunningApi, person: str) -> None:
    """Killed between the erasure and the cleaning, the next run cleans the files, of whatever it was."""
    enrol_face(api, person)
    needles = (sealed_of(person), wrapped_of(person))
    killed, again = Parts.of(api.home), Parts.of(api.home)
    receipt = killed.writer.erase_biometrics(person, ("face",), "local:maria").receipt
    killed.writer.close()
    assert search(api.home.people, needles)[0], "the log still has them"
    assert receipt in again.writer.unscrubbed()
    api.do(again.eraser.catch_up)
    assert not search(api.home.people, needles)[0]
    assert again.writer.unscrubbed() == frozenset()
    api.do(again.door.close)
    again.writer.close()


def test_an_error_ends_no_erasing(
    api: RunningApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong once is logged, and what is left is tried again."""
    again = Parts.of(api.home)
    again.eraser.again_s = 0.0
    tries: list[str] = []

    async def fails() -> None:
        tries.append("once more")
        raise ZeroDivisionError

    async def some_time() -> bool:
        monkeypatch.setattr(again.eraser, "catch_up", fails)
        going_on = asyncio.create_task(again.eraser.keep_at_it())
        for _ in range(1000):
            if len(tries) > 1 or going_on.done():
                break
            await asyncio.sleep(0.005)
        ended = going_on.done()
        going_on.cancel()
        await asyncio.gather(going_on, return_exceptions=True)
        return ended

    assert not api.do(some_time)
    assert len(tries) > 1
    assert "cannot be finished now" in caplog.text
    api.do(again.door.close)
    again.writer.close()


def test_files_that_somebody_reads_are_cleaned_later(api: RunningApi, person: str) -> None:
    """The receipt says that they are not clean yet; once the reader has gone they are."""
    enrol_face(api, person)
    needles = (sealed_of(person), wrapped_of(person))
    again = Parts.of(api.home)
    with closing(sqlite3.connect(api.home.people, isolation_level=None)) as slow:
        slow.execute("BEGIN")
        slow.execute("SELECT count(*) FROM person").fetchone()
        erasure = again.writer.erase_biometrics(person, ("face",), "local:maria")
        receipt = api.do(again.eraser.finish, erasure, "local:maria")
        assert not receipt.files.clean
        assert receipt.files.why
        assert search(api.home.people, needles)[0]
    api.do(again.eraser.catch_up)
    assert not search(api.home.people, needles)[0]
    api.do(again.door.close)
    again.writer.close()
