"""The newest entries of the record, read once for everybody who follows it.

However many streams are open, the record is read once when it grows, the names are joined once, and each
entry is written as text once. What was read is kept for a short while, in numbers and in bytes bounded;
each stream has its own place in it and takes what it wants. Whoever is too slow and falls out of it reads
pages from the store by itself, as does whoever begins further back. While nobody follows, nothing is
read and nothing is kept.

What is kept has names in it. That is why it is kept for a minute at most: a person who was renamed or
erased is gone from it then, however quiet the site is.
"""

import asyncio
import logging
import time
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from accessctl.api.event_models import Told
from accessctl.api.growth import Growth
from accessctl.store.errors import PeopleUnavailable, StoreError
from accessctl.store.event_filter import EventFilter
from accessctl.store.events import STRETCH, EventQueries, Found
from accessctl.store.people_queries import PeopleQueries

log = logging.getLogger(__name__)

HEARTBEAT_S: Final = 10.0
"""After so long without a hint the record is looked at all the same, and streams show that they live."""
PAUSE_S: Final = 0.05
"""Between two reads: a first entry is read at once, a flood twenty times a second."""
RETRY_S: Final = 1.0
AT_ONCE: Final = 200
"""So many entries are read, or sent, at once."""
MOST_KEPT: Final = 2000
MOST_BYTES: Final = 4 * 1024 * 1024
KEPT_S: Final = 60.0
_END: Final = 2**63 - 2


@dataclass(frozen=True, slots=True)
class Page:
    """What one slow or late stream has read by itself."""

    told: list[Told]
    reached: int
    more: bool
    epoch: str


class Tail:
    """Reads the end of the record for all streams. Used from one event loop."""

    def __init__(self, events: EventQueries, people: PeopleQueries, growth: Growth) -> None:
        """Read from these stores when the record grows, once ``keep_reading`` runs."""
        self._events, self._people, self._growth = events, people, growth
        self._kept: list[Told] = []
        self._read_at: list[float] = []
        self._bytes = 0
        self._begin = self._reached = 0
        self._followers = 0
        self._somebody = asyncio.Event()
        self.news = asyncio.Event()
        """Set, and replaced, when there may be something new. Take it before looking, then wait for it."""
        self.epoch: str | None = None
        """Names the file that is being read; ``None`` until it was looked into."""

    @property
    def ended(self) -> bool:
        """Whether the process stops and streams shall end."""
        return self._growth.ended

    @property
    def followers(self) -> int:
        """So many streams are open."""
        return self._followers

    @property
    def kept(self) -> int:
        """So many entries are kept."""
        return len(self._kept)

    @contextmanager
    def followed(self) -> Iterator[None]:
        """Be read for as long as the block lasts."""
        self._followers += 1
        if self._followers == 1:
            self._somebody.set()
            self._growth.look()
        try:
            yield
        finally:
            self._followers -= 1
            if not self._followers:
                self._somebody.clear()
                self._begin_anew(0, None)

    def after(self, seq: int) -> Sequence[Told] | None:
        """Give the next entries after a number, none if there are none yet; ``None`` if they are not kept."""
        if seq < self._begin:
            return None
        first = bisect_right(self._kept, seq, key=_number)
        return self._kept[first : first + AT_ONCE]

    async def page(self, seq: int, wanted: EventFilter) -> Page:
        """Read the next entries from the store, for one stream. Raises ``RecordUnavailable``."""
        return await asyncio.to_thread(self._fetch, seq, wanted)

    async def keep_reading(self) -> None:
        """Read what is new, whenever there is anything and anybody, until cancelled."""
        while not self.ended:
            await self._somebody.wait()
            mark = self._growth.mark()
            wait_s = RETRY_S
            try:
                more = self._take(*await asyncio.to_thread(self._fetch_new, self._reached, self.epoch))
                wait_s = 0.0 if more else HEARTBEAT_S
            except StoreError:
                pass  # it is looked at again soon
            except Exception:
                log.exception("the record could not be followed")
            self._wake()
            if wait_s:
                await asyncio.sleep(PAUSE_S)
                await self._growth.since(mark, wait_s)
        self._wake()

    def _fetch_new(self, seq: int, epoch: str | None) -> tuple[Found, list[Told]]:
        """Read what came after what is kept; where it is only to begin, read where the record ends."""
        found = self._events.page_after(_END if epoch is None else seq, limit=AT_ONCE)
        return found, self._told(found)

    def _fetch(self, seq: int, wanted: EventFilter) -> Page:
        found = self._events.page_after(seq, wanted=wanted, limit=AT_ONCE, looks=STRETCH)
        return Page(self._told(found), found.reached, found.more, found.epoch)

    def _told(self, found: Found) -> list[Told]:
        names = self._names({row.person for row in found.rows if row.person is not None})
        return [Told.of(row, names) for row in found.rows]

    def _names(self, people: Collection[str]) -> Mapping[str, str]:
        try:
            return self._people.names_of(people) if people else {}
        except PeopleUnavailable:
            return {}

    def _take(self, found: Found, told: list[Told]) -> bool:
        """Keep what was read; tell whether there is more of it at once."""
        if not self._followers:
            return False
        if found.epoch != self.epoch:  # the first look, or the file was replaced: its numbers are others
            self._begin_anew(found.last, found.epoch)
            return False
        now = time.monotonic()
        # A record that was set back does not count: what is read comes after what was read before.
        self._reached = max(self._reached, found.reached)
        self._kept += told
        self._read_at += [now] * len(told)
        self._bytes += sum(each.size for each in told)
        self._forget(now - KEPT_S)
        return found.more

    def _forget(self, before: float) -> None:
        """Let go of what is too much or too old."""
        count = 0
        while count < len(self._kept) and (
            len(self._kept) - count > MOST_KEPT or self._bytes > MOST_BYTES or self._read_at[count] < before
        ):
            self._bytes -= self._kept[count].size
            count += 1
        if count:
            self._begin = self._kept[count - 1].row.seq
            del self._kept[:count], self._read_at[:count]

    def _begin_anew(self, seq: int, epoch: str | None) -> None:
        self._kept, self._read_at, self._bytes = [], [], 0
        self._begin = self._reached = seq
        self.epoch = epoch

    def _wake(self) -> None:
        news, self.news = self.news, asyncio.Event()
        news.set()


def _number(told: Told) -> int:
    return told.row.seq
