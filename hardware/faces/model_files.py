"""The files of models: read once, checked against their digests, and loaded from what was checked."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hardware.errors import HardwareError
from hardware.specs import ModelFile

LARGEST: Final = 512 << 20
"""Bytes. The largest encoder in use is some 250 MB."""
_SHORT: Final = 16


class ModelRefused(HardwareError, ValueError):
    """A model's file is missing, is not the one that was pinned, or is no such model."""

    def __init__(self, path: str, why: str) -> None:
        """Name the file and what is wrong with it."""
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


def read_checked(file: ModelFile) -> bytes:
    """Give the bytes of a file whose digest is the pinned one. Raises ``ModelRefused``."""
    try:
        with Path(file.path).open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise ModelRefused(file.path, f"cannot be read: {error.strerror}") from None
    if len(data) > LARGEST:
        raise ModelRefused(file.path, "is too large for a model")
    found = hashlib.sha256(data).hexdigest()
    if found != file.sha256.lower():
        raise ModelRefused(
            file.path, f"its SHA-256 is {found}, and not the one that is pinned; it is not loaded"
        )
    return data


def model_name(engine: str, *files: ModelFile) -> str:
    """Name an engine with its files: ``dlib:55533b28a95800a5:c4b1e9804792707d``."""
    return ":".join((engine, *(file.sha256.lower()[:_SHORT] for file in files)))


@contextmanager
def as_path(data: bytes, name: str) -> Iterator[str]:
    """Give a path to these very bytes, for a library that reads files only; it is on no disk."""
    descriptor = os.memfd_create(name)
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(data)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
