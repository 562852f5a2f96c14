"""How a home stands: everything that a call could have changed, as one value."""

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from accessctl.home import Home

WRITTEN_ANYWAY = frozenset({"outbox", "sqlite_sequence"})
"""That somebody was refused is told; so these grow."""
_IN_USE = frozenset({"session.used_at", "token.used_at"})
WRONG_TRIES = frozenset({"operator.failures", "operator.locked_until"})
"""What a wrong password changes by design."""


def standing(home: Home, but: frozenset[str] = frozenset()) -> str:
    """Give a digest of what an operator could have changed: the people's store, the site file, backups."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(home.people)) as db:
        for table, rows in sorted(_tables(db, _IN_USE | but).items()):
            digest.update(repr((table, rows)).encode())
    if home.site_file.exists():
        digest.update(home.site_file.read_bytes())
    if home.backups.exists():
        digest.update(repr(sorted(each.name for each in home.backups.iterdir())).encode())
    return digest.hexdigest()


def _tables(db: sqlite3.Connection, but: frozenset[str]) -> dict[str, list[tuple[Any, ...]]]:
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: _rows(db, name, but) for name in names if name not in WRITTEN_ANYWAY}


def _rows(db: sqlite3.Connection, table: str, but: frozenset[str]) -> list[tuple[Any, ...]]:
    found = db.execute(f"SELECT * FROM {table}")  # noqa: S608 - the schema's own
    names = [column for column, *_ in found.description]
    kept = [number for number, name in enumerate(names) if f"{table}.{name}" not in but]
    return sorted((tuple(row[number] for number in kept) for row in found), key=repr)


@dataclass(frozen=True)
class Told:
    """A row of the outbox."""

    type: str
    operator: str
    person: str | None
    detail: dict[str, Any]


def told_since(home: Home, begin: int) -> list[Told]:
    """Give what the outbox was told after this number."""
    with closing(sqlite3.connect(home.people)) as db:
        rows = db.execute(
            "SELECT type, operator, person, detail FROM outbox WHERE id > ? ORDER BY id", (begin,)
        ).fetchall()
    return [Told(type_, operator, person, json.loads(detail)) for type_, operator, person, detail in rows]


def last_told(home: Home) -> int:
    """Give the number of the last row of the outbox."""
    with closing(sqlite3.connect(home.people)) as db:
        number: int = db.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()[0]
    return number
