"""The people's store's one writer.

A change and its row in the outbox are one transaction: nothing changes without going into the record,
and nothing goes into the record that did not change. The outbox says what changed by names of fields,
with before and after where that is no secret and nobody's name: the record keeps pseudonyms, and names
must stay erasable.
"""

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Final

from sqlite_utils import Database

from accessctl.store.connect import check_schema
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.identity import Identity
from accessctl.store.people_errors import DuplicateCard, DuplicatePerson, NoPin, UnknownCard, UnknownPerson
from accessctl.store.people_queries import CardRow, PersonRow, find_card, find_person
from accessctl.store.schemes import PEOPLE_SCHEMA
from policies.event_types import EventType
from policies.people import CardStatus, Validity

_PATIENCE_MS: Final = 5000
"""Only a migration or a backup can hold the lock, and neither holds it for long."""
_BASE32: Final = "abcdefghijklmnopqrstuvwxyz234567"
_ID_LENGTH: Final = 8

Facts = Mapping[str, "str | int | bool | None"]


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card about to be enrolled: its tag, and what may be shown of its number."""

    tag: bytes
    technology: str
    hint: str
    validity: Validity = Validity()
    read_at: str | None = None
    """The access point at whose reader it was shown; ``None``: its number was typed in."""


class PeopleWriter:
    """Owns the only writing connection to ``people.db``. May be used from any thread, one at a time."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Remember the file, which is opened when it is first needed; ``now`` gives an aware instant."""
        self._path = path
        self._now = now
        self._lock = Lock()
        self._db: Database | None = None
        self._file: Identity | None = None

    def add_person(
        self,
        name: str,
        roles: tuple[str, ...],
        operator: str,
        *,
        validity: Validity | None = None,
        id_: str | None = None,
    ) -> PersonRow:
        """Add a person, under a pseudonym made up here unless one is given. Raises ``DuplicatePerson``."""
        person = PersonRow(
            id_ or _new_id("p"), name, roles, validity or Validity(), disabled=False, added_at=self._now()
        )
        with self._change() as db:
            if find_person(db.conn, person.id) is not None:
                raise DuplicatePerson(person.id)
            db.table("person").insert(
                {"id": person.id, "added_at": _text(person.added_at), **_columns(person)}
            )
            facts = {"roles": ", ".join(roles), **_validity_facts(person.validity)}
            self._tell(db, EventType.PERSON_ADDED, operator, facts, person=person.id)
        return person

    def change_person(self, person: str, edit: Callable[[PersonRow], PersonRow], operator: str) -> PersonRow:
        """Change name, roles, validity or whether disabled: ``edit`` gets the row and gives the new one.

        What does not change is neither written nor recorded. Raises ``UnknownPerson``, and whatever
        ``edit`` raises.
        """
        with self._change() as db:
            before = _known_person(db, person)
            after = edit(before)
            facts = _difference(before, after)
            if facts:
                db.table("person").update(person, _columns(after))
                self._tell(db, EventType.PERSON_CHANGED, operator, facts, person=person)
        return after

    def set_pin(self, person: str, hashed: str, operator: str) -> None:
        """Give a person a PIN in place of any other. Raises ``UnknownPerson``."""
        with self._change() as db:
            known = _known_person(db, person)
            db.table("pin").delete_where("person = ?", [person])
            db.table("pin").insert({"person": person, "hash": hashed, "set_at": _text(self._now())})
            kind = EventType.CREDENTIAL_CHANGED if known.has_pin else EventType.CREDENTIAL_ENROLLED
            self._tell(db, kind, operator, {"kind": "pin"}, person=person)

    def remove_pin(self, person: str, operator: str) -> None:
        """Take a person's PIN away. Raises ``UnknownPerson`` and ``NoPin``."""
        with self._change() as db:
            if not _known_person(db, person).has_pin:
                raise NoPin(person)
            db.table("pin").delete_where("person = ?", [person])
            self._tell(db, EventType.CREDENTIAL_REVOKED, operator, {"kind": "pin"}, person=person)

    def enrol_card(self, person: str, card: NewCard, operator: str) -> CardRow:
        """Bind a card to a person. Raises ``UnknownPerson`` and ``DuplicateCard``."""
        row = CardRow(_new_id("c"), person, card.hint, CardStatus.ACTIVE, card.validity, self._now())
        with self._change() as db:
            _known_person(db, person)
            taken = db.execute("SELECT id, person FROM card WHERE tag = ?", [card.tag]).fetchone()
            if taken is not None:
                raise DuplicateCard(*taken)
            db.table("card").insert(
                {
                    "tag": card.tag,
                    "id": row.id,
                    "person": person,
                    "hint": row.hint,
                    "valid_from": _text(row.validity.start),
                    "valid_until": _text(row.validity.end),
                    "enrolled_at": _text(row.enrolled_at),
                }
            )
            about = {"kind": "card", "technology": card.technology, "hint": row.hint}
            where = {} if card.read_at is None else {"read_at": card.read_at}
            facts = {**about, **where, **_validity_facts(row.validity)}
            self._tell(db, EventType.CREDENTIAL_ENROLLED, operator, facts, person=person, card=row.id)
        return row

    def change_card_status(self, card: str, status: CardStatus, operator: str) -> CardRow:
        """Say what became of a card. Raises ``UnknownCard``. To the status that it has nothing happens."""
        with self._change() as db:
            before = find_card(db.conn, card)
            if before is None:
                raise UnknownCard(card)
            if before.status is not status:
                db.execute("UPDATE card SET status = ? WHERE id = ?", [status.value, card])
                active = status is CardStatus.ACTIVE
                kind = EventType.CREDENTIAL_CHANGED if active else EventType.CREDENTIAL_REVOKED
                facts = {"kind": "card", "hint": before.hint}
                facts |= {"status_before": before.status.value, "status_after": status.value}
                self._tell(db, kind, operator, facts, person=before.person, card=card)
            after = find_card(db.conn, card)
        return after or before

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._forget()

    @contextmanager
    def _change(self) -> Iterator[Database]:
        """Give the database inside a transaction. Raises ``PeopleUnavailable``; then nothing has changed.

        SQLite goes on writing into a file that was removed, so that a change would be lost without a word.
        """
        with self._lock:
            try:
                if self._db is None:
                    self._file = Identity(self._path)
                    self._db = _open(self._path)
                self._check_file()
                with self._db.atomic():
                    yield self._db
                    self._check_file()  # while it can still be taken back
                self._check_file()
            except PeopleUnavailable:
                self._forget()
                raise
            except (sqlite3.Error, OSError) as error:
                self._forget()
                what = error.strerror if isinstance(error, OSError) else error
                raise PeopleUnavailable(f"{self._path.name}: {what}") from error

    def _check_file(self) -> None:
        """Raise ``PeopleUnavailable`` when the path no longer leads to the file that was opened."""
        if self._file is None or not self._file.same():
            raise PeopleUnavailable(f"{self._path.name} was moved or removed while in use")

    def _forget(self) -> None:
        self._file = None
        if self._db is not None:
            self._db.close()
            self._db = None

    def _tell(
        self,
        db: Database,
        kind: EventType,
        operator: str,
        facts: Facts,
        *,
        person: str,
        card: str | None = None,
    ) -> None:
        row = {"at": _text(self._now()), "type": kind.value, "person": person, "credential": card}
        detail = json.dumps(facts, separators=(",", ":"), sort_keys=True)
        db.table("outbox").insert({**row, "operator": operator, "detail": detail})


