"""What commands print where the terminal has not all the characters that there are."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.running import RunningApi
from tests.exporting.making import export, record, sign
from tests.homes import Recording, let_in, new_home

LATIN = {**os.environ, "PYTHONIOENCODING": "iso-8859-1"}
"""What the standard streams are in a locale such as ``de_DE.ISO-8859-1``."""
REPORT = ("refusals", "--since", "2026-03-02T00:00Z", "--until", "2026-03-03T00:00Z")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApi]:
    home = new_home(tmp_path_factory.mktemp("latin"))
    let_in(home)
    running = RunningApi(home)
    recording = Recording(home)
    person = running.new_person("Šárka Nováková")
    recording.add("denied_passback", access_point="gate-in", person=person, reason="Inside already.")
    recording.close()
    yield running
    running.close()


def said(api: RunningApi, *words: str) -> bytes:
    """Give what a command wrote on stdout, as bytes."""
    command = [sys.executable, "-m", "accessctl.cli", "--home", str(api.home.path), *words]
    done = subprocess.run(command, env=LATIN, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return done.stdout


def test_words_are_printed_as_far_as_the_terminal_has_them(api: RunningApi) -> None:
    """A character that it has not is a question mark, and no command ends for it."""
    assert "?árka Nováková".encode("iso-8859-1") in said(api, "people", "list")
    assert b"?" in said(api, "report", *REPORT)


def test_data_for_programs_is_in_utf_8_everywhere(api: RunningApi) -> None:
    """JSON, a sheet and a page are the same bytes, whatever the terminal has."""
    assert "Šárka" in json.dumps(json.loads(said(api, "people", "list", "--json")), ensure_ascii=False)
    for form in ("csv", "html", "json"):
        assert "Šárka Nováková" in said(api, "report", *REPORT, "--format", form).decode()


def test_the_verifier_names_what_it_finds_there_too(tmp_path: Path) -> None:
    """It installs alone, so it sees to its streams itself."""
    home, folder = new_home(tmp_path / "home"), tmp_path / "Šárka"
    record(home, 3)
    vkey = tmp_path / "vkey.txt"
    vkey.write_text(sign(home) + "\n")
    export(home, folder)
    words = [sys.executable, "-m", "accessctl.evidence.verify", str(folder), "--vkey", str(vkey)]
    done = subprocess.run(words, env=LATIN, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert "?árka: ".encode("iso-8859-1") in done.stdout
