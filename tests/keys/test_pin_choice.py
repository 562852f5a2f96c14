"""Which PINs are too easy to guess, and which digits of a card could be one."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessctl.keys.pin_choice import (
    LONGEST,
    SHORTEST,
    NoPinLeft,
    ends_of_number,
    make_up,
    neighbours,
    why_too_easy,
)
from hardware.signals import Technology
from tests.examples import examples

PINS = st.integers(SHORTEST, LONGEST).flatmap(
    lambda size: st.text("0123456789", min_size=size, max_size=size)
)
DAYS = [date(2000, 1, 1) + timedelta(days=day) for day in range(366)]

EASY = {
    "different digits": ("0000", "1111", "777777", "1212", "1122", "1112", "1221", "9000", "0007"),
    "even steps": ("1234", "4321", "0123", "2468", "9876", "7890", "8901", "13579", "123456", "1234567890"),
    "again and again": ("123123", "47114711", "12344321", "1234321", "471147114711"),
    "on the keypad": ("2580", "0852", "1397", "7931", "2684", "147258", "147852369", "159357"),
    "a year": ("1987", "2004", "1900", "2099"),
    "a date": (
        "3112",
        "1231",
        "0126",
        "2902",
        "311299",
        "991231",
        "123199",
        "31121999",
        "19991231",
        "12311999",
    ),
    "many people": ("5683", "7465", "8675309"),
}
FAIR = (
    "4711",
    "8059",
    "3657",
    "80075",
    "2176",
    "604913",
    "83950174",
    "980654321798",
    "3213",
    "1899",
    "9000817",
)


@pytest.mark.parametrize(("rule", "pin"), [(rule, pin) for rule, pins in EASY.items() for pin in pins])
def test_what_many_people_take_is_refused(rule: str, pin: str) -> None:
    """The words name the rule and not the digits."""
    why = why_too_easy(pin)
    assert why is not None
    assert rule in why or (pin == "0007" and "different" in why)
    assert pin not in why


@pytest.mark.parametrize("pin", FAIR)
def test_what_follows_no_rule_is_left(pin: str) -> None:
    """Negative control: who chooses at random is hardly ever refused."""
    assert why_too_easy(pin) is None


@pytest.mark.parametrize(
    "layout", ["%d%m", "%m%d", "%d%m%y", "%m%d%y", "%y%m%d", "%d%m%Y", "%m%d%Y", "%Y%m%d"]
)
def test_no_birthday_is_left(layout: str) -> None:
    """Every day of a year in every order in which people write one."""
    assert [day for day in DAYS if why_too_easy(day.strftime(layout)) is None] == []


def test_most_pins_are_left() -> None:
    """Of 10,000 PINs more than four in five can be taken, so that a list of what is left helps nobody."""
    left = sum(why_too_easy(f"{number:04}") is None for number in range(10_000))
    assert left == 8534


@settings(max_examples=examples(200))
@given(PINS)
def test_any_pin_is_judged(pin: str) -> None:
    """Whatever digits come, they are judged, and no refusal repeats them."""
    why = why_too_easy(pin, ("17", "F6", ""))
    assert why is None or pin not in why


def test_the_end_of_a_card_is_no_pin() -> None:
    """The two digits known of a card's number rule out every PIN that is its end; letters rule out none."""
    assert why_too_easy("8317") is None
    assert (
        why_too_easy("8317", ("17",)) == "a PIN must not end as the number of one of the person's cards does"
    )
    assert why_too_easy("8317", ("71", "1F", "")) is None


@pytest.mark.parametrize("digits", [4, 6, 12])
def test_a_pin_is_made_up(digits: int) -> None:
    """It has as many digits as were asked for, is not easy to guess, and is another one each time."""
    made = [make_up(digits, ("17",)) for _ in range(200)]
    assert {len(pin) for pin in made} == {digits}
    assert all(why_too_easy(pin, ("17",)) is None for pin in made)
    assert len(set(made)) > 150


def test_where_no_pin_is_left_none_is_made_up() -> None:
    """Somebody whose cards end in every way there is gets no PIN, and nobody waits for one for ever."""
    every = tuple(f"{number:02}" for number in range(100))
    with pytest.raises(NoPinLeft, match="cards"):
        make_up(4, every)
    assert make_up(4, every[:-1]).endswith("99")


@pytest.mark.parametrize(("pin", "near"), [("4711", {"4710", "4712"}), ("4719", {"4718", "4710"})])
def test_neighbours_are_a_step_away(pin: str, near: set[str]) -> None:
    """On the keypad 9 and 0 are a step apart as well."""
    assert set(neighbours(pin)) == near


@pytest.mark.parametrize(
    ("technology", "number", "could_be"),
    [
        (Technology.WIEGAND, b"h10301:123:4567", {"4567", "04567", "1230", "12304567", "1234567"}),
        (Technology.WIEGAND, b"plain:00987654", {"0098", "7654", "987654", "00987654"}),
        (Technology.TYPED, b"0012345678", {"0012", "5678", "345678", "0012345678"}),
        (
            Technology.ISO14443_UID,
            bytes.fromhex("12345678"),
            {"1234", "5678", "9896", "419896", "2018", "5346"},
        ),
    ],
)
def test_the_digits_on_a_card_are_known(technology: str, number: bytes, could_be: set[str]) -> None:
    """Beginning, end and whole, as the number is printed: in hex, or in decimal in either order of bytes."""
    ends = ends_of_number(technology, number)
    assert could_be <= ends
    assert all(SHORTEST <= len(end) <= LONGEST for end in ends)
    assert len(ends) <= 21


def test_a_key_is_compared_with_nothing() -> None:
    """What a card proves instead of a number is printed nowhere."""
    assert ends_of_number(Technology.PKOC, bytes(range(65))) == frozenset()


@settings(max_examples=examples(200))
@given(st.sampled_from(list(Technology)), st.binary(min_size=1, max_size=32))
def test_of_any_number_only_digits_are_compared(technology: Technology, number: bytes) -> None:
    """Whatever bytes a card has, what is compared could be typed as a PIN."""
    assert all(end.isascii() and end.isdigit() for end in ends_of_number(technology, number))
