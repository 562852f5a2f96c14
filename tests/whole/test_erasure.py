"""Enrolled with a finger and a face, and erased: real processes, real files, and nothing is left in them."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from accessctl.answers import Enrolment
from accessctl.cli.root import cli
from accessctl.client import ApiClient
from accessctl.home import Home
from tests.door.conftest import ALICE
from tests.whole.processes import Api, Door, Warehouse
from tests.whole.site import TOUCH_S, once, running

CONSENT = """
[biometrics]
consent_version = "2026-1"
consent_text = "I agree."
equal_way = "card and PIN at the gatehouse"
"""
SENSOR, CAMERA = "cage-in.finger", "cage-in.camera"


@pytest.fixture
def with_sensors(home: Home) -> Home:
    """The cage has a fingerprint sensor and a camera."""
    devices = 'finger = { kind = "simulated" }\ncamera = { kind = "simulated" }\n'
    text = home.site_file.read_text()
    home.site_file.write_text(
        text.replace('asks = "card_and_pin"\n', f'asks = "card_and_biometric"\n{devices}') + CONSENT
    )
    return home


@pytest.fixture
def api(with_sensors: Home, warehouse: Warehouse) -> Iterator[Api]:
    """All processes of the home."""
    assert warehouse.released() == []
    with running(with_sensors) as (door, api):
        assert door.status().record_ok
        yield api


def run(home: Home, *words: str) -> Result:
    """Run a command that has to succeed."""
    done = CliRunner().invoke(cli, ["--home", str(home.path), *words])
    assert done.exit_code == 0, done.output + done.stderr
    return done


def enrol_face(home: Home, warehouse: Warehouse) -> str:
    """Alice agrees, and looks into the camera for as long as it takes."""
    run(home, "people", "consent", "alice", "--kind", "face", "--yes")
    warehouse.tool.face(CAMERA, "alice")
    try:
        return run(home, "people", "enrol-face", "alice", "--at", "cage-in").stdout.strip()
    finally:
        warehouse.tool.face(CAMERA, None)


def enrol_finger(home: Home, warehouse: Warehouse) -> str:
    """Alice agrees, and touches the sensor twice."""
    run(home, "people", "consent", "alice", "--kind", "fingerprint", "--yes")
    with ApiClient(home.api_socket) as client:
        state = client.begin_enrolment("alice", "fingerprint", "cage-in")
        for _ in range(2):
            warehouse.tool.finger(SENSOR, "alice")
        begun = state["id"]

        def ended() -> Enrolment | None:
            found = client.enrolment(begun)
            return None if found["state"] == "goes on" else found

        state = once(ended, lambda: "the enrolment never ended")
    assert state["biometric"] is not None, state["why"]
    return state["biometric"]["id"]


def secrets_of(home: Home) -> list[bytes]:
    """Give what must be gone afterwards: the sealed template, a part of it, and the wrapped key."""
    with closing(sqlite3.connect(home.people)) as connection:
        (sealed,) = connection.execute("SELECT sealed FROM biometric WHERE kind = 'face'").fetchone()
        (wrapped,) = connection.execute("SELECT wrapped FROM person_key").fetchone()
    return [sealed, sealed[:48], sealed[-48:], wrapped, wrapped[12:44]]


def holding(home: Home, needles: list[bytes]) -> list[str]:
    """Give the names of the files of a home in which any of this stands."""
    files = [path for path in home.path.rglob("*") if path.is_file()]
    contents = {path.name: path.read_bytes() for path in files}
    return [name for name, content in contents.items() if any(needle in content for needle in needles)]


def entries(home: Home, kind: str) -> list[dict[str, Any]]:
    """Give the entries of one type."""
    with ApiClient(home.api_socket) as client:
        return [dict(event) for event in client.events(most=1000) if event["type"] == kind]


def test_who_is_erased_leaves_a_receipt_and_no_template(
    api: Api, with_sensors: Home, warehouse: Warehouse, tmp_path: Path
) -> None:
    """Not in the database, its log, the record or any log file; and the receipt names the record's entry."""
    home = with_sensors
    face, finger = enrol_face(home, warehouse), enrol_finger(home, warehouse)
    needles = secrets_of(home)
    assert holding(home, needles), "while she is enrolled it is found"
    out = tmp_path / "receipt.json"
    receipt = run(home, "biometrics", "erase", "alice", "--yes", "--out", str(out)).stdout
    assert holding(home, needles) == []
    for part in (face, finger, "nothing found", f"{SENSOR}: a finger forgotten"):
        assert part in receipt
    (erased,) = [entry for entry in entries(home, "data_erased") if entry["person"] == "alice"]
    assert f"in the record           {erased['seq']}" in receipt
    assert erased["credential"] in out.read_text()
    assert api.process.poll() is None


