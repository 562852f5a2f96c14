"""Somebody who may write to the record and to the tree, and has no key: nothing of theirs is ever signed."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.evidence.ed25519 import LogSigner
from accessctl.exporting.errors import ExportFailed
from accessctl.exporting.looking import verify_record
from accessctl.home import Home
from tests.exporting.making import silent
from tests.homes import new_home
from tests.notary.keepers import (
    KEYS,
    SEED,
    Copy,
    Kept,
    Memory,
    keeping,
    past_the_triggers,
    record,
    rows,
    types,
)

BESIDE = "what is kept about the tree was written by somebody else"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A record of which 520 entries and more are signed, with marks."""
    home = new_home(tmp_path / "home")
    record(home, 520, key=KEYS.marks)
    with keeping(home, keys=KEYS) as kept:
        kept.until_signed()
        kept.once(lambda: "log_begun" in types(home), "the beginning was not told")
        kept.until_signed()
    return home


def on_the_tree(home: Home, *sql: str) -> None:
    """Do what somebody with the sqlite3 shell would."""
    with closing(sqlite3.connect(home.tree)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for each in sql:
            connection.execute(each)
        connection.commit()


def meta(home: Home, key: str) -> str:
    """Read what is kept about the tree."""
    with closing(sqlite3.connect(home.tree)) as connection:
        return str(connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0])


def begun_again(home: Home, *more: tuple[str, str]) -> list[str]:
    """Give what would let the heads begin anew, as an acceptance does; the public key can be made up."""
    origin = f"{meta(home, 'origin')}/2"
    vkey = str(LogSigner(origin, SEED).vkey)
    facts = [("origin", origin), ("number", "2"), ("vkey", vkey), ("told", origin), *more]
    return ["DELETE FROM tile", *(f"INSERT OR REPLACE INTO meta VALUES ('{k}', '{v}')" for k, v in facts)]  # noqa: S608


def found_at(home: Home) -> tuple[str, int]:
    """Let a notary start there; give what it finds and tells, and how many heads it has signed meanwhile."""
    before = heads(home)
    with keeping(home, keys=KEYS) as kept:
        words = kept.until_found()
        kept.once(lambda: "log_integrity_failure" in types(home), "nothing was told")
    return words, heads(home) - before


def begun_by_hand(detail: str) -> str:
    """Give what adds an entry about a new beginning, with this detail."""
    columns = "at_ms, mono_ns, clock_synced, run, type, detail"
    return f"INSERT INTO event ({columns}) VALUES (1, 1, 1, 1, 'log_begun', {detail})"  # noqa: S608 - of a test


def heads(home: Home) -> int:
    """Give how many heads were ever signed."""
    with closing(sqlite3.connect(home.tree)) as connection:
        return int(connection.execute("SELECT count(*) FROM head").fetchone()[0])


def good(home: Home) -> bool:
    """Whether the record is good where it lies, for whoever has the root."""
    try:
        return verify_record(home.record, home.tree, None, (), silent(0), KEYS).good
    except ExportFailed:
        return False


def test_a_new_beginning_that_no_operator_has_accepted(home: Home) -> None:
    """An entry is edited or deleted, and what stands beside the tree says that this was accepted."""
    assert good(home)
    past_the_triggers(home, "DELETE FROM event WHERE seq = 7")
    on_the_tree(home, *begun_again(home, ("missing", "[[7, 7]]"), ("signed", "0")))
    assert found_at(home) == (BESIDE, 0)
    assert not good(home)


def test_a_record_that_looks_like_one_of_a_version_without_marks(home: Home) -> None:
    """No marks, no tree, and nothing that tells of one."""
    past_the_triggers(home, "UPDATE event SET mark = NULL, reason = 'forged' WHERE seq = 7")
    past_the_triggers(home, "UPDATE event SET mark = NULL, type = 'door_opened'")
    on_the_tree(home, "DELETE FROM meta", "DELETE FROM tile", "DELETE FROM head")
    assert found_at(home) == ("entry 1 was not written by the door process", 0)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE meta SET value = '999999' WHERE key = 'number'",
        "INSERT INTO meta VALUES ('accepted', '{}')",
        "INSERT INTO meta VALUES ('missing', 'junk')",
        "INSERT INTO meta VALUES ('finding', '{}')",
        "UPDATE meta SET value = 'somebody' WHERE key = 'told'",
        "UPDATE meta SET value = 'a b' WHERE key = 'origin'",
        "DELETE FROM meta WHERE key = 'guard'",
        "UPDATE meta SET value = 'x' WHERE key = 'guard'",
    ],
)
def test_whatever_is_changed_beside_the_tree_is_found(home: Home, sql: str) -> None:
    """Each value, what vouches for them, and what is no value at all; nothing falls over by it."""
    on_the_tree(home, sql)
    assert found_at(home) == (BESIDE, 0)


