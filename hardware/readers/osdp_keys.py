"""Is this key fit for a reader's secure channel? Pure: bytes in, a reason or nothing out.

A key that somebody could guess is no key: readers have been sold with keys of one repeated byte, counting up
or counting down, and whoever tries those few hundred gets in without listening to anything. The install key
is printed in the standard. None of the reasons holds the key.
"""

from itertools import pairwise
from typing import Final

KEY_BYTES: Final = 16
INSTALL_KEY: Final = bytes(range(0x30, 0x40))
"""The key that every reader has before it is given its own: known to all, for the pairing window only."""


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
