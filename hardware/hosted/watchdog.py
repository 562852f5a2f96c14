"""Does a driver's process still live, and do its drivers still go round? Pure: instants in, words out.

Three ways to hang: the whole process (a library that never lets go of the interpreter), one driver's
thread (a call that never returns), and the thread that carries out orders.
"""

from typing import Final

from hardware.hosted.wire import Pulse

NS_PER_S: Final = 1_000_000_000
START_S: Final = 15.0
"""So long may a process take until its first pulse: a small Pi that boots is slow to start anything."""
SILENCE_S: Final = 3.0
STALE_S: Final = 5.0
STALE_PULSES: Final = 2
"""A process that was stopped gets on at once, its drivers a moment later: one pulse is no proof."""


class Watchdog:
    """Watches one life of one process. Instants are ``time.monotonic_ns()``."""

    def __init__(self, now_ns: int) -> None:
        """Begin with the patience that a start needs."""
        self._deadline_ns = now_ns + int(START_S * NS_PER_S)
        self._stale_pulses = 0

    def hear(self, pulse: Pulse, now_ns: int) -> None:
        """Take a sign of life, which came just now."""
        self._deadline_ns = now_ns + int(SILENCE_S * NS_PER_S)
        rounds = [page.beat_ns for page in pulse.pages.values()]
        stale = any(
            since is not None and pulse.at_ns - since > STALE_S * NS_PER_S
            for since in (*rounds, pulse.busy_ns)
        )
        self._stale_pulses = self._stale_pulses + 1 if stale else 0

    def patience_s(self, now_ns: int) -> float:
        """Tell how long to wait for the next sign of life."""
        return max(0, self._deadline_ns - now_ns) / NS_PER_S

    def hangs(self, now_ns: int) -> bool:
        """Tell whether it hangs. Ask only when all that it sent was heard."""
        return now_ns >= self._deadline_ns or self._stale_pulses >= STALE_PULSES
