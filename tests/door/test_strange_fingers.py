"""Fingers that nobody knows, that have expired or were disabled, where a finger alone opens."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from accessctl.store.people import PeopleReader
from hardware.ports import Pattern
from policies.factors import Factor
from policies.ids import CredentialId
from policies.reasons import Reason
from policies.tries import LIMITS, Kind, Tries, key_of
from tests.door.conftest import ALICE
from tests.door.sensed_home import FINGER, STRANGERS, Sensed, asking, begin, sensed_site
from tests.door.site import SITE, door
from tests.door.story import NOON

TWO = """
[areas.vault]
name = "Vault"
together = { persons = 2, within_s = 20 }
"""
ALONE = sensed_site(
    TWO,
    door("store", "fingerprint", FINGER, gpio=13),
    door("vault", "fingerprint", FINGER, gpio=16, to="vault"),
    asking(door("lab", "card", FINGER, gpio=19), '{ two_of = ["card", "pin", "fingerprint"] }'),
    door("archive", "card_and_fingerprint", FINGER, gpio=20),
    names=("store", "vault", "lab", "archive"),
    site=SITE,
)
POINTS = ("store-in", "vault-in", "lab-in", "archive-in")
LIMIT = LIMITS[Kind.SENSOR]
WAIT_S = LIMIT.first_wait.total_seconds()
Begins = Callable[..., Sensed]


@pytest.fixture
def begins(staffed_home: Path, tmp_path: Path) -> Iterator[Begins]:
    """Begin a story in which Alice's and Bob's thumbs are enrolled, until some instant if it is said."""
    begun: list[Sensed] = []

    def with_fingers(expires_at: datetime | None = None) -> Sensed:
        place = begin(staffed_home, tmp_path, ALONE)
        begun.append(place)
        for point in POINTS:
            for person in ("alice", "bob"):
                until = expires_at if person == "alice" else None
                place.enroller.finger(person, point, f"{point}-{person}", expires_at=until)
        keep(place)
        return place

    yield with_fingers
    for place in begun:
        place.end()


def keep(place: Sensed) -> None:
    """Let the sensors keep the thumbs."""
    for point in POINTS:
        for person in ("alice", "bob"):
            place.keeps(point, f"{point}-{person}", f"{person}'s thumb")


@pytest.fixture
def place(begins: Begins) -> Sensed:
    return begins()


def strangers_touch(place: Sensed, times: int = LIMIT.free) -> None:
    """Let so many strange fingers touch, one after the other."""
    for _ in range(times):
        place.touch("store-in", STRANGERS)
        place.story.after(2)


# ------------------------------------------------------------------------------------- fingers of nobody


def test_after_five_strange_fingers_nobody_is_looked_at_for_a_while(place: Sensed) -> None:
    """The record has five refusals and the lockout of the sensor, and a known finger opens nothing now."""
    mark = place.story.mark()
    strangers_touch(place)
    found = [kind for kind in place.story.types(since=mark) if not kind.startswith("biometric_enrol")]
    assert found.count(Reason.UNKNOWN_FINGER.event_type) == LIMIT.free
    assert found.count("lockout_max_attempts") == 1
    assert not place.finger("store-in").asked
    place.touch("store-in", "alice's thumb")
    assert not place.story.released("store")


def test_after_the_wait_a_known_finger_opens_again(place: Sensed) -> None:
    """By itself: nobody has to forgive a sensor."""
    strangers_touch(place)
    place.story.after(WAIT_S + 1)
    assert place.finger("store-in").asked
    assert place.touch("store-in", "alice's thumb").type == "access_granted"
    assert place.story.released("store")


def test_four_strange_fingers_cost_nothing(place: Sensed) -> None:
    """People do touch with the wrong finger."""
    strangers_touch(place, LIMIT.free - 1)
    assert place.touch("store-in", "alice's thumb").type == "access_granted"
    assert place.story.released("store")


def test_one_more_strange_finger_after_the_wait_costs_another(place: Sensed) -> None:
    """Whoever goes on trying waits after each."""
    strangers_touch(place)
    place.story.after(WAIT_S)
    strangers_touch(place, 1)
    assert not place.finger("store-in").asked
    place.story.after(WAIT_S)
    assert place.touch("store-in", "alice's thumb").type == "access_granted"


def test_a_restart_does_not_end_the_wait(place: Sensed) -> None:
    """Pulling the plug wins nobody another try, and afterwards a known finger opens."""
    strangers_touch(place)
    place.story.restart(crash=True)
    keep(place)
    place.touch("store-in", "alice's thumb")
    assert not place.story.released("store")
    place.story.after(WAIT_S + 2)
    assert place.touch("store-in", "alice's thumb").type == "access_granted"
    assert place.story.released("store")


def test_a_sensor_that_was_unplugged_does_not_end_the_wait(place: Sensed) -> None:
    """Its plug is no way around it either."""
    strangers_touch(place)
    place.finger("store-in").lose()
    place.finger("store-in").come_back()
    place.story.after(2)
    place.touch("store-in", "alice's thumb")
    assert not place.story.released("store")
    place.story.after(WAIT_S)
    assert place.touch("store-in", "alice's thumb").type == "access_granted"


def test_the_wait_is_this_sensors_alone(place: Sensed) -> None:
    """The count is kept by access point; at other doors fingers are asked for as ever."""
    strangers_touch(place)
    tries = place.story.process.executive.warden.memory.tries
    assert key_of(Kind.SENSOR, "store-in") in tries
    place.story.badge("lab-in", ALICE)
    assert place.touch("lab-in", "alice's thumb").type == "access_granted"


def test_a_finger_that_is_felt_in_the_wait_is_refused_by_its_own_reason(place: Sensed) -> None:
    """The sensor looks already when the count is read back, from a record that was away: nothing opens."""
    now = place.story.clock.now()
    counted = Tries(LIMIT.free, now, now + LIMIT.first_wait)
    assert place.finger("store-in").asked
    place.story.process.executive.warden.memory.put("tries", key_of(Kind.SENSOR, "store-in"), counted)
    assert place.touch("store-in", "alice's thumb").reason == Reason.SENSOR_LOCKED_OUT.words
    assert not place.story.released("store")


# ------------------------------------------------------------------------- two people, a finger each


def test_two_people_open_with_a_finger_each(place: Sensed) -> None:
    """Alice's finger waits for a second person, and Bob's opens to both."""
    assert place.touch("vault-in", "alice's thumb").type == Reason.COMPANION_WANTED.event_type
    place.story.after(2)
    place.touch("vault-in", "bob's thumb")
    assert place.story.released("vault")


def test_a_finger_that_is_disabled_while_its_person_waits_opens_nothing(place: Sensed) -> None:
    """Alice is looked up again when Bob comes: he is the first of two now."""
    place.touch("vault-in", "alice's thumb")
    place.story.after(2)
    mark = place.story.mark()
    place.enroller.disable("f-vault-in-vault-in-alice")
    place.touch("vault-in", "bob's thumb")
    assert not place.story.released("vault")
    place.story.after(30)
    assert not place.story.released("vault")
    assert "access_granted" not in place.story.types(since=mark)


def test_another_finger_that_is_disabled_meanwhile_does_not_matter(place: Sensed) -> None:
    """What counts is the finger that was shown."""
    place.touch("vault-in", "alice's thumb")
    place.story.after(2)
    place.enroller.disable("f-store-in-store-in-alice")
    place.touch("vault-in", "bob's thumb")
    assert place.story.released("vault")


def test_a_finger_that_expires_while_its_person_waits_opens_nothing(begins: Begins) -> None:
    """Its time is over in the middle of the wait."""
    place = begins(NOON + timedelta(seconds=5))
    assert place.touch("vault-in", "alice's thumb").type == Reason.COMPANION_WANTED.event_type
    place.story.after(6)
    place.touch("vault-in", "bob's thumb")
    assert not place.story.released("vault")


# ------------------------------------------------------------------------------ fingers past their time


def test_an_expired_finger_that_stands_alone_opens_nothing(begins: Begins) -> None:
    """A moment before its end it opens; from then on it is a finger that nobody knows."""
    place = begins(NOON + timedelta(minutes=1))
    assert place.touch("store-in", "alice's thumb").type == "access_granted"
    place.story.after(61)
    assert not place.story.released("store")
    assert place.touch("store-in", "alice's thumb").reason == Reason.UNKNOWN_FINGER.words
    assert not place.story.released("store")
    place.story.after(2)
    assert place.touch("store-in", "bob's thumb").type == "access_granted"


def test_an_expired_finger_is_not_asked_for(begins: Begins) -> None:
    """Where a PIN would do as well the sensor does not even look."""
    place = begins(NOON + timedelta(minutes=1))
    place.story.badge("lab-in", ALICE)
    assert place.finger("lab-in").asked
    place.story.after(61).badge("lab-in", ALICE)
    assert place.story.playing("lab-in") is Pattern.PIN_WANTED
    assert not place.finger("lab-in").asked
    place.story.keys("lab-in", "4711#")
    assert place.story.released("lab")


def test_where_only_the_expired_finger_would_do_its_absence_is_said(begins: Begins) -> None:
    """At once, as of somebody who never had one enrolled."""
    place = begins(NOON + timedelta(minutes=1))
    place.story.after(61).badge("archive-in", ALICE)
    assert place.story.last().reason == Reason.NO_BIOMETRIC.words
    assert not place.finger("archive-in").asked
    assert not place.story.released("archive")


def test_the_store_takes_the_instant_from_who_asks(begins: Begins) -> None:
    """At the very end it counts no more; whose finger it was, nobody is told then."""
    place = begins(NOON + timedelta(minutes=1))
    card = place.story.process.people
    finger = CredentialId("f-store-in-store-in-alice")
    for at, counts in (
        (NOON, True),
        (NOON + timedelta(seconds=59), True),
        (NOON + timedelta(minutes=1), False),
        (NOON + timedelta(days=1), False),
    ):
        with closing(PeopleReader(card.path, lambda at=at: at)) as people:  # type: ignore[misc]
            holder = people.holder_of_biometric(finger)
            assert (holder is not None) is counts, at
            assert holder is None or Factor.FINGERPRINT in holder.person.enrolled


# ------------------------------------------------- a sensor that wants a touch for each of two templates


@pytest.fixture
def careful(begins: Begins) -> Sensed:
    """The archive's sensor compares with one template at a time, and Alice has two fingers enrolled."""
    place = begins()
    place.enroller.finger("alice", "archive-in", "alice-index", duress=True)
    place.keeps("archive-in", "alice-index", "alice's index")
    place.finger("archive-in").one_by_one = True
    return place


