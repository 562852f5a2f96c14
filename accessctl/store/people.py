"""What the door process asks the people's store: constant SQL, one row for each badge."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from accessctl.store.biometrics import COUNTS, instant_text
from accessctl.store.connect import check_schema, reader
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.identity import Identity
from accessctl.store.schemes import PEOPLE_SCHEMA, CardTagScheme
from hardware.signals import Technology
from policies.factors import Factor
from policies.ids import AccessPointId, CredentialId, GroupId, LevelId, PersonId, QualificationId, RoleId
from policies.people import (
    Card,
    CardStatus,
    Holder,
    Person,
    Qualification,
    TemporaryAccess,
    UseLimits,
    Validity,
)


def _select(shown: str, table: str, limits: str) -> str:
    """Ask for what was shown, ``c``, and for everything about its person; takes the present instant first."""
    return (
        f"SELECT {shown},"  # noqa: S608 - put together of what stands in this file
        " p.id, p.roles, p.groups, p.valid_from, p.valid_until, p.disabled, n.person IS NOT NULL,"
        " p.uses_total, p.uses_a_day, p.exempt, p.extended, p.seen_from,"
        " (SELECT json_group_array(json_array(q.id, q.until)) FROM qualification q WHERE q.person = p.id),"
        " (SELECT json_group_array(json_array(t.level, t.valid_from, t.valid_until))"
        " FROM temporary_access t WHERE t.person = p.id),"
        " EXISTS (SELECT 1 FROM totp g WHERE g.person = p.id AND g.confirmed),"
        f" (SELECT group_concat(b.kind) FROM biometric b WHERE b.person = p.id AND {COUNTS}),"
        f" {limits}"
        f" FROM {table} c JOIN person p ON p.id = c.person LEFT JOIN pin n ON n.person = p.id"
        " WHERE c."
    )


SELECT_HOLDER: Final = _select(
    "c.id, c.technology, c.status, c.valid_from, c.valid_until", "card", "c.points, c.uses, c.break_glass"
)
_BY_TAG: Final = f"{SELECT_HOLDER}tag = ?"
_BY_ID: Final = f"{SELECT_HOLDER}id = ?"
_COUNTING: Final = f"id IN (SELECT b.id FROM biometric b WHERE {COUNTS} AND b.id = ?)"  # noqa: S608 - as above
_BY_BIOMETRIC: Final = _select("c.id, c.kind, 'active', NULL, NULL", "biometric", "NULL, NULL, 0") + _COUNTING
"""Whose finger or face it is that stands alone: it takes the place of a card."""
_PINS: Final = "SELECT hash, duress_hash FROM pin WHERE person = ?"
_SEAL: Final = "SELECT seal FROM seal WHERE person = ?"
_OUTBOX: Final = (
    "SELECT id, at, type, person, credential, operator, detail, seal FROM outbox WHERE id > ?"
    " ORDER BY id LIMIT ?"
)

CLONABLE: Final[Mapping[str, bool]] = {
    Technology.ISO14443_UID: True,
    Technology.ISO15693_UID: True,
    Technology.FELICA_IDM: True,
    Technology.NDEF: True,
    Technology.WIEGAND: True,
    Technology.TYPED: True,
    Technology.CODE: True,
    Technology.PASS: True,
    Technology.PKOC: False,
    Technology.PIV: False,
    Technology.DESFIRE: False,
    Technology.SUN: False,
}
"""Whether anyone can copy what is read in this way. What is not named here can be copied as well."""


class PinHashes(NamedTuple):
    """The hashes of a person's PIN and, where there is one, of their duress PIN."""

    pin: str
    duress: str | None


