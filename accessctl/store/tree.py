"""The tree over the record, in a file of its own: tiles of hashes, and the heads that were signed.

Whatever belongs to a head is written with it, in one transaction: a process that is killed in the midst
leaves the tree of the head before.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from accessctl.evidence.builder import Tile
from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.merkle import HASH_BYTES, Hash
from accessctl.evidence.tiles import TileWrong, hashes_in
from accessctl.store.connect import check_schema, reader, writer
from accessctl.store.entry import instant, milliseconds
from accessctl.store.errors import TreeSpoilt, TreeUnavailable
from accessctl.store.guard import Guard
from accessctl.store.schemes import TREE_SCHEMA

_PUT_TILE: Final = (
    "INSERT INTO tile (level, number, hashes) VALUES (?, ?, ?)"
    " ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes"
)
_PUT_META: Final = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_HEAD: Final = "SELECT origin, size, at_ms, root, note FROM head"
SIGNED: Final = "signed"
"""Under this name the tree keeps which head is the newest: its size and its root in hex."""
_GUARDED: Final = "guard"
"""And under this one what shows that all of that was written by the notary."""


@dataclass(frozen=True, slots=True)
class Head:
    """A head of the tree that was signed."""

    checkpoint: Checkpoint
    at: datetime
    note: str
    """The signed note, as it is handed out."""


@dataclass(frozen=True, slots=True)
class Cosignature:
    """What a witness has signed of a head."""

    origin: str
    size: int
    vkey: str
    """The witness's public key with its name."""
    at_s: int
    """When, as the witness says: seconds since 1970."""
    line: str
    """As it stands below the note."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a time stamper has said of a head."""

    origin: str
    size: int
    stamper: str
    at_s: int
    """When, as the stamp says: seconds since 1970."""
    reply: bytes
    """The whole reply (RFC 3161, TimeStampResp)."""


