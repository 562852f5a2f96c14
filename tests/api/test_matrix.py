"""Every call of the API as everybody: what they may works, what they may not is refused and changes nothing.

The calls are those that the API describes, so that a new one is in here by itself.
"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from accessctl.api import doors
from accessctl.api.app import create_app
from accessctl.api.authority import Authority
from accessctl.api.gate import GatedRoute
from accessctl.api.parts import Parts
from accessctl.home import Home
from accessctl.link.requests import Follow, TakeOutbox
from accessctl.operators.rights import NEVER_BY_TOKEN, RIGHTS_OF, Right, Role, rights_of
from tests.api import cast
from tests.api.asking import OTHERWISE, SLOW, request_of
from tests.api.described import Operation, operations, operations_of
from tests.api.prepared import Prepared
from tests.api.standing import Told, last_told, standing, told_since

ALL = operations()
GATED = [each for each in ALL if each.right is not None]
TELLS_NOTHING = (TakeOutbox, Follow)
"""What the door process may hear although nothing was done: that the outbox has grown."""

TABLE = """
                    admin enroller guard auditor installer
own-account         x     x        x     x       x
doors.read          x     x        x     x       x
doors.order         x     -        x     -       x
site.order          x     -        x     -       -
alarms.answer       x     -        x     -       -
presence.read       x     -        x     x       -
events.read         x     -        x     x       x
names.read          x     x        x     x       -
people.read         x     x        x     x       -
people.write        x     x        -     -       -
people.delete       x     -        -     -       -
people.copy         x     -        -     -       -
credentials.read    x     x        -     x       -
credentials.write   x     x        -     -       -
access.write        x     x        -     -       -
readers.install     x     -        -     -       x
keys.write          x     -        -     -       -
rules.read          x     -        -     x       x
rules.foresee       x     x        x     x       x
rules.write         x     -        -     -       -
reviews.read        x     x        x     x       -
reviews.sign        x     x        x     -       -
operators.read      x     -        -     x       -
operators.write     x     -        -     -       -
tokens.write        x     x        -     -       -
approvals.read      x     -        -     x       -
approvals.decide    x     -        -     -       -
backups.read        x     -        -     x       -
backups.write       x     -        -     -       -
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    prepared = Prepared(tmp_path_factory.mktemp("matrix"))
    yield prepared
    prepared.close()


def every_role_has(right: Right | None) -> bool:
    return all(right in rights for rights in RIGHTS_OF.values())


def table_of(rights: dict[Role, frozenset[Right]]) -> dict[tuple[str, str], bool]:
    return {(right.value, role.value): right in rights[role] for right in Right for role in Role}


def written_down() -> dict[tuple[str, str], bool]:
    head, *lines = TABLE.strip().splitlines()
    roles = head.split()
    cells = [line.split() for line in lines]
    return {
        (right, role): cell == "x" for right, *marks in cells for role, cell in zip(roles, marks, strict=True)
    }


def test_the_roles_are_as_they_are_written_down() -> None:
    """Whoever gives a role another right has to say so here as well."""
    assert table_of(dict(RIGHTS_OF)) == written_down()


def test_only_logging_in_is_open_to_all() -> None:
    """Every other call names the right that it needs."""
    assert [str(each) for each in ALL if each.right is None] == ["POST /v1/session"]


def refusal_is_whole(
    home: Prepared, operation: Operation, shown: str | None, operator: str, why: dict[str, str]
) -> list[str]:
    """Ask as somebody who may not, and give all that is not as it should be; nothing: it was refused."""
    before, begin, heard = standing(home.api.home), last_told(home.api.home), len(home.api.peer.heard)
    asker = operator if operator.startswith("op-") else cast.operator_of(Role.ADMIN)
    with home.as_(shown) as http:
        status, problem = asked(http, operation, home, asker)
    wrong = []
    if status not in {401, 403} or problem not in {"not-logged-in", "no-right"}:
        wrong.append(f"answered with {status} {problem}")
    told = told_since(home.api.home, begin)
    if not is_told(told, operation, operator, why):
        wrong.append(f"told {told}")
    if standing(home.api.home) != before:
        wrong.append("changed something")
    done = [each for each in home.api.peer.heard[heard:] if not isinstance(each, TELLS_NOTHING)]
    if done:
        wrong.append(f"asked the door process {done}")
    return wrong


def asked(http: httpx.Client, operation: Operation, home: Prepared, operator: str) -> tuple[int, str]:
    sent = request_of(operation, home, operator)
    return sent.by(http)


