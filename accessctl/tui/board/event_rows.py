"""Entries of the record as rows of a table."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from accessctl.client import Event
from accessctl.tui.event_words import Names, type_words, where_of, who_of, why_of
from accessctl.tui.lines import Cell, Column, Row
from accessctl.tui.look import Tone, event_mark, event_tone
from accessctl.tui.times import clock, when
from accessctl.tui.words import _

_TIME: Final = 8
_LONG_TIME: Final = 16
_TYPE: Final = 27
_WHERE: Final = 18
_WHO: Final = 18
_ROOM_FOR_WHERE: Final = 66
_ROOM_FOR_WHERE_AND_DAY: Final = 86
"""So wide is a table that names the place and still has room for whole names."""
_ROOM_FOR_WHY: Final = 96


def columns(*, days: bool) -> tuple[Column, ...]:
    """Give the columns; ``days``: entries may be older than a day."""
    return (
        Column(_("Time"), _LONG_TIME if days else _TIME),
        Column("", 1),
        Column(_("What"), _TYPE),
        Column(_("Where"), _WHERE, from_width=_ROOM_FOR_WHERE_AND_DAY if days else _ROOM_FOR_WHERE),
        Column(_("Who"), _WHO),
        Column(_("Why"), from_width=_ROOM_FOR_WHY),
    )


def row_of(event: Event, names: Names, at: Callable[[str], str] = clock) -> Row:
    """Give an entry as a row for these columns."""
    tone = event_tone(event["type"])
    return (
        Cell(at(event["at"]), Tone.DIM),
        Cell(event_mark(event["type"]), tone),
        Cell(type_words(event["type"]), tone),
        Cell(where_of(event, names)),
        Cell(who_of(event), Tone.STRONG if event["person"] else Tone.DIM),
        Cell(why_of(event), Tone.DIM),
    )


def dated(now: Callable[[], datetime]) -> Callable[[str], str]:
    """Give what writes an instant with its day where it is not of today."""
    return lambda at: when(at, now())
