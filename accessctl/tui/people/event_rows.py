"""What happened around a person, as rows of a table: who it was is not said again."""

from datetime import datetime
from typing import Final

from accessctl.client import Event
from accessctl.tui.event_words import Names, type_words, where_of, why_of
from accessctl.tui.lines import Cell, Column, Row
from accessctl.tui.look import Tone, event_mark, event_tone
from accessctl.tui.times import when
from accessctl.tui.words import _

COLUMNS: Final = (
    Column(_("When"), 16),
    Column("", 1),
    Column(_("What"), 22),
    Column(_("Where"), 19, from_width=70),
    Column(_("Why")),
)


def row_of(event: Event, names: Names, now: datetime) -> Row:
    """Put an entry in a row. ``names``: of doors and access points."""
    type_ = event["type"]
    return (
        Cell(when(event["at"], now), Tone.DIM),
        Cell(event_mark(type_), event_tone(type_)),
        Cell(type_words(type_), event_tone(type_)),
        Cell(where_of(event, names), Tone.DIM),
        Cell(why_of(event), Tone.DIM),
    )
