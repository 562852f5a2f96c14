"""What the text of a pass looks like, so that a reader tells one from any other text. Pure.

Whether a pass is genuine only the door process can tell, which has the key. What is no pass by its looks is
never reported: it is a poster, a parcel's label, or a pass that was read half.

Why this alphabet: a pass is shown as a QR code, kept in a tag, and typed by readers that pose as a keyboard.
Letters and digits are typed alike on all layouts that have A to Z in their places, without a key that needs
more than Shift, and a QR code holds upper-case letters in its alphanumeric mode, 5.5 bits each. Base45 would
be four characters shorter and full of ``$%*+:``, which half of the readers mistype.
"""

import re
from typing import Final

PREFIX: Final = "AP1"
"""Begins every pass: what it is, and the version of its layout."""
BODY_LENGTH: Final = 148
"""Characters of base32 (RFC 4648, without padding) that follow."""
LENGTH: Final = len(PREFIX) + BODY_LENGTH
ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

_LOOKS: Final = rf"{PREFIX}[A-Z2-7]{{{BODY_LENGTH}}}"
_PASS: Final = re.compile(_LOOKS.encode())
_AT_THE_END: Final = re.compile(rf"(?:\A|[/#=:?&])({_LOOKS})\Z".encode())


def is_pass(text: bytes) -> bool:
    """Tell whether a text is a pass by its looks: its length, its prefix, its letters."""
    return _PASS.fullmatch(text) is not None


def pass_in(text: bytes) -> bytes | None:
    """Give the pass that a text is, or that a link ends in, such as ``https://example.org/#AP1...``."""
    found = _AT_THE_END.search(text)
    return None if found is None else found[1]
