"""What the rules remember, read back by whoever only looks."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from accessctl.store.connect import check_schema, reader
from accessctl.store.entry import instant
from accessctl.store.errors import RecordUnavailable
from accessctl.store.memory_rows import remember
from accessctl.store.schemes import RECORD_SCHEMA
from policies.ids import PersonId
from policies.lockout import WrongPins
from policies.memory import Memory
from policies.presence import recount

_FACTS: Final = "SELECT name, key, value FROM memory"
_WRONG_PINS: Final = "SELECT person, count, until_ms FROM wrong_pin"
_PATIENCE_MS: Final = 2000


class FactQueries:
    """Reads the memory's rows of ``record.db``. May be used from any thread."""

    def __init__(self, path: Path) -> None:
        """Remember where the file is."""
        self._path = path

    def memory(self) -> Memory:
        """Give what is remembered over a restart. Raises ``RecordUnavailable``."""
        memory = Memory()
        remember(memory, self._rows(_FACTS))
        recount(memory)
        memory.settle()
        return memory

    def wrong_pins(self) -> dict[PersonId, WrongPins]:
        """Give everybody's wrong PINs where there are any. Raises ``RecordUnavailable``."""
        return {
            PersonId(person): WrongPins(count, None if until_ms is None else instant(until_ms))
            for person, count, until_ms in self._rows(_WRONG_PINS)
        }

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            with closing(reader(self._path, busy_ms=_PATIENCE_MS)) as connection:
                check_schema(connection, RECORD_SCHEMA)
                return connection.execute(sql).fetchall()
        except sqlite3.Error as error:
            raise RecordUnavailable(f"{self._path.name}: {error}") from error
