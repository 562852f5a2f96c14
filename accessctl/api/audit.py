"""What the record says of calls that change nothing: what was refused, and who read what about people."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from accessctl.api.actor import Actor
from accessctl.api.doorkeeper import Doorkeeper
from accessctl.store.errors import StoreError
from accessctl.store.operator_writer import OperatorWriter
from accessctl.store.people_change import Facts
from policies.event_types import EventType

AGAIN_S: Final = 600.0
"""The same read by the same operator is told again after so long."""
STOCK: Final = 60
A_SECOND: Final = 1.0
"""So many refusals of one operator are told at once, and so many a second later; the rest is counted."""
_MOST: Final = 10_000
NOBODY: Final = "unknown"
"""Who stands in the record where nobody knows who it was."""

log = logging.getLogger(__name__)


class _Stock:
    """What is left of somebody's entries, and how many were left out."""

    def __init__(self, now: float) -> None:
        self._left, self._at, self.more = float(STOCK), now, 0

    def take(self, now: float) -> bool:
        self._left = min(STOCK, self._left + (now - self._at) * A_SECOND)
        self._at = now
        if self._left < 1:
            self.more += 1
            return False
        self._left -= 1
        return True


class Audit:
    """Writes such entries. Used from one event loop."""

    def __init__(
        self, writer: OperatorWriter, door: Doorkeeper, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take who writes, who hears of it, and a clock in seconds."""
        self._writer, self._door, self._clock = writer, door, clock
        self._read: OrderedDict[tuple[str, ...], float] = OrderedDict()
        self._stocks: OrderedDict[str, _Stock] = OrderedDict()

    async def refused(self, operator: str | None, call: str, facts: Facts) -> None:
        """Tell that somebody was refused a call. The refusal stands whatever becomes of the entry."""
        who = operator or NOBODY
        stock = self._stocks.setdefault(who, _Stock(self._clock()))
        _bound(self._stocks)
        if not stock.take(self._clock()):
            return
        more: Facts = {"more": stock.more} if stock.more else {}
        stock.more = 0
        try:
            told: Facts = {"call": call, **facts, **more}
            await asyncio.to_thread(self._writer.tell, EventType.CALL_REFUSED, who, told)
            await self._door.nudge()
        except StoreError as error:
            log.warning("a refused call cannot be recorded: %s", error)

    async def read(self, actor: Actor, call: str, what: str, person: str | None) -> None:
        """Tell that somebody reads what is about people, before they do. Raises ``StoreError``."""
        key, now = (actor.operator, actor.place, call, person or ""), self._clock()
        last = self._read.get(key)
        if last is not None and now - last < AGAIN_S:
            return
        facts: Facts = {"what": what, "call": call}
        # The door process takes it into the record when it looks next; nobody waits for that.
        await asyncio.to_thread(
            self._writer.tell, EventType.PERSONAL_DATA_READ, actor.operator, facts, person
        )
        self._read[key] = now
        self._read.move_to_end(key)
        _bound(self._read)


def _bound(table: "OrderedDict[str, _Stock] | OrderedDict[tuple[str, ...], float]") -> None:
    while len(table) > _MOST:
        table.popitem(last=False)
