"""What was before the heads of a record began anew: the heads of then, and what has been missing since."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.ed25519 import LogVerifier
from accessctl.evidence.note import NoteWrong
from accessctl.evidence.policy import NONE, Policy
from accessctl.evidence.verify.keys import Trust
from accessctl.evidence.verify.report import Finding, Report
from accessctl.exporting.signed import Signed
from accessctl.notary.book import MISSING, missing_in
from accessctl.store.errors import TreeSpoilt
from accessctl.store.origins import origins_in


def earlier_heads(signed: Signed, tree: Path, trust: Trust, report: Report) -> Iterator[Finding]:
    """Note which logs there were before this one, and find of each the first head that nobody has signed.

    Whether entries are those of then nobody can tell any more: an operator has accepted that they are not.
    """
    for origin in origins_in(tree):
        if origin != signed.origin:
            finding, size = _look(signed, origin, _under(origin, trust))
            report.notes.append(f"heads were signed as {origin} before, of up to {size:,} entries")
            if finding is not None:
                yield finding


def note_missing(signed: Signed, report: Report) -> None:
    """Note how many entries count as missing, as the verification of an export does."""
    runs = missing_in(signed.tree.meta(MISSING))
    if missing := sum(max(0, min(last, signed.size) - first + 1) for first, last in runs):
        words = "entries were missing when the heads began anew, and an operator has accepted that"
        report.notes.append(f"{missing:,} {words}")


def _look(signed: Signed, origin: str, trust: Trust) -> tuple[Finding | None, int]:
    """Give the first head of a log that is not good, and how many entries the last one has."""
    finding, size = None, 0
    try:
        heads = list(signed.tree.heads(origin))
    except TreeSpoilt:  # when it was signed is in no signature
        return Finding(f"a head of {origin} says a time that cannot be"), size
    for each in heads:
        size = each.checkpoint.size
        if finding is None and (why := _wrong(each.note, each.checkpoint, trust)):
            finding = Finding(f"the head of {size:,} of {origin}{why}")
    return finding, size


def _wrong(note: str, said: Checkpoint, trust: Trust) -> str:
    try:
        return "" if trust.head(note.encode()) == said else " says something else than its row"
    except NoteWrong as wrong:
        return f": {wrong}"


def _under(origin: str, trust: Trust) -> Trust:
    """Trust the same keys under another name: a controller signs all of its logs with one key."""
    keys = {log.vkey.public: LogVerifier(replace(log.vkey, name=origin)) for log in trust.policy.logs}
    return Trust(Policy(logs=list(keys.values()), quorum=NONE), trust.source)
