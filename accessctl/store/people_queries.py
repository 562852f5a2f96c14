"""What is read of the people's store for lists and pages: never a tag, never a hash.

Each question opens the file for itself, so it may be asked from any thread and holds nothing afterwards.
"""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from accessctl.store.connect import reader
from accessctl.store.errors import PeopleUnavailable
from policies.people import CardStatus, Validity

MOST: Final = 1000
"""So many rows are given at once; whoever wants more asks again from the last id."""
_PATIENCE_MS: Final = 2000

_PERSON: Final = (
    "SELECT p.id, p.name, p.roles, p.valid_from, p.valid_until, p.disabled, p.added_at,"
    " EXISTS (SELECT 1 FROM pin n WHERE n.person = p.id),"
    " (SELECT count(*) FROM card c WHERE c.person = p.id AND c.status = 'active')"
    " FROM person p"
)
_CARD: Final = (
    "SELECT c.id, c.person, c.hint, c.status, c.valid_from, c.valid_until, c.enrolled_at FROM card c"
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person, as an admin sees one."""

    id: str
    name: str
    roles: tuple[str, ...]
    validity: Validity
    disabled: bool
    added_at: datetime
    has_pin: bool = False
    active_cards: int = 0


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card, as an admin sees one: by its id and the last two digits of its number."""

    id: str
    person: str
    hint: str
    status: CardStatus
    validity: Validity
    enrolled_at: datetime


class PeopleQueries:
    """Reads ``people.db`` for lists. May be used from any thread."""

    def __init__(self, path: Path) -> None:
        """Remember where the file is."""
        self._path = path

    def person(self, person: str) -> PersonRow | None:
        """Give one person. Raises ``PeopleUnavailable``."""
        rows = self._all(f"{_PERSON} WHERE p.id = ?", person)
        return person_row(rows[0]) if rows else None

    def people(self, *, after: str = "", name: str | None = None, limit: int = MOST) -> list[PersonRow]:
        """Give people in the order of their ids, those of exactly this name if one is given."""
        where = "WHERE p.id > ?" if name is None else "WHERE p.id > ? AND p.name = ?"
        values = (after,) if name is None else (after, name)
        rows = self._all(f"{_PERSON} {where} ORDER BY p.id LIMIT ?", *values, min(limit, MOST))
        return [person_row(row) for row in rows]

    def card(self, card: str) -> CardRow | None:
        """Give one card. Raises ``PeopleUnavailable``."""
        rows = self._all(f"{_CARD} WHERE c.id = ?", card)
        return card_row(rows[0]) if rows else None

    def cards(self, *, after: str = "", person: str | None = None, limit: int = MOST) -> list[CardRow]:
        """Give cards in the order of their ids, those of one person if one is given."""
        where = "WHERE c.id > ?" if person is None else "WHERE c.id > ? AND c.person = ?"
        values = (after,) if person is None else (after, person)
        rows = self._all(f"{_CARD} {where} ORDER BY c.id LIMIT ?", *values, min(limit, MOST))
        return [card_row(row) for row in rows]

    def names_of(self, people: Iterable[str]) -> dict[str, str]:
        """Give the name of each of these people who is still in the store."""
        wanted = json.dumps(sorted(set(people)))
        return dict(
            self._all("SELECT id, name FROM person WHERE id IN (SELECT value FROM json_each(?))", wanted)
        )

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            with closing(reader(self._path, busy_ms=_PATIENCE_MS)) as connection:
                return connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise PeopleUnavailable(f"{self._path.name}: {error}") from error


def find_person(connection: sqlite3.Connection, person: str) -> PersonRow | None:
    """Give one person over a connection that the caller holds, inside its transaction."""
    row = connection.execute(f"{_PERSON} WHERE p.id = ?", (person,)).fetchone()
    return None if row is None else person_row(row)


def find_card(connection: sqlite3.Connection, card: str) -> CardRow | None:
    """Give one card over a connection that the caller holds, inside its transaction."""
    row = connection.execute(f"{_CARD} WHERE c.id = ?", (card,)).fetchone()
    return None if row is None else card_row(row)


def person_row(row: tuple[Any, ...]) -> PersonRow:
    """Make a value of what ``SELECT`` gave."""
    id_, name, roles, from_, until, disabled, added_at, has_pin, cards = row
    return PersonRow(
        id=id_,
        name=name,
        roles=tuple(json.loads(roles)),
        validity=_validity(from_, until),
        disabled=bool(disabled),
        added_at=datetime.fromisoformat(added_at),
        has_pin=bool(has_pin),
        active_cards=cards,
    )


def card_row(row: tuple[Any, ...]) -> CardRow:
    """Make a value of what ``SELECT`` gave."""
    id_, person, hint, status, from_, until, enrolled_at = row
    return CardRow(
        id_, person, hint, CardStatus(status), _validity(from_, until), datetime.fromisoformat(enrolled_at)
    )


def _validity(start: str | None, end: str | None) -> Validity:
    return Validity(_instant(start), _instant(end))


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
