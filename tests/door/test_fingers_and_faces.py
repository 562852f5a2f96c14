"""Fingers and faces at the doors of a site, told as stories: what a sensor says, and what becomes of it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from accessctl.faces.template import Template
from accessctl.faces.vectors import bytes_of, unit, vector_in
from accessctl.home import Home
from accessctl.keys.root import Purpose, RootKey
from accessctl.keys.vault import Label, Vault
from accessctl.store.biometric_rows import ConsentText, NewBiometric
from accessctl.store.biometric_writer import BiometricWriter
from hardware.fakes_camera import FakeFaceCamera
from hardware.fakes_sensors import FakeFingerSensor
from hardware.ports import Pattern, Turn
from hardware.signals import DeviceId, Live
from policies.reasons import Reason
from tests.door.conftest import ALICE, BOB
from tests.door.site import SITE, door, open_to_staff
from tests.door.story import NOON, Story

MODEL = "dlib-test"
TEXT = ConsentText("1", "ab" * 32)
FURTHER = open_to_staff(
    SITE
    + """
[biometrics]
consent_version = "1"
consent_text = "I agree."
liveness = "none"
face_threshold = 0.3
face_model = "dlib-test"
"""
    + door("store", "card_and_fingerprint", 'finger = { kind = "simulated" }', gpio=13)
    + door("lab", "card_and_face", 'camera = { kind = "simulated" }', gpio=16),
    *("store", "lab"),
)
ALONE = (
    FURTHER.replace('asks = "card_and_fingerprint"', 'asks = "fingerprint"')
    .replace('asks = "card_and_face"', 'asks = "face"')
    .replace('liveness = "none"', 'liveness = "none"\nsole_factor = "accepted"\nfaces = "identify"')
)


def face(*numbers: float) -> bytes:
    """Give a vector of 128 numbers that begins so."""
    return bytes_of(unit([*numbers, *[0.0] * (128 - len(numbers))]))


ALICES, NEAR_ALICES, BOBS, NOBODYS = face(1, 0), face(1, 0.1), face(0, 1), face(0, 0, 1)


@dataclass
class Place:
    """A site with a fingerprint sensor and a camera. Alice's thumb and face are enrolled, Bob's as well."""

    story: Story

    @property
    def sensor(self) -> FakeFingerSensor:
        return self.story.board.fingers[DeviceId("store-in.finger")]

    @property
    def camera(self) -> FakeFaceCamera:
        return self.story.board.cameras[DeviceId("lab-in.camera")]

    def touches(self, finger: str, card: bytes = ALICE) -> str:
        self.story.badge("store-in", card)
        self.sensor.touch(finger)
        return self.story.last().type

    def looks(self, vector: bytes, card: bytes = ALICE, live: Live = Live.UNKNOWN, model: str = MODEL) -> str:
        self.story.badge("lab-in", card)
        self.camera.show_face(model, vector, vector, vector, live=live)
        return self.story.last().type


def enrol(home: Home, *, expires_at: datetime | None = None) -> None:
    """Let Alice and Bob agree, and enrol a thumb and a face of each."""
    vault = Vault(RootKey.load(home.root_key).derive(Purpose.PERSON_KEYS))
    with closing(BiometricWriter(home.people, now=lambda: NOON)) as writer:
        for person, vector in (("alice", ALICES), ("bob", BOBS)):
            finger = writer.give_consent(person, "fingerprint", TEXT, "tester").id
            writer.enrol_biometric(
                person,
                NewBiometric(
                    f"f-{person}",
                    "fingerprint",
                    "fake",
                    finger,
                    sensor="store-in.finger",
                    template=f"{person}-1",
                    expires_at=expires_at,
                ),
                "tester",
            )
            consent = writer.give_consent(person, "face", TEXT, "tester").id
            key = vault.new_key(person, f"k-{person}")
            packed = _template(vector)
            sealed = vault.seal(key, Label(f"b-{person}", "face", MODEL), packed)
            new = NewBiometric(
                f"b-{person}", "face", MODEL, consent, sealed=sealed, key=key, expires_at=expires_at
            )
            writer.enrol_biometric(person, new, "tester")


def _template(vector: bytes) -> bytes:
    return Template.of(MODEL, [vector_in(vector)] * 5).pack()


def begin(staffed_home: Path, tmp_path: Path, site: str, *, expires_at: datetime | None = None) -> Place:
    shutil.copytree(staffed_home, tmp_path / "home")
    home = Home(tmp_path / "home")
    home.site_file.write_text(site)
    enrol(home, expires_at=expires_at)
    place = Place(Story(home, site=site))
    place.sensor.kept.update({"alice-1": "alice's thumb", "bob-1": "bob's thumb"})
    return place


@pytest.fixture
def place(staffed_home: Path, tmp_path: Path) -> Iterator[Place]:
    begun = begin(staffed_home, tmp_path, FURTHER)
    yield begun
    begun.story.process.stop()
    begun.story.office.writer.close()


# ---------------------------------------------------------------------------------------- fingers


def test_a_card_and_its_holders_finger_open(place: Place) -> None:
    """The sensor is asked when the card is good, and its light says so."""
    place.story.badge("store-in", ALICE)
    assert place.story.playing("store-in") is Pattern.FINGER_WANTED
    place.sensor.touch("alice's thumb")
    assert place.story.last().type == "access_granted"
    assert place.story.released("store")


@pytest.mark.parametrize(
    ("finger", "reason"),
    [("bob's thumb", Reason.OTHER_PERSON), ("a stranger's thumb", Reason.WRONG_FINGER)],
)
def test_another_finger_opens_nothing(place: Place, finger: str, reason: Reason) -> None:
    """Whether it is somebody else's who is known here, or nobody's, is told apart."""
    place.touches(finger)
    assert place.story.last().reason == reason.words
    assert not place.story.released("store")


def test_a_finger_that_does_not_come_is_said_to_be_late(place: Place) -> None:
    """Nobody is blamed, nothing is counted, and the next card begins anew."""
    place.story.badge("store-in", ALICE).after(12)
    assert place.story.last().reason == Reason.NO_FINGER.words
    assert place.touches("alice's thumb") == "access_granted"


def test_a_sensor_that_is_gone_is_said_to_be_gone(place: Place) -> None:
    """While somebody is asked, and before: the finger cannot be checked, and nothing opens."""
    place.story.badge("store-in", ALICE)
    place.sensor.lose()
    assert "denied_authentication_unavailable" in place.story.types()
    assert "biometric_offline" in place.story.types()
    place.story.badge("store-in", ALICE)
    assert place.story.last().type == "denied_authentication_unavailable"
    place.sensor.come_back()
    assert place.story.last().type == "biometric_online"
    assert place.touches("alice's thumb") == "access_granted"


def test_five_wrong_fingers_cost_half_a_minute(place: Place) -> None:
    """The sixth is not even looked at; after the wait a right one opens and clears the count."""
    for _ in range(5):
        place.touches("a stranger's thumb")
    place.story.badge("store-in", ALICE)
    assert place.story.last().reason == Reason.BIOMETRIC_LOCKED_OUT.words
    place.story.restart(crash=True).badge("store-in", ALICE)
    assert place.story.last().reason == Reason.BIOMETRIC_LOCKED_OUT.words
    place.sensor.kept.update({"alice-1": "alice's thumb"})
    place.story.after(31)
    assert place.touches("alice's thumb") == "access_granted"


def test_fifty_wrong_fingers_put_an_end_to_it(place: Place) -> None:
    """Until an admin forgives."""
    for _ in range(50):
        place.touches("a stranger's thumb")
        place.story.after(31)
    place.story.badge("store-in", ALICE)
    assert place.story.last().reason == Reason.BIOMETRIC_OFF.words


def test_what_has_expired_is_not_asked_for(staffed_home: Path, tmp_path: Path) -> None:
    """A finger past its time opens nothing, as if it had never been enrolled."""
    place = begin(staffed_home, tmp_path, FURTHER, expires_at=NOON + timedelta(minutes=1))
    assert place.touches("alice's thumb") == "access_granted"
    place.story.after(61)
    place.touches("alice's thumb")
    assert place.story.last().reason == Reason.NO_BIOMETRIC.words
    place.story.process.stop()
    place.story.office.writer.close()


def test_a_card_that_is_revoked_while_the_finger_is_looked_at_opens_nothing(place: Place) -> None:
    """The card is looked up again after the last factor."""
    place.story.badge("store-in", BOB)
    with closing(sqlite3.connect(place.story.home.people)) as db, db:
        db.execute("UPDATE card SET status = 'revoked' WHERE person = 'bob'")
    place.sensor.touch("bob's thumb")
    assert place.story.last().type == "denied_factor_disabled"
    assert not place.story.released("store")


# ------------------------------------------------------------------------------------------ faces


def test_a_card_and_its_holders_face_open(place: Place) -> None:
    """Three pictures near enough to what was enrolled."""
    place.story.badge("lab-in", ALICE)
    assert place.story.playing("lab-in") is Pattern.FACE_WANTED
    assert place.looks(NEAR_ALICES) == "access_granted"
    assert place.story.released("lab")


@pytest.mark.parametrize("vector", [BOBS, NOBODYS])
def test_another_face_opens_nothing(place: Place, vector: bytes) -> None:
    """One to one: whose it is otherwise, nobody asks."""
    place.looks(vector)
    assert place.story.last().reason == Reason.WRONG_FACE.words
    assert not place.story.released("lab")


def test_faces_of_another_engine_are_never_compared(place: Place) -> None:
    """What was enrolled with one engine counts for nothing at another."""
    place.looks(ALICES, model="dlib-other")
    assert place.story.last().type in {
        "denied_credential_not_provisioned",
        "denied_authentication_unavailable",
    }
    assert not place.story.released("lab")


def test_a_face_that_does_not_come_is_said_to_be_late(place: Place) -> None:
    """The camera gives up, and that is nobody's fault."""
    place.story.badge("lab-in", ALICE)
    place.camera.give_up()
    assert place.story.last().reason == Reason.NO_FACE.words


