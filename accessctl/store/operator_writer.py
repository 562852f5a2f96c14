"""Changes to operators, their sessions and their tokens, each with its row in the outbox."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database

from accessctl.operators.rights import Right, Role
from accessctl.store.operator_errors import (
    DuplicateOperator,
    LastAdmin,
    UnknownOperator,
    UnknownSession,
    UnknownToken,
)
from accessctl.store.operators import (
    OperatorRow,
    SessionRow,
    TokenRow,
    all_operators,
    find_operator,
    find_token,
)
from accessctl.store.people_change import Fact, Facts, PeopleChanges, new_id, text_of
from policies.event_types import EventType


@dataclass(frozen=True, slots=True)
class NewSecret:
    """How an operator will log in: the password's hash, and the sealed secret of their generator."""

    password: str = field(repr=False)
    generator: str
    sealed: bytes = field(repr=False)


class OperatorWriter(PeopleChanges):
    """Writes operators, sessions and tokens."""

    # ------------------------------------------------------------------------------- operators

    def add_operator(self, id_: str, name: str, roles: tuple[Role, ...], operator: str) -> OperatorRow:
        """Add an operator who cannot log in yet. Raises ``DuplicateOperator``."""
        row = OperatorRow(id_, name, roles, disabled=False, added_at=self._now())
        with self._change() as db:
            if find_operator(db.conn, id_) is not None:
                raise DuplicateOperator(id_)
            db.execute(
                "INSERT INTO operator (id, name, roles, added_at) VALUES (?, ?, ?, ?)",
                [id_, name, json.dumps(roles), text_of(row.added_at)],
            )
            facts: Facts = {"subject": id_, "roles": ", ".join(roles)}
            self._tell(db, EventType.OPERATOR_ADDED, operator, facts, person=None)
        return row

    def change_operator(
        self, id_: str, edit: Callable[[OperatorRow], OperatorRow], operator: str
    ) -> OperatorRow:
        """Change an operator's name, roles, or whether they count; ``edit`` gets the row, gives the new one.

        Sessions of whoever is disabled or gets other roles end. Raises ``UnknownOperator``, ``LastAdmin``,
        and whatever ``edit`` raises.
        """
        with self._change() as db:
            before = _known(db, id_)
            after = edit(before)
            facts = _difference(before, after)
            if facts:
                db.execute(
                    "UPDATE operator SET name = ?, roles = ?, disabled = ? WHERE id = ?",
                    [after.name, json.dumps(after.roles), int(after.disabled), id_],
                )
                _keep_an_admin(db, id_)
                if "roles_after" in facts or "disabled_after" in facts:
                    db.execute("DELETE FROM session WHERE operator = ?", [id_])
                told = {"subject": id_, **facts}
                self._tell(db, EventType.OPERATOR_CHANGED, operator, told, person=None)
        return after

    def delete_operator(self, id_: str, operator: str) -> None:
        """Delete an operator with their sessions and tokens. Raises ``UnknownOperator`` and ``LastAdmin``."""
        with self._change() as db:
            row = _known(db, id_)
            db.execute("DELETE FROM session WHERE operator = ?", [id_])
            db.execute("DELETE FROM token WHERE operator = ?", [id_])
            db.execute("DELETE FROM operator WHERE id = ?", [id_])
            _keep_an_admin(db, id_)
            facts: Facts = {"subject": id_, "roles_before": ", ".join(row.roles)}
            self._tell(db, EventType.OPERATOR_DELETED, operator, facts, person=None)

    def set_secret(self, id_: str, new: NewSecret, operator: str) -> None:
        """Let an operator log in with this password and generator from now on; every session of theirs ends.

        Raises ``UnknownOperator``.
        """
        with self._change() as db:
            before = _known(db, id_)
            db.execute(
                "UPDATE operator SET password = ?, generator = ?, sealed = ?, last_step = 0, failures = 0,"
                " locked_until = NULL WHERE id = ?",
                [new.password, new.generator, new.sealed, id_],
            )
            db.execute("DELETE FROM session WHERE operator = ?", [id_])
            facts: Facts = {"subject": id_, "password_before": before.has_password, "password_after": True}
            self._tell(db, EventType.OPERATOR_CHANGED, operator, facts, person=None)

    def set_password(self, id_: str, hashed: str, operator: str) -> None:
        """Change an operator's password and keep the generator; every session of theirs ends.

        Raises ``UnknownOperator``.
        """
        with self._change() as db:
            _known(db, id_)
            db.execute("UPDATE operator SET password = ? WHERE id = ?", [hashed, id_])
            db.execute("DELETE FROM session WHERE operator = ?", [id_])
            facts: Facts = {"subject": id_, "password_before": True, "password_after": True}
            self._tell(db, EventType.OPERATOR_CHANGED, operator, facts, person=None)

    def unlock_operator(self, id_: str, operator: str) -> None:
        """Let an operator try to log in again at once. Raises ``UnknownOperator``."""
        with self._change() as db:
            before = _known(db, id_)
            db.execute("UPDATE operator SET failures = 0, locked_until = NULL WHERE id = ?", [id_])
            if before.locked_until is not None:
                facts: Facts = {"subject": id_, "locked_before": True, "locked_after": False}
                self._tell(db, EventType.OPERATOR_CHANGED, operator, facts, person=None)

    def unlock_names(self, id_: str, until: datetime, reason: str, operator: str) -> None:
        """Let an operator see names until then, although the site hides them. Raises ``UnknownOperator``."""
        with self._change() as db:
            _known(db, id_)
            db.execute("UPDATE operator SET names_until = ? WHERE id = ?", [text_of(until), id_])
            facts: Facts = {"subject": id_, "until": text_of(until), "why": reason}
            self._tell(db, EventType.NAMES_UNLOCKED, operator, facts, person=None)

    # -------------------------------------------------------------------------------- sessions

    def begin_session(
        self, operator: str, digest: bytes, step: int, whence: str, ends_at: datetime
    ) -> SessionRow | None:
        """Begin a session of somebody whose password and code were right; a code counts once.

        ``None``: this code, or a later one, was taken before. What has ended is forgotten.
        """
        now = self._now()
        row = SessionRow(new_id("s"), operator, whence, now, now, ends_at)
        with self._change() as db:
            taken = db.execute(
                "UPDATE operator SET last_step = ?, failures = 0, locked_until = NULL"
                " WHERE id = ? AND last_step < ? AND disabled = 0",
                [step, operator, step],
            )
            if not taken.rowcount:
                return None
            db.execute("DELETE FROM session WHERE ends_at <= ?", [text_of(now)])
            values = [row.id, digest, operator, whence, text_of(now), text_of(now), text_of(ends_at)]
            db.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            self._tell(db, EventType.OPERATOR_LOGGED_IN, operator, {"session": row.id}, person=None)
        return row

    def failed_login(self, operator: str, failures: int, locked_until: datetime | None) -> None:
        """Count a wrong password or code of an operator that there is."""
        with self._change() as db:
            db.execute(
                "UPDATE operator SET failures = ?, locked_until = ? WHERE id = ?",
                [failures, text_of(locked_until), operator],
            )
            facts: Facts = {"failures": failures, "locked_until": text_of(locked_until)}
            self._tell(db, EventType.OPERATOR_LOGIN_FAILED, operator, facts, person=None)

    def failed_login_of_nobody(self) -> None:
        """Tell that somebody tried a name that no operator has; it may be a password, so it is not told."""
        with self._change() as db:
            self._tell(db, EventType.OPERATOR_LOGIN_FAILED, "unknown", {}, person=None)

    def used_session(self, session: str) -> None:
        """Note that a session is in use."""
        with self._change() as db:
            db.execute("UPDATE session SET used_at = ? WHERE id = ?", [text_of(self._now()), session])

    def end_session(self, session: str, operator: str) -> None:
        """End a session. Raises ``UnknownSession``."""
        with self._change() as db:
            row = db.execute("SELECT operator FROM session WHERE id = ?", [session]).fetchone()
            if row is None:
                raise UnknownSession(session)
            db.execute("DELETE FROM session WHERE id = ?", [session])
            facts: Facts = {"session": session, "subject": row[0]}
            self._tell(db, EventType.OPERATOR_LOGGED_OUT, operator, facts, person=None)

    # ---------------------------------------------------------------------------------- tokens

    def make_token(
        self, operator: str, digest: bytes, label: str, scopes: frozenset[Right], ends_at: datetime
    ) -> TokenRow:
        """Make a token for an operator. Raises ``UnknownOperator``."""
        row = TokenRow(new_id("k"), operator, label, scopes, self._now(), ends_at, None, None)
        with self._change() as db:
            _known(db, operator)
            said = json.dumps(sorted(scopes))
            values = [row.id, digest, operator, label, said, text_of(row.made_at), text_of(ends_at)]
            db.execute("INSERT INTO token VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)", values)
            facts: Facts = {"token": row.id, "scopes": ", ".join(sorted(scopes)), "until": text_of(ends_at)}
            self._tell(db, EventType.TOKEN_MADE, operator, facts, person=None)
        return row

    def revoke_token(self, token: str, operator: str) -> TokenRow:
        """Let a token count no more. Raises ``UnknownToken``. To one that was revoked nothing happens."""
        with self._change() as db:
            row = find_token(db.conn, token)
            if row is None:
                raise UnknownToken(token)
            if row.revoked_at is None:
                db.execute("UPDATE token SET revoked_at = ? WHERE id = ?", [text_of(self._now()), token])
                facts: Facts = {"token": token, "subject": row.operator}
                self._tell(db, EventType.TOKEN_REVOKED, operator, facts, person=None)
            return find_token(db.conn, token) or row

    def used_token(self, token: str) -> None:
        """Note when a token was used."""
        with self._change() as db:
            db.execute("UPDATE token SET used_at = ? WHERE id = ?", [text_of(self._now()), token])

    # ----------------------------------------------------------------------------------- audit

    def tell(self, kind: EventType, operator: str, facts: Facts, person: str | None = None) -> None:
        """Put something into the record that changed nothing: what was read, what was refused."""
        with self._change() as db:
            self._tell(db, kind, operator, facts, person=person)


def _known(db: Database, operator: str) -> OperatorRow:
    row = find_operator(db.conn, operator)
    if row is None:
        raise UnknownOperator(operator)
    return row


def _keep_an_admin(db: Database, operator: str) -> None:
    """Raise ``LastAdmin`` where nobody would be left who can make operators."""
    if not any(Role.ADMIN in each.roles and not each.disabled for each in all_operators(db.conn)):
        raise LastAdmin(operator)


def _difference(before: OperatorRow, after: OperatorRow) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    if before.name != after.name:
        facts["name_changed"] = True
    for name, old, new in (
        ("roles", ", ".join(before.roles), ", ".join(after.roles)),
        ("disabled", before.disabled, after.disabled),
    ):
        if old != new:
            facts |= {f"{name}_before": old, f"{name}_after": new}
    return facts
