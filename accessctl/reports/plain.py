"""A report as plain lines: one record a line, its fields with tabs between them, no heading and no colour.

The first field says what a line is: ``title``, ``fact``, ``summary``, ``note``, ``bar`` or ``row``. A row
names its table, a bar its chart and what is counted. Instants are ISO 8601, lengths of time seconds.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from accessctl.reports.cells import amount
from accessctl.reports.value import Cell, Named, Report

_NOTHING: Final = "-"


def plain_lines(report: Report) -> Iterator[tuple[str, ...]]:
    """Give the fields of each line. Whoever prints them keeps tabs and line breaks in them apart."""
    yield "title", report.title, report.site
    span: tuple[tuple[str, Cell], ...] = (("since", report.since), ("until", report.until))
    for name, cell in (*span, ("made", report.made_at), *report.facts):
        yield "fact", name, machine(cell) or _NOTHING
    for each in report.summary:
        yield "summary", each
    for chart in report.charts:
        for series in chart.series:
            for label, value in zip(chart.labels, series.values, strict=True):
                bar = (chart.title, series.name or _NOTHING, label)
                yield "bar", *bar, amount(value).replace(",", ""), chart.unit or _NOTHING
    for table in report.tables:
        for row in table.rows:
            yield "row", table.title, *(machine(cell) or _NOTHING for cell in row)
    for each in report.notes:
        yield "note", each


def machine(cell: Cell) -> str:
    """Give a cell as programs read it; nothing for none. A person or a place is its id and its name."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case timedelta():
            return f"{cell.total_seconds():.0f}"
        case Named():
            return f"{cell.id} {cell.name}" if cell.name and cell.name != cell.id else cell.id
        case tuple():
            return ", ".join(map(machine, cell))
        case _:
            return str(cell)
