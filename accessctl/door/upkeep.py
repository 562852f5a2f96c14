"""What has to be done now and then, and never while somebody is at a door.

SQLite moves the write-ahead log into the database at a checkpoint. By default it does so in the middle
of some commit, which then has three syncs instead of one; here it is done in a thread, on a connection
of its own, when the record has been quiet for a while. The commit after a checkpoint has to sync the
log's new header as well; the note of the checkpoint pays for that, so that no badge does.
"""

import ctypes
import logging
import sqlite3
import threading
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from accessctl.door.recorder import Recorder
from accessctl.door.timers import Timers
from accessctl.store.connect import writer

LOOK_EVERY: Final = timedelta(seconds=30)
WORTH_IT: Final = 200
"""So many changes in the log are worth moving when nobody is at a door."""
TOO_MANY: Final = 700
"""So many are moved even while doors are busy, before the log outgrows its laid-out size."""

log = logging.getLogger(__name__)


class Upkeep:
    """Looks every half a minute whether there is something to do."""

    def __init__(self, record: Path, timers: Timers, recorder: Recorder) -> None:
        """Take the record's file and who writes it."""
        self._record, self._timers, self._recorder = record, timers, recorder
        self._seq = -1
        self.moving: threading.Thread | None = None
        """Moves the log, until the next look has seen that it is done."""

    def start(self) -> None:
        """Begin to look."""
        self._timers.start("upkeep", LOOK_EVERY, self._look)

    def _look(self) -> None:
        quiet, self._seq = self._seq == self._recorder.seq, self._recorder.seq
        if self.moving is not None and not self.moving.is_alive():
            self.moving = None
            self._recorder.note_checkpoint()
        if self.moving is None and self._recorder.since_checkpoint >= (WORTH_IT if quiet else TOO_MANY):
            self.moving = threading.Thread(
                target=_checkpoint, args=(self._record,), name="upkeep", daemon=True
            )
            self.moving.start()
        if quiet:
            give_memory_back()
        self.start()


def _checkpoint(record: Path) -> None:
    try:
        with closing(writer(record)) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    except sqlite3.Error as error:
        log.warning("the record's log could not be moved into its file: %s", error)


def keep_large_blocks_apart() -> None:
    """Let what Argon2 works in go back to the system as soon as it is free.

    glibc keeps a freed block of that size in its heap from the second time on (``mallopt(3)``), so that one
    PIN, which is two hashes, would leave 19 MiB behind.
    """
    with suppress(OSError, AttributeError):  # another C library has no such call
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


_M_MMAP_THRESHOLD: Final = -3
_LARGE_BYTES: Final = 4 * 1024 * 1024


def give_memory_back() -> None:
    """Return what is free to the system: glibc keeps blocks below 32 MiB, and Argon2 leaves 19 behind."""
    with suppress(OSError, AttributeError):  # another C library has no such call and no such habit
        ctypes.CDLL(None).malloc_trim(0)
