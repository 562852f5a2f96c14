"""Which cards lie on a reader that can only be asked, look by look, what it sees. Pure.

A card counts as shown when it was away before. One look that misses a card proves nothing, since its
answer is easily lost, so a card is away after several looks without it. What lies there while the
watching begins was not shown now: neither a start nor a reconnect may release a door.

A look that fails proves even less. It makes no card older, and after as many failed looks in a row as would
take a card away, the watching begins anew: nobody saw what was put there meanwhile.
"""

from typing import Final

AWAY_LOOKS: Final = 3
"""So many looks in a row without a card mean that it is away."""


class Presence:
    """What was seen in the last looks."""

    def __init__(self) -> None:
        """Begin to watch, with a few looks to see what lies there already."""
        self._looks_without: dict[bytes, int] = {}
        self._first_looks = AWAY_LOOKS
        self._failed_in_a_row = 0
        self._looks_since_failure = AWAY_LOOKS

    def look(self, card: bytes | None) -> bool:
        """Note what one look saw. Tell whether it is a card that was just shown."""
        self._failed_in_a_row = 0
        self._looks_since_failure += 1
        settling, self._first_looks = self._first_looks > 0, max(0, self._first_looks - 1)
        lay_there = card in self._looks_without
        self._looks_without = {
            known: without + 1 for known, without in self._looks_without.items() if without + 1 < AWAY_LOOKS
        }
        if card is None:
            return False
        self._looks_without[card] = 0
        return not (lay_there or settling)

    def fail(self) -> bool:
        """Note a look that failed. Tell whether it is the first one after looks that did not."""
        first = self._looks_since_failure >= AWAY_LOOKS and not self._first_looks
        self._looks_since_failure = 0
        self._looks_without = dict.fromkeys(self._looks_without, 0)
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= AWAY_LOOKS:
            self._first_looks = AWAY_LOOKS
        return first
