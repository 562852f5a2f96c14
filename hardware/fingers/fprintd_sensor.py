"""One sensor of fprintd's while it is there: claimed, asked, and let go of for certain.

What is begun is waited for even when it is not wanted any more: fprintd lets go of nothing that is half
begun, and a sensor that stayed claimed would be nobody's.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from hardware.fingers.fprintd_bus import DEVICE, Failed, Gone, NotKept, SystemBus
from hardware.fingers.fprintd_words import ENROL_HINTS, ENROL_OVER, STAGES, VERIFY_HINTS, VERIFY_OVER
from hardware.fingers.hints import NO_TEMPLATE, ONCE_MORE, PLACE
from hardware.fingers.names import user_and_finger
from hardware.fingers.telling import Telling
from hardware.health import HealthBook
from hardware.tickets import Enrol, Forget, Verify

CLEAN_UP_S: Final = 2.0


class Sensor:
    """One sensor, for as long as its fprintd lives. Used in one loop, by one order at a time."""

    def __init__(self, bus: SystemBus, owner: str, path: str, telling: Telling, book: HealthBook) -> None:
        """Take its fprintd's connection and its path, and where hints and errors go."""
        self.owner, self.path = owner, path
        self.gone = False
        """Set once its fprintd has ended: nothing is asked any more."""
        self._bus, self._telling, self._book = bus, telling, book
        self._statuses: asyncio.Queue[tuple[str, str, bool]] = asyncio.Queue()

    def hear(self, member: str, status: str, is_the_end: bool) -> None:  # noqa: FBT001 - as the signal has it
        """Take what it says of the finger that it looks at."""
        self._statuses.put_nowait((member, status, is_the_end))

    async def verified(self, order: Verify) -> tuple[str | None, str]:
        """Ask for one finger after the other; give the one that fits, or why there was none to compare with.

        Those of one person are claimed once for all of them. Raises ``Failed`` or ``Gone``.
        """
        kept = False
        names = [(template, *user_and_finger(template)) for template in order.templates]
        for user in dict.fromkeys(user for _, user, _ in names):
            async with self._claimed(user):
                for template, _, finger in (name for name in names if name[1] == user):
                    if kept:
                        # Whoever walks away now has shown a finger that does not fit: it is told already.
                        self._telling.step(order.ticket, ONCE_MORE, unmatched=True)
                    result = await self._verified_one(order.ticket, finger)
                    if result:
                        return template, ""
                    kept = kept or result is not None
        return None, "" if kept else NO_TEMPLATE

    async def _verified_one(self, ticket: int, finger: str) -> bool | None:
        """Tell whether it is this finger; ``None`` when the sensor keeps no such one."""
        while True:
            try:
                async with self._going_on("Verify", finger):
                    status = await self._status(ticket, "VerifyStatus", VERIFY_HINTS)
            except NotKept:
                return None
            if status in {"verify-match", "verify-no-match"}:
                return status == "verify-match"
            if status not in VERIFY_HINTS:
                raise Failed(VERIFY_OVER.get(status, "the sensor failed"))

    async def enrolled(self, order: Enrol) -> None:
        """Have a finger learnt. Raises ``Failed`` or ``Gone``."""
        user, finger = user_and_finger(order.template)
        async with self._claimed(user):
            with suppress(NotKept):
                await self._ask("DeleteEnrolledFinger", finger)
            self._telling.step(order.ticket, PLACE)
            while True:
                async with self._going_on("Enroll", finger):
                    status = await self._status(order.ticket, "EnrollStatus", ENROL_HINTS)
                if status == "enroll-completed":
                    return
                if status not in ENROL_HINTS:
                    raise Failed(ENROL_OVER.get(status, "the sensor failed"))

    async def forgotten(self, order: Forget) -> None:
        """Have a finger erased, if it is there. Raises ``Failed`` or ``Gone``."""
        user, finger = user_and_finger(order.template)
        async with self._claimed(user):
            with suppress(NotKept):
                await self._ask("DeleteEnrolledFinger", finger)

    async def _status(self, ticket: int, signal: str, hints: Mapping[str, str]) -> str:
        """Pass hints on until something is the end; give what that was."""
        while True:
            member, status, is_the_end = await self._statuses.get()
            if member != signal:
                continue
            if status in hints:
                if status not in STAGES:
                    self._book.erred(hints[status])
                self._telling.step(ticket, hints[status])
            if is_the_end or status not in hints:
                return status

    @asynccontextmanager
    async def _claimed(self, user: str) -> AsyncIterator[None]:
        try:
            await self._surely(self._ask("Claim", user))
            yield
        finally:
            await self._let_go(self._ask("Release"))

    @asynccontextmanager
    async def _going_on(self, what: str, finger: str) -> AsyncIterator[None]:
        while not self._statuses.empty():
            self._statuses.get_nowait()  # of the one before: it says nothing of this one
        try:
            await self._surely(self._ask(f"{what}Start", finger))
            yield
        finally:
            await self._let_go(self._ask(f"{what}Stop"))

    async def _surely(self, call: Coroutine[Any, Any, None]) -> None:
        """Wait for the answer even when it is not wanted any more: fprintd lets go of nothing half begun."""
        asking = asyncio.get_running_loop().create_task(call)
        try:
            await asyncio.shield(asking)
        finally:
            while not asking.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait({asking})
            if not asking.cancelled():
                asking.exception()  # it was asked for in vain, which is no news

    async def _let_go(self, call: Coroutine[Any, Any, object]) -> None:
        with suppress(Failed, Gone, TimeoutError, OSError, EOFError):
            async with asyncio.timeout(CLEAN_UP_S):
                await call

    async def _ask(self, member: str, *values: str) -> None:
        if self.gone:
            raise Gone("fprintd ended in the middle of it")
        # To the connection itself: another fprintd that was started since knows nothing of our claim.
        await self._bus.ask(self.owner, self.path, DEVICE, member, *values)
