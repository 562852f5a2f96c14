"""Exports that prove themselves: a folder after C2SP tlog-tiles, with whatever an auditor needs beside it.

It is always whole, from the first entry to the newest signed head: a tree has no beginning but the first.
What was pruned is there by its hash, and ``pruned.txt`` says which entry of the record tells of it; the
entries that are left of such a bundle stand in ``kept.jsonl``.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Final

from accessctl.evidence.builder import Builder, folded
from accessctl.evidence.consistency import Consistency
from accessctl.evidence.entry import HEADING
from accessctl.evidence.merkle import Frontier, Hash, consistency_proof, goes_on, joined, leaf_hash, subtrees
from accessctl.evidence.note import NoteWrong
from accessctl.evidence.tiles import WIDTH, bundle, path_of
from accessctl.evidence.verify.keys import Trust
from accessctl.evidence.verify.source import (
    CHECKPOINT,
    CONSISTENCY,
    EVENTS,
    KEPT,
    POLICY,
    PREVIOUS,
    PRUNED,
    README,
    STAMP,
    STAMPED,
    VKEY,
    width_of,
)
from accessctl.exporting.errors import ExportFailed
from accessctl.exporting.lines import Form, Lines
from accessctl.exporting.part import new_folder, sync
from accessctl.exporting.policy import lacking, policy_of
from accessctl.exporting.readme import readme
from accessctl.exporting.rows import Begin, Exported
from accessctl.exporting.signed import Signed, signed_record
from accessctl.exporting.wanted import Wanted
from accessctl.notary.book import EDGE
from accessctl.store.errors import StoreError

TILES: Final = 16
"""So many tiles' entries are read at once."""

_TOGETHER: Final = 64
"""So many files are brought to the disk together."""


def export_tlog(record: Path, tree: Path, target: Path, previous: Path | None, begin: Begin) -> Exported:
    """Write the record up to its newest head. Raises ``ExportFailed`` and ``OSError``.

    ``previous``: an older export, or its checkpoint, that this one is to be proven to go on from.
    """
    with (
        signed_record(record, tree) as signed,
        closing(Lines.open(record)) as lines,
        new_folder(target) as part,
    ):
        try:
            entries = _Export(part, signed, lines).write(previous, begin(signed.size))
            unsigned = max(0, lines.last_seq - signed.size)
            unwitnessed = tuple(lacking(signed))
        except StoreError as error:
            raise ExportFailed(str(error)) from error
    return Exported("tlog", entries, signed.size, Wanted(), unsigned, unwitnessed, signed.head.checkpoint)


