"""What is read of the record: pages of entries, in either direction, each joined with its run.

Each question opens the file for itself, so it may be asked from any thread, and it is a short read: a
long one would keep the record's checkpoint waiting.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from accessctl.store.connect import reader
from accessctl.store.entry import Detail, instant
from accessctl.store.errors import RecordUnavailable

MOST: Final = 1000
"""So many entries are given at once."""
_PATIENCE_MS: Final = 2000

_EVENT: Final = (
    "SELECT e.seq, e.at_ms, e.mono_ns, e.clock_synced, r.controller,"
    " (SELECT value FROM meta WHERE key = 'epoch'), r.boot, r.rules, r.version,"
    " e.type, e.door, e.access_point, e.person, e.credential, e.reason, e.detail"
    " FROM event e JOIN run r ON r.id = e.run WHERE e.seq > ? AND e.seq < ?"
)
_BEYOND: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which entries are wanted; what is ``None`` does not matter."""

    type: str | None = None
    door: str | None = None
    access_point: str | None = None
    person: str | None = None

    def wanted(self) -> Mapping[str, str]:
        """Give the columns that matter with their values."""
        columns = {
            "type": self.type,
            "door": self.door,
            "access_point": self.access_point,
            "person": self.person,
        }
        return {column: value for column, value in columns.items() if value is not None}


ANY: Final = EventFilter()


@dataclass(frozen=True, slots=True)
class EventRow:
    """One entry of the record, with its number and its run."""

    seq: int
    at: datetime
    mono_ns: int
    clock_synced: bool
    controller: str
    epoch: str
    """Names the database file, so that old numbers are never taken for new ones."""
    boot: str
    rules: str
    version: str
    type: str
    door: str | None
    access_point: str | None
    person: str | None
    credential: str | None
    reason: str | None
    detail: Detail


class EventQueries:
    """Reads ``record.db``. May be used from any thread."""

    def __init__(self, path: Path) -> None:
        """Remember where the file is."""
        self._path = path

    def after(
        self, seq: int, *, wanted: EventFilter = ANY, limit: int = MOST, until: int = _BEYOND
    ) -> list[EventRow]:
        """Give entries that come after a number, and before ``until``, the oldest first."""
        return self._page(seq, until, wanted, limit, "ASC")

    def before(
        self, seq: int | None = None, *, wanted: EventFilter = ANY, limit: int = MOST
    ) -> list[EventRow]:
        """Give entries that come before a number, or the last ones there are, the newest first."""
        return self._page(0, _BEYOND if seq is None else seq, wanted, limit, "DESC")

    def last_seq(self) -> int:
        """Give the number of the newest entry, 0 in an empty record. Raises ``RecordUnavailable``."""
        return int(self._all("SELECT coalesce(max(seq), 0) FROM event")[0][0])

    def _page(self, low: int, high: int, wanted: EventFilter, limit: int, order: str) -> list[EventRow]:
        columns = wanted.wanted()
        # Only names of columns go into the text, and they come from ``wanted`` above.
        where = "".join(f" AND e.{column} = ?" for column in columns)
        sql = f"{_EVENT}{where} ORDER BY e.seq {order} LIMIT ?"
        return [event_row(row) for row in self._all(sql, low, high, *columns.values(), min(limit, MOST))]

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            with closing(reader(self._path, busy_ms=_PATIENCE_MS)) as connection:
                return connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise RecordUnavailable(f"{self._path.name}: {error}") from error


def event_row(row: tuple[Any, ...]) -> EventRow:
    """Make a value of what ``SELECT`` gave."""
    seq, at_ms, mono_ns, synced, *facts, detail = row
    controller, epoch, boot, rules, version, type_, door, access_point, person, credential, reason = facts
    return EventRow(
        seq=seq,
        at=instant(at_ms),
        mono_ns=mono_ns,
        clock_synced=bool(synced),
        controller=controller,
        epoch=epoch,
        boot=boot,
        rules=rules,
        version=version,
        type=type_,
        door=door,
        access_point=access_point,
        person=person,
        credential=credential,
        reason=reason,
        detail=json.loads(detail) if detail else {},
    )
