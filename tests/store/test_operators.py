"""Operators in the store: each change with its row in the outbox, and never without an admin."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from accessctl.acting import Whence, acting
from accessctl.home import Home
from accessctl.operators.rights import Right, Role
from accessctl.store.operator_errors import DuplicateOperator, LastAdmin, UnknownOperator, UnknownToken
from accessctl.store.operator_writer import NewSecret, OperatorWriter
from accessctl.store.operators import OperatorQueries, OperatorRow
from tests.homes import NOON, TESTER, OwnClock

BY = "vera"
LATER = NOON + timedelta(hours=8)


@pytest.fixture
def operators(home: Home, clock: OwnClock) -> Iterator[OperatorWriter]:
    writer = OperatorWriter(home.people, clock)
    writer.add_operator("ana", "Ana Marsh", (Role.GUARD,), BY)
    yield writer
    writer.close()


@pytest.fixture
def stored(home: Home) -> OperatorQueries:
    return OperatorQueries(home.people)


def told(home: Home) -> list[tuple[str, str, dict[str, object]]]:
    with closing(sqlite3.connect(home.people)) as db:
        rows = db.execute("SELECT type, operator, detail FROM outbox ORDER BY id").fetchall()
    return [(type_, operator, json.loads(detail)) for type_, operator, detail in rows]


def disabled(row: OperatorRow) -> OperatorRow:
    return replace(row, disabled=True)


def begin(operators: OperatorWriter, digest: bytes = b"d", step: int = 7) -> str | None:
    session = operators.begin_session("ana", digest, step, "local:ana", LATER)
    return None if session is None else session.id


def test_an_id_is_one_operators(operators: OperatorWriter) -> None:
    """A second one under it is refused, and there is no changing of nobody."""
    with pytest.raises(DuplicateOperator):
        operators.add_operator("ana", "Another", (Role.GUARD,), BY)
    with pytest.raises(UnknownOperator):
        operators.change_operator("nobody", disabled, BY)
    with pytest.raises(UnknownOperator):
        operators.delete_operator("nobody", BY)


def test_from_where_stands_in_every_row(operators: OperatorWriter, home: Home) -> None:
    """And who approved of it, where somebody did."""
    with acting(Whence("local:vera", "a-1", "otto")):
        operators.change_operator("ana", disabled, BY)
    type_, operator, detail = told(home)[-1]
    assert (type_, operator) == ("operator_changed", BY)
    assert detail == {
        "subject": "ana",
        "disabled_before": False,
        "disabled_after": True,
        "from": "local:vera",
        "approval": "a-1",
        "approved_by": "otto",
    }


def test_what_changes_nothing_is_not_told(operators: OperatorWriter, home: Home) -> None:
    """Nor does it end a session."""
    begin(operators)
    before = told(home)
    operators.change_operator("ana", lambda row: row, BY)
    assert told(home) == before
    assert begin(operators, b"e", 7) is None


TRIES: dict[str, Callable[[OperatorWriter], object]] = {
    "disabled": lambda writer: writer.change_operator(TESTER, disabled, BY),
    "another role": lambda writer: writer.change_operator(
        TESTER, lambda row: replace(row, roles=(Role.GUARD,)), BY
    ),
    "deleted": lambda writer: writer.delete_operator(TESTER, BY),
}


@pytest.mark.parametrize("how", TRIES)
def test_the_last_admin_stays(operators: OperatorWriter, stored: OperatorQueries, how: str) -> None:
    """Whatever somebody tries; and nothing of the try is left."""
    before = stored.operator(TESTER)
    with pytest.raises(LastAdmin):
        TRIES[how](operators)
    assert stored.operator(TESTER) == before


def test_a_step_of_time_is_taken_once(operators: OperatorWriter, stored: OperatorQueries) -> None:
    """Neither the same code nor an earlier one begins another session."""
    assert begin(operators, b"a", 7)
    assert begin(operators, b"b", 7) is None
    assert begin(operators, b"c", 6) is None
    assert begin(operators, b"d", 8)
    assert len(stored.sessions(operator="ana")) == 2


def test_sessions_that_have_ended_are_forgotten(
    operators: OperatorWriter, stored: OperatorQueries, clock: OwnClock
) -> None:
    """When the next one begins."""
    begin(operators, b"a", 7)
    clock.pass_(timedelta(hours=8))
    begin(operators, b"b", 8)
    assert stored.session_of(b"a") is None
    assert stored.session_of(b"b") is not None


def test_a_new_secret_ends_sessions_and_lock_outs(
    operators: OperatorWriter, stored: OperatorQueries, home: Home
) -> None:
    """And the record says nothing of what it is."""
    begin(operators)
    operators.failed_login("ana", 5, LATER)
    operators.set_secret("ana", NewSecret("the-hash", "g-1", b"sealed"), BY)
    assert stored.sessions() == []
    lock, row = stored.lock("ana"), stored.operator("ana")
    assert lock is not None
    assert row is not None
    assert (lock.password, lock.failures, row.locked_until) == ("the-hash", 0, None)
    assert "the-hash" not in str(told(home)) + repr(lock) + repr(row)


def test_a_token_is_revoked_once(operators: OperatorWriter, home: Home) -> None:
    """To one that was revoked nothing happens, and none is made for nobody."""
    scopes = frozenset({Right.PEOPLE_READ})
    token = operators.make_token("ana", b"t", "HR", scopes, LATER)
    first = operators.revoke_token(token.id, BY)
    before = told(home)
    assert operators.revoke_token(token.id, BY) == first
    assert told(home) == before
    with pytest.raises(UnknownOperator):
        operators.make_token("nobody", b"u", "HR", scopes, LATER)
    with pytest.raises(UnknownToken):
        operators.revoke_token("k-none", BY)


def test_a_right_that_is_none_any_more_counts_for_nothing(
    operators: OperatorWriter, stored: OperatorQueries, home: Home
) -> None:
    """A token of an older version is read all the same."""
    operators.make_token("ana", b"t", "HR", frozenset({Right.PEOPLE_READ}), LATER)
    with closing(sqlite3.connect(home.people)) as db:
        db.execute("UPDATE token SET scopes = ?", (json.dumps(["people.read", "doors.dream"]),))
        db.commit()
    token = stored.token_of(b"t")
    assert token is not None
    assert token.scopes == {Right.PEOPLE_READ}
