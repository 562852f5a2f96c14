"""How a person's row is written: the one place where it is, with the words that find it and the name's seal.

What is said of a change is said here as well: without anybody's name, since the record keeps pseudonyms.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from accessctl.evidence.seal import SALT_BYTES, seal_of
from accessctl.store.people_change import Fact, Facts, text_of, validity_facts
from accessctl.store.people_queries import PersonRow
from accessctl.store.words import words_of
from policies.people import UseLimits, Validity

_COLUMNS: Final = (
    *("name", "roles", "groups", "valid_from", "valid_until", "disabled"),
    *("uses_total", "uses_a_day", "exempt", "extended", "seen_from"),
)
PERSON_COLUMNS: Final = ("id", "added_at", *_COLUMNS)
_INSERT: Final = (
    f"INSERT INTO person ({', '.join(PERSON_COLUMNS)})"  # noqa: S608 - of what stands in this file
    f" VALUES ({', '.join('?' * len(PERSON_COLUMNS))})"
)
_UPDATE: Final = f"UPDATE person SET {' = ?, '.join(_COLUMNS)} = ? WHERE id = ?"  # noqa: S608 - as above
_STORED: Final = f"SELECT id, added_at, {', '.join(_COLUMNS)} FROM person WHERE id = ?"  # noqa: S608 - as above
_FORGET_WORDS: Final = "DELETE FROM person_word WHERE person = ?"
_SALTS: Final = "SELECT person, salt FROM seal WHERE person IN (SELECT value FROM json_each(?))"
_PUT_SEAL: Final = (
    "INSERT INTO seal (person, salt, seal) VALUES (?, ?, ?)"
    " ON CONFLICT (person) DO UPDATE SET salt = excluded.salt, seal = excluded.seal"
)
_KEEP_WORD: Final = "INSERT INTO person_word (word, person) VALUES (?, ?)"


def insert_people(connection: sqlite3.Connection, people: Iterable[PersonRow]) -> None:
    """Write new people, inside a transaction."""
    new = list(people)
    connection.executemany(_INSERT, map(person_values, new))
    connection.executemany(_PUT_SEAL, seal_rows(new, {}))
    _keep_words(connection, new)


def update_people(connection: sqlite3.Connection, changes: Iterable[tuple[PersonRow, PersonRow]]) -> None:
    """Write what people are now, each as they were and as they are, inside a transaction."""
    pairs = list(changes)
    connection.executemany(_UPDATE, ((*_values(after), after.id) for _, after in pairs))
    renamed = [after for before, after in pairs if before.name != after.name]
    connection.executemany(_PUT_SEAL, seal_rows(renamed, salts_of(connection, renamed)))
    connection.executemany(_FORGET_WORDS, ((each.id,) for each in renamed))
    _keep_words(connection, renamed)


def stored_person(connection: sqlite3.Connection, person: str) -> PersonRow | None:
    """Give a person's own row and nothing of what belongs to them elsewhere: many are asked for at once."""
    row = connection.execute(_STORED, (person,)).fetchone()
    if row is None:
        return None
    id_, added_at, name, roles, groups, start, end, disabled, total, a_day, exempt, extended, seen = row
    return PersonRow(
        id_,
        name,
        tuple(json.loads(roles)),
        Validity(_instant(start), _instant(end)),
        bool(disabled),
        datetime.fromisoformat(added_at),
        datetime.fromisoformat(seen or added_at),
        groups=tuple(json.loads(groups)),
        uses=UseLimits(total, a_day),
        exempt=bool(exempt),
        extended=bool(extended),
    )


def renewed(before: PersonRow, after: PersonRow, now: datetime) -> PersonRow:
    """Count days not seen anew, where the absence was no absence: access was off, or had not begun."""
    seen_from = now if before.disabled and not after.disabled else after.seen_from
    if after.validity.start != before.validity.start:
        seen_from = later(seen_from, after.validity.start)
    return after if seen_from == after.seen_from else replace(after, seen_from=seen_from)


def later(one: datetime, other: datetime | None) -> datetime:
    """Give the later of two instants, of which the second may be none."""
    return one if other is None else max(one, other)


def first_facts(person: PersonRow) -> Facts:
    """Give what a new person begins with: roles, and of the rest what is not as usual."""
    rest: dict[str, Fact] = {
        "groups": ", ".join(person.groups) or None,
        "disabled": person.disabled or None,
        "uses_total": person.uses.total,
        "uses_a_day": person.uses.a_day,
        "exempt": person.exempt or None,
        "extended": person.extended or None,
    }
    told = {field: value for field, value in rest.items() if value is not None}
    return {"roles": ", ".join(person.roles), **told, **validity_facts(person.validity)}


def difference(before: PersonRow, after: PersonRow) -> Facts:
    """Give what changed, without anybody's name in it."""
    facts: dict[str, Fact] = {}
    if before.name != after.name:
        facts["name_changed"] = True
    for field, old, new in (
        ("roles", ", ".join(before.roles), ", ".join(after.roles)),
        ("groups", ", ".join(before.groups), ", ".join(after.groups)),
        ("valid_from", text_of(before.validity.start), text_of(after.validity.start)),
        ("valid_until", text_of(before.validity.end), text_of(after.validity.end)),
        ("disabled", before.disabled, after.disabled),
        ("uses_total", before.uses.total, after.uses.total),
        ("uses_a_day", before.uses.a_day, after.uses.a_day),
        ("exempt", before.exempt, after.exempt),
        ("extended", before.extended, after.extended),
        ("seen_from", text_of(before.seen_from), text_of(after.seen_from)),
    ):
        if old != new:
            facts |= {f"{field}_before": old, f"{field}_after": new}
    return facts


def person_values(person: PersonRow) -> tuple[object, ...]:
    """Give a person's whole row, in the order of ``PERSON_COLUMNS``."""
    return person.id, text_of(person.added_at), *_values(person)


def word_rows(people: Iterable[PersonRow]) -> Iterator[tuple[str, str]]:
    """Give each word by which these people are found, with who is."""
    return ((word, each.id) for each in people for word in words_of(each.name))


def salts_of(connection: sqlite3.Connection, people: Iterable[PersonRow]) -> dict[str, bytes]:
    """Give the salts of people's seals by person, with one question."""
    return dict(connection.execute(_SALTS, (json.dumps([each.id for each in people]),)).fetchall())


def seal_rows(people: Iterable[PersonRow], salts: Mapping[str, bytes]) -> Iterator[tuple[str, bytes, str]]:
    """Give each person's salt, theirs for good or else a new one, and what seals the name they have now."""
    for each in people:
        salt = salts.get(each.id) or secrets.token_bytes(SALT_BYTES)
        yield each.id, salt, seal_of(each.id, each.name, salt)


def _keep_words(connection: sqlite3.Connection, people: Iterable[PersonRow]) -> None:
    connection.executemany(_KEEP_WORD, word_rows(people))


def _values(person: PersonRow) -> tuple[object, ...]:
    """Give a row's values in the order of ``_COLUMNS``."""
    return (
        person.name,
        json.dumps(person.roles),
        json.dumps(person.groups),
        text_of(person.validity.start),
        text_of(person.validity.end),
        int(person.disabled),
        person.uses.total,
        person.uses.a_day,
        int(person.exempt),
        int(person.extended),
        text_of(person.seen_from),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
