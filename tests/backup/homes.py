"""Homes that are lived in for a while, and what can be seen of them."""

import sqlite3
from contextlib import closing
from pathlib import Path

from accessctl.backup.making import file_of, make
from accessctl.home import Home
from accessctl.store.people_writer import PeopleWriter
from tests.homes import Recording, new_home

OLD, NEW = "schema = 1 # old\n", "schema = 1 # new\n"
BACKUP = "b-abcdefgh"


def lived_in(folder: Path) -> Home:
    """Make a home where Ana works, with a record of three entries."""
    home = new_home(folder)
    home.site_file.write_text(OLD)
    home.root_key.write_bytes(b"k" * 32)
    home.card_keys.write_text('{"cards": "old"}')
    add(home, "Ana Marsh")
    record(home, 3)
    return home


def backed_up(home: Home) -> Path:
    """Make a backup."""
    make(home, BACKUP, None, lambda _part: None)
    return file_of(home, BACKUP)


def go_on(home: Home) -> None:
    """Let things change after the backup."""
    home.site_file.write_text(NEW)
    home.card_keys.write_text('{"cards": "new"}')
    add(home, "Ben Okoro")
    record(home, 2)


def add(home: Home, name: str) -> None:
    writer = PeopleWriter(home.people)
    writer.add_person(name, ("picker",), "local:vera")
    writer.close()


def record(home: Home, entries: int) -> None:
    recording = Recording(home)
    for _ in range(entries):
        recording.add("door_opened")
    recording.close()


def state(home: Home) -> tuple[list[str], int, str, str]:
    """Give who is there, how many openings are recorded, the site file, and the card keys."""
    with closing(sqlite3.connect(home.people)) as people, closing(sqlite3.connect(home.record)) as kept:
        names = [name for (name,) in people.execute("SELECT name FROM person ORDER BY name")]
        (opened,) = kept.execute("SELECT count(*) FROM event WHERE type = 'door_opened'").fetchone()
    return names, opened, home.site_file.read_text(), home.card_keys.read_text()


def one(path: Path, sql: str) -> tuple[object, ...] | None:
    """Ask a store for one row."""
    with closing(sqlite3.connect(path)) as connection:
        found: tuple[object, ...] | None = connection.execute(sql).fetchone()
        return found


def long_record(home: Home, entries: int) -> None:
    """Let so many things have happened, all at once."""
    with closing(sqlite3.connect(home.record)) as kept, kept:
        kept.execute("INSERT INTO run (controller, boot, rules, version) VALUES ('kade-1', 'b', 'r', '0')")
        kept.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO event (at_ms, mono_ns, clock_synced, run, type, door)"
            " SELECT i, i, 1, (SELECT max(id) FROM run), 'door_opened', 'front' FROM n",
            (entries,),
        )
