"""Letting people go: everything that they could show at a door is taken in one step, or they are deleted.

Each thing that is taken goes into the record as the call for it alone would tell it, so that whoever looks
for a card's end finds it; and one entry says that the person has left.
"""

import json
from dataclasses import dataclass, field, replace
from typing import Final

from sqlite_utils import Database

from accessctl.store.biometric_rows import biometrics_in, consents_in
from accessctl.store.biometric_writer import BiometricWriter, Erasure
from accessctl.store.generator_writer import GeneratorWriter
from accessctl.store.left_behind import Former, forget_waiting_calls, secrets_of, unname_notes
from accessctl.store.pass_writer import PassWriter
from accessctl.store.people_change import Fact, known_person, text_of
from accessctl.store.people_queries import CODE, PASS, PersonRow
from accessctl.store.rights_writer import RightsWriter
from accessctl.store.scrubbing import Hint
from policies.event_types import EventType
from policies.people import CardStatus

_ACTIVE: Final = "SELECT id, technology FROM card WHERE person = ? AND status = 'active' ORDER BY id"
_PENDING: Final = "pending_card"
"""Cards of a bulk import whose tags are still to be made."""
_HELD: Final = (
    *("card", "pin", "totp", "qualification", "temporary_access", "biometric", "consent", "person_key"),
    *("person_word", "seal", _PENDING),
)


_TELLING: Final = 4
"""A word of a name that is shorter is found beside pseudonyms anyway."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken from somebody who left. Nothing, where nothing was left to take."""

    person: str
    disabled: bool = False
    """Whether they were disabled now, and not before."""
    cards: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    pin: bool = False
    """Whether a PIN was removed; of a duress PIN, which goes with it, nothing is said."""
    code_generator: bool = False
    temporary_access: tuple[str, ...] = ()
    biometrics: tuple[str, ...] = ()
    """Fingers and faces that count no more; erasing them is a call of its own."""
    pending_cards: int = 0
    """Of a bulk import; they are not enrolled any more."""

    @property
    def anything(self) -> bool:
        """Whether anything was taken."""
        return self != Taken(self.person)

    def counts(self) -> dict[str, Fact]:
        """Give how much of each was taken, as the record says it."""
        return {
            "cards": len(self.cards),
            "codes": len(self.codes),
            "passes": len(self.passes),
            "pins": int(self.pin),
            "code_generators": int(self.code_generator),
            "temporary_access": len(self.temporary_access),
            "biometrics": len(self.biometrics),
            "pending_cards": self.pending_cards,
        }


@dataclass(frozen=True, slots=True)
class Deletion:
    """What was deleted of one person."""

    counts: dict[str, Fact]
    erasure: Erasure = field(repr=False)
    """What is left to do: sensors to be told, files to be cleaned; its receipt is that of the deletion."""


