"""Card numbers become tags: a number can be looked up, and can not be read back.

A tag is Argon2id over an HMAC of the number. Without the index key it says nothing; with the key and
the database each guess still costs one Argon2.
"""

import hmac
import secrets
from collections import OrderedDict
from hashlib import blake2b
from typing import Final

from argon2.low_level import Type, hash_secret_raw

from accessctl.store.schemes import CardTagScheme
from hardware.signals import Technology

TAG_BYTES: Final = 32
_PRINT_BYTES: Final = 20
_TEXTS: Final = frozenset({Technology.WIEGAND, Technology.NDEF, Technology.TYPED})
"""The technologies whose numbers are written as text."""
REMEMBERED_CARDS: Final = 8192
"""So many known cards are kept; a site with more pays Argon2 now and then."""


class CardTagger:
    """Makes tags. Pure apart from the time it takes; may be called from several threads at once."""

    def __init__(self, index_key: bytes, scheme: CardTagScheme) -> None:
        """Take the key and the store's scheme."""
        self._key = index_key
        self._scheme = scheme

    def tag(self, technology: str, number: bytes) -> bytes:
        """Make the tag of a card: 32 bytes. Costs one Argon2, some milliseconds."""
        secret = hmac.digest(self._key, technology.encode() + b"\0" + number, "sha256")
        scheme = self._scheme
        return hash_secret_raw(
            secret, scheme.salt, scheme.passes, scheme.memory_kib, scheme.lanes, TAG_BYTES, Type.ID
        )


class KnownCards:
    """Remembers the tags of known cards while the process lives, under a key made at its start.

    Argon2 is paid once for a card and not at every badge. Unknown cards are never remembered: they
    always pay. Used from one thread.
    """

    def __init__(self) -> None:
        """Start with nothing known."""
        self._key = secrets.token_bytes(32)
        self._tags: OrderedDict[bytes, bytes] = OrderedDict()

    def recall(self, technology: str, number: bytes) -> bytes | None:
        """Give the tag of a card that was remembered."""
        print_ = self._print(technology, number)
        tag = self._tags.get(print_)
        if tag is not None:
            self._tags.move_to_end(print_)
        return tag

    def remember(self, technology: str, number: bytes, tag: bytes) -> None:
        """Keep the tag of a known card, forgetting the one longest unused when there are too many."""
        self._tags[self._print(technology, number)] = tag
        if len(self._tags) > REMEMBERED_CARDS:
            self._tags.popitem(last=False)

    def forget(self, technology: str, number: bytes) -> None:
        """Forget a card that is not known any more."""
        self._tags.pop(self._print(technology, number), None)

    def _print(self, technology: str, number: bytes) -> bytes:
        # BLAKE2 has a keyed mode of its own (RFC 7693); it is several times as fast as an HMAC here.
        return blake2b(technology.encode() + b"\0" + number, key=self._key, digest_size=_PRINT_BYTES).digest()


def hint_of(number: bytes, technology: str = Technology.ISO14443_UID) -> str:
    """Give all that is ever shown of a card's number: its last two digits, in hex where it is bytes."""
    if technology not in _TEXTS:
        return number.hex()[-2:].upper()
    last = number.decode(errors="replace").rpartition(":")[2][-2:]
    return last if last.isprintable() else ""
