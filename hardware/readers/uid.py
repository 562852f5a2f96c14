"""Is this answer a card's number? Pure: bytes in, a number or a reason out.

A reader's answer to GET DATA is the number and two status bytes. Not every answer is a number that
names one card for ever, and a wrong one is worse than none: it could be somebody else's.
The reasons never hold the bytes, for they are logged.
"""

from typing import Final

from hardware.signals import Technology

SUCCESS: Final = b"\x90\x00"
ISO14443_LENGTHS: Final = frozenset({4, 7, 10})
ISO15693_LENGTH: Final = 8

RANDOM_ID: Final = 0x08
"""First byte of a four-byte number that the card makes up anew each time (ISO 14443-3)."""
CASCADE_TAG: Final = 0x88
"""Says that more of the number follows; as the first of four bytes it means that the rest is missing."""
ISO15693_MARK: Final = 0xE0
"""Most significant byte of every ISO 15693 number. Some readers send it first, some last."""
IDM_LENGTH: Final = 8
PEER_IDM: Final = b"\x01\xfe"
"""Begins the id that a device makes up to talk to another one: NFC-DEP, not a card (NFC Forum Digital)."""

_BLANK: Final = ({0x00}, {0xFF})


class Unreadable(Exception):
    """A card was there and gave no number to rely on. Its text is the reason."""


def number_of(answer: bytes) -> tuple[Technology, bytes]:
    """Take the number out of a reader's answer. Raises ``Unreadable``."""
    number, status = answer[:-2], answer[-2:]
    if status != SUCCESS:
        raise Unreadable("the reader answered with an error instead of a number")
    if set(number) in _BLANK:
        raise Unreadable("the card's number is blank")
    if len(number) == ISO15693_LENGTH:
        return Technology.ISO15693_UID, _mark_first(number)
    if len(number) not in ISO14443_LENGTHS:
        raise Unreadable("the answer is no card number: its length is wrong")
    if len(number) == min(ISO14443_LENGTHS):
        _check_single_size(number)
    return Technology.ISO14443_UID, number


def idm_of(idm: bytes) -> tuple[Technology, bytes]:
    """Take a FeliCa card's manufacture id for its number. Raises ``Unreadable``."""
    if len(idm) != IDM_LENGTH:
        raise Unreadable("the answer is no card number: its length is wrong")
    if set(idm) in _BLANK:
        raise Unreadable("the card's number is blank")
    if idm.startswith(PEER_IDM):
        raise Unreadable("this is no card but a device that wants to talk")
    return Technology.FELICA_IDM, idm


def _check_single_size(number: bytes) -> None:
    if number[0] == RANDOM_ID:
        raise Unreadable("this card shows a new number at every read")
    if number[0] == CASCADE_TAG:
        raise Unreadable("the card's number is incomplete")


def _mark_first(number: bytes) -> bytes:
    """Bring an ISO 15693 number into one order, so that two models of reader mean the same card."""
    if number[0] == ISO15693_MARK:
        return number
    if number[-1] == ISO15693_MARK:
        return number[::-1]
    raise Unreadable("the answer is no card number that is known here")
