"""The verifier alone where its words go nowhere, or it is stopped: that is no finding."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exporting.making import export, record, sign
from tests.homes import new_home

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "accessctl.evidence.verify")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an export in which nothing is to be found."""
    folder = tmp_path_factory.mktemp("good")
    home = new_home(folder / "home")
    record(home, 20)
    sign(home)
    export(home, folder / "export")
    return folder / "export"


def run(words: str, *, under: str = '"$@"') -> "subprocess.CompletedProcess[str]":
    """Run it under a shell that has its streams go elsewhere."""
    command = ["sh", "-c", under, "sh", *COMMAND, *words.split()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_what_can_be_written_is_good(good: Path) -> None:
    """The same export, whose words arrive."""
    done = run(str(good))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("good\n")


@pytest.mark.parametrize("json", ["", " --json"])
@pytest.mark.parametrize("where", [">/dev/full", ">&-"])
def test_words_that_cannot_be_written_are_no_finding(good: Path, json: str, where: str) -> None:
    """A full disk, and a closed stream: one line says so, and the status is not that of a finding."""
    done = run(f"{good}{json}", under=f'"$@" {where}')
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("accessctl-verify: what was found cannot be written: ")


def test_nor_is_it_one_where_nobody_reads_on(good: Path) -> None:
    """The other end of the pipe is gone before the first line."""
    ours, theirs = os.pipe()
    os.close(ours)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*COMMAND, str(good)], env=environment, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(theirs)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_where_nothing_can_be_written_the_status_alone_tells(good: Path) -> None:
    """With both streams on a full disk."""
    assert run(str(good), under='"$@" >/dev/full 2>/dev/full').returncode == 2
    assert run(f"{good}/nowhere", under='"$@" 2>/dev/full').returncode == 2


def test_who_stops_it_sees_no_traceback(good: Path, tmp_path: Path) -> None:
    """While it waits for a key that never comes, so that it is surely at work when Ctrl-C is pressed."""
    os.mkfifo(tmp_path / "key")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [*COMMAND, str(good), "--vkey", str(tmp_path / "key")]
    with (
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as running,
        (tmp_path / "key").open("w"),
    ):  # it has opened the other end by then
        running.send_signal(signal.SIGINT)
        assert running.communicate(timeout=60) == ("", "")
    assert running.returncode == 130
