"""How many cards and keys a reader may show: a stock, filled up at a steady rate.

No person comes near it. A reader that babbles does, and must neither fill a memory nor keep the door
process busy.
"""

from typing import Final

NS_PER_S: Final = 1_000_000_000
STOCK: Final = 100
PER_S: Final = 50


class Allowance:
    """What one reader may still show. Instants are ``time.monotonic_ns()``."""

    def __init__(self, now_ns: int) -> None:
        """Begin with a full stock."""
        self._full_at_ns = now_ns

    def take(self, now_ns: int) -> bool:
        """Take one, if there is one."""
        # The stock is kept as the instant at which it is full again: exact, and never out of range.
        each_ns = NS_PER_S // PER_S
        full_at_ns = max(self._full_at_ns, now_ns) + each_ns
        if full_at_ns - now_ns > STOCK * each_ns:
            return False
        self._full_at_ns = full_at_ns
        return True
