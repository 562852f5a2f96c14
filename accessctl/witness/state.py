"""What a witness has cosigned, in a file of its own: of each log the newest head.

Rule 1: nothing is answered before it is on the disk.
Rule 2: whether a head may follow the last one is looked at in the transaction that keeps it, so that of two
        requests at once the second meets what the first has left.
Rule 3: a file that is gone is not made anew by itself: an empty one would cosign a log that was rolled back.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.merkle import EMPTY_ROOT, Hash
from accessctl.store.connect import writer
from accessctl.witness.errors import WitnessUnusable

VERSION: Final = 1
MOST_FORKS: Final = 100
"""Of one log; a hundred proofs that it was forked are enough."""
_SLOW_MS: Final = 5_000
_PAGES_IN_LOG: Final = 256
_TABLES: Final = (
    """CREATE TABLE seen (
        origin TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        root BLOB NOT NULL,
        note TEXT NOT NULL,
        at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE fork (
        origin TEXT NOT NULL,
        size INTEGER NOT NULL,
        root BLOB NOT NULL,
        note TEXT NOT NULL,
        other TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (origin, size, root)
    ) STRICT, WITHOUT ROWID""",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest head of a log that was cosigned."""

    size: int = 0
    root: Hash = EMPTY_ROOT
    note: str = ""
    """As it was handed in, with the log's signature."""
    at: str = ""
    """When: ISO 8601 in UTC."""


class State:
    """Keeps it. Used from one thread. Raises ``WitnessUnusable``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use this connection."""
        self._connection = connection

    @staticmethod
    def make(path: Path) -> None:
        """Make an empty one, in a file that is not there yet."""
        path.touch(mode=0o600, exist_ok=False)
        with closing(writer(path)) as connection:
            for table in _TABLES:
                connection.execute(table)
            connection.execute(f"PRAGMA user_version={VERSION:d}")

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file."""
        try:
            connection = writer(path, busy_ms=_SLOW_MS)
            try:
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                _check_version(version)
                # The log is moved into the file by itself: here nobody stands at a door.
                connection.execute(f"PRAGMA wal_autocheckpoint={_PAGES_IN_LOG:d}")
            except BaseException:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise WitnessUnusable(
                f"{path} cannot be used ({error}); what was cosigned stands there, so none is made anew"
            ) from error
        return cls(connection)

    def seen(self, origin: str) -> Seen:
        """Give the newest head of a log; one of no entries where none was cosigned."""
        sql = "SELECT size, root, note, at FROM seen WHERE origin = ?"
        with self._said():
            row = self._connection.execute(sql, (origin,)).fetchone()
        return Seen() if row is None else Seen(*row)

    @contextmanager
    def next_of(self, origin: str) -> Iterator[Seen]:
        """Give the newest head of a log, and keep whatever is put within; nobody else gets between."""
        with self._said():
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.seen(origin)
            with self._said():
                self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")

    def put(self, head: Checkpoint, note: str, at: str) -> None:
        """Let this be the newest head of its log."""
        sql = (
            "INSERT INTO seen VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET"
            " size = excluded.size, root = excluded.root, note = excluded.note, at = excluded.at"
        )
        with self._said():
            self._connection.execute(sql, (head.origin, head.size, head.root, note, at))

    def put_fork(self, head: Checkpoint, note: str, other: str, at: str) -> None:
        """Keep two heads of one size with different roots: the proof that a log was forked."""
        with self._said():
            (known,) = self._connection.execute(
                "SELECT count(*) FROM fork WHERE origin = ?", (head.origin,)
            ).fetchone()
            if known < MOST_FORKS:
                row = (head.origin, head.size, head.root, note, other, at)
                self._connection.execute("INSERT OR IGNORE INTO fork VALUES (?, ?, ?, ?, ?, ?)", row)

    def forks(self, origin: str) -> list[tuple[str, str, str]]:
        """Give the proofs that a log was forked: both notes, and when the second came."""
        sql = "SELECT note, other, at FROM fork WHERE origin = ? ORDER BY at"
        with self._said():
            return self._connection.execute(sql, (origin,)).fetchall()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise WitnessUnusable(f"what was cosigned cannot be read or written: {error}") from error


def _check_version(version: int) -> None:
    if version != VERSION:
        raise sqlite3.DatabaseError("it was written by another version of this software")
