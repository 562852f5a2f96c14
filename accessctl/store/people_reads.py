"""How ``people.db`` is read for lists and pages: each question opens the file for itself.

So it may be asked from any thread, holds nothing afterwards, and reads the file that lies there now.
"""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from accessctl.store.connect import reader
from accessctl.store.errors import PeopleUnavailable

MOST: Final = 1000
"""So many rows are given at once; whoever wants more asks again from the last id."""
_PATIENCE_MS: Final = 2000


class PeopleReads:
    """Reads ``people.db``. May be used from any thread."""

    def __init__(self, path: Path) -> None:
        """Remember where the file is."""
        self._path = path

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._path

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Give all rows of an answer. Raises ``PeopleUnavailable``."""
        try:
            with closing(reader(self._path, busy_ms=_PATIENCE_MS)) as connection:
                return connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise PeopleUnavailable(f"{self._path.name}: {error}") from error


def instant_of(text: str | None) -> datetime | None:
    """Read an instant as the store keeps it; ``text_of`` writes it."""
    return None if text is None else datetime.fromisoformat(text)
