"""Wakes the loop when the next timer is due."""

from asyncio import AbstractEventLoop, TimerHandle

from accessctl.door.timers import Timers


class AlarmClock:
    """Keeps one wake-up in the loop, for whichever timer is next, whoever started it."""

    def __init__(self, loop: AbstractEventLoop, timers: Timers) -> None:
        """Take the loop to wake and the timers to run. Both measure on ``time.monotonic``."""
        self._loop, self._timers = loop, timers
        self._handle: TimerHandle | None = None
        self._set_for: int | None = None
        timers.when_started(self._set)
        self._set()

    def _set(self) -> None:
        due_ns = self._timers.next_due_ns()
        if due_ns == self._set_for:
            return
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        self._set_for = due_ns
        if due_ns is not None:
            self._handle = self._loop.call_at(due_ns / 1e9, self._ring)

    def _ring(self) -> None:
        self._handle = self._set_for = None
        self._timers.run_due()
        self._set()
