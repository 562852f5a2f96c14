"""Changes to what people show: cards, codes, PINs.

A number and a digit never come here: cards and codes come as tags, PINs as hashes. What the outbox says of
a duress PIN is what it says of any PIN, so that nobody learns from the record who has one.
"""

from dataclasses import dataclass
from typing import Final

from sqlite_utils import Database

from accessctl.store.people_change import PeopleChanges, known_person, new_id, text_of, validity_facts
from accessctl.store.people_errors import CodesSpent, DuplicateCard, NoDuressPin, NoPin, UnknownCard
from accessctl.store.people_queries import CODE, CardRow, PersonRow, find_card
from policies.event_types import EventType
from policies.people import CardStatus, Validity

_CODES_IN_USE: Final = (
    "SELECT count(*) FROM card WHERE technology = 'code' AND status = 'active'"
    " AND (valid_until IS NULL OR valid_until > ?)"
)
_CODES_OF: Final = "SELECT id FROM card WHERE technology = 'code' AND person = ? AND status = 'active'"
_INSERT: Final = (
    "INSERT INTO card (tag, id, person, technology, hint, valid_from, valid_until, enrolled_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_PIN: Final = {"kind": "pin"}


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card about to be enrolled: its tag, and what may be shown of its number."""

    tag: bytes
    technology: str
    hint: str
    validity: Validity = Validity()
    read_at: str | None = None
    """The access point at whose reader it was shown; ``None``: its number was typed in."""


class CredentialWriter(PeopleChanges):
    """Writes cards, codes and PINs."""

    def enrol_card(self, person: str, card: NewCard, operator: str) -> CardRow:
        """Bind a card to a person. Raises ``UnknownPerson`` and ``DuplicateCard``."""
        with self._change() as db:
            known_person(db, person)
            row = self._insert(db, person, card)
            where = {} if card.read_at is None else {"read_at": card.read_at}
            about = {"kind": "card", "technology": card.technology, "hint": row.hint}
            facts = {**about, **where, **validity_facts(row.validity)}
            self._tell(db, EventType.CREDENTIAL_ENROLLED, operator, facts, person=person, card=row.id)
        return row

    def enrol_code(
        self, person: str, tag: bytes, most: int, operator: str, *, validity: Validity | None = None
    ) -> CardRow:
        """Give a person a code for keypads in place of any other, while fewer than ``most`` are in use.

        A code that was taken away stays stored, so that nobody is ever given somebody else's. Raises
        ``UnknownPerson``, ``DuplicateCard`` when somebody has or had this very code, and ``CodesSpent``.
        """
        card = NewCard(tag, CODE, "", validity or Validity())
        with self._change() as db:
            known_person(db, person)
            for (before,) in db.execute(_CODES_OF, [person]).fetchall():
                self._change_status(db, before, CardStatus.REVOKED, operator)
            (in_use,) = db.execute(_CODES_IN_USE, [text_of(self._now())]).fetchone()
            if in_use >= most:
                raise CodesSpent(most)
            row = self._insert(db, person, card)
            facts = {"kind": CODE, **validity_facts(row.validity)}
            self._tell(db, EventType.CREDENTIAL_ENROLLED, operator, facts, person=person, card=row.id)
        return row

    def change_card_status(self, card: str, status: CardStatus, operator: str) -> CardRow:
        """Say what became of a card. Raises ``UnknownCard``. To the status that it has nothing happens."""
        with self._change() as db:
            return self._change_status(db, card, status, operator)

    def set_pin(self, person: str, hashed: str, operator: str) -> None:
        """Give a person a PIN in place of any other; a duress PIN stays. Raises ``UnknownPerson``."""
        with self._change() as db:
            known = known_person(db, person)
            db.execute(
                "INSERT INTO pin (person, hash, set_at) VALUES (?, ?, ?)"
                " ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at",
                [person, hashed, text_of(self._now())],
            )
            kind = EventType.CREDENTIAL_CHANGED if known.has_pin else EventType.CREDENTIAL_ENROLLED
            self._tell(db, kind, operator, _PIN, person=person)

    def remove_pin(self, person: str, operator: str) -> None:
        """Take a person's PIN away, and the duress PIN with it. Raises ``UnknownPerson`` and ``NoPin``."""
        with self._change() as db:
            _with_pin(db, person)
            db.table("pin").delete_where("person = ?", [person])
            self._tell(db, EventType.CREDENTIAL_REVOKED, operator, _PIN, person=person)

    def set_duress_pin(self, person: str, hashed: str, operator: str) -> None:
        """Give a person who has a PIN a duress PIN beside it. Raises ``UnknownPerson`` and ``NoPin``."""
        with self._change() as db:
            _with_pin(db, person)
            self._put_duress_hash(db, person, hashed, operator)

    def remove_duress_pin(self, person: str, operator: str) -> None:
        """Take a duress PIN away; the PIN stays. Raises ``UnknownPerson`` and ``NoDuressPin``."""
        with self._change() as db:
            if not known_person(db, person).has_duress_pin:
                raise NoDuressPin(person)
            self._put_duress_hash(db, person, None, operator)

    def _put_duress_hash(self, db: Database, person: str, hashed: str | None, operator: str) -> None:
        db.execute("UPDATE pin SET duress_hash = ? WHERE person = ?", [hashed, person])
        self._tell(db, EventType.CREDENTIAL_CHANGED, operator, _PIN, person=person)

    def _insert(self, db: Database, person: str, card: NewCard) -> CardRow:
        taken = db.execute("SELECT id, person FROM card WHERE tag = ?", [card.tag]).fetchone()
        if taken is not None:
            raise DuplicateCard(*taken)
        row = CardRow(
            new_id("c"), person, card.technology, card.hint, CardStatus.ACTIVE, card.validity, self._now()
        )
        start, end = text_of(row.validity.start), text_of(row.validity.end)
        values = [card.tag, row.id, person, row.technology, row.hint, start, end, text_of(row.enrolled_at)]
        db.execute(_INSERT, values)
        return row

    def _change_status(self, db: Database, card: str, status: CardStatus, operator: str) -> CardRow:
        before = find_card(db.conn, card)
        if before is None:
            raise UnknownCard(card)
        if before.status is not status:
            db.execute("UPDATE card SET status = ? WHERE id = ?", [status.value, card])
            kind = (
                EventType.CREDENTIAL_CHANGED if status is CardStatus.ACTIVE else EventType.CREDENTIAL_REVOKED
            )
            about = {"kind": CODE} if before.is_code else {"kind": "card", "hint": before.hint}
            facts = {**about, "status_before": before.status.value, "status_after": status.value}
            self._tell(db, kind, operator, facts, person=before.person, card=card)
        return find_card(db.conn, card) or before


def _with_pin(db: Database, person: str) -> PersonRow:
    row = known_person(db, person)
    if not row.has_pin:
        raise NoPin(person)
    return row
