"""How the people's store is changed: one connection, one transaction, one row in the outbox.

A change and its row in the outbox are one transaction: nothing changes without going into the record,
and nothing goes into the record that did not change. The outbox says what changed by names of fields,
with before and after where that is no secret and nobody's name: the record keeps pseudonyms, and names
must stay erasable.
"""

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Final

from sqlite_utils import Database

from accessctl.acting import whence
from accessctl.store.connect import check_schema
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.identity import Identity
from accessctl.store.people_errors import UnknownPerson
from accessctl.store.people_queries import PersonRow, find_person
from accessctl.store.schemes import PEOPLE_SCHEMA
from policies.event_types import EventType
from policies.people import Validity

_PATIENCE_MS: Final = 5000
"""Only a migration or a backup can hold the lock, and neither holds it for long."""
_BASE32: Final = "abcdefghijklmnopqrstuvwxyz234567"
_ID_LENGTH: Final = 8
TELL: Final = (
    "INSERT INTO outbox (at, type, person, credential, operator, detail, seal)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT seal FROM seal WHERE person = ?3))"
)
"""Puts one row into the outbox, with the seal of the person's name; ``PeopleChanges._told`` has values."""

Fact = str | int | bool | None
Facts = Mapping[str, Fact]


class PeopleChanges:
    """Owns the only writing connection to ``people.db``. May be used from any thread, one at a time."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Remember the file, which is opened when it is first needed; ``now`` gives an aware instant."""
        self._path = path
        self._now = now
        self._lock = Lock()
        self._db: Database | None = None
        self._file: Identity | None = None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._forget()

    @contextmanager
    def _change(self) -> Iterator[Database]:
        """Give the database inside a transaction. Raises ``PeopleUnavailable``; then nothing has changed.

        SQLite goes on writing into a file that was removed, so that a change would be lost without a word.
        """
        with self._lock:
            try:
                db = self._opened()
                with db.atomic():
                    yield db
                    self._check_file()  # while it can still be taken back
                self._check_file()
            except PeopleUnavailable:
                self._forget()
                raise
            except (sqlite3.Error, OSError) as error:
                self._forget()
                what = error.strerror if isinstance(error, OSError) else error
                raise PeopleUnavailable(f"{self._path.name}: {what}") from error

    def _opened(self) -> Database:
        """Give the connection, opened at first use, to who has the lock. Raises ``PeopleUnavailable``."""
        if self._db is None:
            self._file = Identity(self._path)
            self._db = _open(self._path)
        self._check_file()
        return self._db

    def _check_file(self) -> None:
        """Raise ``PeopleUnavailable`` when the path no longer leads to the file that was opened."""
        if self._file is None or not self._file.same():
            raise PeopleUnavailable(f"{self._path.name} was moved or removed while in use")

    def _forget(self) -> None:
        self._file = None
        if self._db is not None:
            self._db.close()
            self._db = None

    def _tell(
        self,
        db: Database,
        kind: EventType,
        operator: str,
        facts: Facts,
        *,
        person: str | None,
        card: str | None = None,
    ) -> None:
        db.execute(TELL, self._told(kind, operator, facts, person, card))

    def _told(
        self, kind: EventType, operator: str, facts: Facts, person: str | None, card: str | None = None
    ) -> tuple[object, ...]:
        """Give what ``TELL`` puts into the outbox, with whence it was done."""
        where = whence()
        told = facts if where is None else {**facts, **where.facts()}
        detail = json.dumps(told, separators=(",", ":"), sort_keys=True)
        return text_of(self._now()), kind.value, person, card, operator, detail


def known_person(db: Database, person: str) -> PersonRow:
    """Give a person inside a transaction. Raises ``UnknownPerson``."""
    row = find_person(db.conn, person)
    if row is None:
        raise UnknownPerson(person)
    return row


def validity_facts(validity: Validity) -> dict[str, Fact]:
    """Give the ends that a validity has, as the outbox says them."""
    each = {"valid_from": text_of(validity.start), "valid_until": text_of(validity.end)}
    return {field: at for field, at in each.items() if at is not None}


def text_of(at: datetime | None) -> str | None:
    """Write an instant as the store keeps it: in UTC, so that later is greater."""
    return None if at is None else at.astimezone(UTC).isoformat()


def new_id(kind: str) -> str:
    """Make up a name: 40 random bits, in letters that are hard to mistake for each other."""
    return f"{kind}-" + "".join(secrets.choice(_BASE32) for _ in range(_ID_LENGTH))


def _open(path: Path) -> Database:
    """Open the file that a migration has made. What each setting guards: see ``connect.writer``."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    try:
        db = Database(connection)
        db.execute(f"PRAGMA busy_timeout={_PATIENCE_MS:d}")
        db.enable_wal()
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("PRAGMA trusted_schema=OFF")
        # What is deleted is overwritten: an erased key must not stay in a page that is free.
        db.execute("PRAGMA secure_delete=ON")
        check_schema(connection, PEOPLE_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return db
