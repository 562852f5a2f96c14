"""An answer to "why" in rows and words: every check in order, and what it came to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from accessctl.client import Event
from accessctl.tui.lines import Cell, Column, Row
from accessctl.tui.look import GRANTED, NOTHING, REFUSED, Tone
from accessctl.tui.times import day_and_minute, instant
from accessctl.tui.words import _

COLUMNS: Final = (Column("", 1), Column(_("Check"), 29), Column(_("What came of it")))


def rows_of(explanation: Mapping[str, Any]) -> list[Row]:
    """Give a row for each check. Those behind the one that refuses were not reached."""
    rows: list[Row] = []
    decided = False
    for check in explanation["checks"]:
        rows.append(_row(check, reached=not decided))
        decided = decided or check["check"] == explanation["refused_by"]
    return rows


def objection_in(explanation: Mapping[str, Any], index: int) -> str:
    """Give in full what the check in this row has against it; nothing where it passed."""
    checks = explanation["checks"]
    return str(checks[index]["objection"] or "") if index < len(checks) else ""


def refusing(explanation: Mapping[str, Any]) -> int:
    """Give which row it is that refuses; the first where none does."""
    names = [check["check"] for check in explanation["checks"]]
    refused_by = explanation["refused_by"]
    return names.index(refused_by) if refused_by in names else 0


def _row(check: Mapping[str, Any], *, reached: bool) -> Row:
    name, objection = check["check"], check["objection"] or ""
    if reached and check["passed"]:
        return (Cell(GRANTED, Tone.GOOD), Cell(name), Cell(_("passed"), Tone.GOOD))
    if reached:
        return (
            Cell(REFUSED, Tone.BAD),
            Cell(name, Tone.STRONG),
            Cell(_("FAILED: {why}").format(why=objection), Tone.BAD),
        )
    words = _("not reached")
    if not check["passed"]:
        words = _("not reached; would fail as well: {why}").format(why=objection)
    return (Cell(NOTHING, Tone.DIM), Cell(name, Tone.DIM), Cell(words, Tone.DIM))


def outcome_words(explanation: Mapping[str, Any]) -> str:
    """Say what it comes to."""
    meant = {
        "granted": _("It is granted."),
        "refused": _("It is refused."),
        "more": _("More is asked for than they have shown."),
        "gather": _("Others have to badge as well."),
        "queue": _("It is granted as soon as the other doors of the interlock are shut."),
    }
    return f"{meant.get(explanation['outcome'], explanation['outcome'])} {explanation['reason']}"


def next_words(explanation: Mapping[str, Any], now: datetime) -> str:
    """Say when it would be granted."""
    if explanation["outcome"] == "granted":
        return ""
    at = explanation["next_granted"]
    if at is None:
        return _("Time alone changes nothing: something has to be changed before it is granted.")
    if instant(at) <= now:
        return _("It was to be granted from {when} on.").format(when=day_and_minute(at))
    return _("It will be granted from {when} on.").format(when=day_and_minute(at))


def differs(event: Event, explanation: Mapping[str, Any]) -> bool:
    """Tell whether the rules of now say something else than the record says of then."""
    return bool(event["type"] != explanation["event"])


def can_be_explained(event: Event) -> bool:
    """Tell whether there is somebody and somewhere to ask about."""
    return event["person"] is not None and event["access_point"] is not None
