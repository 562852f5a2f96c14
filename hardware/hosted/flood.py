"""How much a reader may show, and its driver's process tell: a stock, filled up at a steady rate.

No person comes near it. A reader that babbles does, and must neither fill a memory nor keep the door
process busy. What a reader shows beyond it is counted in its driver's process and not sent. A process that
tells more all the same is wild, and is killed.
"""

from typing import Final

NS_PER_S: Final = 1_000_000_000
STOCK: Final = 100
PER_S: Final = 50
MOST_TOLD_AT_ONCE: Final = 2_000
"""More than a door process that was held up may find: what waited in the other process and on the way."""
MOST_TOLD_PER_S: Final = 100


class Allowance:
    """What may still come. Instants are ``time.monotonic_ns()``."""

    def __init__(self, now_ns: int, stock: int = STOCK, per_s: int = PER_S) -> None:
        """Begin with a full stock."""
        self._full_at_ns = now_ns
        self._stock, self._each_ns = stock, NS_PER_S // per_s

    def take(self, now_ns: int) -> bool:
        """Take one, if there is one."""
        # The stock is kept as the instant at which it is full again: exact, and never out of range.
        full_at_ns = max(self._full_at_ns, now_ns) + self._each_ns
        if full_at_ns - now_ns > self._stock * self._each_ns:
            return False
        self._full_at_ns = full_at_ns
        return True
