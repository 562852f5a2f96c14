"""Which texts are passes by their looks."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.pass_text import ALPHABET, LENGTH, is_pass, pass_in

PASS = b"AP1" + b"AB27" * 37


def test_a_pass_is_known_by_its_looks() -> None:
    """Its prefix, its letters and its length, whatever it says."""
    assert len(PASS) == LENGTH == 151
    assert is_pass(PASS)
    assert pass_in(PASS) == PASS


@pytest.mark.parametrize("letter", sorted(set(string.printable) - set(ALPHABET)))
def test_a_letter_that_no_pass_has_makes_it_none(letter: str) -> None:
    """Small letters, 0, 1, 8 and 9, and whatever a keyboard has besides."""
    for place in (3, 77, 150):
        text = PASS[:place] + letter.encode() + PASS[place + 1 :]
        assert not is_pass(text)


@pytest.mark.parametrize("text", [PASS[:-1], PASS + b"A", b"AP2" + PASS[3:], PASS + b"\n", b"\n" + PASS, b""])
def test_a_part_of_a_pass_is_none(text: bytes) -> None:
    """Nor is more than one."""
    assert not is_pass(text)


@pytest.mark.parametrize("before", ["https://example.org/#", "https://example.org/p/", "x?p=", "accessctl:"])
def test_a_link_may_end_in_a_pass(before: str) -> None:
    """So that a phone that scans it shows something."""
    assert pass_in(before.encode() + PASS) == PASS


@pytest.mark.parametrize(
    "text", [b"X" + PASS, PASS + b"/", b"https://example.org/" + PASS + b"?x", b"A" * 300]
)
def test_a_pass_within_other_text_is_none(text: bytes) -> None:
    """It stands alone, or at the end behind what separates parts of a link."""
    assert pass_in(text) is None


@given(st.binary(max_size=300))
def test_any_bytes_can_be_asked(text: bytes) -> None:
    """Whatever a tag or a code holds; what is found is a pass."""
    found = pass_in(text)
    assert found is None or is_pass(found)
