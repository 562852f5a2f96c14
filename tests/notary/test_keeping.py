"""The keeper at a real record: when it signs, what it finds, and how it goes on when that is accepted."""

import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.evidence.checkpoint import opened
from accessctl.evidence.ed25519 import LogVerifier
from accessctl.evidence.merkle import Frontier, leaf_hash
from accessctl.home import Home
from accessctl.notary.book import Book
from accessctl.notary.notary import ENTRIES, EVERY
from accessctl.store.alarms import AlarmQueries, AlarmState
from accessctl.store.tree import Head, TreeReader
from tests.homes import new_home
from tests.notary.keepers import (
    Copy,
    Memory,
    keeping,
    past_the_triggers,
    reason_of,
    record,
    rows,
    signer,
    types,
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def root_of_rows(home: Home, size: int) -> bytes:
    """Give the root of the first entries from nothing but the record."""
    tree = Frontier()
    with closing(TreeReader.open(home.tree)) as reader, closing(Book.open(home.record, reader)) as book:
        for _, entry in book.entries(0, size):
            for _ in tree.add(leaf_hash(entry)):
                pass
    return tree.root()


def every_head(home: Home) -> list[Head]:
    with closing(TreeReader.open(home.tree)) as tree:
        origin = tree.meta("origin")
        assert origin is not None
        return list(tree.heads(origin))


def test_it_signs_at_its_start_and_after_a_minute(home: Home) -> None:
    """What was there is signed at once; one entry more waits for its minute."""
    record(home, 3)
    with keeping(home) as kept:
        assert kept.until_signed().checkpoint.size >= 3
        kept.look()
        kept.until_signed()
        record(home, 1)
        before = kept.newest()
        kept.look()
        assert kept.newest() == before
        kept.later(EVERY)
        kept.look()
        head = kept.newest()
        assert head is not None
        assert head.checkpoint.size == len(rows(home))


@pytest.mark.parametrize(("type_", "at_once"), [("door_forced_open", True), ("duress", False)])
def test_an_alarm_is_signed_at_once_and_a_silent_one_is_not(home: Home, type_: str, at_once: bool) -> None:
    """A head that follows a duress code at once would tell of it in every log that gets heads."""
    record(home, 3)
    with keeping(home) as kept:
        kept.look()
        kept.until_signed()
        record(home, 1, type_)
        kept.look()
        head = kept.newest()
        assert head is not None
        assert (head.checkpoint.size == len(rows(home))) is at_once


def test_many_entries_and_being_asked_are_signed_at_once(home: Home) -> None:
    """256 of them, or one that somebody wants to hand out."""
    record(home, 3)
    with keeping(home) as kept:
        kept.look()
        kept.until_signed()
        record(home, ENTRIES)
        kept.look()
        assert kept.newest() == every_head(home)[-1]
        assert every_head(home)[-1].checkpoint.size == len(rows(home))
        record(home, 1)
        assert kept.until_signed().checkpoint.size == len(rows(home))


def test_the_record_says_when_its_heads_began(home: Home) -> None:
    """Once, as soon as the door process is there, and not again by the next notary."""
    record(home, 3)
    with keeping(home, door=False) as kept:
        kept.until_signed()
        assert "log_begun" not in types(home)
    for _ in range(2):
        with keeping(home) as kept:
            kept.look()
            kept.until_signed()
    assert types(home).count("log_begun") == 1


@pytest.mark.parametrize("entries", [40, 700])
@pytest.mark.parametrize("where", ["first", "middle", "last"])
@pytest.mark.parametrize("sql", ["UPDATE event SET door = 'cage'", "DELETE FROM event"])
@pytest.mark.parametrize("running", [True, False])
def test_who_edits_is_found_with_the_first_number(
    home: Home, entries: int, where: str, sql: str, running: bool
) -> None:
    """By the notary that runs, or the next one; it is an alarm, once, and nothing more is signed."""
    record(home, entries)
    seq = {"first": 1, "middle": entries // 2, "last": entries}[where]
    with keeping(home) as kept:
        kept.look()
        signed = kept.until_signed()
        if running:
            past_the_triggers(home, f"{sql} WHERE seq = {seq}")
            kept.keeper._scrub = None  # the pass of a new day begins with a new start
            kept.keeper.close()
            assert str(seq) in kept.until_found()
    if not running:
        past_the_triggers(home, f"{sql} WHERE seq = {seq}")
    for _ in range(2):
        with keeping(home) as kept:
            assert str(seq) in kept.until_found()
            assert kept.keeper.found is not None
            assert kept.keeper.found.seq == seq
            record(home, 300)
            kept.look()
            assert kept.newest() == signed
    assert types(home).count("log_integrity_failure") == 1
    assert str(seq) in reason_of(home, "log_integrity_failure")


def test_tiles_that_were_changed_along_with_entries_do_not_hide_it(home: Home) -> None:
    """Who can write one file can write the other, and cannot sign."""
    record(home, 700)
    with keeping(home) as kept:
        kept.until_signed()
    past_the_triggers(home, "UPDATE event SET door = 'cage' WHERE seq = 10")
    with closing(TreeReader.open(home.tree)) as tree, closing(Book.open(home.record, tree)) as book:
        tile = b"".join(leaf_hash(entry) for _, entry in book.entries(0, 256))
    with closing(sqlite3.connect(home.tree)) as connection:
        connection.execute("UPDATE tile SET hashes = ? WHERE level = 0 AND number = 0", (tile,))
        connection.commit()
    with keeping(home) as kept:
        assert "not those that were signed" in kept.until_found()


def test_yesterdays_record_is_an_alarm_and_goes_on_only_when_accepted(home: Home) -> None:
    """Then under another name, with an entry that says so, and the older heads stay and are good."""
    record(home, 20)
    with keeping(home) as kept:
        kept.look()
        kept.until_signed()
    yesterday = Copy(home, "record.db")
    record(home, 300)
    with keeping(home) as kept:
        kept.until_signed()
    heads = every_head(home)
    yesterday.put_back()
    with keeping(home) as kept:
        assert "321" in kept.until_found()
        kept.look()
        assert types(home)[-1] == "log_rollback"
    alarms = AlarmQueries(home.record, home.people)
    (open_,), _ = alarms.page(AlarmState.OPEN, None, 10, silent=False)
    assert open_.entry.type == "log_rollback"
    with keeping(home) as kept:
        kept.look()
        kept.accept()
        head = kept.until_signed()
    assert head.checkpoint.origin == f"{heads[-1].checkpoint.origin}/2"
    assert types(home)[-2:] == ["log_rollback", "log_begun"]
    assert head.checkpoint.root == root_of_rows(home, len(rows(home)))
    with closing(TreeReader.open(home.tree)) as tree:
        kept_heads = list(tree.heads(heads[0].checkpoint.origin))
    assert kept_heads == heads
    for each in (*heads, head):
        verifier = LogVerifier(signer(each.checkpoint.origin).vkey)
        opened(each.note.encode(), each.checkpoint.origin, [verifier])
    ended = alarms.alarm(open_.entry.seq, silent=False)
    assert ended is not None
    assert ended.end is not None


def test_an_acceptance_of_something_else_does_not_count(home: Home) -> None:
    """An entry of the record lets nothing be signed but what it names."""
    record(home, 20)
    with keeping(home) as kept:
        kept.until_signed()
        past_the_triggers(home, "DELETE FROM event WHERE seq = 5")
        kept.keeper.close()
        kept.until_found()
        record(home, 1, "log_begun")
        kept.look()
        assert kept.keeper.found is not None


def test_an_entry_that_is_missing_counts_as_missing_once_accepted(home: Home) -> None:
    """The numbers of the others stay where they are, and another gap is found as before."""
    record(home, 300)
    with keeping(home) as kept:
        kept.look()
        kept.until_signed()
    past_the_triggers(home, "DELETE FROM event WHERE seq BETWEEN 5 AND 7")
    with keeping(home) as kept:
        assert "entry 5 is missing" in kept.until_found()
        kept.accept()
        head = kept.until_signed()
        assert head.checkpoint.size == rows(home)[-1][0]
    with keeping(home) as kept:
        kept.look(20)
        assert kept.keeper.found is None
    past_the_triggers(home, "DELETE FROM event WHERE seq = 8")
    with keeping(home) as kept:
        assert "entry 8 is missing" in kept.until_found()


def test_a_tree_that_is_gone_is_no_new_beginning(home: Home) -> None:
    """Who removes it to have another record signed is told by the record itself."""
    record(home, 20)
    with keeping(home) as kept:
        kept.look()
        kept.until_signed()
    empty = new_home(home.path / "other")
    for log in home.path.glob("tree.db-*"):
        log.unlink()
    empty.tree.replace(home.tree)
    with keeping(home) as kept:
        assert "is gone" in kept.until_found()
        kept.look()
        assert types(home)[-1] == "log_integrity_failure"
        kept.accept()
        assert kept.until_signed().checkpoint.origin.endswith("/2")


def test_a_record_that_is_replaced_under_it_is_noticed(home: Home, tmp_path: Path) -> None:
    """Without a restart: the file is another one than was opened."""
    record(home, 20)
    with keeping(home) as kept:
        kept.look()
        kept.until_signed()
        other = new_home(tmp_path / "other")
        record(other, 40)
        other.record.replace(home.record)
        for log in home.path.glob("record.db-*"):
            log.unlink()
        with closing(sqlite3.connect(home.record)) as connection:
            connection.execute("UPDATE meta SET value = 'ffffffffffffffff' WHERE key = 'epoch'")
            connection.commit()
        assert "another file" in kept.until_found()


def test_a_rollback_of_both_files_is_found_by_an_anchor_alone(home: Home) -> None:
    """Record and tree agree with each other, and not with what was taken off the device."""
    anchor = Memory()
    record(home, 100)
    with keeping(home, anchor) as kept:
        kept.until_signed()
        kept.once(lambda: bool(anchor.notes), "no head reached the anchor")
    before = Copy(home, "record.db", "tree.db")
    record(home, 50)
    with keeping(home, anchor) as kept:
        size = kept.until_signed().checkpoint.size
        kept.once(lambda: f"\n{size}\n".encode() in anchor.notes[-1], "the head did not reach the anchor")
    heads = list(anchor.notes)
    before.put_back()
    with keeping(home) as kept:
        kept.look(10)
        assert kept.keeper.found is None, "without the anchor nothing disagrees"
    before.put_back()
    with keeping(home, anchor) as kept:
        assert "memory keeps that head" in kept.until_found()
        kept.look()
        assert types(home)[-1] == "log_rollback"
        assert anchor.notes == heads, "nothing was put where something disagrees"
        kept.accept()
        kept.until_signed()
        kept.once(lambda: len(anchor.notes) > len(heads), "the new log's heads do not get there")
    with keeping(home, anchor) as kept:
        kept.until_signed()
        assert kept.keeper.found is None


def test_a_tree_that_is_older_than_its_anchor_is_made_good_from_the_record(home: Home) -> None:
    """A backup's tree beside the record that is newer: nothing disagrees."""
    anchor = Memory()
    record(home, 100)
    with keeping(home, anchor) as kept:
        kept.look()
        kept.until_signed()
    before = Copy(home, "tree.db")
    record(home, 500)
    with keeping(home, anchor) as kept:
        size = kept.until_signed().checkpoint.size
        kept.once(lambda: f"\n{size}\n".encode() in b"".join(anchor.notes), "the head did not get there")
    before.put_back()
    with keeping(home, anchor) as kept:
        kept.once(lambda: kept.posts.hands[0].state.size is not None if kept.posts.hands else False, "silent")
        kept.until_signed()
        assert kept.keeper.found is None
        assert every_head(home)[-1].checkpoint.size >= size


def test_another_record_under_the_same_controller_disagrees_with_the_anchor(
    home: Home, tmp_path: Path
) -> None:
    """Whoever begins anew on the device has to say so."""
    anchor = Memory()
    record(home, 100)
    with keeping(home, anchor) as kept:
        kept.until_signed()
        kept.once(lambda: bool(anchor.notes), "no head reached the anchor")
    fresh = new_home(tmp_path / "fresh")
    with closing(sqlite3.connect(fresh.record)) as connection:
        connection.execute("UPDATE meta SET value = 'ffffffffffffffff' WHERE key = 'epoch'")
        connection.commit()
    record(fresh, 200)
    with keeping(fresh, anchor) as kept:
        assert "are not here" in kept.until_found()
        kept.accept()
        kept.until_signed()
        kept.once(lambda: b"/2\n" in anchor.notes[-1], "the new log's heads do not get there")
        assert kept.keeper.found is None


def test_what_others_have_written_into_an_anchor_says_nothing(home: Home) -> None:
    """A head that our key has not signed could be anybody's: it is logged and left."""
    anchor = Memory(notes=[b"accessctl/kade-1/x\n5\n" + b"A" * 43 + b"=\n\n\xe2\x80\x94 x AAAAAAAA\n"])
    record(home, 10)
    with keeping(home, anchor) as kept:
        kept.until_signed()
        assert kept.keeper.found is None


def test_an_anchor_that_hangs_stops_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first head waits for it for a while, and later ones not at all; when it goes on it gets them."""
    monkeypatch.setattr("accessctl.notary.keeping.ANCHORS_S", 0.05)
    anchor, other = Memory("hangs"), Memory("works")
    anchor.goes_on.clear()
    record(home, 10)
    with keeping(home, anchor, other) as kept:
        kept.until_signed()
        kept.once(lambda: bool(other.notes), "the other one got nothing")
        assert anchor.notes == []
        anchor.goes_on.set()
        kept.once(lambda: bool(anchor.notes), "it never got what it had missed")


def test_an_anchor_that_is_lost_for_an_hour_is_an_alarm_that_ends(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for each time, also across a restart of the notary."""
    monkeypatch.setattr("accessctl.notary.hands.RETRY_S", 0.01)
    anchor = Memory(error=OSError(5, "Input/output error"))
    record(home, 10)
    with keeping(home, anchor) as kept:
        kept.until_signed()
        kept.look()
        assert "log_anchor_lost" not in types(home)
        kept.later(timedelta(hours=1))
        kept.once(lambda: "log_anchor_lost" in types(home), "it is not said")
        assert "Input/output error" in reason_of(home, "log_anchor_lost")
    with keeping(home, anchor) as kept:
        kept.later(timedelta(hours=2))
        kept.until_signed()
        kept.look()
        anchor.error = None
        kept.once(lambda: "log_anchor_restored" in types(home), "it is not said that it is back")
        assert anchor.notes
    assert types(home).count("log_anchor_lost") == 1


def test_being_ended_at_any_step_leave_a_consistent_tree(home: Home) -> None:
    """A hundred times: entries come, the notary works, and its files are closed without a word."""
    chance = random.Random(8)
    seen = 0
    for _ in range(100):
        record(home, chance.randrange(1, 40))
        with keeping(home) as kept:
            for _ in range(chance.randrange(4)):
                if chance.random() < 0.3:
                    kept.keeper.sign_now()
                kept.keeper.look()
            assert kept.keeper.found is None
        head = kept.newest()
        if head is not None:
            assert head.checkpoint.size >= seen
            seen = head.checkpoint.size
    with keeping(home) as kept:
        kept.look()
        kept.until_signed()
        kept.look(20)
        assert kept.keeper.found is None
    for head in every_head(home)[:: max(1, len(every_head(home)) // 20)]:
        assert head.checkpoint.root == root_of_rows(home, head.checkpoint.size)
    assert [seq for seq, _, _ in rows(home)] == list(range(1, len(rows(home)) + 1))
