"""Which site files lay there, as the people's store keeps them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from accessctl.store.people_reads import MOST, PeopleReads

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


class RuleQueries(PeopleReads):
    """Reads revisions of the site file. May be used from any thread."""

    def newest(self) -> RuleRow | None:
        """Give the newest one. Raises ``PeopleUnavailable``."""
        return next(iter(self.before(limit=1)), None)

    def of(self, revision: str) -> RuleRow | None:
        """Give the newest one of this name. Raises ``PeopleUnavailable``."""
        sql = f"{_ROW} WHERE revision = ? ORDER BY number DESC LIMIT 1"
        return next(map(rule_row, self._all(sql, revision)), None)

    def before(self, number: int = 0, limit: int = MOST) -> list[RuleRow]:
        """Give the newest ones before a number, newest first; without a number the last there are."""
        where = "WHERE number < ?" if number else "WHERE ? = 0"
        sql = f"{_ROW} {where} ORDER BY number DESC LIMIT ?"
        return [rule_row(row) for row in self._all(sql, number, min(limit, MOST))]


def rule_row(row: tuple[Any, ...]) -> RuleRow:
    """Make a value of what ``SELECT`` gave."""
    number, revision, text, at, operator, reason = row
    return RuleRow(number, revision, text, datetime.fromisoformat(at), operator, reason)
