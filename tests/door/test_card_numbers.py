"""A number that is typed becomes the bytes that a reader reports."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessctl.config import load
from accessctl.door.card_numbers import CardUnusable, number_in
from hardware.card_formats import FORMATS
from hardware.readers.wiegand import decode, encode
from hardware.signals import Technology
from tests.config.sites import WIRED
from tests.examples import examples

POINT = bytes.fromhex(
    "0ec5d87dc39d14a2c5480686da860c82b16be0b6903b525f84848b79fd463e32"
    "bbda1f0252c33503c5287035e6eac55d138d0650dcfb5281d59a9cf4124d2831"
)
"""A public key of P-256: X and Y."""

TYPED = [
    (Technology.ISO14443_UID, "0412AB34CD56EF", bytes.fromhex("0412ab34cd56ef")),
    (Technology.ISO14443_UID, "04:11:22:33", bytes.fromhex("04112233")),
    (Technology.ISO15693_UID, "E004010203040506", bytes.fromhex("e004010203040506")),
    (Technology.ISO15693_UID, "06050403020104E0", bytes.fromhex("e004010203040506")),
    (Technology.ISO14443_UID, "11111111", bytes.fromhex("11111111")),
    (Technology.FELICA_IDM, "0102030405060708", bytes.fromhex("0102030405060708")),
    (Technology.WIEGAND, b"h10301:123:4567".hex(), b"h10301:123:4567"),
    (Technology.WIEGAND, b" H10301:007:09 ".hex(), b"h10301:7:9"),
    (Technology.NDEF, "Zürich 7".encode().hex(), "Zürich 7".encode()),
    (Technology.TYPED, b"0012345678".hex(), b"0012345678"),
    (Technology.PKOC, POINT.hex(), POINT),
    (Technology.PKOC, "04" + POINT.hex(), POINT),
    (Technology.PKOC, "03" + POINT[:32].hex(), POINT),
    (Technology.PIV, "5b" * 32, b"\x5b" * 32),
]


@pytest.mark.parametrize(("technology", "number_hex", "number"), TYPED)
def test_what_is_typed_becomes_what_is_read(technology: str, number_hex: str, number: bytes) -> None:
    """However somebody writes it, it is the number of the card that the reader shows."""
    assert number_in(technology, number_hex, FORMATS) == number


def test_a_typed_number_is_the_one_that_a_reader_decodes() -> None:
    """The same bytes come from the frame and from the keyboard, for a format of the site's own too."""
    formats = load(WIRED).card_formats
    own = formats["acme-32"]
    read = decode(encode(own, 7, 1234567), own)
    assert number_in(Technology.WIEGAND, b"acme-32:7:1234567".hex(), formats) == read


REFUSED = [
    (Technology.PKOC, ""),
    (Technology.PKOC, POINT[:63].hex()),
    (Technology.PKOC, "05" + POINT.hex()),
    (Technology.PKOC, POINT[:63].hex() + "32"),
    (Technology.PKOC, "00" * 64),
    (Technology.PIV, "5b" * 31),
    (Technology.PIV, ""),
    (Technology.ISO14443_UID, "0000000000"),
    (Technology.ISO14443_UID, "00000000"),
    (Technology.ISO14443_UID, "E004010203040506"),
    (Technology.ISO14443_UID, "08112233"),
    (Technology.ISO14443_UID, "88112233"),
    (Technology.ISO14443_UID, "FFFFFFFF"),
    (Technology.ISO14443_UID, "041122"),
    (Technology.ISO14443_UID, "no hex"),
    (Technology.ISO15693_UID, "0102030405060708"),
    (Technology.ISO15693_UID, "04112233"),
    (Technology.FELICA_IDM, "04112233"),
    (Technology.FELICA_IDM, "01FE030405060708"),
    (Technology.FELICA_IDM, "0000000000000000"),
    (Technology.WIEGAND, b"4567".hex()),
    (Technology.WIEGAND, b"h10301:123".hex()),
    (Technology.WIEGAND, b"h10301:256:1".hex()),
    (Technology.WIEGAND, b"h10301:0:0".hex()),
    (Technology.WIEGAND, b"acme-32:7:8".hex()),
    (Technology.WIEGAND, "ff"),
    (Technology.NDEF, ""),
    (Technology.NDEF, "ff"),
    (Technology.NDEF, b"a\0b".hex()),
    (Technology.NDEF, (b"x" * 257).hex()),
    (Technology.TYPED, (b"x" * 129).hex()),
    ("telepathy", "04112233"),
    (Technology.CODE, "04112233"),
]


@pytest.mark.parametrize(("technology", "number_hex"), REFUSED)
def test_what_no_reader_reports_is_refused(technology: str, number_hex: str) -> None:
    """A card that could never be read is not enrolled."""
    with pytest.raises(CardUnusable) as refused:
        number_in(technology, number_hex, FORMATS)
    assert str(refused.value)


@pytest.mark.parametrize(
    ("technology", "number_hex", "words"),
    [
        (Technology.ISO14443_UID, "08112233", "this card shows a new number at every read; a number of this"),
        (Technology.ISO14443_UID, "041122", "its length is wrong; a number of this kind is 4, 7 or 10 bytes"),
        (Technology.ISO15693_UID, "04112233", "a number of this kind is 8 bytes in hex, E0 first"),
    ],
)
def test_a_refusal_says_why_and_what_is_wanted(technology: str, number_hex: str, words: str) -> None:
    """Whoever types it learns what to type, or that this card is of no use."""
    with pytest.raises(CardUnusable, match=words):
        number_in(technology, number_hex, FORMATS)


@pytest.mark.parametrize("technology", [each for each in Technology if each is not Technology.CODE])
def test_a_refusal_never_repeats_the_number(technology: Technology) -> None:
    """It goes to the log of whoever asked."""
    with pytest.raises(CardUnusable) as refused:
        number_in(technology, (b"h10301:98765:43210\n" + b"98765" * 60).hex(), FORMATS)
    assert "98765" not in str(refused.value)
    assert b"98765".hex() not in str(refused.value)


@settings(max_examples=examples(200))
@given(st.sampled_from([*Technology, "telepathy"]), st.one_of(st.text(), st.binary().map(bytes.hex)))
def test_nothing_that_is_typed_brings_anything_but_a_refusal(technology: str, number_hex: str) -> None:
    """Whatever it is, it is a number or it is refused in words."""
    try:
        assert number_in(technology, number_hex, FORMATS)
    except CardUnusable as refused:
        assert str(refused)  # noqa: PT017 - either may happen
