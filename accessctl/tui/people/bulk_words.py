"""What an import would do, did, or why it was refused, as rows and words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from accessctl.client import ApiRefused, Import, Imported
from accessctl.tui.lines import Cell, Column, Row
from accessctl.tui.look import ALARM, NOTHING, Tone
from accessctl.tui.times import how_long
from accessctl.tui.words import _, many

COLUMNS: Final = (
    Column(_("Row"), 6),
    Column(_("Does"), 8),
    Column(_("Person"), 14),
    Column(_("What")),
)
PROBLEM_COLUMNS: Final = (Column(_("Row"), 6), Column(_("Field"), 18), Column(_("What is wrong")))
FAILURE_COLUMNS: Final = (
    Column(_("Row"), 6),
    Column(_("Person"), 14),
    Column(_("Why the card is not enrolled")),
)
_BY_SUFFIX: Final = {".csv": "csv", ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson"}


def kind_of(path: Path) -> str | None:
    """Give how people are written in a file of this name."""
    return _BY_SUFFIX.get(path.suffix.lower())


def suffix_wrong(path: Path) -> str | None:
    """Say when a file's name does not tell what is in it."""
    if kind_of(path) is None:
        return _("What is in it? The name ends in .csv, .json or .ndjson.")
    return None


def change_rows(imported: Imported) -> list[Row]:
    """Give what each row would do, those that do nothing left out."""
    return [
        (
            f"{each['row']:>5}",
            Cell(_("adds"), Tone.GOOD) if each["action"] == "add" else Cell(_("changes"), Tone.NOTE),
            Cell(each["person"] or _("new"), Tone.DIM),
            "; ".join(_change(name, *ends) for name, ends in each["changes"].items()),
        )
        for each in imported["changes"]
    ]


def _change(name: str, before: object, after: object) -> str:
    return f"{name} {_shown(after)}" if before is None else f"{name} {_shown(before)} → {_shown(after)}"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return NOTHING if value is None else str(value)


def problem_rows(refused: ApiRefused) -> list[Row]:
    """Give what is wrong, row by row."""
    return [_problem(each) for each in refused.problem.get("problems", ())]


def _problem(problem: Mapping[str, Any]) -> Row:
    _rows, _dot, place = str(problem["path"]).partition(".")
    row, _dot, field = place.partition(".")
    return (f"{row:>5}", Cell(field, Tone.NOTE), Cell(str(problem["what"]), Tone.BAD))


def failure_rows(failures: list[dict[str, Any]]) -> list[Row]:
    """Give the cards that could not be enrolled."""
    return [(f"{each['row']:>5}", each["person"], Cell(each["why"], Tone.BAD)) for each in failures]


def sum_in_words(imported: Imported) -> str:
    """Say what all rows come to."""
    would = imported["dry_run"]
    counts = (
        many("{count} would be added", "{count} would be added", imported["added"])
        if would
        else many("{count} added", "{count} added", imported["added"]),
        many("{count} would be changed", "{count} would be changed", imported["changed"])
        if would
        else many("{count} changed", "{count} changed", imported["changed"]),
        many("{count} as they are", "{count} as they are", imported["unchanged"])
        if imported["unchanged"]
        else "",
        many("{count} card", "{count} cards", imported["cards"]) if imported["cards"] else "",
    )
    more = imported["added"] + imported["changed"] - len(imported["changes"])
    words = ", ".join(count for count in counts if count)
    if would and more > 0:
        words += "; " + many("{count} more row is not listed", "{count} more rows are not listed", more)
    return words


def refusal_in_words(refused: ApiRefused) -> str:
    """Say that nothing was changed, and how much is wrong."""
    count = len(refused.problem.get("problems", ()))
    if not count:
        return str(refused)
    detail = str(refused.problem.get("detail", ""))
    return f"{ALARM} {many('{count} problem', '{count} problems', count)}. {detail}"


def progress_in_words(seen: Import) -> str:
    """Say how far the cards of an import are."""
    words = _("{done} of {cards} cards enrolled").format(done=seen["tagged"], cards=seen["cards"])
    if seen["failed"]:
        words += ", " + many("{count} could not be", "{count} could not be", seen["failed"])
    if seen["stalled"]:
        return f"{words}. {ALARM} {seen['stalled']}"
    if seen["estimate_s"]:
        words += ", " + _("{time} to go").format(time=how_long(seen["estimate_s"]))
    return words
