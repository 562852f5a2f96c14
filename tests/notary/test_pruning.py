"""The keeper and entries that are too old: when they go, and that all about the others stays as it was."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.evidence.pruned import digest_of
from accessctl.evidence.verify.keys import Trust
from accessctl.evidence.verify.report import Report
from accessctl.evidence.verify.single import verify_proof
from accessctl.exporting.errors import ExportFailed
from accessctl.exporting.looking import verify_record
from accessctl.exporting.proving import proof_of
from accessctl.exporting.signed import signed_record
from accessctl.home import Home
from accessctl.link.requests import PruneRecord
from accessctl.notary.book import Book
from accessctl.notary.keeping import Keeper
from accessctl.notary.pruning import PAUSE_S, Pruner
from accessctl.store.tree import TreeReader
from policies.retention import PRUNABLE, EventClass, Retention
from tests.exporting.making import export, files_of, silent, verified
from tests.homes import NOON, new_home
from tests.notary.keepers import Kept, Memory, keeping, past_the_triggers, record, rows, signer
from tests.notary.pruned import KEY, LIMIT, entry, old_and_new, prune, put, rows_of, there

EVERYTHING = Retention(dict.fromkeys(PRUNABLE, LIMIT.days))
ALARMS_TOO = 3 * LIMIT
"""Alarms have a floor of their own: this is beyond it."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


_ABOUT_IT = (
    "INSERT INTO event (at_ms, mono_ns, clock_synced, run, type, detail)"
    " SELECT at_ms, mono_ns, 1, run, 'log_pruned', ? FROM event WHERE seq = 1"
)


def put_by_hand(home: Home, seq: int, about: int, leaf: bytes) -> None:
    """Say with the shell that an entry was pruned."""
    with closing(sqlite3.connect(home.record)) as connection, connection:
        connection.execute("INSERT INTO pruned VALUES (?, ?, ?)", (seq, about, leaf))


class Doing:
    """A keeper with a pruner, whose door process prunes as soon as it is asked."""

    def __init__(self, kept: Kept, retention: Retention = EVERYTHING, *, door: bool = True) -> None:
        self.kept, self.home, self.door = kept, kept.home, door
        self.asked: list[PruneRecord] = []
        self.pruner = Pruner(lambda: retention, self._prune, lambda: NOON, KEY)
        kept.keeper = Keeper(kept.home, signer, kept._tell, kept.posts, kept.clock, self.pruner)

    def _prune(self, request: PruneRecord) -> int | None:
        self.asked.append(request)
        kind = EventClass(request.kind)
        return prune(self.home, kind, request.first, request.last) if self.door else None

    def until_done(self) -> None:
        """Look until everything was looked through and whatever is old has gone."""
        self.kept.until_signed()
        self.kept.once(lambda: self.kept.keeper.found is not None or self._is_done(), "it went on and on")

    def _is_done(self) -> bool:
        scrub = self.kept.keeper._scrub
        return scrub is not None and scrub.passes > 0 and self.pruner._todo is None


def looked_at(home: Home) -> Report:
    return verify_record(home.record, home.tree, None, (), silent(0))


def test_what_is_old_goes_once_all_was_looked_through(home: Home) -> None:
    """Of each class that has a limit, in whole tiles alone; what is kept for good stays."""
    old_and_new(home, 700, 10)
    with keeping(home) as kept:
        doing = Doing(kept)
        doing.until_done()
        kept.until_signed()
    gone = sorted(set(range(1, 711)) - set(there(home)))
    assert gone == [seq for seq in range(1, 513) if seq % 5 in {0, 1, 4}]
    assert {request.kind for request in doing.asked} == {"access", "doors"}
    assert looked_at(home).good


def test_without_limits_nobody_is_asked(home: Home) -> None:
    """A site that says nothing keeps everything."""
    old_and_new(home, 600, 10)
    with keeping(home) as kept:
        doing = Doing(kept, Retention())
        doing.until_done()
    assert not doing.asked


def test_alarms_are_kept_to_their_floor(home: Home) -> None:
    """Thirty days are not enough for them, whatever a rule says."""
    put(home, (entry(number, ALARMS_TOO + LIMIT) for number in range(1, 257)))
    old_and_new(home, 256, 10)
    with keeping(home) as kept:
        Doing(kept, Retention({EventClass.ALARMS: 1})).until_done()
    assert {seq for seq in range(1, 500) if seq not in there(home)} == set(range(2, 257, 5))


def test_a_wrong_clock_makes_nothing_old(home: Home) -> None:
    """Entries of the year 2000, recorded behind one of today, are of today."""
    put(home, [entry(1, timedelta(hours=2))])
    put(home, (entry(number, timedelta(days=9000), synced=number % 2 == 0) for number in range(2, 300)))
    with keeping(home) as kept:
        doing = Doing(kept)
        doing.until_done()
    assert not doing.asked


