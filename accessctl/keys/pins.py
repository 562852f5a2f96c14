"""PINs become hashes that tell nothing without the pepper.

Ten thousand PINs fall in minutes whatever the hash; what protects them is the pepper, which lies
outside the database, and the count of wrong tries. The person's id goes into the hash, so that two
rows cannot be swapped.

Somebody under threat may enter a duress PIN. Nothing may show that it exists, the time that a check takes
included: so every check is two, against a hash that nothing fits where there is no duress PIN.
"""

import base64
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from accessctl.keys.pin_choice import LONGEST, SHORTEST, neighbours
from policies.factors import PinCheck

MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32


class PinUnusable(ValueError):
    """These digits cannot be a PIN."""


class PinHashDamaged(Exception):
    """What the store holds is no hash of a PIN."""


class PinHasher:
    """Hashes and verifies PINs. May be called from several threads at once; each call takes 19 MiB."""

    def __init__(self, pepper: bytes) -> None:
        """Take the pepper."""
        self._pepper = pepper
        self._hasher = PasswordHasher(
            time_cost=PASSES,
            memory_cost=MEMORY_KIB,
            parallelism=1,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
        )
        self._fits_nothing = _hash_of_nothing()

    def hash(
        self, person: str, pin: str, *, unlike: Iterable[str] = (), apart_from: Iterable[str] = ()
    ) -> str:
        """Hash a new PIN with a salt of its own: one that has none of the hashes in ``unlike``.

        Nor may it be a step in the last digit away from one in ``apart_from``: a PIN and a duress PIN that
        are mistyped for each other would be a cry that nobody meant, or none where one was. Raises
        ``PinUnusable``, without the digits. A hash that is damaged is like nothing: what replaces it must not
        fail for it.
        """
        if not (SHORTEST <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()):
            raise PinUnusable(f"a PIN has {SHORTEST} to {LONGEST} digits")
        if self.is_one_of(unlike, person, pin):
            raise PinUnusable("this person has these digits already; take others")
        others = tuple(apart_from)
        if any(self.is_one_of(others, person, near) for near in neighbours(pin)):
            raise PinUnusable("a PIN and a duress PIN must differ by more than a step in the last digit")
        return self._hasher.hash(self._peppered(person, pin))

    def check(self, hashed: str, duress_hashed: str | None, person: str, pin: str) -> PinCheck:
        """Say whether this is the person's PIN, their duress PIN or neither, after two Argon2 in any case.

        Raises ``PinHashDamaged``.
        """
        matches = self.verify(hashed, person, pin)
        cries_for_help = self.verify(duress_hashed or self._fits_nothing, person, pin)
        if cries_for_help:
            return PinCheck.DURESS
        return PinCheck.MATCHED if matches else PinCheck.WRONG

    def check_nobody(self, pin: str) -> PinCheck:
        """Take as long over digits as a check of somebody's PIN takes, and find them wrong."""
        return self.check(self._fits_nothing, None, "", pin)

    def is_one_of(self, hashes: Iterable[str], person: str, pin: str) -> bool:
        """Whether this is what one of these was made of. A hash that is damaged is like nothing."""
        return any(self._fits(hashed, person, pin) for hashed in hashes)

    def verify(self, hashed: str, person: str, pin: str) -> bool:
        """Whether this is what was hashed for this person. Raises ``PinHashDamaged``."""
        try:
            return self._hasher.verify(hashed, self._peppered(person, pin))
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError) as error:
            raise PinHashDamaged(str(error)) from error

    def _fits(self, hashed: str, person: str, pin: str) -> bool:
        try:
            return self.verify(hashed, person, pin)
        except PinHashDamaged:
            return False

    def _peppered(self, person: str, pin: str) -> bytes:
        return hmac.digest(self._pepper, person.encode() + b"\0" + pin.encode(), "sha256")


def _hash_of_nothing() -> str:
    """Write down a hash that no PIN has: it costs as much to verify as any other, and nothing to make."""
    salt, value = (
        base64.b64encode(secrets.token_bytes(count)).rstrip(b"=").decode()
        for count in (_SALT_BYTES, _HASH_BYTES)
    )
    return f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${salt}${value}"
