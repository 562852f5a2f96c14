"""Everything that shall happen later, in one heap.

Nothing here waits: whoever owns the loop asks when the next one is due and calls ``run_due``. So the
same timers run on the machine's clock and on a virtual one.
"""

import heapq
import logging
from collections.abc import Callable, Hashable
from datetime import timedelta
from itertools import count

from accessctl.door.clock import NS_PER_US, Clock

log = logging.getLogger(__name__)

Action = Callable[[], None]


class Timers:
    """Named timers; starting one again replaces it. Used from one thread."""

    def __init__(self, clock: Clock) -> None:
        """Take the clock to measure by."""
        self._clock = clock
        self._heap: list[tuple[int, int, Hashable]] = []
        self._running: dict[Hashable, tuple[int, Action]] = {}
        self._ticket = count()
        self._started: Action = lambda: None

    def when_started(self, tell: Action) -> None:
        """Have ``tell`` called whenever a timer was started: the next one due may be another now."""
        self._started = tell

    def start(self, name: Hashable, after: timedelta, action: Action) -> None:
        """Run ``action`` once, ``after`` from now, unless it is cancelled or started anew."""
        due_ns = self._clock.monotonic_ns() + after // timedelta(microseconds=1) * NS_PER_US
        ticket = next(self._ticket)
        self._running[name] = (ticket, action)
        heapq.heappush(self._heap, (due_ns, ticket, name))
        self._started()

    def cancel(self, name: Hashable) -> None:
        """Stop a timer, if it runs."""
        self._running.pop(name, None)

    def next_due_ns(self) -> int | None:
        """Give the monotonic instant of the next timer, or ``None`` when none runs."""
        while self._heap:
            due_ns, ticket, name = self._heap[0]
            if self._running.get(name, (None,))[0] == ticket:
                return due_ns
            heapq.heappop(self._heap)  # cancelled, or started anew since
        return None

    def run_due(self) -> None:
        """Run every timer that is due, in order of time, those included that are started meanwhile.

        One that fails is logged and keeps no other from running: a strike has to be secured in time,
        whatever else is wrong.
        """
        while (due_ns := self.next_due_ns()) is not None and due_ns <= self._clock.monotonic_ns():
            _due_ns, _ticket, name = heapq.heappop(self._heap)
            _, action = self._running.pop(name)
            try:
                action()
            except Exception:
                log.exception("the timer %s failed", name)
