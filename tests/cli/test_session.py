import json
import os
import socketserver
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from accessctl.home import Home
from accessctl.sessions import session_file

Run = Callable[..., Result]
WHO = {
    "operator": "ana",
    "name": "Ana Marsh",
    "roles": ["guard"],
    "rights": ["doors.read", "doors.order"],
    "place": "local:ana",
    "ends_at": "2026-03-02T20:00:00+00:00",
}


class Asked(BaseHTTPRequestHandler):
    """Answers the calls about sessions, and remembers who asked what."""

    seen: ClassVar[list[tuple[str, str | None, Any]]]
    ended: ClassVar[bool]

    def do_POST(self) -> None:
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._seen(wanted)
        if wanted["password"] != "nine green forklifts":
            self._answer(401, {"status": 401, "detail": "this is not how ana logs in"})
        else:
            self._answer(201, {"token": "s.made-up", "ends_at": WHO["ends_at"], "operator": "ana"})

    def do_GET(self) -> None:
        self._seen(None)
        self._answer(200, WHO)

    def do_DELETE(self) -> None:
        self._seen(None)
        self._answer(401, {"status": 401, "detail": "it has ended"}) if self.ended else self._answer(
            204, None
        )

    def _seen(self, body: object) -> None:
        self.seen.append((self.command + " " + self.path, self.headers["Authorization"], body))

    def _answer(self, status: int, body: object) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """Say nothing: a Unix socket has no address to tell of."""


@pytest.fixture
def asked(home: Home) -> Iterator[type[Asked]]:
    Asked.seen, Asked.ended = [], False
    with socketserver.UnixStreamServer(str(home.api_socket), Asked) as server:
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield Asked
        server.shutdown()
        serving.join()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    folder = tmp_path / "home"
    folder.mkdir()
    return Home(folder)


@pytest.fixture
def run(home: Home) -> Run:
    return lambda *words, **more: CliRunner().invoke(cli, ["--home", str(home.path), *words], **more)


def login(run: Run) -> Result:
    return run("login", "ana", input="nine green forklifts\n492 039\n")


def token_of(asked: type[Asked]) -> str | None:
    return asked.seen[-1][1]


def test_login_keeps_a_session_for_this_account_alone(run: Run, asked: type[Asked], home: Home) -> None:
    """What was typed is sent once and shown nowhere, and nobody else can read what is kept."""
    result = login(run)
    assert result.exit_code == 0, result.output
    assert asked.seen == [
        (
            "POST /v1/session",
            None,
            {"operator": "ana", "password": "nine green forklifts", "code": "492039"},
        )
    ]
    assert "logged in as ana" in result.stderr
    assert result.stdout == ""
    assert "forklifts" not in result.output
    assert "s.made-up" not in result.output
    kept = session_file(home.path)
    assert kept.read_text() == "s.made-up\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_commands_speak_in_the_name_of_the_session(run: Run, asked: type[Asked]) -> None:
    """After logging in, every command carries the session's token."""
    login(run)
    result = run("whoami", "--plain")
    assert result.stdout.splitlines()[:4] == [
        "operator\tana",
        "name\tAna Marsh",
        "roles\tguard",
        "rights\tdoors.read, doors.order",
    ]
    assert token_of(asked) == "Bearer s.made-up"


def test_a_wrong_password_keeps_nothing(run: Run, asked: type[Asked], home: Home) -> None:
    """A refused login ends with status 1 and the API's words."""
    result = run("login", "ana", input="ten green forklifts\n492039\n")
    assert result.exit_code == 1
    assert "this is not how ana logs in" in result.stderr
    assert not session_file(home.path).exists()


@pytest.mark.parametrize("ended", [False, True])
def test_logout_leaves_nothing_behind(run: Run, asked: type[Asked], home: Home, *, ended: bool) -> None:
    """The API is told, and the file is gone, also where the session had ended by itself."""
    login(run)
    asked.ended = ended
    result = run("logout")
    assert result.exit_code == 0, result.output
    assert asked.seen[-1][:2] == ("DELETE /v1/session", "Bearer s.made-up")
    assert not session_file(home.path).exists()
    assert "nobody was logged in" in run("logout").stderr


def test_logout_without_an_api_forgets_the_session_here(run: Run, home: Home) -> None:
    """Who logs out is logged out on this side, and hears that the API does not know."""
    kept = session_file(home.path)
    kept.parent.mkdir()
    kept.touch(0o600)
    kept.write_text("s.made-up\n")
    result = run("logout")
    assert result.exit_code == 1
    assert "does not answer" in result.stderr
    assert not kept.exists()


def test_a_named_file_comes_before_the_variable_and_that_before_the_session(
    run: Run, asked: type[Asked], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is said nearest to the command counts."""
    login(run)
    monkeypatch.setenv("ACCESSCTL_TOKEN", "t.of-the-variable")
    run("whoami")
    assert token_of(asked) == "Bearer t.of-the-variable"
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text("t.of-the-file\n")
    run("--token-file", str(file), "whoami")
    assert token_of(asked) == "Bearer t.of-the-file"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_session_that_others_can_read_is_not_used(
    run: Run, asked: type[Asked], home: Home, mode: int
) -> None:
    """Somebody else may have put it there, or have it too: nothing is asked in its name."""
    login(run)
    session_file(home.path).chmod(mode)
    result = run("whoami")
    assert result.exit_code == 1
    assert "others may read it" in result.stderr
    assert len(asked.seen) == 1


@pytest.mark.parametrize(
    ("mode", "content", "words"),
    [
        (0o604, b"t.good\n", "everybody may read it"),
        (0o600, b"\n", "there is no token in it"),
        (0o600, b"two words\n", "there is no token in it"),
        (0o600, b"\xff\n", "there is no token in it"),
    ],
)
def test_a_file_without_a_token_for_us_alone_is_not_used(
    run: Run, asked: type[Asked], tmp_path: Path, mode: int, content: bytes, words: str
) -> None:
    """A token file is refused in words that do not quote it."""
    file = tmp_path / "token"
    file.write_bytes(content)
    file.chmod(mode)
    result = run("--token-file", str(file), "whoami")
    assert result.exit_code == 1
    assert words in result.stderr
    assert "t.good" not in result.output
    assert asked.seen == []


def test_a_token_file_that_is_not_there_is_said(run: Run, asked: type[Asked], tmp_path: Path) -> None:
    """Nobody asks in another name because a file was misspelt."""
    result = run("--token-file", str(tmp_path / "nothing"), "whoami")
    assert result.exit_code == 1
    assert "there is no such file" in result.stderr
    assert asked.seen == []


def test_each_installation_has_a_session_of_its_own(tmp_path: Path) -> None:
    """Who is logged in at one home is nobody at another."""
    assert session_file(tmp_path / "a") != session_file(tmp_path / "b")


def test_without_a_runtime_folder_the_session_lies_in_the_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login over a line without a user session works as well."""
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    kept = session_file(tmp_path / "a")
    assert kept.parent == tmp_path / ".local" / "state" / "accessctl"
    assert os.path.commonpath([kept, tmp_path]) == str(tmp_path)
