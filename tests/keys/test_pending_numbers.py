import pytest

from accessctl.keys.pending_numbers import NumberDamaged, NumberSealer

SEALER = NumberSealer(bytes(range(32)))
NUMBER = bytes.fromhex("0412AB34CD56EF")
ABOUT = ("p-3kx7qz2a", "i-5q2mz7ha/2/0", "iso14443-uid")


def test_a_number_comes_back() -> None:
    """What was sealed opens for the same person, name and technology."""
    assert SEALER.open(*ABOUT, SEALER.seal(*ABOUT, NUMBER)) == NUMBER


def test_nothing_of_a_number_is_seen() -> None:
    """The same number sealed twice looks different, and the number is not in it."""
    one, other = SEALER.seal(*ABOUT, NUMBER), SEALER.seal(*ABOUT, NUMBER)
    assert one != other
    assert NUMBER not in one


@pytest.mark.parametrize("place", range(3))
def test_a_row_that_was_swapped_does_not_open(place: int) -> None:
    """A seal belongs to its person, its place in the import and its technology."""
    sealed = SEALER.seal(*ABOUT, NUMBER)
    person, name, technology = ("another" if place == number else part for number, part in enumerate(ABOUT))
    with pytest.raises(NumberDamaged, match="swapped"):
        SEALER.open(person, name, technology, sealed)


@pytest.mark.parametrize("sealed", [b"", bytes(27), bytes(60)])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    """Whatever else stands there is no number."""
    with pytest.raises(NumberDamaged):
        SEALER.open(*ABOUT, sealed)


def test_another_root_opens_nothing() -> None:
    """A disk that is read under another root key gives no number away."""
    with pytest.raises(NumberDamaged, match="another root key"):
        NumberSealer(bytes(32)).open(*ABOUT, SEALER.seal(*ABOUT, NUMBER))
