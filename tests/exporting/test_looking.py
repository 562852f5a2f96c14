"""An installation verified where it lies: what is said of it after an acceptance, and beside a finding."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from accessctl.evidence.ed25519 import LogSigner
from accessctl.evidence.note import signed
from accessctl.evidence.verify.keys import Trust
from accessctl.evidence.verify.report import Bad, Report
from accessctl.exporting.looking import verify_record
from accessctl.home import Home
from accessctl.store.tree import Head, TreeReader
from tests.exporting.making import export, files_of, silent, verified
from tests.homes import new_home
from tests.notary.keepers import keeping, past_the_triggers, record

Run = Callable[..., Result]
ACCEPTED = "3 entries were missing when the heads began anew, and an operator has accepted that"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a record with a head of 300 entries."""
    home = new_home(tmp_path / "home")
    record(home, 299)
    with keeping(home) as kept:
        kept.look()
        kept.until_signed()
    return home


@pytest.fixture
def begun(home: Home) -> Home:
    """Give one in which three entries were deleted, and an operator has accepted that."""
    past_the_triggers(home, "DELETE FROM event WHERE seq BETWEEN 5 AND 7")
    with keeping(home) as kept:
        kept.until_found()
        kept.accept()
        kept.until_signed()
    return home


@pytest.fixture
def run() -> Run:
    return lambda *words: CliRunner().invoke(cli, [*map(str, words)])


def look(home: Home, trust: Trust | None = None) -> Report:
    return verify_record(home.record, home.tree, trust, [], silent(0))


def heads(home: Home) -> tuple[str, list[Head]]:
    """Give the name of the first log of this record, and its heads."""
    with closing(TreeReader.open(home.tree)) as tree:
        origin = (tree.meta("origin") or "").removesuffix("/2")
        return origin, list(tree.heads(origin))


def forge(home: Home, sql: str, *values: object) -> None:
    """Change heads, as an operator with the sqlite3 shell would."""
    with closing(sqlite3.connect(home.tree)) as connection:
        connection.execute("DROP TRIGGER IF EXISTS head_no_update")
        connection.execute(sql, values)
        connection.commit()


def test_nothing_is_called_unchanged_beside_a_finding(run: Run, home: Home, tmp_path: Path) -> None:
    """The tiles are those of then, and the entries are not: the head that was kept says nothing good."""
    export(home, tmp_path / "q1")
    unchanged = "nothing was removed or changed since the head of"
    good = run("verify", home.path, "--previous", tmp_path / "q1")
    assert (good.exit_code, unchanged in good.stdout) == (0, True), good.output
    past_the_triggers(home, "UPDATE event SET door = 'shed' WHERE seq = 7")
    found = run("verify", home.path, "--previous", tmp_path / "q1")
    assert "FINDING: entry 7 is not the one that was signed" in found.stdout
    assert unchanged not in found.stdout
    told = json.loads(run("verify", home.path, "--previous", tmp_path / "q1", "--json").stdout)
    assert (told["good"], told["consistent_with"]) == (False, [])


def test_a_good_older_head_says_nothing_beside_a_bad_one() -> None:
    """Since the smaller one too something was removed: what the larger one misses."""
    report = Report("export", "key", consistent_with=[20])
    assert report.unchanged_since == [20]
    report.findings.append(Bad("of the first 50 entries some are others").finding)
    assert report.unchanged_since == report.as_json()["consistent_with"] == []
    assert not any("nothing was removed" in line for line in report.lines())


def test_what_was_accepted_is_said_of_the_installation_as_of_its_export(begun: Home, tmp_path: Path) -> None:
    """How many entries are missing, and under which name heads were signed before."""
    report = look(begun)
    assert report.good, report.findings
    origin, (*_, last) = heads(begun)
    assert report.origin == f"{origin}/2"
    assert ACCEPTED in report.notes
    assert f"heads were signed as {origin} before, of up to {last.checkpoint.size:,} entries" in report.notes
    export(begun, tmp_path / "out")
    files = files_of(tmp_path / "out")
    assert ACCEPTED in verified(files, files["vkey.txt"].decode().strip()).notes


def test_what_never_began_anew_has_nothing_of_that(home: Home) -> None:
    """Neither entries that are missing nor an earlier name."""
    notes = "".join(look(home).notes)
    assert "missing" not in notes
    assert "before" not in notes


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("note = 'garbage'", "the note has no signatures"),
        ("note = replace(note, char(10) || '300' || char(10), char(10) || '299' || char(10))", "is wrong"),
        ("root = zeroblob(32)", "says something else than its row"),
        ("at_ms = 1 << 62", "says a time that cannot be"),
    ],
)
def test_heads_of_before_are_verified_too(begun: Home, sql: str, why: str) -> None:
    """By the same key under the name of then: garbage in their place is found."""
    origin, _heads = heads(begun)
    forge(begun, f"UPDATE head SET {sql} WHERE origin = ? AND size = 300", origin)  # noqa: S608 - as above
    (finding,) = look(begun).findings
    assert f" of {origin}" in finding.words
    assert why in finding.words


def test_a_head_of_before_by_another_key_is_found_unless_that_is_trusted(begun: Home) -> None:
    """Who had another root.key then names both keys."""
    origin, (*_, last) = heads(begun)
    other = LogSigner(origin, bytes(32))
    note = str(signed(last.checkpoint.text, other))
    forge(begun, "UPDATE head SET note = ? WHERE origin = ? AND size = ?", note, origin, last.checkpoint.size)
    (finding,) = look(begun).findings
    assert "nobody who is known has signed the note" in finding.words
    with closing(TreeReader.open(begun.tree)) as tree:
        keys = f"{tree.meta('vkey')}\n{other.vkey}\n"
    both = look(begun, Trust.of_keys(keys.encode(), "test"))
    assert both.good, both.findings