class PeopleReader:
    """Reads ``people.db``. Used from one thread; opens the file when it is first needed and after a fault."""

    def __init__(self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Remember where the file is. It need not be there yet."""
        self._path = path
        self._now = now
        self._connection: sqlite3.Connection | None = None

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._path

    def holder_of(self, tag: bytes) -> Holder | None:
        """Give the card or code with this tag and its person, or ``None``. Raises ``PeopleUnavailable``."""
        return self._holder(_BY_TAG, tag)

    def holder_of_card(self, card: CredentialId) -> Holder | None:
        """Give the card with this id and its person, or ``None``. Raises ``PeopleUnavailable``."""
        return self._holder(_BY_ID, card)

    def holder_of_biometric(self, biometric: CredentialId) -> Holder | None:
        """Give who stands alone with a finger or face that counts now: it takes the place of a card.

        Raises ``PeopleUnavailable``.
        """
        now = instant_text(self._now())
        rows = self._all(_BY_BIOMETRIC, now, now, biometric)
        return holder_in(rows[0]) if rows else None

    def pin_hashes_of(self, person: PersonId) -> PinHashes | None:
        """Give what a person's PIN is checked against, or ``None``. Raises ``PeopleUnavailable``."""
        rows = self._all(_PINS, person)
        return PinHashes(*rows[0]) if rows else None

    def seal_if_known(self, person: PersonId) -> str | None:
        """Give what seals a person's name; ``None`` where nothing does or can be read. Never raises."""
        try:
            rows = self._all(_SEAL, person)
        except PeopleUnavailable:
            return None
        return None if not rows else str(rows[0][0])

    def card_tag_scheme(self) -> CardTagScheme:
        """Tell how this store's card tags are made. Raises ``PeopleUnavailable``."""
        return CardTagScheme.parse(self._meta("card_tag_scheme"), self._meta("card_tag_salt"))

    def epoch(self) -> str:
        """Give the name of this very file. Raises ``PeopleUnavailable``."""
        return self._meta("epoch")

    def outbox_after(self, taken: int, limit: int) -> list[tuple[Any, ...]]:
        """Give the next rows of the outbox: id, at, type, person, credential, operator, detail, seal."""
        return self._all(_OUTBOX, taken, limit)

    def outbox_newest(self) -> int:
        """Give the highest number that a row of the outbox has ever had in this file."""
        rows = self._all("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
        return int(rows[0][0]) if rows else 0

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def check_place(self) -> None:
        """Let go of a file that was moved or removed; the next question opens what is in its place."""
        if self._connection is not None and not self._file.same():
            self.close()

    def _holder(self, sql: str, shown: bytes | str) -> Holder | None:
        rows = self._all(sql, instant_text(self._now()), shown)
        return holder_in(rows[0]) if rows else None

    def _open(self) -> sqlite3.Connection:
        connection = self._connection = reader(self._path)
        check_schema(connection, PEOPLE_SCHEMA)
        self._file = Identity(self._path)
        return connection

    def _meta(self, key: str) -> str:
        rows = self._all("SELECT value FROM meta WHERE key = ?", key)
        if not rows:
            raise PeopleUnavailable(f"{self._path.name} does not say its {key}")
        return str(rows[0][0])

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            connection = self._connection or self._open()
            return connection.execute(sql, values).fetchall()
        except (sqlite3.Error, OSError) as error:
            self.close()
            raise PeopleUnavailable(f"{self._path.name}: {error}") from error


def holder_in(row: tuple[Any, ...]) -> Holder:
    """Make a value of a row that ``SELECT_HOLDER`` gave."""
    card, technology, status, card_from, card_until, *about, points, uses, break_glass = row
    return Holder(
        _person(about),
        Card(
            CredentialId(card),
            CardStatus(status),
            _validity(card_from, card_until),
            clonable=CLONABLE.get(technology, True),
            points=None if points is None else _points(points),
            uses=uses,
            break_glass=bool(break_glass),
        ),
    )


def _person(columns: list[Any]) -> Person:
    id_, roles, groups, from_, until, disabled, has_pin, *more = columns
    total, a_day, exempt, extended, seen_from, qualifications, temporary, has_code, biometrics = more
    return Person(
        PersonId(id_),
        _roles(roles),
        _validity(from_, until),
        disabled=bool(disabled),
        has_pin=bool(has_pin),
        groups=_groups(groups),
        uses=None if total is None and a_day is None else UseLimits(total, a_day),
        qualifications=() if qualifications == _EMPTY else _qualifications(qualifications),
        temporary=() if temporary == _EMPTY else _temporary(temporary),
        exempt=bool(exempt),
        extended=bool(extended),
        seen_from=_instant(seen_from),
        enrolled=_enrolled(has_code, biometrics),
    )


@lru_cache(maxsize=16)
def _enrolled(has_code: int, biometrics: str | None) -> Factor:
    """Read what else somebody can be asked for."""
    found = Factor.CODE if has_code else Factor.NONE
    for kind in (biometrics or "").split(","):
        found |= _BIOMETRIC.get(kind, Factor.NONE)
    return found


@lru_cache(maxsize=256)
def _points(text: str) -> frozenset[AccessPointId]:
    """Read a list of access points, of which a site has few."""
    return frozenset(AccessPointId(point) for point in _names(text))


@lru_cache(maxsize=256)
def _roles(text: str) -> tuple[RoleId, ...]:
    """Read a list of roles. A site has few different ones."""
    return tuple(RoleId(role) for role in _names(text))


@lru_cache(maxsize=256)
def _groups(text: str) -> tuple[GroupId, ...]:
    """Read a list of groups, of which a site has few as well."""
    return tuple(GroupId(group) for group in _names(text))


def _names(text: str) -> list[str]:
    """Read a list of names. Raises ``ValueError`` for anything else: a row that somebody damaged."""
    names = json.loads(text)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("what should be a list of names is none")
    return names


def _qualifications(text: str) -> tuple[Qualification, ...]:
    return tuple(Qualification(QualificationId(id_), _instant(until)) for id_, until in json.loads(text))


def _temporary(text: str) -> tuple[TemporaryAccess, ...]:
    return tuple(
        TemporaryAccess(LevelId(level), _validity(start, end)) for level, start, end in json.loads(text)
    )


def _validity(start: str | None, end: str | None) -> Validity:
    return _ALWAYS if start is None and end is None else Validity(_instant(start), _instant(end))


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


_ALWAYS: Final = Validity()
_BIOMETRIC: Final = {"fingerprint": Factor.FINGERPRINT, "face": Factor.FACE}
_KIND_OF: Final = {factor: kind for kind, factor in _BIOMETRIC.items()}
_EMPTY: Final = "[]"
