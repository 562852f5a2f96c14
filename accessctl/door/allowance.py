"""How many things one reader may have decided and recorded.

Nobody badges ten times a second; a defective reader, or somebody with a machine, does it a thousand times.
Each reader has a stock that a busy minute does not use up and that fills again all the time.
"""

from typing import Final

from accessctl.door.clock import Clock
from hardware.hosted import flood

STOCK: Final = 200
A_SECOND: Final = 50
"""What comes back in a second: the most entries that a reader can make in the long run."""


class Allowance:
    """What is left of a reader's stock, on the door's own clock."""

    def __init__(self, clock: Clock) -> None:
        """Start with a full stock."""
        self._clock = clock
        self._stock = flood.Allowance(clock.monotonic_ns(), STOCK, A_SECOND)

    def take(self) -> bool:
        """Take one from the stock; ``False`` when there is none left."""
        return self._stock.take(self._clock.monotonic_ns())
