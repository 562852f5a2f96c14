"""The API on the network: who gets through to the application, and what is answered to the others."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from accessctl.home import Home
from tests.api.networks import LOCAL, TOKEN, ServedNetwork, with_
from tests.api.running import PROBLEM


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNetwork]:
    served = ServedNetwork(Home(tmp_path_factory.mktemp("net")))
    yield served
    served.close()


def refused(answer: httpx.Response, status: int, kind: str) -> bool:
    body = answer.json()
    return (answer.status_code, answer.headers["content-type"], body["type"], body["status"]) == (
        *(status, PROBLEM, f"urn:accessctl:problem:{kind}"),
        status,
    )


def test_a_call_with_a_token_gets_through(served: ServedNetwork) -> None:
    """The application learns the address, and that no local user stands behind it."""
    with served.client() as http:
        answer = http.post("/people", content=b"x" * 100_000)
    state = {"operator": None, "peer_user": None, "peer_address": LOCAL}
    assert answer.json() == {"path": "/v1/people", "body": 100_000, "state": state}


@pytest.mark.parametrize("said", ["", "Basic bWFyaWE6eA==", "Bearer"])
def test_without_a_token_nothing_is_asked(served: ServedNetwork, said: str) -> None:
    """Neither a password nor a session counts on the network, whatever it is for."""
    with served.client(authorization=said) as http:
        answer = http.get("/people")
    assert refused(answer, 401, "no-token")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_no_page_of_a_browser_may_call(served: ServedNetwork, method: str) -> None:
    """A browser says where its page is from; nobody else does. No answer has a word of CORS."""
    with served.client(origin="https://example.com") as http:
        answer = http.request(method, "/people")
    assert refused(answer, 403, "cross-origin")
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_answers_say_how_to_treat_them(served: ServedNetwork) -> None:
    """Nothing but the description of the API is kept anywhere, and no browser comes without TLS again."""
    with served.client() as http, served.client(authorization="") as nobody:
        people, refusal, description = http.get("/people"), nobody.get("/people"), http.get("/openapi.json")
    assert people.headers["cache-control"] == refusal.headers["cache-control"] == "no-store"
    assert "cache-control" not in description.headers
    for answer in (people, refusal, description):
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert "server" not in answer.headers
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_an_answer_is_not_held_back(served: ServedNetwork) -> None:
    """Head and body are two writes; with Nagle's delay the second would wait 40 ms for the first."""
    with served.client() as http:
        assert http.get("/people").status_code == 200
        on = [
            each.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            for each in served.connections
        ]
    assert on
    assert all(on)


def test_what_a_header_says_of_the_client_is_not_believed(served: ServedNetwork) -> None:
    """Nobody stands between: whoever forwards for somebody else is the client."""
    with served.client(**{"x-forwarded-for": "192.0.2.1", "forwarded": "for=192.0.2.1"}) as http:
        assert http.get("/people").json()["state"]["peer_address"] == LOCAL


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (None, 421),
        ("doors.example.com", 200),
        ("Doors.Example.com.:8443", 200),
        ("[2001:db8:0::7]:8443", 200),
        ("2001:db8::7", 200),
        ("example.com", 421),
        ("doors.example.com.evil", 421),
    ],
)
def test_where_names_are_given_no_other_counts(named: ServedNetwork, host: str | None, status: int) -> None:
    """A page that made its own name point here is refused, whatever it leaves out."""
    more = {} if host is None else {"host": host}
    with named.client(**more) as http:
        answer = http.get("/people")
    assert answer.status_code == status
    assert status == 200 or refused(answer, 421, "unknown-host")


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNetwork]:
    names = ("doors.example.com", "2001:db8::7")
    served = ServedNetwork(Home(tmp_path_factory.mktemp("named")), with_(names=names))
    yield served
    served.close()


def test_whoever_asks_too_often_is_told_when_to_come_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The stock of an address is its number of requests in a minute, refusals included."""
    served = ServedNetwork(Home(tmp_path_factory.mktemp("often")), with_(requests_a_minute=3))
    try:
        with served.client() as http, served.client(authorization="") as nobody:
            first = [http.get("/people").status_code, nobody.get("/people").status_code]
            assert [*first, http.get("/people").status_code] == [200, 401, 200]
            answer = http.get("/people")
        assert refused(answer, 429, "too-many-requests")
        assert 1 <= int(answer.headers["retry-after"]) <= 20
        assert answer.headers["cache-control"] == "no-store"
    finally:
        served.close()


def test_no_token_is_in_a_refusal(served: ServedNetwork) -> None:
    """What a client sends is never sent back."""
    with served.client(origin="https://" + "s3cret" * 4) as http:
        assert "s3cret" not in http.get("/people").text
        assert TOKEN["authorization"].removeprefix("Bearer ") not in http.get("/people").text
