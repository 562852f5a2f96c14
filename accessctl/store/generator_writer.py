"""Changes to generators of one-time codes. Their secrets come sealed, and leave no word in the outbox."""

from dataclasses import dataclass, field
from typing import Final

from sqlite_utils import Database

from accessctl.store.people_change import Fact, PeopleChanges, known_person, text_of
from accessctl.store.people_errors import NoGenerator
from policies.event_types import EventType

_PUT: Final = (
    "INSERT INTO totp (person, id, sealed, digits, period_s, algorithm, confirmed, set_at)"
    " VALUES (?, ?, ?, ?, ?, ?, 0, ?)"
    " ON CONFLICT (person) DO UPDATE SET id = excluded.id, sealed = excluded.sealed,"
    " digits = excluded.digits, period_s = excluded.period_s, algorithm = excluded.algorithm,"
    " confirmed = 0, set_at = excluded.set_at"
)
_KIND: Final[dict[str, Fact]] = {"kind": "code_generator"}


@dataclass(frozen=True, slots=True)
class NewGenerator:
    """A generator about to be given to a person."""

    id: str
    sealed: bytes = field(repr=False)
    digits: int
    period_s: int
    algorithm: str


class GeneratorWriter(PeopleChanges):
    """Writes generators of one-time codes. A person has one at most."""

    def set_generator(self, person: str, new: NewGenerator, operator: str) -> None:
        """Give a person a generator in place of any other. Raises ``UnknownPerson``.

        It does not count before it is confirmed, and the one before does not count any more.
        """
        with self._change() as db:
            before = known_person(db, person).generator_confirmed
            values = [new.id, new.sealed, new.digits, new.period_s, new.algorithm, text_of(self._now())]
            db.execute(_PUT, [person, *values])
            kind = EventType.CREDENTIAL_ENROLLED if before is None else EventType.CREDENTIAL_CHANGED
            was = {} if before is None else {"confirmed_before": before}
            facts = {**_KIND, **was, "confirmed_after": False}
            self._tell(db, kind, operator, facts, person=person, card=new.id)

    def confirm_generator(self, person: str, generator: str, operator: str) -> None:
        """Let a generator count, a code of which was right. Raises ``UnknownPerson`` and ``NoGenerator``.

        One that was replaced meanwhile is not there any more. To one that counts nothing happens.
        """
        with self._change() as db:
            confirmed = known_person(db, person).generator_confirmed
            row = db.execute("SELECT id FROM totp WHERE person = ?", [person]).fetchone()
            if row is None or row[0] != generator:
                raise NoGenerator(person)
            if not confirmed:
                db.execute("UPDATE totp SET confirmed = 1 WHERE person = ?", [person])
                facts = {**_KIND, "confirmed_before": False, "confirmed_after": True}
                self._tell(db, EventType.CREDENTIAL_CHANGED, operator, facts, person=person, card=generator)

    def remove_generator(self, person: str, operator: str) -> None:
        """Take a person's generator away, with its secret. Raises ``UnknownPerson`` and ``NoGenerator``."""
        with self._change() as db:
            if known_person(db, person).generator_confirmed is None:
                raise NoGenerator(person)
            self._drop_generator(db, person, operator)

    def _drop_generator(self, db: Database, person: str, operator: str) -> None:
        (generator,) = db.execute("SELECT id FROM totp WHERE person = ?", [person]).fetchone()
        db.execute("DELETE FROM totp WHERE person = ?", [person])
        self._tell(db, EventType.CREDENTIAL_REVOKED, operator, _KIND, person=person, card=generator)