class _Export:
    """One export in the making."""

    def __init__(self, folder: Path, signed: Signed, lines: Lines) -> None:
        self._folder, self._signed, self._lines = folder, signed, lines
        self._entries = 0
        self._written: list[Path] = []

    def write(self, previous: Path | None, step: Callable[[int], None]) -> int:
        """Write everything, and give how many entries there are."""
        note = self._signed.head.note.encode()
        if previous is not None:
            self._write_since(previous, note)
        if self._write_tiles(step) != self._signed.head.checkpoint.root:
            raise ExportFailed("the entries are not those that were signed: `accessctl verify` says more")
        self._write_table()
        self._put(VKEY, f"{self._signed.vkey}\n".encode())
        self._put(POLICY, policy_of(self._signed).encode())
        self._write_stamp()
        self._put(README, readme(self._signed.origin, self._signed.size, self._signed.vkey).encode())
        self._put(CHECKPOINT, note)
        self._bring_to_disk()
        return self._entries

    # ------------------------------------------------------------------------------------------ tree

    def _write_tiles(self, step: Callable[[int], None]) -> Hash:
        """Write tiles and bundles, held against those in the tree; gives the root over them."""
        tops, upper, rest = Frontier(), Builder(), list[Hash]()
        for number, found, pruned in self._stretches():
            hashes = self._write_tile(number, found, pruned)
            if len(hashes) == WIDTH:
                top = folded(hashes)
                list(tops.add(top))
                for tile in upper.add(top):
                    self._put(path_of(tile.level + 1, tile.number), tile.hashes)
            else:
                rest = hashes
            step(len(hashes))
        for tile in upper.edge():
            self._put(path_of(tile.level + 1, tile.number, len(tile.hashes) // 32), tile.hashes)
        self._write_pruned()
        pieces = (rest[number << level : (number + 1) << level] for level, number in subtrees(0, len(rest)))
        return joined([*tops.hashes, *map(folded, pieces)])

    def _stretches(self) -> Iterator[tuple[int, dict[int, bytes], set[int]]]:
        """Give the entries of each tile by their numbers, and which numbers there were pruned."""
        size = self._signed.size
        for stretch in self._lines.stretches(Form.JSON, 0, size, size=TILES * WIDTH):
            first = (stretch.until - 1) // (TILES * WIDTH) * (TILES * WIDTH) + 1
            if stretch.entries == stretch.until - first + 1:
                found, pruned = dict(enumerate(stretch.lines.split(b"\n")[:-1], first)), set[int]()
            else:  # entries first: what is pruned in between is then here twice, and not missing
                found = dict(self._signed.book.entries(first - 1, stretch.until))
                pruned = self._signed.book.listed_as_pruned(first - 1, stretch.until)
            for begin in range(first, stretch.until + 1, WIDTH):
                end = min(begin + WIDTH, size + 1)
                yield begin // WIDTH, {seq: found[seq] for seq in range(begin, end) if seq in found}, pruned

    def _write_tile(self, number: int, found: dict[int, bytes], pruned: set[int]) -> list[Hash]:
        """Write a tile and its entries, and give its hashes. Who is absent and not pruned was taken away."""
        width, first = width_of(0, number, self._signed.size), number * WIDTH + 1
        kept = self._leaves(number, width)
        hashes = list(kept or ())
        for seq in range(first, first + width):
            entry = found.get(seq)
            if entry is None:
                if seq not in pruned:
                    raise ExportFailed(f"entry {seq} is missing", seq)
                continue
            hash_ = leaf_hash(entry)
            if kept is None:
                hashes.append(hash_)
            elif kept[seq - first] != hash_:
                raise ExportFailed(f"entry {seq} is not the one that was signed", seq)
        if len(hashes) != width:
            lacks = next(seq for seq in range(first, first + width) if seq not in found)
            raise ExportFailed(f"entry {lacks} is missing, and its hash too", lacks)
        if len(found) == width:
            self._put(path_of(None, number, width), bundle(found.values()))
        else:
            self._keep(found.values())
        self._put(path_of(0, number, width), b"".join(hashes))
        return hashes

    def _keep(self, entries: Iterable[bytes]) -> None:
        """Add what is left of a bundle that is not whole."""
        with self._open(KEPT, os.O_APPEND) as file:
            file.writelines(entry + b"\n" for entry in entries)

    def _write_pruned(self) -> None:
        """Write which entries were pruned, and which entries tell of that."""
        size, newest = self._signed.size, self._lines.last_seq
        for first, last, batch in self._signed.book.pruned_runs(size):
            if size < batch <= newest:
                raise ExportFailed("entries were pruned just now, and that is not signed yet: try it again")
            with self._open(PRUNED, os.O_APPEND) as file:
                file.write(b"%d %d %d\n" % (first, last, batch))

    def _leaves(self, number: int, width: int) -> list[Hash] | None:
        """Give the hashes of entries as they were signed, where the tree has them."""
        kept = self._signed.tree.tile(0, number) if width == WIDTH else self._signed.tree.tile(EDGE, 0)
        return kept if kept is not None and len(kept) == width else None

    # ----------------------------------------------------------------------------------- what is beside

    def _write_since(self, previous: Path, note: bytes) -> None:
        """Write the older head, and the proof that the tree goes on from it."""
        path = previous / CHECKPOINT if previous.is_dir() else previous
        head, before = self._signed.head.checkpoint, path.read_bytes()
        try:
            old = Trust.of_keys(self._signed.vkey.encode(), "the tree").head(before)
        except NoteWrong as wrong:
            raise ExportFailed(f"{path}: {wrong}") from None
        hashes: tuple[Hash, ...] = ()
        if 0 < old.size < head.size:
            try:
                hashes = tuple(consistency_proof(old.size, head.size, self._signed.book.hash_at(head.size)))
            except LookupError as error:
                raise ExportFailed(str(error)) from error
        if not goes_on(old.size, old.root, head.size, head.root, hashes):
            raise ExportFailed(f"the record does not go on from {path}: entries were removed or changed")
        self._put(PREVIOUS, before)
        self._put(CONSISTENCY, bytes(Consistency(old.size, hashes, note)))

    def _write_stamp(self) -> None:
        """Write the newest time stamp and the head that it is of, which is an older one than the export's."""
        stamp = self._signed.tree.stamp(self._signed.origin)
        head = None if stamp is None else self._signed.tree.head(stamp.origin, stamp.size)
        if stamp is not None and head is not None and head.checkpoint.size <= self._signed.size:
            self._put(STAMPED, head.note.encode())
            self._put(STAMP, stamp.reply)

    def _write_table(self) -> None:
        with self._open(EVENTS) as file:
            file.write(HEADING.encode())
            for stretch in self._lines.stretches(Form.CSV, 0, self._signed.size):
                file.write(stretch.lines)
                self._entries += stretch.entries

    def _put(self, name: str, written: bytes) -> None:
        """Write a file, and bring some of them to the disk together.

        Each by itself would take several times as long. The whole machine at once is no better: a badge's own
        entry would wait behind all of it, and nobody is told of a disk that has failed.
        """
        with self._open(name) as file:
            file.write(written)
        self._written.append(self._folder / name)
        if len(self._written) >= _TOGETHER:
            self._sync_written()

    def _sync_written(self) -> None:
        while self._written:
            sync(self._written.pop())

    def _bring_to_disk(self) -> None:
        """Bring to the disk what was added to bit by bit, and the names in all folders."""
        self._sync_written()
        for path in (self._folder / name for name in (KEPT, PRUNED, EVENTS)):
            if path.exists():
                sync(path)
        for folder, _folders, _files in os.walk(self._folder, topdown=False):
            sync(Path(folder))

    def _open(self, name: str, how: int = os.O_EXCL) -> IO[bytes]:
        path = self._folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "wb")
