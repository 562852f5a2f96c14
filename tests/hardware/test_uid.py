"""Which answers are card numbers. Each refusal has its neighbour that is accepted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.readers.uid import Unreadable, number_of
from hardware.signals import Technology
from tests.examples import examples

ISO14443, ISO15693 = Technology.ISO14443_UID, Technology.ISO15693_UID


@pytest.mark.parametrize(
    ("number", "technology", "canonical"),
    [
        ("d1a2b3c4", ISO14443, "d1a2b3c4"),
        ("04a1b2c3d4e5f6", ISO14443, "04a1b2c3d4e5f6"),
        ("04a1b2c3d4e5f6a7b8c9", ISO14443, "04a1b2c3d4e5f6a7b8c9"),
        ("e004010203040506", ISO15693, "e004010203040506"),
        ("060504030201 04e0", ISO15693, "e004010203040506"),
        ("09a1b2c3", ISO14443, "09a1b2c3"),
        ("08a1b2c3d4e5f6", ISO14443, "08a1b2c3d4e5f6"),
        ("00000001", ISO14443, "00000001"),
        ("fffffffe", ISO14443, "fffffffe"),
    ],
)
def test_a_number_is_taken_as_it_is(number: str, technology: Technology, canonical: str) -> None:
    """Numbers of the known lengths are accepted; only the order of ISO 15693 is brought into one form."""
    assert number_of(bytes.fromhex(number) + b"\x90\x00") == (technology, bytes.fromhex(canonical))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "90",
        "9000",
        "6300",
        "d1a2b3c46300",
        "d1a2b39000",
        "d1a2b3c4059000",
        "d1a2b3c4d5e6f7a89000",
        "000000009000",
        "ffffffffffffff9000",
        "08a1b2c39000",
        "8804a1b29000",
    ],
)
def test_anything_else_is_unreadable(answer: str) -> None:
    """Errors, odd lengths, blank, random and incomplete numbers give a reason without the bytes."""
    with pytest.raises(Unreadable) as refused:
        number_of(bytes.fromhex(answer))
    assert not answer[:-4] or answer[:-4] not in str(refused.value)


@settings(max_examples=examples(100))
@given(st.binary(max_size=300) | st.binary(max_size=14).map(lambda number: number + b"\x90\x00"))
def test_no_answer_does_harm(answer: bytes) -> None:
    """Any bytes are a number of a known length or unreadable; nothing else escapes."""
    try:
        technology, number = number_of(answer)
    except Unreadable:
        return
    assert answer in {number + b"\x90\x00", number[::-1] + b"\x90\x00"}
    assert len(number) in ({8} if technology is ISO15693 else {4, 7, 10})