class TreeReader:
    """Reads the tree. Used from one thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use this connection."""
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file to read only. Raises ``TreeUnavailable``."""
        return cls(_opened(path, writes=False))

    def newest(self, origin: str) -> Head | None:
        """Give the newest head of a log, if one was ever signed."""
        found = self._heads(f"{_HEAD} WHERE origin = ? ORDER BY size DESC LIMIT 1", origin)
        return next(iter(found), None)

    def head(self, origin: str, size: int) -> Head | None:
        """Give the head of just this size."""
        return next(iter(self._heads(f"{_HEAD} WHERE origin = ? AND size = ?", origin, size)), None)

    def knows(self, origin: str) -> bool:
        """Whether a head of this log was ever signed."""
        return bool(self._rows("SELECT 1 FROM head WHERE origin = ? LIMIT 1", origin))

    def covering(self, origin: str, size: int) -> Head | None:
        """Give the first head of at least this size."""
        sql = f"{_HEAD} WHERE origin = ? AND size >= ? ORDER BY size LIMIT 1"
        return next(iter(self._heads(sql, origin, size)), None)

    def heads(self, origin: str, after: int = 0) -> Iterator[Head]:
        """Give the heads of a log that are larger than ``after``, from the smallest."""
        yield from self._heads(f"{_HEAD} WHERE origin = ? AND size > ? ORDER BY size", origin, after)

    def cosignatures(self, origin: str, size: int) -> list[Cosignature]:
        """Give what witnesses have signed of a head, in the order of their keys."""
        sql = "SELECT * FROM cosignature WHERE origin = ? AND size = ? ORDER BY vkey"
        return [Cosignature(*row) for row in self._rows(sql, origin, size)]

    def witnesses(self, origin: str) -> list[str]:
        """Give the keys of all witnesses that have ever cosigned a head of this log."""
        sql = "SELECT DISTINCT vkey FROM cosignature WHERE origin = ? ORDER BY vkey"
        return [str(vkey) for (vkey,) in self._rows(sql, origin)]

    def cosigned(self, origin: str, vkey: str) -> int:
        """Give the size of the newest head that a witness has signed; 0 where there is none."""
        sql = "SELECT max(size) FROM cosignature WHERE vkey = ? AND origin = ?"
        return int(self._rows(sql, vkey, origin)[0][0] or 0)

    def stamp(self, origin: str, stamper: str | None = None) -> Stamp | None:
        """Give the newest stamp of a log's heads: of this stamper, or of any."""
        sql = (
            "SELECT * FROM stamp WHERE origin = ? AND stamper = coalesce(?, stamper)"
            " ORDER BY at_s DESC, size DESC LIMIT 1"
        )
        return next((Stamp(*row) for row in self._rows(sql, origin, stamper)), None)

    def tile(self, level: int, number: int) -> list[Hash] | None:
        """Give the hashes of a tile, as many as there are; ``None`` where none was kept."""
        sql = "SELECT hashes FROM tile WHERE level = ? AND number = ?"
        row = next(iter(self._rows(sql, level, number)), None)
        try:
            return None if row is None else hashes_in(row[0], len(row[0]) // HASH_BYTES)
        except TileWrong:
            return None  # nobody keeps half a hash

    def meta(self, key: str) -> str | None:
        """Give a value about the tree itself."""
        row = next(iter(self._rows("SELECT value FROM meta WHERE key = ?", key)), None)
        return None if row is None else str(row[0])

    def untouched(self, guard: Guard) -> bool:
        """Whether the notary itself wrote all that stands here about the tree. Raises ``TreeUnavailable``."""
        facts = self._facts()
        said = facts.pop(_GUARDED, None)
        return not facts if said is None else guard.holds(facts, said)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _facts(self) -> dict[str, str]:
        return {str(key): str(value) for key, value in self._rows("SELECT key, value FROM meta")}

    def _heads(self, sql: str, *values: object) -> list[Head]:
        rows = self._rows(sql, *values)
        try:
            return [
                Head(Checkpoint(origin, size, root), instant(at_ms), note)
                for origin, size, at_ms, root, note in rows
            ]
        except (ValueError, OverflowError, OSError) as error:
            raise TreeSpoilt(f"a head in it cannot be read: {error}") from error

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise TreeUnavailable(str(error)) from error


class TreeWriter(TreeReader):
    """Owns the only writing connection to ``tree.db``. Used from one thread."""

    def __init__(self, connection: sqlite3.Connection, guard: Guard | None = None) -> None:
        """Use this connection. ``guard``: vouches for what is kept about the tree."""
        super().__init__(connection)
        self._guard = guard

    @classmethod
    def open(cls, path: Path, guard: Guard | None = None) -> Self:
        """Open the file. Raises ``TreeUnavailable``."""
        return cls(_opened(path, writes=True), guard)

    @property
    def ours(self) -> bool:
        """Whether nobody else has changed what is kept about the tree, as far as that can be told here."""
        return self._guard is None or self.untouched(self._guard)

    def write(self, tiles: Iterable[Tile], head: Head) -> None:
        """Write a head with its tiles. Raises ``TreeUnavailable``; then nothing is written."""
        checkpoint = head.checkpoint
        row = (checkpoint.origin, checkpoint.size, milliseconds(head.at), checkpoint.root, head.note)
        with self._change():
            self._connection.executemany(_PUT_TILE, tiles)
            self._connection.execute("INSERT INTO head VALUES (?, ?, ?, ?, ?)", row)
            self._connection.execute(_PUT_META, (SIGNED, signed_as(checkpoint)))

    def put_receipt(self, receipt: Cosignature | Stamp) -> None:
        """Keep what was said of a head; of what was said twice, the first. Raises ``TreeUnavailable``."""
        table = "cosignature" if isinstance(receipt, Cosignature) else "stamp"
        self._rows(f"INSERT OR IGNORE INTO {table} VALUES (?, ?, ?, ?, ?)", *astuple(receipt))  # noqa: S608 - ours

    def put_meta(self, key: str, value: str) -> None:
        """Remember something about the tree. Raises ``TreeUnavailable``."""
        with self._change():
            self._connection.execute(_PUT_META, (key, value))

    def tidy(self) -> None:
        """Move the log into the file. Raises ``TreeUnavailable``."""
        self._rows("PRAGMA wal_checkpoint(PASSIVE)")

    def begin_anew(self, meta: Mapping[str, str], forgotten: Iterable[str] = ()) -> None:
        """Forget the tiles, so that the tree is built anew, and remember what holds from now on.

        Heads stay. Whoever wrote what stood there before: it is the notary's own from now on. Raises
        ``TreeUnavailable``; then nothing has changed.
        """
        with self._change(vouched=True):
            self._connection.execute("DELETE FROM tile")
            for key in (SIGNED, *forgotten):
                self._connection.execute("DELETE FROM meta WHERE key = ?", (key,))
            self._connection.executemany(_PUT_META, meta.items())

    @contextmanager
    def _change(self, *, vouched: bool = False) -> Iterator[None]:
        """Change something at once, or nothing: what somebody else has written is not vouched for by that."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            vouched = vouched or self.ours
            yield
            if vouched and self._guard is not None:
                facts = self._facts()
                facts.pop(_GUARDED, None)
                self._connection.execute(_PUT_META, (_GUARDED, self._guard.over(facts)))
            self._connection.execute("COMMIT")
        except (sqlite3.Error, TreeUnavailable) as error:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise TreeUnavailable(str(error)) from error


def signed_as(checkpoint: Checkpoint) -> str:
    """Say which head is the newest, as the tree keeps it."""
    return f"{checkpoint.size} {checkpoint.root.hex()}"


def _opened(path: Path, *, writes: bool) -> sqlite3.Connection:
    try:
        connection = writer(path) if writes else reader(path)
        try:
            check_schema(connection, TREE_SCHEMA)
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as error:
        raise TreeUnavailable(f"{path.name}: {error}") from error
    return connection