def is_told(told: list[Told], operation: Operation, operator: str, why: dict[str, str]) -> bool:
    if [(each.type, each.operator, each.person) for each in told] != [("call_refused", operator, None)]:
        return False
    detail = dict(told[0].detail)
    place = detail.pop("from", "")
    return detail == {"call": str(operation), **why} and "local:" in place


def who_may_not(operation: Operation) -> Iterator[tuple[str | None, str, dict[str, str]]]:
    """Give what is shown by everybody who may not, who that is, and what the record says of it."""
    right, admin, nobody = operation.right, cast.operator_of(Role.ADMIN), {"why": "not_logged_in"}
    assert right is not None
    for role in Role:
        if right not in RIGHTS_OF[role]:
            yield cast.session_of(cast.operator_of(role)), cast.operator_of(role), {"right": right.value}
    if right is not Right.OWN_ACCOUNT:
        yield cast.token_without(right), admin, {"right": right.value}
    if right in NEVER_BY_TOKEN:
        yield cast.WHOLE, admin, {"right": right.value}
    yield None, "unknown", nobody
    yield cast.session_of("made up"), "unknown", nobody
    yield cast.session_of(cast.DISABLED), cast.DISABLED, nobody
    for shown in (cast.REVOKED, cast.ENDED_TOKEN, cast.ENDED_SESSION, cast.IDLE_SESSION):
        yield shown, admin, nobody


@pytest.mark.parametrize("operation", GATED, ids=str)
def test_who_may_not_is_refused_and_nothing_happens(home: Prepared, operation: Operation) -> None:
    """Roles and tokens without the right, nobody, and whoever counts no more: 401 or 403, and a record."""
    home.set_back()
    for shown, operator, why in who_may_not(operation):
        assert refusal_is_whole(home, operation, shown, operator, why) == [], (operator, why)


@pytest.mark.parametrize("operation", GATED, ids=str)
def test_who_may_does(home: Prepared, operation: Operation) -> None:
    """Each role with the right gets what it asks for."""
    whole = True
    for role in Role:
        if operation.right not in RIGHTS_OF[role]:
            continue
        home.set_back()
        operator = cast.operator_of(role)
        with home.as_(cast.session_of(operator)) as http:
            status, problem = request_of(operation, home, operator, whole=whole).by(http)
        good = OTHERWISE[str(operation)][0] if str(operation) in OTHERWISE else set(range(200, 300))
        assert status in (good if whole else {422}), (role, status, problem)
        whole = str(operation) not in SLOW
        if str(operation) == "POST /v1/backups":
            home.until_backed_up()


def test_logging_in_needs_nobody(home: Prepared) -> None:
    """It is what one does before one is anybody."""
    home.set_back()
    (operation,) = (each for each in ALL if each.right is None)
    with home.as_(None) as http:
        status, problem = request_of(operation, home, "op-admin").by(http)
    assert (status, problem) == (401, "wrong-login")


NOT_EVERYBODYS = {each.right: each for each in GATED if not every_role_has(each.right)}
"""One call for each right that some role has not."""


@pytest.mark.parametrize("operation", NOT_EVERYBODYS.values(), ids=str)
def test_a_gate_that_stands_open_is_noticed(
    home: Prepared, operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were everybody given every right, the matrix would say so."""
    monkeypatch.setattr(Authority, "_rights_now", lambda *_: rights_of([Role.ADMIN]))
    lesser = next(role for role in Role if operation.right not in RIGHTS_OF[role])
    operator, why = cast.operator_of(lesser), {"right": str(operation.right)}
    home.set_back()
    wrong = refusal_is_whole(home, operation, cast.session_of(operator), operator, why)
    assert any(each.startswith("answered with") for each in wrong)


@pytest.mark.parametrize("kind", [GatedRoute, APIRoute])
def test_a_route_without_a_right_or_a_gate_is_not_served(
    monkeypatch: pytest.MonkeyPatch, kind: type[APIRoute]
) -> None:
    """The process does not even start with it."""
    router = APIRouter(route_class=kind)
    router.get("/new")(lambda: None)
    monkeypatch.setattr(doors, "router", router)
    with pytest.raises(ValueError, match=r"right|gate"):
        create_app(Parts.of(Home(Path("/nowhere"))))


def test_a_call_without_a_right_is_found_out() -> None:
    """It is described as one that says nothing of rights, which is an error here and not a hole."""
    (operation,) = operations_of({"paths": {"/v1/new": {"get": {"summary": "New"}}}})
    with pytest.raises(KeyError, match="x-right"):
        _ = operation.right
