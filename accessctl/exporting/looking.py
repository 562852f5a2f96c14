"""Verifies a record where it lies: every entry against the tree, and every head that was ever signed."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from accessctl.evidence.builder import Builder, Tile
from accessctl.evidence.merkle import Hash, leaf_hash
from accessctl.evidence.note import NoteWrong
from accessctl.evidence.tiles import WIDTH
from accessctl.evidence.verify.export import Older
from accessctl.evidence.verify.keys import OWN, Trust
from accessctl.evidence.verify.report import Finding, Report, Step
from accessctl.exporting.earlier import earlier_heads, note_missing
from accessctl.exporting.errors import ExportFailed
from accessctl.exporting.lines import Form, Lines
from accessctl.exporting.signed import Signed, signed_record
from accessctl.notary.book import CHUNK
from accessctl.notary.keys import Keys
from accessctl.store.errors import StoreError
from accessctl.store.guard import Guard
from accessctl.store.tree import SIGNED, signed_as
from accessctl.store.whole import kept_whole


def verify_record(
    record: Path,
    tree: Path,
    trust: Trust | None,
    older: Sequence[Older],
    step: Step,
    keys: Keys | None = None,
) -> Report:
    """Look through a record and its tree. Raises ``ExportFailed`` where nothing was signed or can be read.

    Raises ``OSError`` too, where it cannot be kept whole meanwhile. Without ``trust`` the key is the one that
    lies beside the heads. By ``keys`` one sees whether the notary wrote what is kept about the tree, and
    whether the door process wrote the entries that are not signed yet.
    """
    with (
        kept_whole(record),
        signed_record(record, tree) as signed,
        closing(Lines.open(record)) as lines,
    ):
        trust = trust or Trust.of_keys(signed.vkey.encode(), str(tree), own=True)
        report = Report(str(record), trust.words, signed.origin, signed.size)
        report.notes += [OWN] if trust.own else []
        try:
            report.findings += _beside(signed, keys)
            if signed.book.below():
                report.findings.append(Finding("there are rows with a number below 1"))
            _look(signed, lines, report, step)
            report.findings += _heads(signed, trust)
            report.findings += earlier_heads(signed, tree, trust, report)
            note_missing(signed, report)
            _since(signed, trust, older, report)
            if pruned := sum(last - first + 1 for first, last, _ in signed.book.pruned_runs(signed.size)):
                report.notes.append(f"{pruned:,} entries are pruned: their hashes alone are here")
            if (unsigned := signed.book.last_seq() - signed.size) > 0:
                report.notes.append(f"{unsigned:,} entries are not signed yet")
                report.findings += _foreign(signed, keys, report)
        except StoreError as error:
            raise ExportFailed(str(error)) from error
        return report


def _look(signed: Signed, lines: Lines, report: Report, step: Step) -> None:
    """Hold every entry against the tree, up to the first that is another."""
    after = 0
    for stretch in lines.stretches(Form.JSON, 0, signed.size, size=CHUNK):
        hashes = [leaf_hash(entry) for entry in stretch.lines.split(b"\n")[:-1]]
        if hashes != _kept(signed, after, stretch.until):
            finding, _leaves = signed.book.look(after, stretch.until, signed.size)
            if finding is not None:
                report.findings.append(Finding(finding.words, finding.seq))
                return
        step(stretch.until - after)
        after = stretch.until


def _kept(signed: Signed, after: int, until: int) -> list[Hash] | None:
    """Give the hashes of whole tiles as they were signed; ``None`` where they are not known."""
    found: list[Hash] = []
    for number in range(after // WIDTH, -(-until // WIDTH)):
        kept = signed.tree.tile(0, number)
        if kept is None:
            return None
        found += kept
    return found


def _heads(signed: Signed, trust: Trust) -> Iterator[Finding]:
    """Find heads that the key has not signed, or that were signed of other entries; and spoilt tiles."""
    builder, leaves = Builder(), _leaves(signed)
    for each in signed.tree.heads(signed.origin):
        size = each.checkpoint.size
        newest = size == signed.size
        head, whom = (signed.head, trust) if newest else (each, trust.of_logs)
        try:
            if whom.head(head.note.encode()) != head.checkpoint:
                yield Finding(f"the head of {size:,} says something else than its row")
        except NoteWrong as wrong:
            yield Finding(f"the head of {size:,}: {wrong}")
        while builder.size < size and (leaf := next(leaves, None)) is not None:
            yield from filter(None, [_above(signed, tile) for tile in builder.add(leaf)])
        if builder.size < size:
            yield Finding(f"there are not so many entries as the head of {size:,} says", builder.size + 1)
            return
        if builder.root() != head.checkpoint.root:
            yield Finding(f"the tree is not the one that the head of {size:,} was signed of")
            return
    yield from filter(None, [_above(signed, tile) for tile in builder.edge()])


def _above(signed: Signed, tile: Tile) -> Finding | None:
    """Say so where a tile of hashes over tiles is not the one of the entries: no entry is wrong by that."""
    if not tile.level:
        return None
    kept = b"".join(signed.tree.tile(tile.level, tile.number) or ())
    if kept[: len(tile.hashes)] == tile.hashes:
        return None
    return Finding(f"tile {tile.number} at level {tile.level} of the tree is not the one over the entries")


def _leaves(signed: Signed) -> Iterator[Hash]:
    """Give the hashes of all entries, those of whole tiles as the tree keeps them."""
    whole = signed.size // WIDTH
    for number in range(whole):
        kept = signed.tree.tile(0, number)
        if kept is None:
            return
        yield from kept
    for _seq, leaf in signed.book.hashes(whole * WIDTH, signed.size):
        yield leaf


def _beside(signed: Signed, keys: Keys | None) -> Iterator[Finding]:
    """Find that somebody else wrote what is kept about the tree: what counts as missing, and as accepted."""
    if keys is not None and not signed.tree.untouched(Guard(keys.beside_the_tree)):
        yield Finding("what is kept about the tree was written by somebody else")
    if signed.tree.meta(SIGNED) != signed_as(signed.head.checkpoint):
        yield Finding("the newest head in the tree is not the one that was signed last")


def _foreign(signed: Signed, keys: Keys | None, report: Report) -> Iterator[Finding]:
    """Find the first entry, of those that are not signed yet, that the door process did not write."""
    if keys is None:
        report.notes.append("whether the door process wrote those is not known without root.key")
        return
    marks = signed.book.marks(keys.marks)
    accepted = max((each["seq"] for each in signed.book.acceptances(marks)), default=0)
    try:
        seq = marks.first_foreign(max(signed.size, accepted), signed.book.last_seq())
        if seq is not None:
            yield Finding(f"entry {seq} was not written by the door process", seq)
    except sqlite3.Error as error:
        raise ExportFailed(str(error)) from error


def _since(signed: Signed, trust: Trust, older: Sequence[Older], report: Report) -> None:
    for each in older:
        try:
            old = trust.of_logs.head(each.note)
        except NoteWrong as wrong:
            report.findings.append(Finding(str(wrong), file=each.name))
            continue
        finding = signed.book.differs_from(old) if old.size else None
        if finding is not None:
            report.findings.append(Finding(finding.words, finding.seq, each.name))
        elif (
            report.good
        ):  # tiles alone: where entries are not those of their hashes, that is a finding already
            report.consistent_with.append(old.size)
