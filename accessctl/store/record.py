"""The record's one writer.

Whatever one thing brings about is one ``Change``: its entries and the counters that move with them.
A change is written in one transaction with one sync, or not at all.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from accessctl.store.connect import check_schema, writer
from accessctl.store.entry import Entry, Moment, instant, milliseconds
from accessctl.store.errors import RecordUnavailable, Unwritable
from accessctl.store.identity import Identity
from accessctl.store.marks import Key, Marker, Row, no_key
from accessctl.store.memory_rows import Row as Fact
from accessctl.store.pruning import Pruning
from accessctl.store.schemes import RECORD_SCHEMA
from policies.ids import PersonId
from policies.lockout import WrongPins

_INSERT_EVENT: Final = (
    "INSERT INTO event (seq, at_ms, mono_ns, clock_synced, type, door, access_point, person, credential,"
    " reason, detail, seal, run, mark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_PUT_WRONG_PINS: Final = (
    "INSERT INTO wrong_pin (person, count, until_ms) VALUES (?, ?, ?)"
    " ON CONFLICT (person) DO UPDATE SET count = excluded.count, until_ms = excluded.until_ms"
)
LOG_BYTES: Final = 4 * 1024 * 1024
"""The write-ahead log's size: about a thousand events."""
_FILLING: Final = "filling"
_MERELY_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_NO_ROW: Final = (TypeError, ValueError, OverflowError, RecursionError)
"""What is raised for a text, a number or a detail that no row can hold."""
_PUT_FACT: Final = (
    "INSERT INTO memory (name, key, value) VALUES (?, ?, ?)"
    " ON CONFLICT (name, key) DO UPDATE SET value = excluded.value"
)
_PUT_META: Final = (
    "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)


SealOf = Callable[[PersonId], str | None]
"""Gives what stands for a person's name; ``None`` where that cannot be known."""


def no_seal(_person: PersonId) -> None:
    """Know nobody's seal."""


_json: Final = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch in which controller, machine boot, rules and software stayed the same."""

    controller: str
    boot: str
    rules: str
    version: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is written together."""

    entries: tuple[Entry, ...]
    wrong_pins: tuple[PersonId, WrongPins] | None = None
    """A person's counter after this; a count of zero forgets it."""
    order: str | None = None
    """The order that this carries out, so that it is never carried out twice."""
    outbox: tuple[str, int] | None = None
    """How far the outbox of the people's store with this epoch has been taken into the record."""
    facts: tuple[Fact, ...] = ()
    """What the rules remember otherwise after this."""

    @property
    def is_one_row(self) -> bool:
        """Whether it is a single statement, which is a transaction by itself."""
        return len(self.entries) == 1 and not (
            self.wrong_pins is not None or self.order is not None or self.outbox is not None or self.facts
        )


class RecordWriter:
    """Owns the only writing connection to ``record.db``. Used from one thread."""

    def __init__(self, path: Path, run: Run, key: Key = no_key, seal_of: SealOf = no_seal) -> None:
        """Open the file and register the run. Raises ``RecordUnavailable``.

        ``key`` gives that which marks entries; ``seal_of`` what stands in them for a person's name. Neither
        raises.
        """
        self._path, self._run, self._key, self._seal_of = path, run, key, seal_of
        self._run_id: int | None = None
        self._marker: Marker | None = None
        self._next: int | None = None
        """The number that the next entry gets, where it is known."""
        self._lost: str | None = None
        self._connection: sqlite3.Connection | None = self._open()

    def append(self, change: Change) -> int:
        """Write a change durably and give the number of its last entry. Raises ``RecordUnavailable``.

        What no row can hold, such as half of a pair of surrogates, is ``Unwritable``, which is one of those:
        whoever asks before they act must not act then either.
        """
        connection = self._in_place()
        try:
            if self._run_id is None:
                self._begin_run(connection)
            if change.is_one_row:
                return self._insert(connection, change.entries[0])
            return self._append_all(connection, change)
        except sqlite3.Error as error:
            self._give_up(connection, error)
            raise RecordUnavailable(str(error)) from error
        except BaseException as error:
            # Otherwise the next entries would go into the transaction that this left open, and be nobody's.
            self._undo(connection)
            if isinstance(error, _NO_ROW):
                raise Unwritable(f"an entry cannot be written as it is: {str(error)!a}") from error
            raise

    def prune(self, pruning: Pruning, moment: Moment) -> int:
        """Delete what is old and enter that; gives that entry's number, 0 where nothing is as old.

        All of it happens, or nothing. Raises ``RecordUnavailable``.
        """
        with self._usable() as connection:
            if self._run_id is None:
                self._begin_run(connection)
            try:
                return pruning.carry_out(connection, lambda entry: self._insert(connection, entry), moment)
            except (TypeError, ValueError, OverflowError) as error:  # a row of which no leaf can be made
                raise RecordUnavailable(f"an entry is not what it was recorded as: {error}") from error
            finally:
                self._next = None  # it may have been undone

    def check_place(self) -> None:
        """Raise ``RecordUnavailable`` if the file or its log was moved or removed while it was in use.

        Then nothing is written any more until it is back in its place, or until the next start: what
        would be opened instead lacks what the log held.
        """
        self._lost = None
        if self._connection is not None and not (self._file.same() and self._log.same()):
            self._lost = f"{self._path.name} or its log was moved or removed while it was in use"
            raise RecordUnavailable(self._lost)

    def lay_out_log(self) -> None:
        """Let the write-ahead log have its full size before the first badge. Raises ``RecordUnavailable``.

        A commit that makes a file grow has to sync the file system's own records too, and takes half as
        long again as one that overwrites. So the log is filled once and from then on used over and over.
        """
        if self._log_bytes() >= LOG_BYTES:
            return
        with self._usable() as connection:
            filling = "x" * (LOG_BYTES // 2)  # what is written and deleted again passes the log twice
            connection.execute(_PUT_META, (_FILLING, filling))
            connection.execute("DELETE FROM meta WHERE key = ?", (_FILLING,))
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            connection.execute(_PUT_META, ("log_laid_out", str(LOG_BYTES)))

    def put_meta(self, key: str, value: str) -> None:
        """Write a value about the file itself. Raises ``RecordUnavailable``."""
        with self._usable() as connection:
            connection.execute(_PUT_META, (key, value))

    def begin_run(self, run: Run) -> None:
        """Let the following entries stand under another run, which is registered with the first of them."""
        self._run, self._run_id = run, None

    def epoch(self) -> str:
        """Give the name of this very file."""
        return self._meta("epoch") or ""

    def last_type(self) -> str | None:
        """Give the type of the newest entry, or ``None`` in an empty record."""
        row = self._one("SELECT type FROM event ORDER BY seq DESC LIMIT 1")
        return None if row is None else str(row[0])

    def last_seq(self) -> int:
        """Give the number of the newest entry, 0 in an empty record."""
        row = self._one("SELECT max(seq) FROM event")
        return int(row[0]) if row is not None and row[0] is not None else 0

    def wrong_pins(self) -> dict[PersonId, WrongPins]:
        """Give every counter that is not zero."""
        rows = self._all("SELECT person, count, until_ms FROM wrong_pin")
        return {
            PersonId(person): WrongPins(count, None if until_ms is None else instant(until_ms))
            for person, count, until_ms in rows
        }

    def facts(self) -> list[tuple[str, str, str]]:
        """Give everything the rules remember, as ``memory_rows`` reads it."""
        return self._all("SELECT name, key, value FROM memory")

    def was_done(self, order: str) -> bool:
        """Whether this order was carried out before."""
        return self._one("SELECT 1 FROM done_order WHERE id = ?", order) is not None

    def outbox_taken(self, people_epoch: str) -> int:
        """Give the last row taken from the outbox of the people's store with this epoch."""
        return int(self._meta(f"outbox:{people_epoch}") or 0)

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        try:
            connection = writer(self._path)
            try:
                check_schema(connection, RECORD_SCHEMA)
                self._begin_run(connection)
                self._file, self._log = Identity(self._path), Identity(self._log_path)
            except BaseException:
                connection.close()
                raise
        except (sqlite3.Error, OSError) as error:
            raise RecordUnavailable(f"{self._path.name}: {error}") from error
        return connection

    def _in_place(self) -> sqlite3.Connection:
        if self._lost is not None:
            raise RecordUnavailable(self._lost)
        self._connection = self._connection or self._open()
        return self._connection

    @contextmanager
    def _usable(self) -> Iterator[sqlite3.Connection]:
        """Give the connection, opened anew if need be; what fails is undone and raised in our own words."""
        connection = self._in_place()
        try:
            yield connection
        except sqlite3.Error as error:
            self._give_up(connection, error)
            raise RecordUnavailable(str(error)) from error

    def _begin_run(self, connection: sqlite3.Connection) -> None:
        self._run_id, self._marker = _register(connection, self._run), None

    def _insert(self, connection: sqlite3.Connection, entry: Entry) -> int:
        """Add an entry under the next number, which its mark is of as well."""
        try:
            seq = self._next or _newest(connection) + 1
            connection.execute(_INSERT_EVENT, self._marked(seq, entry))
        except sqlite3.IntegrityError:  # somebody has added a row under that number: not a reason to stop
            seq = _newest(connection) + 1
            connection.execute(_INSERT_EVENT, self._marked(seq, entry))
        self._next = seq + 1
        return seq

    def _append_all(self, connection: sqlite3.Connection, change: Change) -> int:
        connection.execute("BEGIN IMMEDIATE")
        seq = 0
        for entry in change.entries:
            seq = self._insert(connection, entry)
        _move_counters(connection, change, seq)
        connection.execute("COMMIT")
        return seq

    def _give_up(self, connection: sqlite3.Connection, error: sqlite3.Error) -> None:
        """Undo what was begun. After anything but a lock the handle is not trusted any more."""
        self._undo(connection)
        # What the module itself says, and not SQLite, has no code.
        if getattr(error, "sqlite_errorcode", None) not in _MERELY_BUSY:
            self.close()

    def _undo(self, connection: sqlite3.Connection) -> None:
        """Undo what was begun; where that fails, the handle goes, and what was begun with it."""
        self._next = None
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            self.close()

    def _log_bytes(self) -> int:
        with suppress(OSError):
            return self._log_path.stat().st_size
        return 0

    @property
    def _log_path(self) -> Path:
        real = self._path.resolve()  # SQLite puts the log beside the file itself, not beside a link to it
        return real.with_name(f"{real.name}-wal")

    def _meta(self, key: str) -> str | None:
        row = self._one("SELECT value FROM meta WHERE key = ?", key)
        return None if row is None else str(row[0])

    def _one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        return next(iter(self._all(sql, *values)), None)

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._usable() as connection:
            return connection.execute(sql, values).fetchall()

    def _marked(self, seq: int, entry: Entry) -> Row:
        """Give a row with its run and its mark."""
        moment = entry.moment
        row = (
            seq,
            milliseconds(moment.at),
            moment.mono_ns,
            int(moment.clock_synced),
            entry.type,
            entry.door,
            entry.access_point,
            entry.person,
            entry.credential,
            entry.reason,
            _json(entry.detail) if entry.detail else None,
            entry.seal or (None if entry.person is None else self._seal_of(entry.person)),
        )
        if self._marker is None and (key := self._key()) is not None:
            run = self._run
            self._marker = Marker(key, self.epoch(), (run.controller, run.boot, run.rules, run.version))
        return *row, self._run_id, None if self._marker is None else self._marker.mark(row)


def _newest(connection: sqlite3.Connection) -> int:
    return connection.execute("SELECT max(seq) FROM event").fetchone()[0] or 0


def _register(connection: sqlite3.Connection, run: Run) -> int:
    """Give the number of this run: the newest one's, unless something has changed since."""
    newest = connection.execute(
        "SELECT id, controller, boot, rules, version FROM run ORDER BY id DESC LIMIT 1"
    )
    wanted = (run.controller, run.boot, run.rules, run.version)
    row = newest.fetchone()
    if row is not None and row[1:] == wanted:
        return int(row[0])
    insert = "INSERT INTO run (controller, boot, rules, version) VALUES (?, ?, ?, ?)"
    return connection.execute(insert, wanted).lastrowid or 0


def _move_counters(connection: sqlite3.Connection, change: Change, seq: int) -> None:
    if change.wrong_pins is not None:
        person, wrong = change.wrong_pins
        if wrong.count:
            until = None if wrong.until is None else milliseconds(wrong.until)
            connection.execute(_PUT_WRONG_PINS, (person, wrong.count, until))
        else:
            connection.execute("DELETE FROM wrong_pin WHERE person = ?", (person,))
    if change.order is not None:
        connection.execute("INSERT OR IGNORE INTO done_order (id, seq) VALUES (?, ?)", (change.order, seq))
    for name, key, value in change.facts:
        if value is None:
            connection.execute("DELETE FROM memory WHERE name = ? AND key = ?", (name, key))
        else:
            connection.execute(_PUT_FACT, (name, key, value))
    if change.outbox is not None:
        epoch, taken = change.outbox
        connection.execute(_PUT_META, (f"outbox:{epoch}", str(taken)))
