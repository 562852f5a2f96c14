"""Keys of single cards out of the site's: NXP's own values, and that no two are alike."""

import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.aes import cmac, crc32, padded_80, unpadded_80
from hardware.cards.diversify import card_key, common_key, diversified

# AN10922, section 2.2.1.
MASTER = bytes.fromhex("00112233445566778899aabbccddeeff")
UID = bytes.fromhex("04782e21801d80")
APPLICATION = bytes.fromhex("3042f5")
SYSTEM = bytes.fromhex("4e585020416275")
KEY = bytes.fromhex("a8dd63a3b89d54b37ca802473fda9175")


def test_the_values_of_an10922() -> None:
    """UID, application and system give the key that the note gives; another bit gives another key."""
    assert diversified(MASTER, UID + APPLICATION + SYSTEM) == KEY
    assert diversified(MASTER, UID + APPLICATION + SYSTEM[:-1] + b"\x74") != KEY


@pytest.mark.parametrize("length", [0, 15, 32])
def test_what_the_note_would_fill_up_otherwise_is_refused(length: int) -> None:
    """Input that is not padded as a CMAC pads it would give keys that no other software gives."""
    with pytest.raises(ValueError, match="16 to 31 bytes"):
        diversified(MASTER, bytes(length))


def test_no_two_keys_are_alike() -> None:
    """Other cards, applications, numbers and purposes have other keys."""
    uids = [UID, UID[::-1], UID[:4], UID + b"\1\2\3"]
    keys = {card_key(MASTER, uid, app, no) for uid in uids for app in (b"abc", b"abe") for no in range(5)}
    keys |= {common_key(MASTER, b"abc", what) for what in (b" finding cards", b" something else")}
    assert len(keys) == 42


@given(st.binary(min_size=16, max_size=16), st.binary(max_size=80))
def test_our_cmac_is_the_librarys(key: bytes, message: bytes) -> None:
    """Begun from zeros it is NIST's CMAC, of any length."""
    theirs = CMAC(AES(key))
    theirs.update(message)
    assert cmac(key, message) == theirs.finalize()


@given(st.binary(max_size=64))
def test_padding_comes_off_again(data: bytes) -> None:
    """What was filled up is found again, and what was not is told from it."""
    assert unpadded_80(padded_80(data)) == data
    assert unpadded_80(data + bytes(16)) is None
    assert unpadded_80(data + b"\x01") is None


def test_the_cards_crc() -> None:
    """AN12196 table 25, step 7."""
    assert crc32(bytes.fromhex("f3847d627727ed3bc9c4cc050489b966")).hex() == "789dfadc"
