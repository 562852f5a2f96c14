"""Backups as lines and words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from accessctl.tui.line_rows import Cell, Row
from accessctl.tui.look import ALARM, GRANTED, LIVE, NOTHING, REFUSED, Tone
from accessctl.tui.system.amounts import how_large, how_old
from accessctl.tui.times import clock, day_and_minute
from accessctl.tui.words import _, many

Backup = Mapping[str, Any]
Checks = Mapping[str, Mapping[str, Any]]
"""By backup: what came of looking it through."""
_BAR: Final = 10


def backup_row(backup: Backup, checks: Checks, now: datetime) -> Row:
    """Give a backup as a line."""
    size = NOTHING if backup["size"] is None else how_large(backup["size"])
    marked, state = _state(backup, checks.get(backup["id"]))
    age = how_old(backup["at"], now)
    return (marked, backup["id"], day_and_minute(backup["at"]), age, size, backup["version"] or "", state)


def _state(backup: Backup, check: Mapping[str, Any] | None) -> tuple[Cell, Cell]:
    if backup["state"] == "making":
        done = round(backup["progress"] * _BAR)
        words = f"{_('making')} [{'#' * done}{'.' * (_BAR - done)}] {backup['progress']:.0%}"
        return Cell(LIVE, Tone.NOTE), Cell(words, Tone.NOTE)
    if backup["state"] == "failed":
        return Cell(REFUSED, Tone.BAD), Cell(_("failed: {why}").format(why=backup["why"]), Tone.BAD)
    if check is None:
        return Cell(" "), Cell(_("not checked"), Tone.DIM)
    if check["sound"]:
        words = _("whole, checked {time}").format(time=clock(check["at"]))
        return Cell(GRANTED, Tone.GOOD), Cell(words, Tone.GOOD)
    return Cell(ALARM, Tone.BAD), Cell(_("NOT WHOLE: {why}").format(why=check["problems"][0]), Tone.BAD)


def in_short(backup: Backup) -> str:
    """Say what is in a backup, and what is not."""
    files = ", ".join(f"{each['name']} {how_large(each['size'])}" for each in backup["files"])
    upto = backup["last_seq"]
    told = _("{controller}, up to entry {seq}").format(controller=backup["controller"], seq=upto)
    return "\n".join(each for each in (files, told if upto else "", backup["note"]) if each)


def summary(backups: list[Backup]) -> str:
    """Say in one line how many there are and how much room they take."""
    ready = [each for each in backups if each["size"] is not None]
    count = many("{count} backup", "{count} backups", len(ready))
    return f"{count}, {how_large(sum(each['size'] for each in ready))}" if ready else _("There is no backup.")
