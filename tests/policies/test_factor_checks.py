"""What is said against cards, PINs and fingers, on each side of each boundary."""

from datetime import timedelta
from typing import Final

import pytest

from policies.degraded import Condition, Degraded, Fallback
from policies.factor_checks import enough_is_proven, factor_is_right, pin_may_be_tried, sensor_answers
from policies.factors import Asks, Factor
from policies.lockout import WrongPins
from policies.people import Card, Holder
from policies.reasons import Reason
from policies.rulebook import Rulebook
from tests.policies.scene import Scene, asks
from tests.policies.sites import ALICE, area, door, person, site, way_in
from tests.policies.values import MINUTE, NOON

CARD, PIN, CODE, FACE, FINGER = Factor.CARD, Factor.PIN, Factor.CODE, Factor.FACE, Factor.FINGERPRINT
TICK: Final = timedelta(microseconds=1)
TWO_OF: Final = Asks((CARD | PIN, CARD | FACE, PIN | FACE))
PINNED: Final = person("alice", has_pin=True)
FAILURES: Final = (
    Reason.WRONG_PIN,
    Reason.FACTOR_TIMEOUT,
    Reason.AUTHENTICATION_UNAVAILABLE,
)


def asking(asks: Asks, assurance: int = 0, **front: Fallback) -> Rulebook:
    return site(
        points=[way_in("front", asks)],
        areas=[area("hall", assurance=assurance)],
        doors=[door("front", degraded=Degraded(**front))],
    )


# Assurance.


@pytest.mark.parametrize(
    ("asked", "clonable", "reached"),
    [
        (Asks.CARD, True, 0),
        (Asks.CARD, False, 1),
        (Asks.CARD_AND_PIN, True, 1),
        (Asks.CARD_AND_PIN, False, 2),
        (Asks.CARD_AND_CODE, True, 1),
        (Asks((CARD | PIN | FACE,)), False, 3),
    ],
)
@pytest.mark.parametrize("wanted", range(4))
def test_a_person_is_told_at_the_card_what_can_never_be_enough(
    asked: Asks, clonable: bool, reached: int, wanted: int
) -> None:
    """Nobody has to type a PIN to learn that card and PIN prove too little for where it leads."""
    who = person("alice", has_pin=True, card=Card(ALICE.card.id, clonable=clonable))
    case = Scene(asking(asked, wanted)).case(asks(who))
    assert enough_is_proven(case) is (Reason.TOO_LITTLE_ASSURANCE if reached < wanted else None)


def test_what_is_proven_besides_counts() -> None:
    """A code that was shown where only card and PIN are asked for proves what it proves."""
    at = Scene(asking(Asks.CARD_AND_PIN, 2))
    assert enough_is_proven(at.case(asks(PINNED, proven=CARD | PIN))) is Reason.TOO_LITTLE_ASSURANCE
    assert enough_is_proven(at.case(asks(PINNED, proven=CARD | PIN | CODE))) is None


# Sensors.


def test_a_sensor_that_is_gone_cannot_be_asked() -> None:
    """The card is not to blame, and it is said before anybody puts a finger on dead glass."""
    at = Scene(asking(Asks.CARD_AND_BIOMETRIC))
    assert sensor_answers(at.case(asks(ALICE))) is None
    assert sensor_answers(at.gone(Condition.ON_BATTERY).case(asks(ALICE))) is None
    assert sensor_answers(at.gone(Condition.BIOMETRIC_LOST, "back-in").case(asks(ALICE))) is None
    at.gone(Condition.BIOMETRIC_LOST, "front-in")
    assert sensor_answers(at.case(asks(ALICE))) is Reason.SENSOR_UNAVAILABLE
    assert sensor_answers(at.case(asks(ALICE, proven=CARD | FACE))) is None


def test_a_sensor_that_is_not_needed_may_be_gone() -> None:
    """Where a card is enough, where a PIN would do as well, or where the site lets one do instead."""
    for book in (
        asking(Asks.CARD),
        asking(TWO_OF),
        asking(Asks.CARD_AND_BIOMETRIC, biometric_lost=Fallback.PIN_INSTEAD),
    ):
        at = Scene(book).gone(Condition.BIOMETRIC_LOST, "front-in")
        assert sensor_answers(at.case(asks(PINNED))) is None


# PINs.


