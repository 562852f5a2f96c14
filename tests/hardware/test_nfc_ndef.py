"""The number in an NDEF message: known answers, and nothing but ``Unreadable`` for the rest."""

import pytest

pytest.importorskip("ndef", reason="pip install 'accessctl[nfc]'")

import ndef
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.readers.ndef_number import LONGEST_NUMBER, number_of_message
from hardware.readers.uid import Unreadable
from tests.examples import examples

HELLO = bytes.fromhex("D1010F5402656E48656C6C6F20776F726C6421")
"""Text, English, "Hello world!": as the NFC Forum's Text RTD 1.0 has it, appendix A."""
TORN = bytes.fromhex("9901050155610123456761")
"""From pyndef's tests: an id is announced that never comes."""


def message(*records: ndef.Record) -> bytes:
    return b"".join(ndef.message_encoder(records))


def tried(octets: bytes) -> bytes | Unreadable:
    try:
        return number_of_message(octets)
    except Unreadable as unreadable:
        return unreadable


def test_the_known_text_is_read() -> None:
    """The standard's own example gives what it says."""
    assert number_of_message(HELLO) == b"Hello world!"


def test_a_known_bad_message_is_not_read() -> None:
    """A message that breaks off gives no number."""
    with pytest.raises(Unreadable, match="malformed"):
        number_of_message(TORN)


@pytest.mark.parametrize(
    ("records", "number"),
    [
        ([ndef.TextRecord("door-7")], b"door-7"),
        ([ndef.TextRecord("Tür 7", encoding="UTF-16")], "Tür 7".encode()),
        ([ndef.UriRecord("https://www.example.org/x?y=%20")], b"https://www.example.org/x?y=%20"),
        ([ndef.Record("urn:nfc:ext:a.b:c", data=b"\x00"), ndef.TextRecord("second")], b"second"),
        ([ndef.UriRecord("tel:1"), ndef.TextRecord("later")], b"tel:1"),
    ],
)
def test_the_first_text_or_link_is_the_number(records: list[ndef.Record], number: bytes) -> None:
    """Other records are passed over, and every text becomes UTF-8."""
    assert number_of_message(message(*records)) == number


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"", "holds no text"),
        (message(ndef.Record()), "holds no text"),
        (message(ndef.Record("urn:nfc:ext:a.b:c", data=b"secret")), "holds no text"),
        (message(ndef.TextRecord("")), "holds no text"),
        (message(ndef.TextRecord("a\x00b")), "cannot be shown"),
        (message(ndef.TextRecord("a\u202eb")), "cannot be shown"),
        (message(ndef.TextRecord("x" * (LONGEST_NUMBER + 1))), "longer than"),
        (HELLO[:-1], "malformed"),
        (b"\x11" + HELLO[1:], "malformed"),
        (bytes.fromhex("D101085402656E80FFFEFD"), "malformed"),
        (bytes.fromhex("D10103550061FF"), "malformed"),
    ],
)
def test_anything_else_is_no_number(octets: bytes, why: str) -> None:
    """Nothing to read, nothing that can be shown, too much, or broken: each has its own words."""
    with pytest.raises(Unreadable, match=why):
        number_of_message(octets)


def test_the_longest_number_is_read() -> None:
    """The limit itself is allowed."""
    assert number_of_message(message(ndef.TextRecord("x" * LONGEST_NUMBER))) == b"x" * LONGEST_NUMBER


@given(st.binary(max_size=300) | st.binary(max_size=40).map(lambda end: HELLO[:7] + end))
@settings(deadline=None, max_examples=examples(200))
def test_no_message_raises_anything_else(octets: bytes) -> None:
    """Whatever a tag says: a number within the limits, or ``Unreadable`` without its words."""
    outcome = tried(octets)
    if isinstance(outcome, Unreadable):
        assert outcome.__cause__ is None
    else:
        assert 0 < len(outcome) <= LONGEST_NUMBER


@given(st.text(min_size=1, max_size=60))
@settings(deadline=None)
def test_what_was_written_is_what_is_read(text: str) -> None:
    """A printable text comes back as it was written; any other is refused."""
    octets = message(ndef.TextRecord(text))
    if text.isprintable():
        assert number_of_message(octets) == text.encode()
    else:
        with pytest.raises(Unreadable):
            number_of_message(octets)