@pytest.mark.parametrize(
    ("live", "reason"),
    [
        (Live.LIVE, None),
        (Live.SPOOFED, Reason.NOT_LIVE),
        (Live.UNKNOWN, Reason.LIVENESS_UNAVAILABLE),
    ],
)
def test_where_liveness_is_wanted_its_absence_is_a_failure(
    staffed_home: Path, tmp_path: Path, live: Live, reason: Reason | None
) -> None:
    """A head has to turn to a side that is drawn by lot; whoever cannot tell says no."""
    place = begin(staffed_home, tmp_path, FURTHER.replace('liveness = "none"', 'liveness = "turn"'))
    place.story.badge("lab-in", ALICE)
    wanted = place.camera.wanted
    assert wanted is not None
    assert wanted.turn in set(Turn)
    place.camera.show_face(MODEL, ALICES, ALICES, ALICES, live=live)
    assert place.story.released("lab") is (reason is None)
    if reason is not None:
        assert place.story.last().reason == reason.words
    place.story.process.stop()
    place.story.office.writer.close()


# ------------------------------------------------------------------------------- alone, if accepted


def test_a_finger_alone_opens_where_the_site_accepts_that(staffed_home: Path, tmp_path: Path) -> None:
    """In as many words. The record has whose it was."""
    place = begin(staffed_home, tmp_path, ALONE)
    place.sensor.touch("alice's thumb")
    assert place.story.last().type == "access_granted"
    assert place.story.last().person == "alice"
    place.story.after(8)
    place.sensor.touch("a stranger's thumb")
    assert place.story.last().reason == Reason.UNKNOWN_FINGER.words
    place.story.process.stop()
    place.story.office.writer.close()


def test_a_face_alone_opens_where_the_site_accepts_that(staffed_home: Path, tmp_path: Path) -> None:
    """It is looked for among everybody's; one that is nobody's, or two people's, opens nothing."""
    place = begin(staffed_home, tmp_path, ALONE)
    place.camera.show_face(MODEL, *[NEAR_ALICES] * 3)
    assert place.story.last().type == "access_granted"
    assert place.story.last().person == "alice"
    place.story.after(8)
    place.camera.show_face(MODEL, *[face(1, 1)] * 3)
    assert place.story.last().reason == Reason.UNKNOWN_FACE.words
    assert not place.story.released("lab")
    place.story.process.stop()
    place.story.office.writer.close()


def test_a_person_who_is_disabled_is_refused_by_their_own_face(staffed_home: Path, tmp_path: Path) -> None:
    """All other rules hold as for a card."""
    place = begin(staffed_home, tmp_path, ALONE)
    place.story.office.writer.change_person("alice", place.story.office.disabled, "tester")
    place.camera.show_face(MODEL, *[ALICES] * 3)
    assert place.story.last().type == "denied_credential_manual_disable"
    place.story.process.stop()
    place.story.office.writer.close()
