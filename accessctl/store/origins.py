"""Which logs a tree keeps heads of: of the one that goes on, and of those before it was begun anew."""

import sqlite3
from contextlib import closing
from pathlib import Path

from accessctl.store.connect import reader
from accessctl.store.errors import TreeUnavailable


def origins_in(tree: Path) -> list[str]:
    """Give their names, in order. Raises ``TreeUnavailable``."""
    try:
        with closing(reader(tree)) as connection:
            found = connection.execute("SELECT DISTINCT origin FROM head ORDER BY origin").fetchall()
    except (sqlite3.Error, OSError) as error:
        raise TreeUnavailable(f"{tree.name}: {error}") from error
    return [str(origin) for (origin,) in found]
