"""Into which file, and how written."""

import re
from datetime import datetime
from pathlib import Path
from typing import Final

from accessctl.tui.events.export import Format
from accessctl.tui.events.wanted import Wanted
from accessctl.tui.saving import SaveDialog, Way
from accessctl.tui.words import _

_NO_NAME: Final = re.compile(r"[^\w.-]+")


def default_name(site: str, wanted: Wanted, now: datetime, format_: Format = Format.CSV) -> str:
    """Give a name that says of which site and of which days: ``kade-2026-01-05-to-2026-01-11.csv``."""
    here = now.astimezone()
    last = here if wanted.until is None else min(here, wanted.until.astimezone())
    to = (
        f"{last:%Y-%m-%d}" if last.timetz().replace(tzinfo=None) != datetime.min.time() else _day_before(last)
    )
    since = "" if wanted.since is None else f"{wanted.since.astimezone():%Y-%m-%d}"
    days = to if since in {"", to} else f"{since}-to-{to}"
    name = _NO_NAME.sub("-", (site or "events").casefold()).strip("-.")
    return f"{name}-{days}.{format_}"


def _day_before(midnight: datetime) -> str:
    return datetime.fromordinal(midnight.toordinal() - 1).strftime("%Y-%m-%d")


class ExportDialog(SaveDialog):
    """Asks for the file that entries are exported into."""

    def __init__(self, words: str, path: Path, *, sent: bool) -> None:
        """``words`` say what is exported. ``path``: the one to begin with. ``sent``: to a browser."""
        ways = (
            Way(Format.CSV, "csv", _("CSV, for spreadsheets")),
            Way(Format.LINES, "jsonl", _("JSON, an object on each line, for programs")),
        )
        super().__init__(_("Export"), words, path, ways, sent=sent)
