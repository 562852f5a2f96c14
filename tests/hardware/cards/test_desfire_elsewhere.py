"""The cards that we encode, as another library sees them: python-desfire, which was tried on real cards."""

import logging
from typing import Any

import pytest

from hardware.cards.desfire import finding_key, own_key
from hardware.cards.desfire_encoding import encode_desfire
from hardware.specs import DesfireKeys
from tests.hardware.cards.channels import Direct
from tests.hardware.cards.desfire_card import DesfireCard

library: Any = pytest.importorskip("desfire", reason="pip install python-desfire")
enums: Any = pytest.importorskip("desfire.enums")
schemas: Any = pytest.importorskip("desfire.schemas")

KEYS = DesfireKeys(bytes.fromhex("f5acc0"), bytes(range(16)))
HERE = list(KEYS.application[::-1])


class Unwrapped:
    """The library's way to one of our cards: it sends commands as they are, which ours take wrapped."""

    def __init__(self, card: DesfireCard) -> None:
        self._card = card

    def transceive(self, sent: list[int]) -> list[int]:
        command, *data = sent
        body = [len(data), *data] if data else []
        answer = self._card(bytes([0x90, command, 0, 0, *body, 0])) or b""
        return [answer[-1], *answer[:-2]]


def test_another_library_reads_what_we_encode() -> None:
    """It authenticates with our keys, is told the real UID, and reads the number with its MAC."""
    card = DesfireCard(random_uid=True)
    encode_desfire(Direct(card), KEYS)
    logging.getLogger("desfire").setLevel(logging.WARNING)
    session = library.DESFire(Unwrapped(card))
    aes = schemas.KeySettings(HERE, enums.DESFireKeyType.DF_KEY_AES, [])
    session.select_application(HERE)
    session.authenticate(2, library.DESFireKey(aes, finding_key(KEYS)))
    assert bytes(session.get_real_uid()) == card.uid
    session.authenticate(1, library.DESFireKey(aes, own_key(KEYS, card.uid, 1)))
    about = schemas.FileSettings(
        enums.DESFireCommunicationMode.CMAC, None, schemas.FilePermissions(read_key=1), 16
    )
    assert bytes(session.read_file_data(1, about)) == b"\x01\x07" + card.uid + bytes(7)


def test_another_library_derives_the_same_keys() -> None:
    """AN10922 as that library has it, for the keys that our cards have."""
    uid = bytes.fromhex("04a1b2c3d4e580")
    about = list(b"\x01" + uid + KEYS.application + b"accessctl" + b"\x01")
    assert bytes(library.diversify_key(list(KEYS.master), about)) == own_key(KEYS, uid, 1)
