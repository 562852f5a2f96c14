"""Open alarms as rows and words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from accessctl.client import Alarm
from accessctl.tui.board.door_words import short_time
from accessctl.tui.event_words import Names, type_words, where_of
from accessctl.tui.lines import Cell, Column, Row
from accessctl.tui.look import ALARM, GRANTED, Tone
from accessctl.tui.standing import Standing
from accessctl.tui.words import _

_SINCE: Final = 5


def columns() -> tuple[Column, ...]:
    """Give the columns of a list of alarms."""
    return (
        Column(_("Since"), _SINCE),
        Column("", 1),
        Column(_("Alarm"), 22),
        Column(_("Where"), 18),
        Column(_("How it is")),
    )


def row_of(alarm: Alarm, names: Names, now: datetime) -> Row:
    """Give an alarm as a row."""
    new = alarm["acknowledged"] is None
    return (
        # There is room for the day alone; its entry has the year.
        Cell(short_time(alarm["since"], now)[-_SINCE:], Tone.DIM),
        Cell(ALARM if new else GRANTED, Tone.BAD if new else Tone.DIM),
        Cell(type_words(alarm["type"]), Tone.BAD if new else Tone.PLAIN),
        Cell(where_of(alarm, names)),
        Cell(state_of(alarm), Tone.PLAIN if new else Tone.DIM),
    )


def state_of(alarm: Alarm) -> str:
    """Say whether it is so still, and who has taken notice."""
    over = alarm["lasts"] and alarm["restored_at"] is not None
    state = _("over") if over else _("so still") if alarm["lasts"] else _("happened")
    if (noted := alarm["acknowledged"]) is None:
        return _("{state}; unacknowledged").format(state=state)
    note = f": {noted['note']}" if noted["note"] else ""
    return _("{state}; acknowledged by {operator}").format(state=state, operator=noted["by"]) + note


def unanswered(alarms: Iterable[Alarm]) -> list[Alarm]:
    """Give those that nobody has acknowledged."""
    return [alarm for alarm in alarms if alarm["acknowledged"] is None]


def is_at(alarm: Alarm, door: str, standing: Standing) -> bool:
    """Tell whether an alarm is of a door or of one of its readers."""
    points = {reader["access_point"] for reader in standing.readers_of(door)}
    return alarm["door"] == door or alarm["access_point"] in points
