"""A file of secrets, each sealed with a key that derives from the device root, and none told from the file.

What is sealed is worth nothing without the root, so the file may lie in a backup. It is replaced as a whole:
a power cut leaves the old one or the new one.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

_NONCE_BYTES: Final = 12
_VERSION: Final = 1


class SealedFileUnusable(Exception):
    """A file of secrets cannot be read, opened or written. The text holds none of them."""


class SealedFile:
    """Values that JSON can hold, each under a name and a seal of its own: no two can be exchanged."""

    def __init__(
        self,
        path: Path,
        sealing_key: bytes,
        *,
        about: bytes,
        part: str,
        extra: str,
        error: type[SealedFileUnusable] = SealedFileUnusable,
    ) -> None:
        """Take what is sealed for what purpose, and the name of the part of the file that holds it.

        ``extra`` is what has to be installed. Everything here raises ``error``.
        """
        self._path, self._about, self._part, self._error = path, about, part, error
        self._cipher = _cipher(sealing_key, extra, error)

    def read(self) -> dict[str, Any]:
        """Give all values; none where there is no file."""
        try:
            text = self._path.read_text("utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise self._error(f"{self._path} cannot be read: {_words(error)}") from error
        try:
            body = json.loads(text)
            sealed = body[self._part] if body["version"] == _VERSION else None
            opened = {name: self._open(name, each) for name, each in (sealed or {}).items()}
        except Exception as error:
            # Whatever is wrong with it, the words must not quote it: a key could stand there.
            raise self.unopened() from error
        if sealed is None:
            raise self._error(f"{self._path} was written by another version of this software")
        return opened

    def unopened(self) -> SealedFileUnusable:
        """Give the error for a file that cannot be opened, or holds something else than it should."""
        return self._error(
            f"{self._path} cannot be opened with this root key: it was changed, or belongs to another one"
        )

    def write(self, values: Mapping[str, Any]) -> None:
        """Replace the file by these values, durably."""
        sealed = {name: self._seal(name, each) for name, each in values.items()}
        beside = self._path.with_name(self._path.name + ".new")
        try:
            beside.unlink(missing_ok=True)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"version": _VERSION, self._part: sealed}, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise self._error(f"{self._path} cannot be written: {_words(error)}") from error

    def _seal(self, name: str, value: object) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed: bytes = self._cipher.encrypt(nonce, json.dumps(value).encode(), self._about + name.encode())
        return base64.b64encode(nonce + sealed).decode()

    def _open(self, name: str, text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        sealed = base64.b64decode(text, validate=True)
        about = self._about + name.encode()
        return json.loads(self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about))


def _words(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or "it is no text"


def _cipher(key: bytes, extra: str, error: type[SealedFileUnusable]) -> Any:  # noqa: ANN401 - see below
    """Give the cipher of the seals. The library costs 9 MiB, so only a site with such a file loads it."""
    try:
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    except ImportError as missing:
        raise error(f"the library cryptography is missing: pip install 'accessctl[{extra}]'") from missing
    return ChaCha20Poly1305(key)
