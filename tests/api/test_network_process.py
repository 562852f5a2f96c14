"""The whole API process, on its Unix socket and on the network."""

import signal
import socket
import ssl
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from accessctl.home import Home
from accessctl.office.certificates import about
from tests.api.networks import LOCAL, s_client
from tests.config.sites import GOOD
from tests.homes import let_in, new_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def start(home: Home, port: int) -> subprocess.Popen[str]:
    home.site_file.write_text(f'{GOOD}\n[api]\nlisten = "{LOCAL}:{port}"\n')
    let_in(home)
    program = (sys.executable, "-m", "accessctl.api", "--home", str(home.path))
    return subprocess.Popen(program, stderr=subprocess.PIPE, text=True)


def at_the_socket(home: Home) -> int:
    transport = httpx.HTTPTransport(uds=str(home.api_socket))
    with httpx.Client(transport=transport, timeout=20) as http:
        return http.get("http://accessctl/v1/nothing-of-this-name").status_code


def over_tls(home: Home, port: int, process: subprocess.Popen[str], token: str = "") -> httpx.Response:
    trust = ssl.create_default_context(cafile=home.tls / "cert.pem")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    while process.poll() is None:
        with suppress(httpx.ConnectError):  # the certificate is told before anything listens
            return httpx.get(f"https://{LOCAL}:{port}/v1/people", verify=trust, headers=headers, timeout=20)
    pytest.fail("the API process ended by itself")


def new_token(home: Home) -> str:
    ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    transport = httpx.HTTPTransport(uds=str(home.api_socket))
    with httpx.Client(transport=transport, timeout=20) as http:
        wanted = {"label": "hr", "scopes": ["people.read"], "ends_at": ends}
        answer = http.post("http://accessctl/v1/tokens", json=wanted)
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


def free_port() -> int:
    with socket.create_server((LOCAL, 0)) as free:
        port: int = free.getsockname()[1]
    return port


def test_the_process_serves_both(home: Home) -> None:
    """It tells the new fingerprint, takes on the network a token made at the socket, and ends in order."""
    port = free_port()
    process = start(home, port)
    assert process.stderr
    try:
        told = process.stderr.readline()
        assert about(home.tls / "cert.pem").fingerprint in told
        answer = over_tls(home, port, process)
        assert answer.status_code == 401
        assert answer.json()["type"] == "urn:accessctl:problem:no-token"
        assert at_the_socket(home) == 404
        assert over_tls(home, port, process, "act_" + "x" * 43).status_code == 401
        assert over_tls(home, port, process, new_token(home)).json() == {"people": [], "next": None}
        assert s_client(port, "-tls1_3").returncode == 0
    finally:
        process.send_signal(signal.SIGTERM)
        _, words = process.communicate(timeout=20)
    assert (process.returncode, words) == (0, "")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOCAL, port), 15)


def test_without_a_network_nothing_of_it_is_loaded() -> None:
    """Most controllers never have one, and their memory is small."""
    program = "import sys, accessctl.api.network; print('cryptography' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_port_in_use_leaves_the_socket_alone(home: Home) -> None:
    """It is said, with the place, and the process goes on."""
    with socket.create_server((LOCAL, 0)) as other:
        port = other.getsockname()[1]
        process = start(home, port)
        assert process.stderr
        try:
            words = process.stderr.readline() + process.stderr.readline()
            assert f"only on its Unix socket: nothing can listen at {LOCAL}:{port}" in words
            assert at_the_socket(home) == 404
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
    assert process.returncode == 0
