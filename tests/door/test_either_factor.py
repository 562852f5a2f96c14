"""Where one factor does as well as another: which of them open, and what holds while a sensor is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.ports import Pattern
from policies.ids import PersonId
from policies.lockout import FREE_TRIES
from policies.reasons import Reason
from tests.door.conftest import ALICE, BOB
from tests.door.sensed_home import CAMERA, FINGER, STRANGERS, Sensed, asking, begin, sensed_site
from tests.door.site import door

EITHER = asking(door("store", "card", FINGER, gpio=13), '{ two_of = ["card", "pin", "fingerprint"] }')
BOTH = door("lab", "card_and_biometric", FINGER, CAMERA, gpio=16)
EASED = door(
    "archive",
    "card_and_fingerprint",
    FINGER,
    'asks_when = [{ schedule = "evening", asks = "card" }]',
    gpio=19,
)
STRICT = door("vault", "card_pin_and_biometric", FINGER, gpio=20)
EVENING = """
[schedules.evening]
weekly = [{ days = "every day", from = "18:00", to = "24:00" }]
"""
SITE = sensed_site(EVENING, EITHER, BOTH, EASED, STRICT, names=("store", "lab", "archive", "vault"))
POINTS = ("store-in", "lab-in", "archive-in", "vault-in")
UNTIL_EVENING = 6 * 3600


@contextmanager
def told(staffed_home: Path, tmp_path: Path) -> Iterator[Sensed]:
    """Tell of a site where Alice and Bob have a thumb at every sensor, and a face."""
    begun = begin(staffed_home, tmp_path, SITE)
    for person in ("alice", "bob"):
        begun.enroller.face(person)
        for point in POINTS:
            begun.enroller.finger(person, point, f"{point}-{person}")
            begun.keeps(point, f"{point}-{person}", f"{person}'s thumb")
    yield begun
    begun.end()


@pytest.fixture
def place(staffed_home: Path, tmp_path: Path) -> Iterator[Sensed]:
    with told(staffed_home, tmp_path) as begun:
        yield begun


def wrong_pins(place: Sensed, person: str = "alice") -> int:
    """Give how many wrong PINs in a row are counted against somebody."""
    return place.story.process.recorder.wrong_pins_of(PersonId(person)).count


# ---------------------------------------------------------------------------- a card, and a PIN or a finger


def test_the_right_pin_opens_where_a_finger_would_do_as_well(place: Sensed) -> None:
    """The prompt is for the PIN, and nothing else is wanted after it."""
    place.story.badge("store-in", ALICE)
    assert place.story.playing("store-in") is Pattern.PIN_WANTED
    place.story.keys("store-in", "4711#")
    assert place.story.last().type == "access_granted"
    assert place.story.released("store")


def test_the_right_finger_opens_where_a_pin_would_do_as_well(place: Sensed) -> None:
    """The sensor looks while the prompt is for the PIN."""
    place.story.badge("store-in", ALICE)
    assert place.touch("store-in", "alice's thumb").type == "access_granted"
    assert place.story.released("store")


def test_the_right_finger_opens_after_some_digits(place: Sensed) -> None:
    """Whoever changes their mind while they type is let in, and what they typed counts for nothing."""
    place.story.badge("store-in", ALICE).keys("store-in", "00")
    assert place.touch("store-in", "alice's thumb").type == "access_granted"
    assert wrong_pins(place) == 0


def test_a_wrong_pin_is_said_to_be_wrong(place: Sensed) -> None:
    """A finger might have done, but a PIN was typed: the attempt is over, and is counted."""
    place.story.badge("store-in", ALICE).keys("store-in", "0000#")
    assert place.story.last().reason == Reason.WRONG_PIN.words
    assert wrong_pins(place) == 1
    assert not place.finger("store-in").asked
    place.touch("store-in", "alice's thumb")
    assert not place.story.released("store")


@pytest.mark.parametrize(
    ("finger", "reason"), [(STRANGERS, Reason.WRONG_FINGER), ("bob's thumb", Reason.OTHER_PERSON)]
)
def test_a_wrong_finger_is_said_to_be_wrong(place: Sensed, finger: str, reason: Reason) -> None:
    """A PIN might have done; a finger was shown that is not the card's holder's."""
    place.story.badge("store-in", ALICE)
    assert place.touch("store-in", finger).reason == reason.words
    assert not place.story.released("store")


def test_whoever_has_no_pin_is_asked_for_the_finger(place: Sensed) -> None:
    """Bob has a finger alone, and nobody asks him for digits."""
    place.story.badge("store-in", BOB)
    assert place.story.playing("store-in") is Pattern.FINGER_WANTED
    assert place.touch("store-in", "bob's thumb").type == "access_granted"


# --------------------------------------------------------------------------------- a sensor that is lost


def test_a_sensor_that_is_gone_leaves_the_pin(place: Sensed) -> None:
    """Where a PIN would do, nobody waits for a sensor that was lost before."""
    place.finger("store-in").lose()
    place.story.badge("store-in", ALICE)
    assert place.story.playing("store-in") is Pattern.PIN_WANTED
    place.story.keys("store-in", "4711#")
    assert place.story.released("store")


def test_a_sensor_that_goes_while_a_pin_is_typed_leaves_the_pin(place: Sensed) -> None:
    """Half a PIN is typed when the plug is pulled; the other half still counts."""
    place.story.badge("store-in", ALICE).keys("store-in", "47")
    place.finger("store-in").lose()
    place.story.keys("store-in", "11#")
    assert place.story.last().type == "access_granted"
    assert place.story.released("store")


def test_a_wrong_pin_is_wrong_while_the_sensor_is_gone(place: Sensed) -> None:
    """Nothing is given away because something is broken."""
    place.story.badge("store-in", ALICE)
    place.finger("store-in").lose()
    place.story.keys("store-in", "0000#")
    assert place.story.last().reason == Reason.WRONG_PIN.words
    assert not place.story.released("store")


def test_whoever_has_a_finger_alone_is_told_that_it_cannot_be_checked(place: Sensed) -> None:
    """Bob has no PIN: nothing opens to him until the sensor is back."""
    place.finger("store-in").lose()
    place.story.badge("store-in", BOB)
    assert not place.story.released("store")
    assert place.story.last().type in {
        Reason.AUTHENTICATION_UNAVAILABLE.event_type,
        Reason.NO_PIN.event_type,
    }
    place.finger("store-in").come_back()
    place.story.badge("store-in", BOB)
    assert place.touch("store-in", "bob's thumb").type == "access_granted"


@pytest.mark.parametrize("gone", ["before", "while the hour is strict", "after it has eased"])
def test_a_sensor_that_goes_does_not_matter_once_the_hour_has_eased(place: Sensed, gone: str) -> None:
    """In the evening the card alone opens: whenever the plug was pulled, the finger is not missed."""
    if gone == "before":
        place.finger("archive-in").lose()
    place.story.after(UNTIL_EVENING - 2)
    if gone == "while the hour is strict":
        place.finger("archive-in").lose()
    place.story.after(3)
    if gone == "after it has eased":
        place.finger("archive-in").lose()
    place.story.badge("archive-in", ALICE)
    assert place.story.last().type == "access_granted"
    assert place.story.released("archive")


def test_a_sensor_that_goes_while_the_hour_eases_lets_the_holder_in(place: Sensed) -> None:
    """The finger was asked for just before six; when the plug is pulled just after, none is needed."""
    place.story.after(UNTIL_EVENING - 2).badge("archive-in", ALICE)
    assert place.story.playing("archive-in") is Pattern.FINGER_WANTED
    place.story.after(4)
    place.finger("archive-in").lose()
    assert place.story.types()[-2:].count("access_granted") == 1
    assert place.story.released("archive")


def test_a_sensor_that_goes_while_the_hour_is_strict_opens_nothing(place: Sensed) -> None:
    """Where the finger is needed its absence is a refusal that is nobody's fault."""
    place.story.badge("archive-in", ALICE)
    place.finger("archive-in").lose()
    assert Reason.AUTHENTICATION_UNAVAILABLE.event_type in place.story.types()
    assert not place.story.released("archive")


