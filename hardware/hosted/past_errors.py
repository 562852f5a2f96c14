"""How often the drivers of a reader erred that have ended since. Pure.

What is left of an ended driver is two counts, and no instants. They are taken to be spread evenly over their
hours, so that they grow old as the errors themselves would have.
"""

from hardware.health import HOUR_NS


class PastErrors:
    """The errors of earlier drivers. Instants are ``time.monotonic_ns()``."""

    def __init__(self) -> None:
        """Begin with none."""
        self._at_ns = 0
        self._this_hour, self._hour_before = 0.0, 0.0

    def add(self, this_hour: int, hour_before: int, now_ns: int) -> None:
        """Take over what a driver that ends just now has counted."""
        kept, kept_before = self._aged(now_ns)
        self._at_ns = now_ns
        self._this_hour, self._hour_before = kept + this_hour, kept_before + hour_before

    def at(self, now_ns: int) -> tuple[int, int]:
        """Tell how many there are: of this hour, and of the hour before."""
        this_hour, hour_before = self._aged(now_ns)
        return round(this_hour), round(hour_before)

    def _aged(self, now_ns: int) -> tuple[float, float]:
        hours = (now_ns - self._at_ns) / HOUR_NS
        of_this, of_before = max(0.0, 1 - hours), min(hours, max(0.0, 2 - hours))
        return self._this_hour * of_this, self._hour_before * of_this + self._this_hour * of_before
