"""Exports that prove themselves: what is in them, and what is refused."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from accessctl.evidence.proof import TlogProof
from accessctl.evidence.verify.keys import Trust
from accessctl.evidence.verify.single import verify_proof
from accessctl.exporting.errors import ExportFailed
from accessctl.exporting.looking import verify_record
from accessctl.exporting.proving import proof_of
from accessctl.exporting.signed import signed_record
from accessctl.home import Home
from accessctl.notary.notary import Disagrees
from policies.retention import EventClass
from tests.exporting.making import export, files_of, record, sign, silent, verified
from tests.exporting.test_lines import past_the_triggers
from tests.homes import new_home
from tests.notary.pruned import old_and_new, prune


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def proven(home: Home, seq: int) -> TlogProof:
    with signed_record(home.record, home.tree) as signed:
        return proof_of(seq, signed)


@pytest.mark.parametrize("count", [1, 255, 256, 257, 700, 4096, 4097])
def test_whatever_its_size_an_export_is_good(home: Home, tmp_path: Path, count: int) -> None:
    """It has the tiles that its size asks for, and is for its owner alone."""
    record(home, count)
    vkey = sign(home)
    assert export(home, tmp_path / "out").entries == count
    report = verified(files_of(tmp_path / "out"), vkey)
    assert report.good, report.findings
    assert report.size == count
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


def test_it_is_on_the_disk_before_it_has_its_name(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file as it is in the end, and every folder: a power cut leaves all of it or nothing."""
    old_and_new(home, 600, 100)
    sign(home)
    prune(home, EventClass.ACCESS, 1, 512)
    sign(home)
    target, synced = tmp_path / "out", dict[int, int]()
    really = os.fsync

    def fsync(handle: int) -> None:
        really(handle)
        if not target.exists():
            found = os.fstat(handle)
            synced[found.st_ino] = found.st_size

    monkeypatch.setattr(os, "fsync", fsync)
    export(home, target)
    monkeypatch.undo()
    files = [path for path in target.rglob("*") if path.is_file()]
    assert {"kept.jsonl", "pruned.txt", "events.csv", "checkpoint"} <= {path.name for path in files}
    assert {path: synced.get(path.stat().st_ino) for path in files} == {
        path: path.stat().st_size for path in files
    }
    assert {path.stat().st_ino for path in (target, *target.rglob("*")) if path.is_dir()} <= synced.keys()
    assert tmp_path.stat().st_ino not in synced


def test_an_export_of_nothing_is_refused(home: Home, tmp_path: Path) -> None:
    """There is nothing that anybody has signed."""
    with pytest.raises(ExportFailed, match="no head"):
        export(home, tmp_path / "out")


def test_what_is_not_signed_yet_is_not_in_it_and_told(home: Home, tmp_path: Path) -> None:
    """A head covers what is in it."""
    record(home, 30)
    vkey = sign(home)
    record(home, 5, 31)
    done = export(home, tmp_path / "out")
    assert (done.entries, done.unsigned) == (30, 5)
    assert verified(files_of(tmp_path / "out"), vkey).size == 30


@pytest.mark.parametrize(("before", "after"), [(1, 1), (1, 2), (256, 300), (300, 999), (6, 8)])
def test_it_is_proven_to_go_on_from_the_one_before(
    home: Home, tmp_path: Path, before: int, after: int
) -> None:
    """Given as a folder or as its checkpoint alone."""
    record(home, before)
    sign(home)
    export(home, tmp_path / "old")
    if after > before:
        record(home, after - before, before + 1)
    vkey = sign(home)
    export(home, tmp_path / "new", tmp_path / "old")
    export(home, tmp_path / "again", tmp_path / "old" / "checkpoint")
    assert verified(files_of(tmp_path / "new"), vkey).consistent_with == [before]
    assert files_of(tmp_path / "again") == files_of(tmp_path / "new")


