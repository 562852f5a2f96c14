"""What waits for a second operator: asked for, approved or refused, each with its row in the outbox."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlite_utils import Database

from accessctl.store.operator_errors import ApprovalOver, UnknownApproval
from accessctl.store.people_change import Facts, PeopleChanges, new_id, text_of
from accessctl.store.people_reads import MOST, PeopleReads
from policies.event_types import EventType

_KEPT: Final = timedelta(days=90)
"""So long is shown what became of an approval; the record keeps it for good."""
_APPROVAL: Final = (
    "SELECT id, kind, what, method, path, query, body, digest, if_match, state, asked_by, asked_from,"
    " asked_at, ends_at, decided_by, decided_at, outcome FROM approval"
)


class State(StrEnum):
    """How an approval stands."""

    WAITING = "waiting"
    LAPSED = "lapsed"
    """Nobody decided in time."""
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the API that waits."""

    method: str
    path: str
    query: str
    body: bytes | None = field(repr=False)
    """``None``: it holds a secret and is kept in memory alone."""
    digest: bytes | None
    """SHA-256 of the body, so that nothing else is done than what was asked for; ``None`` as above."""
    if_match: str | None = None
    """What had been seen of the thing that is changed: it is done only to that."""


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """What somebody asked for, and what became of it."""

    id: str
    kind: str
    what: str
    """In words."""
    call: Call
    state: State
    asked_by: str
    asked_from: str
    asked_at: datetime
    ends_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    outcome: str | None = None
    """What came of doing it, in words."""

    def state_at(self, now: datetime) -> State:
        """Give how it stands at an instant: what waits lapses by itself."""
        return State.LAPSED if self.state is State.WAITING and now >= self.ends_at else self.state


class ApprovalQueries(PeopleReads):
    """Reads ``people.db``. May be used from any thread. Every method raises ``PeopleUnavailable``."""

    def approval(self, id_: str) -> ApprovalRow | None:
        """Give one."""
        return next(map(_row, self._all(f"{_APPROVAL} WHERE id = ?", id_)), None)

    def approvals(self, *, after: str = "", limit: int = 100) -> list[ApprovalRow]:
        """Give them in the order of their ids."""
        rows = self._all(f"{_APPROVAL} WHERE id > ? ORDER BY id LIMIT ?", after, min(limit, MOST))
        return [_row(row) for row in rows]

    def waiting(self, operator: str, now: datetime) -> list[ApprovalRow]:
        """Give what an operator has asked for that waits still."""
        sql = f"{_APPROVAL} WHERE asked_by = ? AND state = ? AND ends_at > ? ORDER BY id"
        return [_row(row) for row in self._all(sql, operator, State.WAITING.value, text_of(now))]


class ApprovalWriter(PeopleChanges):
    """Writes approvals."""

    def ask_approval(
        self, kind: str, what: str, call: Call, asked_by: str, asked_from: str, within: timedelta
    ) -> ApprovalRow:
        """Write down what somebody asks for."""
        now = self._now()
        row = ApprovalRow(
            new_id("a"), kind, what, call, State.WAITING, asked_by, asked_from, now, now + within
        )
        values = [
            row.id,
            kind,
            what,
            call.method,
            call.path,
            call.query,
            call.body,
            call.digest,
            call.if_match,
        ]
        with self._change() as db:
            db.execute("DELETE FROM approval WHERE ends_at < ?", [text_of(now - _KEPT)])
            # Nobody will do what has lapsed, and a body may hold somebody's name, as its tag tells of one.
            db.execute("UPDATE approval SET body = NULL, if_match = NULL WHERE ends_at < ?", [text_of(now)])
            db.execute(
                "INSERT INTO approval (id, kind, what, method, path, query, body, digest, if_match, asked_by,"
                " asked_from, asked_at, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [*values, asked_by, asked_from, text_of(now), text_of(row.ends_at)],
            )
            facts: Facts = {"approval": row.id, "kind": kind, "what": what, "until": text_of(row.ends_at)}
            self._tell(db, EventType.APPROVAL_ASKED, asked_by, facts, person=None)
        return row

    def decide_approval(self, id_: str, operator: str, *, approved: bool) -> ApprovalRow:
        """Approve or refuse. Raises ``UnknownApproval``, and ``ApprovalOver`` for what waits no more.

        What is approved is approved once, whoever else does it in the same instant.
        """
        now = self._now()
        with self._change() as db:
            row = next(map(_row, db.execute(f"{_APPROVAL} WHERE id = ?", [id_])), None)
            if row is None:
                raise UnknownApproval(id_)
            state = row.state_at(now)
            if state is not State.WAITING:
                raise ApprovalOver(id_, state.value)
            after = State.APPROVED if approved else State.REFUSED
            db.execute(
                # The body has served its purpose, or never will.
                "UPDATE approval SET state = ?, decided_by = ?, decided_at = ?, body = NULL, if_match = NULL"
                " WHERE id = ?",
                [after.value, operator, text_of(now), id_],
            )
            facts: Facts = {"approval": id_, "kind": row.kind, "what": row.what, "asked_by": row.asked_by}
            told = EventType.APPROVAL_GIVEN if approved else EventType.APPROVAL_REFUSED
            self._tell(db, told, operator, facts, person=None)
        return row

    def note_outcome(self, id_: str, outcome: str) -> None:
        """Write down what came of doing what was approved; its own entries are in the record already."""
        with self._change() as db:
            _put_outcome(db, id_, outcome)

    def note_failure(
        self, row: ApprovalRow, operator: str, outcome: str | None, status: int, why: str
    ) -> None:
        """Write down that what ``operator`` approved was not done: nothing else in the record says so.

        ``why`` is the kind of problem; ``outcome`` has its words, which may be those of a person's data, and
        is ``None`` where nobody knows how far it came.
        """
        facts: Facts = {"approval": row.id, "kind": row.kind, "what": row.what, "asked_by": row.asked_by}
        with self._change() as db:
            _put_outcome(db, row.id, outcome)
            told = {**facts, "status": status, "why": why}
            self._tell(db, EventType.APPROVAL_FAILED, operator, told, person=None)


def _put_outcome(db: Database, id_: str, outcome: str | None) -> None:
    db.execute("UPDATE approval SET outcome = ? WHERE id = ?", [outcome, id_])


def _row(row: tuple[Any, ...]) -> ApprovalRow:
    id_, kind, what, method, path, query, body, digest, if_match, state, asked_by, asked_from, *more = row
    asked_at, ends_at, decided_by, decided_at, outcome = more
    return ApprovalRow(
        id_,
        kind,
        what,
        Call(method, path, query, body, digest, if_match),
        State(state),
        asked_by,
        asked_from,
        datetime.fromisoformat(asked_at),
        datetime.fromisoformat(ends_at),
        decided_by,
        None if decided_at is None else datetime.fromisoformat(decided_at),
        outcome,
    )
