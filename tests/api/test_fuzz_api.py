"""Whatever the description allows, and what it does not, sent to every call: on the Unix socket and over TLS.

Nothing is answered that the description does not have, nothing fails without a word that says why, and what
was refused has changed nothing. The record as a stream never ends by itself: ``test_event_stream`` has it.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accessctl.link.requests import Follow, TakeOutbox
from accessctl.office.rules import NetworkRules, OfficeRules
from accessctl.operators.rights import Right
from tests.api import cast
from tests.api.asking import SLOW
from tests.api.described import STREAM, description, operations
from tests.api.prepared import ANA, Prepared
from tests.api.standing import WRONG_TRIES, standing
from tests.examples import FACTOR, examples

NAMES = [str(each) for each in operations() if str(each) != STREAM]
EXPLAINED = {
    502: {"unreadable", "door-fault", "sensor-failed"},
    503: {"door-process-silent", "door-process-unreachable", "store-unavailable", "keys-unavailable"}
    | {"record-unavailable", "people-unavailable"},
    504: {"timed-out", "pairing-failed"},
}
"""What can be the door process's fault or the disk's, and says so."""
LEAST, MOST = cast.token_of("op-guard"), cast.WHOLE
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
EVERYBODYS = {None, Right.OWN_ACCOUNT, Right.DOORS_READ}
"""What a token may that has next to nothing."""
KNOWN = {
    "door": "gate",
    "reader": "gate-in.reader",
    "level": "cage",
    "seq": 1,
    "person": ANA,
    "operator": "otto",
}
BY_NAME = {str(each): each for each in operations()}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    network = NetworkRules("127.0.0.1", 0, requests_a_minute=1_000_000)
    prepared = Prepared(tmp_path_factory.mktemp("fuzz"), OfficeRules(network=network))
    yield prepared
    prepared.close()


@pytest.fixture(scope="module")
def clients(home: Prepared) -> Iterator[dict[str, httpx.Client]]:
    with home.api.client() as socket, home.api.network_client() as network:
        yield {"socket": socket, "network": network}


@cache
def schema() -> Any:  # noqa: ANN401 - a part of schemathesis that has no name outside of it
    return schemathesis.openapi.from_dict(description())


@cache
def strategy_of(name: str) -> st.SearchStrategy[Case[Any]]:
    """Give what can be sent to a call: what it takes, with known ids and others, and what it does not."""
    operation = BY_NAME[name]
    found = schema()[operation.path][operation.method]
    known = {
        each["name"]: KNOWN[each["name"]]
        for each in operation.said.get("parameters", ())
        if each["in"] == "path" and each["name"] in KNOWN
    }
    kinds = [found.as_strategy(), found.as_strategy(GenerationMode.NEGATIVE)]
    if known:
        kinds.insert(0, found.as_strategy(path_parameters=known))
    return st.one_of(kinds)


def send(case: Case[Any], http: httpx.Client, shown: str) -> httpx.Response:
    said = case.as_transport_kwargs(base_url="http://accessctl")
    headers = {
        name: value.encode("utf-8", "surrogateescape")
        for name, value in said["headers"].items()
        if name.lower() not in {"authorization", "connection"}
    }
    headers["Authorization"] = f"Bearer {shown}".encode()
    more: dict[str, Any] = {"content": said["data"]} if said.get("data") is not None else {}
    if "json" in said:
        more["json"] = said["json"]
    url = said["url"].replace("http://accessctl", str(http.base_url).removesuffix("/v1/"))
    return http.request(said["method"], url, params=said.get("params"), headers=headers, **more)


def check(case: Case[Any], answer: httpx.Response) -> None:
    """It is as the description has it, and fails only for what it says it fails for."""
    if answer.status_code >= 500:
        kind = answer.json()["type"].rpartition(":")[2]
        assert kind in EXPLAINED.get(answer.status_code, ()), answer.text
    case.validate_response(answer, checks=CHECKS)


def tries(name: str) -> int:
    return examples(1 if name in SLOW else 4)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_sent_is_answered_as_described(
    home: Prepared, clients: dict[str, httpx.Client], name: str
) -> None:
    """With rights and without, on the socket and over TLS; whatever is refused changes nothing."""

    @settings(
        max_examples=tries(name),
        derandomize=FACTOR == 1,
        database=None,
        deadline=None,
        phases=[Phase.generate] if FACTOR == 1 else [Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy_of(name))
    def run(case: Case[Any]) -> None:
        home.set_back()
        for http in clients.values():
            for shown in (LEAST, MOST):
                before, heard = standing(home.api.home, WRONG_TRIES), len(home.api.peer.heard)
                answer = send(case, http, shown)
                check(case, answer)
                if name == "POST /v1/backups":
                    home.until_backed_up()
                if shown is LEAST and BY_NAME[name].right not in EVERYBODYS:
                    assert answer.is_client_error, answer.text
                    asked = [
                        each
                        for each in home.api.peer.heard[heard:]
                        if not isinstance(each, (TakeOutbox, Follow))
                    ]
                    assert asked == [], asked
                if answer.is_client_error:
                    assert standing(home.api.home, WRONG_TRIES) == before, answer.text

    run()
