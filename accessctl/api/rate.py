"""How often one client may ask: a stock for each, filled up at a steady rate.

What readers may report is counted likewise, in ``hardware/hosted/flood.py``, which the API must not load.
Here a refusal also says how long to wait, and there may be very many clients.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MOST_CLIENTS: Final = 10_000
_A_MINUTE_S: Final = 60.0


class Rate:
    """What each client has left. Whoever has not asked for a minute has all of it, and is forgotten."""

    def __init__(self, clock: Callable[[], float], most_clients: int = MOST_CLIENTS) -> None:
        """Know nobody yet. ``clock`` counts in seconds and never goes back."""
        self._clock, self._most = clock, most_clients
        # When each one's stock is full again: exact, and never out of range.
        self._full_at: OrderedDict[str | bytes, float] = OrderedDict()

    def take(self, client: str | bytes, a_minute: int) -> int:
        """Take one from a client's stock; give 0, or after how many seconds there is one again."""
        now, each = self._clock(), _A_MINUTE_S / a_minute
        full_at = max(self._full_at.get(client, now), now) + each
        wait = full_at - now - _A_MINUTE_S
        # A stock counted up in fractions is a hair off.
        if wait > each / 1000:
            return math.ceil(wait)
        self._full_at[client] = full_at
        self._full_at.move_to_end(client)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
        return 0

    def __len__(self) -> int:
        """Say how many clients are remembered."""
        return len(self._full_at)
