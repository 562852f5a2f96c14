"""Consents, fingers and faces, as an admin sees them: no template, and no word of a duress finger."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from accessctl.store.biometrics import PersonKey
from accessctl.store.people_reads import PeopleReads, instant_of

_CONSENT: Final = (
    "SELECT id, person, kind, text_version, text_sha256, given_at, witness, withdrawn_at FROM consent"
)
_BIOMETRIC: Final = (
    "SELECT b.id, b.person, b.kind, b.consent, b.model, b.sensor, b.enrolled_at, b.expires_at, b.disabled"
    " FROM biometric b"
)
_FORGETTING: Final = (
    "SELECT sensor, template, receipt FROM forgetting WHERE due <= ? ORDER BY sensor, template"
)
_WAITING: Final = "SELECT sensor, template, receipt FROM forgetting WHERE receipt IS NOT NULL ORDER BY sensor"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What people agree to: a text of a version, known by its digest."""

    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """Somebody agreed to have a kind of biometric kept, and perhaps took it back."""

    id: str
    person: str
    kind: str
    text: ConsentText
    given_at: datetime
    witness: str
    """The operator who was there."""
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BiometricRow:
    """A finger or a face that is enrolled."""

    id: str
    person: str
    kind: str
    consent: str
    model: str
    sensor: str | None
    """Where a finger's template is kept."""
    enrolled_at: datetime
    expires_at: datetime | None
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class NewBiometric:
    """A finger or a face about to be stored."""

    id: str
    kind: str
    model: str
    consent: str
    sealed: bytes | None = field(default=None, repr=False)
    key: PersonKey | None = None
    sensor: str | None = None
    template: str | None = None
    duress: bool = field(default=False, repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Forgetting:
    """A template that a sensor has yet to erase."""

    sensor: str
    template: str
    receipt: str | None = None
    """The receipt that says so; ``None`` for what an enrolment left behind."""


class BiometricQueries(PeopleReads):
    """Reads ``people.db`` for lists, from any thread. Everything here raises ``PeopleUnavailable``."""

    def consents(self, person: str) -> list[ConsentRow]:
        """Give every consent of a person, the oldest first."""
        return [
            _consent(row) for row in self._all(f"{_CONSENT} WHERE person = ? ORDER BY given_at, id", person)
        ]

    def biometrics(self, person: str | None = None) -> list[BiometricRow]:
        """Give the fingers and faces of a person, or everybody's."""
        if person is None:
            return [_biometric(row) for row in self._all(f"{_BIOMETRIC} ORDER BY b.person, b.id")]
        return [
            _biometric(row) for row in self._all(f"{_BIOMETRIC} WHERE b.person = ? ORDER BY b.id", person)
        ]

    def to_forget(self, now: str) -> list[Forgetting]:
        """Give what sensors are to be told now to erase."""
        return [Forgetting(*row) for row in self._all(_FORGETTING, now)]

    def waiting(self) -> list[Forgetting]:
        """Give what was erased here and is still in a sensor that could not be reached."""
        return [Forgetting(*row) for row in self._all(_WAITING)]


def consents_in(connection: sqlite3.Connection, person: str) -> list[ConsentRow]:
    """Give a person's consents that stand, over a connection that the caller holds."""
    sql = f"{_CONSENT} WHERE person = ? AND withdrawn_at IS NULL ORDER BY given_at, id"
    return [_consent(row) for row in connection.execute(sql, (person,)).fetchall()]


def biometrics_in(connection: sqlite3.Connection, person: str) -> list[BiometricRow]:
    """Give a person's fingers and faces, over a connection that the caller holds."""
    sql = f"{_BIOMETRIC} WHERE b.person = ? ORDER BY b.id"
    return [_biometric(row) for row in connection.execute(sql, (person,)).fetchall()]


def _consent(row: Sequence[Any]) -> ConsentRow:
    id_, person, kind, version, sha256, given_at, witness, withdrawn_at = row
    text = ConsentText(version, sha256)
    return ConsentRow(
        id_, person, kind, text, datetime.fromisoformat(given_at), witness, instant_of(withdrawn_at)
    )


def _biometric(row: Sequence[Any]) -> BiometricRow:
    id_, person, kind, consent, model, sensor, enrolled_at, expires_at, disabled = row
    enrolled = datetime.fromisoformat(enrolled_at)
    return BiometricRow(
        id_, person, kind, consent, model, sensor, enrolled, instant_of(expires_at), bool(disabled)
    )
