"""One-time codes: what a code generator (an app, a token) shows for thirty seconds.

Whoever knows its secret can check them. The secret is 160 bits made by chance (RFC 4226 section 4 wants 128
at least), kept sealed under a key that derives from the device root, and bound to its person and generator: a
row of the store that was swapped for another one does not open. Codes are those of RFC 6238 with SHA-1 and
six digits, which every generator can do; nothing is known against HMAC-SHA-1.

A code counts in its own step of time and in the one before and after (RFC 6238 section 5.2 recommends no more
than one of delay). All three are compared whatever fits, so that the time that it takes says nothing.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

SECRET_BYTES: Final = 20
DIGITS: Final = 6
PERIOD_S: Final = 30
ALGORITHM: Final = "sha1"
_DIGESTS: Final[Mapping[str, Any]] = MappingProxyType(
    {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}
)
_STEPS_ASIDE: Final = (-1, 0, 1)
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_ABOUT: Final = b"accessctl/code-generator/v1"


class CodesNotInstalled(Exception):
    """The libraries that make and seal one-time codes are missing."""


class GeneratorDamaged(Exception):
    """What is stored is no secret that was sealed here for this person's generator."""


@dataclass(frozen=True, slots=True)
class Generator:
    """A code generator: its secret, and how it makes codes."""

    secret: bytes = field(repr=False)
    digits: int = DIGITS
    period_s: int = PERIOD_S
    algorithm: str = ALGORITHM

    @classmethod
    def new(cls) -> "Generator":
        """Make one up."""
        return cls(secrets.token_bytes(SECRET_BYTES))

    @property
    def base32(self) -> str:
        """Give the secret as generators take it when it is typed in."""
        return base64.b32encode(self.secret).decode().rstrip("=")

    def step_at(self, at: datetime) -> int:
        """Give the number of the step of time that an instant lies in."""
        return int(at.timestamp()) // self.period_s

    def code_of(self, step: int) -> str:
        """Give the code of a step."""
        return str(self._maker().generate_otp(step))

    def matching_step(self, digits: str, at: datetime) -> int | None:
        """Give the step whose code these digits are, of the three around ``at``; ``None`` when they are none.

        Should two steps have the same code it is the later one, so that the code is used up for both.
        """
        maker, now = self._maker(), self.step_at(at)
        matching = None
        for step in (now + aside for aside in _STEPS_ASIDE):
            # Before 1970 there is no step; the clock of a board without a battery may stand at its first.
            code = str(maker.generate_otp(step)) if step >= 0 else ""
            if hmac.compare_digest(code.encode(), digits.encode()) and code:
                matching = step
        return matching

    def uri(self, account: str, issuer: str) -> str:
        """Give the address that a generator takes from a picture of it. It holds the secret."""
        return str(self._maker().provisioning_uri(name=account, issuer_name=issuer))

    def _maker(self) -> Any:  # noqa: ANN401 - a library that is there only where it is needed
        try:
            from pyotp import TOTP
        except ImportError as error:
            raise CodesNotInstalled("the library pyotp is missing: pip install 'accessctl[codes]'") from error
        return TOTP(self.base32, digits=self.digits, digest=_DIGESTS[self.algorithm], interval=self.period_s)


class GeneratorSealer:
    """Seals the secrets of code generators. Pure apart from chance; may be used from any thread."""

    def __init__(self, key: bytes) -> None:
        """Take the key: ``Purpose.CODE_GENERATORS``. Raises ``CodesNotInstalled``."""
        try:
            from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
        except ImportError as error:
            raise CodesNotInstalled(
                "the library cryptography is missing: pip install 'accessctl[codes]'"
            ) from error
        self._cipher = ChaCha20Poly1305(key)

    def seal(self, person: str, generator: str, secret: bytes) -> bytes:
        """Seal the secret of a person's generator."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, _about(person, generator))

    def open(self, person: str, generator: str, sealed: bytes) -> bytes:
        """Open what was sealed for exactly this person and generator. Raises ``GeneratorDamaged``."""
        from cryptography.exceptions import InvalidTag

        if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
            raise GeneratorDamaged("it is too short to be one")
        try:
            nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            return self._cipher.decrypt(nonce, rest, _about(person, generator))
        except InvalidTag:
            raise GeneratorDamaged("it was changed, swapped, or sealed under another root key") from None


def _about(person: str, generator: str) -> bytes:
    """Write each part after its length: no two pairs give the same bytes."""
    parts = (_ABOUT, person.encode(), generator.encode())
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
