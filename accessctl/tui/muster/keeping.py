"""The list on disk: the last one that was fetched, and sheets that somebody wanted to print."""

import json
import re
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from accessctl.muster_sheet.answers import Answers
from accessctl.muster_sheet.sheet import plain_text, print_page
from accessctl.muster_sheet.view import MusterView
from accessctl.tui.typed_path import typed_path

_LONGEST: Final = timedelta(hours=24)
"""A list of yesterday helps nobody, and says where people were."""


class KeptList:
    """The last list that one operator was shown. Another one is not shown it: they may see less."""

    def __init__(self, folder: Path, operator: str) -> None:
        """Keep it in this folder."""
        self._path = folder / f"muster-{re.sub(r'[^A-Za-z0-9._-]', '_', operator)}.json"

    def keep(self, answers: Answers, view: MusterView) -> None:
        """Write it, and as a sheet that anybody can read without us. A full disk is no reason to complain."""
        said = json.dumps({**asdict(answers), "at": answers.at.isoformat()})
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path, text in (
                (self._path, said),
                (self._path.with_suffix(".txt"), plain_text(view)),
                (self._path.with_suffix(".html"), print_page(view)),
            ):
                new = path.with_name(f"{path.name}.new")
                new.touch(mode=0o600)
                new.write_text(text, encoding="utf-8")
                new.replace(path)

    def read(self, now: datetime) -> Answers | None:
        """Give it, unless it is too old to help."""
        try:
            said = json.loads(self._path.read_text(encoding="utf-8"))
            at = datetime.fromisoformat(said["at"])
            if now - at > _LONGEST:
                self.forget()
                return None
            lists = {name: tuple(said[name]) for name in ("presence", "events")}
            return Answers(**{**said, **lists, "at": at})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def forget(self) -> None:
        """Leave nothing of it."""
        for suffix in (".json", ".txt", ".html"):
            with suppress(OSError):
                self._path.with_suffix(suffix).unlink()


def sheet_name(view: MusterView) -> str:
    """Give the name of a sheet's files, without what comes behind the dot."""
    return f"muster-{view.as_of.astimezone():%Y-%m-%d-%H%M%S}"


def write_sheets(folder: str, view: MusterView, now: datetime) -> list[Path]:
    """Write the page and the text for ourselves alone, and say where they are. Raises ``OSError``."""
    there, name = typed_path(folder), sheet_name(view)
    page, text = there / f"{name}.html", there / f"{name}.txt"
    for path, words in ((page, print_page(view, now=now)), (text, plain_text(view, now=now))):
        path.touch(mode=0o600)
        path.write_text(words, encoding="utf-8")
    return [page, text]
