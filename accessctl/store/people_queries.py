"""What is read of the people's store for lists and pages: never a tag, never a hash.

Each question opens the file for itself, so it may be asked from any thread and holds nothing afterwards.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from accessctl.store.people_reads import MOST, PeopleReads, instant_of
from policies.ids import QualificationId
from policies.people import CardStatus, Qualification, UseLimits, Validity

CODE: Final = "code"
"""The technology of what is typed at a keypad and is no card."""
PASS: Final = "pass"  # noqa: S105 - of a visitor, not of a user
"""The technology of a signed pass, which somebody shows as a picture or in a tag."""

_PERSON: Final = (
    "SELECT p.id, p.name, p.roles, p.groups, p.valid_from, p.valid_until, p.disabled, p.added_at,"
    " p.uses_total, p.uses_a_day, p.exempt, p.extended, coalesce(p.seen_from, p.added_at),"
    " n.person IS NOT NULL, n.duress_hash IS NOT NULL,"
    " (SELECT count(*) FROM card c WHERE c.person = p.id AND c.status = 'active' AND c.kind = 'card'),"
    " EXISTS (SELECT 1 FROM card c WHERE c.person = p.id AND c.status = 'active' AND c.kind = 'code'),"
    " (SELECT g.confirmed FROM totp g WHERE g.person = p.id),"
    " (SELECT json_group_array(json_array(q.id, q.until)) FROM qualification q WHERE q.person = p.id),"
    " (SELECT json_group_array(json_array(t.id, t.level, t.valid_from, t.valid_until))"
    " FROM temporary_access t WHERE t.person = p.id)"
    " FROM person p LEFT JOIN pin n ON n.person = p.id"
)
_CARD: Final = (
    "SELECT c.id, c.person, c.technology, c.hint, c.status, c.valid_from, c.valid_until, c.enrolled_at,"
    " c.points, c.uses, c.label, c.break_glass FROM card c"
)
_IS_PSEUDONYM: Final = (
    "SELECT EXISTS (SELECT 1 FROM person WHERE id = ?) OR EXISTS (SELECT 1 FROM deleted_person WHERE id = ?)"
)
_LOAN: Final = "SELECT id, person, level, valid_from, valid_until FROM temporary_access WHERE id = ?"


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A level that somebody has for a while."""

    id: str
    person: str
    level: str
    validity: Validity


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person, as an admin sees one."""

    id: str
    name: str
    roles: tuple[str, ...]
    validity: Validity
    disabled: bool
    added_at: datetime
    seen_from: datetime
    """Days on which the person is not seen count from here."""
    groups: tuple[str, ...] = ()
    uses: UseLimits = UseLimits()
    exempt: bool = False
    extended: bool = False
    has_pin: bool = False
    has_duress_pin: bool = False
    """For whoever administers this person, and for no list."""
    active_cards: int = 0
    has_code: bool = False
    generator_confirmed: bool | None = None
    """Whether the generator of one-time codes counts already; ``None``: there is none."""
    qualifications: tuple[Qualification, ...] = ()
    temporary: tuple[LoanRow, ...] = ()


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card, as an admin sees one: by its id and the last two digits of its number.

    A code is one as well. Of its digits nothing is shown, so its hint is empty.
    """

    id: str
    person: str
    technology: str
    """How it is read; ``unknown`` for what was enrolled before that was kept."""
    hint: str
    status: CardStatus
    validity: Validity
    enrolled_at: datetime
    points: tuple[str, ...] | None = None
    """The access points where alone a code or pass counts; ``None``: wherever its holder may pass."""
    uses: int | None = None
    """How often a code or pass lets somebody in; ``None`` is as often as they like."""
    label: str | None = None
    """What is written on it. A code without is the one that its person keeps in their head."""
    break_glass: bool = False

    @property
    def is_code(self) -> bool:
        """Whether it is typed, not shown."""
        return self.technology == CODE


