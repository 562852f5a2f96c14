"""Commands for consent, enrolment and erasure."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from accessctl.link.answers import ConsentAsked, Done, EnrolmentOutcome, EnrolmentState, FaultCode
from accessctl.link.requests import (
    AskConsentText,
    AskEnrolment,
    BeginEnrolment,
    ForgetTemplate,
    StopEnrolment,
)
from tests.api.enrolments import SENSOR, finger_begun, finger_made
from tests.api.running import RunningApi
from tests.cli.conftest import Run

TEXT = ConsentAsked("2026-1", "I agree to\nthis.", "ab" * 32, 365, "card and PIN")


@pytest.fixture(autouse=True)
def door(api: RunningApi) -> Iterator[None]:
    with api.peer.answering(AskConsentText, TEXT), api.peer.answering(StopEnrolment, Done(1)):
        yield


@pytest.fixture
def person(api: RunningApi) -> str:
    return api.new_person("Ana Marsh")


def consent_of(api: RunningApi, person: str) -> str:
    id_: str = api.http.get(f"/people/{person}/consents").json()["consents"][-1]["id"]
    return id_


def enrol(api: RunningApi, run: Run, person: str, template: str, *words: str) -> str:
    assert run("people", "consent", person, "--kind", "fingerprint", "--yes").exit_code == 0
    consent = consent_of(api, person)
    begun, made = finger_begun(consent, template), finger_made(consent, template)
    with api.peer.answering(BeginEnrolment, begun), api.peer.answering(AskEnrolment, made):
        done = run("people", "enrol-finger", person, "--at", "cage-in", *words)
    assert done.exit_code == 0, done.stderr
    assert "lay the finger on" in done.stderr
    return done.stdout.strip()


def test_the_text_is_shown_before_anybody_agrees(run: Run, person: str) -> None:
    """The person reads it, the operator confirms, and both stand in the record."""
    done = run("people", "consent", person, "--kind", "face", input="y\n")
    assert done.exit_code == 0
    assert "I agree to\nthis." in done.stdout
    assert "version 2026-1" in done.stderr
    assert "card and PIN" in done.stderr


def test_whoever_does_not_agree_has_agreed_to_nothing(api: RunningApi, run: Run, person: str) -> None:
    """A no, or an end of the input, records nothing."""
    for answer in ("n\n", ""):
        assert run("people", "consent", person, "--kind", "face", input=answer).exit_code == 1
    assert api.http.get(f"/people/{person}/consents").json()["consents"] == []


def test_a_consent_is_given_to_programs(run: Run, person: str) -> None:
    """With --json nothing but the consent is on stdout."""
    done = run("people", "consent", person, "--kind", "face", "--yes", "--json")
    assert json.loads(done.stdout)["kind"] == "face"


def test_a_finger_is_enrolled_with_hints(api: RunningApi, run: Run, person: str) -> None:
    """Every new hint is said on stderr, and the id printed."""
    made = enrol(api, run, person, "slot-1")
    assert made.startswith("b-")
    listed = run("biometrics", "list", person)
    assert made in listed.stdout
    assert "fingerprint" in listed.stdout
    assert f"fingerprint {made}" in run("people", "show", person).stdout
    assert json.loads(run("people", "show", person, "--json").stdout)["biometrics"][0]["id"] == made


def test_a_duress_finger_looks_like_any_other(api: RunningApi, run: Run, person: str) -> None:
    """Nothing that is listed tells which finger cries for help."""
    enrol(api, run, person, "slot-2", "--duress")
    assert "duress" not in run("biometrics", "list", person).stdout
    assert "duress" not in run("biometrics", "list", person, "--json").stdout


def test_an_enrolment_that_fails_says_why(api: RunningApi, run: Run, person: str) -> None:
    """It ends with 1 and the sensor's words."""
    run("people", "consent", person, "--kind", "face", "--yes")
    failed = EnrolmentState("n", "", outcome=EnrolmentOutcome.FAILED, why="nobody was there")
    begun = EnrolmentState("n", "look straight", of=5)
    with api.peer.answering(BeginEnrolment, begun), api.peer.answering(AskEnrolment, failed):
        done = run("people", "enrol-face", person, "--at", "cage-in")
    assert done.exit_code == 1
    assert "nobody was there" in done.stderr
    assert "look straight (0 of 5)" in done.stderr


