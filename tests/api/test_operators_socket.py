"""The socket for operators who have no share in the home."""

import grp
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from accessctl.api.serving import AlreadyServed, listening
from accessctl.home import Home
from accessctl.operators.first import local_user
from tests.homes import TESTER, let_in, new_home

ANOTHER, OPERATORS = 65534, 4712
"""A user and a group that need not have names."""
LOOK = """
import json, os, socket, sys
os.chdir(sys.argv[1])
os.setgroups([])
os.setgid(int(sys.argv[3]))
os.setuid(int(sys.argv[2]))
able = []
for at in ("run/api.sock", "home/api.sock", "home/door.sock"):
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(at)
            able.append(at)
        except OSError:
            pass
for at in ("home", *("home/" + name for name in sys.argv[4:])):
    able += [at] if os.access(at, os.R_OK) or os.access(at, os.W_OK) else []
print(json.dumps(able))
"""


def a_group() -> grp.struct_group:
    """Give a group that we may give files to, by choice not our first one."""
    ours = {os.getegid(), *os.getgroups()}
    known = [each for each in grp.getgrall() if os.geteuid() == 0 or each.gr_gid in ours]
    return max(known, key=lambda each: each.gr_gid != os.getegid())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "run").mkdir(mode=0o755)
    home = new_home(tmp_path / "home")
    let_in(home)
    return home


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return tmp_path / "run" / "api.sock"


def start(home: Home, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (sys.executable, "-m", "accessctl.api", "--home", str(home.path), *options),
        stderr=subprocess.PIPE,
        text=True,
    )


def until_served(path: Path, process: subprocess.Popen[str]) -> None:
    """Wait for a socket by asking it, as long as the process lives."""
    while process.poll() is None:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(path))
            except OSError:
                os.sched_yield()
                continue
            return
    pytest.fail("the API process ended by itself")


def stop(process: subprocess.Popen[str]) -> tuple[int, str]:
    process.send_signal(signal.SIGTERM)
    _, words = process.communicate(timeout=20)
    return process.returncode, words


def who(path: Path) -> dict[str, str]:
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://api/v1") as http:
        answer = http.get("/session")
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = answer.json()
    return found


def test_the_same_api_is_served_at_both_sockets(home: Home, outside: Path) -> None:
    """The kernel says at either of them who asks; the second is the group's, and both go with a stop."""
    group = a_group()
    process = start(home, "--operators-socket", str(outside), "--operators-group", group.gr_name)
    until_served(outside, process)
    status = outside.stat()
    assert (stat.S_IMODE(status.st_mode), status.st_gid) == (0o660, group.gr_gid)
    assert who(outside) == who(home.api_socket)
    assert who(outside)["operator"] == TESTER
    assert who(outside)["place"] == f"local:{local_user()}"
    assert stop(process) == (0, "")
    assert not outside.exists()
    assert not home.api_socket.exists()


def test_without_the_group_the_home_is_served_and_the_log_says_so(home: Home, outside: Path) -> None:
    """Whoever can mend it may need the API, and a socket that nobody can use is not left behind."""
    process = start(home, "--operators-socket", str(outside), "--operators-group", "nobodys-group")
    until_served(home.api_socket, process)
    assert who(home.api_socket)["operator"] == TESTER
    assert not outside.exists()
    assert stop(process) == (0, f"api: the API is not served at {outside}: there is no group nobodys-group\n")


def test_two_do_not_serve_one_socket(outside: Path, home: Home) -> None:
    """Another installation of this machine does not take the operators of the first one."""
    with listening(outside), pytest.raises(AlreadyServed), listening(outside):
        pytest.fail("two of them listen")
    assert not home.api_socket.exists()


def test_a_socket_needs_a_group(home: Home, outside: Path) -> None:
    """Nobody serves operators by half an option."""
    refused = start(home, "--operators-socket", str(outside))
    _, words = refused.communicate(timeout=20)
    assert refused.returncode == 2
    assert "go together" in words


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_operator_reaches_the_api_and_nothing_of_the_home(
    tmp_path: Path, home: Home, outside: Path
) -> None:
    """With the folder as the unit has it, no file and no other socket is theirs, whatever its own mode."""
    tmp_path.chmod(0o711)
    home.path.chmod(0o2770)
    for file in home.path.iterdir():
        file.chmod(0o666)
    with socket.socket(socket.AF_UNIX) as door, listening(outside) as ours, listening(home.api_socket):
        door.bind(str(home.door_socket))
        door.listen()
        os.chown(outside, -1, OPERATORS)
        names = [file.name for file in home.path.iterdir()]
        able = {
            group: subprocess.run(
                [sys.executable, "-c", LOOK, str(tmp_path), str(ANOTHER), str(group), *names],
                capture_output=True,
                check=True,
            ).stdout
            for group in (OPERATORS, ANOTHER)
        }
        assert ours.fileno() > 0
    assert json.loads(able[OPERATORS]) == ["run/api.sock"]
    assert json.loads(able[ANOTHER]) == []
