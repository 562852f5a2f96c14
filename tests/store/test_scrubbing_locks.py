import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from accessctl.store.scrubbing import search

ELSEWHERE = (
    "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(*c.execute('SELECT * FROM t')); c.close()"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.db"


@pytest.fixture
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (a)")
        connection.execute("INSERT INTO t VALUES ('first')")
        yield connection


def read_elsewhere(path: Path) -> str:
    """Have another process open the database, read it and close it."""
    program = (sys.executable, "-c", ELSEWHERE, str(path))
    return subprocess.run(program, check=True, capture_output=True, text=True).stdout


def test_a_search_leaves_sqlites_locks_alone(writer: sqlite3.Connection, path: Path) -> None:
    """Another process that closes the database does not take the log away from this one."""
    assert search(path, [b"first"])[0]
    assert not search(path, [b"nowhere"])[0]
    read_elsewhere(path)
    writer.execute("INSERT INTO t VALUES ('second')")
    assert "second" in read_elsewhere(path)


def test_what_cannot_be_read_is_not_called_clean(tmp_path: Path) -> None:
    """It is an error, not an empty file."""
    with pytest.raises(OSError, match="cannot be read"):
        search(tmp_path, [b"anything"])
