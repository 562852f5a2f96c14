import json
import stat
from pathlib import Path

import pytest

from accessctl.cli import people_bulk
from accessctl.link.answers import FaultCode
from accessctl.link.requests import TagSealed
from tests.api.running import RunningApi
from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_bulk, "LOOKS_EVERY_S", 0)


def test_a_file_is_imported_with_its_cards(api: RunningApi, run: Run, tmp_path: Path) -> None:
    """It says what came of it, waits for the cards, and prints the import's id."""
    file = tmp_path / "staff.csv"
    file.write_text("name,roles,card\nCli One,picker,0401020304AAAA\nCli Two,driver,\n")
    done = run("people", "import", str(file))
    assert done.exit_code == 0, done.stderr
    assert "2 added, 0 changed, 0 as they were; 1 cards are enrolled behind it" in done.stderr
    assert f"sending, bytes: {file.stat().st_size} of" in done.stderr
    id_ = done.stdout.strip()
    shown = run("people", "imports", id_, "--json")
    assert json.loads(shown.stdout)["tagged"] == 1
    assert id_ in run("people", "imports").stdout
    assert "Cli One" in run("people", "list", "cli", "on").stdout
    assert "Cli Two" not in run("people", "list", "cli", "on").stdout


def test_a_dry_run_shows_what_would_change(api: RunningApi, run: Run) -> None:
    """From stdin, with the format said; nothing is changed."""
    person = api.new_person(name="Dry Cli")
    body = json.dumps([{"id": person, "roles": ["driver"]}, {"name": "New Cli", "roles": ["picker"]}])
    done = run("people", "import", "-", "--format", "json", "--dry-run", input=body)
    assert done.exit_code == 0, done.stderr
    assert "1 would be added, 1 would be changed" in done.stderr
    assert "roles: picker → driver" in done.stdout
    assert "name: New Cli" in done.stdout
    assert api.http.get(f"/people/{person}").json()["roles"] == ["picker"]


def test_every_bad_row_is_told(run: Run, tmp_path: Path) -> None:
    """Each by its row and field, and nothing is imported."""
    file = tmp_path / "bad.csv"
    file.write_text("name,roles\n,picker\nA,pilot\n")
    done = run("people", "import", str(file))
    assert done.exit_code == 1
    assert "row 2, name: " in done.stderr
    assert "row 3, roles.0: there is no such role" in done.stderr
    assert done.stderr.splitlines()[-1] == "accessctl: 2 rows are wrong, and nothing was imported"


def test_an_empty_file_is_no_good_import(run: Run, tmp_path: Path) -> None:
    """Something went wrong where it was written; nobody takes that for a night without changes."""
    file = tmp_path / "staff.csv"
    file.touch()
    done = run("people", "import", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "row 1: has to name the columns" in done.stderr


def test_what_it_is_has_to_be_known(run: Run, tmp_path: Path) -> None:
    """Of stdin and of a file that is called otherwise nobody knows what is in it."""
    (tmp_path / "people.txt").write_text("name\n")
    for file in ("-", str(tmp_path / "people.txt")):
        assert run("people", "import", file, input="").exit_code == 2
    assert run("people", "import", str(tmp_path / "none.csv")).exit_code == 1


def test_cards_that_failed_are_told(api: RunningApi, run: Run) -> None:
    """Whoever waits for them hears of them, and the list says why."""
    row = '{"name": "Card %s", "roles": ["picker"], "card": [{"number": "04FEFEFEFEFE"}]}\n'
    body = row.replace("FEFEFEFEFE", "0A0B0C0D0E0F")
    assert run("people", "import", "-", "--format", "ndjson", input=body % "A").exit_code == 0
    done = run("people", "import", "-", "--format", "ndjson", input=body % "B")
    assert done.exit_code == 1
    assert "1 cards could not be enrolled" in done.stderr
    id_ = done.stderr.rpartition("imports ")[2].strip()
    assert "this card is enrolled already" in run("people", "imports", id_).stdout


def test_nobody_has_to_wait(api: RunningApi, run: Run) -> None:
    """The cards go on without the command; why they do not is said to who asks."""
    with api.peer.refusing(TagSealed, FaultCode.KEYS_UNAVAILABLE, "the root key cannot be read"):
        body = "name,roles,card\nNo Wait,picker,0405060708AAAA\n"
        done = run("people", "import", "-", "--format", "csv", "--no-wait", input=body)
        assert done.exit_code == 0
        shown = ""
        for _ in range(1000):
            shown = run("people", "imports", done.stdout.strip()).stdout
            if "the root key cannot be read" in shown:
                break
        assert "the root key cannot be read" in shown


def test_an_export_is_for_its_owner_alone(api: RunningApi, run: Run, tmp_path: Path) -> None:
    """A file is made that others cannot read; what stands in it can be imported."""
    api.new_person(name="Export Me")
    file = tmp_path / "people.ndjson"
    assert run("people", "export", str(file)).exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Export Me" in [json.loads(line)["name"] for line in file.read_text().splitlines()]
    again = run("people", "import", str(file), "--dry-run")
    assert "0 would be added, 0 would be changed" in again.stderr
    assert run("people", "export").stdout.startswith("id,name,roles")
