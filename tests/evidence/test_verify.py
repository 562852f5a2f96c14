"""An auditor with an export and a public key: whatever was done to the export is found."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from accessctl.evidence.builder import Builder
from accessctl.evidence.canonical import canonical
from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.ed25519 import LogSigner
from accessctl.evidence.merkle import leaf_hash
from accessctl.evidence.note import signed
from accessctl.evidence.tiles import bundle, entries_in
from accessctl.evidence.verify.source import Folder, InMemory
from tests.exporting.making import SEED, export, files_of, record, sign, verified
from tests.homes import new_home

ENTRIES, BUNDLE, TILE = 50, "tile/entries/000.p/50", "tile/0/000.p/50"
COUNTS = ("checkpoint", TILE, BUNDLE, "previous", "consistency", "vkey.txt", "events.csv")


@dataclass(frozen=True)
class Audit:
    """An export of 50 entries, the one of 20 before it, and the public key."""

    files: dict[str, bytes]
    before: dict[str, bytes]
    vkey: str

    @property
    def origin(self) -> str:
        return self.vkey.partition("+")[0]

    def found(self, **changed: bytes) -> bool:
        """Whether something is found when these files are others."""
        return not verified({**self.files, **changed}, self.vkey).good

    def of(self, entries: list[bytes], seed: bytes = SEED) -> dict[str, bytes]:
        """Give an export of other entries, whose tree is right and signed with a key."""
        builder = Builder()
        for entry in entries:
            list(builder.add(leaf_hash(entry)))
        tiles = {f"tile/{t.level}/000.p/{len(t.hashes) // 32}": t.hashes for t in builder.edge()}
        checkpoint = Checkpoint(self.origin, len(entries), builder.root())
        note = str(signed(checkpoint.text, LogSigner(self.origin, seed))).encode()
        return {"checkpoint": note, f"tile/entries/000.p/{len(entries)}": bundle(entries), **tiles}

    @property
    def entries(self) -> list[bytes]:
        return entries_in(self.files[BUNDLE], ENTRIES)


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    folder = tmp_path_factory.mktemp("audit")
    home = new_home(folder / "home")
    record(home, 20)
    sign(home)
    export(home, folder / "before")
    record(home, ENTRIES - 20, 21)
    vkey = sign(home)
    export(home, folder / "export", folder / "before")
    return Audit(files_of(folder / "export"), files_of(folder / "before"), vkey)


def test_a_whole_export_is_good(audit: Audit) -> None:
    """It says how many entries there are, when they were, and that nothing is gone since the one before."""
    report = verified(audit.files, audit.vkey)
    assert report.good, report.findings
    assert report.size == ENTRIES
    assert report.consistent_with == [20]
    assert (report.first_at, report.last_at) == ("2026-03-02T12:00:01.000Z", "2026-03-02T12:00:50.000Z")
    assert set(COUNTS) < set(audit.files)


@pytest.mark.parametrize("name", COUNTS)
def test_any_byte_that_is_another_is_found(audit: Audit, name: str) -> None:
    """Of every file that counts, every byte is tried, with a bit by chance."""
    chance = random.Random(name)
    whole = audit.files[name]
    for at in range(0, len(whole), 3 if name == "events.csv" else 1):  # the table is no evidence
        other = bytearray(whole)
        other[at] ^= 1 << chance.randrange(8)
        assert audit.found(**{name: bytes(other)}), f"{name}: byte {at}"


@pytest.mark.parametrize("name", COUNTS)
def test_any_byte_that_is_missing_or_too_many_is_found(audit: Audit, name: str) -> None:
    """Every file that counts is cut at every byte, and gets one more at the end."""
    whole = audit.files[name]
    step = 1 if len(whole) < 2000 else 7
    for end in range(1 if name == "vkey.txt" else 0, len(whole) - (name == "vkey.txt"), step):
        assert audit.found(**{name: whole[:end]}), f"{name}: cut at {end}"
    assert audit.found(**{name: whole + b"x"})


@pytest.mark.parametrize("name", [*COUNTS[:5]])
def test_a_file_that_is_missing_is_found(audit: Audit, name: str) -> None:
    """Without any of them not everything is proven."""
    files = {each: content for each, content in audit.files.items() if each != name}
    assert not verified(files, audit.vkey).good


CHANGES: dict[str, Callable[[list[bytes], int], list[bytes]]] = {
    "edited": lambda all_, at: [*all_[:at], all_[at].replace(b'"type":"', b'"type":"x'), *all_[at + 1 :]],
    "deleted": lambda all_, at: all_[:at] + all_[at + 1 :],
    "inserted": lambda all_, at: [*all_[:at], all_[0], *all_[at:]],
    "exchanged": lambda all_, at: [*all_[:at], *reversed(all_[at : at + 2]), *all_[at + 2 :]],
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_entry_that_is_another_is_found_by_its_number(audit: Audit, what: str) -> None:
    """Every entry is edited, deleted, doubled and exchanged with the next, in the bundle alone."""
    for at in range(ENTRIES - (what == "exchanged")):
        changed = CHANGES[what](audit.entries, at)
        report = verified({**audit.files, BUNDLE: bundle(changed)}, audit.vkey)
        wanted = at + 1
        if what == "inserted" and at == 0:
            wanted = 2  # the first entry stands there twice: in its own place it is good
        assert report.findings[0].seq == wanted, (what, at, report.findings)


@pytest.mark.parametrize("what", CHANGES)
def test_who_builds_the_tree_anew_cannot_sign_it(audit: Audit, what: str) -> None:
    """With a key of their own the signature is wrong; with the old signature the root is."""
    changed = audit.of(CHANGES[what](audit.entries, 24), seed=bytes(32))
    assert not verified(changed, audit.vkey).good
    kept = {**changed, "checkpoint": audit.files["checkpoint"]}
    assert not verified(kept, audit.vkey).good


@pytest.mark.parametrize("left", [0, 1, 19, 20, 30, 49])
def test_a_cut_tail_is_found_even_by_who_has_the_key(audit: Audit, left: int) -> None:
    """Signed anew with the stolen key, it is good by itself, and goes not on from a head that was kept."""
    cut = audit.of(audit.entries[:left])
    assert verified(cut, audit.vkey).good
    report = verified(cut, audit.vkey, audit.files["checkpoint"])
    assert not report.good
    assert report.findings[-1].seq == left + 1


@pytest.mark.parametrize("at", [0, 7, 19])
def test_a_fork_is_found_even_by_who_has_the_key(audit: Audit, at: int) -> None:
    """History before the older head was written anew; the export that was kept tells from which entry on."""
    entries = audit.entries
    other = json.loads(entries[at]) | {"door": "shed"}
    fork = audit.of([*entries[:at], canonical(other), *entries[at + 1 :]])
    assert verified(fork, audit.vkey).good
    before = audit.before
    report = verified(fork, audit.vkey, before["checkpoint"], export_of=InMemory(before))
    assert [finding.seq for finding in report.findings] == [at + 1]
    assert verified(fork, audit.vkey, before["checkpoint"]).findings


def test_what_goes_on_from_the_older_export_is_said(audit: Audit) -> None:
    """To the question whether anything was removed since last quarter."""
    report = verified(audit.files, audit.vkey, audit.before["checkpoint"])
    assert report.good
    assert report.consistent_with == [20, 20]


def _with(entry: bytes, **changed: object) -> bytes:
    facts = {name: value for name, value in (json.loads(entry) | changed).items() if value is not None}
    return canonical(facts)


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 8},
        {"epoch": "ffffffffffffffff"},
        {"at": "2026-02-30T12:00:00.000Z"},
        {"at": "yesterday"},
        {"at": None},
        {"mono_us": -1},
        {"synced": "yes"},
        {"door": 7},
    ],
)
def test_entries_that_are_signed_and_wrong_are_found(audit: Audit, change: dict[str, object]) -> None:
    """A number out of order, another record's entry, no instant: whoever signed it."""
    entries = audit.entries
    entries[6] = _with(entries[6], **change)
    report = verified(audit.of(entries), audit.vkey)
    assert [finding.seq for finding in report.findings] == [7]


