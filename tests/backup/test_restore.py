"""Putting a backup back: wholly, or not at all."""

import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from accessctl.alone import alone
from accessctl.backup.copying import AT_ONCE, copy_record
from accessctl.backup.restoring import RestoreRefused, WhichRecord, restore
from accessctl.backup.swap import PLAN, STAGING
from accessctl.home import Home
from accessctl.operators.rights import Role
from accessctl.store.approvals import ApprovalQueries, Call, State
from accessctl.store.operators import OperatorQueries
from accessctl.store.people_writer import PeopleWriter
from tests.backup.homes import NEW, OLD, add, backed_up, go_on, lived_in, long_record, one, record, state
from tests.homes import Recording

FAR = datetime(2096, 1, 1, tzinfo=UTC)
BEFORE = (["Ana Marsh", "Ben Okoro"], 5, NEW, '{"cards": "new"}')
AFTER_KEEPING = (["Ana Marsh"], 5, OLD, '{"cards": "new"}')
AFTER = (["Ana Marsh"], 3, OLD, '{"cards": "new"}')


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a backup, where things have changed since."""
    home = lived_in(tmp_path / "home")
    backed_up(home).rename(tmp_path / "backup.tar")
    go_on(home)
    assert state(home) == BEFORE
    return home


def of_another_record(folder: Path) -> Home:
    """Make a home as a new installation is: homes for tests are copies of one."""
    home = lived_in(folder)
    with closing(sqlite3.connect(home.record)) as connection, connection:
        connection.execute("UPDATE meta SET value = 'another' WHERE key = 'epoch'")
    return home


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.tar"


def test_people_and_rules_are_as_they_were_and_the_record_goes_on(home: Home, file: Path) -> None:
    """A record is never shortened where it is whole; that it was restored stands in it."""
    done = restore(home, file)
    assert state(home) == AFTER_KEEPING
    assert done.record_kept
    assert done.sealed_kept == ("card-keys.json",)
    assert one(home.record, "SELECT type FROM event ORDER BY seq DESC") == ("backup_restored",)
    assert not (done.aside / "card-keys.json").exists()
    assert (done.aside / "site.toml").read_text() == NEW
    assert not (home.path / STAGING).exists()
    assert not (home.path / PLAN).exists()


def test_a_record_that_is_gone_comes_from_the_backup_under_another_name(home: Home, file: Path) -> None:
    """Its numbers are given again, so nobody may take the new ones for the old."""
    before = one(home.record, "SELECT value FROM meta WHERE key = 'epoch'")
    home.record.unlink()
    done = restore(home, file)
    assert state(home) == AFTER
    assert not done.record_kept
    assert one(home.record, "SELECT value FROM meta WHERE key = 'epoch'") != before


def test_the_backups_record_can_be_asked_for(home: Home, file: Path) -> None:
    """Whoever wants the record as it was says so; the longer one is put aside."""
    done = restore(home, file, WhichRecord.BACKUP)
    assert state(home) == AFTER
    assert one(done.aside / "record.db", "SELECT count(*) FROM event") == (5,)


def test_another_record_is_not_mistaken_for_the_same(home: Home, file: Path, tmp_path: Path) -> None:
    """Into a fresh installation everything comes from the backup, the sealed keys too."""
    other = of_another_record(tmp_path / "other")
    other.card_keys.unlink()
    done = restore(other, file)
    assert state(other) == (["Ana Marsh"], 3, OLD, '{"cards": "old"}')
    assert (done.record_kept, done.sealed_kept) == (False, ())
    assert other.card_keys.stat().st_mode & 0o777 == 0o600
    with pytest.raises(RestoreRefused, match="another record"):
        restore(of_another_record(tmp_path / "third"), file, WhichRecord.KEEP)


@pytest.mark.parametrize("lock", ["door_lock", "api_lock"])
def test_nothing_is_restored_under_a_running_process(home: Home, file: Path, lock: str) -> None:
    """A process that runs would go on with files that are put aside."""
    with alone(getattr(home, lock)), pytest.raises(RestoreRefused, match="is running"):
        restore(home, file)
    assert state(home) == BEFORE


def test_a_damaged_backup_changes_nothing(home: Home, file: Path) -> None:
    """It is looked through before anything is moved."""
    whole = file.read_bytes()
    place = whole.index(b"CREATE TABLE person")
    file.write_bytes(whole[:place] + b"X" + whole[place + 1 :])
    with pytest.raises(RestoreRefused, match="SHA-256"):
        restore(home, file)
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RestoreRefused, match="cannot be used"):
        restore(home, file)
    file.write_text("nonsense")
    with pytest.raises(RestoreRefused, match="no backup"):
        restore(home, file)
    assert state(home) == BEFORE
    assert not (home.path / STAGING).exists()


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "root.key", "people.db"])  # noqa: S108 - as sent
def test_what_a_backup_does_not_say_of_itself_is_not_unpacked(home: Home, file: Path, name: str) -> None:
    """A member that leads elsewhere, or that is there twice, spoils the whole."""
    with tarfile.open(file, "a:") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = 4
        tar.addfile(entry, io.BytesIO(b"evil"))
    with pytest.raises(RestoreRefused, match="not what it says of itself"):
        restore(home, file)
    assert state(home) == BEFORE


def test_killed_at_any_instant_the_home_is_as_it_was_or_restored(
    home: Home, file: Path, tmp_path: Path
) -> None:
    """Whoever comes next brings a restore that was cut short to its end, and again does no harm."""
    pristine = tmp_path / "pristine"
    shutil.copytree(home.path, pristine)
    ended = subprocess.run(
        (sys.executable, "-m", "tests.backup.killer", str(pristine), str(home.path), str(file)),
        check=True,
        capture_output=True,
        cwd=Path(__file__).parents[2],
    )
    *killed, lived = (json.loads(line) for line in ended.stdout.splitlines())
    assert len(killed) > 20
    assert {each["status"] for each in killed} == {-signal.SIGKILL}
    assert (lived["status"], lived["state"]) == (0, list(AFTER_KEEPING))
    for step, each in enumerate(killed):
        allowed = [AFTER_KEEPING] if each["planned"] else [BEFORE, AFTER_KEEPING]
        assert tuple(each["state"]) in allowed, f"killed before step {step}: {each}"
    assert {tuple(map(str, each["state"])) for each in killed} == {
        tuple(map(str, BEFORE)),
        tuple(map(str, AFTER_KEEPING)),
    }


def test_logs_of_stores_that_are_put_aside_go_with_them(home: Home, file: Path) -> None:
    """A log beside another store would ruin that; beside its own it still holds the newest changes."""
    saved = home.path.with_name("saved")
    add(home, "Cleo Diaz")
    shutil.copytree(home.path, saved)
    # As a power cut leaves it: the log was never moved into the file.
    writer = PeopleWriter(home.people)
    writer.add_person("Dana Wu", ("picker",), "local:vera")
    for name in ("people.db", "people.db-wal"):
        shutil.copy(home.path / name, saved / name)
    writer.close()
    cut = Home(saved)
    assert (cut.path / "people.db-wal").stat().st_size
    done = restore(cut, file)
    assert state(cut)[0] == ["Ana Marsh"]
    names = "SELECT group_concat(name) FROM (SELECT name FROM person ORDER BY name)"
    assert one(done.aside / "people.db", names) == ("Ana Marsh,Ben Okoro,Cleo Diaz,Dana Wu",)


def test_entries_that_come_while_it_is_copied_are_in_it_or_not(tmp_path: Path) -> None:
    """The record's copy ends with one entry, and holds every one before it."""
    home = lived_in(tmp_path / "home")
    long_record(home, 2 * AT_ONCE)
    copied = copy_record(home.record, tmp_path / "copy.db", lambda _part: record(home, 1), lambda _took: None)
    held = one(tmp_path / "copy.db", "SELECT count(*), min(seq), max(seq) FROM event")
    assert held == (copied.last_seq, 1, copied.last_seq)
    assert copied.last_seq > 2 * AT_ONCE + 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_restores_belongs_to_the_service(home: Home, file: Path) -> None:
    """Neither files nor folders nor locks are left behind that the service may not write."""
    for path in (home.path, *home.path.iterdir()):
        os.chown(path, 65534, 65534)
    home.record.unlink()
    restore(home, file)
    assert [path for path in home.path.rglob("*") if path.stat().st_uid != 65534] == []


