"""One process at a time, told by the kernel: a lock that ends with its holder, however that ends."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


class AlreadyHeld(Exception):
    """Another process holds the lock."""


@contextmanager
def alone(lock: Path, *, mode: int = 0o660) -> Iterator[None]:
    """Hold a lock for as long as the block lasts. Raises ``AlreadyHeld``, or ``OSError`` for its file.

    The file stays behind and means nothing by itself: removing it would let two processes hold it.
    """
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, mode)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyHeld(str(lock)) from None
        yield
    finally:
        os.close(handle)


@contextmanager
def alone_if_possible(lock: Path, otherwise: Callable[[OSError], None]) -> Iterator[None]:
    """Hold a lock, or go on without where its file cannot be had, a read-only disk say: doors matter more.

    ``otherwise`` hears why. Raises ``AlreadyHeld``.
    """
    with ExitStack() as holding:
        try:
            holding.enter_context(alone(lock))
        except OSError as error:
            otherwise(error)
        yield
