import ast
import asyncio
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from accessctl.home import Home
from tests.api.running import RunningApi
from tests.homes import let_in, new_home

FORBIDDEN = ("hardware", "accessctl.door", "accessctl.keys", "accessctl.config")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def start(home: Home) -> subprocess.Popen[str]:
    let_in(home)
    return subprocess.Popen(
        (sys.executable, "-m", "accessctl.api", "--home", str(home.path)), stderr=subprocess.PIPE, text=True
    )


def test_the_socket_is_for_owner_and_group(api: RunningApi) -> None:
    """Others may not connect, from the first moment on."""
    mode = api.home.api_socket.stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o660


def test_a_second_process_refuses(api: RunningApi) -> None:
    """A second API process for the same home ends with status 2 and says why; the first goes on."""
    second = start(api.home)
    _, words = second.communicate(timeout=20)
    assert second.returncode == 2
    assert f"another process already serves {api.home.api_socket}" in words
    assert "Traceback" not in words
    assert api.http.get("/people").status_code == 200


def test_a_stale_socket_is_replaced(home: Home) -> None:
    """A socket that a crash left behind does not keep the next process from starting."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(home.api_socket))
    api = RunningApi(home)
    try:
        assert api.http.get("/people").json() == {"people": [], "next": None}
    finally:
        api.close()
    assert not home.api_socket.exists()


@pytest.mark.parametrize("turns", range(7))
def test_whoever_connects_as_it_stops_is_not_left_on_the_line(home: Home, turns: int) -> None:
    """Whatever the server knew of the connection at that moment, it ends it."""
    api = RunningApi(home)
    with socket.socket(socket.AF_UNIX) as client:

        async def connect_and_stop(counter: int) -> bool:
            client.connect(str(home.api_socket))
            for _turn in range(turns):
                await asyncio.sleep(0)
            return True

        api._server.on_tick = connect_and_stop  # type: ignore[method-assign]
        api.close()
    assert not api._server.server_state.connections


def test_the_process_stops_in_order(home: Home) -> None:
    """On SIGTERM the process ends with status 0 and without a word, and its socket is gone."""
    process = start(home)
    wait_until_served(home, process)
    process.send_signal(signal.SIGTERM)
    _, words = process.communicate(timeout=20)
    assert (process.returncode, words) == (0, "")
    assert not home.api_socket.exists()


def test_the_process_needs_neither_keys_nor_wires() -> None:
    """What the API process imports holds no key, no pin and nothing of the door process."""
    program = (
        "import sys, accessctl.api.serving, accessctl.api.office; "
        f"print([m for m in sys.modules if m.startswith({FORBIDDEN!r})])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stdout) == []


def test_nothing_secret_is_logged(api: RunningApi, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a good nor a bad PIN or number comes up in the log, at its most talkative."""
    secret = "987654321098"
    person = api.new_person()
    with caplog.at_level(logging.DEBUG):
        for pin in (secret, secret + "x", [secret]):
            api.http.put(f"/people/{person}/pin", json={"pin": pin})
            api.http.post(f"/people/{person}/cards", json={"number": pin})
    assert secret not in caplog.text


def test_nothing_secret_is_stored(api: RunningApi) -> None:
    """Neither a PIN nor a number stands in the people's store or its WAL."""
    secret = "987654321098"
    person = api.new_person()
    assert api.http.put(f"/people/{person}/pin", json={"pin": secret}).is_success
    files = [path.read_bytes() for path in api.home.path.glob("people.db*")]
    assert len(files) > 1
    assert not any(secret.encode() in content for content in files)


def test_the_schema_describes_everything(api: RunningApi) -> None:
    """OpenAPI has words for every operation, and every refusal in it is a problem."""
    schema = api.http.get("/openapi.json").json()
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert len(operations) >= 20
    for operation in operations:
        assert operation["summary"]
        assert operation["description"]
        assert "application/problem+json" in operation["responses"]["default"]["content"]
        assert "422" not in operation["responses"]


def wait_until_served(home: Home, process: subprocess.Popen[str]) -> None:
    """Wait for the socket by asking it, as long as the process lives."""
    while process.poll() is None:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(home.api_socket))
            except OSError:
                os.sched_yield()
                continue
            return
    pytest.fail("the API process ended by itself")
