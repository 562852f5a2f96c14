"""NTAG 424 DNA, Secure Unique NFC (SUN): reads the message that a tag makes anew at each read; checks it.

The tag writes into the text that it holds its UID and a count of its reads, encrypted with the reading key,
and a MAC over all of the text with a key of its own. Facts from NXP's AN12196, whose values the tests have.

NOTE: the message answers no challenge. Whoever holds the tag for a moment can take messages along, and each
of them passes until one with a higher count was seen. So a message counts only when its count is higher than
any before, which whoever decides has to see to: it is in ``Proved.counter``.
"""

import hmac
import re
from dataclasses import dataclass, field
from typing import Final

from hardware.cards.aes import BLOCK, cmac, decrypt, odd_bytes
from hardware.cards.channel import Channel, ask
from hardware.cards.diversify import card_key
from hardware.cards.proving import Forged, Proof, Proved
from hardware.signals import Technology
from hardware.specs import SunKeys

APPLICATION: Final = bytes.fromhex("d2760000850101")
SELECT_APPLICATION: Final = bytes.fromhex("00a4040c07") + APPLICATION + b"\x00"
SELECT_MESSAGE: Final = bytes.fromhex("00a4000c02e104")
"""The file E104, where a new tag has its message."""
MASTER_KEY, READING_KEY, SIGNING_KEY = 0, 1, 2
LENGTH_BYTES: Final = 2
LONGEST: Final = 254

_HEAD: Final = b"\xd1\x01"
"""One short record of a well-known type, whose name has one letter (NFC Forum NDEF)."""
_LINK: Final = b"U\x04"
"""A link, and what its first byte stands for: ``https://``."""
_PLACE: Final = b"door.invalid/?e="
"""Where a phone is sent that reads a card: nowhere, by RFC 2606. The tag is for doors."""
_BETWEEN: Final = b"&c="
_UID_AND_COUNT: Final = 0xC7
"""What PICC data hold: a UID, a count, and how long the UID is."""
UID_BYTES: Final = 7
_SIGNED_WITH: Final = b"\x3c\xc3\x00\x01\x00\x80"
_MAC_TEXT: Final = 16
_DATA_TEXT: Final = 2 * BLOCK

_LOOKS: Final = re.compile(
    rb"(?P<head>..\xd1\x01.U\x04[^?]*\?e=)(?P<data>[0-9A-F]{32})&c=(?P<mac>[0-9A-F]{16})", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a tag says of itself, encrypted with the reading key."""

    uid: bytes = field(repr=False)
    count: int


def prove_sun(channel: Channel, keys: SunKeys, uid: bytes | None = None) -> Proof:
    """Read a tag's message and check it. ``uid`` is the one that the reader saw, if it saw one.

    ``None`` when it has no message of this kind. Raises ``CardGone`` or ``CardSilent``.
    """
    if not ask(channel, SELECT_APPLICATION).good or not ask(channel, SELECT_MESSAGE).good:
        return None
    message = _message(channel)
    found = None if message is None else _LOOKS.fullmatch(message)
    if message is None or found is None:
        return Forged(Technology.SUN, "its message is damaged") if _is_like_ours(channel) else None
    said = opened(keys.reading, bytes.fromhex(found["data"].decode()))
    if said is None:
        return Forged(Technology.SUN, "its message was made with another key than this site's")
    own = card_key(keys.master, said.uid, APPLICATION, SIGNING_KEY)
    mac = signature(own, said, message[: found.start("mac")])
    if not hmac.compare_digest(mac, bytes.fromhex(found["mac"].decode())):
        return Forged(Technology.SUN, "its message is not signed with its key")
    if uid is not None and len(uid) == UID_BYTES and uid != said.uid:
        return Forged(Technology.SUN, "it shows another UID than its message")
    return Proved(Technology.SUN, said.uid, said.count)


def opened(reading: bytes, data: bytes) -> Counted | None:
    """Decrypt what a tag says of itself; ``None`` when that makes no sense: another key made it."""
    plain = decrypt(reading, data)
    if plain[0] != _UID_AND_COUNT:
        return None
    uid, count = plain[1 : 1 + UID_BYTES], plain[1 + UID_BYTES : 4 + UID_BYTES]
    return Counted(uid, int.from_bytes(count, "little"))


def signature(key: bytes, said: Counted, covered: bytes) -> bytes:
    """Make the MAC of a message: with a key that derives from this count, over what it covers."""
    session = cmac(key, _SIGNED_WITH + said.uid + said.count.to_bytes(3, "little"))
    return odd_bytes(cmac(session, covered))


@dataclass(frozen=True, slots=True)
class Template:
    """What is written into a tag, and where it puts what it makes anew: counted from the file's beginning."""

    content: bytes
    data_at: int
    mac_at: int


def template() -> Template:
    """Give the text of a site's tag, with zeros where the tag writes."""
    text = _LINK[1:] + _PLACE + b"0" * _DATA_TEXT + _BETWEEN + b"0" * _MAC_TEXT
    record = _HEAD + bytes([len(text)]) + _LINK[:1] + text
    content = len(record).to_bytes(LENGTH_BYTES, "big") + record
    mac_at = len(content) - _MAC_TEXT
    return Template(content, mac_at - len(_BETWEEN) - _DATA_TEXT, mac_at)


def _message(channel: Channel) -> bytes | None:
    """Read the whole file as far as it says that it is filled; ``None`` where there is none."""
    length = ask(channel, bytes.fromhex("00b0000002"))
    if not length.good or len(length.data) != LENGTH_BYTES:
        return None
    size = int.from_bytes(length.data, "big")
    if not 0 < size <= LONGEST:
        return None
    body = ask(channel, bytes([0x00, 0xB0, 0x00, LENGTH_BYTES, size]))
    return length.data + body.data if body.good and len(body.data) == size else None


def _is_like_ours(channel: Channel) -> bool:
    """Whether a site's tag had this text once: most of what never changes in it stands where it should.

    Read whatever length the tag claims, so that a tag on which that is damaged is no plain card either.
    """
    ours = template()
    told = ask(channel, bytes([0x00, 0xB0, 0x00, 0x00, len(ours.content)]))
    if not told.good or len(told.data) != len(ours.content):
        return False
    steady = [*range(ours.data_at), *range(ours.data_at + _DATA_TEXT, ours.mac_at)]
    same = sum(1 for at in steady if told.data[at] == ours.content[at])
    return same > len(steady) // 2
