"""What the door process reads of fingers and faces: constant SQL, and nothing but what counts now.

A template counts while its consent stands, its time has not come and nobody has disabled it. Each question
opens the file for itself: they are few beside those of badges, and no file that was moved stays open.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from accessctl.store.connect import check_schema, reader
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.schemes import PEOPLE_SCHEMA

FINGERPRINT: Final = "fingerprint"
FACE: Final = "face"
KINDS: Final = (FINGERPRINT, FACE)
NONE_ENROLLED: Final = "none enrolled"
OTHER_MODEL: Final = "made by another model"

COUNTS: Final = (
    "b.disabled = 0 AND (b.expires_at IS NULL OR b.expires_at > ?)"
    " AND EXISTS (SELECT 1 FROM consent c WHERE c.id = b.consent AND c.withdrawn_at IS NULL)"
)
"""What a row of ``biometric b`` has to be for its finger or face to count; takes the present instant."""
_FINGER: Final = (
    "SELECT b.id, b.person, b.sensor, b.template, b.duress FROM biometric b WHERE b.kind = 'fingerprint'"
)
_FINGERS_OF: Final = f"{_FINGER} AND b.sensor = ? AND b.person = ? AND {COUNTS} ORDER BY b.id"
_FINGERS_AT: Final = f"{_FINGER} AND b.sensor = ? AND {COUNTS} ORDER BY b.id"
_KEPT_AT: Final = (
    "SELECT template FROM biometric WHERE sensor = ? UNION SELECT template FROM forgetting WHERE sensor = ?"
)
_FACE: Final = (
    "SELECT b.id, b.person, b.model, b.sealed, k.id, k.wrapped"
    " FROM biometric b JOIN person_key k ON k.person = b.person WHERE b.kind = 'face'"
)
_FACES_OF: Final = f"{_FACE} AND b.person = ? AND {COUNTS} ORDER BY b.id"
_FACES: Final = f"{_FACE} AND {COUNTS} ORDER BY b.person, b.id"
_KEY_OF: Final = "SELECT id, wrapped FROM person_key WHERE person = ?"
_CONSENT: Final = (
    "SELECT id FROM consent WHERE person = ? AND kind = ? AND text_version = ? AND text_sha256 = ?"
    " AND withdrawn_at IS NULL ORDER BY given_at DESC LIMIT 1"
)
_WHY_NONE: Final = (
    "SELECT disabled FROM biometric WHERE person = ? AND kind = ? AND coalesce(sensor, '') = ?"
    " ORDER BY disabled LIMIT 1"
)
_PERSON: Final = "SELECT 1 FROM person WHERE id = ?"


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A person's own key, wrapped: as the store keeps it."""

    person: str
    id: str
    wrapped: bytes = field(repr=False)


class FingerRow(NamedTuple):
    """A finger that a sensor keeps."""

    id: str
    person: str
    sensor: str
    template: str
    """The name under which the sensor keeps it."""
    duress: bool
    """Whether this finger is a silent cry for help."""


@dataclass(frozen=True, slots=True)
class FaceRow:
    """A face, sealed under its person's own key."""

    id: str
    person: str
    model: str
    sealed: bytes = field(repr=False)
    key: PersonKey


class BiometricReader:
    """Reads ``people.db``. May be used from any thread. Everything here raises ``PeopleUnavailable``."""

    def __init__(self, path: Path) -> None:
        """Remember where the file is. It need not be there yet."""
        self._path = path

    def fingers_of(self, person: str, sensor: str, now: datetime) -> tuple[FingerRow, ...]:
        """Give a person's fingers that a sensor keeps and that count at ``now``."""
        return _fingers(self._all(_FINGERS_OF, sensor, person, instant_text(now)))

    def fingers_at(self, sensor: str, now: datetime) -> tuple[FingerRow, ...]:
        """Give everybody's fingers that a sensor keeps and that count at ``now``."""
        return _fingers(self._all(_FINGERS_AT, sensor, instant_text(now)))

    def templates_at(self, sensor: str) -> frozenset[str]:
        """Give the names that a sensor has in use, those that it has yet to forget among them."""
        return frozenset(name for (name,) in self._all(_KEPT_AT, sensor, sensor))

    def faces_of(self, person: str, now: datetime) -> tuple[FaceRow, ...]:
        """Give a person's faces that count at ``now``, of whichever model."""
        return _faces(self._all(_FACES_OF, person, instant_text(now)))

    def faces(self, now: datetime) -> tuple[FaceRow, ...]:
        """Give everybody's faces that count at ``now``, of whichever model."""
        return _faces(self._all(_FACES, instant_text(now)))

    def key_of(self, person: str) -> PersonKey | None:
        """Give a person's own key, or ``None`` for who has none yet."""
        rows = self._all(_KEY_OF, person)
        return PersonKey(person, *rows[0]) if rows else None

    def knows(self, person: str) -> bool:
        """Whether there is such a person."""
        return bool(self._all(_PERSON, person))

    def why_none(self, person: str, kind: str, sensor: str = "") -> str:
        """Say why nothing of this kind counts, of a person of whom nothing does (at ``sensor``: a finger).

        Those that are disabled say so only where no other one has expired.
        """
        rows = self._all(_WHY_NONE, person, kind, sensor)
        if not rows:
            return NONE_ENROLLED
        return "disabled" if rows[0][0] else "expired"

    def consent_of(self, person: str, kind: str, text_version: str, text_sha256: str) -> str | None:
        """Give the id of a person's consent to these very words of this version, or ``None``."""
        rows = self._all(_CONSENT, person, kind, text_version, text_sha256)
        return str(rows[0][0]) if rows else None

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            with closing(reader(self._path)) as connection:
                check_schema(connection, PEOPLE_SCHEMA)
                return connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise PeopleUnavailable(f"{self._path.name}: {error}") from error


def _fingers(rows: Sequence[tuple[Any, ...]]) -> tuple[FingerRow, ...]:
    return tuple(
        FingerRow(id_, person, sensor, template, bool(duress))
        for id_, person, sensor, template, duress in rows
    )


def _faces(rows: Sequence[tuple[Any, ...]]) -> tuple[FaceRow, ...]:
    return tuple(
        FaceRow(id_, person, model, sealed, PersonKey(person, key, wrapped))
        for id_, person, model, sealed, key, wrapped in rows
    )


def instant_text(at: datetime) -> str:
    """Write an instant as the store keeps it, so that texts compare as instants do."""
    return at.astimezone(UTC).isoformat()
