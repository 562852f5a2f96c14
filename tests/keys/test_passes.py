"""The text of a pass: one for each pass, readable with one key, and none once anything of it was changed."""

import base64
import hashlib
import string
import struct
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("cryptography", reason="pip install 'accessctl[passes]'")

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import settings as told
from hypothesis import strategies as st

from accessctl.keys.passes import LATEST, Pass, PassForged, PassMaker, PassReader, key_id_of
from hardware.cards.pass_text import ALPHABET, LENGTH, is_pass
from tests.examples import examples

SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
"""RFC 8032, section 7.1, test 1, with the public key that belongs to it."""
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KNOWN = Pass(bytes(range(16)), NOON, NOON + timedelta(days=1))
TEXT = (
    "AP1EH7DDXYAAEBAGBAFAYDQQCIKBMGA2DQPNGSXXQDJU3GUACCBTWW2WQNUHB6VOW5QO4TSSJCXJF6BS"
    "PXDBWTINWSUHDVDIR6XBBS72SBY3QPJD6QEGJQCCB3FV72DIYZCMOKZRUMIL4RXAKMOGYAA"
)
MAKER = PassMaker(SEED)
READER = PassReader(PUBLIC)

seconds = st.integers(0, 2**32 - 1)
passes = st.builds(
    lambda id_, ends: Pass(id_, *(datetime.fromtimestamp(at, UTC) for at in sorted(ends))),
    st.binary(min_size=16, max_size=16),
    st.sets(seconds, min_size=2, max_size=2),
)


def refused(text: bytes, reader: PassReader = READER) -> str:
    with pytest.raises(PassForged) as caught:
        reader.read(text)
    return str(caught.value)


def test_a_known_pass_has_its_text() -> None:
    """The same for ever: passes that were made by an older version go on counting."""
    assert MAKER.text_of(KNOWN) == TEXT
    assert READER.read(TEXT.encode()) == KNOWN
    assert MAKER.reader.public_key == PUBLIC


def test_the_text_is_what_is_written_about_it() -> None:
    """Whoever checks a pass elsewhere needs the layout and an Ed25519 library, and nothing of ours."""
    key_id = hashlib.sha256(PUBLIC).digest()[:4]
    said = key_id + KNOWN.id + struct.pack(">II", int(NOON.timestamp()), int(NOON.timestamp()) + 86_400)
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(b"accessctl/pass/v1\0AP1" + said)
    assert "AP1" + base64.b32encode(said + signature).decode().rstrip("=") == TEXT
    assert key_id_of(PUBLIC) == key_id


@told(max_examples=examples(60), deadline=None)
@given(passes)
def test_every_pass_is_read_as_it_was_made(made: Pass) -> None:
    """And its text has always the same length, in the letters of an alphanumeric QR code."""
    text = MAKER.text_of(made)
    assert READER.read(text.encode()) == made
    assert len(text) == LENGTH
    assert set(text) <= set(ALPHABET + "1")


def test_one_bit_flipped_anywhere_is_refused() -> None:
    """All 1208 of them: in the prefix, the times, the number, the signature, and the bits that fill up."""
    for place in range(len(TEXT)):
        for bit in range(8):
            flipped = bytearray(TEXT.encode())
            flipped[place] ^= 1 << bit
            refused(bytes(flipped))


def test_one_letter_changed_anywhere_is_refused() -> None:
    """Also where the change is none of one bit, as a reader that misreads makes it."""
    for place in range(3, len(TEXT)):
        for letter in ALPHABET:
            if letter != TEXT[place]:
                refused((TEXT[:place] + letter + TEXT[place + 1 :]).encode())


def test_the_bits_that_fill_up_are_nought() -> None:
    """148 letters hold four bits more than a pass has: with another last letter it would be the same pass."""
    for letter in ALPHABET:
        if letter != TEXT[-1]:
            refused((TEXT[:-1] + letter).encode())


@pytest.mark.parametrize(
    "text",
    [
        TEXT.lower(),
        TEXT + "=",
        TEXT + "\n",
        " " + TEXT,
        TEXT[:-1],
        TEXT + TEXT[-1],
        TEXT.replace("AP1", "AP2", 1),
        "AP1" + "A" * 148,
        "AP1" + "7" * 148,
        "",
    ],
)
def test_what_is_no_pass_is_refused(text: str) -> None:
    """Every pass has one text, and nothing beside it is read leniently."""
    refused(text.encode())


@told(max_examples=examples(200), deadline=None)
@given(
    st.binary(max_size=200)
    | st.text(string.ascii_uppercase + "234567", min_size=148, max_size=148).map(
        lambda body: b"AP1" + body.encode()
    )
)
def test_nothing_else_is_a_pass(text: bytes) -> None:
    """Whatever is shown, no other exception escapes, and nothing is read that was not signed."""
    refused(text)


def test_a_pass_of_another_key_is_refused() -> None:
    """Of another site, or made by whoever has read the source."""
    other = PassMaker(bytes(32))
    assert refused(other.text_of(KNOWN).encode()) == "the pass names another key"


def test_a_pass_that_only_names_our_key_is_refused() -> None:
    """The name of a key is no secret."""
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    said = base64.b32decode(TEXT[3:] + "====")[:-64]
    forged = "AP1" + base64.b32encode(said + other.sign(b"accessctl/pass/v1\0AP1" + said)).decode().rstrip(
        "="
    )
    assert is_pass(forged.encode())
    assert refused(forged.encode()) == "the pass was not made with this key, or was altered"


def test_what_else_the_key_might_sign_is_no_pass() -> None:
    """A signature over the same bytes without what stands before them does not count."""
    said = base64.b32decode(TEXT[3:] + "====")[:-64]
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(said)
    refused(("AP1" + base64.b32encode(said + signature).decode().rstrip("=")).encode())


def test_a_signed_pass_that_ends_before_it_starts_is_refused() -> None:
    """We make none, and would not take one."""
    said = key_id_of(PUBLIC) + bytes(16) + struct.pack(">II", 2, 1)
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(b"accessctl/pass/v1\0AP1" + said)
    refused(("AP1" + base64.b32encode(said + signature).decode().rstrip("=")).encode())


def test_no_word_repeats_a_pass() -> None:
    """Neither the refusal nor the value shows what could be typed at a door."""
    assert TEXT[3:20] not in refused(TEXT.encode(), PassReader(bytes(32)))
    assert KNOWN.id.hex() not in repr(KNOWN)
    assert str(KNOWN.id) not in repr(KNOWN)


@pytest.mark.parametrize(
    ("id_", "start", "end"),
    [
        (bytes(15), NOON, NOON + timedelta(days=1)),
        (bytes(16), NOON, NOON),
        (bytes(16), NOON.replace(tzinfo=None), NOON + timedelta(days=1)),
        (bytes(16), NOON.replace(microsecond=1), NOON + timedelta(days=1)),
        (bytes(16), NOON, LATEST + timedelta(seconds=1)),
        (bytes(16), datetime(1969, 12, 31, tzinfo=UTC), NOON),
    ],
)
def test_what_no_text_could_hold_is_no_pass(id_: bytes, start: datetime, end: datetime) -> None:
    """It is refused where it is made, not cut off."""
    with pytest.raises(ValueError, match="pass"):
        Pass(id_, start, end)
