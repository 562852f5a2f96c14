"""Keys that sign notes: Ed25519, for a log (type 1) and for whoever cosigns its heads (type 4)."""

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from accessctl.evidence.note import COSIGNATURE, ED25519, NoteWrong, VerifierKey

SEED_BYTES: Final = 32
_COSIGNED: Final = "cosignature/v1\ntime {time}\n"
_TIME_BYTES: Final = 8
LATEST: Final = 253_402_300_799
"""The last second, since 1970, of the year 9999. A cosignature has room for ages beyond, which no clock says,
and which neither a calendar nor a database can hold."""
_BARE_BYTES: Final = 64


@dataclass(frozen=True)
class _Verifier:
    """Reads the verifier keys of one kind."""

    vkey: VerifierKey
    TYPE: ClassVar[int]
    OTHER: ClassVar[str]
    """What is said of a key of another kind."""

    @classmethod
    def of(cls, vkey: str) -> Self:
        """Read a verifier key. Raises ``NoteWrong`` for one of another kind."""
        key = VerifierKey.parse(vkey)
        if key.type != cls.TYPE:
            raise NoteWrong(cls.OTHER)
        return cls(key)

    @property
    def name(self) -> str:
        """The key's name."""
        return self.vkey.name

    @property
    def id(self) -> bytes:
        """The key's four bytes."""
        return self.vkey.id


class LogSigner:
    """Signs the heads of a log."""

    def __init__(self, name: str, seed: bytes) -> None:
        """``seed``: 32 secret bytes."""
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.vkey = VerifierKey(name, ED25519, self._key.public_key().public_bytes_raw())
        self.id = self.vkey.id

    def sign(self, text: bytes) -> bytes:
        """Give the signature."""
        return self._key.sign(text)


class LogVerifier(_Verifier):
    """Checks what a log has signed."""

    TYPE = ED25519
    OTHER = "this is no Ed25519 key of a log"

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether this is the key's signature."""
        return _is_signed(self.vkey.public, text, signature)


class Cosigner:
    """Signs that it saw a head, and when (C2SP tlog-cosignature)."""

    def __init__(self, name: str, seed: bytes) -> None:
        """``seed``: 32 secret bytes."""
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.vkey = VerifierKey(name, COSIGNATURE, self._key.public_key().public_bytes_raw())
        self.id = self.vkey.id

    def sign_at(self, text: bytes, unix_time: int) -> bytes:
        """Give the signature of a head that was seen at this second."""
        return unix_time.to_bytes(_TIME_BYTES, "big") + self._key.sign(_cosigned(text, unix_time))


class CosignatureVerifier(_Verifier):
    """Checks what a witness has signed."""

    TYPE = COSIGNATURE
    OTHER = "this is no key of a witness"

    def verify(self, text: bytes, signature: bytes) -> bool:
        """Whether this is the key's signature, at whatever second it says up to ``LATEST``."""
        if len(signature) != _TIME_BYTES + _BARE_BYTES or (at := cosigned_at(signature)) > LATEST:
            return False
        return _is_signed(self.vkey.public, _cosigned(text, at), signature[_TIME_BYTES:])


def cosigned_at(signature: bytes) -> int:
    """Give the second, since 1970, that a cosignature says; of one that was verified, ``LATEST`` at most."""
    return int.from_bytes(signature[:_TIME_BYTES], "big")


def _cosigned(text: bytes, unix_time: int) -> bytes:
    return _COSIGNED.format(time=unix_time).encode() + text


def _is_signed(public: bytes, text: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
