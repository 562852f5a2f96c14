"""Enrols the cards that imports left behind: a few at a time, as fast as the door process makes their tags.

What waits stands in the store, so whichever process ends, it goes on after a restart where it was: a card is
taken off the list in the transaction that enrols it. While the door process is away, it waits.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from accessctl.api.doorkeeper import Doorkeeper
from accessctl.link.client import LinkError
from accessctl.store.bulk_rows import BulkQueries, PendingCard
from accessctl.store.bulk_writer import Settled
from accessctl.store.errors import StoreError
from accessctl.store.people_writer import PeopleWriter

AT_ONCE: Final = 50
"""So much work is lost, and done again, when a process ends in the middle of it."""
AGAIN_S: Final = 2.0
"""So long is waited before the door process is asked again that was away."""
REMEMBERED: Final = 40
"""So many times are kept to tell the rate: some ten seconds on a desktop."""

log = logging.getLogger(__name__)


class Tagging:
    """Enrols cards that wait. Used from one event loop; one worker, which asks for one batch at a time."""

    def __init__(
        self,
        queries: BulkQueries,
        writer: PeopleWriter,
        door: Doorkeeper,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the store, and who has tags made."""
        self._queries, self._writer, self._door, self._now = queries, writer, door, now
        self._news = asyncio.Event()
        self._times: deque[tuple[float, int]] = deque(maxlen=REMEMBERED)
        """When a batch was done, and how many had been by then."""
        self._done = 0
        self.stalled: str | None = None
        self.again_s = AGAIN_S

    def wake(self) -> None:
        """There is something to do."""
        self._news.set()

    @property
    def rate(self) -> float | None:
        """Cards a second of late; ``None`` while nobody knows."""
        if len(self._times) < 2 or self.stalled is not None:  # noqa: PLR2004 - two make a stretch
            return None
        (began, before), (ended, after) = self._times[0], self._times[-1]
        return (after - before) / (ended - began) if ended > began else None

    async def keep_at_it(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                while await self.work():
                    pass
                self._times.clear()
                await self._news.wait()
            except (LinkError, StoreError) as error:
                self._stall(str(error))
                await asyncio.sleep(self.again_s)
            except Exception:
                log.exception("cards cannot be tagged now")
                self._stall("a fault in the API process; its log says more")
                await asyncio.sleep(self.again_s)

    async def work(self) -> bool:
        """Enrol the next few; ``False`` when none waits. Raises ``LinkError`` and ``StoreError``."""
        self._news.clear()
        waiting = await asyncio.to_thread(self._queries.waiting, AT_ONCE)
        if not waiting:
            return False
        if not self._times:
            self._times.append((self._now(), self._done))
        answers = await self._door.tag_sealed([_asked(card) for card in waiting])
        await asyncio.to_thread(self._writer.settle, _settled(waiting, answers))
        self._done += len(waiting)
        self._times.append((self._now(), self._done))
        self.stalled = None
        if len(waiting) < AT_ONCE:
            await self._door.nudge()
        return True

    def _stall(self, why: str) -> None:
        if self.stalled != why:
            log.warning("cards wait for their tags: %s", why)
        self.stalled = why
        self._times.clear()


def _asked(card: PendingCard) -> dict[str, str]:
    return {
        "name": card.name,
        "person": card.person,
        "technology": card.technology,
        "sealed_hex": card.sealed.hex(),
    }


def _settled(cards: Sequence[PendingCard], answers: Sequence[dict[str, Any]]) -> list[Settled]:
    return [
        Settled(card.id, bytes.fromhex(answer["tag_hex"]), answer["hint"])
        if "tag_hex" in answer
        else Settled(card.id, why=str(answer.get("why")))
        for card, answer in zip(cards, answers, strict=True)
    ]
