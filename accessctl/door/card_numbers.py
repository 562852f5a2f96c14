"""The numbers of cards that an admin types, brought into the form in which a reader reports them.

What is typed here and what is read at a door have to be the same bytes, or the card opens nothing and nobody
can tell why. The words never repeat a number.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from hardware.card_formats import CardFormat
from hardware.readers.uid import SUCCESS, Unreadable, idm_of, number_of
from hardware.readers.wiegand import parse_number
from hardware.signals import Technology

LONGEST_TEXT: Final[Mapping[str, int]] = {Technology.NDEF: 256, Technology.TYPED: 128}
"""In bytes. A reader reports nothing longer."""
_WHOLE: Final = b"\x04"
"""Stands before X and Y (SEC 1, 2.3.3)."""
_FORMS: Final[Mapping[str, str]] = {
    Technology.ISO14443_UID: "4, 7 or 10 bytes in hex, such as 0412AB34CD56EF",
    Technology.ISO15693_UID: "8 bytes in hex, E0 first",
    Technology.FELICA_IDM: "8 bytes in hex",
}
"""What the numbers that are no text look like."""


class CardUnusable(ValueError):
    """These bytes are no number of a card that could be read here."""


def number_in(technology: str, number_hex: str, formats: Mapping[str, CardFormat]) -> bytes:
    """Give a card's number as a reader would report it. Raises ``CardUnusable``.

    What people write as text (a Wiegand number, what a tag says, what a reader types) comes as its UTF-8.
    """
    try:
        given = bytes.fromhex(number_hex.replace(":", ""))
    except ValueError:
        given = b""
    if technology == Technology.PKOC:
        return _public_key(given)
    if technology == Technology.PIV:
        return _digest(given)
    if technology in _FORMS:
        return _uid(technology, given)
    try:
        text = given.decode()
        if technology == Technology.WIEGAND:
            return parse_number(text, formats)
    except ValueError as error:
        raise CardUnusable(str(error) if technology == Technology.WIEGAND else "it is no text") from error
    if technology not in LONGEST_TEXT:
        raise CardUnusable("no reader reads cards in this way")
    longest = LONGEST_TEXT[technology]
    if not 0 < len(given) <= longest or not text.isprintable():
        raise CardUnusable(f"must be printable text of {longest} bytes at most")
    return given


def _public_key(given: bytes) -> bytes:
    """Take the point of P-256 that a PKOC credential proves: whole, compressed, or X and Y alone."""
    try:
        from hardware.cards.pkoc import INTEGER_BYTES, number_of_key, public_key
    except ImportError:
        needs = "a public key can be checked with cryptography alone: pip install 'accessctl[cards]'"
        raise CardUnusable(needs) from None
    try:
        return number_of_key(public_key(_WHOLE + given if len(given) == 2 * INTEGER_BYTES else given))
    except ValueError:
        raise CardUnusable("it is no public key of P-256: 65 or 33 bytes in hex, or X and Y, 64") from None


def _digest(given: bytes) -> bytes:
    if len(given) != hashlib.sha256().digest_size:
        raise CardUnusable("a PIV card is known by the SHA-256 of its public key, 32 bytes in hex")
    return given


def _uid(technology: str, given: bytes) -> bytes:
    """Judge it as the drivers judge what a card answers, so that nothing is enrolled that they refuse."""
    why = "this is a number of another kind of card"
    try:
        kind, number = idm_of(given) if technology == Technology.FELICA_IDM else number_of(given + SUCCESS)
    except Unreadable as unreadable:
        why = str(unreadable)
    else:
        if kind == technology:
            return number
    raise CardUnusable(f"{why}; a number of this kind is {_FORMS[technology]}")