def test_what_is_changed_while_it_runs_is_not_vouched_for(home: Home) -> None:
    """The notary keeps its own next to it, and signs nothing over it."""
    with keeping(home, keys=KEYS) as kept:
        kept.until_signed()
        signed = heads(home)
        on_the_tree(home, "INSERT INTO meta VALUES ('missing', '[[7, 7]]')")
        past_the_triggers(home, "DELETE FROM event WHERE seq = 7")
        record(home, 300, key=KEYS.marks)
        assert kept.until_found() == BESIDE
        assert heads(home) == signed


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM head",
        "DELETE FROM head WHERE size = (SELECT max(size) FROM head)",
        "UPDATE head SET root = zeroblob(32)",
        "INSERT INTO head SELECT origin, size + 9, at_ms, root, note FROM head ORDER BY size DESC LIMIT 1",
    ],
)
def test_a_newest_head_that_is_another_is_found(home: Home, sql: str) -> None:
    """Taken away, changed, or made up beyond the one that was signed last."""
    on_the_tree(home, sql)
    assert not good(home)
    assert found_at(home) == ("the newest head in the tree is not the one that was signed last", 0)


def test_an_acceptance_that_the_door_process_did_not_write_does_not_count(home: Home) -> None:
    """It is said again under another name, so that an operator's own can be told from it."""
    past_the_triggers(home, "UPDATE event SET reason = 'forged' WHERE seq = 7")
    with keeping(home, keys=KEYS) as kept:
        assert kept.until_found() == "entry 7 is not the one that was signed"
        found = kept.keeper.found
        assert found is not None
        past_the_triggers(home, begun_by_hand(f'\'{{"finding":"{found.id}","operator":"maria"}}\''))
        signed = heads(home)
        kept.once(lambda: _id_of(kept) != found.id, "it counts")
        kept.look(20)
        assert heads(home) == signed
        assert kept.keeper.found is not None
        kept.accept()
        kept.once(lambda: kept.keeper.found is None, "an operator's own does not count")
        assert kept.until_signed().checkpoint.origin != found.origin


def _id_of(kept: Kept) -> str:
    return "" if kept.keeper.found is None else kept.keeper.found.id


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE event SET at_ms = 253402300800000 WHERE seq = 7",
        "UPDATE event SET at_ms = -9223372036854775807 WHERE seq = 7",
        "UPDATE event SET reason = CAST(x'ff' AS TEXT) WHERE seq = 7",
        "UPDATE event SET run = 77 WHERE seq = 7",
    ],
)
def test_a_row_of_which_no_leaf_can_be_made_is_named_and_can_be_accepted(home: Home, sql: str) -> None:
    """An instant of no calendar, text that is none, a run that there is not; it counts as missing then."""
    past_the_triggers(home, sql)
    with keeping(home, keys=KEYS) as kept:
        assert kept.until_found().startswith("entry 7 cannot be read")
        kept.once(lambda: "log_integrity_failure" in types(home), "nothing was told")
        kept.accept()
        kept.once(lambda: kept.keeper.found is None, "it was not accepted")
        assert kept.until_signed().checkpoint.size == len(rows(home))


def test_a_row_that_cannot_be_read_and_is_not_signed_yet_is_named(home: Home) -> None:
    """Marks are looked at first, and cannot be there."""
    past_the_triggers(
        home,
        "INSERT INTO event (at_ms, mono_ns, clock_synced, run, type, reason)"
        " VALUES (1, 1, 1, 1, 'rex', CAST(x'ff' AS TEXT))",
    )
    with keeping(home, keys=KEYS) as kept:
        assert (
            kept.until_found()
            == f"entry {len(rows_read(home))} cannot be read: nobody recorded anything like it"
        )


