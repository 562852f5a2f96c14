"""Reading the record as a whole, while nothing of it is deleted.

Whoever copies or exports it reads it in portions, so that the door process can move its log in between.
Entries that went meanwhile would be in one place and not in another. So it holds a lock that the door process
has to have before it deletes anything. Doors and badges never wait for it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class ReadAsAWhole(Exception):
    """Somebody reads the record as a whole, so nothing can be deleted now."""


def lock_of(record: Path) -> Path:
    """Give where the lock lies."""
    return record.with_name(f"{record.stem}.whole")


@contextmanager
def kept_whole(record: Path) -> Iterator[None]:
    """Let nothing be deleted for as long as the block lasts. Waits for the end of a deletion: milliseconds.

    Where there is no lock, nobody was ever there who deletes. Raises ``OSError`` where one is there and
    cannot be had: what is read then could have two halves.
    """
    try:
        handle = os.open(lock_of(record), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def make_lock(record: Path) -> None:
    """Make the lock, for everybody of the record's group. What cannot be made is made when it is wanted."""
    with suppress(OSError):
        os.close(_opened(record))


@contextmanager
def nobody_reads_it_whole(record: Path) -> Iterator[None]:
    """Hold the lock alone for as long as the block lasts. Raises ``ReadAsAWhole`` and ``OSError``."""
    handle = _opened(record)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReadAsAWhole("the record is being exported or copied") from None
        yield
    finally:
        os.close(handle)


def _opened(record: Path) -> int:
    before = os.umask(0o117)
    try:
        return os.open(lock_of(record), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o660)
    finally:
        os.umask(before)
