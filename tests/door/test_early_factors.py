"""What is shown before a card, or typed where nobody asked for it: what it opens, and what it does not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from accessctl.store.people_writer import NewCard
from hardware.ports import Pattern
from hardware.signals import Technology
from policies.reasons import Reason
from tests.door.conftest import ALICE, BOB
from tests.door.sensed_home import FINGER, Sensed, begin, sensed_site
from tests.door.site import SITE, door
from tests.door.story import Story

WITH_BREAK_GLASS = SITE.replace("most = 100\n", "most = 100\nbreak_glass = true\n")
EARLY = sensed_site(
    door("lab", "card_and_fingerprint", FINGER, "any_order = true", gpio=16),
    door("store", "card_and_fingerprint", FINGER, gpio=13),
    door("den", "card_and_pin", "any_order = true", gpio=19),
    names=("lab", "store", "den"),
    site=WITH_BREAK_GLASS,
)
THUMB, FOREFINGER, BOBS = "alice's thumb", "alice's forefinger", "bob's thumb"
GLASS, NOBODYS = "904718263355", "314159265358"
ORDINARY = "271828182845"
"""Twelve digits as well: made when the site had no break-glass codes yet and longer ordinary ones."""


@pytest.fixture
def place(staffed_home: Path, tmp_path: Path) -> Iterator[Sensed]:
    """A site where a finger may come first, and Alice has one that is a cry for help."""
    begun = begin(staffed_home, tmp_path, EARLY)
    for point in ("lab-in", "store-in"):
        for person, template, finger, duress in (
            ("alice", f"{point}-thumb", THUMB, False),
            ("alice", f"{point}-forefinger", FOREFINGER, True),
            ("bob", f"{point}-bobs", BOBS, False),
        ):
            begun.enroller.finger(person, point, template, duress=duress)
            begun.keeps(point, template, finger)
    yield begun
    begun.end()


def give_code(story: Story, digits: str, *, break_glass: bool = False) -> None:
    """Give Bob a code of the keypad, an ordinary one or break-glass."""
    tag = story.office._tagger.tag(Technology.CODE, digits.encode())
    card = replace(NewCard(tag, Technology.CODE, ""), break_glass=break_glass)
    story.office.writer.enrol_card("bob", card, "tester")


# -------------------------------------------------------------------------------------- duress first


def test_a_finger_may_come_before_its_holders_card(place: Sensed) -> None:
    """It waits for the card, and then nothing more is wanted."""
    mark = place.story.mark()
    place.touch("lab-in", THUMB)
    assert not place.story.released("lab")
    place.story.badge("lab-in", ALICE)
    assert place.story.released("lab")
    assert place.story.types(since=mark) == ["access_granted"]


def test_a_cry_for_help_before_the_card_is_heard_at_the_grant(place: Sensed) -> None:
    """The door opens as for any finger, and beside the grant stands the alarm."""
    mark = place.story.mark()
    place.touch("lab-in", FOREFINGER)
    place.story.badge("lab-in", ALICE)
    assert place.story.released("lab")
    assert place.story.types(since=mark) == ["access_granted", "duress"]
    assert place.story.last().person == "alice"


def test_nothing_at_the_door_tells_the_two_fingers_apart(place: Sensed) -> None:
    """Light and tone are the same, step by step."""

    def shown(finger: str) -> list[Pattern]:
        before = len(place.story.shown("lab-in"))
        place.touch("lab-in", finger)
        place.story.after(1).badge("lab-in", ALICE).after(30)
        return place.story.shown("lab-in")[before:]

    assert shown(THUMB) == shown(FOREFINGER)


def test_a_cry_for_help_is_heard_with_somebody_elses_card(place: Sensed) -> None:
    """Two people's factors open nothing; who called for help needs it all the same."""
    mark = place.story.mark()
    place.touch("lab-in", FOREFINGER)
    place.story.badge("lab-in", BOB)
    assert not place.story.released("lab")
    assert place.story.types(since=mark) == [Reason.OTHER_PERSON.event_type, "duress"]


def test_a_cry_for_help_does_not_cling_to_the_next_person(place: Sensed) -> None:
    """When no card followed in time, the next finger and card are an ordinary grant."""
    place.touch("lab-in", FOREFINGER)
    place.story.after(15)
    mark = place.story.mark()
    place.touch("lab-in", BOBS)
    place.story.badge("lab-in", BOB)
    assert place.story.types(since=mark) == ["access_granted"]


# ------------------------------------------------------------------------------- one person, two doors


