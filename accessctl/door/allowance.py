"""How many things one reader may have decided and recorded.

Nobody badges ten times a second; a defective reader, or somebody with a machine, does it a thousand times.
Each reader has a stock that a busy minute does not use up and that fills again all the time.
"""

from typing import Final

from accessctl.door.clock import Clock

STOCK: Final = 200.0
A_SECOND: Final = 50.0
"""What comes back in a second: the most entries that a reader can make in the long run."""


class Allowance:
    """A token bucket on a monotonic clock."""

    def __init__(self, clock: Clock) -> None:
        """Start with a full stock."""
        self._clock = clock
        self._left = STOCK
        self._then_ns = clock.monotonic_ns()

    def take(self) -> bool:
        """Take one from the stock; ``False`` when there is none left."""
        now_ns = self._clock.monotonic_ns()
        self._left = min(STOCK, self._left + (now_ns - self._then_ns) * A_SECOND / 1e9)
        self._then_ns = now_ns
        if self._left < 1:
            return False
        self._left -= 1
        return True
