"""Which reviews the record says were signed: those entries are kept for good, whatever becomes of the rest.

The people's store alone cannot tell of a review that somebody took out of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accessctl.store.event_filter import EventFilter
from accessctl.store.event_row import EventRow
from accessctl.store.events import EventQueries
from policies.event_types import EventType

SIGNED: Final = EventFilter(frozenset({EventType.ACCESS_REVIEW_SIGNED.value}))


@dataclass(frozen=True, slots=True)
class SignedEntry:
    """An entry that tells of a signed review."""

    seq: int
    at: datetime
    review: str
    area: str
    period: str
    operator: str
    sha256: str

    @property
    def gone(self) -> str:
        """Say what is wrong where the people's store has no such review."""
        return f"signed, entry {self.seq}, and not in the people's store any more"


class SignedEntries:
    """Reads them, each once: what comes later is read from where the last question ended."""

    def __init__(self, events: EventQueries) -> None:
        """Take what reads the record."""
        self._events = events
        self._known: tuple[str, int, Mapping[str, SignedEntry]] = ("", 0, {})

    def by_review(self) -> Mapping[str, SignedEntry]:
        """Give them by the ids of their reviews, in order. Raises ``RecordUnavailable``."""
        epoch, reached, known = self._known
        found, more = dict(known), True
        while more:
            page = self._events.page_after(reached, wanted=SIGNED)
            if page.epoch != epoch or page.last < reached:
                if reached:  # another record than before: its numbers mean something else
                    found, reached, epoch = {}, 0, page.epoch
                    continue
                epoch = page.epoch
            found |= {entry.review: entry for entry in map(_entry, page.rows)}
            reached, more = min(page.reached, page.last), page.more
        self._known = (epoch, reached, found)
        return found


def _entry(row: EventRow) -> SignedEntry:
    area, period, operator, sha256 = (
        str(row.detail.get(name) or "") for name in ("area", "period", "operator", "sha256")
    )
    return SignedEntry(row.seq, row.at, row.credential or "", area, period, operator, sha256)
