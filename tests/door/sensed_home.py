"""A site with fingerprint sensors and cameras at which Alice and Bob are enrolled, for the doors' stories."""

import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from accessctl.faces.template import Template
from accessctl.faces.vectors import bytes_of, unit, vector_in
from accessctl.home import Home
from accessctl.keys.root import Purpose, RootKey
from accessctl.keys.vault import Label, Vault
from accessctl.store.biometric_rows import ConsentText, NewBiometric
from accessctl.store.biometric_writer import BiometricWriter
from hardware.fakes_camera import FakeFaceCamera
from hardware.fakes_sensors import FakeFingerSensor
from hardware.signals import DeviceId
from tests.door.site import SITE, open_to_staff
from tests.door.story import NOON, Row, Story

MODEL = "dlib-test"
TEXT = ConsentText("1", "ab" * 32)
RULES = """
[biometrics]
consent_version = "1"
consent_text = "I agree."
liveness = "none"
sole_factor = "accepted"
face_threshold = 0.3
face_model = "dlib-test"
"""
FINGER = 'finger = { kind = "simulated" }'
CAMERA = 'camera = { kind = "simulated" }'
STRANGERS = "a stranger's thumb"


def sensed_site(*doors: str, names: tuple[str, ...], site: str = SITE) -> str:
    """Write the small site with sensors at more doors, through which staff may go at any time."""
    return open_to_staff(site + RULES + "".join(doors), *names)


def asking(door: str, asks: str) -> str:
    """Let a door ask for something that is no single word."""
    assert 'asks = "card"' in door
    return door.replace('asks = "card"', f"asks = {asks}")


def face(*numbers: float) -> bytes:
    """Give a vector of 128 numbers that begins so."""
    return bytes_of(unit([*numbers, *[0.0] * (128 - len(numbers))]))


FACES = {"alice": face(1, 0), "bob": face(0, 1)}


class Enroller:
    """Lets people agree, and enrols their thumbs and faces."""

    def __init__(self, home: Home) -> None:
        """Take the home."""
        self._home, self._consents = home, dict[tuple[str, str], str]()

    def finger(
        self,
        person: str,
        point: str,
        template: str,
        *,
        duress: bool = False,
        expires_at: datetime | None = None,
    ) -> str:
        """Enrol a finger at an access point under a template's name; gives its id."""
        with closing(BiometricWriter(self._home.people, now=lambda: NOON)) as writer:
            new = NewBiometric(
                f"f-{point}-{template}",
                "fingerprint",
                "fake",
                self._consent(writer, person, "fingerprint"),
                sensor=f"{point}.finger",
                template=template,
                duress=duress,
                expires_at=expires_at,
            )
            return writer.enrol_biometric(person, new, "tester").id

    def face(self, person: str) -> None:
        """Enrol a face."""
        vault = Vault(RootKey.load(self._home.root_key).derive(Purpose.PERSON_KEYS))
        key = vault.new_key(person, f"k-{person}")
        packed = Template.of(MODEL, [vector_in(FACES[person])] * 5).pack()
        with closing(BiometricWriter(self._home.people, now=lambda: NOON)) as writer:
            consent = self._consent(writer, person, "face")
            sealed = vault.seal(key, Label(f"b-{person}", "face", MODEL), packed)
            new = NewBiometric(f"b-{person}", "face", MODEL, consent, sealed=sealed, key=key)
            writer.enrol_biometric(person, new, "tester")

    def disable(self, finger: str) -> None:
        """Let a finger count no more."""
        with closing(BiometricWriter(self._home.people, now=lambda: NOON)) as writer:
            writer.disable_biometric(finger, "tester", disabled=True)

    def _consent(self, writer: BiometricWriter, person: str, kind: str) -> str:
        if (person, kind) not in self._consents:
            self._consents[person, kind] = writer.give_consent(person, kind, TEXT, "tester").id
        return self._consents[person, kind]


@dataclass
class Sensed:
    """A story with sensors in it."""

    story: Story
    enroller: Enroller

    def finger(self, point: str) -> FakeFingerSensor:
        """Give the fingerprint sensor of an access point."""
        return self.story.board.fingers[DeviceId(f"{point}.finger")]

    def camera(self, point: str) -> FakeFaceCamera:
        """Give the camera of an access point."""
        return self.story.board.cameras[DeviceId(f"{point}.camera")]

    def keeps(self, point: str, template: str, finger: str) -> None:
        """Let a sensor keep a finger."""
        self.finger(point).kept[template] = finger

    def touch(self, point: str, finger: str) -> Row:
        """Touch a sensor, and give the newest entry."""
        self.finger(point).touch(finger)
        return self.story.last()

    def look(self, point: str, person: str) -> Row:
        """Stand before a camera, and give the newest entry."""
        self.camera(point).show_face(MODEL, *[FACES[person]] * 3)
        return self.story.last()

    def end(self) -> None:
        """Stop everything."""
        self.story.process.stop()
        self.story.office.writer.close()


def begin(staffed_home: Path, tmp_path: Path, site: str) -> Sensed:
    """Start the door process on a copy of the staffed home."""
    shutil.copytree(staffed_home, tmp_path / "home")
    home = Home(tmp_path / "home")
    home.site_file.write_text(site)
    return Sensed(Story(home, site=site), Enroller(home))
