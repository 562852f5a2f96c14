"""Verifies an export: signature, tree, entries, and that nothing is gone since an older head."""

import base64
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Final

from accessctl.evidence.builder import hash_at
from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.consistency import Consistency
from accessctl.evidence.merkle import EMPTY_ROOT, Hash, goes_on, root_of
from accessctl.evidence.note import NoteWrong
from accessctl.evidence.policy import Policy
from accessctl.evidence.tiles import WIDTH
from accessctl.evidence.verify.keys import OWN, Trust
from accessctl.evidence.verify.report import Bad, Finding, Report, Step
from accessctl.evidence.verify.source import (
    CHECKPOINT,
    CONSISTENCY,
    POLICY,
    PREVIOUS,
    README,
    STAMP,
    STAMPED,
    VKEY,
    Noting,
    Source,
    longest,
    tile_in,
)
from accessctl.evidence.verify.walk import Walk

_MOST_NAMED: Final = 3
"""Of what is no part of an export so many are named."""


@dataclass(frozen=True, slots=True)
class Older:
    """A head that was kept elsewhere, with the export that it belongs to, where that is there too."""

    name: str
    note: bytes
    export: Source | None = None


def verify_export(
    path: str, source: Source, trust: Trust, older: Sequence[Older] = (), *, pruned: int = 0, step: Step
) -> Report:
    """Look whether an export is what was signed, and goes on from ``older`` heads. Raises ``OSError``.

    ``pruned``: up to this number entries may be missing, as long as their hashes are there.
    """
    report = Report(path, trust.words, notes=[OWN] if trust.own else [])
    noting = Noting(source)
    try:
        _look(noting, trust, older, report, pruned, step)
    except Bad as bad:  # of the files beside the tree one is none
        report.findings.append(bad.finding)
    if report.good:  # else it was perhaps not come to what belongs there
        report.notes += _not_looked_at(noting)
    return report


def _not_looked_at(source: Noting) -> list[str]:
    """Name what the export has no place for: nobody signed that, and it may say anything."""
    others = sorted(islice(source.others({README}), _MOST_NAMED + 1))
    more = " and others" if len(others) > _MOST_NAMED else ""
    named = ", ".join(others[:_MOST_NAMED])
    return [f"no part of the export, and not looked at: {named}{more}"] if others else []


def _look(
    source: Source, trust: Trust, older: Sequence[Older], report: Report, pruned: int, step: Step
) -> None:
    """Look at all of it, and put into the report what is found. Raises ``Bad`` and ``OSError``."""
    report.findings += _other_key(source, trust)
    head = _head(source, trust, report)
    if head is None:
        return
    try:
        with closing(Walk(source, report, pruned)) as walk:
            root = walk.root(step)
    except Bad as bad:
        report.findings.append(bad.finding)
    else:
        if root != head.root:
            found = base64.b64encode(root).decode()
            words = f"the entries are others than those that were signed: their root is {found}"
            report.findings.append(Finding(words))
    own = source.read(PREVIOUS)
    heads = [Older(PREVIOUS, own), *older] if own is not None else older
    for each in heads:
        _since(each, source, trust.of_logs, head, report)
    if (stamped := source.read(STAMPED)) is not None:
        _since(Older(STAMPED, stamped), source, trust.of_logs, head, report)
    report.findings += _stamp(source, stamped)
    if stamped is not None:
        words = f"{STAMPED} is said to be stamped with the time; `openssl ts -verify` shows whether it was"
        report.notes.append(words)
    report.findings += _proof_of_consistency(source, trust, own, head)


def _stamp(source: Source, stamped: bytes | None) -> Iterator[Finding]:
    """Find that a head lies there as one that was stamped, and no stamp, or the other way round."""
    stamp = source.read(STAMP)
    if stamped is not None and not stamp:
        yield Finding(f"there is no stamp of {STAMPED}", file=STAMP)
    elif stamp is not None and stamped is None:
        yield Finding(f"there is no {STAMPED} that it would be of", file=STAMP)
    elif stamp is not None and len(stamp) > longest(STAMP):
        yield Finding("it is too long for a stamp", file=STAMP)


