"""How the record is signed, for who asks: read from the tree's file, so that no notary need live for it."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from accessctl.home import Home
from accessctl.notary.book import Book
from accessctl.notary.found import Found
from accessctl.notary.hands import AnchorState, states_in
from accessctl.notary.notary import ORIGIN, VKEY
from accessctl.notary.posts import ANCHORS
from accessctl.store.tree import Head, TreeReader


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands there now."""

    origin: str | None
    vkey: str | None
    """The public key with its name; ``None`` before the first head."""
    head: Head | None
    unsigned: int
    """Entries that are newer than the newest head."""
    anchors: tuple[AnchorState, ...]
    found: Found | None
    """What disagrees, and keeps everything from being signed."""


def shown(home: Home) -> Shown:
    """Read it. Raises ``StoreError``."""
    with closing(TreeReader.open(home.tree)) as tree, closing(Book.open(home.record, tree)) as book:
        origin = tree.meta(ORIGIN)
        head = None if origin is None else tree.newest(origin)
        signed = 0 if head is None else head.checkpoint.size
        return Shown(
            origin,
            tree.meta(VKEY),
            head,
            max(0, book.last_seq() - signed),
            tuple(states_in(tree.meta(ANCHORS)).values()),
            Found.kept_in(tree),
        )


def found_at(home: Home) -> Found | None:
    """Give what disagrees. Raises ``StoreError``."""
    with closing(TreeReader.open(home.tree)) as tree:
        return Found.kept_in(tree)


def instant(text: str | None) -> datetime | None:
    """Read an instant as the notary keeps it."""
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
