"""The recorded past, as things that happened: what a rule book can be asked about again."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from accessctl.store.connect import reader
from accessctl.store.entry import instant, milliseconds
from accessctl.store.errors import RecordUnavailable
from policies.reasons import Reason

_PAGE: Final = 20_000
_ROWS: Final = (
    "SELECT seq, at_ms, type, door, access_point, person, credential, reason, detail FROM event"
    " WHERE seq > ? AND at_ms >= ? ORDER BY seq LIMIT ?"
)
_PATIENCE_MS: Final = 2000

_BY_WORDS: Final[Mapping[str, Reason]] = {reason.words: reason for reason in Reason}
_NOTED: Final = " On the way in: "


class Past(NamedTuple):
    """One entry of the record."""

    at: datetime
    type: str
    door: str | None
    access_point: str | None
    person: str | None
    credential: str | None
    reason: Reason | None
    """Where the entry is a decision."""
    detail: Mapping[str, object]


class History:
    """Reads ``record.db`` in short pages, so that no checkpoint has to wait for it."""

    def __init__(self, path: Path) -> None:
        """Remember where the file is."""
        self._path = path

    def since(self, start: datetime) -> Iterator[Past]:
        """Give every entry from an instant on, in order. Raises ``RecordUnavailable``."""
        seq, at_ms = 0, milliseconds(start)
        while True:
            rows = self._page(seq, at_ms)
            yield from (_past(row) for row in rows)
            if len(rows) < _PAGE:
                return
            seq = rows[-1][0]

    def _page(self, seq: int, at_ms: int) -> list[tuple[Any, ...]]:
        try:
            with closing(reader(self._path, busy_ms=_PATIENCE_MS)) as connection:
                return connection.execute(_ROWS, (seq, at_ms, _PAGE)).fetchall()
        except sqlite3.Error as error:
            raise RecordUnavailable(f"{self._path.name}: {error}") from error


def reason_in(words: str | None) -> Reason | None:
    """Give the reason that a decision's words stand for."""
    return None if words is None else _BY_WORDS.get(words.partition(_NOTED)[0])


def _past(row: tuple[Any, ...]) -> Past:
    _seq, at_ms, kind, door, access_point, person, credential, words, detail = row
    said = json.loads(detail) if isinstance(detail, str) else {}
    reason = reason_in(words)
    decided = reason if reason is not None and reason.event_type == kind else None
    return Past(instant(at_ms), kind, door, access_point, person, credential, decided, said)
