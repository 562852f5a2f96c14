"""Entries that were deleted for their age, and whether each of them is accounted for.

An entry of the type ``log_pruned`` tells of a batch: ``count`` and ``digest``, which is SHA-256 over the
numbers of its entries, each as 8 bytes, the smallest first. Which ones these were stands beside the record;
whoever writes another one there does not get that digest.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

PRUNED_TYPE: Final = "log_pruned"
_BYTES: Final = 8


class AccountWrong(ValueError):
    """An entry that tells of a batch does not say what it has to. The words say what."""


@dataclass(frozen=True, slots=True)
class Account:
    """What the entry about a batch says of it."""

    first: int
    last: int
    count: int
    digest: str
    """In hex."""

    @classmethod
    def parse(cls, detail: str | None) -> Self:
        """Take it out of the detail of such an entry, which is JSON. Raises ``AccountWrong``."""
        try:
            said = json.loads(detail or "{}")
            found = cls(said["first"], said["last"], said["count"], said["digest"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise AccountWrong("does not say what was pruned") from None
        numbers = (found.first, found.last, found.count)
        if not (all(type(each) is int for each in numbers) and isinstance(found.digest, str)):
            raise AccountWrong("does not say what was pruned")
        return found

    def odd(self, seqs: Sequence[int]) -> int | None:
        """Give the first number, in order, that it does not account for; ``None`` where it does for all.

        One that was added is named by leaving out each in turn. Of several that were added nobody can tell
        them from the others: then it is the first outside of its bounds, or the first of all.
        """
        if len(seqs) == self.count and digest_of(seqs) == self.digest:
            return None
        outside = next((seq for seq in seqs if not self.first <= seq <= self.last), None)
        if outside is not None or not seqs:
            return outside
        if len(seqs) == self.count + 1:
            for at, seq in enumerate(seqs):
                if digest_of((*seqs[:at], *seqs[at + 1 :])) == self.digest:
                    return seq
        return seqs[0]


def digest_of(seqs: Iterable[int]) -> str:
    """Give the digest of numbers, in hex; they have to come in order."""
    return sha256(b"".join(written(seq) for seq in seqs)).hexdigest()


def written(seq: int) -> bytes:
    """Write a number as it stands in a digest."""
    return seq.to_bytes(_BYTES, "big")
