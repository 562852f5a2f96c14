"""The notary at a real record on disk: what it signs, goes on from, and refuses to sign."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accessctl.evidence.checkpoint import opened
from accessctl.evidence.ed25519 import LogSigner, LogVerifier
from accessctl.evidence.merkle import (
    consistency_proof,
    goes_on,
    includes,
    inclusion_proof,
    leaf_hash,
)
from accessctl.home import Home
from accessctl.notary.book import Book, Wrong
from accessctl.notary.notary import ENTRIES, EVERY, Disagrees, Notary
from accessctl.store.tree import TreeWriter
from tests.homes import OwnClock, new_home
from tests.notary.keepers import past_the_triggers, record

SEED = bytes(range(32))


@dataclass
class Kept:
    """A record, its notary, and a clock of our own."""

    home: Home
    book: Book
    tree: TreeWriter
    notary: Notary
    clock: OwnClock

    def sign(self) -> None:
        while self.notary.catch_up():
            self.notary.sign()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@contextmanager
def notary_at(home: Home, clock: OwnClock | None = None) -> Iterator[Kept]:
    clock = clock or OwnClock()
    with closing(TreeWriter.open(home.tree)) as tree, closing(Book.open(home.record, tree)) as book:
        notary = Notary(book, tree, lambda origin: LogSigner(origin, SEED), clock)
        kept = Kept(home, book, tree, notary, clock)
        notary.begin()
        yield kept


def test_a_head_is_signed_under_the_name_of_this_very_file(home: Home) -> None:
    """Controller and epoch are in the origin, and the signature is that of the public key."""
    record(home, 5)
    with notary_at(home) as kept:
        kept.sign()
        head = kept.notary.newest
        assert head is not None
        checkpoint, _ = opened(head.note.encode(), kept.notary.origin, [LogVerifier.of(kept.notary.vkey)])
        assert checkpoint.size == 5
        assert kept.notary.origin == f"accessctl/kade-1/{kept.book.epoch}"


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_however_it_grows_the_tree_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    """Signed at once or in steps, with a new process for each, and every head goes on from every other."""
    home = new_home(tmp_path_factory.mktemp("grown") / "home")
    heads = []
    for step in steps:
        record(home, step)
        with notary_at(home) as kept:
            kept.sign()
            if kept.notary.newest is not None:
                heads.append(kept.notary.newest.checkpoint)
    with notary_at(home) as kept:
        for old in heads:
            for new in heads:
                if 0 < old.size <= new.size:
                    proof = consistency_proof(old.size, new.size, kept.book.hash_at(new.size))
                    assert goes_on(old.size, old.root, new.size, new.root, proof)


def test_every_entry_has_a_proof(home: Home) -> None:
    """Of a tree that was built in two goes, from its tiles and the record's newest rows."""
    record(home, 700)
    with notary_at(home) as kept:
        kept.sign()
    record(home, 70)
    with notary_at(home) as kept:
        kept.sign()
        assert kept.notary.newest is not None
        head = kept.notary.newest.checkpoint
        at = kept.book.hash_at(head.size)
        for seq, entry in kept.book.entries(0, head.size):
            proof = inclusion_proof(seq - 1, head.size, at)
            assert includes(seq - 1, head.size, leaf_hash(entry), proof, head.root)


def test_when_a_head_is_due(home: Home) -> None:
    """After 256 entries, a minute after the last one, on an alarm; never without anything new."""
    record(home, 1)
    with notary_at(home) as kept:
        kept.notary.catch_up()
        assert kept.notary.is_due()
        kept.notary.sign()
        assert not kept.notary.is_due(alarm=True)
        record(home, ENTRIES - 1)
        kept.notary.catch_up()
        assert not kept.notary.is_due()
        assert kept.notary.is_due(alarm=True)
        kept.clock.pass_(EVERY)
        assert kept.notary.is_due()
        kept.clock.pass_(-EVERY)
        record(home, 1)
        kept.notary.catch_up()
        assert kept.notary.is_due()
        kept.notary.sign()
        record(home, 1)
        kept.notary.catch_up()
        kept.clock.pass_(-EVERY)
        assert kept.notary.is_due(), "a clock that was set back keeps nothing from being signed"


