"""Everybody with every card, for questions about all of them at once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from accessctl.store.biometrics import instant_text
from accessctl.store.connect import check_schema, reader
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.people import SELECT_HOLDER, holder_in
from accessctl.store.schemes import PEOPLE_SCHEMA
from hardware.signals import Technology
from policies.factors import Factor
from policies.people import Holder

# What counts comes first, cards before codes, and of several the same one in every answer.
_IN_ORDER: Final = "ORDER BY p.id, c.status <> 'active', c.kind, c.id"
_ALL: Final = f"{SELECT_HOLDER}id IS NOT NULL {_IN_ORDER}"
_OF: Final = f"{SELECT_HOLDER}person = ? {_IN_ORDER}"
_NAMES: Final = "SELECT id, name FROM person"
_PATIENCE_MS: Final = 2000


class Bearer(NamedTuple):
    """Somebody with one thing that says who they are."""

    holder: Holder
    shows: Factor
    """What stands when they begin with it: a card, or as PIN the code in their head."""


class HolderQueries:
    """Reads ``people.db`` in one go. Used by processes that answer one question."""

    def __init__(self, path: Path) -> None:
        """Remember where the file is."""
        self._path = path

    def everybody(self) -> list[Bearer]:
        """Give everybody with everything they have, cards and codes that count before those that do not.

        One person's stand together. Raises ``PeopleUnavailable``.
        """
        return list(self._bearers(_ALL))

    def of(self, person: str) -> list[Bearer]:
        """Give the same of one person; nothing for who has neither card nor code, or is not there."""
        return list(self._bearers(_OF, person))

    def by_credential(self) -> dict[str, Bearer]:
        """Give everybody by the id of the card or code."""
        return {bearer.holder.card.id: bearer for bearer in self._bearers(_ALL)}

    def names(self) -> dict[str, str]:
        """Give everybody's name by id."""
        return {str(id_): str(name) for id_, name in self._rows(_NAMES)}

    def _bearers(self, sql: str, *values: object) -> Iterator[Bearer]:
        for row in self._rows(sql, instant_text(datetime.now(UTC)), *values):
            shows = Factor.PIN if row[1] == Technology.CODE else Factor.CARD
            yield Bearer(holder_in(row), shows)

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            with closing(reader(self._path, busy_ms=_PATIENCE_MS)) as connection:
                check_schema(connection, PEOPLE_SCHEMA)
                return connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise PeopleUnavailable(f"{self._path.name}: {error}") from error
