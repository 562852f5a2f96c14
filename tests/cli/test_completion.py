import os
import shutil
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from tests.api.running import RunningApi
from tests.homes import TESTER

FAR = (datetime.now(UTC) + timedelta(days=30)).isoformat()

ASK = """
source <(accessctl completion bash)
COMP_WORDS=({words})
COMP_CWORD={at}
_accessctl_completion accessctl
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def complete(home: Path, *words: str) -> list[str]:
    """Give what bash is told to offer for the last word."""
    told = {"_ACCESSCTL_COMPLETE": "bash_complete", "COMP_CWORD": str(len(words))}
    asked = {**told, "COMP_WORDS": " ".join(("accessctl", *words)), "ACCESSCTL_HOME": str(home)}
    found: Result = CliRunner().invoke(cli, [], prog_name="accessctl", env=asked)
    assert found.stderr == ""
    return [line.partition(",")[2] for line in found.stdout.split()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(shell: str) -> None:
    """What is printed is for this command and this shell."""
    result = CliRunner().invoke(cli, ["completion", shell])
    assert result.exit_code == 0
    assert f"_ACCESSCTL_COMPLETE={shell}_complete" in result.stdout


def test_bash_completes_with_the_script(tmp_path: Path) -> None:
    """A real bash that has read the script offers commands and options."""
    bash = shutil.which("bash")
    assert bash is not None
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for words, at, offered in (
        ("accessctl mus", 1, ["muster"]),
        ("accessctl doors list --pl", 3, ["--plain"]),
    ):
        found = subprocess.run(
            (bash, "--norc", "-c", ASK.format(words=words, at=at)),
            env={**os.environ, "PATH": path, "ACCESSCTL_HOME": str(tmp_path)},
            capture_output=True,
            check=True,
            text=True,
        )
        assert found.stdout.split() == offered
        assert found.stderr == ""


def test_ids_come_from_the_api(api: RunningApi) -> None:
    """Doors, access points and roles are offered as the installation has them, cut to what is typed."""
    doors = [door["id"] for door in api.http.get("/doors").json()]
    assert complete(api.home.path, "doors", "release", "") == doors
    first = doors[0]
    assert complete(api.home.path, "doors", "lock", first[:2]) == [
        id_ for id_ in doors if id_[:2] == first[:2]
    ]
    points = {reader["access_point"] for reader in api.http.get("/status").json()["readers"]}
    assert set(complete(api.home.path, "who-can", "")) == points
    roles = [role["id"] for role in api.http.get("/roles").json()]
    assert complete(api.home.path, "people", "add", "--role", "") == roles


def test_operators_and_what_counts_of_theirs_is_offered(api: RunningApi) -> None:
    """Operators who are there, and tokens that count still; whoever is to be added has an id of their own."""
    wanted = {"label": "HR", "scopes": ["people.read"], "ends_at": FAR}
    kept, gone = (api.http.post("/tokens", json=wanted).json()["id"] for _ in range(2))
    api.http.post(f"/tokens/{gone}/revoke")
    assert TESTER in complete(api.home.path, "operators", "show", "")
    assert complete(api.home.path, "operators", "add", "") == []
    offered = complete(api.home.path, "tokens", "revoke", "")
    assert kept in offered
    assert gone not in offered
    assert complete(api.home.path, "approvals", "approve", "") == []


def test_people_are_not_offered(api: RunningApi) -> None:
    """Pressing Tab reads no personal data."""
    api.new_person("Ana Marsh")
    assert complete(api.home.path, "people", "show", "") == []


def test_an_installation_that_is_not_running_offers_nothing(tmp_path: Path) -> None:
    """Nothing is said, which would tear the line that is being typed."""
    assert complete(tmp_path, "doors", "release", "") == []


def test_an_api_that_does_not_answer_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever pressed Tab gets the line back in time, and no word."""
    monkeypatch.setattr("accessctl.cli.completion.PATIENCE_S", 0.01)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "api.sock"))
        deaf.listen()
        assert complete(tmp_path, "doors", "release", "") == []
