"""Looking all entries through, again and again: whether they are those that were signed.

Nothing else would find an old entry that is changed: whoever signs what is new reads only that.
"""

from time import monotonic
from typing import Final

from accessctl.evidence.merkle import Frontier
from accessctl.notary.book import CHUNK, Book, Finding, others
from accessctl.notary.notary import Notary
from accessctl.store.tree import Head

EVERY_S: Final = 24 * 3600.0
"""From the end of one pass to the next; each start begins with one."""


class Scrub:
    """Goes through one record in portions. Used from one thread. Raises ``StoreError``."""

    def __init__(self, book: Book) -> None:
        """Begin with the first entry."""
        self._book = book
        self._head: Head | None = None
        self._tree = Frontier()
        self._due = 0.0
        self.passes = 0
        """How often it came to the end."""
        self.through = 0
        """So many entries were as they were signed at the last one."""

    def step(self, notary: Notary) -> tuple[Finding | None, bool]:
        """Look at a portion; gives what is wrong with it, and whether there is more to look at now."""
        if self._head is None:
            if monotonic() < self._due or notary.newest is None:
                return None, False
            self._head, self._tree = notary.newest, Frontier()
        size = self._head.checkpoint.size
        after = self._tree.size
        finding, leaves = self._book.look(after, min(after + CHUNK, size), notary.signed)
        if finding is not None:
            return finding, False
        for leaf in leaves:
            for _ in self._tree.add(leaf):
                pass
        if self._tree.size < size:
            return None, True
        # Tiles could have been changed along with the entries, a signed root cannot.
        right = self._tree.root() == self._head.checkpoint.root
        found = None if right else others(self._head.checkpoint)
        self.through = size if right else 0
        self._head, self._due = None, monotonic() + EVERY_S
        self.passes += 1
        return found, False
