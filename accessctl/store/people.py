"""What the door process asks the people's store: constant SQL, one row for each badge."""

import json
import sqlite3
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from accessctl.store.connect import check_schema, reader
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.identity import Identity
from accessctl.store.schemes import PEOPLE_SCHEMA, CardTagScheme
from policies.ids import CredentialId, PersonId, RoleId
from policies.people import Card, CardStatus, Holder, Person, Validity

_HOLDER: Final = (
    "SELECT c.id, c.status, c.valid_from, c.valid_until,"
    " p.id, p.roles, p.valid_from, p.valid_until, p.disabled, n.person IS NOT NULL"
    " FROM card c JOIN person p ON p.id = c.person LEFT JOIN pin n ON n.person = p.id"
    " WHERE c."
)
_BY_TAG: Final = f"{_HOLDER}tag = ?"
_BY_ID: Final = f"{_HOLDER}id = ?"
_OUTBOX: Final = (
    "SELECT id, at, type, person, credential, operator, detail FROM outbox WHERE id > ? ORDER BY id LIMIT ?"
)


class PeopleReader:
    """Reads ``people.db``. Used from one thread; opens the file when it is first needed and after a fault."""

    def __init__(self, path: Path) -> None:
        """Remember where the file is. It need not be there yet."""
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def holder_of(self, tag: bytes) -> Holder | None:
        """Give the card with this tag and its person, or ``None``. Raises ``PeopleUnavailable``."""
        rows = self._all(_BY_TAG, tag)
        return _holder(rows[0]) if rows else None

    def holder_of_card(self, card: CredentialId) -> Holder | None:
        """Give the card with this id and its person, or ``None``. Raises ``PeopleUnavailable``."""
        rows = self._all(_BY_ID, card)
        return _holder(rows[0]) if rows else None

    def pin_hash_of(self, person: PersonId) -> str | None:
        """Give the hash of a person's PIN, or ``None``. Raises ``PeopleUnavailable``."""
        rows = self._all("SELECT hash FROM pin WHERE person = ?", person)
        return str(rows[0][0]) if rows else None

    def card_tag_scheme(self) -> CardTagScheme:
        """Tell how this store's card tags are made. Raises ``PeopleUnavailable``."""
        return CardTagScheme.parse(self._meta("card_tag_scheme"), self._meta("card_tag_salt"))

    def epoch(self) -> str:
        """Give the name of this very file. Raises ``PeopleUnavailable``."""
        return self._meta("epoch")

    def outbox_after(self, taken: int, limit: int) -> list[tuple[Any, ...]]:
        """Give the next rows of the outbox: id, at, type, person, credential, operator, detail."""
        return self._all(_OUTBOX, taken, limit)

    def outbox_newest(self) -> int:
        """Give the highest number that a row of the outbox has ever had in this file."""
        rows = self._all("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
        return int(rows[0][0]) if rows else 0

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def check_place(self) -> None:
        """Let go of a file that was moved or removed; the next question opens what is in its place."""
        if self._connection is not None and not self._file.same():
            self.close()

    def _open(self) -> sqlite3.Connection:
        connection = self._connection = reader(self._path)
        check_schema(connection, PEOPLE_SCHEMA)
        self._file = Identity(self._path)
        return connection

    def _meta(self, key: str) -> str:
        rows = self._all("SELECT value FROM meta WHERE key = ?", key)
        if not rows:
            raise PeopleUnavailable(f"{self._path.name} does not say its {key}")
        return str(rows[0][0])

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            connection = self._connection or self._open()
            return connection.execute(sql, values).fetchall()
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise PeopleUnavailable(f"{self._path.name}: {error}") from error


def _holder(row: tuple[Any, ...]) -> Holder:
    card, status, card_from, card_until, person, roles, from_, until, disabled, has_pin = row
    return Holder(
        Person(
            PersonId(person),
            _roles(roles),
            _validity(from_, until),
            disabled=bool(disabled),
            has_pin=bool(has_pin),
        ),
        Card(CredentialId(card), CardStatus(status), _validity(card_from, card_until)),
    )


@lru_cache(maxsize=256)
def _roles(text: str) -> tuple[RoleId, ...]:
    """Read a list of roles. A site has few different ones."""
    return tuple(RoleId(role) for role in json.loads(text))


def _validity(start: str | None, end: str | None) -> Validity:
    if start is None and end is None:
        return _ALWAYS
    return Validity(
        None if start is None else datetime.fromisoformat(start),
        None if end is None else datetime.fromisoformat(end),
    )


_ALWAYS: Final = Validity()
