"""Consistent copies of the stores, without holding anybody up.

A long read keeps SQLite from using the record's log anew: it would grow, and each commit of the door process
with it (``accessctl.door.upkeep``). So the record is read in portions, each a transaction of its own. That is
allowed because entries are only ever added, and none is deleted meanwhile (``accessctl.store.whole``): what
is read of them once stays as it is. Only the last portion belongs together with everything else, and that is
little. SQLite's own backup begins anew whenever somebody else writes, which on a busy site is always.

The people's store and the tree have no such limit of time: a longer log of theirs costs no badge. They are
copied as a whole by SQLite.

What is written here is brought to the disk in portions too: the kernel would otherwise bring all of it at the
next sync of the door process.
"""

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from accessctl.store.connect import reader
from accessctl.store.whole import kept_whole

PATIENCE_MS: Final = 5000
AT_ONCE: Final = 2000
"""Entries in a portion: some 10 ms of reading."""
SYNC_EVERY: Final = 50_000
"""Steps of SQLite's machine between two syncs of the people's copy."""
_GROW: Final = ("event", "pruned")
"""Tables that are read in portions, by the number in their first column."""


@dataclass(frozen=True, slots=True)
class CopiedRecord:
    """What the record's copy is a copy of."""

    epoch: str
    last_seq: int
    controller: str | None
    schema: list[str]


@dataclass(frozen=True, slots=True)
class CopiedStore:
    """What such a copy is a copy of."""

    epoch: str | None
    """None: a tree over nothing yet. That of a tree is its record's."""
    schema: list[str]


def copy_record(
    source: Path,
    target: Path,
    told: Callable[[float], object],
    pause: Callable[[float], object] = time.sleep,
) -> CopiedRecord:
    """Copy the record; ``told`` hears which part of it is done. Raises ``sqlite3.Error`` and ``OSError``.

    After each portion as much time passes as it took, so that at least half of the disk is the doors'.
    """
    with (
        kept_whole(source),
        closing(reader(source, busy_ms=PATIENCE_MS)) as read,
        closing(_new(target)) as write,
    ):
        tables, rest = _schema(read)
        for sql in tables.values():
            write.execute(sql)
        reached = dict.fromkeys((name for name in tables if name in _GROW), 0)
        for name in reached:
            began = time.monotonic()
            while len(rows := _rows(read, name, reached[name])) == AT_ONCE:
                _insert(write, name, rows)
                reached[name] = rows[-1][0]
                _bring_to_disk(target)
                told(min(reached["event"] / max(_newest(read), 1), 1.0))
                pause(time.monotonic() - began)
                began = time.monotonic()
        read.execute("BEGIN")
        for name in reached:
            while rows := _rows(read, name, reached[name]):
                _insert(write, name, rows)
                reached[name] = rows[-1][0]
        for name in tables.keys() - reached.keys():
            _insert(write, name, read.execute(f'SELECT * FROM "{name}"').fetchall())  # noqa: S608 - the schema's own
        copied = CopiedRecord(_epoch(read) or "", reached["event"], _controller(read), _migrations(read))
        read.execute("COMMIT")
        for sql in rest:
            write.execute(sql)
    _bring_to_disk(target)
    told(1.0)
    return copied


def copy_store(source: Path, target: Path) -> CopiedStore:
    """Copy a store as a whole: the people's, or the tree. Raises ``sqlite3.Error`` and ``OSError``."""
    # Nothing is written, but SQLite 3.40 cannot copy generated columns out of a file that it may not write.
    uri = f"{source.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as read:
        read.execute(f"PRAGMA busy_timeout={PATIENCE_MS:d}")
        read.execute("PRAGMA trusted_schema=OFF")
        read.set_progress_handler(lambda: _bring_to_disk(target), SYNC_EVERY)
        read.execute("VACUUM INTO ?", (str(target),))
        read.set_progress_handler(None, 0)
    target.chmod(0o600)
    _bring_to_disk(target)
    with closing(sqlite3.connect(target)) as copy:
        return CopiedStore(_epoch(copy), _migrations(copy))


def what_is_wrong(path: Path) -> str | None:
    """Ask SQLite whether a store is whole; gives the first thing that is wrong."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        return str(error)
    if found is None or found[0] != "ok":
        return "nothing can be read" if found is None else str(found[0])
    return None if broken is None else f"a row of {broken[0]} points to nothing"


def _new(target: Path) -> sqlite3.Connection:
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(target, isolation_level=None)
    # It counts for nothing before it is whole and on the disk, so nothing need be undone in it.
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def _schema(connection: sqlite3.Connection) -> tuple[dict[str, str], list[str]]:
    """Give the tables, and apart from them what is made when these are full."""
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_master"
        " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    ).fetchall()
    tables = {name: sql for type_, name, sql in rows if type_ == "table"}
    return tables, [sql for type_, _, sql in rows if type_ != "table"]


def _rows(connection: sqlite3.Connection, table: str, after: int) -> list[tuple[Any, ...]]:
    sql = f"SELECT * FROM {table} WHERE seq > ? ORDER BY seq LIMIT ?"  # noqa: S608 - of ``_GROW``
    return connection.execute(sql, (after, AT_ONCE)).fetchall()


def _newest(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT max(seq) FROM event").fetchone()[0] or 0)


def _insert(connection: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        places = ", ".join("?" * len(rows[0]))
        connection.execute("BEGIN")
        connection.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)  # noqa: S608 - as above
        connection.execute("COMMIT")


def _epoch(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    return None if row is None else str(row[0])


def _controller(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT controller FROM run ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else str(row[0])


def _migrations(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]


def _bring_to_disk(path: Path) -> None:
    with suppress(FileNotFoundError):  # SQLite has not made it yet
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fdatasync(handle)
        finally:
            os.close(handle)
