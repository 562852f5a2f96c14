"""Is this key fit for a reader's secure channel? Pure: bytes in, a reason or nothing out.

A key that somebody could guess is no key: readers have been sold with keys of one repeated byte, counting up
or counting down, and whoever tries those few hundred gets in without listening to anything. The install key
is printed in the standard. None of the reasons holds the key.

Several keys are tried while it is not known which of them a reader has. Once one has proved itself it is the
only one: whoever has an older one must not come in with it, in this life of a driver or the next.
"""

from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise
from typing import Final

KEY_BYTES: Final = 16
INSTALL_KEY: Final = bytes(range(0x30, 0x40))
"""The key that every reader has before it is given its own: known to all, for the pairing window only."""
MOST_TRIED: Final = 4
"""So many keys are tried: three of attempts whose end is not known, and the one that worked last."""
_NUMBER_BYTES: Final = 6
_ABOUT: Final = b"accessctl/reader-key-number/v1\0"


def why_unfit(key: bytes) -> str | None:
    """Say why a key must not be used; ``None`` for one that may be."""
    if len(key) != KEY_BYTES:
        return f"the key is not {KEY_BYTES} bytes long"
    if key == INSTALL_KEY:
        return "the key is the install key that everybody knows"
    # One step from each byte to the next: repeated (0), counting up (1), counting down (255), and the like.
    if len({(after - before) % 256 for before, after in pairwise(key)}) == 1:
        return "the key can be guessed: its bytes follow a pattern"
    if key[: KEY_BYTES // 2] == key[KEY_BYTES // 2 :]:
        return "the key can be guessed: its halves are the same"
    return None


def key_number(key: bytes) -> int:
    """Give the number by which a key is spoken of. It tells keys apart and says nothing about them."""
    return int.from_bytes(sha256(_ABOUT + key).digest()[:_NUMBER_BYTES])


def with_newest(key: bytes, others: Iterable[bytes]) -> tuple[bytes, ...]:
    """Add the key of an attempt whose end is not known. The oldest stays, being the one that worked last."""
    keys = (key, *(other for other in others if other != key))
    return keys if len(keys) <= MOST_TRIED else (*keys[: MOST_TRIED - 1], keys[-1])