def test_where_the_finger_cannot_be_checked_the_face_opens(place: Sensed) -> None:
    """Two sensors serve one point: the one that is left is asked for."""
    place.finger("lab-in").lose()
    place.story.badge("lab-in", ALICE)
    assert place.story.playing("lab-in") is Pattern.FACE_WANTED
    assert place.look("lab-in", "alice").type == "access_granted"
    assert place.story.released("lab")


def test_where_the_face_cannot_be_checked_the_finger_opens(place: Sensed) -> None:
    """The other way round."""
    place.camera("lab-in").lose()
    place.story.badge("lab-in", ALICE)
    assert place.story.playing("lab-in") is Pattern.FINGER_WANTED
    assert place.touch("lab-in", "alice's thumb").type == "access_granted"
    assert place.story.released("lab")


def test_a_camera_that_goes_while_a_finger_is_wanted_leaves_the_finger(place: Sensed) -> None:
    """It was listened to besides, and nobody is refused for it."""
    place.story.badge("lab-in", ALICE)
    place.camera("lab-in").lose()
    assert place.touch("lab-in", "alice's thumb").type == "access_granted"
    assert place.story.released("lab")


def test_a_finger_sensor_that_goes_while_it_is_wanted_leaves_the_face(place: Sensed) -> None:
    """It was prompted for, and the camera, which would do as well, goes on looking."""
    place.story.badge("lab-in", ALICE)
    assert place.story.playing("lab-in") is Pattern.FINGER_WANTED
    place.finger("lab-in").lose()
    place.look("lab-in", "alice")
    assert place.story.released("lab")


