"""The keys of readers that speak over a secure channel: one for each reader, made by chance, kept sealed.

What is sealed with the device root is worth nothing without it, so the file may lie in a backup. A key that a
reader is about to be told stands in the file before the reader hears of it: whichever of the two a power cut
leaves behind, the key that the reader has is one of those that are tried.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any, Final

from accessctl.keys.sealed_file import SealedFile, SealedFileUnusable

KEY_BYTES: Final = 16
MOST_PENDING: Final = 3
"""So many keys of attempts whose end is not known are kept beside the one that works."""
_ABOUT: Final = b"accessctl/reader-key/v1\0"


class ReaderKeysUnusable(SealedFileUnusable):
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
        self._file = SealedFile(
            path, sealing_key, about=_ABOUT, part="readers", extra="osdp", error=ReaderKeysUnusable
        )
        self._keys = self._read()

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
        self._file.write({name: _written(each) for name, each in changed.items()})
        self._keys = changed

    def _read(self) -> dict[str, KeysOfReader]:
        values = self._file.read()
        try:
            return {device: _as_read(value) for device, value in values.items()}
        except Exception as error:
            raise self._file.unopened() from error


def _written(keys: KeysOfReader) -> dict[str, Any]:
    return {
        "pending": [key.hex() for key in keys.pending],
        "current": None if keys.current is None else keys.current.hex(),
    }


def _as_read(value: Any) -> KeysOfReader:  # noqa: ANN401 - what stood in the file
    current = value["current"]
    return KeysOfReader(
        tuple(bytes.fromhex(key) for key in value["pending"]),
        None if current is None else bytes.fromhex(current),
    )
