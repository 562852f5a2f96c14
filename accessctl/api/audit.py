"""What the record says of calls that change nothing: what was refused, and who read what about people."""

import asyncio
import logging
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Final

from accessctl.api.actor import Actor
from accessctl.api.doorkeeper import Doorkeeper
from accessctl.api.rate import Rate
from accessctl.store.errors import StoreError
from accessctl.store.operator_writer import OperatorWriter
from accessctl.store.people_change import Facts
from policies.event_types import EventType

AGAIN_S: Final = 600.0
"""The same read by the same operator is told again after so long."""
STOCK: Final = 60
"""So many refusals of one operator are told at once, and so many a minute later; the rest is counted."""
_MOST: Final = 10_000
NOBODY: Final = "unknown"
"""Who stands in the record where nobody knows who it was."""

log = logging.getLogger(__name__)


class Audit:
    """Writes such entries. Used from one event loop."""

    def __init__(
        self, writer: OperatorWriter, door: Doorkeeper, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take who writes, who hears of it, and a clock in seconds."""
        self._writer, self._door, self._clock = writer, door, clock
        self._read: OrderedDict[tuple[str, ...], float] = OrderedDict()
        self._refusals, self._untold = Rate(clock), Counter[str]()

    async def refused(self, operator: str | None, call: str, facts: Facts) -> None:
        """Tell that somebody was refused a call. The refusal stands whatever becomes of the entry."""
        who = operator or NOBODY
        if self._refusals.take(who, STOCK):
            self._untold[who] += 1
            return
        untold = self._untold.pop(who, 0)
        more: Facts = {"more": untold} if untold else {}
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
        if len(self._read) > _MOST:
            self._read.popitem(last=False)
