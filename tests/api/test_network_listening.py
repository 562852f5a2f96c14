"""Where the API listens on the network, and what happens when it cannot."""

import logging
import socket
from pathlib import Path

import pytest

from accessctl.api import network
from accessctl.home import Home
from tests.api.networks import LOCAL, RULES, ServedNetwork, with_


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "AGAIN_S", 0.01)


def test_a_port_in_use_is_said_once_and_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """When it is free the API is served, and that is said as well."""
    with socket.create_server((LOCAL, 0)) as other:
        port = other.getsockname()[1]
        served = ServedNetwork(Home(tmp_path), with_(port=port))
        served.until(lambda: any("in use" in record.message for record in caplog.records))
        served.until(lambda: served.tries > 3)
    try:
        assert served.port == port
        said = [record.message for record in caplog.records if record.name == network.__name__]
        assert len(said) == 2
        assert f"nothing can listen at {LOCAL}:{port}: Address already in use" in said[0]
        assert said[1] == f"the API is served on the network after all, at {LOCAL}:{port}"
        with served.client() as http:
            assert http.get("/people").status_code == 200
    finally:
        served.close()


def test_an_address_that_is_not_there_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As that of a network that is not up yet."""
    served = ServedNetwork(Home(tmp_path), with_(address="192.0.2.7"))
    try:
        served.until(lambda: any("Cannot assign" in record.message for record in caplog.records))
        assert served.network.port is None
    finally:
        served.close()


def test_ipv6_is_listened_at(tmp_path: Path) -> None:
    """Where there is any."""
    try:
        network.listen(with_(address="::1")).close()
    except OSError:
        pytest.skip("no IPv6 here")
    served = ServedNetwork(Home(tmp_path), with_(address="::1"))
    try:
        port = served.port
        with (
            socket.create_connection(("::1", port), 15) as raw,
            served.trusting().wrap_socket(raw, server_hostname="::1") as tls,
        ):
            tls.sendall(
                b"GET /v1/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nConnection: close\r\n\r\n"
            )
            answer = b"".join(iter(lambda: tls.recv(65536), b""))
        assert b'"peer_address": "::1"' in answer
    finally:
        served.close()


def test_nothing_listens_until_it_is_said_where_and_when_it_is_not_said_any_more(tmp_path: Path) -> None:
    """A change of the site file counts without a restart, in both directions."""
    served = ServedNetwork(Home(tmp_path), None)
    try:
        assert served.network.port is None
        served.change(RULES)
        port = served.port
        with served.client() as http:
            assert http.get("/people").status_code == 200
        served.change(None)
        served.until(lambda: served.network.port is None)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((LOCAL, port), 15)
        served.change(RULES)
        with served.client() as http:
            assert http.get("/people").status_code == 200
    finally:
        served.close()


def test_another_rate_needs_no_other_server(tmp_path: Path) -> None:
    """It counts at the next request, and nobody is cut off for it."""
    served = ServedNetwork(Home(tmp_path))
    try:
        with served.client() as http:
            assert http.get("/people").status_code == 200
            before = served.network.server
            served.change(with_(requests_a_minute=2))
            assert [http.get("/people").status_code for _ in range(3)][-1] == 429
            assert served.network.server is before
    finally:
        served.close()


def test_a_failure_is_logged_and_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is, the Unix socket is not concerned."""
    failures = iter((RuntimeError("odd"),))
    real = network.listen

    def odd(rules: object) -> socket.socket:
        if failure := next(failures, None):
            raise failure
        return real(rules)  # type: ignore[arg-type]

    monkeypatch.setattr(network, "listen", odd)
    with caplog.at_level(logging.ERROR):
        served = ServedNetwork(Home(tmp_path))
        try:
            with served.client() as http:
                assert http.get("/people").status_code == 200
        finally:
            served.close()
    assert "is started anew" in caplog.text


def test_who_has_nothing_to_ask_does_not_hold_the_end_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A client that keeps its connection is let go, without a word in the log."""
    served = ServedNetwork(Home(tmp_path))
    with served.client() as http:
        assert http.get("/people").status_code == 200
        caplog.clear()
        served.close()
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