class LeavingWriter(PassWriter, RightsWriter, BiometricWriter, GeneratorWriter):
    """Lets people go."""

    def leave(self, person: str, operator: str) -> Taken:
        """Take everything from a person that opens doors, in one step. Raises ``UnknownPerson``.

        To whoever has nothing any more and is disabled, nothing happens.
        """
        with self._change() as db:
            row = known_person(db, person)
            held: dict[str, list[str]] = {"card": [], CODE: [], PASS: []}
            for card, technology in db.execute(_ACTIVE, [person]).fetchall():
                held[technology if technology in held else "card"].append(card)
                if technology == PASS:
                    self._end_pass(db, card, CardStatus.REVOKED, operator)
                else:
                    self._change_status(db, card, CardStatus.REVOKED, operator)
            taken = Taken(
                person,
                disabled=self._disable(db, row, operator),
                cards=tuple(held["card"]),
                codes=tuple(held[CODE]),
                passes=tuple(held[PASS]),
                pin=self._take_pin(db, row, operator),
                code_generator=self._take_generator(db, row, operator),
                temporary_access=self._take_loans(db, row, operator),
                biometrics=self._disable_biometrics(db, person, operator),
                pending_cards=_drop_pending(db, person),
            )
            if taken.anything:
                self._tell(db, EventType.PERSON_LEFT, operator, taken.counts(), person=person)
        return taken

    def delete_person(self, person: str, operator: str) -> Deletion:
        """Delete a person with everything that they hold. Raises ``UnknownPerson``.

        The pseudonym stays in the record, and is nobody's again. The files are clean after ``scrub``.
        """
        with self._change() as db:
            return self._delete(db, known_person(db, person), operator)

    def delete_again(self, people: frozenset[str], operator: str) -> list[Deletion]:
        """Delete whom an older copy of this file has brought back."""
        with self._change() as db:
            found = [id_ for (id_,) in db.execute("SELECT id FROM person ORDER BY id") if id_ in people]
            return [self._delete(db, known_person(db, person), operator) for person in found]

    # ------------------------------------------------------------------------------------ inside

    def _disable(self, db: Database, row: PersonRow, operator: str) -> bool:
        if row.disabled:
            return False
        db.execute("UPDATE person SET disabled = 1 WHERE id = ?", [row.id])
        facts: dict[str, Fact] = {"disabled_before": False, "disabled_after": True}
        self._tell(db, EventType.PERSON_CHANGED, operator, facts, person=row.id)
        return True

    def _take_pin(self, db: Database, row: PersonRow, operator: str) -> bool:
        if row.has_pin:
            self._drop_pin(db, row.id, operator)
        return row.has_pin

    def _take_generator(self, db: Database, row: PersonRow, operator: str) -> bool:
        if row.generator_confirmed is None:
            return False
        self._drop_generator(db, row.id, operator)
        return True

    def _take_loans(self, db: Database, row: PersonRow, operator: str) -> tuple[str, ...]:
        for loan in row.temporary:
            self._drop_loan(db, loan, operator)
        return tuple(loan.id for loan in row.temporary)

    def _disable_biometrics(self, db: Database, person: str, operator: str) -> tuple[str, ...]:
        counting = [each for each in biometrics_in(db.conn, person) if not each.disabled]
        for each in counting:
            self._set_disabled(db, each, operator, disabled=True)
        return tuple(each.id for each in counting)

    def _delete(self, db: Database, row: PersonRow, operator: str) -> Deletion:
        person, counts = row.id, _counts_of(db, row.id)
        fingers_and_faces, consents = biometrics_in(db.conn, person), consents_in(db.conn, person)
        erasure = self._erase(db, person, tuple(fingers_and_faces), tuple(consents), operator)
        words = [word for (word,) in db.execute("SELECT word FROM person_word WHERE person = ?", [person])]
        salts = [salt for (salt,) in db.execute("SELECT salt FROM seal WHERE person = ?", [person])]
        secrets = secrets_of(db, person)
        # While the seal is there, which the entry about this has like all the others about the person.
        self._tell(db, EventType.PERSON_DELETED, operator, counts, person=person, card=erasure.receipt)
        for table in _HELD:
            db.execute(f"DELETE FROM {table} WHERE person = ?", [person])  # noqa: S608 - tables named above
        _forget_calls(db, row)
        forget_waiting_calls(db, person)
        unname_notes(db, [Former(person, row.name)])
        db.execute("DELETE FROM person WHERE id = ?", [person])
        db.execute(
            "INSERT INTO deleted_person (id, at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [person, text_of(self._now())],
        )
        erasure = replace(erasure, needles=(*erasure.needles, *salts, *secrets))
        return Deletion(counts, self._to_be_scrubbed(db, erasure, row, words))

    def _to_be_scrubbed(self, db: Database, erasure: Erasure, row: PersonRow, words: list[str]) -> Erasure:
        """Say what is to be looked for in the files, and that it has to be.

        A name alone may be somebody else's too, so it is looked for beside the pseudonym, as rows and indexes
        hold it. Short words stand there by chance.
        """
        names = {row.name, *(word for word in words if len(word) >= _TELLING)}
        hints = {Hint(text.encode()) for name in names for text in (row.id + name, name + row.id)}
        self._mark_unscrubbed(db, erasure.receipt)
        return replace(erasure, deleted=True, needles=(*erasure.needles, *sorted(hints)))


def _counts_of(db: Database, person: str) -> dict[str, Fact]:
    """Count what somebody holds, as the record says it."""
    kinds = dict(db.execute("SELECT technology, count(*) FROM card WHERE person = ? GROUP BY 1", [person]))
    others = {
        table: db.execute(f"SELECT count(*) FROM {table} WHERE person = ?", [person]).fetchone()[0]  # noqa: S608
        for table in ("pin", "totp", "temporary_access", "qualification", "biometric", _PENDING)
    }
    codes, passes = kinds.pop(CODE, 0), kinds.pop(PASS, 0)
    return {
        "cards": sum(kinds.values()),
        "codes": codes,
        "passes": passes,
        "pins": others["pin"],
        "code_generators": others["totp"],
        "temporary_access": others["temporary_access"],
        "qualifications": others["qualification"],
        "biometrics": others["biometric"],
        "pending_cards": others[_PENDING],
    }


def _drop_pending(db: Database, person: str) -> int:
    """Let no card of a bulk import be enrolled any more; gives how many still waited."""
    sql = "SELECT count(*) FROM pending_card WHERE person = ? AND why IS NULL"
    (waiting,) = db.execute(sql, [person]).fetchone()
    db.execute("DELETE FROM pending_card WHERE person = ?", [person])
    return int(waiting)


def _forget_calls(db: Database, row: PersonRow) -> None:
    """Forget what calls about somebody said and were answered: names stand in both."""
    db.execute("DELETE FROM done_call WHERE instr(body, CAST(? AS BLOB))", [row.id])
    names = [json.dumps(row.name, ensure_ascii=ascii_) for ascii_ in (False, True)]
    db.execute(
        "UPDATE approval SET body = NULL WHERE state <> 'waiting' AND (instr(path, ?)"
        " OR instr(body, CAST(? AS BLOB)) OR instr(body, CAST(? AS BLOB)))",
        [row.id, *names],
    )
