"""Marks: what the door process puts beside each entry, so that nobody else can add one.

Whoever may write to the file can add a row, and until a head is signed over it nothing would tell it from
one of the door process's own. A mark is a keyed hash over all that a row says, its number, its run, and the
record that it is in; the key derives from the installation's root. It is no part of the entry and in no
export: once an entry is signed, the tree is what tells that it is the same.
"""

import json
import sqlite3
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from hmac import compare_digest
from typing import Final

Key = Callable[[], bytes | None]
"""Gives the key, 32 bytes; ``None`` while it cannot be had."""
Row = tuple[object, ...]
"""Number, instant (ms), since boot (ns), whether the clock was kept right (0 or 1), and an entry's texts."""
_BYTES: Final = 16
_KEY_BYTES: Final = 32
_ROW: Final = (
    "e.seq, e.at_ms, e.mono_ns, e.clock_synced, e.type, e.door, e.access_point, e.person, e.credential,"
    " e.reason, e.detail, e.seal"
)
_MARKED: Final = (
    f"SELECT e.mark, r.controller, r.boot, r.rules, r.version, {_ROW}"  # noqa: S608 - of what stands in this file
    " FROM event e LEFT JOIN run r ON r.id = e.run WHERE e.seq > ? AND e.seq <= ? ORDER BY e.seq"
)
_EPOCH: Final = "SELECT value FROM meta WHERE key = 'epoch'"
_json: Final = json.JSONEncoder(separators=(",", ":")).encode


def no_key() -> None:
    """Have no key: entries get no mark."""


class Marker:
    """Makes the marks of one run of one record."""

    def __init__(self, key: bytes, epoch: str, run: tuple[object, ...]) -> None:
        """``run``: controller, boot, rules and version."""
        if len(key) != _KEY_BYTES:
            raise ValueError(f"a key has {_KEY_BYTES} bytes")
        self._begun = blake2b(_json([epoch, *run]).encode(), key=key, digest_size=_BYTES)

    def mark(self, row: Row) -> bytes:
        """Give the mark of a row, 16 bytes. Raises ``TypeError`` for what no row can hold."""
        hashed = self._begun.copy()
        hashed.update(_json(row).encode())
        return hashed.digest()


class MarksIn:
    """Looks whether the door process wrote what stands in a record. Used from one thread."""

    def __init__(self, connection: sqlite3.Connection, key: bytes) -> None:
        """``connection`` reads the record. Raises ``sqlite3.Error``."""
        self._connection = connection
        epoch = str(connection.execute(_EPOCH).fetchone()[0])
        self._marker = lru_cache(maxsize=64)(lambda run: Marker(key, epoch, run))

    def first_foreign(self, after: int, until: int) -> int | None:
        """Give the first number after one, up to and with another, whose entry somebody else wrote."""
        for mark, *said in self._connection.execute(_MARKED, (after, until)):
            if not self._is_ours(mark, tuple(said[:4]), tuple(said[4:])):
                return int(said[4])
        return None

    def is_ours(self, seq: int) -> bool:
        """Whether the door process wrote this entry, which is there."""
        return self.first_foreign(seq - 1, seq) is None

    def _is_ours(self, mark: object, run: tuple[object, ...], row: Row) -> bool:
        try:
            return isinstance(mark, bytes) and compare_digest(mark, self._marker(run).mark(row))
        except TypeError:  # something that JSON cannot hold was written past the table's types
            return False
