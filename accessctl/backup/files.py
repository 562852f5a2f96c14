"""Writing so that a file is there wholly or not at all, also after a power cut."""

import os
from collections.abc import Iterable
from pathlib import Path


def bring_to_disk(path: Path) -> None:
    """Have the kernel write a file, or the names in a folder, to the disk. Raises ``OSError``."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_new(path: Path, pieces: Iterable[bytes], mode: int = 0o600) -> None:
    """Write a file that is not there yet and bring it to the disk. Raises ``OSError``."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def adopt(path: Path, like: Path, mode: int) -> None:
    """Let a file or folder be as open as it should be, whatever the umask, and whose another one is.

    Only root can give something away; what anybody else makes is theirs. Raises ``OSError``.
    """
    path.chmod(mode)
    if os.geteuid() == 0:
        about = like.stat()
        os.chown(path, about.st_uid, about.st_gid)


def put_in_place(new: Path, path: Path) -> None:
    """Let a file that is on the disk have its name, in the place of whatever had it. Raises ``OSError``."""
    new.replace(path)
    bring_to_disk(path.parent)