def test_where_the_clock_was_wrong_for_a_while_what_is_old_goes_all_the_same(home: Home) -> None:
    """A start without a time source, and an afternoon in the midst: it is older than what came after."""
    off = {*range(1, 20), *range(300, 400)}
    put(home, (entry(number, 2 * LIMIT, synced=number not in off) for number in range(1, 601)))
    with keeping(home) as kept:
        Doing(kept).until_done()
    gone = sorted(set(range(1, 601)) - set(there(home)))
    assert gone == [seq for seq in range(1, 513) if seq % 5 in {0, 1, 4}]


def test_nothing_goes_that_no_anchor_has(home: Home) -> None:
    """Where there are anchors, one of them has to have taken a head that covers it."""
    old_and_new(home, 700, 10)
    anchor = Memory(error=OSError("out of reach"))
    with keeping(home, anchor) as kept:
        doing = Doing(kept)
        doing.until_done()
        assert not doing.asked
    anchor.error = None
    with keeping(home, anchor) as kept:
        kept.once(lambda: bool(anchor.notes), "no head was taken")
        doing = Doing(kept)
        doing.until_done()
        assert doing.asked


def test_a_door_process_that_does_not_answer_is_asked_later(home: Home) -> None:
    """Signing goes on meanwhile."""
    old_and_new(home, 600, 10)
    with keeping(home) as kept:
        doing = Doing(kept, door=False)
        kept.until_signed()
        kept.once(lambda: bool(doing.asked), "nobody was asked")
        kept.look(20)
        assert len(doing.asked) == 1
        assert (doing.pruner.step() or 0) > PAUSE_S
        record(home, 1)
        assert kept.until_signed().checkpoint.size == len(rows(home))


def test_proofs_and_exports_stay_good(home: Home, tmp_path: Path) -> None:
    """Those of before, and new ones of what is left; the one that went says that it did."""
    old_and_new(home, 700, 30)
    with keeping(home) as kept:
        kept.until_signed()
        with signed_record(home.record, home.tree) as signed:
            vkey, before = signed.vkey, bytes(proof_of(4, signed))
            old = signed.head.note.encode()
        Doing(kept).until_done()
        kept.until_signed()
    done = export(home, tmp_path / "out")
    files = files_of(tmp_path / "out")
    report = verified(files, vkey, old)
    assert report.good, report.findings
    assert any("are pruned" in note for note in report.notes)
    assert done.entries == len(there(home))
    assert "pruned.txt" in files
    trust = Trust.of_keys(vkey.encode(), "test")
    assert verify_proof("before", before, trust).good
    with signed_record(home.record, home.tree) as signed:
        assert verify_proof("now", bytes(proof_of(3, signed)), trust).good
        with pytest.raises(ExportFailed, match=r"deleted for its age; entry \d+ tells of that"):
            proof_of(4, signed)


@pytest.mark.parametrize("batch", [701, 9999])
def test_who_deletes_an_entry_and_accounts_for_it_by_hand_is_found(
    home: Home, tmp_path: Path, batch: int
) -> None:
    """By its number: under a batch that there is, and under one that there is not."""
    old_and_new(home, 700, 0)
    with keeping(home) as kept:
        doing = Doing(kept)
        doing.until_done()
        kept.until_signed()
        with closing(Book.open(home.record, TreeReader.open(home.tree))) as book:
            (_seq, leaf), *_ = book.hashes(102, 103)
        first = min(seq for (seq,) in rows_of(home, "SELECT seq FROM event WHERE type = 'log_pruned'"))
        about = first if batch == 701 else batch
        assert looked_at(home).good
        put_by_hand(home, 103, about, leaf)
        past_the_triggers(home, "DELETE FROM event WHERE seq = 103")
        assert [(each.seq, each.words) for each in looked_at(home).findings] == [
            (103, "entry 103 is missing")
        ]
        kept.keeper.close()
        assert "entry 103 is missing" in kept.until_found()
    with signed_record(home.record, home.tree) as signed:
        vkey = signed.vkey
    export(home, tmp_path / "out")
    report = verified(files_of(tmp_path / "out"), vkey)
    assert [each.seq for each in report.findings] == [103]


@pytest.mark.parametrize(
    "more", [{"mac": ""}, {}, {"x": 2**53}, {"mac": "\ud800"}, {"mac": []}, {"mac": "", "x": "\ud800"}]
)
def test_who_makes_the_entry_about_it_too_gets_it_signed_by_nobody(
    home: Home, more: dict[str, object]
) -> None:
    """Only the door process and the notary have the key: a shell is not enough, whatever it writes there."""
    old_and_new(home, 600, 10)
    with keeping(home) as kept:
        Doing(kept, Retention()).until_done()
        kept.until_signed()
        with closing(TreeReader.open(home.tree)) as tree, closing(Book.open(home.record, tree)) as book:
            ((_seq, leaf),) = book.hashes(102, 103)
        account = json.dumps({"first": 103, "last": 103, "count": 1, "digest": digest_of([103]), **more})
        about = len(rows(home)) + 1
        with closing(sqlite3.connect(home.record)) as connection, connection:
            connection.execute(_ABOUT_IT, (account,))
        put_by_hand(home, 103, about, leaf)
        past_the_triggers(home, "DELETE FROM event WHERE seq = 103")
        kept.keeper.close()
        assert "entry 103 is missing" in kept.until_found()


