"""Many people at once: all of them in one transaction, and the cards that wait for their tags.

A card's number never comes here: it comes sealed, and what sealed it makes the tag, a few at a time.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Final

from sqlite_utils import Database

from accessctl.store.bulk_staging import Staging, attach, detach, move_in, renamed_in
from accessctl.store.connect import reader
from accessctl.store.credential_writer import CredentialWriter, NewCard
from accessctl.store.errors import PeopleUnavailable, StoreError
from accessctl.store.left_behind import Former, unname_notes
from accessctl.store.people_change import Fact, new_id, text_of, validity_facts
from accessctl.store.people_errors import DuplicateCard
from accessctl.store.people_queries import PersonRow
from accessctl.store.person_rows import difference, first_facts, renewed, salts_of, seal_rows, stored_person
from policies.event_types import EventType
from policies.people import CardStatus

_AT_ONCE: Final = 250
"""People who are written with one statement. Between two of them other threads have their turn."""
_CACHE_KIB: Final = 64 * 1024
"""So much of the file is kept in memory meanwhile: a page that is touched often is written once."""
TRIES: Final = 3
_NEW_IMPORT: Final = (
    "INSERT INTO import (id, operator, at, rows, added, changed, cards) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_CHANGING: Final = tuple(
    kind.value
    for kind in (
        *(EventType.PERSON_ADDED, EventType.PERSON_CHANGED, EventType.PERSON_LEFT, EventType.PERSON_DELETED),
        EventType.PEOPLE_IMPORTED,
    )
)
"""What is told of whoever changes rows of people."""
_PEOPLE_CHANGED: Final = (
    f"SELECT count(*) FROM outbox WHERE id > ? AND type IN ({', '.join('?' for _ in _CHANGING)})"  # noqa: S608 - of this file
)
_PENDING: Final = (
    "SELECT p.import, p.person, p.technology, i.operator FROM pending_card p JOIN import i ON i.id = p.import"
    " WHERE p.id = ? AND p.why IS NULL"
)

_DELETED: Final = "SELECT 1 FROM deleted_person WHERE id = ?"


class StoredPeople:
    """What is stored of people, for who asks about many: over one connection, from one thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Ask over this connection, which the caller holds."""
        self._connection = connection

    def person(self, person: str) -> PersonRow | None:
        """Give a person's own row, if there is one."""
        return stored_person(self._connection, person)

    def was_deleted(self, person: str) -> bool:
        """Tell whether a pseudonym was that of somebody who was deleted: nobody gets it again."""
        return self._connection.execute(_DELETED, (person,)).fetchone() is not None


Plan = Callable[[StoredPeople, datetime], Iterable["Planned"]]
"""Tells what becomes of people, given what is stored and the instant that counts."""


class ChangedMeanwhile(StoreError):
    """People were changed again and again while an import was laid out."""

    def __init__(self, import_: str) -> None:
        """Name the import that was not done."""
        super().__init__(f"people were changed again and again meanwhile; {import_} was not done. Try again")


class _Stale(Exception):
    """What was laid out is not about what is stored now."""


