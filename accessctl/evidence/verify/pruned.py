"""Which entries of an export are absent because of their age, held against the entries that tell of it.

``pruned.txt`` has a line for each stretch of numbers: its first, its last, and the number of the entry that
tells of them. It is worth nothing by itself: that entry is in the tree, and has the digest of the numbers.
"""

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from accessctl.evidence.pruned import Account, AccountWrong, written
from accessctl.evidence.verify.report import Bad
from accessctl.evidence.verify.source import PRUNED, Source

if TYPE_CHECKING:
    from hashlib import _Hash

_LINE: Final = re.compile(rb"([1-9][0-9]{0,14}) ([1-9][0-9]{0,14}) ([1-9][0-9]{0,14})\n")
_LONGEST: Final = 64
_AT_ONCE: Final = 4096
_MOST_TRIED: Final = 100_000
"""Numbers of a batch that is not right, among which the one that was added is looked for."""


class Run(NamedTuple):
    """A stretch of numbers."""

    first: int
    last: int
    batch: int


@dataclass(slots=True)
class _Batch:
    """What is listed of one batch so far."""

    first: int
    last: int = 0
    count: int = 0
    digest: "_Hash" = field(default_factory=sha256)

    def add(self, run: Run) -> None:
        """Take a stretch into it."""
        self.last = run.last
        self.count += run.last - run.first + 1
        for begin in range(run.first, run.last + 1, _AT_ONCE):
            end = min(begin + _AT_ONCE, run.last + 1)
            self.digest.update(b"".join(written(seq) for seq in range(begin, end)))


class PrunedNumbers:
    """Reads the list along with the entries, remembering of each batch nothing but its digest so far."""

    def __init__(self, source: Source, size: int) -> None:
        """``size``: how many entries the export has, absent or not."""
        self._source, self._size = source, size
        self._runs = self._read()
        self._now: Run | None = None
        self._next: Run | None = None
        self._begun = False
        self._open: dict[int, _Batch] = {}

    def close(self) -> None:
        """Close the file."""
        self._runs.close()

    def first_unlisted(self, begin: int, end: int) -> int | None:
        """Give the first number from ``begin`` to before ``end`` that is not listed. Raises ``Bad``."""
        seq = begin
        while seq < end:
            while self._now is None or self._now.last < seq:
                if not self._advance():
                    return seq
            if self._now.first > seq:
                return seq
            seq = self._now.last + 1
        return None

    def account(self, batch: int, detail: str | None) -> None:
        """Hold what is listed of a batch against the entry that tells of it. Raises ``Bad``."""
        while (upcoming := self._peek()) is not None and upcoming.first < batch:
            self._advance()
        listed = self._open.pop(batch, None)
        try:
            said = Account.parse(detail)
        except AccountWrong as wrong:
            raise Bad(f"entry {batch} {wrong}", batch) from None
        if listed is None:  # all that it tells of is there, and whatever is there is looked at
            return
        if (listed.count, listed.digest.hexdigest()) != (said.count, said.digest):
            odd = self._odd(batch, said) or listed.first
            raise Bad(f"entry {odd} is missing, and entry {batch} does not account for it", odd, PRUNED)

    def check_end(self, accepted: int) -> None:
        """Raise ``Bad`` for a batch of which no entry tells, unless it ends with ``accepted`` or before."""
        while self._advance():
            pass
        for batch, listed in sorted(self._open.items(), key=lambda each: each[1].first):
            if listed.last > accepted:
                words = f"entry {listed.first} is missing, and no entry accounts for it ({batch} should)"
                raise Bad(words, listed.first, PRUNED)

    def _odd(self, batch: int, said: Account) -> int | None:
        """Name the number that was added to a batch, where that can be told."""
        found: list[int] = []
        for run in self._read():
            if run.batch == batch:
                found += range(run.first, min(run.last, run.first + _MOST_TRIED) + 1)
            if len(found) > _MOST_TRIED:
                return None
        return said.odd(found)

    def _peek(self) -> Run | None:
        if not self._begun:
            self._begun, self._next = True, next(self._runs, None)
        return self._next

    def _advance(self) -> bool:
        """Take the next stretch; tells whether there was one."""
        run = self._peek()
        if run is None:
            return False
        self._now, self._next = run, next(self._runs, None)
        self._open.setdefault(run.batch, _Batch(run.first)).add(run)
        return True

    def _read(self) -> Generator[Run, None, None]:
        file = self._source.open(PRUNED)
        if file is None:
            return
        with file:
            last = 0
            while line := file.readline(_LONGEST):
                found = _LINE.fullmatch(line)
                if found is None:
                    raise Bad("a line does not say which entries were pruned", last + 1, PRUNED)
                run = Run(*map(int, found.groups()))
                if not last < run.first <= run.last < run.batch or run.last > self._size:
                    raise Bad(f"what it says from entry {run.first} on cannot be", run.first, PRUNED)
                yield run
                last = run.last
