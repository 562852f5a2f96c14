"""TLS as somebody else's client sees it: OpenSSL's own."""

import re
import socket
import ssl
from collections.abc import Iterator

import pytest

from accessctl.api import tls
from accessctl.home import Home
from tests.api.networks import LOCAL, ServedNetwork, s_client

OLD = ("-cipher", "ALL:@SECLEVEL=0")
"""Otherwise the client itself would refuse the oldest versions, and nothing would be known of the server."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNetwork]:
    served = ServedNetwork(Home(tmp_path_factory.mktemp("tls")))
    yield served
    served.close()


def speaks(port: int, version: str) -> bool:
    done = s_client(port, version, *OLD)
    return done.returncode == 0 and "Cipher is (NONE)" not in done.stdout


def test_tls_1_3_is_spoken(served: ServedNetwork) -> None:
    """With HTTP/1.1 agreed upon, without compression, and with a certificate that holds."""
    trust = ("-CAfile", str(served.home.tls / "cert.pem"), "-verify_return_error", "-verify_ip", LOCAL)
    done = s_client(served.port, "-tls1_3", "-alpn", "h2,http/1.1", *trust)
    assert done.returncode == 0, done.stderr
    assert "TLSv1.3, Cipher is TLS_" in done.stdout
    assert "ALPN protocol: http/1.1" in done.stdout
    assert "Verification: OK" in done.stdout
    assert "Compression: NONE" in done.stdout


def test_no_session_is_taken_up_again(served: ServedNetwork) -> None:
    """Each connection shakes hands anew: no ticket is given out, not even after an answer."""
    with served.socket() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        while connection.recv(4096):
            pass
        assert connection.session is None or not connection.session.has_ticket


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_1", "-tls1"])
def test_nothing_below_is_spoken(served: ServedNetwork, version: str) -> None:
    """An older version is refused by the server, whatever ciphers the client offers."""
    assert not speaks(served.port, version)
    done = s_client(served.port, version, *OLD)
    offered = re.search(r"SSL handshake has read (\d+) bytes and written (\d+) bytes", done.stdout)
    assert offered
    assert int(offered[1]) < 10  # an alert at most
    assert int(offered[2]) > 100


def test_the_check_would_see_an_older_version(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that allows TLS 1.2 is found out by the very same question."""

    def lax() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    monkeypatch.setattr(tls, "context", lax)
    served = ServedNetwork(Home(tmp_path_factory.mktemp("lax")))
    try:
        assert speaks(served.port, "-tls1_2")
        assert speaks(served.port, "-tls1_3")
    finally:
        served.close()


def test_what_is_no_tls_gets_nothing(served: ServedNetwork) -> None:
    """HTTP in clear is not answered, not even with a way to go."""
    with socket.create_connection((LOCAL, served.port), 15) as raw:
        raw.sendall(b"GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
        got = b""
        try:
            while more := raw.recv(4096):
                got += more
        except ConnectionError:
            pass
    assert b"HTTP" not in got
