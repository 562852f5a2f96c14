"""What waits for a second operator, as lines, and what it would change."""

import difflib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from rich.text import Text

from accessctl.client import Approval, ApprovalDetails
from accessctl.tui.line_rows import Cell, Row
from accessctl.tui.look import ALARM, GONE, GRANTED, NOTHING, REFUSED, Tone
from accessctl.tui.times import day_and_clock, how_long, instant, when
from accessctl.tui.words import _, to_translate

KINDS: Final = {
    "rule_change": to_translate("another site file"),
    "wide_grant": to_translate("a wide grant"),
    "deletion": to_translate("a deletion"),
    "key_change": to_translate("a change of keys"),
    "unlock_names": to_translate("names for a while"),
}
STATES: Final = {
    "waiting": (ALARM, to_translate("WAITS"), Tone.WARN),
    "approved": (GRANTED, to_translate("approved"), Tone.GOOD),
    "refused": (REFUSED, to_translate("refused"), Tone.DIM),
    "lapsed": (GONE, to_translate("lapsed"), Tone.DIM),
}
WAITING: Final = "waiting"
MOST_LINES: Final = 200
"""So many lines of a difference are shown."""


def ordered(approvals: Sequence[Approval]) -> list[Approval]:
    """Give what waits first, that which lapses soonest before the others; then the newest of the rest."""
    waiting = sorted(
        (each for each in approvals if each["state"] == WAITING), key=lambda each: each["ends_at"]
    )
    rest = [each for each in approvals if each["state"] != WAITING]
    return [*waiting, *sorted(rest, key=lambda each: each["asked_at"], reverse=True)]


def approval_row(approval: Approval, me: str, now: datetime) -> Row:
    """Give one as a line."""
    mark, words, tone = STATES[approval["state"]]
    by = _("you") if approval["asked_by"] == me else approval["asked_by"]
    if approval["state"] == WAITING:
        left = (instant(approval["ends_at"]) - now).total_seconds()
        end = _("{time} left").format(time=how_long(left))
    else:
        end = f"{approval['decided_by'] or NOTHING} {when(approval['decided_at'], now)}"
    return (
        Cell(mark, tone),
        Cell(_(words), tone),
        _(KINDS.get(approval["kind"], approval["kind"])),
        approval["what"],
        by,
        when(approval["asked_at"], now),
        end,
    )


def in_short(approval: Approval, me: str) -> str:
    """Say what can be done about one, or what came of it."""
    if approval["state"] == WAITING:
        todo = (
            _("You asked for it: another operator approves it. n takes it back.")
            if approval["asked_by"] == me
            else _("Enter shows what it would change. y approves, n refuses.")
        )
        from_ = _("asked from {place}").format(place=approval["asked_from"])
        return f"{approval['what']}\n{approval['id']}   {from_}\n{todo}"
    outcome = approval["outcome"] or _("nobody knows what came of it")
    came = f"   {outcome}" if approval["state"] == "approved" else ""
    return f"{approval['what']}\n{approval['id']}{came}"


def details(approval: ApprovalDetails, before: Mapping[str, Any] | None) -> Text:
    """Say everything of one: who asked for what, and how it would be then. ``before``: how it is now."""
    told = Text()
    for name, value in (
        (_("What"), approval["what"]),
        (_("Kind"), _(KINDS.get(approval["kind"], approval["kind"]))),
        (_("Asked by"), f"{approval['asked_by']}, {approval['asked_from']}"),
        (_("Asked"), day_and_clock(approval["asked_at"])),
        (_("Until"), day_and_clock(approval["ends_at"])),
        (_("Call"), f"{approval['method']} {approval['path']} {approval['query']}".rstrip()),
    ):
        told.append(f"{name:<10}", "dim").append(f"{value}\n")
    told.append("\n")
    return told.append_text(changes(approval, before))


def changes(approval: ApprovalDetails, before: Mapping[str, Any] | None) -> Text:
    """Say how it is and how it would be, field by field."""
    body = approval["body"]
    if body is None:
        if approval["method"] == "DELETE" and before is not None:
            return _gone(before)
        return Text(
            _("What would be sent is not shown: there is nothing, or it holds a secret or names."), "dim"
        )
    if not isinstance(body, dict):
        return Text(_written(body))
    told = Text()
    for name, after in body.items():
        was = None if before is None else before.get(name)
        if _is_long(after) and isinstance(was, str):
            told.append(f"{name}\n", "bold").append_text(difference(was, str(after)))
        elif before is not None and name in before:
            told.append(f"{name}: ", "bold").append(f"{_written(was)} → {_written(after)}\n")
        else:
            told.append(f"{name}: ", "bold").append(f"{_written(after)}\n")
    return told


def _gone(before: Mapping[str, Any]) -> Text:
    told = Text(f"{_('This would be gone:')}\n", "bold")
    for name, value in before.items():
        if value not in (None, "", [], {}):
            told.append(f"{name}: ", "dim").append(f"{_written(value)}\n")
    return told


def difference(before: str, after: str) -> Text:
    """Show which lines go and which come."""
    told, lines = Text(), 0
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2):
        if line.startswith(("---", "+++")):
            continue
        lines += 1
        if lines > MOST_LINES:
            return told.append(_("… and more; the rules page shows all of it"), "dim")
        style = {"+": "bold", "-": "strike", "@": "dim"}.get(line[:1], "")
        told.append(f"{line}\n", style)
    return told if lines else Text(f"{_('nothing differs')}\n", "dim")


def _is_long(value: object) -> bool:
    return isinstance(value, str) and "\n" in value


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
