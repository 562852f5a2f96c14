"""Where an import is laid out before it is written: in memory, as the rows that the store is to have.

To judge a hundred thousand rows takes many seconds, and to write them two or three. So nobody waits for the
judging: it is done beside the store, and all that is held up is the writing.
"""

import sqlite3
from collections.abc import Iterable
from typing import Final

from accessctl.store.people_queries import PersonRow
from accessctl.store.person_rows import PERSON_COLUMNS, person_values, word_rows

_TABLES: Final = {
    "person": PERSON_COLUMNS,
    "renamed": ("person",),
    "person_word": ("word", "person"),
    "seal": ("person", "salt", "seal"),
    "outbox": ("at", "type", "person", "credential", "operator", "detail"),
    "pending_card": ("import", "row", "name", "person", "technology", "sealed"),
}
_NEW_VALUES: Final = ", ".join(f"{name} = excluded.{name}" for name in PERSON_COLUMNS if name != "id")
SCHEMA: Final = "staged"


class Staging:
    """Rows of an import, in memory. Used from one thread."""

    def __init__(self) -> None:
        """Begin with none."""
        self._db = sqlite3.connect(":memory:", isolation_level=None)
        for table, columns in _TABLES.items():
            self._db.execute(f"CREATE TABLE {table} ({', '.join(columns)})")

    def add(
        self,
        people: Iterable[PersonRow],
        renamed: Iterable[PersonRow],
        outbox: Iterable[tuple[object, ...]],
        cards: Iterable[tuple[object, ...]],
    ) -> None:
        """Lay out people as they are to be; of the renamed ones the words of the old name go."""
        self._db.execute("BEGIN")
        self._put("person", (person_values(each) for each in people))
        for each in renamed:
            self._put("renamed", [(each.id,)])
        self._put("outbox", outbox)
        self._put("pending_card", cards)
        self._db.execute("COMMIT")

    def add_words(self, people: Iterable[PersonRow]) -> None:
        """Lay out the words by which these people are to be found."""
        self._put("person_word", word_rows(people))

    def add_seals(self, seals: Iterable[tuple[str, bytes, str]]) -> None:
        """Lay out what seals the names of people, as ``person_rows.seal_rows`` gives it."""
        self._put("seal", seals)

    def image(self) -> bytes:
        """Give all of it as one image of a database."""
        return self._db.serialize()

    def close(self) -> None:
        """Forget it."""
        self._db.close()

    def _put(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        places = ", ".join("?" for _ in _TABLES[table])
        self._db.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - of this file


def attach(connection: sqlite3.Connection, image: bytes) -> None:
    """Let a connection see what was laid out, outside of a transaction."""
    # What is sorted on the way has names in it: not even for a moment does it go into a file.
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute(f"ATTACH ':memory:' AS {SCHEMA}")
    connection.deserialize(image, name=SCHEMA)


def detach(connection: sqlite3.Connection) -> None:
    """Forget what was laid out."""
    connection.execute(f"DETACH {SCHEMA}")


def renamed_in(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Give who is to be renamed: their id, what they are called, and what they will be."""
    return connection.execute(
        f"SELECT p.id, p.name, s.name FROM {SCHEMA}.renamed r"  # noqa: S608 - of this file
        f" JOIN main.person p ON p.id = r.person JOIN {SCHEMA}.person s ON s.id = r.person ORDER BY p.id"
    ).fetchall()


def move_in(connection: sqlite3.Connection) -> None:
    """Write everything that was laid out into the store, inside a transaction.

    In the order in which the store keeps it: so every page is written once.
    """
    person = ", ".join(PERSON_COLUMNS)
    connection.execute(
        f"INSERT INTO main.person ({person}) SELECT {person} FROM {SCHEMA}.person WHERE true ORDER BY id"  # noqa: S608 - of this file
        f" ON CONFLICT (id) DO UPDATE SET {_NEW_VALUES}"
    )
    connection.execute(
        f"DELETE FROM main.person_word WHERE person IN (SELECT person FROM {SCHEMA}.renamed)"  # noqa: S608 - of this file
    )
    connection.execute(
        f"INSERT INTO main.seal (person, salt, seal) SELECT person, salt, seal FROM {SCHEMA}.seal WHERE true"  # noqa: S608 - of this file
        " ORDER BY person ON CONFLICT (person) DO UPDATE SET salt = excluded.salt, seal = excluded.seal"
    )
    told = ", ".join(_TABLES["outbox"])
    connection.execute(
        f"INSERT INTO main.outbox ({told}, seal)"  # noqa: S608 - of this file
        f" SELECT {told}, (SELECT s.seal FROM main.seal s WHERE s.person = o.person)"
        f" FROM {SCHEMA}.outbox o ORDER BY o.rowid"
    )
    for table, order in (("person_word", "word, person"), ("pending_card", "rowid")):
        columns = ", ".join(_TABLES[table])
        connection.execute(
            f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM {SCHEMA}.{table} ORDER BY {order}"  # noqa: S608 - of this file
        )