def _open(path: Path) -> Database:
    """Open the file that a migration has made. What each setting guards: see ``connect.writer``."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    try:
        db = Database(connection)
        db.execute(f"PRAGMA busy_timeout={_PATIENCE_MS:d}")
        db.enable_wal()
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("PRAGMA trusted_schema=OFF")
        check_schema(connection, PEOPLE_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return db


def _known_person(db: Database, person: str) -> PersonRow:
    row = find_person(db.conn, person)
    if row is None:
        raise UnknownPerson(person)
    return row


def _columns(person: PersonRow) -> dict[str, object]:
    return {
        "name": person.name,
        "roles": json.dumps(person.roles),
        "valid_from": _text(person.validity.start),
        "valid_until": _text(person.validity.end),
        "disabled": int(person.disabled),
    }


def _difference(before: PersonRow, after: PersonRow) -> Facts:
    """Give what changed, without anybody's name in it."""
    facts: dict[str, str | int | bool | None] = {}
    if before.name != after.name:
        facts["name_changed"] = True
    for field, old, new in (
        ("roles", ", ".join(before.roles), ", ".join(after.roles)),
        ("valid_from", _text(before.validity.start), _text(after.validity.start)),
        ("valid_until", _text(before.validity.end), _text(after.validity.end)),
        ("disabled", before.disabled, after.disabled),
    ):
        if old != new:
            facts |= {f"{field}_before": old, f"{field}_after": new}
    return facts


def _validity_facts(validity: Validity) -> dict[str, str | int | bool | None]:
    each = {"valid_from": _text(validity.start), "valid_until": _text(validity.end)}
    return {field: at for field, at in each.items() if at is not None}


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def _new_id(kind: str) -> str:
    """Make up a name: 40 random bits, in letters that are hard to mistake for each other."""
    return f"{kind}-" + "".join(secrets.choice(_BASE32) for _ in range(_ID_LENGTH))
