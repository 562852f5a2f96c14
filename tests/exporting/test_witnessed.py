"""Exports and proofs of a record whose heads witnesses have cosigned."""

from contextlib import closing
from pathlib import Path

import pytest

from accessctl.evidence.ed25519 import Cosigner
from accessctl.evidence.note import Signature
from accessctl.evidence.verify.export import Older, verify_export
from accessctl.evidence.verify.keys import Trust
from accessctl.evidence.verify.report import Report
from accessctl.evidence.verify.single import verify_proof
from accessctl.evidence.verify.source import InMemory
from accessctl.exporting.looking import verify_record
from accessctl.exporting.proving import proof_of
from accessctl.exporting.signed import signed_record
from accessctl.home import Home
from accessctl.store.tree import Cosignature, TreeWriter
from tests.exporting.making import export, files_of, record, sign, silent
from tests.homes import NOON, new_home

FIRST, SECOND = (Cosigner(f"witness.example.com/w{number}", bytes([number]) * 32) for number in (1, 2))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A record with a head that nobody has cosigned, and a newer one."""
    home = new_home(tmp_path / "home")
    record(home, 40)
    sign(home)
    record(home, 260, 41)
    sign(home)
    return home


def cosign(home: Home, *witnesses: Cosigner) -> None:
    """Let witnesses cosign the newest head."""
    with closing(TreeWriter.open(home.tree)) as tree:
        head = tree.newest(tree.meta("origin") or "")
        assert head is not None
        at_s, checkpoint = int(NOON.timestamp()), head.checkpoint
        for each in witnesses:
            line = Signature(each.name, each.id, each.sign_at(checkpoint.text.encode(), at_s)).line
            tree.put_receipt(Cosignature(checkpoint.origin, checkpoint.size, str(each.vkey), at_s, line))


def policy(vkey: str, quorum: str = "both") -> Trust:
    """Give an auditor's own policy."""
    lines = (
        f"log {vkey}\nwitness a {FIRST.vkey}\nwitness b {SECOND.vkey}\ngroup both all a b\nquorum {quorum}\n"
    )
    return Trust.of_policy(lines.encode(), "the auditor's policy")


def look(files: dict[str, bytes], trust: Trust, *older: bytes) -> Report:
    return verify_export(
        "export", InMemory(files), trust, [Older("older", note) for note in older], step=silent(0)
    )


def test_an_export_brings_cosignatures_and_its_policy(home: Home, tmp_path: Path) -> None:
    """An auditor's policy with a quorum is met, and the report says who has seen the head, and when."""
    cosign(home, FIRST, SECOND)
    done = export(home, tmp_path / "export")
    assert done.unwitnessed == ()
    files = files_of(tmp_path / "export")
    vkey = files["vkey.txt"].decode().strip()
    for trust in (policy(vkey), Trust.of_policy(files["policy.txt"], "policy.txt")):
        report = look(files, trust)
        assert report.good, report.findings
        assert {
            f"{each.name} has cosigned the head at 2026-03-02T12:00:00Z" for each in (FIRST, SECOND)
        } <= set(report.notes)
    assert "quorum witnesses\n" in files["policy.txt"].decode()


def test_without_a_cosignature_a_quorum_is_not_met(home: Home, tmp_path: Path) -> None:
    """Neither with one of two, nor with one that is spoiled, nor with those of an older head."""
    cosign(home, FIRST)
    export(home, tmp_path / "one")
    files = files_of(tmp_path / "one")
    vkey = files["vkey.txt"].decode().strip()
    assert look(files, policy(vkey, "a")).good
    (finding,) = look(files, policy(vkey)).findings
    assert "too few witnesses have signed it" in finding.words
    lines = files["checkpoint"].decode().splitlines(keepends=True)
    assert not look(files | {"checkpoint": "".join(lines[:-1]).encode()}, policy(vkey, "a")).good
    spoiled = lines[-1][:-10] + ("A" if lines[-1][-10] != "A" else "B") + lines[-1][-9:]
    assert not look(files | {"checkpoint": "".join([*lines[:-1], spoiled]).encode()}, policy(vkey, "a")).good


def test_what_is_not_cosigned_yet_is_said(home: Home, tmp_path: Path) -> None:
    """A newer head that the witness has not met: the policy in the export asks for none."""
    cosign(home, FIRST)
    record(home, 5, 301)
    sign(home)
    assert export(home, tmp_path / "export").unwitnessed == (FIRST.name,)
    assert (tmp_path / "export" / "policy.txt").read_text().endswith("\nquorum none\n")


def test_older_heads_need_no_witness(home: Home, tmp_path: Path) -> None:
    """An export goes on from one of before there were witnesses, under a policy with a quorum too."""
    cosign(home, FIRST, SECOND)
    with closing(TreeWriter.open(home.tree)) as tree:
        old = next(tree.heads(tree.meta("origin") or "")).note.encode()
    (tmp_path / "old").write_bytes(old)
    export(home, tmp_path / "export", tmp_path / "old")
    files = files_of(tmp_path / "export")
    report = look(files, policy(files["vkey.txt"].decode().strip()), old)
    assert report.good, report.findings
    assert report.consistent_with == [40, 40]


def test_a_proof_brings_cosignatures_as_well(home: Home) -> None:
    """It is enough for who trusts the witnesses and not the log alone."""
    cosign(home, FIRST, SECOND)
    with signed_record(home.record, home.tree) as signed:
        proof, vkey = bytes(proof_of(7, signed)), signed.vkey
    report = verify_proof("7", proof, policy(vkey))
    assert report.good, report.findings
    assert len([note for note in report.notes if "has cosigned the head" in note]) == 2


def test_an_installation_is_verified_by_a_policy(home: Home) -> None:
    """Its newest head has to meet the quorum, older ones the log's signature alone."""
    vkey = sign(home)
    assert not verify_record(home.record, home.tree, policy(vkey), (), silent(0)).good
    cosign(home, FIRST, SECOND)
    report = verify_record(home.record, home.tree, policy(vkey), (), silent(0))
    assert report.good, report.findings
