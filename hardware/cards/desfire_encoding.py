"""Gives a DESFire card the site's application and keys.

A card that is taken away in the middle can be encoded again: the application's key 0 stays the factory's
zeros until all else is done and was checked, and its change is one step, which the card does wholly or not at
all. What was done already is found by the versions of the keys, which are 0 in a new application.

The card's own master key, that of the factory, is neither needed nor changed: whoever has it can erase the
application, and so spoil the card, but can make none. Where a card permits nobody to create an application
without its master key, the transport key of the site's keys is tried.

NOTE: a new card is told its keys under zeros, which everybody knows. Whoever listens in, or hands in
something that only poses as a card, learns the keys of that one card. So cards are encoded at a place where
nobody listens, and only new ones out of their pack.
"""

from collections.abc import Mapping
from typing import Final

from hardware.cards.aes import ZEROS
from hardware.cards.channel import Channel
from hardware.cards.desfire import (
    FINDING_KEY,
    ID_BYTES,
    ID_FILE,
    MASTER_KEY,
    PROVING_KEY,
    SELECT,
    finding_key,
    id_of,
    own_key,
    prove_desfire,
)
from hardware.cards.desfire_session import Session, authenticated
from hardware.cards.encoding_words import told_as_not_encoded
from hardware.cards.native import (
    NO_SUCH_APPLICATION,
    NOT_PERMITTED,
    OK,
    WRONG_KEY,
    CardRefuses,
    NotNative,
    Unproven,
    send,
    told,
)
from hardware.cards.proving import NotEncoded, Proved
from hardware.signals import Technology
from hardware.specs import DesfireKeys

CREATE_APPLICATION: Final = 0xCA
CREATE_FILE: Final = 0xCD
LIST_FILES: Final = 0x6F
WRITE: Final = 0x3D
KEY_VERSION: Final = 1
"""Of every key that was given; a new application's have 0."""

_CARD: Final = bytes(3)
"""The card itself is the application of this number."""
_SETTINGS: Final = 0x09
"""Key 0 may be changed, and with it these settings; files are listed, made and erased with key 0 only."""
_THREE_AES_KEYS: Final = 0x83
_MACED: Final = 0x01
_RIGHTS: Final = PROVING_KEY << 12 | MASTER_KEY << 8 | MASTER_KEY << 4 | MASTER_KEY
"""Who reads, writes, does both, and changes these rights."""


def encode_desfire(channel: Channel, keys: DesfireKeys) -> bytes:
    """Give a card the site's keys and tell its UID; a card that has them already stays as it is.

    Raises ``NotEncoded``, ``CardGone`` or ``CardSilent``. A card that was interrupted can be encoded again.
    """
    with told_as_not_encoded("card", "DESFire card"):
        return _encode(channel, keys)


def _encode(channel: Channel, keys: DesfireKeys) -> bytes:
    status, _ = send(channel, SELECT, _CARD)
    if status != OK:
        raise NotNative  # another sort of card, which answers alike
    if not _selected(channel, keys):
        _create_application(channel, keys)
        told(channel, SELECT, keys.application[::-1])
    try:
        session = authenticated(channel, MASTER_KEY, ZEROS)
    except CardRefuses as error:
        if error.status != WRONG_KEY:
            raise
        return _encoded_before(channel, keys)
    uid = session.uid()
    _write_id(session, uid)
    wanted = {PROVING_KEY: own_key(keys, uid, PROVING_KEY), FINDING_KEY: finding_key(keys)}
    for number, key in wanted.items():
        if session.key_version(number) != KEY_VERSION:
            session.change_key(number, ZEROS, key, KEY_VERSION)
    _check(channel, wanted)
    session = authenticated(channel, MASTER_KEY, ZEROS)
    session.change_key(MASTER_KEY, ZEROS, own_key(keys, uid, MASTER_KEY), KEY_VERSION)
    if prove_desfire(channel, keys) != Proved(Technology.DESFIRE, uid):
        raise NotEncoded("the card took its keys and does not prove them")
    return uid


def _selected(channel: Channel, keys: DesfireKeys) -> bool:
    status, _ = send(channel, SELECT, keys.application[::-1])
    if status not in {OK, NO_SUCH_APPLICATION}:
        raise CardRefuses(status)
    return status == OK


def _create_application(channel: Channel, keys: DesfireKeys) -> None:
    wanted = keys.application[::-1] + bytes([_SETTINGS, _THREE_AES_KEYS])
    status, _ = send(channel, CREATE_APPLICATION, wanted)
    if status in {WRONG_KEY, NOT_PERMITTED}:
        told(channel, SELECT, _CARD)
        authenticated(channel, MASTER_KEY, keys.transport).ask(CREATE_APPLICATION, wanted)
    elif status != OK:
        raise CardRefuses(status)


def _write_id(session: Session, uid: bytes) -> None:
    size = ID_BYTES.to_bytes(3, "little")
    if ID_FILE not in session.ask(LIST_FILES):
        rights = _RIGHTS.to_bytes(2, "little")
        session.ask(CREATE_FILE, bytes([ID_FILE, _MACED]) + rights + size)
    session.ask(WRITE, bytes([ID_FILE]) + bytes(3) + size, maced=id_of(uid))


def _check(channel: Channel, wanted: Mapping[int, bytes]) -> None:
    """See that the card has these keys, as long as it can be taken back: key 0 is changed last."""
    for number, key in wanted.items():
        try:
            authenticated(channel, number, key)
        except (CardRefuses, Unproven) as error:
            raise NotEncoded("another site has begun to encode this card") from error


def _encoded_before(channel: Channel, keys: DesfireKeys) -> bytes:
    proof = prove_desfire(channel, keys)
    if not isinstance(proof, Proved):
        raise NotEncoded("the card has an application of this number with other keys: another site's")
    return proof.number