@dataclass(frozen=True, slots=True)
class NewPending:
    """A card that is to wait for its tag: its place in the file, its name for the seal, the sealed number."""

    row: int
    name: str
    technology: str
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of one person, who was ``before`` or is new, and which cards wait for them."""

    before: PersonRow | None
    after: PersonRow
    cards: tuple[NewPending, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import that is done, and how far its cards are."""

    id: str
    operator: str
    at: datetime
    rows: int = 0
    added: int = 0
    changed: int = 0
    cards: int = 0
    tagged: int = 0
    failed: int = 0
    waiting: int = 0

    @property
    def unchanged(self) -> int:
        """How many rows said what was so already."""
        return self.rows - self.added - self.changed


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a card that waited: its tag, or why there is none."""

    pending: int
    tag: bytes = b""
    hint: str = ""
    why: str | None = None


class BulkWriter(CredentialWriter):
    """Writes many people at once, and the cards that were sealed with them."""

    def import_people(self, operator: str, plan: Plan, id_: str | None = None) -> ImportRow:
        """Write all that is planned in one transaction, or nothing, whatever ``plan`` raises.

        ``plan`` is asked before, beside the store, so that nobody waits for it: with what is stored, and the
        instant that counts. Should somebody else change people meanwhile, it is asked anew. Raises
        ``PeopleUnavailable`` and, when that never ends, ``ChangedMeanwhile``.
        """
        done = ImportRow(id_ or new_id("i"), operator, self._now())
        for _ in range(TRIES):
            with closing(Staging()) as staging:
                seen, laid_out = self._lay_out(staging, done, plan)
                image = [staging.image()]
            with self._attached(image), self._change() as db, _large_cache(db), suppress(_Stale):
                return self._move_in(db, seen, laid_out)
        raise ChangedMeanwhile(done.id)

    def settle(self, outcomes: Sequence[Settled]) -> None:
        """Enrol the cards whose tags were made, and note why the others could not be."""
        with self._change() as db:
            for outcome in outcomes:
                found = db.execute(_PENDING, [outcome.pending]).fetchone()
                if found is not None:  # else its person was deleted meanwhile
                    self._settle(db, outcome, *found)

    # ------------------------------------------------------------------------------------ inside

    def _lay_out(self, staging: Staging, done: ImportRow, plan: Plan) -> tuple[int, ImportRow]:
        """Lay out everything; gives up to which change the store was seen, and how much it is."""
        try:
            with closing(reader(self._path)) as connection:
                connection.execute("BEGIN")  # one look at everything, however long it takes
                (seen,) = connection.execute("SELECT coalesce(max(id), 0) FROM outbox").fetchone()
                planned = iter(plan(StoredPeople(connection), done.at))
                while some := list(islice(planned, _AT_ONCE)):
                    done = self._add(staging, done, some, connection)
                    time.sleep(0)
        except sqlite3.Error as error:
            raise PeopleUnavailable(f"{self._path.name}: {error}") from error
        return seen, done

    def _add(
        self, staging: Staging, done: ImportRow, some: list[Planned], connection: sqlite3.Connection
    ) -> ImportRow:
        people, renamed, outbox = [], [], []
        changed = 0
        for each in some:
            before, after = each.before, each.after
            if before is None:
                facts, kind = first_facts(after), EventType.PERSON_ADDED
            else:
                after = renewed(before, after, done.at)
                facts, kind = difference(before, after), EventType.PERSON_CHANGED
                if not facts:
                    continue
                changed += 1
                renamed += [after] if before.name != after.name else []
            people.append(after)
            outbox.append(self._told(kind, done.operator, {**facts, "import": done.id}, after.id))
        cards = list(_pending(done.id, some))
        staging.add(people, renamed, outbox, cards)
        named = [*(each.after for each in some if each.before is None), *renamed]
        staging.add_words(named)
        staging.add_seals(seal_rows(named, salts_of(connection, renamed) if renamed else {}))
        return replace(
            done,
            rows=done.rows + len(some),
            added=done.added + len(people) - changed,
            changed=done.changed + changed,
            cards=done.cards + len(cards),
        )

    @contextmanager
    def _attached(self, image: list[bytes]) -> Iterator[None]:
        """Let the connection see what was laid out until the block ends; the image is taken from its list."""
        with self._lock, self._as_unavailable():
            attach(self._opened().conn, image.pop())
        try:
            yield
        finally:
            with self._lock:
                if self._db is not None:
                    detach(self._db.conn)

    @contextmanager
    def _as_unavailable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            self._forget()
            raise PeopleUnavailable(f"{self._path.name}: {error}") from error

    def _move_in(self, db: Database, seen: int, done: ImportRow) -> ImportRow:
        (changes,) = db.execute(_PEOPLE_CHANGED, [seen, *_CHANGING]).fetchone()
        if changes:
            raise _Stale
        counts = [done.rows, done.added, done.changed, done.cards]
        db.execute(_NEW_IMPORT, [done.id, done.operator, text_of(done.at), *counts])
        unname_notes(db, (Former(*each) for each in renamed_in(db.conn)))
        move_in(db.conn)
        names = ("import", "rows", "added", "changed", "cards")
        facts: dict[str, Fact] = dict(zip(names, [done.id, *counts], strict=True))
        self._tell(db, EventType.PEOPLE_IMPORTED, done.operator, facts, person=None)
        return replace(done, waiting=done.cards)

    def _settle(
        self, db: Database, outcome: Settled, import_: str, person: str, technology: str, operator: str
    ) -> None:
        why = outcome.why or self._why_not(db, outcome.tag, person)
        if why is None:
            self._enrol(db, outcome, import_, person, technology, operator)
        elif why:
            db.execute("UPDATE pending_card SET sealed = NULL, why = ? WHERE id = ?", [why, outcome.pending])
            return
        db.execute("DELETE FROM pending_card WHERE id = ?", [outcome.pending])
        db.execute("UPDATE import SET tagged = tagged + 1 WHERE id = ?", [import_])

    def _why_not(self, db: Database, tag: bytes, person: str) -> str | None:
        """Say why a card cannot be enrolled; nothing at all where it is this person's already."""
        taken = db.execute("SELECT id, person, status FROM card WHERE tag = ?", [tag]).fetchone()
        if taken is None:
            return None
        card, holder, status = taken
        if holder != person:
            return str(DuplicateCard(card, holder))
        return (
            "" if status == CardStatus.ACTIVE.value else f"it is theirs already, as {card}, which is {status}"
        )

    def _enrol(
        self, db: Database, outcome: Settled, import_: str, person: str, technology: str, operator: str
    ) -> None:
        row = self._insert(db, person, NewCard(outcome.tag, technology, outcome.hint))
        about: dict[str, Fact] = {"kind": "card", "technology": technology, "hint": row.hint}
        facts = {**about, **validity_facts(row.validity), "import": import_}
        self._tell(db, EventType.CREDENTIAL_ENROLLED, operator, facts, person=person, card=row.id)


@contextmanager
def _large_cache(db: Database) -> Iterator[None]:
    (before,) = db.execute("PRAGMA cache_size").fetchone()
    db.execute(f"PRAGMA cache_size=-{_CACHE_KIB:d}")
    try:
        yield
    finally:
        db.execute(f"PRAGMA cache_size={int(before):d}")


def _pending(import_: str, some: Iterable[Planned]) -> Iterator[tuple[object, ...]]:
    for each in some:
        for card in each.cards:
            yield import_, card.row, card.name, each.after.id, card.technology, card.sealed