def test_an_entry_that_is_not_canonical_is_found(audit: Audit) -> None:
    """With a blank too many, though it was signed so."""
    entries = audit.entries
    entries[6] = entries[6].replace(b",", b", ", 1)
    report = verified(audit.of(entries), audit.vkey)
    assert [finding.seq for finding in report.findings] == [7]


def test_an_entry_of_a_newer_version_may_say_more(audit: Audit) -> None:
    """Members that this verifier does not know are no finding."""
    entries = [_with(entry, zone="north", commit="x") for entry in audit.entries]
    assert verified(audit.of(entries), audit.vkey).good


def test_another_logs_key_proves_nothing(audit: Audit) -> None:
    """Neither a key of another name nor another key of this name."""
    for name, seed in (("accessctl/other/0", SEED), (audit.origin, bytes(32))):
        report = verified(audit.files, str(LogSigner(name, seed).vkey))
        assert not report.good
        assert report.findings[-1].file == "checkpoint"


def test_pruned_entries_may_be_absent_where_that_is_said(audit: Audit, tmp_path: Path) -> None:
    """Their hashes have to be there; those that are left of their bundle are held against them."""
    left = [entry + b"\n" for at, entry in enumerate(audit.entries, 1) if at not in {3, 4, 9}]
    files = {name: content for name, content in audit.files.items() if name not in {BUNDLE, "events.csv"}}
    files["kept.jsonl"] = b"".join(left)
    assert verified(files, audit.vkey).findings[0].seq == 3
    assert verified(files, audit.vkey, pruned=4).findings[0].seq == 9
    report = verified(files, audit.vkey, pruned=9)
    assert report.good, report.findings
    assert any("3 entries are pruned" in note for note in report.notes)
    for wrong in (
        [*left[:7], left[7].replace(b"seq", b"sea"), *left[8:]],
        [left[1], left[0], *left[2:]],
        left * 2,
    ):
        assert not verified({**files, "kept.jsonl": b"".join(wrong)}, audit.vkey, pruned=50).good


