"""Operators of every role, and what they show: sessions and tokens, some of which count no more."""

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

from accessctl.home import Home
from accessctl.operators.passwords import hash_of
from accessctl.operators.rights import Right, Role
from accessctl.operators.secrets import SESSION, TOKEN
from tests.homes import NOON

PASSWORD = "nine green forklifts"
"""That of the examples, so that these can be sent as they are."""
DISABLED = "op-disabled"
LATER = NOON + timedelta(hours=8)
BEFORE = NOON - timedelta(minutes=1)


def operator_of(role: Role) -> str:
    """Give the id of the operator who has this role and no other."""
    return f"op-{role.value}"


def secret(kind: str, name: str) -> str:
    """Give what shows a session or a token; the same for the same name."""
    return kind + hashlib.sha256(name.encode()).hexdigest()[:43]


def session_of(name: str) -> str:
    return secret(SESSION, name)


def token_without(right: Right) -> str:
    """Give what shows a token of an admin that has every right but this one."""
    return secret(TOKEN, f"without {right.value}")


def token_of(operator: str) -> str:
    """Give what shows a token of an operator that may see doors and no more."""
    return secret(TOKEN, f"of {operator}")


REVOKED, ENDED_TOKEN, WHOLE = (secret(TOKEN, name) for name in ("revoked", "ended", "whole"))
ENDED_SESSION, IDLE_SESSION = session_of("ended"), session_of("idle")


def bearer(shown: str | None) -> dict[str, str]:
    return {} if shown is None else {"authorization": f"Bearer {shown}"}


def assemble(home: Home) -> None:
    """Write all of them into a home in which nobody is."""
    with closing(sqlite3.connect(home.people)) as db:
        hashed = hash_of(PASSWORD)
        for role in Role:
            _operator(db, operator_of(role), role, hashed)
            _session(db, operator_of(role), operator_of(role))
        _operator(db, DISABLED, Role.ADMIN, hashed, disabled=True)
        _session(db, DISABLED, DISABLED)
        admin = operator_of(Role.ADMIN)
        _session(db, "ended", admin, ends_at=BEFORE)
        _session(db, "idle", admin, used_at=NOON - timedelta(hours=2))
        every = frozenset(Right)
        for right in Right:
            _token(db, f"without {right.value}", admin, every - {right})
        _token(db, "whole", admin, every)
        _token(db, "revoked", admin, every, revoked_at=BEFORE)
        _token(db, "ended", admin, every, ends_at=BEFORE)
        for role in Role:
            _token(db, f"of {operator_of(role)}", operator_of(role), frozenset({Right.DOORS_READ}))
        db.commit()


def token_id(name: str) -> str:
    return "k-" + name.replace(" ", "-").replace(".", "-")


def _operator(db: sqlite3.Connection, id_: str, role: Role, hashed: str, *, disabled: bool = False) -> None:
    db.execute(
        "INSERT INTO operator (id, name, roles, disabled, added_at, password, generator, sealed)"
        " VALUES (?, ?, ?, ?, ?, ?, 'g-1', x'00')",
        (id_, id_.title(), json.dumps([role]), int(disabled), NOON.isoformat(), hashed),
    )


def _session(
    db: sqlite3.Connection, name: str, operator: str, used_at: datetime = NOON, ends_at: datetime = LATER
) -> None:
    digest = hashlib.sha256(session_of(name).encode()).digest()
    instants = (at.isoformat(timespec="milliseconds") for at in (used_at, used_at, ends_at))
    db.execute(
        "INSERT INTO session VALUES (?, ?, ?, 'local:x', ?, ?, ?)", (f"s-{name}", digest, operator, *instants)
    )


def _token(
    db: sqlite3.Connection,
    name: str,
    operator: str,
    scopes: frozenset[Right],
    ends_at: datetime = LATER,
    revoked_at: datetime | None = None,
) -> None:
    digest = hashlib.sha256(secret(TOKEN, name).encode()).digest()
    made, ends, revoked = (
        None if at is None else at.isoformat(timespec="milliseconds") for at in (BEFORE, ends_at, revoked_at)
    )
    db.execute(
        "INSERT INTO token VALUES (?, ?, ?, 'a token', ?, ?, ?, NULL, ?)",
        (token_id(name), digest, operator, json.dumps(sorted(scopes)), made, ends, revoked),
    )
