"""The commands: export, proof, verify, and the verifier that installs alone."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from accessctl.evidence.verify import __main__ as verifier
from accessctl.evidence.verify.asked import Asked, WrongUse
from accessctl.exporting.run import Order
from accessctl.exporting.run import run as carry_out
from accessctl.home import Home
from tests.exporting.making import export, record, sign
from tests.exporting.test_lines import past_the_triggers
from tests.homes import new_home

Run = Callable[..., Result]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = new_home(tmp_path / "home")
    record(home, 60)
    return home


@pytest.fixture
def vkey(home: Home, tmp_path: Path) -> Path:
    path = tmp_path / "on-paper.txt"
    path.write_text(sign(home))
    return path


@pytest.fixture
def run(home: Home) -> Run:
    return lambda *words: CliRunner().invoke(cli, ["--home", str(home.path), *map(str, words)])


def test_an_audit_from_end_to_end(run: Run, home: Home, vkey: Path, tmp_path: Path) -> None:
    """Two exports, is the second whole, was anything removed since the first, and one entry proven."""
    assert run("export", "--format", "tlog", tmp_path / "q1").exit_code == 0
    record(home, 20, 61)
    sign(home)
    assert run("export", "--format", "tlog", "--previous", tmp_path / "q1", tmp_path / "q2").exit_code == 0
    checked = run("verify", tmp_path / "q2", "--vkey", vkey, "--previous", tmp_path / "q1")
    assert checked.exit_code == 0, checked.output
    assert "since the head of 60" in checked.stdout
    assert checked.stdout.endswith("good\n")
    line = next(line for line in (tmp_path / "q2/events.csv").read_text().splitlines() if '"cage-in"' in line)
    seq = line.split(",")[0]
    assert run("proof", seq, "-o", tmp_path / "one.tlog-proof").exit_code == 0
    found = run("verify", tmp_path / "one.tlog-proof", "--vkey", vkey, "--json")
    assert json.loads(json.loads(found.stdout)["entry"])["access_point"] == "cage-in"
    assert run("proof", seq).stdout.startswith("c2sp.org/tlog-proof@v1\n")


def test_an_installation_is_verified_where_it_lies(run: Run, home: Home, vkey: Path, tmp_path: Path) -> None:
    """Who edited a row with the sqlite3 shell is found, by the first number."""
    run("export", "--format", "tlog", tmp_path / "q1")
    assert run("verify", home.path, "--previous", tmp_path / "q1", "--vkey", vkey).exit_code == 0
    past_the_triggers(home, "UPDATE event SET person = 'p-x' WHERE seq IN (17, 23)")
    found = run("verify", home.path, "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["findings"][0]["seq"] == 17


def test_a_key_that_came_with_it_is_said_to_prove_little(run: Run, vkey: Path, tmp_path: Path) -> None:
    """It says which key it trusted, and where that came from."""
    run("export", "--format", "tlog", tmp_path / "q1")
    alone = run("verify", tmp_path / "q1")
    assert alone.exit_code == 0
    assert "came with what it is to prove" in alone.stdout
    assert vkey.read_text() in alone.stdout
    assert "came with" not in run("verify", tmp_path / "q1", "--vkey", vkey).stdout
    policy = run("verify", tmp_path / "q1", "--policy", tmp_path / "q1/policy.txt")
    assert policy.exit_code == 0


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_rows_are_exported(run: Run, tmp_path: Path, format_: str) -> None:
    """As many as were wanted, and it is said how many."""
    target = tmp_path / "out"
    done = run("export", "--format", format_, "--until", "2026-03-02T12:00:10Z", target)
    assert done.exit_code == 0, done.output
    assert "9 entries" in done.stderr
    assert target.read_bytes().count(b"2026-03-02T12:00:0") == 9
    again = run("export", "--format", format_, target)
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)


def test_json_tells_what_was_exported(run: Run, tmp_path: Path) -> None:
    """For scripts."""
    found = json.loads(run("export", "--json", tmp_path / "out.csv").stdout)
    told = {"format": "csv", "entries": 60, "last": 60, "entered": False}
    assert found == {"path": str(tmp_path / "out.csv"), **told}


@pytest.mark.parametrize(
    "words",
    [
        ["export", "--format", "tlog", "--since", "2026-03-02", "x"],
        ["export", "--previous", ".", "x"],
        ["export", "--since", "2026-03-03", "--until", "2026-03-01", "x"],
        ["export", "/"],
        ["export", "--format", "tlog", "--resume", "x"],
        ["verify", "/dev/null"],
        ["verify", "--previous", ".", __file__, "--vkey", __file__],
    ],
)
def test_wrong_use_is_said(run: Run, words: list[str]) -> None:
    """With status 2."""
    assert run(*words).exit_code == 2


def test_without_a_head_there_is_neither_proof_nor_verification(run: Run, home: Home) -> None:
    """It says why, with status 1."""
    assert "no head" in run("proof", "1").stderr
    assert run("verify", home.path).exit_code == 1


def test_a_folder_that_is_both_export_and_installation_is_refused(
    run: Run, home: Home, vkey: Path, tmp_path: Path
) -> None:
    """An export with a record.db in it would be verified by that, and its own files not looked at."""
    out = tmp_path / "q1"
    export(home, out)
    for name in ("record.db", "tree.db"):
        (out / name).write_bytes((home.path / name).read_bytes())
    refused = run("verify", out, "--vkey", vkey)
    assert refused.exit_code == 2
    assert "is an export, which has a checkpoint, and an installation, which has a record.db" in (
        refused.stderr.replace("\n", " ")
    )
    for name in ("record.db", "tree.db"):
        (out / name).unlink()
    assert run("verify", out, "--vkey", vkey).exit_code == 0
    assert run("verify", home.path).exit_code == 0


@pytest.mark.parametrize("kept", ["site.toml", "tree.db"])
def test_an_installation_without_its_record_is_a_finding(
    run: Run, home: Home, vkey: Path, tmp_path: Path, kept: str
) -> None:
    """Whoever took the record away is not passed over as if the folder were an export without a key."""
    home.site_file.touch()
    for path in home.path.iterdir():
        if path.name != kept and path.is_file():
            path.unlink()
    for words in (["verify", home.path], ["verify", home.path, "--vkey", vkey]):
        found = run(*words)
        assert (found.exit_code, "record.db is missing" in found.stderr) == (1, True), found.output
    (tmp_path / "empty").mkdir()
    assert run("verify", tmp_path / "empty").exit_code == 2


@pytest.mark.parametrize(
    ("words", "waits_at", "left", "said"),
    [
        (["--format", "tlog", "--previous", "out/pipe"], "pipe", [], ""),
        (["--resume"], "x.part.json", ["x.part"], "accessctl: stopped: go on with --resume\n"),
    ],
)
def test_who_stops_an_export_is_told_how_to_go_on(
    home: Home, tmp_path: Path, words: list[str], waits_at: str, left: list[str], said: str
) -> None:
    """With the status of Ctrl-C. It waits for a pipe here, so that it is surely at work."""
    record(home, 10, 61)
    sign(home)
    out = tmp_path / "out"
    out.mkdir()
    os.mkfifo(out / waits_at)
    command = [sys.executable, "-m", "accessctl.cli", "--home", str(home.path), "export", *words, "out/x"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (
        subprocess.Popen(
            command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
        ) as running,
        (out / waits_at).open("w"),  # the other end is open by then
    ):
        running.send_signal(signal.SIGINT)
        assert running.communicate(timeout=60)[1] == said
    assert running.returncode == 130
    assert sorted(path.name for path in out.iterdir() if path.name != waits_at) == left


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet", "tlog"])
def test_who_exports_to_where_another_export_writes_is_told_so(
    run: Run, home: Home, vkey: Path, tmp_path: Path, format_: str
) -> None:
    """Not that something was left that may be removed; that is said once nobody writes it any more."""
    if format_ == "parquet":
        pytest.importorskip("pyarrow")
    order = Order(format_, tmp_path / "out")
    again = ("export", "--format", format_, tmp_path / "out")

    @contextmanager
    def shown(_total: int) -> Iterator[Callable[[int], None]]:
        part = tmp_path / "out.part"
        second = run(*again)
        assert (second.exit_code, "is being written by another process" in second.stderr) == (1, True)
        assert part.exists()
        yield lambda _more: None

    carry_out(home, order, shown)
    (tmp_path / "out").rename(tmp_path / "out.part")
    third = run(*again)
    assert (third.exit_code, "is left from an export that did not end" in third.stderr) == (1, True)


def test_a_proof_goes_into_the_file_that_is_named_and_into_no_other(
    run: Run, vkey: Path, tmp_path: Path
) -> None:
    """A link that somebody has put there is refused, whatever is behind it; a file is replaced at once."""
    assert vkey.exists()
    out = tmp_path / "out"
    out.mkdir()
    kept, proof = tmp_path / "kept", out / "1.tlog-proof"
    kept.write_text("dear to somebody")
    for behind in (kept, tmp_path / "nowhere"):
        proof.symlink_to(behind)
        refused = run("proof", "1", "-o", proof)
        assert (refused.exit_code, "this is a link" in refused.stderr) == (1, True)
        proof.unlink()
    assert (kept.read_text(), (tmp_path / "nowhere").exists()) == ("dear to somebody", False)
    proof.hardlink_to(kept)
    assert run("proof", "1", "-o", proof).exit_code == 0
    assert proof.read_text().startswith("c2sp.org/tlog-proof@v1\n")
    assert proof.stat().st_mode & 0o777 == 0o600
    assert kept.read_text() == "dear to somebody"
    assert list(out.iterdir()) == [proof]
    assert run("proof", "1", "-o", "/dev/null").exit_code == 0


# --------------------------------------------------------------------------------- the verifier alone


def test_the_verifier_alone_says_the_same(
    home: Home, vkey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Good is 0, a finding is 1, wrong use is 2."""
    out = tmp_path / "q1"
    export(home, out)
    assert verifier.run([str(out), "--vkey", str(vkey), "--previous", str(out / "checkpoint")]) == 0
    assert capsys.readouterr().out.endswith("good\n")
    path = out / "tile/entries/000.p/60"
    path.write_bytes(path.read_bytes()[:-1])
    assert verifier.run([str(out), "--vkey", str(vkey), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["findings"][0]["seq"] == 60
    assert verifier.run([str(out), "--vkey", str(tmp_path / "nowhere")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_what_is_asked_wrongly_is_told(home: Home, vkey: Path, tmp_path: Path) -> None:
    """What it is that cannot be verified, and which key is missing."""
    export(home, tmp_path / "q1")
    other = tmp_path / "letter.txt"
    other.write_text("Dear auditor")
    for asked in (
        Asked(tmp_path / "nowhere"),
        Asked(other),
        Asked(other, vkey),
        Asked(other, other),
        Asked(other, vkey, previous=(tmp_path / "q1",)),
        Asked(tmp_path / "q1", policy=other),
        Asked(tmp_path / "q1", vkey, previous=(other.with_name("nowhere"),)),
    ):
        with pytest.raises(WrongUse):
            asked.verify(lambda _more: None)


def test_the_verifier_needs_nothing_else_of_ours() -> None:
    """Of accessctl it loads the evidence, and of libraries cryptography."""
    script = (
        "import sys, accessctl.evidence.verify.__main__; "
        "print([name for name in sys.modules"
        " if name.startswith(('accessctl.', 'policies', 'hardware', 'click', 'sqlite3'))"
        " and not name.startswith('accessctl.evidence')])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"