def _other_key(source: Source, trust: Trust) -> Iterator[Finding]:
    """Find that the export names another key than the one that is trusted: others may believe that."""
    brought, policy = source.read(VKEY), source.read(POLICY)
    keys = {str(log.vkey) for log in trust.policy.logs}
    if brought is not None and not set(brought.split()) <= {key.encode() for key in keys}:
        yield Finding("it names another key than the one that is trusted", file=VKEY)
    if policy is not None:
        try:
            logs = Policy.parse(policy[: longest(POLICY)]).logs
        except NoteWrong as wrong:
            yield Finding(f"it is no policy: {wrong}", file=POLICY)
        else:
            if not {str(log.vkey) for log in logs} <= keys:
                yield Finding("it names another key than the one that is trusted", file=POLICY)


def _head(source: Source, trust: Trust, report: Report) -> Checkpoint | None:
    written = source.read(CHECKPOINT)
    if written is None:
        report.findings.append(Finding("there is no head, so nothing is proven", file=CHECKPOINT))
        return None
    try:
        head = trust.head(written)
        report.notes += trust.witnessed(written)
    except NoteWrong as wrong:
        report.findings.append(Finding(str(wrong), file=CHECKPOINT))
        return None
    report.origin, report.size = head.origin, head.size
    return head


def _since(older: Older, source: Source, trust: Trust, head: Checkpoint, report: Report) -> None:
    """Look whether the tree begins with the one under an older head."""
    try:
        old = trust.head(older.note)
    except NoteWrong as wrong:
        report.findings.append(Finding(str(wrong), file=older.name))
        return
    if old.size > head.size:
        words = f"there were {old.size:,} entries, and now there are {head.size:,}"
        report.findings.append(Finding(words, head.size + 1, older.name))
        return
    try:
        same = old.root == (root_at(source, old.size, head.size) if old.size else EMPTY_ROOT)
    except Bad as bad:
        report.findings.append(bad.finding)
        return
    if same and report.good:
        report.consistent_with.append(old.size)
    if same:  # hashes alone: where entries are not those of their hashes, that is a finding already
        return
    seq = None if older.export is None else _first_other(older.export, source, old.size, head.size)
    which = f"the first one is entry {seq}" if seq else "which one, this head alone does not say"
    words = f"of the first {old.size:,} entries some are not those that were signed then; {which}"
    report.findings.append(Finding(words, seq, older.name))


def root_at(source: Source, old: int, size: int) -> Hash:
    """Give the root of the first ``old`` entries, out of the tiles of a tree of ``size``. Raises ``Bad``."""
    return root_of(old, hash_at(lambda level, number: tile_in(source, level, number, size)))


def _first_other(before: Source, now: Source, old: int, new: int) -> int | None:
    """Give the first entry whose hash is not the same in two exports."""
    try:
        for number in range(-(-old // WIDTH)):
            was, is_ = tile_in(before, 0, number, old), tile_in(now, 0, number, new)
            for at, hash_ in enumerate(was):
                if is_[at] != hash_:
                    return number * WIDTH + at + 1
    except Bad as bad:
        return bad.finding.seq
    return None


def _proof_of_consistency(
    source: Source, trust: Trust, previous: bytes | None, head: Checkpoint
) -> Iterator[Finding]:
    """Check the proof that lies there for those who have no tiles."""
    written = source.read(CONSISTENCY)
    if written is None and previous is None:
        return
    if written is None or previous is None:
        yield Finding("there is an older head without a proof of consistency, or the other way round")
        return
    try:
        proof, old = Consistency.parse(written), trust.of_logs.head(previous)
    except NoteWrong as wrong:
        yield Finding(str(wrong), file=CONSISTENCY)
        return
    if proof.checkpoint != source.read(CHECKPOINT) or proof.old != old.size:
        yield Finding("it is about other heads than those beside it", file=CONSISTENCY)
    elif not goes_on(old.size, old.root, head.size, head.root, proof.hashes):
        yield Finding("it does not prove that the tree goes on from the older head", file=CONSISTENCY)
