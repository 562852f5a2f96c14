"""DESFire EV1, EV2 and EV3: asks a card whether it has the site's keys.

A site's card has one application with three AES keys and one file:

 - key 0, the card's own, changes the others and the file;
 - key 1, the card's own, reads the file: that the card has it is the proof;
 - key 2, alike in all cards of the site, opens nothing. It lets a reader ask a card that shows another UID
   at each read for its real one, from which the other keys derive. Whoever learns it can recognise cards, and
   no more;
 - the file holds the UID once more, and is read under a MAC of key 1.

NOTE: a card is proved to be there, not to be near: two people who relay between it and the reader are not
noticed. What helps against that is a second factor.
"""

import hmac
from typing import Final

from hardware.cards.aes import padded_00
from hardware.cards.channel import Channel
from hardware.cards.desfire_session import UID_BYTES, Session, authenticated
from hardware.cards.diversify import card_key, common_key
from hardware.cards.native import (
    OK,
    CardRefuses,
    NotNative,
    Unproven,
    send,
)
from hardware.cards.proving import Forged, Proof, Proved
from hardware.signals import Technology
from hardware.specs import DesfireKeys

SELECT: Final = 0x5A
READ: Final = 0xBD
MASTER_KEY, PROVING_KEY, FINDING_KEY = 0, 1, 2
ID_FILE: Final = 1
ID_BYTES: Final = 16
_FINDING: Final = b" finding cards"
_ID_VERSION: Final = b"\x01"


def prove_desfire(channel: Channel, keys: DesfireKeys, uid: bytes | None = None) -> Proof:
    """Ask a card whether it is one of the site's. ``uid`` is the one that the reader saw, if it saw one.

    ``None`` when it is no DESFire card, or has no application of the site. Raises ``CardGone`` or
    ``CardSilent``.
    """
    try:
        status, _ = send(channel, SELECT, keys.application[::-1])
    except NotNative:
        return None
    if status != OK:
        return (
            None  # also a card of another sort, which answers alike and knows no applications: it claims none
        )
    try:
        return Proved(Technology.DESFIRE, _proved_uid(channel, keys, uid))
    except NotNative:
        return Forged(Technology.DESFIRE, "it answers otherwise than a DESFire card")
    except (CardRefuses, Unproven) as error:
        return Forged(Technology.DESFIRE, str(error))


def _proved_uid(channel: Channel, keys: DesfireKeys, seen: bytes | None) -> bytes:
    uid = authenticated(channel, FINDING_KEY, finding_key(keys)).uid()
    if seen is not None and len(seen) == UID_BYTES and seen != uid:
        raise Unproven("it shows another UID than it has")
    own = authenticated(channel, PROVING_KEY, own_key(keys, uid, PROVING_KEY))
    check_id(own, uid)
    return uid


def check_id(session: Session, uid: bytes) -> None:
    """Read the file and compare. Raises ``CardRefuses`` or ``Unproven``."""
    where = bytes([ID_FILE]) + (0).to_bytes(3, "little") + ID_BYTES.to_bytes(3, "little")
    if not hmac.compare_digest(session.ask(READ, where), id_of(uid)):
        raise Unproven("the number that it carries is another card's")


def id_of(uid: bytes) -> bytes:
    """Give what the file of a card holds."""
    return padded_00(_ID_VERSION + bytes([len(uid)]) + uid)


def own_key(keys: DesfireKeys, uid: bytes, number: int) -> bytes:
    """Give a key that one card has."""
    return card_key(keys.master, uid, keys.application, number)


def finding_key(keys: DesfireKeys) -> bytes:
    """Give the key that all cards of the site have alike."""
    return common_key(keys.master, keys.application, _FINDING)
