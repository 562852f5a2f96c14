"""Deleting entries for their age, so that it is known for good which ones they were.

In one transaction the leaves of a batch are put aside, its entries are deleted, and an entry is made that
accounts for them. Whoever is killed in the midst has done nothing.
"""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from accessctl.evidence.merkle import leaf_hash
from accessctl.evidence.pruned import digest_of
from accessctl.store.entry import Entry, Moment, milliseconds
from accessctl.store.leaves import Leaves
from accessctl.store.pruned import MAC, WIDEST, mac_of
from policies.event_types import EventType
from policies.retention import EventClass, types_of

MOST: Final = 250
"""So many entries are deleted at once: 6 ms on a desktop, in which a badge waits."""

Insert = Callable[[Entry], int]
"""Adds an entry and gives its number."""


@dataclass(frozen=True, slots=True)
class Pruning:
    """What is to be deleted: entries of a class that are older than an instant, between two numbers."""

    kind: EventClass
    before: datetime
    first: int
    last: int
    """Not more than ``WIDEST`` numbers from the first; what is more is left out."""
    key: bytes = field(repr=False)
    """With which the entry about it is written, so that the notary sees whose it is."""
    most: int = MOST

    def old_ones(self, connection: sqlite3.Connection) -> list[int]:
        """Give the numbers of those entries, in order, as many as are deleted at once.

        What was recorded while the clock was not kept right has no age of its own. Whoever names the numbers
        answers for that: it is as old as what stands around it.
        """
        types = sorted(types_of(self.kind))
        last = min(self.last, self.first + WIDEST - 1)
        places = ", ".join("?" * len(types))
        sql = (
            f"SELECT seq FROM event WHERE seq BETWEEN ? AND ? AND type IN ({places})"  # noqa: S608 - places
            " AND (at_ms < ? OR NOT clock_synced) ORDER BY seq LIMIT ?"
        )
        values = (self.first, last, *types, milliseconds(self.before), self.most)
        return [seq for (seq,) in connection.execute(sql, values).fetchall()]

    def carry_out(self, connection: sqlite3.Connection, insert: Insert, moment: Moment) -> int:
        """Delete them; gives the number of the entry that tells of it, 0 where there are none.

        Raises ``sqlite3.Error``; then nothing has changed.
        """
        # What is deleted is overwritten too. Otherwise it would stay readable in the file's free pages.
        connection.execute("PRAGMA secure_delete=ON")
        try:
            connection.execute("BEGIN IMMEDIATE")
            seqs = self.old_ones(connection)
            # It comes first, so that the number of the newest entry is never given again.
            leaves = Leaves(connection)
            batch = insert(self._account(seqs, moment, leaves.epoch)) if seqs else 0
            _put_aside(connection, leaves, seqs, batch)
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        finally:
            with suppress(sqlite3.Error):
                connection.execute("PRAGMA secure_delete=OFF")
        return batch

    def _account(self, seqs: list[int], moment: Moment, epoch: str) -> Entry:
        detail: dict[str, object] = {
            "class": self.kind.value,
            "before": self.before.isoformat(timespec="seconds"),
            "first": seqs[0],
            "last": seqs[-1],
            "count": len(seqs),
            "digest": digest_of(seqs),
        }
        detail[MAC] = mac_of(self.key, epoch, detail)
        return Entry(moment, EventType.LOG_PRUNED, detail=detail)


def _put_aside(connection: sqlite3.Connection, leaves: Leaves, seqs: list[int], batch: int) -> None:
    """Keep their leaves, and delete them."""
    rows = [(seq, batch, leaf_hash(leaves.at(seq))) for seq in seqs]
    connection.executemany("INSERT INTO pruned (seq, batch, hash) VALUES (?, ?, ?)", rows)
    connection.executemany("DELETE FROM event WHERE seq = ?", ((seq,) for seq in seqs))