def test_a_backup_brings_no_face_back(with_sensors: Home, warehouse: Warehouse, tmp_path: Path) -> None:
    """An older people's store that is put back is cleaned when the office starts: the record remembers."""
    home, kept = with_sensors, tmp_path / "people.db"
    with Door(home):
        api = Api(home)
        enrol_face(home, warehouse)
        needles = secrets_of(home)
        with closing(sqlite3.connect(home.people)) as one, closing(sqlite3.connect(kept)) as other:
            one.backup(other)
        run(home, "people", "consent", "alice", "--kind", "face", "--withdraw", "--yes")
        api.close()
    for left in home.path.glob("people.db-*"):
        left.unlink()
    shutil.copy(kept, home.people)
    assert holding(home, needles), "the backup has it"
    with Door(home):
        api = Api(home)
        with ApiClient(home.api_socket) as client:
            once(
                lambda: len(entries(home, "data_erased")) == 2 and not holding(home, needles),
                lambda: f"left in {holding(home, needles)}",
            )
            assert client.biometrics()["biometrics"] == []
            assert [each["withdrawn_at"] is None for each in client.consents("alice")] == [False]
        api.close()


def test_a_sensor_that_was_away_forgets_when_the_office_starts(
    with_sensors: Home, warehouse: Warehouse
) -> None:
    """The receipt says what is left to do, and it is done later, with an entry of its own."""
    home = with_sensors
    with Door(home):
        api = Api(home)
        enrol_finger(home, warehouse)
        warehouse.tool.lose(SENSOR)
        assert "not yet" in run(home, "biometrics", "erase", "alice", "--yes").stdout
        api.close()
        warehouse.tool.give_back(SENSOR)
        api = Api(home)
        with ApiClient(home.api_socket) as client:
            once(
                lambda: not client.biometrics()["left_in_sensors"],
                lambda: f"left in sensors: {client.biometrics()['left_in_sensors']}",
            )
        first, second = entries(home, "data_erased")
        assert first["credential"] == second["credential"]
        assert second["detail"]["left_in_sensors"] == 0
        api.close()


def decided(home: Home, warehouse: Warehouse, *, finger: str) -> str:
    """Show Alice's card at the cage and lay the finger on until something is decided; give what."""
    with ApiClient(home.api_socket) as client:
        (last,) = client.events(most=1)
        warehouse.tool.badge("cage-in.reader", ALICE)

        def types() -> list[str]:
            # A sensor takes no notice before it was asked to look, which is not seen from here.
            warehouse.tool.finger(SENSOR, finger)
            return [
                each["type"]
                for each in client.events(most=5)
                if each["seq"] > last["seq"] and each["access_point"] == "cage-in"
            ]

        return once(types, lambda: f"nothing came of {finger}'s finger", every_s=TOUCH_S)[0]


def test_a_finger_opens_until_it_is_erased(api: Api, with_sensors: Home, warehouse: Warehouse) -> None:
    """With the card it opens, another finger does not, and after the erasure there is none to ask for."""
    home = with_sensors
    enrol_finger(home, warehouse)
    assert decided(home, warehouse, finger="alice") == "access_granted"
    assert decided(home, warehouse, finger="somebody") == "denied_incorrect_authentication_factor"
    run(home, "biometrics", "erase", "alice", "--yes")
    assert decided(home, warehouse, finger="alice") == "denied_credential_not_provisioned"
    assert api.process.poll() is None
