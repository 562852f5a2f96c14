"""The two clocks a door needs: one to measure by, one to tell the time by."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from accessctl.store.entry import Moment

NS_PER_US: Final = 1000


class Clock(Protocol):
    """Durations are measured on ``monotonic_ns``; schedules and the record go by ``now``."""

    def now(self) -> datetime:
        """Give the wall clock's time, aware, in UTC."""
        ...

    def monotonic_ns(self) -> int:
        """Give nanoseconds from an arbitrary start that never run backwards."""
        ...

    def moment(self) -> Moment:
        """Give this instant by every clock."""
        ...


class SystemClock:
    """The machine's clocks."""

    _ASK_AGAIN_NS: Final = 30_000_000_000

    def __init__(self, is_synchronised: Callable[[], bool] | None = None) -> None:
        """Take the way to ask whether a time source keeps the wall clock right; by default the kernel's."""
        self._ask = is_synchronised or kernel_clock_is_synchronised
        self._synced = self._ask()
        self._asked_ns = self.monotonic_ns()

    def now(self) -> datetime:
        """Give the wall clock's time."""
        return datetime.now(UTC)

    def monotonic_ns(self) -> int:
        """Give ``time.monotonic_ns``."""
        return time.monotonic_ns()

    def moment(self) -> Moment:
        """Give this instant; whether the clock is right is asked again now and then."""
        mono_ns = self.monotonic_ns()
        if mono_ns - self._asked_ns > self._ASK_AGAIN_NS:
            self._synced, self._asked_ns = self._ask(), mono_ns
        return Moment(self.now(), mono_ns, self._synced)


def kernel_clock_is_synchronised() -> bool:
    """Ask the kernel (``adjtimex(2)``) whether something like NTP keeps its clock right."""
    import ctypes

    nothing_to_set = ctypes.create_string_buffer(512)  # struct timex is 208 bytes; modes = 0 only reads
    state = ctypes.CDLL(None, use_errno=True).adjtimex(nothing_to_set)
    return bool(0 <= state < _TIME_ERROR)


_TIME_ERROR: Final = 5
"""``TIME_ERROR`` of ``sys/timex.h``: the clock is not synchronised."""


class VirtualClock:
    """A clock that stands until it is told to move: for the played day and for tests."""

    def __init__(self, start: datetime) -> None:
        """Start at an aware instant."""
        self._start = self._now = start.astimezone(UTC)
        self._set_by = timedelta()
        self.synced = True
        """Whether a time source keeps it right."""

    def now(self) -> datetime:
        """Give the time it was last moved to, or set to."""
        return self._now + self._set_by

    def monotonic_ns(self) -> int:
        """Give the time moved so far."""
        return (self._now - self._start) // timedelta(microseconds=1) * NS_PER_US

    def moment(self) -> Moment:
        """Give this instant."""
        return Moment(self.now(), self.monotonic_ns(), self.synced)

    def move_to(self, at: datetime) -> None:
        """Move on to a later instant. Raises ``ValueError`` for an earlier one."""
        if at < self.now():
            raise ValueError("a virtual clock does not run backwards")
        self._now = at.astimezone(UTC) - self._set_by

    def set_to(self, at: datetime) -> None:
        """Let the wall clock show another time, as when somebody sets it: no time passes by that."""
        self._set_by += at - self.now()
