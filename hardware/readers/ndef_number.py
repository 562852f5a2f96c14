"""The number that an NDEF message holds: what its first text or URI record says. Pure.

The message is decoded strictly: a tag that was half written, or that plays tricks, is no card. The
reasons never hold what the tag says, for they are logged.
"""

from typing import Final

import ndef

from hardware.readers.uid import Unreadable

LONGEST_NUMBER: Final = 256
"""In bytes of UTF-8."""
RECORDS_READ: Final = {"urn:nfc:wkt:T": ndef.TextRecord, "urn:nfc:wkt:U": ndef.UriRecord}
"""Only these are taken apart. The library knows many more, and each would be one more way in."""


def number_of_message(message: bytes) -> bytes:
    """Take the number out of a message. Raises ``Unreadable``."""
    said = _first_words(message)
    if not said:
        raise Unreadable("the tag holds no text and no link")
    if not said.isprintable():
        raise Unreadable("the tag's text holds characters that cannot be shown")
    number = said.encode()
    if len(number) > LONGEST_NUMBER:
        raise Unreadable(f"the tag's text is longer than {LONGEST_NUMBER} bytes")
    return number


def _first_words(message: bytes) -> str:
    if not message:
        return ""
    try:
        records = list(ndef.message_decoder(message, errors="strict", known_types=RECORDS_READ))
        for record in records:
            if isinstance(record, ndef.TextRecord):
                return str(record.text)
            if isinstance(record, ndef.UriRecord):
                return str(record.iri)
    except Exception:  # noqa: BLE001 - whatever a tag makes the library raise, it is no card
        # Without its cause: what the library says about it may hold what the tag says.
        raise Unreadable("the tag's content is malformed") from None
    return ""
