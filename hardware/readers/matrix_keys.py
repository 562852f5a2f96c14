"""Which key was pressed? Pure: scans of a keypad's switches in, keys out.

Switches bounce, so a state counts once some scans in a row agree on it. Switches without diodes lie: with
three keys down, current finds a way round and a fourth one seems to be down as well. So one key, or a
second one while the first is still held, is a press; whatever is more counts as nothing until all are up.
"""

from typing import Final

NS_PER_S: Final = 1_000_000_000
STEADY: Final = 3
"""So many scans in a row have to agree."""
STUCK_NS: Final = 30 * NS_PER_S
"""Nobody holds a key for so long."""
MOST_AT_ONCE: Final = 2

Place = tuple[int, int]
"""The row and the column of a key."""
Places = frozenset[Place]
NONE_DOWN: Final[Places] = frozenset()


class MatrixKeys:
    """The keys of one keypad, as far as its scans tell."""

    def __init__(self) -> None:
        """Begin knowing nothing: a key that is down at first was not pressed now."""
        self._agreed = 0
        self._seen: Places | None = None
        self._down: Places | None = None
        self._since_ns: dict[Place, int] = {}
        self.confused = True
        """Whether nothing counts until all keys are up."""

    @property
    def known(self) -> bool:
        """Whether there were scans enough to tell."""
        return self._down is not None

    @property
    def idle(self) -> bool:
        """Whether all keys are up, and have been for long enough."""
        return self._down == self._seen == NONE_DOWN

    def scan(self, down: Places, now_ns: int) -> Place | None:
        """Take a scan; tell the key that is pressed by it."""
        self._agreed = self._agreed + 1 if down == self._seen else 1
        self._seen = down
        if self._agreed < STEADY or down == self._down:
            return None
        before, self._down = self._down or NONE_DOWN, down
        self._since_ns = {place: self._since_ns.get(place, now_ns) for place in down}
        new = down - before
        if len(down) > MOST_AT_ONCE or len(new) > 1:
            self.confused = True
        elif not down:
            self.confused = False
        elif new and not self.confused:
            return next(iter(new))
        return None

    def stuck(self, now_ns: int) -> list[Place]:
        """Tell which keys are down for longer than anybody holds one."""
        return sorted(place for place, since in self._since_ns.items() if now_ns - since > STUCK_NS)
