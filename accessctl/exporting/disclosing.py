"""Who an entry is about, for whoever is handed its proof: name and salt, out of the people's store."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from accessctl.evidence.canonical import NotCanonical
from accessctl.evidence.entry import EntryWrong, facts_of
from accessctl.evidence.seal import Disclosure
from accessctl.exporting.errors import ExportFailed
from accessctl.store.connect import check_schema, reader
from accessctl.store.schemes import PEOPLE_SCHEMA

_WHO: Final = "SELECT p.name, s.salt FROM person p JOIN seal s ON s.person = p.id WHERE p.id = ?"
_PATIENCE_MS: Final = 2000


def disclosure_of(entry: bytes, people: Path, name: str | None = None) -> Disclosure:
    """Tell who an entry is about, so that its seal proves it. Raises ``ExportFailed``.

    ``name`` is the one that the person had at that time, where it was another one.
    """
    try:
        facts = facts_of(entry)
    except EntryWrong as wrong:
        raise ExportFailed(f"the entry {wrong}") from wrong
    if facts.person is None:
        raise ExportFailed(f"entry {facts.seq} names nobody")
    if facts.seal is None:
        raise ExportFailed(f"entry {facts.seq} has no seal, so nothing proves who {facts.person} is")
    now, salt = _held(people, facts.person)
    said = Disclosure(facts.person, name or now, salt)
    try:
        if said.seal == facts.seal:
            return said
    except NotCanonical as error:
        raise ExportFailed(str(error)) from error
    what = "that name" if name else f"the name that {facts.person} has now; give the one of then with --name"
    raise ExportFailed(f"entry {facts.seq} was sealed with another name than {what}")


def _held(people: Path, person: str) -> tuple[str, bytes]:
    """Give a person's name and salt. Raises ``ExportFailed``, also for who is not there any more."""
    try:
        with closing(reader(people, busy_ms=_PATIENCE_MS)) as connection:
            check_schema(connection, PEOPLE_SCHEMA)
            found = connection.execute(_WHO, (person,)).fetchone()
    except sqlite3.Error as error:
        raise ExportFailed(f"{people.name}: {error}") from error
    if found is None:
        raise ExportFailed(f"{person} is not among the people any more: nobody can tell who that was")
    return str(found[0]), bytes(found[1])
