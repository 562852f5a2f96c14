"""What the site file was, in rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from accessctl.tui.lines import Cell, Column, Row
from accessctl.tui.look import LIVE, NOTHING, Tone
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _

Revision = Mapping[str, Any]
COLUMNS: Final = (
    Column("", 1),
    Column(_("Revision"), 12),
    Column(_("When"), 16),
    Column(_("Who"), 18),
    Column(_("Why")),
)


def rows_of(revisions: Sequence[Revision]) -> list[Row]:
    """Give a row for each change, newest first; the first one is what lies there now."""
    return [_row(each, present=at == 0) for at, each in enumerate(revisions)]


def _row(each: Revision, *, present: bool) -> Row:
    by_hand = each["operator"] is None
    return (
        Cell(LIVE if present else "", Tone.GOOD),
        Cell(each["revision"], Tone.STRONG if present else Tone.PLAIN),
        day_and_minute(each["at"]),
        Cell(_("by hand"), Tone.DIM) if by_hand else each["operator"],
        each["reason"] or Cell(NOTHING if by_hand else "", Tone.DIM),
    )


def former_of(revisions: Sequence[Revision], at: int = 0) -> Revision | None:
    """Give what lay there before a change: the next older one that is another text."""
    return next((each for each in revisions[at + 1 :] if each["revision"] != revisions[at]["revision"]), None)
