"""What a report is: sentences, charts and tables, and what it cannot know. Values that read nothing.

A renderer needs nothing but the ``Report``. A screen takes the same as JSON (``as_json``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What stands in a column, so that whoever shows it knows how."""

    TEXT = "text"
    NUMBER = "number"
    INSTANT = "instant"
    DURATION = "duration"
    YES = "yes"
    PERSON = "person"
    OPERATOR = "operator"
    PLACE = "place"
    """An area, a door or an access point."""


class Shape(StrEnum):
    """How a chart is drawn."""

    BARS = "bars"
    """A bar for each label, one below the other: for what has names."""
    COLUMNS = "columns"
    """A column for each label, side by side: for what goes by time."""


class Tone(StrEnum):
    """What a series stands for; each has a colour of its own."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody, or an area, a door or an access point: the id, and the name as far as it may be seen."""

    id: str
    name: str | None = None

    @property
    def shown(self) -> str:
        """Give the name; the id where there is none."""
        return self.name or self.id


Cell = str | int | float | bool | datetime | timedelta | Named | tuple[Named, ...] | None
"""What stands in one place of a table. ``datetime`` is aware; ``None`` is nothing to say."""
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    key: str
    """What JSON and CSV call it."""
    heading: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: int | None = None
    """How many rows there would be, where not all of them are given."""
    note: str = ""
    """What has to be known to read it."""
    empty: str = "Nothing."
    """What is said in place of no rows."""

    @property
    def left_out(self) -> int:
        """How many rows there are besides those that are given."""
        return 0 if self.total is None else max(0, self.total - len(self.rows))


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values of a chart, a value for each of its labels."""

    name: str
    values: tuple[float, ...]
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Chart:
    """Values by label; several series are drawn one upon the other."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    """What is counted: ``refusals``; for lengths of time ``hours``."""
    shape: Shape = Shape.BARS

    def sums(self) -> tuple[float, ...]:
        """Give how high each bar is."""
        return tuple(sum(each.values[at] for each in self.series) for at in range(len(self.labels)))


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody wanted to know, and what there is to say."""

    kind: str
    """Which report it is: a word of the command line and of the API."""
    title: str
    site: str
    zone: str
    """The site's time zone, in which instants are shown: a name of the IANA database."""
    made_at: datetime
    since: datetime | None
    """From this instant on (included); ``None``: from the first entry that there is, or it is about now."""
    until: datetime | None
    """Until this instant (not included)."""
    summary: tuple[str, ...]
    """What it says, in sentences: the first alone says what matters most."""
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    """What it cannot know, and what it left out."""
    facts: tuple[tuple[str, Cell], ...] = ()
    """What else stands at its head: what it was asked for; of a signed one, who signed, and its digest."""
    record_seq: int | None = None
    """Up to which entry the record was read."""
