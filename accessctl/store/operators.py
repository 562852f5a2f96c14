"""What is read of operators, their sessions and their tokens.

Each question opens the file for itself, so it may be asked from any thread and holds nothing afterwards.
"""

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from accessctl.operators.rights import Right, Role
from accessctl.store.people_reads import MOST, PeopleReads, instant_of

_OPERATOR: Final = (
    "SELECT o.id, o.name, o.roles, o.disabled, o.added_at, o.password IS NOT NULL, o.generator,"
    " o.locked_until, o.names_until FROM operator o"
)
_SESSION: Final = "SELECT s.id, s.operator, s.whence, s.begun_at, s.used_at, s.ends_at FROM session s"
_ISSUED: Final = (
    "SELECT t.id, t.operator, t.label, t.scopes, t.made_at, t.ends_at, t.used_at, t.revoked_at FROM token t"
)


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """Somebody who administers."""

    id: str
    name: str
    roles: tuple[Role, ...]
    disabled: bool
    added_at: datetime
    has_password: bool = False
    generator: str | None = None
    """The id of the generator of their one-time codes."""
    locked_until: datetime | None = None
    """Until then nobody logs in as this operator, after too many wrong passwords or codes."""
    names_until: datetime | None = None
    """Until then an auditor sees names although the site hides them."""


@dataclass(frozen=True, slots=True)
class Lock:
    """What a login is checked against. Stays in the API process."""

    password: str | None = field(repr=False)
    generator: str | None
    sealed: bytes | None = field(repr=False)
    last_step: int
    failures: int


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Somebody who has logged in."""

    id: str
    operator: str
    whence: str
    begun_at: datetime
    used_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRow:
    """What a program shows in place of a password."""

    id: str
    operator: str
    label: str
    scopes: frozenset[Right]
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class OperatorQueries(PeopleReads):
    """Reads ``people.db``. May be used from any thread. Every method raises ``PeopleUnavailable``."""

    def operators(self, *, after: str = "", limit: int = 100) -> list[OperatorRow]:
        """Give operators in the order of their ids."""
        rows = self._all(f"{_OPERATOR} WHERE o.id > ? ORDER BY o.id LIMIT ?", after, min(limit, MOST))
        return [operator_row(row) for row in rows]

    def operator(self, id_: str) -> OperatorRow | None:
        """Give one operator."""
        return next(map(operator_row, self._all(f"{_OPERATOR} WHERE o.id = ?", id_)), None)

    def lock(self, id_: str) -> Lock | None:
        """Give what a login of this operator is checked against."""
        sql = "SELECT password, generator, sealed, last_step, failures FROM operator WHERE id = ?"
        return next((Lock(*row) for row in self._all(sql, id_)), None)

    def session_of(self, digest: bytes) -> SessionRow | None:
        """Give the session whose secret has this digest."""
        return next(map(session_row, self._all(f"{_SESSION} WHERE s.digest = ?", digest)), None)

    def sessions(self, *, operator: str | None = None, after: str = "", limit: int = 100) -> list[SessionRow]:
        """Give sessions in the order of their ids."""
        where, more = _whose("s", operator)
        sql = f"{_SESSION} WHERE s.id > ?{where} ORDER BY s.id LIMIT ?"
        return [session_row(row) for row in self._all(sql, after, *more, min(limit, MOST))]

    def token_of(self, digest: bytes) -> TokenRow | None:
        """Give the token whose secret has this digest."""
        return next(map(token_row, self._all(f"{_ISSUED} WHERE t.digest = ?", digest)), None)

    def token(self, id_: str) -> TokenRow | None:
        """Give one token."""
        return next(map(token_row, self._all(f"{_ISSUED} WHERE t.id = ?", id_)), None)

    def tokens(self, *, operator: str | None = None, after: str = "", limit: int = 100) -> list[TokenRow]:
        """Give tokens in the order of their ids, also those that have ended."""
        where, more = _whose("t", operator)
        sql = f"{_ISSUED} WHERE t.id > ?{where} ORDER BY t.id LIMIT ?"
        return [token_row(row) for row in self._all(sql, after, *more, min(limit, MOST))]


def find_operator(connection: sqlite3.Connection, id_: str) -> OperatorRow | None:
    """Give one operator, inside somebody's transaction."""
    return next(map(operator_row, connection.execute(f"{_OPERATOR} WHERE o.id = ?", (id_,))), None)


def all_operators(connection: sqlite3.Connection) -> list[OperatorRow]:
    """Give all of them, inside somebody's transaction."""
    return [operator_row(row) for row in connection.execute(_OPERATOR)]


def find_token(connection: sqlite3.Connection, id_: str) -> TokenRow | None:
    """Give one token, inside somebody's transaction."""
    return next(map(token_row, connection.execute(f"{_ISSUED} WHERE t.id = ?", (id_,))), None)


def operator_row(row: tuple[Any, ...]) -> OperatorRow:
    """Make a value of what ``SELECT`` gave."""
    id_, name, roles, disabled, added_at, has_password, generator, locked_until, names_until = row
    return OperatorRow(
        id_,
        name,
        tuple(Role(role) for role in json.loads(roles)),
        bool(disabled),
        datetime.fromisoformat(added_at),
        bool(has_password),
        generator,
        instant_of(locked_until),
        instant_of(names_until),
    )


def session_row(row: tuple[Any, ...]) -> SessionRow:
    """Make a value of what ``SELECT`` gave."""
    id_, operator, whence, *instants = row
    return SessionRow(id_, operator, whence, *(datetime.fromisoformat(each) for each in instants))


def token_row(row: tuple[Any, ...]) -> TokenRow:
    """Make a value of what ``SELECT`` gave. A right that is none any more counts for nothing."""
    id_, operator, label, scopes, made_at, ends_at, used_at, revoked_at = row
    known = frozenset(Right(each) for each in json.loads(scopes) if each in set(Right))
    begin, end = datetime.fromisoformat(made_at), datetime.fromisoformat(ends_at)
    return TokenRow(id_, operator, label, known, begin, end, instant_of(used_at), instant_of(revoked_at))


def _whose(table: str, operator: str | None) -> tuple[str, tuple[str, ...]]:
    return ("", ()) if operator is None else (f" AND {table}.operator = ?", (operator,))
