"""Files that their owner alone reads."""

import errno
import os
import stat
import tempfile
from pathlib import Path


def write_private(path: Path, written: bytes) -> None:
    """Write a file that its owner alone reads, whoever could read what was there before. Raises ``OSError``.

    It is there whole or as it was before. A pipe or ``/dev/null`` is written into; a link is not followed to
    a file elsewhere, since somebody else may have put it there.
    """
    try:
        is_file = stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:
        is_file = True
    if not is_file:
        path.write_bytes(written)
        return
    if path.is_symlink():
        raise OSError(errno.ELOOP, "this is a link: name the file itself", str(path))
    _replace(path, written)


def _replace(path: Path, written: bytes) -> None:
    """Write beside, which begins as its owner's alone, and give that the name."""
    handle, beside = tempfile.mkstemp(prefix=".accessctl-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
