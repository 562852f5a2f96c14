"""Tells every open stream that the record has grown: one connection to the door process for all of them."""

import asyncio
from contextlib import suppress

from accessctl.link.client import LinkClient


class Growth:
    """Wakes whoever waits for the record to grow. Used from one event loop.

    It says that something is new, never what: a reader takes a mark, reads what is there, and waits for
    whatever came after the mark. So nothing is missed between reading and waiting.
    """

    def __init__(self, link: LinkClient) -> None:
        """Follow over this link, once ``follow`` runs."""
        self._link = link
        self._count = 0
        self._news = asyncio.Event()
        self.ended = False

    def mark(self) -> int:
        """Give a mark to wait from."""
        return self._count

    async def since(self, mark: int, timeout_s: float) -> bool:
        """Wait until there was something after the mark; ``False`` when the time was over first."""
        news = self._news
        if self._count == mark and not self.ended:
            with suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), timeout_s)
        return self._count != mark

    async def follow(self) -> None:
        """Listen to the door process until cancelled."""
        async for _ in self._link.follow():
            self._wake()

    def look(self) -> None:
        """Let it be looked at, whether or not it has grown."""
        self._wake()

    def end(self) -> None:
        """Let everybody who waits go: the process stops."""
        self.ended = True
        self._wake()

    def _wake(self) -> None:
        self._count += 1
        self._news.set()
        self._news = asyncio.Event()