def rows_read(home: Home) -> list[int]:
    """Give all numbers."""
    with closing(sqlite3.connect(home.record)) as connection:
        return [seq for (seq,) in connection.execute("SELECT seq FROM event").fetchall()]


def test_a_beginning_that_cannot_be_read_hinders_no_acceptance(home: Home) -> None:
    """It is nobody's word for anything."""
    for detail in ("'x'", "'[1]'", "CAST(x'ff' AS TEXT)"):
        past_the_triggers(home, begun_by_hand(detail))
    with keeping(home, keys=KEYS) as kept:
        kept.until_found()
        kept.accept()
        kept.once(lambda: kept.keeper.found is None, "it was not accepted")
        kept.until_signed()


@pytest.mark.parametrize("blob", ["x'00'", "zeroblob(33)", "zeroblob(8192)"])
@pytest.mark.parametrize("level", [0, 1])
def test_a_tile_that_is_spoilt_is_a_finding(home: Home, blob: str, level: int) -> None:
    """Whatever its length, on whatever level."""
    on_the_tree(home, f"UPDATE tile SET hashes = {blob} WHERE level = {level}")  # noqa: S608 - from above
    found_at(home)


def test_rows_with_numbers_below_the_first_are_found(home: Home) -> None:
    """No list shows them and no head is signed of them, but they are in the file."""
    assert good(home)
    past_the_triggers(
        home, "INSERT INTO event (seq, at_ms, mono_ns, clock_synced, run, type) VALUES (0, 1, 1, 1, 1, 'rex')"
    )
    assert not good(home)
    assert found_at(home) == ("there are rows with a number below 1", 0)
    with keeping(home, keys=KEYS) as kept:
        kept.look()
        kept.accept()
        kept.once(lambda: kept.keeper.found is None, "it was not accepted")
        kept.until_signed()


def test_an_older_copy_of_both_is_found_by_what_an_anchor_keeps_or_has_lost(home: Home) -> None:
    """Its heads are ahead; and where they are gone as well the record says that they are."""
    memory = Memory()
    with keeping(home, memory, keys=KEYS) as kept:
        kept.until_signed()
        kept.once(lambda: bool(memory.notes), "nothing was put")
        kept.look()
    older = Copy(home, home.record.name, home.tree.name)
    record(home, 300, key=KEYS.marks)
    with keeping(home, memory, keys=KEYS) as kept:
        kept.until_signed()
        kept.once(lambda: len(memory.notes) > 1, "nothing was put")
    older.put_back()
    with keeping(home, memory, keys=KEYS) as kept:
        assert "memory keeps that head" in kept.until_found()
    older.put_back()
    memory.notes.clear()
    with keeping(home, memory, keys=KEYS) as kept:
        kept.once(lambda: "log_anchor_lost" in types(home), "nobody says that it is gone")
        kept.later(timedelta(minutes=1))
        record(home, 1, key=KEYS.marks)
        kept.keeper.sign_now()
        kept.once(lambda: "log_anchor_restored" in types(home), "nobody says that it takes heads again")
        assert memory.notes


def test_an_anchor_that_has_what_it_took_is_nothing_to_tell(home: Home) -> None:
    """Over restarts, with and without new entries."""
    memory = Memory()
    for _ in range(3):
        with keeping(home, memory, keys=KEYS) as kept:
            kept.until_signed()
            kept.once(lambda: bool(memory.notes), "nothing was put")
            kept.look(20)
    assert not {"log_anchor_lost", "log_anchor_restored"} & set(types(home))


def test_what_an_operator_accepts_of_a_spoilt_tree_is_the_record_alone(home: Home) -> None:
    """What somebody else has put beside the tree does not come to count by it."""
    on_the_tree(home, "INSERT INTO meta VALUES ('accepted', '{\"accessctl/kade-1/x\": 99}')")
    with keeping(home, keys=KEYS) as kept:
        assert kept.until_found() == BESIDE
        kept.accept()
        kept.once(lambda: kept.keeper.found is None, "it was not accepted")
        kept.until_signed()
    with closing(sqlite3.connect(home.tree)) as connection:
        assert connection.execute("SELECT 1 FROM meta WHERE key = 'accepted'").fetchone() is None
    assert good(home)
