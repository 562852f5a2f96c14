"""An entry as a line of a table, and the columns of that table."""

from typing import Any, Final

from accessctl.client import Event
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
    Column(_("Where"), 13),
    Column(_("Who"), to_width=95),
    Column(_("Who"), 18, from_width=96, to_width=_WIDE - 1),
    Column(_("Who"), 18, from_width=_WIDE),
    Column(_("Why"), from_width=96),
)
_QUIET: Final = frozenset({Tone.PLAIN, Tone.GOOD})
"""Tones of which the mark is coloured and not the words: most entries are of these."""


def line_of(event: Event) -> Row:
    """Give an entry's cells."""
    tone = event_tone(event["type"])
    what = Cell(event["type"], Tone.PLAIN if tone in _QUIET else tone)
    at = day_and_clock(event["at"])
    who = Cell(who_of(event), Tone.STRONG if event["person"] else Tone.DIM)
    sure = Tone.PLAIN if event["clock_synced"] else Tone.DIM
    return (
        Cell(f" {event_mark(event['type'])}", tone),
        Cell(f"{event['seq']:>9,}", Tone.DIM),
        Cell(f"{at[5:10]} {clock(event['at'])}", sure),
        Cell(at, sure),
        what,
        what,
        event["access_point"] or event["door"] or "",
        *(who,) * 3,
        Cell(why_of(event), Tone.DIM),
    )


def who_of(event: Event) -> str:
    """Give whom an entry is about, and where it is about nobody the operator who did it."""
    return event["person_name"] or event["person"] or str(event["detail"].get("operator", ""))


def why_of(event: Event) -> str:
    """Give why, or what else the entry says."""
    if event["reason"]:
        return event["reason"]
    return ", ".join(f"{name} {value_of(value)}" for name, value in event["detail"].items())


def value_of(value: Any) -> str:  # noqa: ANN401 - a detail may be anything that JSON has
    """Give a value of an entry's detail as people read it."""
    match value:
        case bool():
            return _("yes") if value else _("no")
        case None:
            return ""
        case list():
            return ", ".join(value_of(each) for each in value)
        case dict():
            return ", ".join(f"{name} {value_of(each)}" for name, each in value.items())
        case _:
            return str(value)


def counted(entries: int) -> str:
    """Say how many entries there are."""
    return many("{count} entry", "{count} entries", entries).replace(str(entries), f"{entries:,}")
