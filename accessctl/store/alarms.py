"""Alarms, as the record has them: when each began, whether it is over, and who has acknowledged it.

An alarm is an entry; nothing is kept twice. Its number leads to it, its end is the first entry after it that
ends it, and whoever acknowledged it stands in the people's store, since a note may name people.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from accessctl.store.alarm_kinds import ALARM, ALARM_END, KINDS, SILENT, STARTS, AlarmKind
from accessctl.store.connect import reader
from accessctl.store.entry import instant
from accessctl.store.errors import PeopleUnavailable, RecordUnavailable
from accessctl.store.event_row import SELECT_EVENT, EventRow, event_row
from accessctl.store.people_change import Fact, PeopleChanges, text_of
from policies.event_types import EventType

MOST_LOOKED_AT: Final = 2000
"""So many alarms are looked at for one page at most, so that the answer is never far."""
_PATIENCE_MS: Final = 2000
_ALARMS: Final = (
    SELECT_EVENT.replace("FROM event e", "FROM event e INDEXED BY event_alarm")
    + f" AND {ALARM} ORDER BY e.seq DESC LIMIT ?"
)
_ENDS: Final = (
    "SELECT e.seq, e.at_ms, e.type FROM event e INDEXED BY event_alarm_end"  # noqa: S608 - constants
    f" WHERE {ALARM_END} AND e.seq > ?"
)
_NOTES: Final = "SELECT seq, at, operator, note FROM alarm_note WHERE epoch = ? AND seq BETWEEN ? AND ?"
_BEYOND: Final = 2**63 - 1


class AlarmState(Enum):
    """Which alarms are wanted."""

    OPEN = "open"
    """Still so, or not acknowledged."""
    ACKNOWLEDGED = "acknowledged"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class AlarmEnd:
    """The entry with which an alarm was over."""

    seq: int
    at: datetime
    type: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who has taken notice of an alarm."""

    at: datetime
    operator: str
    note: str | None


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm."""

    entry: EventRow
    lasts: bool
    """Whether it is a state that ends; else it is something that happened."""
    end: AlarmEnd | None
    acknowledged: Acknowledgement | None

    @property
    def is_open(self) -> bool:
        """Whether somebody has to look after it: it is so still, or nobody has acknowledged it."""
        return self.acknowledged is None or (self.lasts and self.end is None)

    def is_in(self, state: AlarmState) -> bool:
        """Tell whether it is among those that are wanted."""
        match state:
            case AlarmState.OPEN:
                return self.is_open
            case AlarmState.ACKNOWLEDGED:
                return self.acknowledged is not None
            case AlarmState.ALL:
                return True


class AlarmQueries:
    """Reads alarms from ``record.db`` and their notes from ``people.db``. May be used from any thread."""

    def __init__(self, record: Path, people: Path) -> None:
        """Remember where the files are."""
        self._record, self._people = record, people

    def alarm(self, seq: int, *, silent: bool = True) -> AlarmRow | None:
        """Give the alarm with this number. Raises ``RecordUnavailable`` and ``PeopleUnavailable``."""
        with self._opened() as connection:
            rows = connection.all(_ALARMS, seq - 1, seq + 1, 1)
            found = list(self._alarms(connection, [event_row(row) for row in rows]))
        return next((row for row in found if silent or row.entry.type not in SILENT), None)

    def page(
        self, state: AlarmState, before: int | None, limit: int, *, silent: bool
    ) -> tuple[list[AlarmRow], int | None]:
        """Give alarms before a number, or the last ones there are, the newest first, and where to go on.

        Where many have to be looked at for few, there are fewer than ``limit``, and it goes on all the same.
        """
        found: list[AlarmRow] = []
        looked_at = 0
        with self._opened() as connection:
            while looked_at < MOST_LOOKED_AT:
                rows = connection.all(_ALARMS, 0, before or _BEYOND, limit)
                for row in self._alarms(connection, [event_row(row) for row in rows]):
                    before = row.entry.seq
                    if (silent or row.entry.type not in SILENT) and row.is_in(state):
                        found.append(row)
                        if len(found) == limit:
                            return found, before
                if len(rows) < limit:
                    return found, None
                looked_at += len(rows)
        return found, before

    def _opened(self) -> "closing[_Translated]":
        return closing(_Translated(self._record))

    def _alarms(self, connection: "_Translated", entries: list[EventRow]) -> Iterator[AlarmRow]:
        notes = self._notes(entries)
        for entry in entries:
            kind = KINDS[entry.type]
            end = _end_of(connection, entry, kind) if kind.ends else None
            yield AlarmRow(entry, bool(kind.ends), end, notes.get(entry.seq))

    def _notes(self, entries: list[EventRow]) -> Mapping[int, Acknowledgement]:
        if not entries:
            return {}
        wanted = (entries[0].epoch, entries[-1].seq, entries[0].seq)
        try:
            with closing(reader(self._people, busy_ms=_PATIENCE_MS)) as connection:
                rows = connection.execute(_NOTES, wanted).fetchall()
        except sqlite3.Error as error:
            raise PeopleUnavailable(f"{self._people.name}: {error}") from error
        return {
            seq: Acknowledgement(datetime.fromisoformat(at), operator, note)
            for seq, at, operator, note in rows
        }


class _Translated:
    """A connection whose faults are the record's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            if self._connection is None:
                self._connection = reader(self._path, busy_ms=_PATIENCE_MS)
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise RecordUnavailable(f"{self._path.name}: {error}") from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _end_of(connection: _Translated, entry: EventRow, kind: AlarmKind) -> AlarmEnd | None:
    """Find the first entry that ends an alarm: each kind of end is one look into the index."""
    found: list[tuple[Any, ...]] = []
    for end in kind.ends:
        columns = {column: getattr(entry, column) for column in kind.columns()}
        details = {fact: entry.detail.get(fact) for fact in kind.details()}
        found += _first(connection, entry.seq, end, columns, details)
    for start in STARTS if kind.anew else ():
        found += _first(connection, entry.seq, start, {"door": None}, {})
    if not found:
        return None
    seq, at_ms, type_ = min(found)
    return AlarmEnd(seq, instant(at_ms), type_)


