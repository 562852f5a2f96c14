"""What a client cannot do to the others: keep connections busy, fill memory, be everywhere at once."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from accessctl.api import network, network_protocol
from accessctl.home import Home
from tests.api.networks import LOCAL, TOKEN, ServedNetwork, Stream

SOON = 0.2
HEAD = f"POST /v1/people HTTP/1.1\r\nHost: x\r\nAuthorization: {TOKEN['authorization']}\r\n".encode()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedNetwork]:
    served = ServedNetwork(Home(tmp_path))
    yield served
    served.close()


def rest_of(connection: socket.socket) -> bytes:
    """Read to the end, however it comes."""
    got = b""
    try:
        while more := connection.recv(65536):
            got += more
    except (ConnectionError, ssl.SSLError):
        pass
    return got


def test_who_does_not_shake_hands_is_left(served: ServedNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection on which nothing comes ends by itself, before it has cost a request."""
    monkeypatch.setattr(network, "HANDSHAKE_S", SOON)
    with socket.create_connection((LOCAL, served.port), 15) as raw:
        assert rest_of(raw) == b""


def test_who_says_nothing_is_left(served: ServedNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the handshake too."""
    monkeypatch.setattr(network_protocol, "HEAD_S", SOON)
    with served.socket() as connection:
        assert rest_of(connection) == b""


def test_a_head_that_comes_in_drops_is_not_waited_for(
    served: ServedNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte is progress, and none of them buys time."""
    monkeypatch.setattr(network_protocol, "HEAD_S", SOON)
    with served.socket() as connection:
        connection.sendall(HEAD + b"X-Slow: ")
        with pytest.raises(OSError, match=r".*"):  # noqa: PT012 - it ends at some time
            for _ in range(10_000):
                connection.sendall(b"x")
                served.do(lambda: None)
        assert rest_of(connection) == b""


def test_a_body_that_does_not_get_on_is_not_waited_for(
    served: ServedNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is an application that waits for it."""
    monkeypatch.setattr(network_protocol, "BODY_S", SOON)
    with served.socket() as connection:
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n0123456789")
        assert rest_of(connection) == b""


def test_a_long_body_that_gets_on_is_waited_for(
    served: ServedNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends a great deal over a slow line gets it through."""
    monkeypatch.setattr(network_protocol, "BODY_S", SOON)
    monkeypatch.setattr(network_protocol, "BODY_LEAST", 1000)
    with served.socket() as connection:
        connection.sendall(HEAD + b"Content-Length: 4000\r\nConnection: close\r\n\r\n")
        served.until(lambda: any(each._due for each in served.connections))
        for _ in range(4):
            due = served.connections[0]._due
            connection.sendall(bytes(1000))
            served.until(lambda due=due: all(each._due is not due for each in served.connections))  # type: ignore[misc]
        assert b'"body": 4000' in rest_of(connection)


def test_who_does_not_read_is_left(served: ServedNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for him is dropped, and the connection with it."""
    monkeypatch.setattr(network_protocol, "READ_S", SOON)
    with served.socket() as connection:
        connection.sendall(HEAD.replace(b"people", b"much") + b"\r\n")
        served.until(lambda: bool(served.connections))
        served.until(lambda: not served.connections)
        assert len(rest_of(connection)) < 16 * 1024 * 1024


def test_who_reads_slowly_gets_everything(served: ServedNetwork) -> None:
    """As long as he reads at all."""
    with served.client() as http:
        assert len(http.get("/much").content) == 16 * 1024 * 1024


LONG = [HEAD + b"X-Long: " + b"x" * 20_000, b"GET /" + b"x" * 20_000]


@pytest.mark.parametrize("head", [*LONG, b"\x00\xff garbage\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_no_request_is_refused_without_a_word_in_the_log(
    served: ServedNetwork, head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """A head has 16 KiB at most; a line for each would let anybody fill the disk."""
    with served.socket() as connection:
        caplog.clear()
        connection.sendall(head)
        assert rest_of(connection).startswith(b"HTTP/1.1 400 ")
    assert caplog.records == []


def test_a_stream_is_waited_for_as_long_as_it_goes_on(tmp_path: Path) -> None:
    """While an answer is on its way nothing is due from the client."""
    stream = Stream()
    served = ServedNetwork(Home(tmp_path), app=stream)
    try:
        with served.client() as http, http.stream("GET", "/events/stream") as answer:
            got = answer.iter_raw()
            assert next(got) == b"first"
            (connection,) = served.connections
            due = (connection._due, connection._unread, connection.timeout_keep_alive_task)
            assert due == (None, None, None)
            served.do(stream.ended.set)
            assert b"".join(got) == b" last"
    finally:
        served.close()


def test_one_address_has_only_so_many_connections(
    served: ServedNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more is closed at once; when another has left, there is room again."""
    monkeypatch.setattr(network, "MOST_OF_ONE_ADDRESS", 2)
    with served.socket() as first, served.socket():
        with socket.create_connection((LOCAL, served.port), 15) as third:
            assert rest_of(third) == b""
        first.close()
        served.until(lambda: len(served.connections) == 1)
        with served.socket() as fourth:
            fourth.sendall(HEAD + b"Connection: close\r\n\r\n")
            assert rest_of(fourth).startswith(b"HTTP/1.1 200 ")


def test_there_are_only_so_many_connections(served: ServedNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of many addresses, and those that have not shaken hands count."""
    monkeypatch.setattr(network, "MOST_CONNECTIONS", 1)
    port = served.port
    with socket.create_connection((LOCAL, port), 15), socket.create_connection((LOCAL, port), 15) as second:
        assert rest_of(second) == b""


def test_a_slow_client_costs_others_nothing(served: ServedNetwork) -> None:
    """While fifty hang in the middle of their requests, the next one is answered."""
    hanging = [served.socket() for _ in range(50)]
    for connection in hanging:
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n")
    with served.client() as http:
        assert http.get("/people").status_code == 200
    for connection in hanging:
        connection.close()