def office_of_then(home: Home) -> Path:
    """Put operators, tokens and what goes on into a home and its backup; gives the backup."""
    wanted = Call("DELETE", "/v1/people/p-1", "", b"{}", b"d")
    with closing(PeopleWriter(home.people)) as writer:
        for operator in ("vera", "otto"):
            writer.add_operator(operator, operator, (Role.ADMIN,), "vera")
        for number, operator in enumerate(("vera", "vera", "otto")):
            writer.make_token(operator, bytes([number]), f"t{number}", frozenset(), FAR)
        writer.begin_session("vera", b"s", 1, "local:vera", FAR)
        writer.claim_call("vera", "key-1", b"d")
        writer.ask_approval("deletion", "Delete", wanted, "vera", "local:vera", timedelta(days=9))
    return backed_up(home)


def test_what_went_on_then_goes_on_no_more(tmp_path: Path) -> None:
    """Neither sessions nor what waited, and no call counts as done that is not done any more."""
    home = lived_in(tmp_path / "home")
    restore(home, office_of_then(home))
    assert one(home.people, "SELECT count(*) FROM session") == (0,)
    assert one(home.people, "SELECT count(*) FROM done_call") == (0,)
    (waits,) = ApprovalQueries(home.people).approvals()
    assert waits.state_at(datetime.now(UTC)) is State.LAPSED
    assert waits.call.body is None


def test_a_token_that_was_revoked_since_stays_so(tmp_path: Path) -> None:
    """Also one that went with its operator; the others count as before."""
    home = lived_in(tmp_path / "home")
    file = office_of_then(home)
    tokens = OperatorQueries(home.people).tokens()
    leaked = next(each.id for each in tokens if each.label == "t0")
    recording = Recording(home)
    recording.add("token_revoked", detail={"token": leaked, "subject": "vera"})
    recording.add("operator_deleted", detail={"subject": "otto", "roles_before": "admin"})
    recording.close()
    restore(home, file)
    counting = [each.label for each in OperatorQueries(home.people).tokens() if each.revoked_at is None]
    assert counting == ["t1"]
