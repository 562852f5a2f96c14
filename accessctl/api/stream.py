"""The record as a stream that loses nothing and repeats nothing.

Only the record itself is streamed: what comes over the link is a hint to look. So a stream that was
interrupted, a door process that restarted and a client that is slow all come to the same: the next
entries after the last one that was sent. They come from what is read for everybody; from the store,
page by page, for whoever is not that far.
"""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import Final

from starlette.responses import StreamingResponse
from starlette.types import Send

from accessctl.api import tail as tails
from accessctl.api.event_models import Told
from accessctl.api.places import Place
from accessctl.api.tail import Tail
from accessctl.store.errors import StoreError
from accessctl.store.event_filter import EventFilter

_BEAT: Final = b": nothing new\n\n"


RECHECK_S: Final = 30.0
"""So long may a stream go on after its client has lost the right to it."""
Still = Callable[[], Awaitable[bool]]
"""Whether a client still may have what it gets."""


async def _for_good() -> bool:
    return True


class Following(StreamingResponse):
    """A stream that ends with its client, at once and not when somebody collects it."""

    def __init__(self, stream: "Stream") -> None:
        """Send what a stream says."""
        self._items = stream.items()
        super().__init__(
            self._items,
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def stream_response(self, send: Send) -> None:
        """Send until the client or the process goes."""
        async with aclosing(self._items):
            await super().stream_response(send)


class Stream:
    """One client's way through the record."""

    def __init__(
        self, tail: Tail, begin: Place, wanted: EventFilter, *, names: bool, still: Still = _for_good
    ) -> None:
        """Begin at a place; ``names``: whether this client may see people's names."""
        self._tail, self._wanted, self._names, self._still = tail, wanted, names, still
        self._checked_at = time.monotonic()
        self._matches = wanted.matcher()
        self._begin = begin
        self._seq, self._epoch = begin.seq, begin.epoch
        self._said_at = time.monotonic()

    async def items(self) -> AsyncGenerator[bytes, None]:
        """Give what there is, several entries at once, for as long as the client stays."""
        # It says where it is: whoever is cut off before the first entry resumes from here, as browsers do.
        yield self._saying(f": the record follows\nid: {self._begin}\n\n".encode())
        with self._tail.followed():
            while not self._tail.ended and await self._may_go_on():
                news = self._tail.news
                text, more = await self._next()
                # A stream of which the filter leaves nothing lives too, and nobody else tells its client.
                if not text and time.monotonic() - self._said_at >= tails.HEARTBEAT_S / 2:
                    text = _BEAT
                if text:
                    yield self._saying(text)
                if not more:
                    await news.wait()

    async def _may_go_on(self) -> bool:
        """Ask again now and then: a session ends, a token is revoked, names are hidden again."""
        if time.monotonic() - self._checked_at < RECHECK_S:
            return True
        self._checked_at = time.monotonic()
        return await self._still()

    async def _next(self) -> tuple[bytes, bool]:
        """Give the text of what comes next, and whether there is more behind it."""
        if self._tail.epoch is None:
            return b"", False
        # Where the file was just replaced by another one, either may not have seen it yet: the store says.
        kept = self._tail.after(self._seq) if self._epoch == self._tail.epoch else None
        if kept is None:
            return await self._read()
        if not kept:
            return b"", False
        self._seq = kept[-1].row.seq
        return self._text(told for told in kept if self._matches(told.row)), True

    async def _read(self) -> tuple[bytes, bool]:
        try:
            page = await self._tail.page(self._seq, self._wanted)
        except StoreError:
            return b"", False  # it is tried again with the next news
        if page.epoch != self._epoch:
            # Another file has other numbers: all of it is new to whoever followed the one before.
            self._seq = self._seq if self._epoch is None else 0
            self._epoch = page.epoch
            return b"", True
        came_on = page.reached > self._seq  # it did not in a record that was set back
        self._seq = page.reached
        return self._text(page.told), came_on

    def _text(self, told: Iterable[Told]) -> bytes:
        return b"".join(each.text(names=self._names) for each in told)

    def _saying(self, text: bytes) -> bytes:
        self._said_at = time.monotonic()
        return text
