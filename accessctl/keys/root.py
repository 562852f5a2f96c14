"""The device root and the keys that derive from it.

The root is 32 random bytes in a file that only the service may read. Whoever has the databases and
not this file can look up no card number and try no PIN. Whoever has both can: keep the file out of
the backups of the databases, and on a Pi whose SD card could be stolen put it on another medium.
"""

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final, Self

KEY_BYTES: Final = 32
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class RootKeyUnusable(Exception):
    """The root key's file is missing, open to others, or not a key."""


class Purpose(Enum):
    """What a derived key is for. One key is never used for two purposes."""

    CARD_INDEX = b"accessctl/card-index/v1"
    PIN_PEPPER = b"accessctl/pin-pepper/v1"
    READER_KEYS = b"accessctl/reader-keys/v1"
    CARD_KEYS = b"accessctl/card-keys/v1"
    """Seals the keys that cards are given."""
    CODE_GENERATORS = b"accessctl/code-generators/v1"
    """Seals the secrets of one-time codes."""
    PERSON_KEYS = b"accessctl/person-keys/v1"
    """Wraps each person's own key, under which templates are sealed."""
    PASSES = b"accessctl/passes/v1"
    """The seed of the key that signs passes."""
    RECORD_HEADS = b"accessctl/record-heads/v1"
    """The seed of the key that signs the heads of the record's tree."""
    WITNESS = b"accessctl/witness/v1"
    """The seed of the key with which a witness cosigns. A witness has a root of its own."""
    PRUNING = b"accessctl/pruning/v1"
    """Shows the notary that it was the door process that deleted what is accounted for."""
    RECORD_ENTRIES = b"accessctl/record-entries/v1"
    """Shows the notary which entries the door process wrote."""
    BESIDE_THE_TREE = b"accessctl/beside-the-tree/v1"
    """Shows the notary that it wrote itself what stands beside its tree."""
    PENDING_NUMBERS = b"accessctl/pending-numbers/v1"
    """Seals the numbers of cards that wait for their tags."""


@dataclass(frozen=True, slots=True)
class RootKey:
    """The secret of one installation."""

    _secret: bytes = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the key. Raises ``RootKeyUnusable`` with what to do about it."""
        try:
            mode = path.stat().st_mode
            secret = path.read_bytes()
        except OSError as error:
            raise RootKeyUnusable(f"{path} cannot be read: {error.strerror}") from error
        if mode & _OTHERS:
            raise RootKeyUnusable(f"{path} may be read by others: chmod 600 {path}")
        if len(secret) != KEY_BYTES:
            raise RootKeyUnusable(f"{path} holds {len(secret)} bytes; a root key has {KEY_BYTES}")
        return cls(secret)

    @classmethod
    def derived(cls, path: Path, purpose: Purpose) -> bytes | None:
        """Give a key to whoever can do without it: nothing where the root cannot be used."""
        try:
            return cls.load(path).derive(purpose)
        except RootKeyUnusable:
            return None

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make a new key in a file that did not exist. Raises ``FileExistsError`` rather than replace one."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            secret = secrets.token_bytes(KEY_BYTES)
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        return cls(secret)

    def derive(self, purpose: Purpose) -> bytes:
        """Give the key for one purpose: 32 bytes."""
        return hkdf_expand(self._secret, purpose.value, KEY_BYTES)


def hkdf_expand(key: bytes, info: bytes, length: int) -> bytes:
    """Expand a key that is already uniform: RFC 5869 section 2.3 with SHA-256.

    Written out, four lines, because the library that has it would cost every door 9 MiB of memory.
    """
    block, output = b"", b""
    for counter in range(1, -(-length // hashlib.sha256().digest_size) + 1):
        block = hmac.digest(key, block + info + bytes([counter]), "sha256")
        output += block
    return output[:length]
