"""Where commands ask the API, and what they say where the installation's folder is not for them."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accessctl.cli import homes
from accessctl.cli.root import cli
from accessctl.client import ApiClient, ApiUnreachable, asking
from accessctl.home import Home
from accessctl.install import starter
from accessctl.sessions import session_file

Run = Callable[..., Result]
NOBODY = {"ACCESSCTL_HOME": None, "ACCESSCTL_SOCKET": None, "ACCESSCTL_TOKEN": None}
ANSWER = b"HTTP/1.1 418 I am %b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Listener:
    """Answers every call at a socket by a status that says which socket it is."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.heads: list[str] = []
        self._answer = ANSWER % name.encode()
        self._socket = socket.socket(socket.AF_UNIX)
        path.parent.mkdir(exist_ok=True)
        self._socket.bind(str(path))
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.heads.append(connection.recv(65536).decode())
                connection.sendall(self._answer)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder with a site file, whose API answers that it is the home's."""
    (tmp_path / "home").mkdir()
    home = Home(tmp_path / "home")
    home.site_file.write_text(starter())
    return home


@pytest.fixture
def at_home(home: Home) -> Iterator[Listener]:
    listener = Listener(home.api_socket, "home")
    yield listener
    listener.close()


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Listener]:
    listener = Listener(tmp_path / "run" / "api.sock", "outside")
    yield listener
    listener.close()


@pytest.fixture
def run(tmp_path: Path, home: Home, outside: Listener, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a machine whose installation is that home, and which has a socket for operators."""
    monkeypatch.setattr(homes, "SYSTEM_HOME", home.path)
    for module in (homes, asking):
        monkeypatch.setattr(module, "OPERATORS_SOCKET", outside.path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    return lambda *words, **env: CliRunner().invoke(cli, [*words], env={**NOBODY, **env})


@pytest.fixture
def shut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is not for this account to enter."""
    monkeypatch.setattr(homes, "can_enter", lambda _path: False)
    monkeypatch.setattr(homes, "_has_site", lambda _path: False)


def asked(result: Result) -> str:
    """Give who answered a command."""
    found = re.search(r"I am (\w+)", result.stderr)
    assert found, result.output
    return found[1]


def test_who_may_enter_the_home_asks_there(run: Run, at_home: Listener) -> None:
    """Nothing changes for the services' own accounts and for root."""
    assert asked(run("doors", "list")) == "home"
    assert at_home.heads[0].startswith("GET /v1/")


@pytest.mark.usefixtures("shut", "at_home")
def test_who_may_not_asks_at_the_operators_socket(run: Run) -> None:
    """An operator types nothing more than before."""
    assert asked(run("doors", "list")) == "outside"


@pytest.mark.usefixtures("shut")
@pytest.mark.parametrize("typed", [True, False])
def test_a_home_that_is_named_is_asked(run: Run, home: Home, at_home: Listener, *, typed: bool) -> None:
    """Somebody who says which installation means that one."""
    named = str(home.path)
    answer = run("--home", named, "doors", "list") if typed else run("doors", "list", ACCESSCTL_HOME=named)
    assert asked(answer) == "home"
    assert at_home.heads


@pytest.mark.usefixtures("at_home")
def test_a_socket_that_is_named_comes_first(run: Run, home: Home, outside: Listener) -> None:
    """By option or by variable; but a home that was typed comes before a variable that was forgotten."""
    at = str(outside.path)
    assert asked(run("--socket", at, "doors", "list")) == "outside"
    assert asked(run("doors", "list", ACCESSCTL_SOCKET=at)) == "outside"
    assert asked(run("doors", "list", ACCESSCTL_SOCKET=at, ACCESSCTL_HOME=str(home.path))) == "outside"
    assert asked(run("--home", str(home.path), "doors", "list", ACCESSCTL_SOCKET=at)) == "home"
    assert asked(run("--home", str(home.path), "--socket", at, "doors", "list")) == "outside"


@pytest.mark.usefixtures("shut")
@pytest.mark.parametrize("words", [("check",), ("doctor",), ("drill",), ("run",)])
def test_what_needs_the_folder_says_so(run: Run, home: Home, words: tuple[str, ...]) -> None:
    """Neither a traceback nor the demo in its place: the account is not meant to get at the files."""
    refused = run(*words)
    assert refused.exit_code == 2
    assert f"this needs the files in {home.path}, which are not for this account" in refused.stderr
    assert "sudo" in refused.stderr


@pytest.mark.usefixtures("shut")
def test_without_a_socket_for_operators_it_is_said_what_may_be_missing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation is there; it is not taken for none."""
    monkeypatch.setattr(homes, "OPERATORS_SOCKET", tmp_path / "none")
    refused = run("doors", "list")
    assert refused.exit_code == 2
    assert "the service accessctl-api does not run" in refused.stderr


def session(with_: Path) -> None:
    file = session_file(with_)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(0o600)
    file.write_text(f"s.of-{with_.name}\n")


@pytest.mark.usefixtures("shut")
def test_a_session_belongs_to_the_socket_where_there_is_no_home(
    run: Run, home: Home, at_home: Listener, outside: Listener
) -> None:
    """What was begun with one of them is shown to no other."""
    session(home.path)
    run("whoami")
    assert "Authorization" not in outside.heads[-1]
    session(outside.path)
    run("whoami")
    assert "Authorization: Bearer s.of-api.sock" in outside.heads[-1]
    run("--home", str(home.path), "whoami")
    assert "Authorization: Bearer s.of-home" in at_home.heads[-1]


def test_what_is_wrong_at_the_operators_socket_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told to start an installation in /run."""
    at = tmp_path / "api.sock"
    monkeypatch.setattr(asking, "OPERATORS_SOCKET", at)
    with ApiClient(at) as api, pytest.raises(ApiUnreachable) as silent:
        api.doors()
    assert str(silent.value) == (
        f"the API does not answer at {at}. Doors do not need it. See whether accessctl-api runs"
    )


def test_a_socket_for_others_says_which_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who is not in the group, or has not logged in since, learns what to do."""

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("socket.socket.connect", refused)
    with ApiClient(tmp_path / "api.sock") as api, pytest.raises(ApiUnreachable, match="accessctl-operators"):
        api.doors()
