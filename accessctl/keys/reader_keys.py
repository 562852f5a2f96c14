"""The keys of readers that speak over a secure channel: one for each reader, made by chance, kept sealed.

What is sealed with the device root is worth nothing without it, so the file may lie in a backup. A key that a
reader is about to be told stands in the file before the reader hears of it: whichever of the two a power cut
leaves behind, the key that the reader has is one of those that are tried.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any, Final

KEY_BYTES: Final = 16
MOST_PENDING: Final = 3
"""So many keys of attempts whose end is not known are kept beside the one that works."""
_NONCE_BYTES: Final = 12
_VERSION: Final = 1
_ABOUT: Final = b"accessctl/reader-key/v1\0"


class ReaderKeysUnusable(Exception):
    """The file of the readers' keys cannot be read, opened or written."""


class KeyState(Enum):
    """What is known of a reader's key, in words."""

    NONE = "no key yet"
    PENDING = "a key is pending"
    OWN = "own key"
    ROTATING = "own key, another one pending"


@dataclass(frozen=True, slots=True)
class KeysOfReader:
    """The keys of one reader."""

    pending: tuple[bytes, ...] = field(default=(), repr=False)
    """Those that it may or may not have been told, newest first."""
    current: bytes | None = field(default=None, repr=False)
    """The one with which its channel was up last."""

    @property
    def candidates(self) -> tuple[bytes, ...]:
        """Give every key that it may have, newest first."""
        return (*self.pending, *(() if self.current is None else (self.current,)))

    @property
    def state(self) -> KeyState:
        """Tell how things stand, without the keys."""
        if self.current is None:
            return KeyState.PENDING if self.pending else KeyState.NONE
        return KeyState.ROTATING if self.pending else KeyState.OWN


class ReaderKeys:
    """The keys of all readers, in one file. Used from one thread, apart from ``candidates``."""

    def __init__(self, path: Path, sealing_key: bytes) -> None:
        """Read the file, if it is there. Raises ``ReaderKeysUnusable``."""
        self._path, self._cipher = path, _cipher(sealing_key)
        self._keys: dict[str, KeysOfReader] = {}
        self._read()

    def of(self, device: str) -> KeysOfReader:
        """Give what is kept of one reader."""
        return self._keys.get(device, KeysOfReader())

    def candidates(self) -> Mapping[str, tuple[bytes, ...]]:
        """Give every key that a reader may have, newest first, by the reader."""
        return {device: keys.candidates for device, keys in self._keys.items()}

    def begin(self, device: str) -> bytes:
        """Make a new key for a reader and keep it as pending, durably. Raises ``ReaderKeysUnusable``."""
        key = secrets.token_bytes(KEY_BYTES)
        before = self.of(device)
        self._keep(device, replace(before, pending=(key, *before.pending)[:MOST_PENDING]))
        return key

    def drop(self, device: str, key: bytes) -> None:
        """Forget a key that the reader was never told. Raises ``ReaderKeysUnusable``."""
        before = self.of(device)
        left = tuple(other for other in before.pending if other != key)
        if left != before.pending:
            self._keep(device, replace(before, pending=left))

    def works(self, device: str, key: bytes) -> bool:
        """Hear that a reader's channel is up with this key; tells whether it is another than before.

        Every older attempt is over then, so their keys are forgotten. Raises ``ReaderKeysUnusable``.
        """
        before = self.of(device)
        if before == KeysOfReader((), key):
            return False
        self._keep(device, KeysOfReader((), key))
        return before.current != key

    # ------------------------------------------------------------------------------------- the file

    def _keep(self, device: str, keys: KeysOfReader) -> None:
        changed = {**self._keys, device: keys}
        self._write({name: self._seal(name, each) for name, each in changed.items()})
        self._keys = changed

    def _seal(self, device: str, keys: KeysOfReader) -> str:
        plain = json.dumps(
            {
                "pending": [key.hex() for key in keys.pending],
                "current": None if keys.current is None else keys.current.hex(),
            }
        )
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed: bytes = self._cipher.encrypt(nonce, plain.encode(), _ABOUT + device.encode())
        return base64.b64encode(nonce + sealed).decode()

    def _open(self, device: str, text: str) -> KeysOfReader:
        sealed = base64.b64decode(text, validate=True)
        about = _ABOUT + device.encode()
        plain = json.loads(self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about))
        current = plain["current"]
        return KeysOfReader(
            tuple(bytes.fromhex(key) for key in plain["pending"]),
            None if current is None else bytes.fromhex(current),
        )

    def _read(self) -> None:
        try:
            text = self._path.read_text("utf-8")
        except FileNotFoundError:
            return
        except (OSError, ValueError) as error:
            raise ReaderKeysUnusable(f"{self._path} cannot be read: {_words(error)}") from error
        try:
            body = json.loads(text)
            readers = body["readers"] if body["version"] == _VERSION else None
            opened = {device: self._open(device, sealed) for device, sealed in (readers or {}).items()}
        except Exception as error:
            # Whatever is wrong with it, the words must not quote it: a key could stand there.
            raise ReaderKeysUnusable(
                f"{self._path} cannot be opened with this root key: it was changed, or belongs to another one"
            ) from error
        if readers is None:
            raise ReaderKeysUnusable(f"{self._path} was written by another version of this software")
        self._keys = opened

    def _write(self, readers: Mapping[str, str]) -> None:
        """Replace the file as a whole, so that a power cut leaves the old one or the new one."""
        beside = self._path.with_name(self._path.name + ".new")
        try:
            beside.unlink(missing_ok=True)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"version": _VERSION, "readers": readers}, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise ReaderKeysUnusable(f"{self._path} cannot be written: {_words(error)}") from error


def _words(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or "it is no text"


def _cipher(key: bytes) -> Any:  # noqa: ANN401 - a library that is there only where it is needed
    """Give the cipher of the seals. The library costs 9 MiB, so only a site with such a reader loads it."""
    try:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    except ImportError as error:
        raise ReaderKeysUnusable(
            "the library cryptography is missing: pip install 'accessctl[osdp]'"
        ) from error
    return ChaCha20Poly1305(key)
