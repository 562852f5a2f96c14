"""A key of its own for each card, out of the site's master key: NXP AN10922, section 2.2, AES-128.

Whoever breaks one card open has the keys of that card, and of no other one.
"""

from typing import Final

from hardware.cards.aes import BLOCK, cmac

SHORTEST: Final = BLOCK
LONGEST: Final = 2 * BLOCK - 1
_AES_128: Final = b"\x01"
"""Says in front of the input what is derived."""
SYSTEM: Final = b"accessctl"
"""AN10922's system identifier: keeps these keys apart from those of other uses of one master key."""


def diversified(master: bytes, about: bytes) -> bytes:
    """Derive a key of 16 bytes. ``about`` is AN10922's input: UID, application and system, 16 to 31 bytes.

    AN10922 fills shorter input up to two blocks, which a CMAC does not; no card here has such.
    """
    if not SHORTEST <= len(about) <= LONGEST:
        raise ValueError(f"what a key is derived from has {SHORTEST} to {LONGEST} bytes, not {len(about)}")
    return cmac(master, _AES_128 + about)


def card_key(master: bytes, uid: bytes, application: bytes, number: int) -> bytes:
    """Derive the key that one card has under this number in this application."""
    return diversified(master, uid + application + SYSTEM + bytes([number]))


def common_key(master: bytes, application: bytes, purpose: bytes) -> bytes:
    """Derive a key that all cards of the site have alike. It opens nothing but what the purpose says."""
    return diversified(master, application + SYSTEM + purpose)
