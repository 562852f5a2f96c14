"""Sees to it that what was erased from a database is nowhere in its files.

Deleting a row frees its place; what stood there is overwritten (``secure_delete``), but the write-ahead log
still has the page as it was, and a page that was rebuilt earlier may keep a copy in its unused part. So the
log is emptied, both files are searched, and if anything is found the whole database is written anew.
"""

import errno
import sqlite3
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Final

_CHUNK: Final = 1 << 20
_TRIES: Final = 20
_BETWEEN_TRIES_S: Final = 0.25
_READ: Final = "somebody reads the database; its log could not be emptied yet"


class Hint(bytes):
    """A needle that may stand in a row by right, such as a name beside a pseudonym.

    Found, it has the database written anew. What is found after that stands in a row, so it is no remnant.
    """


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What came of it."""

    clean: bool
    """Whether the files were searched and nothing was found."""
    rewritten: bool = False
    """Whether the database had to be written anew."""
    searched_bytes: int = 0
    why: str = ""
    """What is left to do, in words, where it is not clean."""


def scrub(
    connection: sqlite3.Connection,
    path: Path,
    needles: Iterable[bytes],
    pause: Callable[[float], None] = time.sleep,
) -> Scrubbed:
    """Empty the write-ahead log and look whether any of the needles is left. Raises ``sqlite3.Error``.

    Outside of a transaction. Whoever reads the database at that moment holds the log up; after some tries it
    is given up.
    """
    wanted = tuple(needles)
    if not _emptied(connection, pause):
        return Scrubbed(clean=False, why=_READ)
    found, searched = search(path, wanted)
    if not found:
        return Scrubbed(clean=True, searched_bytes=searched)
    connection.execute("VACUUM")
    if not _emptied(connection, pause):
        return Scrubbed(clean=False, rewritten=True, why=_READ)
    found, searched = search(path, (needle for needle in wanted if not isinstance(needle, Hint)))
    why = "something is left in the database's files" if found else ""
    return Scrubbed(clean=not found, rewritten=True, searched_bytes=searched, why=why)


def rewrite(connection: sqlite3.Connection, pause: Callable[[float], None] = time.sleep) -> Scrubbed:
    """Write the whole database anew: what is in no row is nowhere afterwards. Raises ``sqlite3.Error``.

    For who does not know any more what to search for. Outside of a transaction.
    """
    connection.execute("VACUUM")
    clean = _emptied(connection, pause)
    return Scrubbed(clean, rewritten=True, why="" if clean else _READ)


def search(path: Path, needles: Iterable[bytes]) -> tuple[bool, int]:
    """Tell whether any needle is in the database or its log, and how many bytes were searched."""
    wanted = tuple(needles)
    overlap = max((len(needle) for needle in wanted), default=1) - 1
    searched = 0
    for file in (path, path.with_name(path.name + "-wal")):
        before = b""
        if not file.exists():
            continue
        with closing(_read(file)) as chunks:
            for chunk in chunks:
                searched += len(chunk)
                text = before + chunk
                if any(needle in text for needle in wanted):
                    return True, searched
                before = text[-overlap:] if overlap else b""
    return False, searched


def _read(file: Path) -> Generator[bytes, None, None]:
    """Give what is in a file, as a process of its own reads it. Raises ``OSError``.

    A process that closes a file loses every lock that it has on it (POSIX), those of SQLite as well. Without
    them the next process that closes the database believes to be the last one and removes the log: what is
    written here from then on would be lost.
    """
    with Popen(("/bin/cat", "--", file), stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL) as reading:
        while reading.stdout is not None and (chunk := reading.stdout.read(_CHUNK)):
            yield chunk
    if reading.returncode:
        raise OSError(errno.EIO, "it cannot be read", str(file))


def _emptied(connection: sqlite3.Connection, pause: Callable[[float], None]) -> bool:
    """Empty the log. Each try is short, since nobody can write while one waits for readers."""
    (patience_ms,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout=0")
    try:
        for attempt in range(_TRIES):
            if attempt:
                pause(_BETWEEN_TRIES_S)
            (busy, _log, _done) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return True
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout={patience_ms:d}")
