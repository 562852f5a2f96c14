"""The entries of the record in which one person stands, and those that say what left the controller."""

from collections.abc import Collection, Iterator
from typing import Final

from accessctl.store.event_row import SELECT_EVENT, EventRow, event_row
from accessctl.store.events import STRETCH, EventQueries

_NAMED: Final = " AND (e.person = ? OR instr(e.detail, ?) OR e.type IN ({})) ORDER BY e.seq"


class SubjectEntries(EventQueries):
    """Reads ``record.db`` for a copy of what is held of somebody. May be used from any thread."""

    def about(self, person: str, types: Collection[str]) -> Iterator[list[EventRow]]:
        """Give every entry in which a person stands, and those of these types, a stretch at a time.

        Each stretch is a short read of its own. A stretch in which there is none gives an empty list. Raises
        ``RecordUnavailable``.
        """
        sql = SELECT_EVENT + _NAMED.format(", ".join("?" * len(types)))
        values = (person, f'"{person}"', *sorted(types))
        low, last = 0, self.last_seq()
        while low < last:
            high = min(low + STRETCH, last)
            with self._open() as connection:
                found = connection.execute(sql, (low, high + 1, *values)).fetchall()
            yield [event_row(row) for row in found]
            low = high
