"""Records with signed heads, and exports of them."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from accessctl.evidence.ed25519 import LogSigner
from accessctl.evidence.seal import seal_of
from accessctl.evidence.verify.export import Older, verify_export
from accessctl.evidence.verify.keys import Trust
from accessctl.evidence.verify.report import Report
from accessctl.evidence.verify.source import InMemory, Source
from accessctl.exporting.rows import Exported
from accessctl.exporting.tlog import export_tlog
from accessctl.home import Home
from accessctl.notary.book import Book
from accessctl.notary.notary import Notary
from accessctl.store.entry import Entry, Moment
from accessctl.store.record import Change, RecordWriter
from accessctl.store.tree import TreeWriter
from policies.ids import AccessPointId, CredentialId, DoorId, PersonId
from tests.homes import NOON, RUN, OwnClock

SEED = bytes(range(32))
REASONS = (
    "granted",
    None,
    '=HYPERLINK("http://x")',
    "a, b",
    'say "no"',
    "",
    "line\nline",
    "ä–€",
    "'=1",
    "\t",
)


SEALS = (seal_of("p-0", "Alice Okafor", bytes(32)), None, "-HYPERLINK", "9a\0", "")


def entry_of(number: int) -> Entry:
    """Give an entry that is unlike the others."""
    moment = Moment(NOON + timedelta(seconds=number), number * 10**9, clock_synced=number % 7 > 0)
    reason = REASONS[number % len(REASONS)]
    detail = {"open_ms": number, "factors": ["card", "pin"]} if number % 3 else {}
    if number % 4:
        return Entry(moment, "door_opened", DoorId("gate"), reason=reason, detail=detail)
    who = (AccessPointId("cage-in"), PersonId(f"p-{number % 5}"), CredentialId(f"c-{number % 9}"))
    seal = SEALS[number % len(SEALS)]
    return Entry(moment, "access_granted", DoorId("cage"), *who, reason, detail, seal)


def record(home: Home, count: int, first: int = 1) -> None:
    """Record so many entries at once."""
    with closing(RecordWriter(home.record, RUN)) as writer:
        writer.append(Change(tuple(entry_of(number) for number in range(first, first + count))))


def sign(home: Home, seed: bytes = SEED) -> str:
    """Sign whatever is recorded, and give the public key."""
    with closing(TreeWriter.open(home.tree)) as tree, closing(Book.open(home.record, tree)) as book:
        notary = Notary(book, tree, lambda origin: LogSigner(origin, seed), OwnClock())
        notary.begin()
        while notary.catch_up():
            notary.sign()
        return notary.vkey


def silent(_total: int) -> Callable[[int], None]:
    """Show nothing of how far it is."""
    return lambda _more: None


def export(home: Home, target: Path, previous: Path | None = None) -> Exported:
    """Export a record with its tree."""
    return export_tlog(home.record, home.tree, target, previous, silent)


def files_of(folder: Path) -> dict[str, bytes]:
    """Give an export as it lies there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def verified(
    files: dict[str, bytes] | Source,
    vkey: str,
    *older: bytes,
    pruned: int = 0,
    export_of: Source | None = None,
) -> Report:
    """Verify an export with this key."""
    source = InMemory(files) if isinstance(files, dict) else files
    heads = [Older("older", note, export_of) for note in older]
    trust = Trust.of_keys(vkey.encode(), "test")
    return verify_export("export", source, trust, heads, pruned=pruned, step=silent(0))