def test_a_finger_first_is_refused_while_its_person_is_checked_elsewhere(place: Sensed) -> None:
    """It opens nothing here, and what goes on at the other door goes on."""
    place.story.badge("store-in", ALICE)
    assert place.story.playing("store-in") is Pattern.FINGER_WANTED
    assert place.touch("lab-in", THUMB).reason == Reason.FACTOR_ELSEWHERE.words
    assert not place.story.released("lab")
    assert place.touch("store-in", THUMB).type == "access_granted"
    assert place.story.released("store")


def test_a_card_after_the_refused_finger_needs_a_finger_anew(place: Sensed) -> None:
    """What was refused is not kept for the card."""
    place.story.badge("store-in", ALICE)
    place.touch("lab-in", THUMB)
    place.story.badge("lab-in", ALICE)
    assert not place.story.released("lab")


def test_a_finger_first_counts_again_when_the_other_attempt_is_over(place: Sensed) -> None:
    """Nobody waits longer than they are checked."""
    place.story.badge("store-in", ALICE).after(20)
    place.touch("lab-in", THUMB)
    place.story.badge("lab-in", ALICE)
    assert place.story.released("lab")


def test_a_finger_that_waits_for_its_card_is_checked_nowhere_else(place: Sensed) -> None:
    """The other way round: the attempt that began with a finger keeps the person at its door."""
    place.touch("lab-in", THUMB)
    place.story.badge("store-in", ALICE)
    assert place.story.last().reason == Reason.FACTOR_ELSEWHERE.words
    place.story.badge("lab-in", ALICE)
    assert place.story.released("lab")


def test_another_person_is_checked_meanwhile(place: Sensed) -> None:
    """Bob is nobody's other place."""
    place.story.badge("store-in", ALICE)
    place.touch("lab-in", BOBS)
    place.story.badge("lab-in", BOB)
    assert place.story.released("lab")


# -------------------------------------------------------------------------- twelve digits at a keypad


@pytest.mark.parametrize(("point", "asks"), [("cage-in", "card and PIN"), ("front-in", "a card")])
@pytest.mark.parametrize("digits", [NOBODYS, ORDINARY])
def test_twelve_digits_that_are_no_break_glass_code_open_nothing(
    place: Sensed, point: str, asks: str, digits: str
) -> None:
    """Whether they are nobody's or somebody's ordinary code: where a card is asked they mean nothing."""
    give_code(place.story, GLASS, break_glass=True)
    give_code(place.story, ORDINARY)
    place.story.keys(point, f"{digits}#")
    assert place.story.last().reason == Reason.UNKNOWN_CODE.words
    assert place.story.last().person is None
    assert not place.story.released(point.removesuffix("-in"))
    place.story.keys(point, f"{GLASS}#")
    assert place.story.released(point.removesuffix("-in")), f"break-glass opens where they ask {asks}"


@pytest.mark.parametrize("digits", [NOBODYS, ORDINARY, GLASS])
def test_twelve_digits_after_a_card_are_a_wrong_pin(place: Sensed, digits: str) -> None:
    """Whatever else they may be, the PIN of whoever showed the card they are not."""
    give_code(place.story, GLASS, break_glass=True)
    give_code(place.story, ORDINARY)
    place.story.badge("cage-in", ALICE).keys("cage-in", f"{digits}#")
    assert place.story.last().reason == Reason.WRONG_PIN.words
    assert not place.story.released("cage")


@pytest.mark.parametrize("digits", [NOBODYS, ORDINARY])
def test_twelve_digits_before_a_card_are_a_wrong_pin_where_a_pin_may_come_first(
    place: Sensed, digits: str
) -> None:
    """They wait for the card, and then they are not its holder's PIN."""
    give_code(place.story, ORDINARY)
    place.story.keys("den-in", f"{digits}#").badge("den-in", ALICE)
    assert place.story.last().reason == Reason.WRONG_PIN.words
    assert not place.story.released("den")


@pytest.mark.parametrize("point", ["front-in", "cage-in"])
def test_an_ordinary_code_means_nothing_where_a_card_is_asked(place: Sensed, point: str) -> None:
    """It is somebody's, and is not even looked up there: keys before a card are nothing to record."""
    give_code(place.story, "27182818")
    before = place.story.after(10).mark()
    place.story.keys(point, "27182818#").after(30)
    assert place.story.mark() == before
    assert not place.story.released(point.removesuffix("-in"))


def test_somebodys_code_is_no_card(place: Sensed) -> None:
    """A card that is programmed with the digits of a code opens nothing either."""
    give_code(place.story, ORDINARY)
    place.story.badge("front-in", ORDINARY.encode())
    assert place.story.last().type == Reason.UNKNOWN_CREDENTIAL.event_type
    assert not place.story.released("front")
