"""Timers on a virtual clock."""

from datetime import datetime
from heapq import heappop, heappush

from policies.turn import TimerKey


class Timers:
    """Timers by their names, in the order in which they are due; of two at one instant, as they started."""

    __slots__ = ("_heap", "_started", "due", "running")

    def __init__(self) -> None:
        """Begin with none."""
        self._heap: list[tuple[datetime, int, TimerKey]] = []
        self._started = 0
        self.running: dict[TimerKey, int] = {}
        """Each timer that runs, and which start it was."""
        self.due: datetime | None = None
        """When to look again: nothing is due before. ``None``: no timer runs."""

    def start(self, key: TimerKey, due: datetime) -> None:
        """Start a timer, or start it anew."""
        self._started += 1
        self.running[key] = self._started
        heappush(self._heap, (due, self._started, key))
        self.due = self._heap[0][0]

    def stop(self, key: TimerKey) -> None:
        """Stop a timer, if it runs."""
        # Its place in the heap is left until it comes up: taking it out would cost a search.
        self.running.pop(key, None)

    def take(self, now: datetime) -> tuple[datetime, TimerKey] | None:
        """Give the next timer that is due at ``now``, and since when; it runs no more. ``None``: none is."""
        heap, running = self._heap, self.running
        found = None
        while heap and found is None and heap[0][0] <= now:
            due, started, key = heappop(heap)
            if running.get(key) == started:
                del running[key]
                found = (due, key)
        self.due = heap[0][0] if heap else None
        return found
