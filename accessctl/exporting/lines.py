"""The record as lines of text, a stretch of it at a time, put together by SQLite itself.

A row costs SQLite two microseconds and Python eight, so SQLite writes whatever is plain. What it writes has
to be, byte for byte, what ``Leaves`` gives: a stretch in which anything is not plain (an instant out of the
ordinary, a run that is gone) is short of rows, and is then written by ``Leaves`` itself.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from accessctl.evidence.canonical import NotCanonical, canonical
from accessctl.evidence.cells import harmless, quoted
from accessctl.evidence.entry import EntryWrong, facts_of, is_plain
from accessctl.exporting.errors import ExportFailed
from accessctl.exporting.interrupting import ctrl_c_afterwards
from accessctl.exporting.wanted import Wanted
from accessctl.store.connect import check_schema, reader
from accessctl.store.leaves import Leaves
from accessctl.store.schemes import RECORD_SCHEMA

STRETCH: Final = 1000
"""So many numbers are looked at in one read: a few milliseconds, in which no checkpoint is held up."""
_SLOW_MS: Final = 5000
_CACHE_KIB: Final = 2048
_LAST_DAY: Final = 47_481
"""Days since 1970 that are written fast: until the end of 2099."""
_DAYS: Final = 400
"""So many are written down at once, when one is not known yet."""
_text: Final = json.JSONEncoder(ensure_ascii=False).encode


class Form(StrEnum):
    """How an entry is written on its line."""

    JSON = "json"
    """Canonical: the very bytes whose hash is in the tree."""
    CSV = "csv"


class Stretch(NamedTuple):
    """The lines of some entries."""

    entries: int
    """How many."""
    until: int
    """Up to this number everything is in it that is wanted."""
    lines: bytes
    """Each with its end."""


def _member(name: str) -> str:
    return f"""iif(e.{name} IS NULL, NULL, '"{name}":' || json_quote(e.{name}) || ',')"""


def _cell(name: str) -> str:
    # What may be a formula or has a NUL in it goes through the function that decides. Nearly everything that
    # is recorded begins with a letter or a digit; whatever a formula begins with is neither.
    odd = f"e.{name} < 'A' AND (e.{name} < '0' OR e.{name} >= ':') OR instr(e.{name}, char(0))"
    return f"""'"' || replace(iif({odd}, harmless(e.{name}), e.{name}), '"', '""') || '"'"""


_INSTANT: Final = "d.day, e.at_ms / 3600000 % 24, e.at_ms / 60000 % 60, e.at_ms / 1000 % 60, e.at_ms % 1000"
_CLOCK: Final = "%s%02d:%02d:%02d.%03dZ"
_DETAIL: Final = "iif(e.detail IS NULL OR e.detail = '', NULL, as_{}(e.detail))"
_JSON_LINE: Final = (
    f"""printf('{{%s"at":"{_CLOCK}",%s%s%s%s"epoch":"@","mono_us":%d,"""
    """%s%s%s%s"seq":%d,"synced":%s,"type":%s,%s}\n',"""
    f" {_member('access_point')}, {_INSTANT}, r.place, {_member('credential')},"
    f" {_DETAIL.format('member')}, {_member('door')},"
    f" e.mono_ns / 1000, {_member('person')}, {_member('reason')}, r.rules, {_member('seal')}, e.seq,"
    " iif(e.clock_synced, 'true', 'false'), json_quote(e.type), r.version)"
)
_CSV_LINE: Final = (
    f"printf('%d,{_CLOCK},%s,%s,%s,%s,%s,%s,%s,%s,%s,%d,%s\r\n', e.seq, {_INSTANT},"
    f" {', '.join(map(_cell, ('type', 'door', 'access_point', 'person', 'credential', 'reason')))},"
    f" {_DETAIL.format('cell')}, {_cell('seal')}, iif(e.clock_synced, 'true', 'false'),"
    " e.mono_ns / 1000, r.cells)"
)
_LINE: Final[Mapping[Form, str]] = {Form.JSON: _JSON_LINE, Form.CSV: _CSV_LINE}
# CROSS JOIN keeps the order in which SQLite goes through the tables: the record's own, by its numbers.
_FROM: Final = (
    " FROM event e CROSS JOIN temp.day d ON d.id = e.at_ms / 86400000 AND e.at_ms >= 0 AND e.mono_ns >= 0"
    " CROSS JOIN temp.said r ON r.run = e.run WHERE e.seq > ? AND e.seq <= ?"
)


_PUT_DAYS: Final = (
    "INSERT OR IGNORE INTO temp.day"
    " WITH RECURSIVE n (i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    " SELECT i, strftime('%Y-%m-%dT', i * 86400, 'unixepoch') FROM n"
)


@dataclass(slots=True)
class _Sql:
    """The questions for one form and one wish."""

    fast: str
    count: str
    numbers: str

    @classmethod
    def of(cls, form: Form, wanted: Wanted, epoch: str) -> Self:
        line = _LINE[form].replace("@", epoch.replace("%", "%%").replace("'", "''"))
        where = f" FROM event e WHERE e.seq > ? AND e.seq <= ?{wanted.condition}"
        return cls(
            f"SELECT count(*), CAST(group_concat({line}, '') AS BLOB){_FROM}{wanted.condition}",
            f"SELECT count(*){where}",
            f"SELECT e.seq{where} ORDER BY e.seq",
        )


