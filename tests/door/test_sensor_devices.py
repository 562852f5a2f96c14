"""How fingerprint sensors and cameras are, for whoever asks after the devices."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accessctl.door.devices import devices_of
from tests.door.story import Story
from tests.door.test_fingers_and_faces import FURTHER, Place, begin

FINGER, CAMERA = "store-in.finger", "lab-in.camera"


@pytest.fixture
def place(staffed_home: Path, tmp_path: Path) -> Iterator[Place]:
    """A site with a fingerprint sensor and a camera."""
    begun = begin(staffed_home, tmp_path, FURTHER)
    yield begun
    begun.story.process.stop()
    begun.story.office.writer.close()


def described(story: Story, device: str) -> dict[str, object]:
    return next(each for each in devices_of(story.process.controller, story.clock) if each["id"] == device)


def test_sensors_are_described_as_readers_are(place: Place) -> None:
    """Where they stand, what drives them, and whether they answer; they have neither key nor housing."""
    finger, camera = (described(place.story, device) for device in (FINGER, CAMERA))
    assert (finger["kind"], finger["access_point"], finger["door"]) == (
        "fingerprint sensor",
        "store-in",
        "store",
    )
    assert (camera["kind"], camera["access_point"], camera["state"]) == ("camera", "lab-in", "here")
    assert not any(finger[fact] for fact in ("key", "tampered", "power_failed", "insecure", "pairing"))


def test_a_sensor_that_is_lost_says_why(place: Place) -> None:
    """Until it is back."""
    place.sensor.lose("its cable was pulled")
    assert (described(place.story, FINGER)["state"], described(place.story, FINGER)["why"]) == (
        "lost",
        "its cable was pulled",
    )
    place.sensor.come_back()
    assert described(place.story, FINGER)["state"] == "here"