def test_a_pin_is_wanted_of_who_has_one() -> None:
    """Who has none is refused where one is asked for; where it was shown or is not wanted, nobody is."""
    at = Scene(asking(Asks.CARD_AND_PIN))
    assert pin_may_be_tried(at.case(asks(ALICE))) is Reason.NO_PIN
    assert pin_may_be_tried(at.case(asks(PINNED))) is None
    assert pin_may_be_tried(at.case(asks(ALICE, proven=CARD | PIN))) is None
    assert pin_may_be_tried(Scene(asking(Asks.CARD)).case(asks(ALICE))) is None
    assert pin_may_be_tried(Scene(asking(TWO_OF)).case(asks(ALICE))) is None
    assert pin_may_be_tried(Scene(asking(Asks.PIN)).case(asks(ALICE))) is Reason.NO_PIN


WAITS: Final = [
    (WrongPins(4), None),
    (WrongPins(5, NOON + TICK), Reason.LOCKED_OUT),
    (WrongPins(5, NOON), None),
    (WrongPins(9, NOON - TICK), None),
    (WrongPins(10), Reason.TOO_MANY_WRONG_PINS),
]


@pytest.mark.parametrize("proven", [CARD, CARD | PIN], ids=["before the PIN", "with the right PIN"])
@pytest.mark.parametrize(("wrong", "refusal"), WAITS)
def test_after_wrong_pins_no_pin_counts_until_the_wait_is_over(
    proven: Factor, wrong: WrongPins, refusal: Reason | None
) -> None:
    """A right PIN does not end the wait, or guessing could go on during it."""
    at = Scene(asking(Asks.CARD_AND_PIN))
    assert pin_may_be_tried(at.case(asks(PINNED, proven=proven, wrong_pins=wrong))) is refusal


@pytest.mark.parametrize(
    ("asked", "proven", "refused"),
    [
        (Asks.CARD, CARD, False),
        (Asks.CARD, CARD | PIN, False),  # a PIN that nobody asked for is not looked at
        (TWO_OF, CARD, True),
        (TWO_OF, CARD | PIN, True),
        (TWO_OF, CARD | FACE, False),
        (TWO_OF, CARD | FACE | PIN, False),  # enough without the PIN
        (Asks.CARD_AND_CODE, CARD, False),
        (Asks.CARD_AND_CODE, CARD | PIN, False),
        (Asks((CARD | FACE, CARD | PIN)), CARD | PIN, True),
        (Asks((CARD | PIN | CODE,)), CARD | PIN, True),
        (Asks((CARD | PIN | CODE,)), CARD | CODE, True),
        (Asks.PIN, PIN, False),  # a code that stands alone is nobody's before it is right
        (Asks.PIN, CARD | PIN, True),
        (Asks.PIN, CARD, True),
    ],
)
def test_a_wait_concerns_those_who_need_their_pin(asked: Asks, proven: Factor, refused: bool) -> None:
    """Who passes by other factors passes during the wait."""
    case = Scene(asking(asked)).case(asks(PINNED, proven=proven, wrong_pins=WrongPins(5, NOON + MINUTE)))
    assert pin_may_be_tried(case) is (Reason.LOCKED_OUT if refused else None)


def test_who_has_no_pin_is_told_so_before_any_wait() -> None:
    """It is the nearer cause."""
    case = Scene(asking(Asks.CARD_AND_PIN)).case(asks(ALICE, wrong_pins=WrongPins(10)))
    assert pin_may_be_tried(case) is Reason.NO_PIN


# Failures.


@pytest.mark.parametrize("failure", FAILURES)
def test_a_factor_that_failed_is_named_where_it_is_needed(failure: Reason) -> None:
    """Wrong, too late or not to be checked: while something is missing, the last failure says why."""
    at = Scene(asking(Asks.CARD_AND_PIN))
    assert factor_is_right(at.case(asks(PINNED, failure=failure))) is failure
    assert factor_is_right(at.case(asks(PINNED))) is None
    assert factor_is_right(at.case(asks(PINNED, proven=CARD | PIN, failure=failure))) is None


@pytest.mark.parametrize("failure", FAILURES)
def test_a_factor_that_failed_and_is_not_needed_keeps_nobody_out(failure: Reason) -> None:
    """Who shows a good card where a card is enough may mistype whatever they like."""
    case: Holder = PINNED
    assert factor_is_right(Scene(asking(Asks.CARD)).case(asks(case, failure=failure))) is None
    assert (
        factor_is_right(Scene(asking(TWO_OF)).case(asks(case, proven=CARD | FACE, failure=failure))) is None
    )