class Lines:
    """Reads one record as lines. Used from one thread. Everything raises ``ExportFailed``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """``connection`` reads the record and may make temporary tables."""
        self._connection = connection
        self._leaves = Leaves(connection)
        connection.create_function("as_member", 1, _as_member, deterministic=True)
        connection.create_function("as_cell", 1, _as_cell, deterministic=True)
        connection.create_function("harmless", 1, harmless, deterministic=True)
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB:d}")
        connection.execute("PRAGMA query_only = OFF")
        connection.execute("CREATE TEMP TABLE day (id INTEGER PRIMARY KEY, day TEXT NOT NULL)")
        connection.execute(
            "CREATE TEMP TABLE said"
            " (run INTEGER PRIMARY KEY, place TEXT, rules TEXT, version TEXT, cells TEXT)"
        )

    @classmethod
    def open(cls, record: Path) -> Self:
        """Open a record. Raises ``ExportFailed``."""
        try:
            connection = reader(record, busy_ms=_SLOW_MS)
            try:
                check_schema(connection, RECORD_SCHEMA)
                return cls(connection)
            except BaseException:
                connection.close()
                raise
        except (sqlite3.Error, OSError) as error:
            raise ExportFailed(f"{record}: {error}") from error

    def close(self) -> None:
        """Close the record."""
        self._connection.close()

    @property
    def epoch(self) -> str:
        """Names the record's file."""
        return self._leaves.epoch

    @property
    def last_seq(self) -> int:
        """The number of the newest entry, 0 in an empty record."""
        (last,) = self._asked("SELECT max(seq) FROM event", ())[0]
        return int(last or 0)

    @property
    def connection(self) -> sqlite3.Connection:
        """What it reads through."""
        return self._connection

    def stretches(
        self, form: Form, after: int, until: int, wanted: Wanted = Wanted(), size: int = STRETCH
    ) -> Iterator[Stretch]:
        """Give the entries after a number, up to and with another, ``size`` numbers at a time."""
        sql = _Sql.of(form, wanted, self.epoch)
        while after < until:
            end = min(after + size, until)
            yield self._stretch(form, sql, (after, end, *wanted.values))
            after = end

    def _stretch(self, form: Form, sql: _Sql, values: tuple[int, ...]) -> Stretch:
        after, until, *_ = values
        count, lines = self._asked(sql.fast, values)[0]
        if count < until - after and count != self._count(sql, values):
            self._learn(*values[:2])
            count, lines = self._asked(sql.fast, values)[0]
            if count != self._count(sql, values):
                return self._slowly(form, sql, values)
        return Stretch(count, until, lines or b"")

    def _count(self, sql: _Sql, values: tuple[int, ...]) -> int:
        return int(self._asked(sql.count, values)[0][0])

    def _slowly(self, form: Form, sql: _Sql, values: tuple[int, ...]) -> Stretch:
        lines = []
        for (seq,) in self._asked(sql.numbers, values):
            try:
                ((_seq, leaf),) = self._leaves.after(seq - 1, 1)
                lines.append(_WRITTEN[form](leaf))
            except (EntryWrong, TypeError, ValueError, OverflowError, sqlite3.Error) as error:
                raise ExportFailed(f"entry {seq} cannot be written: {error}", seq) from error
        return Stretch(len(lines), values[1], b"".join(lines))

    def _learn(self, after: int, until: int) -> None:
        """Write down what days and runs look like on the lines: those of these entries, and what follows."""
        self._asked("PRAGMA query_only = OFF", ())
        days = (
            "SELECT DISTINCT at_ms / 86400000 FROM event WHERE seq > ? AND seq <= ? AND at_ms / 86400000 <= ?"
            " EXCEPT SELECT id FROM temp.day"
        )
        for (day,) in self._asked(days, (after, until, _LAST_DAY)):
            self._asked(_PUT_DAYS, (day, day + _DAYS))
        self._asked("DELETE FROM temp.said", ())
        runs = self._asked("SELECT id, boot, controller, rules, version FROM main.run", ())
        for id_, boot, controller, rules, version in runs:
            place = f'"boot":{_text(boot)},"controller":{_text(controller)},'
            cells = ",".join(map(quoted, (controller, self.epoch, boot, rules, version)))
            said = (id_, place, f'"rules":{_text(rules)},', f'"version":{_text(version)}', cells)
            self._asked("INSERT INTO temp.said VALUES (?, ?, ?, ?, ?)", said)
        self._asked("PRAGMA query_only = ON", ())

    def _asked(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            with ctrl_c_afterwards():
                return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise ExportFailed(f"the record cannot be read: {error}") from error


def written_canonically(detail: str) -> str:
    """Write what is kept of an entry's detail as ``Leaves`` does."""
    if is_plain(detail):
        return detail
    try:
        return canonical(json.loads(detail)).decode()
    except (NotCanonical, ValueError, RecursionError):
        return _text(detail)


@lru_cache(maxsize=1024)
def _as_member(detail: str) -> str:
    return f'"detail":{written_canonically(detail)},'


@lru_cache(maxsize=1024)
def _as_cell(detail: str) -> str:
    return quoted(written_canonically(detail))


_WRITTEN: Final[dict[Form, Callable[[bytes], bytes]]] = {
    Form.JSON: lambda leaf: leaf + b"\n",
    Form.CSV: lambda leaf: facts_of(leaf).csv_line.encode(),
}
