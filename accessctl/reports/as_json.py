"""A report as JSON, and back: instants as ISO 8601 in UTC, lengths of time in seconds.

A row is an object by the keys of its columns. A person or a place is ``{"id": …, "name": …}``, with ``null``
for a name that is not known or may not be seen.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from accessctl.reports.value import Cell, Chart, Column, Kind, Named, Report, Row, Series, Shape, Table, Tone


def to_json(report: Report) -> dict[str, Any]:
    """Give a report as what ``json`` can write."""
    return {
        "kind": report.kind,
        "title": report.title,
        "site": report.site,
        "zone": report.zone,
        "made_at": _cell(report.made_at),
        "since": _cell(report.since),
        "until": _cell(report.until),
        "record_seq": report.record_seq,
        "facts": [
            {"name": name, "kind": _kind_of(value).value, "value": _cell(value)}
            for name, value in report.facts
        ],
        "summary": list(report.summary),
        "charts": [_chart(each) for each in report.charts],
        "tables": [_table(each) for each in report.tables],
        "notes": list(report.notes),
    }


def from_json(said: dict[str, Any]) -> Report:
    """Read what ``to_json`` gave. Raises ``KeyError``, ``TypeError`` or ``ValueError`` for anything else."""
    return Report(
        kind=said["kind"],
        title=said["title"],
        site=said["site"],
        zone=said["zone"],
        made_at=datetime.fromisoformat(said["made_at"]),
        since=None if said["since"] is None else datetime.fromisoformat(said["since"]),
        until=None if said["until"] is None else datetime.fromisoformat(said["until"]),
        summary=tuple(said["summary"]),
        charts=tuple(_chart_in(each) for each in said["charts"]),
        tables=tuple(_table_in(each) for each in said["tables"]),
        notes=tuple(said["notes"]),
        facts=tuple((each["name"], _value_in(each["value"], Kind(each["kind"]))) for each in said["facts"]),
        record_seq=said["record_seq"],
    )


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "title": chart.title,
        "unit": chart.unit,
        "shape": chart.shape.value,
        "labels": list(chart.labels),
        "series": [
            {"name": each.name, "tone": each.tone.value, "values": list(each.values)} for each in chart.series
        ],
    }


def _chart_in(said: dict[str, Any]) -> Chart:
    series = tuple(
        Series(each["name"], tuple(map(float, each["values"])), Tone(each["tone"])) for each in said["series"]
    )
    return Chart(said["title"], tuple(said["labels"]), series, said["unit"], Shape(said["shape"]))


def _table(table: Table) -> dict[str, Any]:
    keys = [each.key for each in table.columns]
    return {
        "title": table.title,
        "columns": [
            {"key": each.key, "heading": each.heading, "kind": each.kind.value} for each in table.columns
        ],
        "rows": [dict(zip(keys, map(_cell, row), strict=True)) for row in table.rows],
        "total": len(table.rows) if table.total is None else table.total,
        "note": table.note,
        "empty": table.empty,
    }


def _table_in(said: dict[str, Any]) -> Table:
    columns = tuple(Column(each["key"], each["heading"], Kind(each["kind"])) for each in said["columns"])
    rows = tuple(_row_in(row, columns) for row in said["rows"])
    return Table(said["title"], columns, rows, said["total"], said["note"], said["empty"])


def _row_in(row: dict[str, Any], columns: tuple[Column, ...]) -> Row:
    return tuple(_value_in(row[each.key], each.kind) for each in columns)


def _cell(cell: Cell) -> Any:  # noqa: ANN401 - whatever JSON has
    match cell:
        case datetime():
            return cell.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case timedelta():
            return cell.total_seconds()
        case Named():
            return {"id": cell.id, "name": cell.name}
        case tuple():
            return [{"id": each.id, "name": each.name} for each in cell]
        case _:
            return cell


def _value_in(value: Any, kind: Kind) -> Cell:  # noqa: ANN401 - whatever JSON has
    match kind:
        case _ if value is None:
            return None
        case Kind.INSTANT:
            return datetime.fromisoformat(value)
        case Kind.DURATION:
            return timedelta(seconds=value)
        case Kind.PERSON | Kind.OPERATOR | Kind.PLACE if isinstance(value, list):
            return tuple(Named(each["id"], each["name"]) for each in value)
        case Kind.PERSON | Kind.OPERATOR | Kind.PLACE:
            return Named(value["id"], value["name"])
        case Kind.YES:
            return bool(value)
        case Kind.NUMBER if not isinstance(value, int | float):
            raise ValueError(f"{value!r} is no number")
        case Kind.NUMBER | Kind.TEXT:
            found: Cell = value
            return found


def _kind_of(cell: Cell) -> Kind:
    match cell:
        case bool():
            return Kind.YES
        case int() | float():
            return Kind.NUMBER
        case datetime():
            return Kind.INSTANT
        case timedelta():
            return Kind.DURATION
        case Named() | tuple():
            return Kind.PLACE
        case _:
            return Kind.TEXT
