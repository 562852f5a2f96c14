"""Every call of the API over TLS: tokens count there, and nothing else does."""

from collections.abc import Iterator

import httpx
import pytest

from accessctl.office.rules import NetworkRules, OfficeRules
from accessctl.operators.rights import NEVER_BY_TOKEN, Right, Role
from tests.api import cast
from tests.api.asking import OTHERWISE, SLOW, request_of
from tests.api.described import Operation, operations
from tests.api.prepared import Prepared
from tests.api.standing import standing

ALL = operations()
REFUSED_THERE = {(401, "no-token"), (401, "not-logged-in"), (403, "no-right"), (403, "not-from-here")}
BY_TOKEN = {"DELETE /v1/session": {409}, "PUT /v1/session/password": {403}}
"""What is about a session or a password, which no program has."""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Prepared, httpx.Client]]:
    rules = NetworkRules("127.0.0.1", 0, requests_a_minute=1_000_000)
    prepared = Prepared(tmp_path_factory.mktemp("network"), OfficeRules(network=rules))
    with prepared.api.network_client() as http:
        yield prepared, http
    prepared.close()


@pytest.mark.parametrize("operation", ALL, ids=str)
def test_over_the_network_tokens_count_and_nothing_else(
    network: tuple[Prepared, httpx.Client], operation: Operation
) -> None:
    """No session, nobody at all, no token that counts no more or lacks the right; the right one does it."""
    home, http = network
    home.set_back()
    admin, right = cast.operator_of(Role.ADMIN), operation.right
    before = standing(home.api.home)
    sent = request_of(operation, home, admin)
    lacking = [] if right in {None, Right.OWN_ACCOUNT} else [cast.token_without(Right(str(right)))]
    for shown in (None, cast.session_of(admin), cast.REVOKED, cast.ENDED_TOKEN, *lacking):
        status, kind = sent.by(http, cast.bearer(shown))
        assert (status, kind) in REFUSED_THERE, (shown, status, kind)
    assert standing(home.api.home) == before
    if right is None or right in NEVER_BY_TOKEN or str(operation) in OTHERWISE:
        return
    status, kind = request_of(operation, home, admin, whole=str(operation) not in SLOW).by(
        http, cast.bearer(cast.WHOLE)
    )
    assert status in ({422} if str(operation) in SLOW else BY_TOKEN.get(str(operation), set(range(200, 300))))
    if str(operation) == "POST /v1/backups":
        home.until_backed_up()