def test_who_changes_the_leaf_of_what_was_pruned_is_found(home: Home) -> None:
    """The tree has the right one."""
    old_and_new(home, 600, 0)
    with keeping(home) as kept:
        Doing(kept).until_done()
        kept.until_signed()
    past_the_triggers(home, "UPDATE pruned SET hash = zeroblob(32) WHERE seq = 4")
    assert [each.seq for each in looked_at(home).findings] == [4]


def test_no_byte_of_the_list_can_be_another(home: Home, tmp_path: Path) -> None:
    """Nor can a line be gone, or be there twice: absent entries are accounted for one by one."""
    old_and_new(home, 290, 0)
    with keeping(home) as kept:
        Doing(kept, Retention({EventClass.ACCESS: 30, EventClass.DOORS: 30})).until_done()
        kept.until_signed()
    export(home, tmp_path / "out")
    with signed_record(home.record, home.tree) as signed:
        vkey = signed.vkey
    files = files_of(tmp_path / "out")
    listed = files["pruned.txt"]
    lines = listed.splitlines(keepends=True)
    others = [b"".join(lines[:at] + lines[at + 1 :]) for at in range(0, len(lines), 9)]
    others += [b"".join([*lines[:at], lines[at], *lines[at:]]) for at in range(0, len(lines), 9)]
    others += [listed[:at] + bytes([listed[at] ^ 1]) + listed[at + 1 :] for at in range(0, len(listed), 7)]
    assert verified(files, vkey).good
    for other in others:
        assert not verified(files | {"pruned.txt": other}, vkey).good, other
    # Where there is no list, it is the auditor's word that counts, as for records of before.
    bare = {name: content for name, content in files.items() if name != "pruned.txt"}
    assert [each.seq for each in verified(bare, vkey).findings] == [1]
    assert verified(bare, vkey, pruned=256).good


def test_a_log_that_is_begun_anew_has_what_was_pruned_in_it(home: Home) -> None:
    """The tree is built again of what is left and of the leaves; only what is missing counts as missing."""
    old_and_new(home, 600, 40)
    with keeping(home) as kept:
        Doing(kept).until_done()
        kept.until_signed()
        past_the_triggers(home, "DELETE FROM event WHERE seq = 103")
        kept.keeper.close()
        kept.until_found()
        kept.accept()
        kept.once(lambda: kept.keeper.found is None, "it was not accepted")
        head = kept.until_signed()
        assert head.checkpoint.origin.endswith("/2")
        with closing(TreeReader.open(home.tree)) as tree:
            assert tree.meta("missing") == "[[103, 103]]"
    assert looked_at(home).good


def test_what_was_accounted_for_by_hand_can_be_accepted(home: Home) -> None:
    """It counts as missing then, and is not found again and again."""
    old_and_new(home, 600, 40)
    with keeping(home) as kept:
        Doing(kept).until_done()
        kept.until_signed()
        past_the_triggers(home, "DELETE FROM event WHERE seq = 103")
        past_the_triggers(home, "INSERT INTO pruned VALUES (103, 641, zeroblob(32))")
        kept.keeper.close()
        kept.until_found()
        kept.accept()
        kept.once(lambda: kept.keeper.found is None, "it was not accepted")
        Doing(kept).until_done()
        assert kept.keeper.found is None
        kept.until_signed()
    assert looked_at(home).good


_ENDLESS = """
import sys
from pathlib import Path
from accessctl.home import Home
from policies.retention import EventClass
from tests.notary.pruned import prune
home, first = Home(Path(sys.argv[1])), int(sys.argv[2])
print("ready", flush=True)
while prune(home, EventClass.ACCESS, first, 1_000_000, most=7):
    first += 10
"""


def test_a_kill_at_any_instant_leaves_all_or_nothing(home: Home) -> None:
    """What is not there is accounted for, and what is accounted for is not there, every time."""
    old_and_new(home, 4000, 10)
    chance = random.Random(8)
    for _ in range(6):
        first = next(seq for seq in there(home) if seq % 5 in {1, 4})
        doing = subprocess.Popen(
            [sys.executable, "-c", _ENDLESS, str(home.path), str(first)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        with doing:
            assert doing.stdout is not None
            doing.stdout.readline()
            try:
                doing.wait(chance.uniform(0.0, 0.03))
            except subprocess.TimeoutExpired:
                doing.send_signal(signal.SIGKILL)
        missing = set(range(1, max(there(home)) + 1)) - set(there(home))
        assert {seq for (seq,) in rows_of(home, "SELECT seq FROM pruned")} == missing
        with closing(TreeReader.open(home.tree)) as tree, closing(Book.open(home.record, tree)) as book:
            assert book.gaps() == []
    assert rows_of(home, "SELECT count(*) FROM pruned") != [(0,)]
