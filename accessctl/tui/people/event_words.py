"""What happened around a person, as rows and as a page of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from accessctl.client import Event
from accessctl.tui.lines import Cell, Column, Row
from accessctl.tui.look import Tone, event_mark, event_tone
from accessctl.tui.times import day_and_clock, when
from accessctl.tui.words import _

COLUMNS: Final = (
    Column(_("When"), 16),
    Column("", 1),
    Column(_("What"), 22),
    Column(_("Where"), 14, from_width=64),
    Column(_("Why")),
)


def row_of(event: Event, now: datetime) -> Row:
    """Put an entry in a row."""
    type_ = event["type"]
    return (
        Cell(when(event["at"], now), Tone.DIM),
        Cell(event_mark(type_), event_tone(type_)),
        Cell(type_, event_tone(type_)),
        Cell(event["access_point"] or event["door"] or "", Tone.DIM),
        Cell(event["reason"] or detail_in_words(event["detail"]), Tone.DIM),
    )


def is_refusal(event: Event) -> bool:
    """Whether somebody was refused."""
    return event["type"].startswith("denied_")


def event_in_words(event: Event) -> str:
    """Put all of an entry in lines."""
    facts = {
        _("when"): day_and_clock(event["at"]),
        _("what"): event["type"],
        _("door"): event["door"],
        _("at"): event["access_point"],
        _("credential"): event["credential"],
        _("why"): event["reason"],
        **event["detail"],
        _("rules"): event["rules"],
        _("number"): event["seq"],
    }
    return "\n".join(f"{name:<14} {value}" for name, value in facts.items() if value not in (None, ""))


def detail_in_words(detail: Mapping[str, Any]) -> str:
    """Put what only this kind of entry has in one line."""
    return "  ".join(f"{name}: {value}" for name, value in detail.items())
