"""What a rehearsal found, in rows and words."""

from collections.abc import Mapping
from typing import Any, Final

from accessctl.tui.lines import Cell, Column, Row
from accessctl.tui.look import GRANTED, NOTHING, REFUSED, Tone, mark
from accessctl.tui.times import day_and_minute
from accessctl.tui.words import _, many, to_translate

COLUMNS: Final = (
    Column("", 1),
    Column(_("Person"), 18),
    Column(_("Where"), 12),
    Column(_("Would have"), 20),
    Column(_("Times"), 5),
    Column(_("Last"), 16, 92),
    Column(_("Why")),
)
_WOULD: Final = {
    "granted": (GRANTED, to_translate("been granted"), Tone.GOOD),
    "refused": (REFUSED, to_translate("been refused"), Tone.BAD),
    "asked_for_more": (mark("◆", "#"), to_translate("been asked for more"), Tone.WARN),
    "delayed": (mark("◆", "#"), to_translate("had to wait"), Tone.WARN),
    "gone": (REFUSED, to_translate("found it gone"), Tone.BAD),
}
_GAINS: Final = (mark("+", "+"), to_translate("gains now"), Tone.GOOD)
_LOSES: Final = (mark("-", "-"), to_translate("loses now"), Tone.BAD)


def rows_of(result: Mapping[str, Any]) -> list[Row]:
    """Give whose rights would be others now, then a row for each decision that would have gone otherwise."""
    rows: list[Row] = []
    for change in result["rights_now"]:
        for (sign, words, tone), points in ((_LOSES, change["loses"]), (_GAINS, change["gains"])):
            if points:
                who = change["name"] or change["person"]
                rows.append(
                    (
                        Cell(sign, tone),
                        Cell(who, Tone.STRONG),
                        "",
                        Cell(_(words), tone),
                        "",
                        "",
                        ", ".join(points),
                    )
                )
    return rows + [_row(each) for each in result["differences"]]


def _row(each: Mapping[str, Any]) -> Row:
    sign, words, tone = _WOULD.get(each["would"], (NOTHING, each["would"], Tone.PLAIN))
    return (
        Cell(sign, tone),
        Cell(each["name"] or each["person"] or _("anybody"), Tone.STRONG),
        each["access_point"],
        Cell(_(words), tone),
        f"{each['entries']:>5}",
        day_and_minute(each["last"]),
        each["reason"],
    )


def summary_of(result: Mapping[str, Any]) -> list[str]:
    """Say what it comes to."""
    lines = list(result["summary"])
    played = many("{count} entry was decided anew", "{count} entries were decided anew", result["played"])
    since = _("since {when}").format(when=day_and_minute(result["since"]))
    lines.append(f"{played}, {since}.")
    if result["left_out"]:
        left_out = ", ".join(f"{why}: {count}" for why, count in result["left_out"].items())
        lines.append(_("Left out: {reasons}.").format(reasons=left_out))
    changed = len(result["rights_now"])
    if changed:
        lines.append(
            many(
                "{count} person could pass elsewhere than now, at this instant.",
                "{count} people could pass elsewhere than now, at this instant.",
                changed,
            )
        )
    return lines


def details_of(row: Row) -> str:
    """Give all that a row says, a line for each column."""
    texts = [cell if isinstance(cell, str) else cell.text for cell in row]
    return "\n".join(
        f"{column.title + ':':<12} {text.strip()}"
        for column, text in zip(COLUMNS, texts, strict=True)
        if column.title and text.strip()
    )
