"""Changes to what people show: cards, codes, PINs.

A number and a digit never come here: cards and codes come as tags, PINs as hashes. What the outbox says of
a duress PIN is what it says of any PIN, so that nobody learns from the record who has one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlite_utils import Database

from accessctl.store.people_change import Fact, PeopleChanges, known_person, new_id, text_of, validity_facts
from accessctl.store.people_errors import CodesSpent, DuplicateCard, NoDuressPin, NoPin, UnknownCard
from accessctl.store.people_queries import CODE, CardRow, PersonRow, find_card
from policies.event_types import EventType
from policies.people import CardStatus, Validity

_CODES_IN_USE: Final = (
    "SELECT count(*) FROM card WHERE technology = 'code' AND status = 'active' AND break_glass = 0"
    " AND (valid_until IS NULL OR valid_until > ?)"
)
_STANDING_CODES_OF: Final = (
    "SELECT id FROM card WHERE technology = 'code' AND person = ? AND status = 'active' AND label IS NULL"
)
_INSERT: Final = (
    "INSERT INTO card (tag, id, person, technology, hint, valid_from, valid_until, enrolled_at,"
    " points, uses, label, break_glass) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
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
    points: tuple[str, ...] | None = None
    """Where alone a code or pass counts; ``None``: wherever its holder may pass."""
    uses: int | None = None
    """How often a code or pass lets somebody in; ``None`` is as often as they like."""
    label: str | None = None
    """What is written on it, for whoever looks through the list."""
    break_glass: bool = False


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
        """Give a person a code for keypads in place of the one in their head.

        Codes that are printed (those with a label) stay. Fewer than ``most`` may be in use. A code that was
        taken away stays stored, so that nobody is ever given somebody else's. Raises
        ``UnknownPerson``, ``DuplicateCard`` when somebody has or had this very code, and ``CodesSpent``.
        """
        card = NewCard(tag, CODE, "", validity or Validity())
        with self._change() as db:
            known_person(db, person)
            for (before,) in db.execute(_STANDING_CODES_OF, [person]).fetchall():
                self._change_status(db, before, CardStatus.REVOKED, operator)
            row = self._insert_code(db, person, card, most)
            self._tell(
                db, EventType.CREDENTIAL_ENROLLED, operator, _code_facts(row), person=person, card=row.id
            )
        return row

    def enrol_codes(self, person: str, codes: Sequence[NewCard], most: int, operator: str) -> list[CardRow]:
        """Give a person codes that are printed, each with a label: all of them or none.

        Fewer than ``most`` may be in use, break-glass codes not counted. Raises what ``enrol_code`` raises.
        """
        rows = []
        with self._change() as db:
            known_person(db, person)
            for code in codes:
                row = self._insert_code(db, person, code, most)
                facts = _code_facts(row)
                self._tell(db, EventType.CREDENTIAL_ENROLLED, operator, facts, person=person, card=row.id)
                rows.append(row)
        return rows

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
            self._drop_pin(db, person, operator)

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

    def _drop_pin(self, db: Database, person: str, operator: str) -> None:
        db.table("pin").delete_where("person = ?", [person])
        self._tell(db, EventType.CREDENTIAL_REVOKED, operator, _PIN, person=person)

    def _put_duress_hash(self, db: Database, person: str, hashed: str | None, operator: str) -> None:
        db.execute("UPDATE pin SET duress_hash = ? WHERE person = ?", [hashed, person])
        self._tell(db, EventType.CREDENTIAL_CHANGED, operator, _PIN, person=person)

    def _insert(self, db: Database, person: str, card: NewCard) -> CardRow:
        taken = db.execute("SELECT id, person FROM card WHERE tag = ?", [card.tag]).fetchone()
        if taken is not None:
            raise DuplicateCard(*taken)
        row = CardRow(
            new_id("c"),
            person,
            card.technology,
            card.hint,
            CardStatus.ACTIVE,
            card.validity,
            self._now(),
            card.points,
            card.uses,
            card.label,
            card.break_glass,
        )
        start, end = text_of(row.validity.start), text_of(row.validity.end)
        points = None if row.points is None else json.dumps(row.points)
        values = [card.tag, row.id, person, row.technology, row.hint, start, end, text_of(row.enrolled_at)]
        db.execute(_INSERT, [*values, points, row.uses, row.label, int(row.break_glass)])
        return row

    def _insert_code(self, db: Database, person: str, code: NewCard, most: int) -> CardRow:
        (in_use,) = db.execute(_CODES_IN_USE, [text_of(self._now())]).fetchone()
        if in_use >= most and not code.break_glass:
            raise CodesSpent(most)
        return self._insert(db, person, code)

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


def _code_facts(row: CardRow) -> dict[str, Fact]:
    """Give what the outbox says of a new code. Its label, which may be somebody's name, stays out of it."""
    limits: dict[str, Fact] = {
        "break_glass": row.break_glass or None,
        "access_points": None if row.points is None else ", ".join(row.points),
        "uses": row.uses,
    }
    told = {field: value for field, value in limits.items() if value is not None}
    return {"kind": CODE, **told, **validity_facts(row.validity)}


def _with_pin(db: Database, person: str) -> PersonRow:
    row = known_person(db, person)
    if not row.has_pin:
        raise NoPin(person)
    return row
