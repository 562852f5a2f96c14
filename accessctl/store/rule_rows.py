"""Which site files lay there, as the people's store keeps them."""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from accessctl.store.connect import reader
from accessctl.store.errors import PeopleUnavailable

MOST: Final = 1000
_PATIENCE_MS: Final = 2000
_REVISION_DIGITS: Final = 12
_ROW: Final = "SELECT number, revision, text, at, operator, reason FROM rule_revision"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A site file that came to lie there."""

    number: int
    revision: str
    text: str
    at: datetime
    """When it was put there, or found."""
    operator: str | None
    """Who put it there through the API; none for one that was found."""
    reason: str | None


def revision_of(text: str) -> str:
    """Name a site file as the door process does, which need not be asked for that."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_REVISION_DIGITS]


class RuleQueries:
    """Reads revisions of the site file. May be used from any thread."""

    def __init__(self, path: Path) -> None:
        """Remember where the people's store is."""
        self._path = path

    def newest(self) -> RuleRow | None:
        """Give the newest one. Raises ``PeopleUnavailable``."""
        return next(iter(self.before(limit=1)), None)

    def of(self, revision: str) -> RuleRow | None:
        """Give the newest one of this name. Raises ``PeopleUnavailable``."""
        rows = self._all(f"{_ROW} WHERE revision = ? ORDER BY number DESC LIMIT 1", revision)
        return rows[0] if rows else None

    def before(self, number: int = 0, limit: int = MOST) -> list[RuleRow]:
        """Give the newest ones before a number, newest first; without a number the last there are."""
        where = "WHERE number < ?" if number else "WHERE ? = 0"
        return self._all(f"{_ROW} {where} ORDER BY number DESC LIMIT ?", number, min(limit, MOST))

    def _all(self, sql: str, *values: object) -> list[RuleRow]:
        try:
            with closing(reader(self._path, busy_ms=_PATIENCE_MS)) as connection:
                return [rule_row(row) for row in connection.execute(sql, values)]
        except sqlite3.Error as error:
            raise PeopleUnavailable(f"{self._path.name}: {error}") from error


def rule_row(row: tuple[Any, ...]) -> RuleRow:
    """Make a value of what ``SELECT`` gave."""
    number, revision, text, at, operator, reason = row
    return RuleRow(number, revision, text, datetime.fromisoformat(at), operator, reason)
