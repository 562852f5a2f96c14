"""PINs become hashes that tell nothing without the pepper.

Ten thousand PINs fall in minutes whatever the hash; what protects them is the pepper, which lies
outside the database, and the count of wrong tries. The person's id goes into the hash, so that two
rows cannot be swapped.
"""

import hmac
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

SHORTEST: Final = 4
LONGEST: Final = 12

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2


class PinUnusable(ValueError):
    """These digits cannot be a PIN."""


class PinHashDamaged(Exception):
    """What the store holds is no hash of a PIN."""


class PinHasher:
    """Hashes and verifies PINs. May be called from several threads at once; each call takes 19 MiB."""

    def __init__(self, pepper: bytes) -> None:
        """Take the pepper."""
        self._pepper = pepper
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)

    def hash(self, person: str, pin: str) -> str:
        """Hash a new PIN with a salt of its own. Raises ``PinUnusable``, without the digits."""
        if not (SHORTEST <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()):
            raise PinUnusable(f"a PIN has {SHORTEST} to {LONGEST} digits")
        return self._hasher.hash(self._peppered(person, pin))

    def verify(self, hashed: str, person: str, pin: str) -> bool:
        """Whether this is the person's PIN. Raises ``PinHashDamaged``."""
        try:
            return self._hasher.verify(hashed, self._peppered(person, pin))
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError) as error:
            raise PinHashDamaged(str(error)) from error

    def _peppered(self, person: str, pin: str) -> bytes:
        return hmac.digest(self._pepper, person.encode() + b"\0" + pin.encode(), "sha256")