@pytest.mark.parametrize("ends", ["time", "another card", "the sensor is gone"])
def test_one_strange_touch_counts_however_the_attempt_ends(careful: Sensed, ends: str) -> None:
    """Walking away, badging again or pulling the plug after it is no way round the count."""
    story = careful.story
    for _ in range(LIMITS[Kind.BIOMETRIC].free):
        story.badge("archive-in", ALICE)
        careful.finger("archive-in").touch(STRANGERS)
        if ends == "time":
            story.after(40)
        elif ends == "the sensor is gone":
            careful.finger("archive-in").lose()
            careful.finger("archive-in").come_back()
            story.after(2)
    if ends == "another card":
        story.badge("archive-in", ALICE)
    reasons = [row.reason for row in story.rows()]
    assert reasons.count(Reason.WRONG_FINGER.words) == LIMITS[Kind.BIOMETRIC].free
    assert "lockout_max_attempts" in story.types()
    assert not story.released("archive")


def test_the_second_of_two_fingers_still_opens(careful: Sensed) -> None:
    """The everyday finger is looked for first; the other one is asked for by another touch."""
    careful.story.badge("archive-in", ALICE)
    careful.finger("archive-in").touch("alice's index")
    careful.finger("archive-in").touch("alice's index")
    assert careful.story.released("archive")
    assert "duress" in careful.story.types()
