"""Reads the record for reports: in stretches of numbers, so that no long read keeps it from being moved."""

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from accessctl.store.alarm_kinds import SILENT
from accessctl.store.connect import reader
from accessctl.store.entry import first_ms, instant
from accessctl.store.errors import RecordUnavailable
from policies.event_types import EventType
from policies.retention import EventClass

STRETCH: Final = 20_000
_PATIENCE_MS: Final = 2000
_ENTRY: Final = "seq, at_ms, type, door, access_point, person, credential, reason"
_SILENT: Final = ", ".join(f"'{each.value}'" for each in sorted(SILENT))
_HIDDEN: Final = (
    f" AND type NOT IN ({_SILENT})"
    f" AND (type <> 'alarm_acknowledged'"
    f" OR coalesce(json_extract(detail, '$.alarm_type'), '') NOT IN ({_SILENT}))"
)
"""Leaves out silent alarms, and that somebody took notice of one."""


class Entry(NamedTuple):
    """One entry of the record, as far as reports go by it."""

    seq: int
    at_ms: int
    """Milliseconds since 1970: an instant is made only of those that are shown."""
    type: str
    door: str | None
    access_point: str | None
    person: str | None
    credential: str | None
    reason: str | None
    detail: str | None = None
    """JSON, where it was asked for."""

    @property
    def at(self) -> datetime:
        """When it happened."""
        return instant(self.at_ms)

    @property
    def said(self) -> dict[str, Any]:
        """Give the detail."""
        return json.loads(self.detail) if self.detail else {}


@dataclass(frozen=True, slots=True)
class Want:
    """Which entries are wanted; what is ``None`` does not matter."""

    types: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    person: str | None = None
    door: str | None = None
    operator: bool = False
    """Only those in which an operator did something."""
    detail: bool = False
    """Whether the detail is wanted as well."""


class RecordScan:
    """Reads ``record.db`` from its first entry to the one that is the newest when it is first asked.

    ``silent``: whether silent alarms are told. Everything raises ``RecordUnavailable``.
    """

    def __init__(self, path: Path, *, silent: bool) -> None:
        """Remember where the file is."""
        self._path, self._silent = path, silent

    @cached_property
    def last(self) -> int:
        """The number of the newest entry, 0 in an empty record."""
        return int(self._rows("SELECT coalesce(max(seq), 0) FROM event")[0][0])

    @cached_property
    def first_at(self) -> datetime | None:
        """When the first entry that is there happened; ``None`` in an empty record."""
        rows = self._rows("SELECT at_ms FROM event ORDER BY seq LIMIT 1")
        return instant(rows[0][0]) if rows else None

    @cached_property
    def absent(self) -> int:
        """How many entries up to the newest one are there no more."""
        rows = self._rows("SELECT count(*) FROM event WHERE seq <= ?", self.last)
        return self.last - int(rows[0][0])

    @cached_property
    def access_since(self) -> datetime | None:
        """From when on the record tells who wanted to pass: what was before is pruned, or was never in it.

        ``None`` in an empty record, which tells nothing of any time.
        """
        if self.first_at is None:
            return None
        sql = (
            "SELECT DISTINCT json_extract(detail, '$.before') FROM event"
            " WHERE type = ? AND json_extract(detail, '$.class') = ?"
        )
        pruned = self._rows(sql, EventType.LOG_PRUNED.value, EventClass.ACCESS.value)
        # What is left first is no beginning where older entries were pruned.
        return max((datetime.fromisoformat(before) for (before,) in pruned), default=self.first_at)

    def entries(self, want: Want) -> Iterator[Entry]:
        """Give the entries that are wanted, in the order of their numbers."""
        where, values = self._where(want)
        # NOTE: only names of columns that stand in this file go into the text.
        columns = f"{_ENTRY}, detail" if want.detail else _ENTRY
        sql = f"SELECT {columns} FROM event WHERE seq > ? AND seq <= ?{where} ORDER BY seq"  # noqa: S608
        begin = 0
        try:
            with closing(reader(self._path, busy_ms=_PATIENCE_MS)) as connection:
                while begin < self.last:
                    end = min(begin + STRETCH, self.last)
                    # Read whole, so that the read is over before anything is made of it.
                    yield from map(Entry._make, self._padded(connection, sql, (begin, end, *values), want))
                    begin = end
        except sqlite3.Error as error:
            raise RecordUnavailable(f"{self._path.name}: {error}") from error

    def _padded(
        self, connection: sqlite3.Connection, sql: str, values: tuple[Any, ...], want: Want
    ) -> list[tuple[Any, ...]]:
        rows = connection.execute(sql, values).fetchall()
        return rows if want.detail else [(*row, None) for row in rows]

    def _where(self, want: Want) -> tuple[str, tuple[Any, ...]]:
        text, values = "" if self._silent else _HIDDEN, list[Any]()
        for condition, at in ((" AND at_ms >= ?", want.since), (" AND at_ms < ?", want.until)):
            if at is not None:
                text, values = text + condition, [*values, first_ms(at)]
        for condition, value in ((" AND person = ?", want.person), (" AND door = ?", want.door)):
            if value is not None:
                text, values = text + condition, [*values, value]
        if want.operator:
            text += " AND json_extract(detail, '$.operator') IS NOT NULL"
        if want.types is not None:
            text += f" AND type IN ({', '.join('?' * len(want.types))})"
            values += sorted(want.types)
        return text, tuple(values)

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            with closing(reader(self._path, busy_ms=_PATIENCE_MS)) as connection:
                return connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise RecordUnavailable(f"{self._path.name}: {error}") from error
