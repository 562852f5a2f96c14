"""What shows that the notary itself wrote what stands beside its tree: a keyed hash over all of it.

The account of the API may write the tree's file, and what stands there says what counts: under which name
heads are signed, how large the newest is, what an operator has accepted as missing. The key derives from the
installation's root, which that account cannot read. An older copy of the whole file is still one of the
notary's own; what shows that is an anchor.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256

from accessctl.evidence.canonical import canonical


class Guard:
    """Makes and checks that hash."""

    def __init__(self, key: bytes) -> None:
        """``key``: 32 secret bytes."""
        self._key = key

    def over(self, facts: Mapping[str, str]) -> str:
        """Give the hash over these values and their names, in hex."""
        return hmac.new(self._key, canonical(dict(facts)), sha256).hexdigest()

    def holds(self, facts: Mapping[str, str], said: str) -> bool:
        """Whether that is the hash over these."""
        return hmac.compare_digest(self.over(facts).encode(), said.encode())
