"""Exports for those who calculate: Parquet, by pyarrow, which only this export loads."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from accessctl.evidence.entry import COLUMNS
from accessctl.exporting.errors import ExportFailed
from accessctl.exporting.lines import Lines, written_canonically
from accessctl.exporting.part import new_file
from accessctl.exporting.rows import Begin, Exported
from accessctl.exporting.wanted import Wanted

if TYPE_CHECKING:
    import pyarrow as pa

ROWS: Final = 4096
"""So many numbers are read at once."""
GROUP: Final = 4
"""So many portions make a group of rows, which is what is in memory."""
_SELECT: Final = (
    "SELECT e.seq, e.at_ms, e.type, e.door, e.access_point, e.person, e.credential, e.reason, e.detail,"
    " e.seal, e.clock_synced, e.mono_ns / 1000, e.run FROM event e WHERE e.seq > ? AND e.seq <= ?"
)
_DETAIL, _SYNCED, _RUN = 8, 10, 12


def export_parquet(record: Path, target: Path, wanted: Wanted, begin: Begin) -> Exported:
    """Write the entries that are wanted as Parquet. Raises ``ExportFailed`` and ``OSError``.

    The columns are those of the CSV. ``at`` is an instant in UTC to the millisecond.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise ExportFailed(
            "Parquet is written by pyarrow, which is not installed: accessctl[parquet]"
        ) from None
    pa.set_cpu_count(1)  # one core is enough for what has time: doors need the others
    with closing(Lines.open(record)) as lines, new_file(target) as file:
        last, entries = lines.last_seq, 0
        step = begin(last)
        reading = _Reading(lines, wanted, pa)
        with parquet.ParquetWriter(file, reading.schema, compression="zstd") as writer:
            for table, looked_at in reading.groups(last):
                writer.write_table(table)
                entries += table.num_rows
                step(looked_at)
    return Exported("parquet", entries, last, wanted)


class _Reading:
    """Makes groups of rows of a record."""

    def __init__(self, lines: Lines, wanted: Wanted, arrow: Any) -> None:  # noqa: ANN401 - a module
        self._lines, self._wanted, self._pa = lines, wanted, arrow
        text = arrow.string()
        types = {
            "seq": arrow.int64(),
            "at": arrow.timestamp("ms", "UTC"),
            "synced": arrow.bool_(),
            "mono_us": arrow.int64(),
        }
        self.schema: pa.Schema = arrow.schema([(name, types.get(name, text)) for name in COLUMNS])
        self._runs: dict[int, tuple[str, ...]] = {}

    def groups(self, last: int) -> Iterator[tuple["pa.Table", int]]:
        """Give tables and how many numbers each went through."""
        after = 0
        while after < last:
            end = min(after + ROWS * GROUP, last)
            batches = [self._batch(at, min(at + ROWS, end)) for at in range(after, end, ROWS)]
            yield self._pa.Table.from_batches(batches, self.schema), end - after
            after = end

    def _batch(self, after: int, until: int) -> "pa.RecordBatch":
        sql = f"{_SELECT}{self._wanted.condition} ORDER BY e.seq"
        try:
            rows = self._lines.connection.execute(sql, (after, until, *self._wanted.values)).fetchall()
            columns: list[Any] = list(zip(*rows, strict=True)) if rows else [()] * (_RUN + 1)
            columns[_DETAIL] = [each and written_canonically(each) for each in columns[_DETAIL]]
            columns[_SYNCED] = [each != 0 for each in columns[_SYNCED]]
            columns[_RUN:] = self._of_runs(columns[_RUN])
        except (sqlite3.Error, TypeError) as error:  # TypeError: a row whose run is gone
            raise ExportFailed(f"the record cannot be read: {error}") from error
        arrays = [
            self._pa.array(column, type_) for column, type_ in zip(columns, self.schema.types, strict=True)
        ]
        return self._pa.record_batch(arrays, schema=self.schema)

    def _of_runs(self, runs: tuple[int, ...]) -> list[list[str]]:
        """Give the columns that a run says: controller, epoch, boot, rules, version."""
        said = [self._run(run) for run in runs]
        return [[each[place] for each in said] for place in range(5)]

    def _run(self, run: int) -> tuple[str, ...]:
        if run not in self._runs:
            sql = "SELECT controller, boot, rules, version FROM main.run WHERE id = ?"
            controller, *rest = self._lines.connection.execute(sql, (run,)).fetchone()
            self._runs[run] = (controller, self._lines.epoch, *rest)
        return self._runs[run]
