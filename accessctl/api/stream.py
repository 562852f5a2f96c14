"""The record as a stream that loses nothing and repeats nothing.

Only the record itself is streamed: what comes over the link is a hint to look. So a stream that was
interrupted, a door process that restarted and a client that is slow all come to the same: the next
page after the last number that was sent.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from accessctl.api.parts import Parts
from accessctl.store.errors import StoreError
from accessctl.store.events import EventFilter, EventRow

HEARTBEAT_S: Final = 10.0
"""After so long without an entry a comment is sent, and the record is looked at without being told to."""
AT_ONCE: Final = 200
_BEAT: Final = ": nothing new\n\n"

Texts = Callable[[list[EventRow]], Awaitable[list[str]]]


async def entries(parts: Parts, after: int, wanted: EventFilter, texts: Texts) -> AsyncIterator[str]:
    """Give the text of each wanted entry after a number, for as long as the client stays."""
    yield ": the record follows\n\n"
    while not parts.growth.ended:
        mark = parts.growth.mark()
        try:
            last = await asyncio.to_thread(parts.events.last_seq)
            rows = await asyncio.to_thread(
                parts.events.after, after, wanted=wanted, limit=AT_ONCE, until=last + 1
            )
            for text in await texts(rows):
                yield text
        except StoreError:
            rows, last = [], after  # it is looked at again after the next beat
        if len(rows) == AT_ONCE:
            after = rows[-1].seq
            continue
        # What the filter left out counts as seen; a record that was set back does not count at all.
        after = max(after, last)
        if not await parts.growth.since(mark, HEARTBEAT_S):
            yield _BEAT
