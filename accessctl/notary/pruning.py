"""Having entries deleted that are older than the site keeps them, after each look through the whole record.

Rule 1: only what was looked through just now goes, of whole tiles, under a head that an anchor has taken
        where there are anchors. Proofs of what stays, and those that were handed out, stay good.
Rule 2: an entry is as old as what stands around it: none goes behind the first one that is newer by a clock
        that was kept right. A clock that was wrong for a while makes nothing old.
Rule 3: a portion at a time. The door process deletes 250 entries at once at most, and decides itself whether
        they are old.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from time import monotonic
from typing import Final

from accessctl.evidence.tiles import WIDTH
from accessctl.link.requests import PruneRecord
from accessctl.notary.book import Book
from accessctl.store.pruned import WIDEST
from accessctl.store.pruning import Pruning
from policies.retention import PRUNABLE, EventClass, Retention

AGAIN_S: Final = 60.0
"""After so long the door process is asked again, where it could not do it."""
PAUSE_S: Final = 0.5
"""Between two deletions: the door process has other things to do."""

Prune = Callable[[PruneRecord], int | None]
"""Asks the door process; gives the number of the entry about it, 0 for none, ``None`` where that failed."""

log = logging.getLogger(__name__)


class Pruner:
    """Goes through the record after each pass of those who look it through. Used from one thread."""

    def __init__(
        self, retention: Callable[[], Retention], prune: Prune, now: Callable[[], datetime], key: bytes
    ) -> None:
        """``retention`` gives what the site file says; ``prune`` asks the door process, whose key this is."""
        self.key = key
        self._retention, self._prune, self._now = retention, prune, now
        self._todo: Iterator[PruneRecord | None] | None = None
        self._asks: PruneRecord | None = None
        self._again = 0.0

    def begin(self, book: Book, until: int) -> None:
        """Begin anew with what stands in whole tiles up to a number."""
        retention, now = self._retention(), self._now()
        limits: dict[EventClass, datetime] = {}
        for kind in PRUNABLE:
            if (before := retention.before(kind, now)) is not None:
                limits[kind] = before
        self._todo, self._asks = _stretches(book, limits, until // WIDTH * WIDTH, now), None

    def stop(self) -> None:
        """Leave what is left for another time."""
        self._todo = self._asks = None

    def step(self) -> float | None:
        """Look at a portion, or have one deleted; gives after how many seconds there is more to do.

        ``None``: there is nothing more. Raises ``StoreError``.
        """
        if self._todo is None or (left_s := self._again - monotonic()) > 0:
            return None if self._todo is None else left_s
        if self._asks is None:
            try:
                self._asks = next(self._todo)
            except StopIteration:
                self.stop()
                return None
        if self._asks is None:
            return 0.01
        if self._prune(self._asks) is None:
            self._again = monotonic() + AGAIN_S
            return AGAIN_S
        self._asks = None
        return PAUSE_S


def _stretches(
    book: Book, limits: dict[EventClass, datetime], until: int, now: datetime
) -> Iterator[PruneRecord | None]:
    """Give what is to be deleted, in order within each class; ``None`` after a portion that has nothing."""
    for kind, before in limits.items():
        after = 0
        while after < until:
            wanted = Pruning(kind, before, after + 1, min(after + WIDEST, until), b"")
            newer = book.first_newer(wanted, now)
            old = [seq for seq in book.old_ones(wanted) if newer is None or seq < newer]
            if old:
                yield PruneRecord(kind.value, old[0], old[-1])
                after = old[-1]
            elif newer is not None:
                break
            else:
                yield None
                after = wanted.last
