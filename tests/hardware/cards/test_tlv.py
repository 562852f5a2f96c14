"""Fields of a card's answer: strict, and nothing that a stranger sends gets further than a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.tlv import NotTlv, fields_of


def test_fields_are_read() -> None:
    """Fields come with their tags, whichever form their lengths are in."""
    long = bytes(range(200))
    assert fields_of(b"\x5c\x02\x01\x00\x9e\x00") == {0x5C: b"\x01\x00", 0x9E: b""}
    assert fields_of(b"\x5a\x81\xc8" + long + b"\x4c\x82\x00\x01\x07") == {0x5A: long, 0x4C: b"\x07"}
    assert fields_of(b"") == {}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("5c", "a length is missing"),
        ("5c0301", "longer than the answer"),
        ("5c0001", "a length is missing"),
        ("5c00 5c00", "twice"),
        ("5c80", "no form"),
        ("5c81", "no form"),
        ("5c83000001 00", "no form"),
        ("5f2d00", "longer than one byte"),
    ],
)
def test_what_does_not_fit_is_refused(body: str, why: str) -> None:
    """A length over the end, a field twice, an endless length: each is refused with its reason."""
    with pytest.raises(NotTlv, match=why):
        fields_of(bytes.fromhex(body))


@given(st.binary(max_size=300))
def test_anything_is_fields_or_refused(body: bytes) -> None:
    """No other exception comes of any bytes, and every byte is accounted for."""
    try:
        fields = fields_of(body)
    except NotTlv:
        return
    assert sum(len(value) + 2 for value in fields.values()) <= len(body)
    assert b"".join(fields.values()) in body or len(fields) > 1
