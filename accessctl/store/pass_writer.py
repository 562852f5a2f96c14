"""Changes to passes. A pass is a card row, found by the tag of the 16 bytes that name it, without its text.

The label stays out of the outbox: it may be somebody's name.
"""

from typing import Final

from sqlite_utils import Database

from accessctl.store.credential_writer import CredentialWriter, NewCard
from accessctl.store.people_change import Fact, known_person, validity_facts
from accessctl.store.people_errors import UnknownPass
from accessctl.store.people_queries import PASS, CardRow, find_card
from policies.event_types import EventType
from policies.people import CardStatus

_ABOUT: Final[dict[str, Fact]] = {"kind": PASS}


class PassWriter(CredentialWriter):
    """Writes passes, besides cards, codes and PINs."""

    def enrol_pass(
        self, person: str, made: NewCard, operator: str, *, instead_of: str | None = None
    ) -> CardRow:
        """Give a person a pass; the one that it stands in for is revoked in the same step.

        Raises ``UnknownPerson`` and ``UnknownPass``.
        """
        with self._change() as db:
            known_person(db, person)
            if instead_of is not None:
                self._end_pass(db, instead_of, CardStatus.REVOKED, operator)
            row = self._insert(db, person, made)
            limits: dict[str, Fact] = {
                "access_points": None if row.points is None else ", ".join(row.points),
                "uses": row.uses,
            }
            told = {field: value for field, value in limits.items() if value is not None}
            facts = {**_ABOUT, "hint": row.hint, **told, **validity_facts(row.validity)}
            self._tell(db, EventType.CREDENTIAL_ENROLLED, operator, facts, person=person, card=row.id)
        return row

    def end_pass(self, pass_: str, status: CardStatus, operator: str) -> CardRow:
        """Let a pass count no more. Raises ``UnknownPass``. What ended another way keeps its status."""
        with self._change() as db:
            return self._end_pass(db, pass_, status, operator)

    def _end_pass(self, db: Database, pass_: str, status: CardStatus, operator: str) -> CardRow:
        before = find_card(db.conn, pass_)
        if before is None or before.technology != PASS:
            raise UnknownPass(pass_)
        if before.status is not CardStatus.ACTIVE:
            return before
        db.execute("UPDATE card SET status = ? WHERE id = ?", [status.value, pass_])
        statuses: dict[str, Fact] = {"status_before": before.status.value, "status_after": status.value}
        facts = {**_ABOUT, "hint": before.hint, **statuses}
        self._tell(db, EventType.CREDENTIAL_REVOKED, operator, facts, person=before.person, card=pass_)
        return find_card(db.conn, pass_) or before