class PeopleQueries(PeopleReads):
    """Reads ``people.db`` for lists. May be used from any thread."""

    def these(self, people: Iterable[str]) -> list[PersonRow]:
        """Give the people with these ids, in the order of their ids. Raises ``PeopleUnavailable``."""
        wanted = json.dumps(list(people))
        sql = f"{_PERSON} WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY p.id"  # noqa: S608 - of what stands in this file
        return [person_row(row) for row in self._all(sql, wanted)]

    def person(self, person: str) -> PersonRow | None:
        """Give one person. Raises ``PeopleUnavailable``."""
        rows = self._all(f"{_PERSON} WHERE p.id = ?", person)
        return person_row(rows[0]) if rows else None

    def is_pseudonym(self, word: str) -> bool:
        """Tell whether this is the id of somebody, or was until they were deleted."""
        return bool(self._all(_IS_PSEUDONYM, word, word)[0][0])

    def people(self, *, after: str = "", name: str | None = None, limit: int = MOST) -> list[PersonRow]:
        """Give people in the order of their ids, those of exactly this name if one is given."""
        where = "WHERE p.id > ?" if name is None else "WHERE p.id > ? AND p.name = ?"
        values = (after,) if name is None else (after, name)
        rows = self._all(f"{_PERSON} {where} ORDER BY p.id LIMIT ?", *values, min(limit, MOST))
        return [person_row(row) for row in rows]

    def card(self, card: str) -> CardRow | None:
        """Give one card. Raises ``PeopleUnavailable``."""
        rows = self._all(f"{_CARD} WHERE c.id = ?", card)
        return card_row(rows[0]) if rows else None

    def cards(self, *, after: str = "", person: str | None = None, limit: int = MOST) -> list[CardRow]:
        """Give cards in the order of their ids, those of one person if one is given."""
        where = "WHERE c.id > ?" if person is None else "WHERE c.id > ? AND c.person = ?"
        values = (after,) if person is None else (after, person)
        rows = self._all(f"{_CARD} {where} ORDER BY c.id LIMIT ?", *values, min(limit, MOST))
        return [card_row(row) for row in rows]

    def codes(
        self,
        *,
        after: str = "",
        person: str | None = None,
        limit: int = MOST,
        break_glass: bool | None = None,
    ) -> list[CardRow]:
        """Give codes in the order of their ids: of one person, or break-glass codes alone, if asked for."""
        where: str = "WHERE c.technology = 'code' AND c.id > ?"
        values: list[str | bool] = [after]
        for column, wanted in (("person", person), ("break_glass", break_glass)):
            if wanted is not None:
                where, values = f"{where} AND c.{column} = ?", [*values, wanted]
        rows = self._all(f"{_CARD} {where} ORDER BY c.id LIMIT ?", *values, min(limit, MOST))
        return [card_row(row) for row in rows]

    def passes(self, *, after: str = "", person: str | None = None, limit: int = MOST) -> list[CardRow]:
        """Give passes in the order of their ids, those of one person if one is given."""
        where, values = "WHERE c.technology = 'pass' AND c.id > ?", [after]
        if person is not None:
            where, values = f"{where} AND c.person = ?", [*values, person]
        rows = self._all(f"{_CARD} {where} ORDER BY c.id LIMIT ?", *values, min(limit, MOST))
        return [card_row(row) for row in rows]

    def names_of(self, people: Iterable[str]) -> dict[str, str]:
        """Give the name of each of these people who is still in the store."""
        wanted = json.dumps(sorted(set(people)))
        return dict(
            self._all("SELECT id, name FROM person WHERE id IN (SELECT value FROM json_each(?))", wanted)
        )


def find_person(connection: sqlite3.Connection, person: str) -> PersonRow | None:
    """Give one person over a connection that the caller holds, inside its transaction."""
    row = connection.execute(f"{_PERSON} WHERE p.id = ?", (person,)).fetchone()
    return None if row is None else person_row(row)


def find_card(connection: sqlite3.Connection, card: str) -> CardRow | None:
    """Give one card over a connection that the caller holds, inside its transaction."""
    row = connection.execute(f"{_CARD} WHERE c.id = ?", (card,)).fetchone()
    return None if row is None else card_row(row)


def find_loan(connection: sqlite3.Connection, loan: str) -> LoanRow | None:
    """Give what was lent over a connection that the caller holds, inside its transaction."""
    row = connection.execute(_LOAN, (loan,)).fetchone()
    return None if row is None else _loan_row(*row)


def person_row(row: tuple[Any, ...]) -> PersonRow:
    """Make a value of what ``SELECT`` gave."""
    id_, name, roles, groups, from_, until, disabled, added_at, total, a_day, exempt, extended, *more = row
    seen_from, has_pin, has_duress_pin, cards, has_code, generator, qualifications, temporary = more
    return PersonRow(
        id=id_,
        name=name,
        roles=tuple(json.loads(roles)),
        groups=tuple(json.loads(groups)),
        validity=_validity(from_, until),
        disabled=bool(disabled),
        added_at=datetime.fromisoformat(added_at),
        uses=UseLimits(total, a_day),
        exempt=bool(exempt),
        extended=bool(extended),
        seen_from=datetime.fromisoformat(seen_from),
        has_pin=bool(has_pin),
        has_duress_pin=bool(has_duress_pin),
        active_cards=cards,
        has_code=bool(has_code),
        generator_confirmed=None if generator is None else bool(generator),
        qualifications=tuple(
            Qualification(QualificationId(held), instant_of(until))
            for held, until in json.loads(qualifications)
        ),
        temporary=tuple(_loan_row(loan, id_, *lent) for loan, *lent in json.loads(temporary)),
    )


def card_row(row: tuple[Any, ...]) -> CardRow:
    """Make a value of what ``SELECT`` gave."""
    id_, person, technology, hint, status, from_, until, enrolled_at, points, uses, label, break_glass = row
    return CardRow(
        id_,
        person,
        technology,
        hint,
        CardStatus(status),
        _validity(from_, until),
        datetime.fromisoformat(enrolled_at),
        None if points is None else tuple(json.loads(points)),
        uses,
        label,
        bool(break_glass),
    )


def _loan_row(id_: str, person: str, level: str, start: str | None, end: str) -> LoanRow:
    return LoanRow(id_, person, level, _validity(start, end))


def _validity(start: str | None, end: str | None) -> Validity:
    return Validity(instant_of(start), instant_of(end))
