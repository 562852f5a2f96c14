"""The site file and backups from the command line."""

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from accessctl.link.answers import RulesOutcome, RulesRead, SealedText
from accessctl.link.requests import AskSealedFile, ReloadRules
from accessctl.store.rule_rows import revision_of
from tests.api.running import RunningApi
from tests.cli.conftest import Run
from tests.homes import let_in


@pytest.fixture(autouse=True)
def site(api: RunningApi) -> str:
    """The site file of the installation, as it was when it was made."""
    if not api.home.site_file.exists():
        let_in(api.home)
    return api.home.site_file.read_text()


@pytest.fixture(autouse=True)
def sealed(api: RunningApi) -> Iterator[None]:
    """A controller without sealed keys."""
    with api.peer.answering(AskSealedFile, SealedText("", 0)):
        yield


def test_a_change_goes_all_the_way_and_back(api: RunningApi, run: Run, site: str, tmp_path: Path) -> None:
    """Shown, changed, checked, applied, compared, and put back as it was."""
    shown = run("rules", "show")
    assert (shown.exit_code, shown.stdout) == (0, site)
    proposed = tmp_path / "proposed.toml"
    proposed.write_text(shown.stdout + "# later\n")
    assert json.loads(run("rules", "check", str(proposed), "--json").stdout)["valid"]
    before, after = revision_of(site), revision_of(proposed.read_text())
    with api.peer.answering(ReloadRules, RulesRead(RulesOutcome.IN_FORCE, after)):
        applied = run("rules", "apply", str(proposed), "--reason", "to see")
    assert applied.exit_code == 0, applied.output
    assert after in applied.stdout
    listed = json.loads(run("rules", "revisions", "--json").stdout)
    assert [each["revision"] for each in listed[:2]] == [after, before]
    differs = run("rules", "diff")
    assert (differs.exit_code, "+# later" in differs.stdout) == (1, True)
    with api.peer.answering(ReloadRules, RulesRead(RulesOutcome.IN_FORCE, before)):
        restored = run("rules", "restore", before, "--reason", "as it was")
    assert restored.exit_code == 0, restored.output
    assert api.home.site_file.read_text() == site


def test_a_file_with_mistakes_is_not_applied(api: RunningApi, run: Run, site: str, tmp_path: Path) -> None:
    """Every problem is printed, and the exit status says that it was refused."""
    bad = tmp_path / "bad.toml"
    bad.write_text("nonsense = 1\n")
    checked = run("rules", "check", str(bad))
    assert (checked.exit_code, "nonsense" in checked.stdout) == (1, True)
    applied = run("rules", "apply", str(bad), "--reason", "to see")
    assert (applied.exit_code, "nonsense" in applied.stderr) == (1, True), applied.output
    assert api.home.site_file.read_text() == site


def test_a_change_needs_a_reason(run: Run, tmp_path: Path) -> None:
    """Without one it is wrong use, and a file that is not there is a refusal in words."""
    assert run("rules", "apply", "x.toml").exit_code == 2
    missing = run("rules", "apply", str(tmp_path / "x.toml"), "--reason", "to see")
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (1, True)


def test_a_backup_is_made_looked_through_taken_away_and_deleted(
    api: RunningApi, run: Run, tmp_path: Path
) -> None:
    """What is downloaded is the backup, in a file that its owner alone may read."""
    made = run("backups", "make", "--json")
    assert made.exit_code == 0, made.output
    id_ = json.loads(made.stdout)["id"]
    assert "root.key" in made.stderr
    assert id_ in run("backups", "list").stdout
    assert "people.db" in run("backups", "show", id_).stdout
    checked = run("backups", "check", id_)
    assert (checked.exit_code, f"{id_} is sound" in checked.stderr) == (0, True)
    out = tmp_path / "taken.tar"
    taken = run("backups", "download", id_, "--out", str(out))
    assert taken.exit_code == 0, taken.output
    assert out.stat().st_mode & 0o777 == 0o600
    with tarfile.open(out) as tar:
        assert "people.db" in tar.getnames()
    assert run("backups", "download", id_, "--out", str(out)).exit_code == 2
    assert run("backups", "delete", id_, input="n\n").exit_code == 1
    assert run("backups", "delete", id_, "--yes").exit_code == 0
    gone = run("backups", "show", id_)
    assert (gone.exit_code, id_ in gone.stderr) == (1, True)


def test_nothing_is_restored_while_the_api_runs(api: RunningApi, run: Run, tmp_path: Path) -> None:
    """It is said which process is to be stopped first."""
    file = tmp_path / "some.tar"
    file.write_bytes(b"")
    found = run("restore", str(file))
    assert (found.exit_code, "API process is running" in found.stderr) == (1, True)
