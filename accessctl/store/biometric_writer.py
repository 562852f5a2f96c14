"""Changes to consents, fingers and faces, and their erasure.

Nothing is enrolled without a consent to it that stands, and a consent that is taken back takes along what was
enrolled. What is erased is gone from the files before there is a receipt that says so.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlite_utils import Database

from accessctl.store.biometric_rows import (
    BiometricRow,
    ConsentRow,
    ConsentText,
    Forgetting,
    NewBiometric,
    biometrics_in,
    consents_in,
)
from accessctl.store.biometrics import FACE, KINDS
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.people_change import Fact, PeopleChanges, known_person, new_id, text_of
from accessctl.store.people_errors import (
    AlreadyConsented,
    NoConsent,
    NothingToErase,
    OtherKey,
    UnknownBiometric,
)
from accessctl.store.scrubbing import Scrubbed, rewrite, scrub
from policies.event_types import EventType

_SUBJECTS: Final = (
    "SELECT person FROM biometric UNION SELECT person FROM consent WHERE withdrawn_at IS NULL ORDER BY person"
)
_UNSCRUBBED: Final = "unscrubbed"
AN_ENROLMENT: Final = timedelta(minutes=10)
"""After so long a template that was begun and never stored is an orphan: its sensor is told to erase it."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What was erased of one person."""

    receipt: str
    person: str
    biometrics: tuple[BiometricRow, ...]
    consents: tuple[ConsentRow, ...]
    """Those that were taken back with it."""
    key: str | None
    """The id of the person's key, where that was destroyed: the last template is gone."""
    forget: tuple[Forgetting, ...]
    """What sensors still have to erase."""
    needles: tuple[bytes, ...] = field(default=(), repr=False)
    """What must not be found in the files any more."""
    deleted: bool = False
    """Whether the person was deleted with it."""


