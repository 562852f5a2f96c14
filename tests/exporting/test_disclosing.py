"""Who an entry is about: told to whoever is handed its proof, and proven by the entry itself."""

import json
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from accessctl.evidence.seal import Disclosure
from accessctl.evidence.verify import __main__ as verifier
from accessctl.evidence.verify.asked import Asked, WrongUse
from accessctl.home import Home
from accessctl.store.entry import Entry, Moment
from accessctl.store.people import PeopleReader
from accessctl.store.people_writer import PeopleWriter
from accessctl.store.record import Change, RecordWriter
from policies.ids import PersonId
from tests.exporting.making import sign
from tests.homes import NOON, RUN, new_home

Run = Callable[..., Result]
ALICE, BEN = PersonId("p-alice"), PersonId("p-ben")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Give a record of Alice, of Ben, of nobody, and of Alice without a seal."""
    home = new_home(tmp_path / "home")
    with closing(PeopleWriter(home.people)) as people:
        people.add_person("Alice Okafor", (), "tester", id_=ALICE)
        people.add_person("Ben Ode", (), "tester", id_=BEN)
    moment = Moment(NOON, 1, clock_synced=True)
    with closing(PeopleReader(home.people)) as read, closing(RecordWriter(home.record, RUN)) as writer:
        sealed = [
            Entry(moment, "access_granted", person=each, seal=read.seal_if_known(each))
            for each in (ALICE, BEN)
        ]
        writer.append(Change((*sealed, Entry(moment, "door_opened"), Entry(moment, "t", person=ALICE))))
    return home


@pytest.fixture
def vkey(home: Home, tmp_path: Path) -> Path:
    path = tmp_path / "on-paper.txt"
    path.write_text(sign(home))
    return path


@pytest.fixture
def run(home: Home) -> Run:
    return lambda *words: CliRunner().invoke(cli, ["--home", str(home.path), *map(str, words)])


@pytest.fixture
def proof(run: Run, vkey: Path, tmp_path: Path) -> Path:
    """Give the proof of Alice's entry, with her name beside it."""
    assert vkey.is_file()
    path = tmp_path / "one.tlog-proof"
    done = run("proof", "1", "-o", path, "--with-name")
    assert done.exit_code == 0, done.output
    return path


def who_beside(proof: Path) -> Path:
    """Give the file that says who it is."""
    return proof.with_name(f"{proof.name}.who")


