"""The record and the tree over it, side by side: growing the tree, and looking whether the two agree."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self

from accessctl.evidence.builder import Builder, Tile, hash_at
from accessctl.evidence.canonical import canonical
from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.merkle import Frontier, Hash, HashAt, leaf_hash, root_of
from accessctl.evidence.tiles import HEIGHT, WIDTH
from accessctl.store.alarm_kinds import ALARM, ALARM_END, SILENT
from accessctl.store.connect import check_schema, reader
from accessctl.store.entry import milliseconds
from accessctl.store.errors import EntrySpoilt, RecordUnavailable, TreeSpoilt
from accessctl.store.leaves import Leaves
from accessctl.store.marks import MarksIn
from accessctl.store.pruned import PrunedLeaves
from accessctl.store.pruning import Pruning
from accessctl.store.schemes import RECORD_SCHEMA
from accessctl.store.tree import TreeReader
from policies.event_types import EventType

CHUNK: Final = 4096
"""So many rows are read at once. The door process can move its log in between."""
MISSING: Final = "missing"
"""Where the tree keeps which entries an operator has accepted as missing."""
BELOW: Final = "below"
"""And how many rows, with numbers below the first, that nobody recorded."""
EDGE: Final = -1
"""Under this level the tree keeps the leaves beyond its last whole tile, as of the newest head."""
_SLOW_MS: Final = 5_000
_LOUD: Final = " AND ".join(f"type <> '{each}'" for each in SILENT)
_ALARM: Final = f"SELECT 1 FROM event WHERE seq > ? AND seq <= ? AND {ALARM} AND {_LOUD} LIMIT 1"  # noqa: S608 - words of ours
_BEGUN: Final = (
    f"SELECT seq, CAST(detail AS BLOB) FROM event WHERE type = '{EventType.LOG_BEGUN}' AND {ALARM_END}"  # noqa: S608 - as above
    " ORDER BY seq DESC"
)
_NEWER: Final = (
    "SELECT min(seq) FROM event WHERE seq BETWEEN ? AND ? AND clock_synced AND at_ms >= ? AND at_ms <= ?"
)


_UNREADABLE: Final = (sqlite3.Error, TypeError, ValueError, OverflowError, OSError, RecursionError)
"""What reading a row can raise: a run that is gone, an instant of no calendar, text that is none."""


class Wrong(StrEnum):
    """What can be wrong between a record, its tree, and heads that were kept elsewhere."""

    SHORTER = "shorter"
    """The record has fewer entries than a head says."""
    OTHER = "other"
    """Entries are other ones than those that were signed."""
    GAP = "gap"
    """An entry's number is missing."""
    REPLACED = "replaced"
    """The record is another file than the one whose tree this is."""
    LOST = "lost"
    """The tree that there was over this record is gone."""
    FOREIGN = "foreign"
    """An entry was not written by the door process."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, with the first number that it is about where that is known."""

    wrong: Wrong
    words: str
    seq: int | None = None
    size: int | None = None
    """How many entries the head says that it disagrees with."""
    head_of: str = ""
    """The log of that head, where an anchor keeps it."""


