"""How a database file is opened: always the same few settings, because each of them guards something."""

import sqlite3
from pathlib import Path
from typing import Final

BUSY_MS: Final = 150
"""How long the door process waits for a lock. Nobody else writes its file, so a lock is a fault already."""
CACHE_KIB: Final = 4096
"""What a reading connection may keep in memory: with a million cards, the tree above the last level."""


def writer(path: Path, *, busy_ms: int = BUSY_MS) -> sqlite3.Connection:
    """Open an existing database for its one writer. Transactions are explicit.

    ``synchronous=FULL`` makes a commit survive a power cut: WAL with NORMAL loses acknowledged rows.
    The automatic checkpoint is off, because it would put two more syncs into somebody's badge;
    ``Recorder`` runs it when nobody is at a door. ``recursive_triggers`` keeps INSERT OR REPLACE
    from slipping past the triggers that make the record append-only.
    """
    connection = sqlite3.connect(f"file:{_quoted(path)}?mode=rw", uri=True, isolation_level=None)
    try:
        connection.execute(f"PRAGMA busy_timeout={busy_ms:d}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("PRAGMA recursive_triggers=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def reader(path: Path, *, busy_ms: int = BUSY_MS, any_thread: bool = False) -> sqlite3.Connection:
    """Open an existing database to read only. ``any_thread`` for a caller that keeps threads apart itself."""
    connection = sqlite3.connect(
        f"file:{_quoted(path)}?mode=rw", uri=True, isolation_level=None, check_same_thread=not any_thread
    )
    try:
        connection.execute(f"PRAGMA busy_timeout={busy_ms:d}")
        connection.execute("PRAGMA query_only=ON")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB:d}")
        connection.execute("PRAGMA trusted_schema=OFF")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def check_schema(connection: sqlite3.Connection, known: tuple[str, ...]) -> None:
    """Raise ``sqlite3.DatabaseError`` unless exactly the migrations that this version knows were applied."""
    applied = connection.execute("SELECT name FROM _sqlite_migrations ORDER BY id").fetchall()
    if tuple(name for (name,) in applied) != known:
        raise sqlite3.DatabaseError("it was written by another version of this software")


def _quoted(path: Path) -> str:
    """Keep ``?``, ``#`` and ``%`` of a path from being read as parts of the URI."""
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
