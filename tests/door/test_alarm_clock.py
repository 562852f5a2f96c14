"""The loop wakes for whichever timer is next, whoever started it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from accessctl.door.alarm_clock import AlarmClock
from accessctl.door.clock import SystemClock
from accessctl.door.timers import Timers

SOON, LATE = timedelta(milliseconds=5), timedelta(hours=1)


def _run(tell: Callable[[Timers], Awaitable[None]]) -> None:
    async def story() -> None:
        timers = Timers(SystemClock(lambda: True))
        AlarmClock(asyncio.get_running_loop(), timers)
        await asyncio.wait_for(tell(timers), 10)

    asyncio.run(story())


def test_a_timer_started_by_an_order_rings_without_any_signal() -> None:
    """Nobody has to come to the door for it to be secured again."""

    async def tell(timers: Timers) -> None:
        rung = asyncio.Event()
        timers.start("late", LATE, lambda: None)
        timers.start("soon", SOON, rung.set)
        await rung.wait()

    _run(tell)


def test_a_timer_that_fails_stops_no_other() -> None:
    """One that raises is logged; those after it ring all the same, also those started later."""

    async def tell(timers: Timers) -> None:
        rung = asyncio.Event()

        def fail() -> None:
            raise RuntimeError

        timers.start("bad", timedelta(), fail)
        timers.start("good", SOON, lambda: timers.start("next", SOON, rung.set))
        await rung.wait()

    _run(tell)