class BiometricWriter(PeopleChanges):
    """Writes consents, fingers and faces."""

    def give_consent(self, person: str, kind: str, text: ConsentText, operator: str) -> ConsentRow:
        """Record that a person agreed to have this kind kept, the operator being witness.

        A consent to an older text stays beside it: what was enrolled under it was enrolled rightly. Raises
        ``UnknownPerson``, and ``AlreadyConsented`` for a text of the same version.
        """
        row = ConsentRow(new_id("y"), person, kind, text, self._now(), operator)
        with self._change() as db:
            known_person(db, person)
            for before in consents_in(db.conn, person):
                if before.kind == kind and before.text == text:
                    raise AlreadyConsented(person, kind)
            db.table("consent").insert(
                {
                    "id": row.id,
                    "person": person,
                    "kind": kind,
                    "text_version": text.version,
                    "text_sha256": text.sha256,
                    "given_at": text_of(row.given_at),
                    "witness": operator,
                }
            )
            facts = {"kind": kind, "text_version": text.version, "text_sha256": text.sha256}
            self._tell(db, EventType.CONSENT_GIVEN, operator, facts, person=person, card=row.id)
        return row

    def withdraw_consent(self, person: str, kind: str, operator: str) -> Erasure:
        """Take a person's consent to a kind back, and erase what was enrolled under it.

        Raises ``UnknownPerson``, and ``NoConsent`` where none stands.
        """
        with self._change() as db:
            known_person(db, person)
            consents = tuple(each for each in consents_in(db.conn, person) if each.kind == kind)
            if not consents:
                raise NoConsent(person, kind)
            rows = tuple(row for row in biometrics_in(db.conn, person) if row.kind == kind)
            return self._erase(db, person, rows, consents, operator)

    def erase_biometrics(self, person: str, kinds: Iterable[str], operator: str) -> Erasure:
        """Erase a person's fingers, faces or both; what they agreed to stands.

        The files are clean after ``scrub``. Raises ``UnknownPerson``, and ``NothingToErase``.
        """
        wanted = tuple(kinds)
        with self._change() as db:
            known_person(db, person)
            rows = tuple(row for row in biometrics_in(db.conn, person) if row.kind in wanted)
            if not rows:
                raise NothingToErase(person)
            return self._erase(db, person, rows, (), operator)

    def erase_again(
        self, biometrics: Collection[str], consents: Collection[str], operator: str
    ) -> list[Erasure]:
        """Erase what an older copy of this file has brought back, and take back what was taken back."""
        erased: list[Erasure] = []
        with self._change() as db:
            for (person,) in db.execute(_SUBJECTS).fetchall():
                rows = tuple(row for row in biometrics_in(db.conn, person) if row.id in biometrics)
                given = tuple(each for each in consents_in(db.conn, person) if each.id in consents)
                if rows or given:
                    erased.append(self._erase(db, person, rows, given, operator))
        return erased

    def expect_template(self, sensor: str, template: str) -> None:
        """Note that a sensor is to learn a template: if it is never stored, the sensor has to erase it."""
        due = text_of(self._now() + AN_ENROLMENT)
        with self._change() as db:
            db.execute(
                "INSERT INTO forgetting (sensor, template, due) VALUES (?, ?, ?)"
                " ON CONFLICT (sensor, template) DO UPDATE SET due = excluded.due",
                [sensor, template, due],
            )

    def enrol_biometric(self, person: str, new: NewBiometric, operator: str) -> BiometricRow:
        """Store a finger or a face, and the person's key with the first face.

        Raises ``UnknownPerson``, ``NoConsent`` when the consent does not stand any more, and ``OtherKey``
        when it was sealed under another key than the person has.
        """
        row = BiometricRow(
            new.id, person, new.kind, new.consent, new.model, new.sensor, self._now(), new.expires_at
        )
        with self._change() as db:
            known_person(db, person)
            if not any(
                consent.id == new.consent and consent.kind == new.kind
                for consent in consents_in(db.conn, person)
            ):
                raise NoConsent(person, new.kind)
            if new.key is not None:
                self._keep_key(db, person, new)
            if new.template is not None:
                db.execute(
                    "DELETE FROM forgetting WHERE sensor = ? AND template = ?", [new.sensor, new.template]
                )
            db.table("biometric").insert(
                {
                    "id": row.id,
                    "person": person,
                    "kind": row.kind,
                    "consent": row.consent,
                    "model": row.model,
                    "sealed": new.sealed,
                    "sensor": new.sensor,
                    "template": new.template,
                    "duress": int(new.duress),
                    "enrolled_at": text_of(row.enrolled_at),
                    "expires_at": text_of(row.expires_at),
                }
            )
            facts: dict[str, Fact] = {"kind": row.kind, "model": row.model}
            facts |= {} if row.sensor is None else {"sensor": row.sensor}
            facts |= {} if row.expires_at is None else {"expires_at": text_of(row.expires_at)}
            self._tell(db, EventType.CREDENTIAL_ENROLLED, operator, facts, person=person, card=row.id)
        return row

    def disable_biometric(self, biometric: str, operator: str, *, disabled: bool) -> BiometricRow:
        """Let a finger or face count no more for a while, or again. Raises ``UnknownBiometric``."""
        with self._change() as db:
            found = db.execute("SELECT person FROM biometric WHERE id = ?", [biometric]).fetchone()
            if found is None:
                raise UnknownBiometric(biometric)
            before = next(row for row in biometrics_in(db.conn, found[0]) if row.id == biometric)
            if before.disabled is not disabled:
                self._set_disabled(db, before, operator, disabled=disabled)
            return next(row for row in biometrics_in(db.conn, before.person) if row.id == biometric)

    def forgotten(self, gone: Forgetting, operator: str) -> None:
        """Hear that a sensor has erased a template. What a receipt spoke of goes into the record."""
        with self._change() as db:
            done = db.execute(
                "DELETE FROM forgetting WHERE sensor = ? AND template = ?", [gone.sensor, gone.template]
            )
            if done.rowcount and gone.receipt is not None:
                facts: dict[str, Fact] = {"kind": "fingerprint", "sensor": gone.sensor, "left_in_sensors": 0}
                left = db.execute(
                    "SELECT count(*) FROM forgetting WHERE receipt = ?", [gone.receipt]
                ).fetchone()
                facts["left_in_sensors"] = left[0]
                self._tell(db, EventType.DATA_ERASED, operator, facts, person=None, card=gone.receipt)

    def scrub(self, erased: Mapping[str, Iterable[bytes]]) -> Scrubbed:
        """See to it that nothing of what was erased, by receipt, is in the files.

        Until they are clean, the receipts stand in ``unscrubbed``. Raises ``PeopleUnavailable``.
        """
        needles = tuple(needle for each in erased.values() for needle in each)
        return self._scrub(erased, lambda db: scrub(db.conn, self._path, needles))

    def unscrubbed(self) -> frozenset[str]:
        """Give the receipts of erasures after which the files were not seen clean yet.

        Raises ``PeopleUnavailable``.
        """
        with self._change() as db:
            return _unscrubbed(db)

    def scrub_anew(self, receipts: Collection[str]) -> Scrubbed:
        """Write the whole file anew, where nobody knows any more what to search for.

        Raises ``PeopleUnavailable``.
        """
        return self._scrub(receipts, lambda db: rewrite(db.conn))

    # ------------------------------------------------------------------------------------ inside

    def _set_disabled(self, db: Database, row: BiometricRow, operator: str, *, disabled: bool) -> None:
        db.execute("UPDATE biometric SET disabled = ? WHERE id = ?", [int(disabled), row.id])
        facts: dict[str, Fact] = {
            "kind": row.kind,
            "disabled_before": row.disabled,
            "disabled_after": disabled,
        }
        self._tell(db, EventType.CREDENTIAL_CHANGED, operator, facts, person=row.person, card=row.id)

    def _mark_unscrubbed(self, db: Database, receipt: str) -> None:
        """Keep in the file that there is something to clean: what to search for ends with this process."""
        _set_unscrubbed(db, _unscrubbed(db) | {receipt})

    def _scrub(self, receipts: Collection[str], work: Callable[[Database], Scrubbed]) -> Scrubbed:
        with self._lock:
            try:
                scrubbed = work(self._opened())
            except (sqlite3.Error, OSError) as error:
                self._forget()
                raise PeopleUnavailable(f"{self._path.name}: {error}") from error
        if scrubbed.clean:
            with self._change() as db:
                _set_unscrubbed(db, _unscrubbed(db).difference(receipts))
        return scrubbed

    def _keep_key(self, db: Database, person: str, new: NewBiometric) -> None:
        key = new.key
        assert key is not None  # noqa: S101 - the caller looked
        stored = db.execute("SELECT id FROM person_key WHERE person = ?", [person]).fetchone()
        if stored is None:
            db.table("person_key").insert(
                {"person": person, "id": key.id, "wrapped": key.wrapped, "made_at": text_of(self._now())}
            )
        elif stored[0] != key.id:
            raise OtherKey(person)

    def _erase(
        self,
        db: Database,
        person: str,
        rows: tuple[BiometricRow, ...],
        consents: tuple[ConsentRow, ...],
        operator: str,
    ) -> Erasure:
        receipt = new_id("e")
        needles: list[bytes] = []
        forget: list[Forgetting] = []
        for row in rows:
            sealed, sensor, template = db.execute(
                "SELECT sealed, sensor, template FROM biometric WHERE id = ?", [row.id]
            ).fetchone()
            needles += [] if sealed is None else [sealed]
            if sensor is not None:
                forget.append(Forgetting(sensor, template, receipt))
            db.execute("DELETE FROM biometric WHERE id = ?", [row.id])
        for gone in forget:
            db.execute(
                "INSERT INTO forgetting (sensor, template, receipt, due) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (sensor, template)"
                " DO UPDATE SET receipt = excluded.receipt, due = excluded.due",
                [gone.sensor, gone.template, receipt, text_of(self._now())],
            )
        for consent in consents:
            db.execute("UPDATE consent SET withdrawn_at = ? WHERE id = ?", [text_of(self._now()), consent.id])
        key = self._destroy_key(db, person, needles)
        if needles:
            self._mark_unscrubbed(db, receipt)
        if consents:
            facts: dict[str, Fact] = {
                "kind": ", ".join(sorted({each.kind for each in consents})),
                "consents": ", ".join(each.id for each in consents),
            }
            card = consents[-1].id
            self._tell(db, EventType.CONSENT_WITHDRAWN, operator, facts, person=person, card=card)
        if rows or key is not None:
            about: dict[str, Fact] = {
                "kinds": ", ".join(kind for kind in KINDS if any(row.kind == kind for row in rows)),
                "biometrics": ", ".join(row.id for row in rows),
                "left_in_sensors": len(forget),
            }
            about |= {} if key is None else {"key_destroyed": key}
            self._tell(db, EventType.DATA_ERASED, operator, about, person=person, card=receipt)
        return Erasure(receipt, person, rows, consents, key, tuple(forget), tuple(needles))

    def _destroy_key(self, db: Database, person: str, needles: list[bytes]) -> str | None:
        """Destroy a person's key when nothing is sealed under it any more."""
        left = [row for row in biometrics_in(db.conn, person) if row.kind == FACE]
        found = db.execute("SELECT id, wrapped FROM person_key WHERE person = ?", [person]).fetchone()
        if left or found is None:
            return None
        key, wrapped = found
        needles.append(wrapped)
        db.execute("DELETE FROM person_key WHERE person = ?", [person])
        return str(key)


def _unscrubbed(db: Database) -> frozenset[str]:
    found = db.execute("SELECT value FROM meta WHERE key = ?", [_UNSCRUBBED]).fetchone()
    return frozenset() if found is None else frozenset(found[0].split())


def _set_unscrubbed(db: Database, receipts: frozenset[str]) -> None:
    db.execute("DELETE FROM meta WHERE key = ?", [_UNSCRUBBED])
    if receipts:
        db.execute("INSERT INTO meta (key, value) VALUES (?, ?)", [_UNSCRUBBED, " ".join(sorted(receipts))])