def test_without_consent_nobody_is_enrolled(api: RunningApi, run: Run, person: str) -> None:
    """The refusal names the command that comes first."""
    words = "Ana has not agreed: accessctl people consent"
    with api.peer.refusing(BeginEnrolment, FaultCode.NO_CONSENT, words):
        done = run("people", "enrol-face", person, "--at", "cage-in")
    assert done.exit_code == 1
    assert "people consent" in done.stderr


def test_an_enrolment_that_breaks_is_called_off(api: RunningApi, run: Run, person: str) -> None:
    """When the way to the door process breaks, the sensor is told to stop."""
    run("people", "consent", person, "--kind", "face", "--yes")
    before = len(api.peer.heard_of(StopEnrolment))
    with (
        api.peer.answering(BeginEnrolment, EnrolmentState("n", "look straight", of=5)),
        api.peer.refusing(AskEnrolment, FaultCode.DOOR_FAULT, "broken"),
    ):
        assert run("people", "enrol-face", person, "--at", "cage-in").exit_code == 1
    assert len(api.peer.heard_of(StopEnrolment)) == before + 1


def test_an_erasure_prints_a_receipt(api: RunningApi, run: Run, person: str, tmp_path: Path) -> None:
    """It names what was erased and where, and is written into a file that was not there."""
    made = enrol(api, run, person, "slot-3")
    out = tmp_path / "receipt.json"
    with api.peer.answering(ForgetTemplate, Done(1)):
        done = run("biometrics", "erase", person, "--yes", "--out", str(out))
    assert done.exit_code == 0, done.stderr
    assert made in done.stdout
    assert "nothing found" in done.stdout
    assert f"{SENSOR}: a finger forgotten" in done.stdout
    receipt = json.loads(out.read_text())
    assert receipt["person"] == person
    assert receipt["id"] in done.stdout


def test_a_receipt_never_replaces_a_file(api: RunningApi, run: Run, person: str, tmp_path: Path) -> None:
    """That is found out before anything is erased."""
    made = enrol(api, run, person, "slot-4")
    out = tmp_path / "receipt.json"
    out.write_text("mine")
    with api.peer.answering(ForgetTemplate, Done(1)):
        done = run("biometrics", "erase", person, "--yes", "--out", str(out))
    assert done.exit_code != 0
    assert "exists already" in done.stderr
    assert out.read_text() == "mine"
    assert made in run("biometrics", "list", person).stdout


def test_a_sensor_that_is_away_is_told_of(api: RunningApi, run: Run, person: str) -> None:
    """What is left to do is said, now and whenever somebody lists."""
    enrol(api, run, person, "slot-5")
    with api.peer.refusing(ForgetTemplate, FaultCode.SENSOR_FAILED, "unplugged"):
        done = run("biometrics", "erase", person, "--kind", "fingerprint", "--yes")
    assert "not yet: unplugged" in done.stdout
    assert f"{SENSOR} has yet to erase a finger" in done.stderr
    assert f"{SENSOR} has yet to erase a finger" in run("biometrics", "list").stderr


def test_an_erasure_is_asked_about(api: RunningApi, run: Run, person: str) -> None:
    """A no changes nothing."""
    made = enrol(api, run, person, "slot-6")
    assert run("biometrics", "erase", person, input="n\n").exit_code == 1
    assert made in run("biometrics", "list", person).stdout


def test_a_consent_is_taken_back(api: RunningApi, run: Run, person: str) -> None:
    """What was enrolled goes with it, and the receipt names the consent."""
    made = enrol(api, run, person, "slot-7")
    consent = consent_of(api, person)
    with api.peer.answering(ForgetTemplate, Done(1)):
        done = run("people", "consent", person, "--kind", "fingerprint", "--withdraw", "--yes")
    assert done.exit_code == 0, done.stderr
    assert consent in done.stdout
    assert made not in run("biometrics", "list", person).stdout


def test_a_finger_is_disabled_and_enabled(api: RunningApi, run: Run, person: str) -> None:
    """The list says that it does not count meanwhile."""
    made = enrol(api, run, person, "slot-8")
    assert run("biometrics", "disable", made).exit_code == 0
    assert "disabled" in run("biometrics", "list", person).stdout
    assert run("biometrics", "enable", made).exit_code == 0
    assert "disabled" not in run("biometrics", "list", person).stdout
