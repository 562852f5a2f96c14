"""Changes to what people may do for a while: qualifications with an end, levels that are lent."""

from datetime import datetime
from typing import Final

from sqlite_utils import Database

from accessctl.store.people_change import Fact, PeopleChanges, known_person, new_id, text_of, validity_facts
from accessctl.store.people_errors import NotQualified, UnknownLoan
from accessctl.store.people_queries import LoanRow, find_loan
from policies.event_types import EventType
from policies.ids import LevelId
from policies.people import TemporaryAccess, Validity

_FORGET: Final = "DELETE FROM temporary_access WHERE person = ? AND valid_until <= ?"
_LEND: Final = (
    "INSERT INTO temporary_access (person, id, level, valid_from, valid_until) VALUES (?, ?, ?, ?, ?)"
)


class RightsWriter(PeopleChanges):
    """Writes qualifications and temporary access."""

    def qualify(self, person: str, qualification: str, until: datetime | None, operator: str) -> None:
        """Let a person hold a qualification until then, or for good. Raises ``UnknownPerson``.

        What does not change is neither written nor recorded.
        """
        with self._change() as db:
            held = _held_by(db, person)
            before = held.get(qualification)
            if qualification in held and before == until:
                return
            db.execute(
                "INSERT INTO qualification (person, id, until) VALUES (?, ?, ?)"
                " ON CONFLICT (person, id) DO UPDATE SET until = excluded.until",
                [person, qualification, text_of(until)],
            )
            facts: dict[str, Fact] = {
                "qualification": qualification,
                "held_before": qualification in held,
                "held_after": True,
                "until_before": text_of(before),
                "until_after": text_of(until),
            }
            self._tell(db, EventType.PERSON_CHANGED, operator, facts, person=person)

    def disqualify(self, person: str, qualification: str, operator: str) -> None:
        """Take a qualification away. Raises ``UnknownPerson`` and ``NotQualified``."""
        with self._change() as db:
            held = _held_by(db, person)
            if qualification not in held:
                raise NotQualified(person, qualification)
            db.execute("DELETE FROM qualification WHERE person = ? AND id = ?", [person, qualification])
            facts: dict[str, Fact] = {
                "qualification": qualification,
                "held_before": True,
                "held_after": False,
                "until_before": text_of(held[qualification]),
            }
            self._tell(db, EventType.PERSON_CHANGED, operator, facts, person=person)

    def lend(self, person: str, level: str, validity: Validity, operator: str) -> LoanRow:
        """Let a person have a level for a while. Raises ``UnknownPerson``, and ``ValueError`` without an end.

        What the person was lent before and is over is forgotten: each badge would read it again.
        """
        TemporaryAccess(LevelId(level), validity)  # refuses what the door could not read
        loan = LoanRow(new_id("t"), person, level, validity)
        start, end = text_of(validity.start), text_of(validity.end)
        with self._change() as db:
            known_person(db, person)
            db.execute(_FORGET, [person, text_of(self._now())])
            db.execute(_LEND, [person, loan.id, level, start, end])
            self._tell_of(db, loan, operator, lent=True)
        return loan

    def end_loan(self, loan: str, operator: str) -> LoanRow:
        """Take back what was lent. Raises ``UnknownLoan``."""
        with self._change() as db:
            row = find_loan(db.conn, loan)
            if row is None:
                raise UnknownLoan(loan)
            self._drop_loan(db, row, operator)
        return row

    def _drop_loan(self, db: Database, loan: LoanRow, operator: str) -> None:
        db.execute("DELETE FROM temporary_access WHERE id = ?", [loan.id])
        self._tell_of(db, loan, operator, lent=False)

    def _tell_of(self, db: Database, loan: LoanRow, operator: str, *, lent: bool) -> None:
        about = {"temporary_access": loan.id, "level": loan.level}
        facts = {**about, "lent_before": not lent, "lent_after": lent, **validity_facts(loan.validity)}
        self._tell(db, EventType.PERSON_CHANGED, operator, facts, person=loan.person)


def _held_by(db: Database, person: str) -> dict[str, datetime | None]:
    return {str(each.id): each.until for each in known_person(db, person).qualifications}