def test_after_a_finger_sensor_has_gone_the_next_card_is_asked_for_a_face(place: Sensed) -> None:
    """Whatever became of the attempt in which it went."""
    place.story.badge("lab-in", ALICE)
    place.finger("lab-in").lose()
    place.story.after(15).badge("lab-in", ALICE)
    assert place.look("lab-in", "alice").type == "access_granted"
    assert place.story.released("lab")


def test_where_both_sensors_are_gone_nothing_opens_until_one_is_back(place: Sensed) -> None:
    """It is said to be nobody's fault; the first that comes back opens."""
    place.finger("lab-in").lose()
    place.camera("lab-in").lose()
    place.story.badge("lab-in", ALICE)
    assert place.story.last().type == Reason.AUTHENTICATION_UNAVAILABLE.event_type
    place.camera("lab-in").come_back()
    place.story.badge("lab-in", ALICE)
    assert place.look("lab-in", "alice").type == "access_granted"
    assert place.story.released("lab")


# ----------------------------------------------------------------- the count of wrong PINs, and what follows


def wrong_at_the_vault(place: Sensed, times: int) -> list[str]:
    """Type a wrong PIN so many times, and give what the record calls each."""
    found = []
    for _ in range(times):
        place.story.badge("vault-in", ALICE).keys("vault-in", "0000#")
        found.append(place.story.last().type)
    return found


def test_a_right_pin_clears_the_count_though_a_finger_is_wanted_after_it(place: Sensed) -> None:
    """Four slips, the right PIN, and no finger: the next slip is the first again, over a crash too."""
    wrong_at_the_vault(place, FREE_TRIES - 1)
    assert wrong_pins(place) == FREE_TRIES - 1
    place.story.badge("vault-in", ALICE).keys("vault-in", "4711#")
    assert place.story.playing("vault-in") is Pattern.FINGER_WANTED
    assert wrong_pins(place) == 0
    assert not place.story.released("vault")
    place.story.after(15).restart(crash=True)
    assert wrong_at_the_vault(place, 1) == [Reason.WRONG_PIN.event_type]
    assert wrong_pins(place) == 1
    assert "lockout_max_attempts" not in place.story.types()


def test_after_a_cleared_count_as_many_slips_as_ever_lock_out(place: Sensed) -> None:
    """The fifth of the new ones does, and not one before."""
    wrong_at_the_vault(place, FREE_TRIES - 1)
    place.story.badge("vault-in", ALICE).keys("vault-in", "4711#").after(15)
    found = wrong_at_the_vault(place, FREE_TRIES)
    assert found == [*[Reason.WRONG_PIN.event_type] * (FREE_TRIES - 1), "lockout_max_attempts"]


def test_a_right_pin_and_a_wrong_finger_leave_no_wrong_pin(place: Sensed) -> None:
    """The finger has a count of its own."""
    wrong_at_the_vault(place, FREE_TRIES - 1)
    place.story.badge("vault-in", ALICE).keys("vault-in", "4711#")
    assert place.touch("vault-in", STRANGERS).reason == Reason.WRONG_FINGER.words
    assert wrong_pins(place) == 0


def test_a_finger_clears_no_wrong_pins(place: Sensed) -> None:
    """Where a finger would do as well, it says nothing of the PIN."""
    place.story.badge("store-in", ALICE).keys("store-in", "0000#")
    place.story.badge("store-in", ALICE)
    assert place.touch("store-in", "alice's thumb").type == "access_granted"
    assert wrong_pins(place) == 1
