"""An entry as a line of a table, and the columns of that table."""

from typing import Final

from accessctl.client import Event
from accessctl.tui.event_words import Names, type_words, where_of, who_of, why_of
from accessctl.tui.line_rows import Cell, Column, Row
from accessctl.tui.look import Tone, event_mark, event_tone
from accessctl.tui.times import clock, day_and_clock
from accessctl.tui.words import _, many

_WIDE: Final = 116
COLUMNS: Final = (
    Column("", 2),
    Column(_("Number"), 9, from_width=_WIDE),
    Column(_("Time"), 14, to_width=_WIDE - 1),
    Column(_("Time"), 19, from_width=_WIDE),
    Column(_("What"), 26, to_width=_WIDE - 1),
    Column(_("What"), 30, from_width=_WIDE),
    Column(_("Where"), 19, to_width=_WIDE - 1),
    Column(_("Where"), 21, from_width=_WIDE),
    Column(_("Who"), to_width=95),
    Column(_("Who"), 18, from_width=96, to_width=_WIDE - 1),
    Column(_("Who"), 18, from_width=_WIDE),
    Column(_("Why"), from_width=96),
)
_QUIET: Final = frozenset({Tone.PLAIN, Tone.GOOD})
"""Tones of which the mark is coloured and not the words: most entries are of these."""


def line_of(event: Event, names: Names) -> Row:
    """Give an entry's cells. ``names``: of doors and access points."""
    tone = event_tone(event["type"])
    what = Cell(type_words(event["type"]), Tone.PLAIN if tone in _QUIET else tone)
    at = day_and_clock(event["at"])
    where = where_of(event, names)
    who = Cell(who_of(event), Tone.STRONG if event["person"] else Tone.DIM)
    sure = Tone.PLAIN if event["clock_synced"] else Tone.DIM
    return (
        Cell(f" {event_mark(event['type'])}", tone),
        Cell(f"{event['seq']:>9,}", Tone.DIM),
        Cell(f"{at[5:10]} {clock(event['at'])}", sure),
        Cell(at, sure),
        what,
        what,
        where,
        where,
        *(who,) * 3,
        Cell(why_of(event), Tone.DIM),
    )


def counted(entries: int) -> str:
    """Say how many entries there are."""
    return many("{count} entry", "{count} entries", entries).replace(str(entries), f"{entries:,}")
