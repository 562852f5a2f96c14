"""Signed reviews of who has access to an area, each with its row in the outbox, and which are owed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from accessctl.store.people_change import Fact, PeopleChanges, new_id, text_of
from accessctl.store.people_reads import MOST, PeopleReads
from policies.event_types import EventType

_REVIEW: Final = "SELECT id, area, period, operator, at, document, sha256 FROM review"
NOBODY: Final = "accessctl"
"""Who stands in the record for what is entered without anybody asking."""
_UNREADABLE: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for an instant that somebody has made none: no document says that it was signed then."""


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review that was signed."""

    id: str
    area: str
    period: str
    operator: str
    at: datetime
    document: str = field(repr=False)
    """Canonical JSON (RFC 8785), as it was signed."""
    sha256: str
    """Of the document in UTF-8, in hex; the entry of the record has the same."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A period in which an area was to be reviewed."""

    area: str
    period: str
    told: bool
    """Whether the record says that it ended without a review."""


class ReviewQueries(PeopleReads):
    """Reads ``people.db``. May be used from any thread. Every method raises ``PeopleUnavailable``."""

    def review(self, id_: str) -> ReviewRow | None:
        """Give one."""
        return next(map(_row, self._all(f"{_REVIEW} WHERE id = ?", id_)), None)

    def reviews(self, *, after: str = "", limit: int = 100) -> list[ReviewRow]:
        """Give them in the order of their ids."""
        rows = self._all(f"{_REVIEW} WHERE id > ? ORDER BY id LIMIT ?", after, min(limit, MOST))
        return [_row(row) for row in rows]

    def ids(self) -> frozenset[str]:
        """Give the ids of all there are."""
        return frozenset(str(id_) for (id_,) in self._all("SELECT id FROM review"))

    def waits_for_record(self, id_: str) -> bool:
        """Whether a review was told to the record, which may not have taken it yet."""
        sql = "SELECT 1 FROM outbox WHERE type = ? AND credential = ? LIMIT 1"
        return bool(self._all(sql, EventType.ACCESS_REVIEW_SIGNED.value, id_))

    def newest(self, area: str, period: str | None = None) -> ReviewRow | None:
        """Give the newest review of an area, or of one period of it."""
        sql = f"{_REVIEW} WHERE area = ? AND (? IS NULL OR period = ?) ORDER BY at DESC, id LIMIT 1"
        return next(map(_row, self._all(sql, area, period, period)), None)

    def signed(self) -> dict[str, frozenset[str]]:
        """Give by area the periods that have a signed review."""
        found: dict[str, set[str]] = {}
        for area, period in self._all("SELECT DISTINCT area, period FROM review"):
            found.setdefault(area, set()).add(period)
        return {area: frozenset(periods) for area, periods in found.items()}

    def owed(self) -> list[Owed]:
        """Give every period that was seen, signed or not, in order."""
        rows = self._all("SELECT area, period, told_at IS NOT NULL FROM review_owed ORDER BY area, period")
        return [Owed(area, period, bool(told)) for area, period, told in rows]

    def first_owed(self) -> dict[str, str]:
        """Give by area the first period in which it was to be reviewed."""
        sql = "SELECT area, min(period) FROM review_owed GROUP BY area"
        return {str(area): str(period) for area, period in self._all(sql)}


class ReviewWriter(PeopleChanges):
    """Writes reviews."""

    def sign_review(self, row: ReviewRow, facts: dict[str, Fact], operator: str) -> ReviewRow:
        """Keep a review as it was signed, and enter its digest; the id is made here."""
        kept = ReviewRow(new_id("r"), row.area, row.period, row.operator, row.at, row.document, row.sha256)
        with self._change() as db:
            db.execute(
                "INSERT INTO review (id, area, period, operator, at, document, sha256)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [kept.id, row.area, row.period, row.operator, text_of(row.at), row.document, row.sha256],
            )
            told: dict[str, Fact] = {
                "review": kept.id,
                "area": row.area,
                "period": row.period,
                "sha256": row.sha256,
                **facts,
            }
            self._tell(db, EventType.ACCESS_REVIEW_SIGNED, operator, told, person=None, card=kept.id)
        return kept

    def owe_reviews(self, now_running: Iterable[tuple[str, str]]) -> None:
        """Note the periods that are running, by area; those that are known already stay as they are."""
        with self._change() as db:
            for area, period in now_running:
                db.execute(
                    "INSERT INTO review_owed (area, period, seen_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    [area, period, text_of(self._now())],
                )

    def tell_overdue(self, area: str, period: str) -> bool:
        """Enter that a period has ended without a review; once, and not where one was signed after all."""
        with self._change() as db:
            taken = db.execute(
                "UPDATE review_owed SET told_at = ?1 WHERE area = ?2 AND period = ?3 AND told_at IS NULL"
                " AND NOT EXISTS (SELECT 1 FROM review r WHERE r.area = ?2 AND r.period = ?3)",
                [text_of(self._now()), area, period],
            )
            if not taken.rowcount:
                return False
            facts: dict[str, Fact] = {"area": area, "period": period}
            self._tell(db, EventType.ACCESS_REVIEW_DUE, NOBODY, facts, person=None)
        return True


def _row(row: tuple[Any, ...]) -> ReviewRow:
    id_, area, period, operator, at, document, sha256 = row
    return ReviewRow(id_, area, period, operator, _instant(at), document, sha256)


def _instant(at: str) -> datetime:
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return _UNREADABLE
    return found if found.utcoffset() == timedelta() else _UNREADABLE
