"""What is read of the record: pages of entries, in either direction, each joined with its run.

Each question opens the file for itself, so it may be asked from any thread. A filter has no index to go by,
because an index would be written with every badge: it is looked for entry by entry, a stretch of numbers
at a time. Each stretch is a read of its own and a short one; a long one would keep the record's checkpoint
waiting.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accessctl.store.connect import reader
from accessctl.store.errors import RecordUnavailable
from accessctl.store.event_filter import ANY, EventFilter
from accessctl.store.event_row import SELECT_EVENT, EventRow, event_row

MOST: Final = 1000
"""So many entries are given at once."""
STRETCH: Final = 20_000
"""So many entries are looked at in one read: a few milliseconds."""
_PATIENCE_MS: Final = 2000
_BEYOND: Final = 2**63 - 1
_END: Final = "SELECT (SELECT value FROM meta WHERE key = 'epoch'), (SELECT coalesce(max(seq), 0) FROM event)"


@dataclass(frozen=True, slots=True)
class Found:
    """Some entries, and how far was looked for them."""

    rows: list[EventRow]
    reached: int
    """Up to this number everything was looked at, coming from where the question began."""
    more: bool
    """Whether there is anything that was not looked at."""
    epoch: str
    """Names the file that was looked into."""
    last: int
    """The number of the newest entry, 0 in an empty record."""


@dataclass(frozen=True, slots=True)
class End:
    """How far the record has grown."""

    epoch: str
    """Names the file."""
    last: int
    """The number of the newest entry, 0 in an empty record."""


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for."""

    wanted: EventFilter
    limit: int
    looks: int
    newest_first: bool


class EventQueries:
    """Reads ``record.db``. May be used from any thread. Everything raises ``RecordUnavailable``."""

    def __init__(self, path: Path) -> None:
        """Remember where the file is."""
        self._path = path

    def after(
        self, seq: int, *, wanted: EventFilter = ANY, limit: int = MOST, until: int = _BEYOND
    ) -> list[EventRow]:
        """Give entries that come after a number, and before ``until``, the oldest first."""
        return self._look(seq, until, _Search(wanted, limit, _BEYOND, newest_first=False)).rows

    def before(
        self, seq: int | None = None, *, wanted: EventFilter = ANY, limit: int = MOST
    ) -> list[EventRow]:
        """Give entries that come before a number, or the last ones there are, the newest first."""
        high = _BEYOND if seq is None else seq
        return self._look(0, high, _Search(wanted, limit, _BEYOND, newest_first=True)).rows

    def page_after(
        self, seq: int, *, wanted: EventFilter = ANY, limit: int = MOST, looks: int = _BEYOND
    ) -> Found:
        """Do as ``after``, and stop after looking at about so many entries."""
        return self._look(seq, _BEYOND, _Search(wanted, limit, looks, newest_first=False))

    def page_before(
        self, seq: int | None = None, *, wanted: EventFilter = ANY, limit: int = MOST, looks: int = _BEYOND
    ) -> Found:
        """Do as ``before``, and stop after looking at about so many entries."""
        high = _BEYOND if seq is None else seq
        return self._look(0, high, _Search(wanted, limit, looks, newest_first=True))

    def one(self, seq: int) -> EventRow | None:
        """Give the entry with this number, if there is one."""
        return next(iter(self.after(seq - 1, limit=1, until=seq + 1)), None)

    def last_seq(self) -> int:
        """Give the number of the newest entry, 0 in an empty record."""
        return self.end().last

    def end(self) -> End:
        """Tell how far the record has grown, and which record it is."""
        with self._open() as connection:
            return End(*_end(connection))

    def _look(self, low: int, high: int, search: _Search) -> Found:
        """Look at what lies between two numbers, stretch by stretch, from one end or the other."""
        where, values = search.wanted.conditions()
        sql = f"{SELECT_EVENT}{where} ORDER BY e.seq {'DESC' if search.newest_first else 'ASC'} LIMIT ?"
        limit, looks, rows = min(search.limit, MOST), search.looks, list[EventRow]()
        with self._open() as connection:
            epoch, last = _end(connection)
            high = max(min(high, last + 1), low + 1)
            while high - low > 1 and looks > 0 and len(rows) < limit:
                if search.newest_first:
                    begin, end = max(low, high - STRETCH - 1), high
                else:
                    begin, end = low, min(high, low + STRETCH + 1)
                found = connection.execute(sql, (begin, end, *values, limit - len(rows))).fetchall()
                rows += map(event_row, found)
                full = len(rows) == limit
                if search.newest_first:
                    high = rows[-1].seq if full else begin + 1
                else:
                    low = rows[-1].seq if full else end - 1
                looks -= STRETCH
        return Found(rows, high if search.newest_first else low, high - low > 1, epoch, last)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(reader(self._path, busy_ms=_PATIENCE_MS)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise RecordUnavailable(f"{self._path.name}: {error}") from error


def _end(connection: sqlite3.Connection) -> tuple[str, int]:
    epoch, last = connection.execute(_END).fetchone()
    return str(epoch), int(last)
