"""Goes once through the entries of an export and grows its tree from them, remembering nothing but its edge.

The first thing that is wrong ends it. Whatever is looked at is looked at in the order of the entries, so that
what is found is about the first entry that is another.
"""

from collections.abc import Iterator
from typing import BinaryIO

from accessctl.evidence.builder import Builder, Tile, folded
from accessctl.evidence.entry import HEADING, MISSING, EntryWrong, Facts, epoch_in, facts_of
from accessctl.evidence.merkle import Frontier, Hash, joined, leaf_hash, subtrees
from accessctl.evidence.pruned import PRUNED_TYPE
from accessctl.evidence.tiles import LONGEST_ENTRY, WIDTH, TileWrong, entries_in, path_of
from accessctl.evidence.verify.pruned import PrunedNumbers
from accessctl.evidence.verify.report import Bad, Finding, Report, Step
from accessctl.evidence.verify.source import EVENTS, KEPT, Source, tile_in, width_of


class Walk:
    """One look through the entries of an export."""

    def __init__(self, source: Source, report: Report, pruned: int) -> None:
        """``pruned``: up to this number entries may be absent that no entry accounts for.

        The hashes of all that are absent have to be there all the same.
        """
        self._source, self._report, self._pruned = source, report, pruned
        self._size = report.size or 0
        self._epoch = epoch_in(report.origin or "")
        self._kept = _Lines(source)
        self._table = _Table(source)
        self._listed = PrunedNumbers(source, self._size)
        self._absent = self._unlisted = self._accepted = 0

    def close(self) -> None:
        """Close what was opened."""
        self._kept.close()
        self._table.close()
        self._listed.close()

    def root(self, step: Step) -> Hash:
        """Look at every entry and every tile, and give the root over them. Raises ``Bad``."""
        tops, upper, rest = Frontier(), Builder(), list[Hash]()
        for number in range(-(-self._size // WIDTH)):
            hashes = self._stretch(number)
            if len(hashes) == WIDTH:
                top = folded(hashes)
                list(tops.add(top))
                for tile in upper.add(top):
                    self._compare(tile)
            else:
                rest = hashes
            step(len(hashes))
        for tile in upper.edge():
            self._compare(tile)
        self._end()
        pieces = (rest[begin : begin + (1 << level)] for level, begin in _pieces(len(rest)))
        return joined([*tops.hashes, *map(folded, pieces)])

    # -------------------------------------------------------------------------------------- a bundle

    def _stretch(self, number: int) -> list[Hash]:
        """Hold the entries that belong to one tile against its hashes, and give these."""
        hashes = tile_in(self._source, 0, number, self._size)
        said = [facts for facts in self._told(number, hashes) if facts.type != MISSING]
        if said:
            self._note_times(said)
        self._table.compare(said, self._report)
        return hashes

    def _told(self, number: int, hashes: list[Hash]) -> list[Facts]:
        """Give what the entries say whose hashes these are."""
        name, first = path_of(None, number, len(hashes)), number * WIDTH + 1
        bundled = self._source.read(name)
        if bundled is not None:
            try:
                entries = entries_in(bundled, len(hashes))
            except TileWrong:
                entries = []
            # Nearly always all of it is as it should be, and there is no need to look one by one.
            if [leaf_hash(entry) for entry in entries] == hashes:
                return [self._facts(seq, entry) for seq, entry in enumerate(entries, first)]
            found = _bundled(bundled, name, first, len(hashes))
        else:
            found = self._left(name, first, first + len(hashes))
        told = []
        for seq, entry in found:
            if leaf_hash(entry) != hashes[seq - first]:
                raise Bad(f"entry {seq} is not the one whose hash is in the tree", seq)
            told.append(self._facts(seq, entry))
        return told

    def _left(self, name: str, first: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Give what is left of entries whose bundle is not there."""
        expected = first
        for seq, entry in self._kept.before(end):
            self._allow(expected, seq, name)
            yield seq, entry
            expected = seq + 1
        self._allow(expected, end, name)

    def _allow(self, begin: int, end: int, name: str) -> None:
        """Take entries for pruned where they are listed so; whether rightly, the entry about them says."""
        self._absent += max(0, end - begin)
        while begin < end and (seq := self._listed.first_unlisted(begin, end)) is not None:
            if seq > self._pruned:
                raise Bad(f"entry {seq} is missing", seq, name)
            self._unlisted += 1
            begin = seq + 1

    def _facts(self, seq: int, entry: bytes) -> Facts:
        try:
            facts = facts_of(entry)
        except EntryWrong as wrong:
            raise Bad(f"entry {seq} {wrong}", seq) from None
        if facts.seq != str(seq):
            raise Bad(f"at the place of entry {seq} stands number {facts.seq}", seq)
        if facts.epoch != self._epoch:
            raise Bad(f"entry {seq} is of another record ({facts.epoch})", seq)
        if facts.type == MISSING:
            self._accepted += 1
        elif facts.type == PRUNED_TYPE:
            self._listed.account(seq, facts.detail)
        return facts

    def _note_times(self, said: list[Facts]) -> None:
        report, first, last = self._report, min(each.at for each in said), max(each.at for each in said)
        report.first_at = first if report.first_at is None else min(first, report.first_at)
        report.last_at = last if report.last_at is None else max(last, report.last_at)

    # ----------------------------------------------------------------------------------- what is above

    def _compare(self, tile: Tile) -> None:
        """Hold a tile of hashes over tiles against the one that is there."""
        level = tile.level + 1
        there = b"".join(tile_in(self._source, level, tile.number, self._size))
        if there != tile.hashes:
            at = next(
                i for i in range(WIDTH) if there[i * 32 : i * 32 + 32] != tile.hashes[i * 32 : i * 32 + 32]
            )
            first = ((tile.number * WIDTH + at) << (8 * level)) + 1
            name = path_of(level, tile.number, width_of(level, tile.number, self._size))
            raise Bad(f"hash {at} is not the one of the entries from {first} on", first, name)

    def _end(self) -> None:
        self._kept.check_end()
        self._listed.check_end(self._pruned)
        self._table.check_end(self._report)
        if self._absent:
            self._report.notes.append(f"{self._absent:,} entries are pruned: their hashes alone are here")
        if self._unlisted:
            self._report.notes.append(f"{self._unlisted:,} of them by your word alone (--pruned)")
        if self._accepted:
            words = "entries were missing when the heads began anew, and an operator has accepted that"
            self._report.notes.append(f"{self._accepted:,} {words}")


def _pieces(width: int) -> Iterator[tuple[int, int]]:
    """Give level and beginning of the subtrees that make up an unfinished tile."""
    for level, number in subtrees(0, width):
        yield level, number << level


def _bundled(bundled: bytes, name: str, first: int, width: int) -> Iterator[tuple[int, bytes]]:
    """Give the entries of a bundle one by one, so that what is before a break is still looked at."""
    at = 0
    for seq in range(first, first + width):
        end = at + 2 + int.from_bytes(bundled[at : at + 2], "big")
        if at + 2 > len(bundled) or end > len(bundled):
            raise Bad(f"entry {seq} is missing or cut off", seq, name)
        yield seq, bundled[at + 2 : end]
        at = end
    if at != len(bundled):
        raise Bad(f"something stands behind entry {first + width - 1}", first + width - 1, name)


class _Lines:
    """The entries that are left of bundles that are not whole any more, one on each line."""

    def __init__(self, source: Source) -> None:
        self._file = source.open(KEPT)
        self._next: tuple[int, bytes] | None = None
        self._last, self._begun = 0, False

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def before(self, end: int) -> Iterator[tuple[int, bytes]]:
        """Give the entries whose numbers are below this one."""
        self._begin()
        while self._next is not None and self._next[0] < end:
            yield self._next
            self._read()

    def check_end(self) -> None:
        """Raise ``Bad`` when something is left over."""
        self._begin()
        if self._next is not None:
            raise Bad(f"entry {self._next[0]} does not belong here", self._next[0], KEPT)

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._read()

    def _read(self) -> None:
        line = b"" if self._file is None else self._file.readline(LONGEST_ENTRY + 2)
        if not line:
            self._next = None
            return
        try:
            seq = int(facts_of(line.removesuffix(b"\n")).seq)
        except EntryWrong as wrong:
            raise Bad(f"the entry after {self._last} {wrong}", self._last + 1, KEPT) from None
        if seq <= self._last:
            raise Bad(f"entry {seq} stands behind entry {self._last}", seq, KEPT)
        self._next, self._last = (seq, line.removesuffix(b"\n")), seq


class _Table:
    """The table for people: it is derived, and read by those who look for something, so it has to agree."""

    def __init__(self, source: Source) -> None:
        self._file: BinaryIO | None = source.open(EVENTS)
        self._missing, self._begun = self._file is None, False

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def compare(self, said: list[Facts], report: Report) -> None:
        """Hold the next lines against what the entries say."""
        self._begin(report)
        if self._file is None:
            return
        wanted = [each.csv_line.encode() for each in said]
        there = self._file.read(sum(map(len, wanted)))
        if there != b"".join(wanted):
            at = 0
            for facts, line in zip(said, wanted, strict=True):
                if there[at : at + len(line)] != line:
                    self._found(report, f"what it says of entry {facts.seq} is not so", int(facts.seq))
                    return
                at += len(line)

    def check_end(self, report: Report) -> None:
        """Say so when something is left over, or when there is none at all."""
        self._begin(report)
        if self._missing:
            report.notes.append(f"there is no {EVENTS} here: whatever table comes another way proves nothing")
        if self._file is not None and self._file.read(1):
            self._found(report, "something stands behind its last entry", None)

    def _begin(self, report: Report) -> None:
        if self._file is not None and not self._begun:
            self._begun = True
            if self._file.read(len(HEADING)) != HEADING.encode():
                self._found(report, "the heading is another one", None)

    def _found(self, report: Report, words: str, seq: int | None) -> None:
        report.findings.append(Finding(words, seq, EVENTS))
        self.close()
        self._file = None
