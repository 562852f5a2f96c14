"""Reports on the wire."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from accessctl.operators.rights import Right
from accessctl.reports.catalogue import By
from accessctl.reports.value import Kind, Shape, Tone


class ReportKindModel(BaseModel):
    """A report that can be asked for."""

    kind: str
    title: str
    says: str
    right: Right
    """What whoever asks for it has to have."""
    may: bool
    """Whether whoever asks has it."""
    by: list[By]
    """What it can be asked to go by."""
    days: int | None
    """So far back it goes if nobody says since when; null: it is about now."""
    until: bool
    """Whether it can be asked to end before now."""


class SeriesModel(BaseModel):
    """Values of a chart, one for each of its labels."""

    name: str
    tone: Tone
    values: list[float]


class ChartModel(BaseModel):
    """Values by label; several series are drawn one upon the other."""

    title: str
    unit: str
    shape: Shape
    labels: list[str]
    series: list[SeriesModel]


class ColumnModel(BaseModel):
    """A column of a table."""

    key: str
    heading: str
    kind: Kind


class TableModel(BaseModel):
    """Rows by the keys of the columns.

    An instant is ISO 8601, a length of time seconds; a person, an operator or a place has ``id`` and ``name``
    (or is a list of such).
    """

    title: str
    columns: list[ColumnModel]
    rows: list[dict[str, Any]]
    total: int
    """How many rows there would be; more than are given where ``rows`` said so."""
    note: str
    empty: str
    """What to say in place of no rows."""


class FactModel(BaseModel):
    """What else stands at the head of a report."""

    name: str
    kind: Kind
    value: Any


class ReportModel(BaseModel):
    """A report: what it says, charts, tables, and what it cannot know."""

    model_config = ConfigDict(json_schema_extra={"description": "A report."})

    kind: str
    title: str
    site: str
    zone: str = Field(description="The site's time zone, in which a screen shows instants.")
    made_at: datetime
    since: datetime | None
    until: datetime | None
    record_seq: int | None = Field(description="Up to which entry the record was read.")
    facts: list[FactModel]
    summary: list[str]
    charts: list[ChartModel]
    tables: list[TableModel]
    notes: list[str]