def test_the_name_is_proven_by_the_entry(
    run: Run, proof: Path, vkey: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both verifiers say who it is; the file is its owner's alone, and the proof alone names nobody."""
    words = "person p-alice is Alice Okafor: the entry's seal proves it"
    who = who_beside(proof)
    assert stat.S_IMODE(who.stat().st_mode) == 0o600
    assert words in run("verify", proof, "--vkey", vkey, "--who", who).stdout
    assert json.loads(run("verify", proof, "--vkey", vkey, "--who", who, "--json").stdout)["who"] == words
    assert verifier.run([str(proof), "--vkey", str(vkey), "--who", str(who)]) == 0
    assert words in capsys.readouterr().out
    assert b"Alice" not in proof.read_bytes()
    assert "Alice" not in run("verify", proof, "--vkey", vkey).stdout


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"name": "Eve Okafor"}, "is not that of Eve Okafor"),
        ({"salt": "A" * 43}, "another salt"),
        ({"person": BEN}, "is about p-alice, and not about p-ben"),
    ],
)
def test_another_name_salt_or_person_is_a_finding(
    run: Run, proof: Path, vkey: Path, change: dict[str, str], found: str
) -> None:
    """Whoever hands out a wrong name is found, with status 1."""
    who = who_beside(proof)
    who.write_text(json.dumps(json.loads(who.read_bytes()) | change))
    done = run("verify", proof, "--vkey", vkey, "--who", who)
    assert done.exit_code == 1
    assert found in done.stdout


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x0b", "\x85", "\u2028", "\x1b[1A"])
def test_a_name_writes_no_line_of_its_own(
    run: Run, proof: Path, vkey: Path, end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A forged "good" in a report that is not: both verifiers show what would end the line."""
    who = who_beside(proof)
    name = f"Eve{end}  key: yours{end}good"
    who.write_text(json.dumps(json.loads(who.read_bytes()) | {"name": name}))
    done = run("verify", proof, "--vkey", vkey, "--who", who)
    assert done.exit_code == 1
    assert verifier.run([str(proof), "--vkey", str(vkey), "--who", str(who)]) == 1
    shown = end.encode("unicode_escape").decode()
    for said in (done.stdout, capsys.readouterr().out):
        lines = said.splitlines()
        assert lines[-1] == "NOT GOOD"
        assert "good" not in lines
        assert f"Eve{shown}  key: yours{shown}good" in lines[-2]


def test_a_path_writes_no_line_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where nothing could be verified."""
    path = tmp_path / "x\ngood"
    assert verifier.run([str(path)]) == 2
    assert capsys.readouterr().err.splitlines() == [f"accessctl-verify: there is no {tmp_path}/x\\ngood"]


def test_entries_without_a_seal_prove_nobody(run: Run, proof: Path, vkey: Path, tmp_path: Path) -> None:
    """Neither is a name handed out with them, nor is one believed that is."""
    for seq, why in (("3", "names nobody"), ("4", "has no seal")):
        bare = tmp_path / f"{seq}.tlog-proof"
        refused = run("proof", seq, "-o", bare, "--with-name")
        assert (refused.exit_code, bare.exists()) == (1, False)
        assert why in refused.stderr
        assert run("proof", seq, "-o", bare).exit_code == 0
        assert run("verify", bare, "--vkey", vkey, "--who", who_beside(proof)).exit_code == 1


def test_a_name_that_was_changed_is_proven_as_it_was(
    run: Run, home: Home, proof: Path, vkey: Path, tmp_path: Path
) -> None:
    """The entry was sealed with the name of then; that one is asked for, and no other does."""
    with closing(PeopleWriter(home.people)) as people:
        people.change_person(ALICE, lambda row: replace(row, name="Alice Bell"), "tester")
    again = tmp_path / "again.tlog-proof"
    assert "give the one of then" in run("proof", "1", "-o", again, "--with-name").stderr
    assert run("proof", "1", "-o", again, "--with-name", "--name", "Alice Eve").exit_code == 1
    assert run("proof", "1", "-o", again, "--with-name", "--name", "Alice Okafor").exit_code == 0
    assert "Alice Okafor" in run("verify", again, "--vkey", vkey, "--who", who_beside(again)).stdout
    assert proof.read_bytes() == again.read_bytes()


def test_whoever_was_erased_is_named_no_more(run: Run, home: Home, proof: Path, vkey: Path) -> None:
    """What was handed out before stays good; nothing new can be."""
    with closing(PeopleWriter(home.people)) as people:
        people.delete_person(ALICE, "tester")
    refused = run("proof", "1", "-o", proof.with_name("new"), "--with-name")
    assert "not among the people any more" in refused.stderr
    assert run("verify", proof, "--vkey", vkey, "--who", who_beside(proof)).exit_code == 0


def test_wrong_use_is_said(run: Run, home: Home, proof: Path, vkey: Path, tmp_path: Path) -> None:
    """A name needs a file to stand in, and something to be proven by."""
    assert run("proof", "1", "--with-name").exit_code == 2
    assert run("proof", "1", "--name", "Alice").exit_code == 2
    assert run("export", "--format", "tlog", tmp_path / "out").exit_code == 0
    who = who_beside(proof)
    assert run("verify", tmp_path / "out", "--vkey", vkey, "--who", who).exit_code == 2
    assert run("verify", home.path, "--who", who).exit_code == 2
    with pytest.raises(WrongUse, match="does not say who"):
        Asked(proof, vkey, who=vkey).verify(lambda _more: None)


def test_a_disclosure_is_small_and_readable(proof: Path) -> None:
    """One line of JSON that a person can read too."""
    written = who_beside(proof).read_bytes()
    said = Disclosure.parse(written)
    assert (said.person, said.name) == (ALICE, "Alice Okafor")
    assert written == b'{"name":"Alice Okafor","person":"p-alice","salt":"' + written[50:93] + b'"}\n'
