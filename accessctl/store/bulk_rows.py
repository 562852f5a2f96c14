"""What is read of imports: how far they are, which cards wait, and which could not be enrolled."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from accessctl.store.bulk_writer import ImportRow, StoredPeople
from accessctl.store.connect import reader
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.people_queries import PeopleQueries

_IMPORT: Final = (
    "SELECT i.id, i.operator, i.at, i.rows, i.added, i.changed, i.cards, i.tagged,"
    " (SELECT count(*) FROM pending_card p WHERE p.import = i.id AND p.why IS NOT NULL),"
    " (SELECT count(*) FROM pending_card p WHERE p.import = i.id AND p.why IS NULL) FROM import i"
)
_WAITING: Final = (
    "SELECT id, name, person, technology, sealed FROM pending_card WHERE why IS NULL ORDER BY id LIMIT ?"
)
_FAILED: Final = (
    "SELECT id, row, person, technology, why FROM pending_card"
    " WHERE import = ? AND id > ? AND why IS NOT NULL ORDER BY id LIMIT ?"
)
_AHEAD: Final = (
    "SELECT count(*) FROM pending_card WHERE why IS NULL"
    " AND id <= (SELECT max(id) FROM pending_card WHERE import = ? AND why IS NULL)"
)


@dataclass(frozen=True, slots=True)
class PendingCard:
    """A card that waits for its tag."""

    id: int
    name: str
    """To which it was sealed, besides its person and technology."""
    person: str
    technology: str
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FailedCard:
    """A card that could not be enrolled."""

    id: int
    row: int
    """Where it stood in the file."""
    person: str
    technology: str
    why: str


class BulkQueries(PeopleQueries):
    """Reads imports, besides people. May be used from any thread."""

    def import_(self, id_: str) -> ImportRow | None:
        """Give one import. Raises ``PeopleUnavailable``."""
        rows = self._all(f"{_IMPORT} WHERE i.id = ?", id_)
        return _import_row(rows[0]) if rows else None

    def imports(self, *, after: str = "", limit: int = 100) -> list[ImportRow]:
        """Give imports in the order of their ids."""
        rows = self._all(f"{_IMPORT} WHERE i.id > ? ORDER BY i.id LIMIT ?", after, limit)
        return [_import_row(row) for row in rows]

    def waiting(self, limit: int) -> list[PendingCard]:
        """Give the cards that have waited longest."""
        return [PendingCard(*row) for row in self._all(_WAITING, limit)]

    @contextmanager
    def looking(self) -> Iterator[StoredPeople]:
        """Give what tells of people, many of whom are asked for. Raises ``PeopleUnavailable``."""
        try:
            with closing(reader(self.path)) as connection:
                yield StoredPeople(connection)
        except sqlite3.Error as error:
            raise PeopleUnavailable(f"{self.path.name}: {error}") from error

    def ahead(self, import_: str) -> int:
        """Tell how many cards come before the last one of an import is done, itself included."""
        return int(self._all(_AHEAD, import_)[0][0])

    def failed(self, import_: str, *, after: int = 0, limit: int = 100) -> list[FailedCard]:
        """Give the cards of an import that could not be enrolled."""
        return [FailedCard(*row) for row in self._all(_FAILED, import_, after, limit)]

    def pending_of(self, person: str) -> int:
        """Give how many cards of a person wait for their tags, or could not be enrolled."""
        return int(self._all("SELECT count(*) FROM pending_card WHERE person = ?", person)[0][0])


def _import_row(row: tuple[Any, ...]) -> ImportRow:
    id_, operator, at, *counts = row
    return ImportRow(id_, operator, datetime.fromisoformat(at), *counts)
