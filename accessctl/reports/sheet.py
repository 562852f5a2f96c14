"""The tables of a report as CSV (RFC 4180): for a spreadsheet, and no cell of it is a formula.

A person or a place has two columns: its id under the column's key, its name under ``key_name``. Where a
report has several tables, each has a line with its title before it and an empty line behind it.
"""

from collections.abc import Iterator

from accessctl.reports.plain import machine
from accessctl.reports.value import Cell, Column, Kind, Named, Report, Table
from accessctl.spreadsheets import csv_line

_NAMED = frozenset({Kind.PERSON, Kind.OPERATOR, Kind.PLACE})


def sheet(report: Report) -> str:
    """Give all tables; one alone without its title."""
    if len(report.tables) == 1:
        return "".join(_lines(report.tables[0]))
    return "\r\n".join("".join((csv_line([table.title]), *_lines(table))) for table in report.tables)


def _lines(table: Table) -> Iterator[str]:
    yield csv_line([name for column in table.columns for name in _headings(column)])
    for row in table.rows:
        pairs = zip(table.columns, row, strict=True)
        yield csv_line([word for column, cell in pairs for word in _cells(column, cell)])


def _headings(column: Column) -> tuple[str, ...]:
    return (column.key, f"{column.key}_name") if column.kind in _NAMED else (column.key,)


def _cells(column: Column, cell: Cell) -> tuple[str, ...]:
    if column.kind not in _NAMED:
        return (machine(cell).replace("\0", ""),)
    found = cell if isinstance(cell, tuple) else (cell,) if isinstance(cell, Named) else ()
    ids, names = (each.id for each in found), (each.name or "" for each in found)
    return (", ".join(ids), ", ".join(names).replace("\0", ""))