def _first(
    connection: _Translated,
    after: int,
    kind: EventType,
    columns: Mapping[str, object],
    details: Mapping[str, object],
) -> list[tuple[Any, ...]]:
    # Only names of columns and facts go into the text, and they come from ``alarm_kinds``.
    where = "".join(f" AND e.{column} IS ?" for column in columns)
    where += "".join(f" AND json_extract(e.detail, '$.{fact}') IS ?" for fact in details)
    sql = f"{_ENDS} AND e.type = ?{where} ORDER BY e.seq LIMIT 1"
    return connection.all(sql, after, kind.value, *columns.values(), *details.values())


class AlarmWriter(PeopleChanges):
    """Writes who has acknowledged which alarm."""

    def acknowledge(self, alarm: EventRow, note: str | None, operator: str) -> bool:
        """Note that somebody has taken notice; ``False``: somebody had before, and that stands."""
        with self._change() as db:
            if _is_noted(db, alarm):
                return False
            at = text_of(self._now())
            db.table("alarm_note").insert(
                {"epoch": alarm.epoch, "seq": alarm.seq, "at": at, "operator": operator, "note": note}
            )
            facts: dict[str, Fact] = {"alarm": alarm.seq, "alarm_type": alarm.type, "note": note is not None}
            facts |= {} if alarm.door is None else {"door": alarm.door}
            self._tell(db, EventType.ALARM_ACKNOWLEDGED, operator, facts, person=None)
        return True


def _is_noted(db: Database, alarm: EventRow) -> bool:
    sql = "SELECT 1 FROM alarm_note WHERE epoch = ? AND seq = ?"
    return db.execute(sql, [alarm.epoch, alarm.seq]).fetchone() is not None
