"""What is left of entries that were deleted for their age: their leaves, and whether they are accounted for.

A leaf counts only where the entry about its batch accounts for it. Whoever deletes an entry with a shell and
puts its leaf here is found by that. Whoever adds an entry about it too lacks the key of its ``mac``: the
notary has it, and signs nothing then.
"""

import hmac
import json
from collections.abc import Iterator
from hashlib import sha256
from sqlite3 import Connection
from typing import Any, Final

from accessctl.evidence.canonical import NotCanonical, canonical
from accessctl.evidence.pruned import PRUNED_TYPE, Account, AccountWrong

WIDEST: Final = 10_000
"""From its first to its last number a batch has so many at most: reading it takes a few milliseconds."""
MAC: Final = "mac"
"""Under this name the entry about a batch has what only the door process can make."""
_PRUNED: Final = "SELECT seq, batch, hash FROM pruned WHERE seq > ? AND seq <= ? ORDER BY seq"
_OF_BATCH: Final = "SELECT seq FROM pruned WHERE seq BETWEEN ? AND ? AND batch = ? ORDER BY seq"
_ABOUT: Final = "SELECT detail FROM event WHERE seq = ? AND type = ?"


class PrunedLeaves:
    """Reads them over a connection to the record. Used from one thread. Raises ``sqlite3.Error``."""

    def __init__(self, connection: Connection, key: bytes | None = None) -> None:
        """``connection`` reads the record; ``key``: the one of the door process, where it is known."""
        self._connection, self._key = connection, key

    def after(self, seq: int, until: int) -> Iterator[tuple[int, bytes]]:
        """Give number and leaf of what was pruned after a number, up to another, if accounted for."""
        accounts: dict[int, frozenset[int]] = {}
        for found, batch, hash_ in self._connection.execute(_PRUNED, (seq, until)).fetchall():
            if batch not in accounts:
                accounts[batch] = self._accounted(batch)
            if found in accounts[batch]:
                yield found, hash_

    def runs(self, until: int) -> Iterator[tuple[int, int, int]]:
        """Give stretches of numbers up to one, each by its first, its last and its batch, the smallest first.

        They are read a stretch of numbers at a time, and whether they are accounted for is not looked at.
        """
        first = last = of = 0
        for begin in range(0, until, WIDEST):
            values = (begin, min(begin + WIDEST, until))
            for seq, batch, _hash in self._connection.execute(_PRUNED, values).fetchall():
                if (seq, batch) == (last + 1, of):
                    last = seq
                    continue
                if of:
                    yield first, last, of
                first, last, of = seq, seq, batch
        if of:
            yield first, last, of

    def batch_of(self, seq: int) -> int | None:
        """Give the number of the entry that tells that this one was pruned, if it was."""
        row = self._connection.execute("SELECT batch FROM pruned WHERE seq = ?", (seq,)).fetchone()
        return None if row is None else int(row[0])

    def _is_ours(self, detail: str) -> bool:
        """Whether the door process has written this, as far as that can be told here."""
        if self._key is None:
            return True
        (epoch,) = self._connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
        said = json.loads(detail)
        try:
            written = str(said.pop(MAC, "")).encode()
            return hmac.compare_digest(written, mac_of(self._key, epoch, said).encode())
        except (NotCanonical, UnicodeEncodeError):  # nor is it anything that the door process writes
            return False

    def _accounted(self, batch: int) -> frozenset[int]:
        """Give the numbers that the entry about a batch accounts for."""
        row = self._connection.execute(_ABOUT, (batch, PRUNED_TYPE)).fetchone()
        try:
            account = Account.parse(None if row is None else row[0])
        except AccountWrong:
            return frozenset()
        if account.last - account.first > WIDEST or not self._is_ours(row[0]):
            return frozenset()
        values = (account.first, account.last, batch)
        seqs = [seq for (seq,) in self._connection.execute(_OF_BATCH, values).fetchall()]
        # Numbers are in order, so what is left when the odd ones are gone is in order as well.
        odd = account.odd(seqs)
        if odd is not None and len(seqs) == account.count + 1:
            rest = [seq for seq in seqs if seq != odd]
            return frozenset(rest) if account.odd(rest) is None else frozenset()
        return frozenset(seqs) if odd is None else frozenset()


def mac_of(key: bytes, epoch: str, detail: dict[str, Any]) -> str:
    """Give what shows that the door process has written this about a batch of this record, in hex.

    Raises ``NotCanonical`` for what has no one way to be written.
    """
    return hmac.new(key, canonical({**detail, "epoch": epoch}), sha256).hexdigest()