def test_what_does_not_go_on_from_the_one_before_is_refused(home: Home, tmp_path: Path) -> None:
    """One from another record, and one that is newer than this record."""
    other = new_home(tmp_path / "other")
    for each, count in ((home, 20), (other, 30)):
        record(each, count)
        sign(each)
        export(each, tmp_path / f"of-{count}")
    with pytest.raises(ExportFailed):
        export(home, tmp_path / "out", tmp_path / "of-30")
    shutil.copy(home.record, tmp_path / "rolled.db")
    shutil.copy(home.tree, tmp_path / "rolled-tree.db")
    record(home, 5, 21)
    sign(home)
    export(home, tmp_path / "newer")
    for kept, now in ((tmp_path / "rolled.db", home.record), (tmp_path / "rolled-tree.db", home.tree)):
        for old in now.parent.glob(f"{now.name}*"):
            old.unlink()
        shutil.copy(kept, now)
    with pytest.raises(ExportFailed, match="does not go on"):
        export(home, tmp_path / "out", tmp_path / "newer")
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.part").exists()


@pytest.mark.parametrize("seq", [1, 200, 256, 257, 290])
@pytest.mark.parametrize(
    "change", ["UPDATE event SET door = 'shed' WHERE seq = {}", "DELETE FROM event WHERE seq = {}"]
)
def test_a_record_that_was_edited_is_not_exported_as_evidence(
    home: Home, tmp_path: Path, seq: int, change: str
) -> None:
    """The first entry that is another is named, by the export and by the verification where it lies."""
    record(home, 300)
    sign(home)
    past_the_triggers(home, change.format(seq))
    report = verify_record(home.record, home.tree, None, [], silent(0))
    assert report.findings[0].seq == seq
    with pytest.raises(ExportFailed) as caught:
        export(home, tmp_path / "out")
    assert caught.value.seq == seq
    assert list(tmp_path.glob("out*")) == []
    with pytest.raises(ExportFailed):
        proven(home, seq)


def test_what_was_pruned_is_there_by_its_hash(home: Home, tmp_path: Path) -> None:
    """What is left of its bundle stands beside, and whoever knows of it finds the rest good."""
    record(home, 600)
    vkey = sign(home)
    listed = "INSERT INTO pruned SELECT seq, 600, zeroblob(32) FROM event WHERE seq < 300 AND seq % 7 > 0"
    past_the_triggers(home, listed)
    past_the_triggers(home, "DELETE FROM event WHERE seq IN (SELECT seq FROM pruned)")
    assert export(home, tmp_path / "out").entries == 600 - 299 + 299 // 7
    files = files_of(tmp_path / "out")
    del files["pruned.txt"]  # exports of earlier versions have none
    assert "kept.jsonl" in files
    assert "tile/entries/000" not in files
    assert verified(files, vkey).findings[0].seq == 1
    assert verified(files, vkey, pruned=200).findings[0].seq == 201
    report = verified(files, vkey, pruned=299)
    assert report.good, report.findings


def test_every_entry_has_a_proof(home: Home) -> None:
    """Which is good with the public key alone, and of which every byte counts."""
    record(home, 300)
    trust = Trust.of_keys(sign(home).encode(), "test")
    for seq in (1, 2, 255, 256, 257, 299, 300):
        assert verify_proof("p", bytes(proven(home, seq)), trust).good
    written = bytes(proven(home, 257))
    for at in range(len(written)):
        other = bytearray(written)
        other[at] ^= 1
        assert not verify_proof("p", bytes(other), trust).good, at
        assert not verify_proof("p", written[:at], trust).good, at


def test_no_proof_of_what_is_not_signed_or_not_there(home: Home) -> None:
    """It says which of the two."""
    record(home, 3)
    sign(home)
    record(home, 1, 4)
    with pytest.raises(ExportFailed, match="not signed yet"):
        proven(home, 4)
    with pytest.raises(ExportFailed, match="no entry 5"):
        proven(home, 5)


