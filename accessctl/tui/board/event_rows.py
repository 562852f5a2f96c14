"""Entries of the record as rows of a table."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from accessctl.client import Event
from accessctl.tui.board.door_words import type_words
from accessctl.tui.board.tile import who_of
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
_LEFT_OUT: Final = frozenset({"operator"})
"""Said elsewhere in the row."""

Names = Mapping[str, str]
"""By the id of a door or an access point: what it is called."""


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
        Cell(event["reason"] or details_of(event), Tone.DIM),
    )


def dated(now: Callable[[], datetime]) -> Callable[[str], str]:
    """Give what writes an instant with its day where it is not of today."""
    return lambda at: when(at, now())


def where_of(event: Event, names: Names) -> str:
    """Give where it was: the access point where it was at one, else the door."""
    at = event["access_point"] or event["door"] or ""
    return names.get(at, at)


def details_of(event: Event) -> str:
    """Give in one line what an entry says besides."""
    told = (f"{name} {_plain(value)}" for name, value in event["detail"].items() if name not in _LEFT_OUT)
    return ", ".join(told)


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever an entry holds
    return str(value).replace("\n", " ")


def names_of(status: Mapping[str, Any] | None) -> dict[str, str]:
    """Give what doors and access points are called (``GET /status``)."""
    if status is None:
        return {}
    points = {reader["access_point"]: str(reader["name"]) for reader in status["readers"]}
    return points | {door["id"]: str(door["name"]) for door in status["doors"]}
