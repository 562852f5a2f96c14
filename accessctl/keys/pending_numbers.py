"""The numbers of cards that wait for their tags, sealed: who has the database and not the root reads none.

A tag costs an Argon2, and a hundred thousand of them the better part of an hour. So the numbers of many cards
wait, each bound to its person, its technology and the name under which it waits: a row that was swapped for
another one does not open.
"""

import secrets
from typing import Final

_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_ABOUT: Final = b"accessctl/pending-number/v1"


class NumberDamaged(Exception):
    """What waits was not sealed here for this person and card."""


class SealingUnusable(Exception):
    """What seals is not installed."""


class NumberSealer:
    """Seals numbers and opens them. Pure apart from chance; may be used from any thread."""

    def __init__(self, key: bytes) -> None:
        """Take the key: ``Purpose.PENDING_NUMBERS``. Raises ``SealingUnusable``.

        The library costs 9 MiB, so it is loaded where many cards come and not before.
        """
        try:
            from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
        except ImportError as error:
            raise SealingUnusable("the library cryptography is missing: pip install cryptography") from error
        self._cipher = ChaCha20Poly1305(key)

    def seal(self, person: str, name: str, technology: str, number: bytes) -> bytes:
        """Seal a number."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, number, _about(person, name, technology))

    def open(self, person: str, name: str, technology: str, sealed: bytes) -> bytes:
        """Open what was sealed for exactly this. Raises ``NumberDamaged``."""
        from cryptography.exceptions import InvalidTag

        if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
            raise NumberDamaged("it is too short to be one")
        try:
            nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            return self._cipher.decrypt(nonce, rest, _about(person, name, technology))
        except InvalidTag:
            raise NumberDamaged("it was changed, swapped, or sealed under another root key") from None


def _about(*parts: str) -> bytes:
    """Write each part after its length: no two lists of parts give the same bytes."""
    encoded = (_ABOUT, *(part.encode() for part in parts))
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
