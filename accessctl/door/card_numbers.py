"""The numbers of cards that an admin types, brought into the form in which a reader reports them.

What is typed here and what is read at a door have to be the same bytes, or the card opens nothing and nobody
can tell why. The words never repeat a number.
"""

from collections.abc import Mapping
from typing import Final

from hardware.card_formats import CardFormat
from hardware.readers.uid import ISO14443_LENGTHS, ISO15693_LENGTH, ISO15693_MARK
from hardware.readers.wiegand import parse_number
from hardware.signals import Technology

FELICA_LENGTH: Final = 8
LONGEST_TEXT: Final[Mapping[str, int]] = {Technology.NDEF: 256, Technology.TYPED: 128}
"""In bytes. A reader reports nothing longer."""
_LENGTHS: Final[Mapping[str, frozenset[int]]] = {
    Technology.ISO14443_UID: ISO14443_LENGTHS,
    Technology.ISO15693_UID: frozenset({ISO15693_LENGTH}),
    Technology.FELICA_IDM: frozenset({FELICA_LENGTH}),
}


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
    if technology in _LENGTHS:
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


def _uid(technology: str, number: bytes) -> bytes:
    lengths = _LENGTHS[technology]
    marked = technology != Technology.ISO15693_UID or number[:1] == bytes([ISO15693_MARK])
    if len(number) in lengths and len(set(number)) > 1 and marked:
        return number
    *few, most = map(str, sorted(lengths))
    count = f"{', '.join(few)} or {most}" if few else most
    begins = "" if technology != Technology.ISO15693_UID else ", E0 first"
    example = " such as 0412AB34CD56EF" if technology == Technology.ISO14443_UID else ""
    raise CardUnusable(
        f"a number of this kind is {count} bytes in hex{begins}, not all alike{example and ','}{example}"
    )
