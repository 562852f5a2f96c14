"""Who has what they may do, in numbers, and what is lent to whom.

Each question opens the file for itself, so it may be asked from any thread and holds nothing afterwards.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from accessctl.store.biometrics import instant_text
from accessctl.store.people_queries import LoanRow
from accessctl.store.people_reads import MOST, PeopleReads, instant_of
from policies.people import Validity

_COMBINATIONS: Final = "SELECT roles, groups, count(*) FROM person WHERE disabled = 0 GROUP BY roles, groups"
_LENT: Final = (
    "SELECT level, count(DISTINCT person) FROM temporary_access"
    " WHERE (valid_from IS NULL OR valid_from <= ?) AND valid_until > ? GROUP BY level"
)
_QUALIFIED: Final = "SELECT id, count(*) FROM qualification WHERE until IS NULL OR until > ? GROUP BY id"
_LOANS: Final = "SELECT id, person, level, valid_from, valid_until FROM temporary_access WHERE id > ?"


@dataclass(frozen=True, slots=True)
class Combination:
    """So many people have exactly these roles and groups. A site has few different combinations."""

    roles: frozenset[str]
    groups: frozenset[str]
    people: int

    def has_any(self, roles: Iterable[str], groups: Iterable[str]) -> bool:
        """Tell whether these people have any of them."""
        return not self.roles.isdisjoint(roles) or not self.groups.isdisjoint(groups)


class LevelQueries(PeopleReads):
    """Reads ``people.db``. May be used from any thread."""

    def combinations(self) -> list[Combination]:
        """Count people by roles and groups; whoever is disabled does not count."""
        return [
            Combination(frozenset(json.loads(roles)), frozenset(json.loads(groups)), people)
            for roles, groups, people in self._all(_COMBINATIONS)
        ]

    def lent(self) -> dict[str, int]:
        """Count by level the people to whom it is lent now."""
        now = instant_text(datetime.now(UTC))
        return dict(self._all(_LENT, now, now))

    def qualified(self) -> dict[str, int]:
        """Count by qualification the people who hold it now."""
        return dict(self._all(_QUALIFIED, instant_text(datetime.now(UTC))))

    def loans(
        self, *, after: str = "", person: str | None = None, level: str | None = None, limit: int = MOST
    ) -> list[LoanRow]:
        """Give temporary access in the order of the ids: of one person, or of one level, if asked for."""
        sql, values = _LOANS, [after]
        for column, wanted in (("person", person), ("level", level)):
            if wanted is not None:
                sql, values = f"{sql} AND {column} = ?", [*values, wanted]
        rows = self._all(f"{sql} ORDER BY id LIMIT ?", *values, min(limit, MOST))
        return [
            LoanRow(id_, whose, lent, Validity(instant_of(start), instant_of(end)))
            for id_, whose, lent, start, end in rows
        ]