def test_a_record_is_verified_where_it_lies(home: Home) -> None:
    """With every head that was ever signed; entries that are not signed yet are told."""
    for first in range(1, 600, 60):
        record(home, 60, first)
        sign(home)
    trust = Trust.of_keys(sign(home).encode(), "test")
    record(home, 2, 601)
    report = verify_record(home.record, home.tree, trust, [], silent(0))
    assert report.good, report.findings
    assert report.size == 600
    unsigned, unknown = report.notes
    assert unsigned == "2 entries are not signed yet"
    assert "without root.key" in unknown
    with closing(sqlite3.connect(home.tree)) as connection:
        connection.execute("DROP TRIGGER head_no_update")
        connection.execute("UPDATE head SET root = zeroblob(32) WHERE size = 300")
        connection.commit()
    assert not verify_record(home.record, home.tree, trust, [], silent(0)).good


@pytest.mark.parametrize("sql", ["UPDATE tile SET hashes = zeroblob(64)", "DELETE FROM tile"])
def test_a_tree_that_is_spoilt_above_the_entries_is_found_and_no_entry_blamed(home: Home, sql: str) -> None:
    """The entries and their own hashes are as they were signed; what is over them is not."""
    record(home, 300)
    sign(home)
    record(home, 300, 301)
    sign(home)
    assert verify_record(home.record, home.tree, None, [], silent(0)).good
    with closing(sqlite3.connect(home.tree)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(f"{sql} WHERE level = 1")
        connection.commit()
    (finding,) = verify_record(home.record, home.tree, None, [], silent(0)).findings
    assert finding.words == "tile 0 at level 1 of the tree is not the one over the entries"
    assert finding.seq is None
    with pytest.raises(Disagrees, match="its upper tiles are others"):
        sign(home)


@pytest.fixture
def out(home: Home, tmp_path: Path) -> Path:
    record(home, 300)
    sign(home)
    export(home, tmp_path / "out")
    return tmp_path / "out"


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", page.read_text(), re.DOTALL)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs OpenSSL")
def test_the_signature_verifies_with_openssl_alone(out: Path, tmp_path: Path) -> None:
    """By the commands that the export itself tells, and no others."""
    script = "set -e\n" + "".join(blocks(out / "README-verify.md", "sh")).replace("/tmp/", f"{tmp_path}/")  # noqa: S108
    good = subprocess.run(["sh", "-c", script], cwd=out, capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    assert "Signature Verified Successfully" in good.stdout
    assert "BEGIN PUBLIC KEY" in good.stdout
    checkpoint = out / "checkpoint"
    checkpoint.write_text(checkpoint.read_text().replace("\n300\n", "\n299\n"))
    bad = subprocess.run(["sh", "-c", script], cwd=out, capture_output=True, text=True, check=False)
    assert bad.returncode != 0


def test_the_tree_verifies_with_the_lines_that_the_export_brings(out: Path) -> None:
    """Twenty lines of Python's standard library, as they stand there; they find a change too."""
    (script,) = blocks(out / "README-verify.md", "python")
    command = [sys.executable, "-I", "-c", script]
    good = subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stdout) == (0, "300 entries: GOOD\n")
    path = out / "tile/entries/001.p/44"
    path.write_bytes(path.read_bytes().replace(b'"gate"', b'"gata"', 1))
    assert subprocess.run(command, cwd=out, capture_output=True, check=False).returncode == 1


def test_the_page_names_this_export(out: Path) -> None:
    """No place of it is left open."""
    page = (out / "README-verify.md").read_text()
    assert "@" not in page.replace("@latest", "")
    assert (out / "vkey.txt").read_text().strip() in page


def test_a_folder_that_is_there_is_not_written_into(out: Path, home: Home) -> None:
    """Neither one that is whole nor one that is in the making."""
    with pytest.raises(ExportFailed, match="is there already"):
        export(home, out)
    out.rename(f"{out}.part")
    with pytest.raises(ExportFailed, match="did not end"):
        export(home, out)
