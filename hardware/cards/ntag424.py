"""Gives an NTAG 424 DNA tag the site's keys, and the text into which it writes at each read.

A tag that is taken away in the middle can be encoded again: its key 0 stays the factory's zeros until all
else is done and was checked, and its change is one step. The text is written before the tag is told to change
it; so each time begins with the settings of a new tag. What was done to the keys is found by their versions.

All five keys are changed, also those that this site does not use: a key that stays at zeros is everybody's.

NOTE: as with DESFire, a new tag is told its keys under zeros (see ``hardware.cards.desfire_encoding``).
"""

from typing import Final

from hardware.cards.aes import ZEROS
from hardware.cards.channel import Channel, ask
from hardware.cards.diversify import card_key
from hardware.cards.encoding_words import told_as_not_encoded
from hardware.cards.ev2_session import authenticated_ev2
from hardware.cards.native import WRONG_KEY, CardRefuses, NotNative, Unproven
from hardware.cards.proving import NotEncoded, Proved
from hardware.cards.sun import (
    APPLICATION,
    MASTER_KEY,
    READING_KEY,
    SELECT_APPLICATION,
    SELECT_MESSAGE,
    SIGNING_KEY,
    Template,
    prove_sun,
    template,
)
from hardware.specs import SunKeys

CHANGE_SETTINGS: Final = 0x5F
MESSAGE_FILE: Final = 2
KEYS: Final = 5
KEY_VERSION: Final = 1
"""Of every key that was given; a new tag's have 0."""

_AS_NEW: Final = bytes.fromhex("00e0ee")
"""Plain; everybody reads and writes, key 0 changes these settings."""
_MIRRORS: Final = b"\x40"
_READ_BY_ALL: Final = bytes.fromhex("00e0")
"""Everybody reads; key 0 writes and changes these settings."""
_UID_AND_COUNT_AS_TEXT: Final = b"\xc1"
_NOBODY: Final = 0xF
_MIRROR_KEYS: Final = READING_KEY << 12 | SIGNING_KEY << 8 | _NOBODY << 4 | _NOBODY


def encode_ntag424(channel: Channel, keys: SunKeys) -> bytes:
    """Give a tag the site's keys and tell its UID; a tag that has them already stays as it is.

    Raises ``NotEncoded``, ``CardGone`` or ``CardSilent``. A tag that was interrupted can be encoded again.
    """
    with told_as_not_encoded("tag", "NTAG 424 DNA tag"):
        return _encode(channel, keys)


def _encode(channel: Channel, keys: SunKeys) -> bytes:
    _select(channel)
    try:
        session = authenticated_ev2(channel, MASTER_KEY, ZEROS)
    except CardRefuses as error:
        if error.status != WRONG_KEY:
            raise
        return _encoded_before(channel, keys)
    uid = session.uid()
    session.sealed(CHANGE_SETTINGS, bytes([MESSAGE_FILE]), _AS_NEW)
    text = template()
    _write(channel, text)
    session = authenticated_ev2(channel, MASTER_KEY, ZEROS)
    session.sealed(CHANGE_SETTINGS, bytes([MESSAGE_FILE]), _mirroring(text))
    wanted = {number: tag_key(keys, uid, number) for number in range(1, KEYS)}
    for number, key in wanted.items():
        if session.key_version(number) != KEY_VERSION:
            session.change_key(number, ZEROS, key, KEY_VERSION)
    for number, key in wanted.items():
        _check(channel, number, key)
    session = authenticated_ev2(channel, MASTER_KEY, ZEROS)
    session.change_key(MASTER_KEY, ZEROS, tag_key(keys, uid, MASTER_KEY), KEY_VERSION)
    proof = prove_sun(channel, keys)
    if not isinstance(proof, Proved) or proof.number != uid:
        raise NotEncoded("the tag took its keys and does not prove them")
    return uid


def tag_key(keys: SunKeys, uid: bytes, number: int) -> bytes:
    """Give the key that one tag has under this number; the reading key is the same in all of them."""
    return keys.reading if number == READING_KEY else card_key(keys.master, uid, APPLICATION, number)


def _select(channel: Channel) -> None:
    if not ask(channel, SELECT_APPLICATION).good:
        raise NotNative


def _write(channel: Channel, text: Template) -> None:
    # Not within the session: a new tag takes its text from everybody, and selecting anew ends the session.
    _select(channel)
    selected = ask(channel, SELECT_MESSAGE)
    written = ask(channel, bytes([0x00, 0xD6, 0x00, 0x00, len(text.content)]) + text.content)
    if not selected.good or not written.good:
        raise NotEncoded("the tag does not take its text")


def _mirroring(text: Template) -> bytes:
    rights = _MIRROR_KEYS.to_bytes(2, "little")
    covered_from = 0
    places = b"".join(place.to_bytes(3, "little") for place in (text.data_at, covered_from, text.mac_at))
    return _MIRRORS + _READ_BY_ALL + _UID_AND_COUNT_AS_TEXT + rights + places


def _check(channel: Channel, number: int, key: bytes) -> None:
    """See that the tag has this key, as long as it can be taken back: key 0 is changed last."""
    try:
        authenticated_ev2(channel, number, key)
    except (CardRefuses, Unproven) as error:
        raise NotEncoded("another site has begun to encode this tag") from error


def _encoded_before(channel: Channel, keys: SunKeys) -> bytes:
    proof = prove_sun(channel, keys)
    if not isinstance(proof, Proved):
        raise NotEncoded("the tag has other keys already: another site's")
    return proof.number