class Book:
    """Reads record and tree. Used from one thread. Every method raises ``StoreError``."""

    def __init__(self, connection: sqlite3.Connection, tree: TreeReader, key: bytes | None = None) -> None:
        """Read the record over this connection; ``key``: that of whoever prunes it, where it is known."""
        self._connection, self.tree = connection, tree
        self._leaves, self._pruned = Leaves(connection), PrunedLeaves(connection, key)

    @classmethod
    def open(cls, record: Path, tree: TreeReader, key: bytes | None = None) -> Self:
        """Open the record to read only. Raises ``RecordUnavailable``."""
        try:
            connection = reader(record, busy_ms=_SLOW_MS)
            try:
                check_schema(connection, RECORD_SCHEMA)
                return cls(connection, tree, key)
            except BaseException:
                connection.close()
                raise
        except (sqlite3.Error, OSError) as error:
            raise RecordUnavailable(f"{record.name}: {error}") from error

    def marks(self, key: bytes) -> MarksIn:
        """Give the marks beside the entries, by the door process's key for them."""
        try:
            return MarksIn(self._connection, key)
        except sqlite3.Error as error:
            raise RecordUnavailable(str(error)) from error

    def close(self) -> None:
        """Close the record."""
        self._connection.close()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Read the record as it is now until the block ends, whatever is changed meanwhile; for a moment."""
        try:
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise RecordUnavailable(str(error)) from error

    @property
    def epoch(self) -> str:
        """Names the record's file."""
        return self._leaves.epoch

    @property
    def controller(self) -> str:
        """Names the controller, as the newest run has it; empty in an empty record."""
        row = self._one("SELECT controller FROM run ORDER BY id DESC LIMIT 1")
        return "" if row is None else str(row[0])

    def below(self) -> int:
        """Give how many rows have a number below the first, which none is recorded with."""
        return int(self._all("SELECT count(*) FROM event WHERE seq < 1")[0][0])

    def last_seq(self) -> int:
        """Give the number of the newest entry, 0 in an empty record."""
        row = self._one("SELECT max(seq) FROM event")
        return int(row[0]) if row is not None and row[0] is not None else 0

    def entries(self, after: int, until: int) -> Iterator[tuple[int, bytes]]:
        """Give number and bytes of the entries after a number, up to and with another, in portions.

        An entry that is missing is left out, or has a leaf that says so where an operator has accepted that.
        """
        while after < until:
            found = self._portion(after, min(CHUNK, until - after))
            for seq, entry in found:
                yield from self._accepted_gaps(after, min(seq - 1, until))
                after = seq
                if seq > until:
                    return
                yield seq, entry
            if not found:
                yield from self._accepted_gaps(after, until)
                return

    def hashes(self, after: int, until: int) -> Iterator[tuple[int, Hash]]:
        """Give number and leaf of the entries after a number, up to and with another, in portions.

        Of those that were pruned the leaf is there, where they are accounted for.
        """
        while after < until:
            end = min(after + CHUNK, until)
            # Entries first: what is pruned in between is then here twice, and not missing.
            found = {seq: leaf_hash(entry) for seq, entry in self.entries(after, end)}
            if len(found) < end - after:
                found = dict(sorted((dict(self._pruned_leaves(after, end)) | found).items()))
            yield from found.items()
            after = end

    def pruned_runs(self, until: int) -> Iterator[tuple[int, int, int]]:
        """Give stretches of pruned entries up to a number, each by its first, its last and its batch."""
        try:
            yield from self._pruned.runs(until)
        except sqlite3.Error as error:
            raise RecordUnavailable(str(error)) from error

    def listed_as_pruned(self, after: int, until: int) -> set[int]:
        """Give which numbers after one, up to and with another, are listed as pruned, rightly or not."""
        return {
            seq for (seq,) in self._all("SELECT seq FROM pruned WHERE seq > ? AND seq <= ?", after, until)
        }

    def pruned_in(self, seq: int) -> int | None:
        """Give the number of the entry that tells that this one was pruned, if it was."""
        try:
            return self._pruned.batch_of(seq)
        except sqlite3.Error as error:
            raise RecordUnavailable(str(error)) from error

    def gaps(self) -> list[tuple[int, int]]:
        """Give the numbers that are missing in the record, each stretch by its first and its last.

        Those that were pruned are not missing, where they are accounted for. What cannot be read is.
        """
        found, last = list[tuple[int, int]](), self.last_seq()
        for begin in range(0, last, CHUNK):
            end = min(begin + CHUNK, last)
            there = {seq for seq, leaf in self._one_by_one(begin, CHUNK) if seq <= end and leaf is not None}
            if len(there) < end - begin:
                there.update(seq for seq, _ in self._pruned_leaves(begin, end))
            for seq in range(begin + 1, end + 1):
                if seq in there:
                    continue
                if found and found[-1][1] == seq - 1:
                    found[-1] = (found[-1][0], seq)
                else:
                    found.append((seq, seq))
        return found

    def old_ones(self, wanted: Pruning) -> list[int]:
        """Give the numbers of the entries that may go."""
        try:
            return wanted.old_ones(self._connection)
        except sqlite3.Error as error:
            raise RecordUnavailable(str(error)) from error

    def first_newer(self, wanted: Pruning, now: datetime) -> int | None:
        """Give the first number there at which an entry is newer than what may go, by a clock kept right.

        One from after ``now`` says nothing: whatever kept that clock right was wrong.
        """
        values = (wanted.first, wanted.last, milliseconds(wanted.before), milliseconds(now))
        (row,) = self._all(_NEWER, *values)
        return None if row[0] is None else int(row[0])

    def check_readable(self, after: int, until: int) -> None:
        """Raise ``EntrySpoilt`` for the first of these entries of which no leaf can be made."""
        for _ in self.entries(after, until):
            pass

    def has_alarm(self, after: int, until: int) -> bool:
        """Whether an alarm is among these entries; not a silent one, of which a head at once would tell."""
        return bool(self._all(_ALARM, after, until))

    def begun(self) -> list[dict[str, Any]]:
        """Give what the record says of each time that its heads began anew, the newest first."""
        return [{**_said(detail), "seq": seq} for seq, detail in self._all(_BEGUN)]

    def acceptances(self, marks: MarksIn | None) -> list[dict[str, Any]]:
        """Give those at which an operator has accepted a finding: with ``marks``, the door process's own."""
        found = [each for each in self.begun() if each.get("finding") and each.get("operator")]
        try:
            return [each for each in found if marks is None or marks.is_ours(each["seq"])]
        except sqlite3.Error as error:
            raise RecordUnavailable(str(error)) from error

    def builder(self, size: int) -> Builder:
        """Go on from a tree of this size, by tiles and the record's newest rows. Raises ``LookupError``."""
        edges: dict[int, Sequence[Hash]] = {0: self._newest_leaves(size)}
        level, count = 1, size >> HEIGHT
        while count:
            kept = self.tree.tile(level, count // WIDTH) if count % WIDTH else []
            if kept is None or len(kept) < count % WIDTH:
                raise LookupError(f"the tree lacks a tile at level {level}")
            edges[level] = kept[: count % WIDTH]
            level, count = level + 1, count >> HEIGHT
        return Builder(size, edges)

    def hash_at(self, size: int) -> HashAt:
        """Give the hashes of subtrees of the tree of this size."""
        leaves: list[Hash] = []

        def tile(level: int, number: int) -> Sequence[Hash]:
            if level or number < size // WIDTH:
                kept = self.tree.tile(level, number)
                if kept is None:
                    raise LookupError(f"the tree lacks tile {number} at level {level}")
                return kept
            if not leaves:
                leaves.extend(self._newest_leaves(size))
            return leaves

        return hash_at(tile)

    def root(self, size: int) -> Hash:
        """Give the root of the first ``size`` entries. Raises ``LookupError`` where tiles are missing."""
        return root_of(size, self.hash_at(size))

    # ----------------------------------------------------------------------------------- looking

    def differs_from(self, checkpoint: Checkpoint) -> Finding | None:
        """Say whether the tree as it is kept disagrees with a head that was signed, here or anywhere."""
        if (last := self.last_seq()) < checkpoint.size:
            words = f"the record ends with entry {last}, and a head of {checkpoint.size} was signed"
            return Finding(Wrong.SHORTER, words, last + 1, checkpoint.size)
        try:
            same = self.root(checkpoint.size) == checkpoint.root
        except LookupError:
            same = False
        if same:
            return None
        return above(checkpoint) if self._grows_to(checkpoint) else others(checkpoint)

    def look(self, after: int, until: int, signed: int) -> tuple[Finding | None, list[Hash]]:
        """Hold entries against the tree and name the first one that is another; also gives their leaves.

        ``signed`` is the size of the newest head: so far leaves are known.
        """
        expected, tile, kept, leaves = after + 1, -1, None, list[Hash]()
        for seq, leaf in self.hashes(after, until):
            if seq != expected:
                break
            number, at = divmod(seq - 1, WIDTH)
            if number != tile:
                tile, kept = number, self._leaves_of(number, signed)
                if kept is None and number < signed // WIDTH:
                    words = f"the tree lacks the hashes of entries {number * WIDTH + 1} and following"
                    return Finding(Wrong.OTHER, words, size=signed), leaves
            leaves.append(leaf)
            if kept is not None and at < len(kept) and kept[at] != leaves[-1]:
                return Finding(
                    Wrong.OTHER, f"entry {seq} is not the one that was signed", seq, signed
                ), leaves
            expected += 1
        if expected <= until:
            return self._end_at(expected, signed), leaves
        return None, leaves

    def look_through(self, until: int, signed: int = 0) -> Iterator[Finding]:
        """Hold every entry up to a number against the tree, and name the first one that is another.

        Without ``signed`` those beyond the newest whole tile are held against nothing here.
        """
        for after in range(0, until, CHUNK):
            finding, _ = self.look(after, min(after + CHUNK, until), signed)
            if finding is not None:
                yield finding
                return

    # ------------------------------------------------------------------------------------ inside

    def _grows_to(self, checkpoint: Checkpoint) -> bool:
        """Whether the lowest hashes that are kept give a head's root, whatever stands above them."""
        tree = Frontier()
        for number in range(checkpoint.size // WIDTH):
            for leaf in self.tree.tile(0, number) or ():
                for _ in tree.add(leaf):
                    pass
        try:
            for leaf in self._newest_leaves(checkpoint.size):
                for _ in tree.add(leaf):
                    pass
        except LookupError:
            return False
        return (tree.size, tree.root()) == (checkpoint.size, checkpoint.root)

    def _newest_leaves(self, size: int) -> list[Hash]:
        """Give the leaves that are in no whole tile. Raises ``LookupError`` where the record lacks some."""
        first = size - size % WIDTH
        found = [leaf for _seq, leaf in self.hashes(first, size)]
        if len(found) != size % WIDTH:
            raise LookupError(f"the record lacks entries between {first + 1} and {size}")
        return found

    def _leaves_of(self, number: int, signed: int) -> Sequence[Hash] | None:
        """Give the leaves of a tile as they were signed, where they are known."""
        whole = self.tree.tile(0, number)
        if whole is not None or number != signed // WIDTH:
            return whole
        kept = self.tree.tile(EDGE, 0)
        return kept if kept is not None and len(kept) == signed % WIDTH else None

    def _end_at(self, seq: int, signed: int) -> Finding:
        if self.last_seq() < seq:
            return Finding(Wrong.SHORTER, f"the record ends with entry {seq - 1}", seq, signed)
        return Finding(Wrong.GAP, f"entry {seq} is missing", seq, signed)

    @cached_property
    def _missing(self) -> tuple[tuple[int, int], ...]:
        return missing_in(self.tree.meta(MISSING))

    def _accepted_gaps(self, after: int, until: int) -> Iterator[tuple[int, bytes]]:
        for first, last in self._missing:
            for seq in range(max(first, after + 1), min(last, until) + 1):
                yield seq, missing_entry(self.epoch, seq)

    def _pruned_leaves(self, after: int, until: int) -> list[tuple[int, Hash]]:
        try:
            return list(self._pruned.after(after, until))
        except sqlite3.Error as error:
            raise RecordUnavailable(str(error)) from error

    def _portion(self, after: int, most: int) -> list[tuple[int, bytes]]:
        try:
            return list(islice(self._leaves.after(after, most), most))
        except _UNREADABLE as error:
            if _is_of_the_file(error):
                raise RecordUnavailable(str(error)) from error
        found = []
        for seq, leaf in self._one_by_one(after, most):
            if leaf is not None:
                found.append((seq, leaf))
            elif not self._is_accepted(seq):
                raise EntrySpoilt(seq, "nobody recorded anything like it")
        return found

    def _one_by_one(self, after: int, most: int) -> Iterator[tuple[int, bytes | None]]:
        """Give numbers of up to so many rows with their bytes; ``None`` for one of which none can be made."""
        for (seq,) in self._all("SELECT seq FROM event WHERE seq > ? ORDER BY seq LIMIT ?", after, most):
            try:
                yield seq, self._leaves.at(seq)
            except _UNREADABLE as error:
                if _is_of_the_file(error):
                    raise RecordUnavailable(str(error)) from error
                yield seq, None

    def _is_accepted(self, seq: int) -> bool:
        return any(first <= seq <= last for first, last in self._missing)

    def _one(self, sql: str) -> tuple[Any, ...] | None:
        return next(iter(self._all(sql)), None)

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise RecordUnavailable(str(error)) from error


def others(checkpoint: Checkpoint) -> Finding:
    """Give the finding that entries are others, where the first of them is not known yet."""
    words = f"the first {checkpoint.size} entries are not those that were signed"
    return Finding(Wrong.OTHER, words, size=checkpoint.size)


def above(checkpoint: Checkpoint) -> Finding:
    """Give the finding that the entries' own hashes are right, and those over them are not."""
    words = f"the tree over the first {checkpoint.size} entries is not the one that was signed"
    return Finding(Wrong.OTHER, f"{words}: its upper tiles are others", size=checkpoint.size)


def missing_entry(epoch: str, seq: int) -> bytes:
    """Give what stands in the tree for an entry that is missing, once an operator has accepted that."""
    return canonical({"epoch": epoch, "seq": seq, "type": "log_entry_missing"})


def missing_in(written: str | None) -> tuple[tuple[int, int], ...]:
    """Read the stretches that were accepted as missing, as the tree keeps them. Raises ``TreeSpoilt``."""
    try:
        return tuple((int(first), int(last)) for first, last in json.loads(written or "[]"))
    except (ValueError, TypeError) as error:
        raise TreeSpoilt("what was accepted as missing cannot be read") from error


def _said(detail: bytes | None) -> dict[str, Any]:
    """Read the detail of a row that anybody may have written."""
    try:
        said = json.loads(detail or b"{}")
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _is_of_the_file(error: Exception) -> bool:
    """Whether SQLite could not read; what Python cannot read has no code of SQLite's."""
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", None) is not None


def edge_tiles(builder: Builder) -> list[Tile]:
    """Give the unfinished tiles as they are kept: that of the lowest level in a place of its own."""
    return [tile if tile.level else Tile(EDGE, 0, tile.hashes) for tile in builder.edge()]


def checkpoint_of(origin: str, builder: Builder) -> Checkpoint:
    """Give the head of a tree as it is."""
    return Checkpoint(origin, builder.size, builder.root())
