"""A report as a file: a page for a browser or for paper, a table, or data."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from accessctl.reports.as_json import from_json
from accessctl.reports.catalogue import MOST_ROWS
from accessctl.tui.asker import Ask
from accessctl.tui.console import Console
from accessctl.tui.saving import SaveDialog, Way, ask_where, folder, keep
from accessctl.tui.words import _

HTML: Final = "html"
PAPER: Final = "paper"
CSV: Final = "csv"
JSON: Final = "json"
_NO_NAME: Final = re.compile(r"[^\w.-]+")
Found = Mapping[str, Any]
"""A report as the API gave it."""


def ways() -> tuple[Way, ...]:
    """Give the ways of writing a report."""
    return (
        Way(HTML, "html", _("a page for a browser, with its charts")),
        Way(PAPER, "html", _("a page to print, with room to sign")),
        Way(CSV, "csv", _("its tables, for spreadsheets")),
        Way(JSON, "json", _("all of it, for programs")),
    )


async def save(console: Console, found: Found, anew: Ask[dict[str, Any]], words: str) -> bool:
    """Ask for the file and write it; ``anew`` asks for all rows where not all of them are here.

    ``words`` say what the report was asked for. Raises ``ApiError``.
    """
    path = folder(console) / name_of(found)
    dialog = SaveDialog(found["title"], words, path, ways(), sent=console.is_web)
    choice = await ask_where(dialog, console)
    if choice is None:
        return False
    if any(table["total"] > len(table["rows"]) for table in found["tables"]):
        found = await console.asker.while_waited_for(anew)
    return await keep(console, choice, written(found, choice.way).encode(errors="replace"))


def with_all_rows(kind: str, query: Mapping[str, str | None]) -> Ask[dict[str, Any]]:
    """Ask for a report with as many rows as there may be."""
    return lambda api: api.report(kind, rows=MOST_ROWS, **query)


def name_of(found: Found) -> str:
    """Give a name that says of which site and day, and which report: ``kade-refusals-2026-01-05.html``."""
    site = _NO_NAME.sub("-", str(found["site"]).casefold()).strip("-.")
    return f"{site or 'site'}-{found['kind']}-{str(found['made_at'])[:10]}.{HTML}"


def written(found: Found, way: str) -> str:
    """Write a report down."""
    if way == JSON:
        return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    report = from_json(dict(found))
    if way == CSV:
        from accessctl.reports.sheet import sheet

        return sheet(report)
    from accessctl.reports.html import page

    return page(report, paper=way == PAPER)