def test_what_an_operator_accepted_as_missing_is_told(audit: Audit) -> None:
    """Its place in the tree says so, and the report does."""
    entries = audit.entries
    epoch = audit.origin.split("/")[2]
    entries[4] = canonical({"epoch": epoch, "seq": 5, "type": "log_entry_missing"})
    report = verified(audit.of(entries), audit.vkey)
    assert report.good, report.findings
    assert any("accepted" in note for note in report.notes)


def test_a_table_that_says_something_else_is_found_by_the_entry(audit: Audit) -> None:
    """People look into it, so it has to say what the entries do."""
    table = audit.files["events.csv"]
    lines = table.splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if b'"cage"' in line)
    lines[at] = lines[at].replace(b'"cage"', b'"gate"')
    report = verified({**audit.files, "events.csv": b"".join(lines)}, audit.vkey)
    assert [(finding.file, finding.seq) for finding in report.findings] == [
        ("events.csv", int(lines[at].split(b",")[0]))
    ]


def test_an_export_without_a_table_is_good_and_says_so(audit: Audit) -> None:
    """The entries are the evidence. Who is handed a table by itself is not to think that it was compared."""
    without = {name: content for name, content in audit.files.items() if name != "events.csv"}
    report = verified(without, audit.vkey)
    assert report.good, report.findings
    assert [note for note in report.notes if "events.csv" in note] == [
        "there is no events.csv here: whatever table comes another way proves nothing"
    ]
    assert not any("events.csv" in note for note in verified(audit.files, audit.vkey).notes)
    spoiled = verified({**audit.files, "events.csv": b"seq\r\n"}, audit.vkey)
    assert [finding.file for finding in spoiled.findings] == ["events.csv"]
    assert not any("events.csv" in note for note in spoiled.notes)


def test_a_head_that_is_put_among_the_stamped_ones_was_not_stamped_by_that(audit: Audit) -> None:
    """Without a stamp, or with an empty one. One that has bytes is for OpenSSL to verify, which is said."""
    put = {**audit.files, "stamped/checkpoint": audit.files["checkpoint"]}
    for bad in (put, {**put, "stamped/checkpoint.tsr": b""}):
        (finding,) = verified(bad, audit.vkey).findings
        assert (finding.file, "no stamp" in finding.words) == ("stamped/checkpoint.tsr", True)
    report = verified({**put, "stamped/checkpoint.tsr": b"0"}, audit.vkey)
    assert report.good, report.findings
    (note,) = report.notes
    assert "is said to be stamped" in note


@pytest.mark.parametrize("name", ["vkey.txt", "policy.txt"])
def test_another_key_beside_the_entries_is_found(audit: Audit, name: str) -> None:
    """Whoever takes it from there would trust somebody else; so is a policy that says nothing."""
    other = str(LogSigner(audit.origin, bytes(32)).vkey)
    changed = audit.files[name].replace(audit.vkey.encode(), other.encode())
    assert changed != audit.files[name]
    (finding,) = verified({**audit.files, name: changed}, audit.vkey).findings
    assert finding.file == name
    assert "another key" in finding.words
    assert audit.found(**{name: b"garbage"})


def test_what_is_no_part_of_an_export_is_not_looked_at_and_named(audit: Audit, tmp_path: Path) -> None:
    """Bundles behind the last entry, letters: nobody has signed them, and somebody might believe them."""
    assert verified(audit.files, audit.vkey).notes == []
    for name, written in audit.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(written)
    assert verified(Folder(tmp_path), audit.vkey).notes == []
    for name in ("tile/entries/003", "tile/0/000.p/5", "letters/of/somebody"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"Dear auditor")
    (tmp_path / "letters/loop").symlink_to(tmp_path)
    report = verified(Folder(tmp_path), audit.vkey)
    assert report.good, report.findings
    (note,) = report.notes
    assert note == "no part of the export, and not looked at: letters, tile/0/000.p/5, tile/entries/003"
    for number in range(9):
        (tmp_path / f"more-{number}").mkdir()
    (note,) = verified(Folder(tmp_path), audit.vkey).notes
    assert note.endswith(" and others")
