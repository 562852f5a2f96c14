"""The tree over the record in backups, and what is said of a record that is put back."""

import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from accessctl.alone import alone
from accessctl.backup.checking import problems_of
from accessctl.backup.restoring import RestoreRefused, WhichRecord, restore
from accessctl.home import Home
from tests.backup.homes import backed_up, lived_in, record
from tests.notary.keepers import keeping, types


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return lived_in(tmp_path / "home")


def signed(home: Home) -> int:
    """Let a notary sign everything, and give how many entries that were."""
    with keeping(home) as kept:
        kept.look()
        return kept.until_signed().checkpoint.size


def test_a_backup_has_a_tree_that_its_record_covers(home: Home, tmp_path: Path) -> None:
    """Every head in it is of entries that are in it, and it is looked through with the rest."""
    size = signed(home)
    file = backed_up(home)
    with tarfile.open(file) as tar:
        for store in ("record.db", "tree.db"):
            tar.extract(store, tmp_path, filter="data")
    with closing(sqlite3.connect(tmp_path / "tree.db")) as tree:
        assert tree.execute("SELECT max(size) FROM head").fetchone() == (size,)
    with closing(sqlite3.connect(tmp_path / "record.db")) as kept:
        assert kept.execute("SELECT max(seq) FROM event").fetchone()[0] >= size
    assert list(problems_of(file, tmp_path / "checking")) == []


def test_where_the_record_goes_on_so_does_the_tree(home: Home) -> None:
    """Nothing disagrees: the record is the one that was signed."""
    signed(home)
    file = backed_up(home)
    record(home, 5)
    signed(home)
    done = restore(home, file)
    assert (done.record_kept, done.tree_kept) == (True, True)
    with keeping(home) as kept:
        kept.until_signed()
        kept.look(5)
        assert kept.keeper.found is None


def test_a_record_that_is_put_back_is_an_alarm_until_it_is_accepted(home: Home) -> None:
    """On purpose: the heads that stayed say that it went further."""
    signed(home)
    file = backed_up(home)
    record(home, 5)
    signed(home)
    done = restore(home, file, WhichRecord.BACKUP)
    assert (done.record_kept, done.tree_kept) == (False, True)
    with keeping(home) as kept:
        assert "another file" in kept.until_found()
        kept.look()
        assert types(home)[-1] == "log_rollback"
        kept.accept()
        assert kept.until_signed().checkpoint.origin.endswith("/2")


def test_on_a_new_device_the_backups_tree_says_the_same(home: Home, tmp_path: Path) -> None:
    """Its heads stay verifiable there."""
    size = signed(home)
    file = backed_up(home)
    fresh = Home(tmp_path / "fresh")
    fresh.path.mkdir(0o700)
    assert not restore(fresh, file).tree_kept
    with closing(sqlite3.connect(fresh.tree)) as tree:
        assert tree.execute("SELECT max(size) FROM head").fetchone() == (size,)
    with keeping(fresh) as kept:
        assert "another file" in kept.until_found()


def test_a_backup_without_a_tree_is_put_back_too(home: Home) -> None:
    """Those of before there was one."""
    home.tree.unlink()
    file = backed_up(home)
    with tarfile.open(file) as tar:
        assert "tree.db" not in tar.getnames()
    assert not restore(home, file).tree_kept


def test_nothing_is_put_back_under_a_notary(home: Home) -> None:
    """It would sign what lies there now."""
    file = backed_up(home)
    with alone(home.notary_lock), pytest.raises(RestoreRefused, match="notary process is running"):
        restore(home, file)
