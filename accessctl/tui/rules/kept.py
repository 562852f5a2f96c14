"""Keeps the text that an operator has not finished, so that no lost line takes it along."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote


class KeptText(NamedTuple):
    """An unfinished site file."""

    text: str
    revision: str
    """The one that it began with."""
    at: str
    """When it was kept, ISO 8601."""


class Keeper:
    """One file for each operator, which only this account can read: there may be passwords in the text."""

    def __init__(self, folder: Path, site: str, operator: str) -> None:
        """``folder`` is the console's own."""
        self._file = folder / f"site-file-{quote(site, safe='')}-{quote(operator, safe='')}.json"

    def keep(self, kept: KeptText) -> bool:
        """Keep it; false where the disk does not take it."""
        new = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(kept._asdict(), file)
            new.replace(self._file)
        except OSError:
            return False
        return True

    def find(self) -> KeptText | None:
        """Give what was kept."""
        with suppress(OSError, ValueError, TypeError):
            return KeptText(**json.loads(self._file.read_text(encoding="utf-8")))
        return None

    def drop(self) -> None:
        """Keep it no longer."""
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
