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
LOOKS: Final = 2 * WIDEST
"""Among so many entries one has to tell how old others are. Reading them takes a millisecond."""
_END: Final = f"SELECT seq FROM event WHERE seq > ? ORDER BY seq LIMIT 1 OFFSET {LOOKS}"  # noqa: S608 - a number
_KNOWN: Final = (
    f"SELECT seq FROM event WHERE seq > ? AND seq < coalesce(({_END}), {2**63 - 1})"  # noqa: S608 - as above
    " AND clock_synced AND at_ms < ? AND instr(coalesce(detail, ''), '\"operator\":') = 0"
    " ORDER BY seq DESC LIMIT 1"
)
"""The last one of them that is old by a clock that was kept right: what stands before it is old too.

Not what operators did: the office, which may be who asks, says itself when that was.
"""

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

        What was recorded while the clock was not kept right has no age of its own. It is older than whatever
        was recorded after it, so it goes where one of those is old by a clock that was kept right. Where none
        is, such as before a clock was ever right, it stays until one is.
        """
        types = sorted(types_of(self.kind))
        last = min(self.last, self.first + WIDEST - 1)
        places = ", ".join("?" * len(types))
        sql = (
            f"SELECT seq FROM event WHERE seq BETWEEN ? AND ? AND type IN ({places})"  # noqa: S608 - places
            f" AND CASE WHEN clock_synced THEN at_ms < ? ELSE seq < ({_KNOWN}) END ORDER BY seq LIMIT ?"
        )
        before = milliseconds(self.before)
        values = (self.first, last, *types, before, self.first, self.first, before, self.most)
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