@pytest.mark.parametrize("seq", [1, 255, 256, 257, 400, 511])
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE event SET door = 'cage' WHERE seq = {seq}",
        "UPDATE event SET at_ms = at_ms + 1 WHERE seq = {seq}",
        "UPDATE event SET run = (SELECT max(id) FROM run) + 1 WHERE seq = {seq}",
        "DELETE FROM event WHERE seq = {seq}",
    ],
)
def test_who_edits_or_deletes_an_entry_is_found_by_its_number(home: Home, seq: int, sql: str) -> None:
    """Wherever it stands; nothing is signed for such a record."""
    record(home, 512)
    with notary_at(home) as kept:
        kept.sign()
    if "run =" in sql:
        past_the_triggers(home, "INSERT INTO run VALUES (99, 'kade-1', 'boot-2', 'other', '0.1.0')")
        sql = sql.replace("(SELECT max(id) FROM run) + 1", "99")
    past_the_triggers(home, sql.format(seq=seq))
    with closing(TreeWriter.open(home.tree)) as tree, closing(Book.open(home.record, tree)) as book:
        (finding,) = book.look_through(512)
        assert finding.seq == seq


def test_an_edge_that_was_edited_is_not_gone_on_from(home: Home) -> None:
    """Entries that are in no whole tile yet are covered by the newest head."""
    record(home, 300)
    with notary_at(home) as kept:
        kept.sign()
    past_the_triggers(home, "UPDATE event SET door = 'cage' WHERE seq = 299")
    with pytest.raises(Disagrees), notary_at(home):
        pass


@pytest.mark.parametrize("left", [0, 1, 256, 299])
def test_a_record_that_was_cut_is_not_gone_on_from(home: Home, left: int) -> None:
    """It is shorter than what was signed, and the first missing number is named."""
    record(home, 300)
    with notary_at(home) as kept:
        kept.sign()
    past_the_triggers(home, f"DELETE FROM event WHERE seq > {left}")  # noqa: S608 - a number of ours
    with pytest.raises(Disagrees) as caught, notary_at(home):
        pass
    assert caught.value.finding.wrong is Wrong.SHORTER
    assert caught.value.finding.seq == left + 1


def test_a_record_of_another_file_is_not_gone_on_from(home: Home, tmp_path: Path) -> None:
    """Its numbers are not those of the one that was signed."""
    record(home, 3)
    with notary_at(home) as kept:
        kept.sign()
    other = new_home(tmp_path / "other")
    with closing(sqlite3.connect(other.record)) as connection:
        connection.execute("UPDATE meta SET value = 'ffffffffffffffff' WHERE key = 'epoch'")
        connection.commit()
    record(other, 9)
    other.record.replace(home.record)
    with pytest.raises(Disagrees) as caught, notary_at(home):
        pass
    assert caught.value.finding.wrong is Wrong.REPLACED


def test_a_head_from_elsewhere_is_held_against_the_record(home: Home) -> None:
    """A head that was kept off the device finds a record, and a tree, that were both rolled back."""
    record(home, 100)
    with notary_at(home) as kept:
        kept.sign()
        before = {path: path.read_bytes() for path in home.path.glob("*.db*")}
    record(home, 50)
    with notary_at(home) as kept:
        kept.sign()
        assert kept.notary.newest is not None
        anchored = kept.notary.newest.checkpoint
    for path in home.path.glob("*.db*"):
        path.unlink()
    for path, content in before.items():
        path.write_bytes(content)
    with notary_at(home) as kept, pytest.raises(Disagrees) as caught:
        kept.notary.hold_against(anchored)
    assert caught.value.finding.wrong is Wrong.SHORTER


def test_a_killed_notary_goes_on_with_a_consistent_head(home: Home) -> None:
    """Whatever it had taken in and not signed is taken in again, once."""
    chance = random.Random(7)
    for _ in range(20):
        record(home, chance.randrange(60))
        with notary_at(home) as kept:
            kept.notary.catch_up()
            if chance.random() < 0.5:
                kept.notary.sign()
    with notary_at(home) as kept:
        kept.sign()
        assert kept.notary.newest is not None
        assert kept.notary.newest.checkpoint.root == kept.book.root(kept.book.last_seq())
        assert not list(kept.book.look_through(kept.book.last_seq()))
