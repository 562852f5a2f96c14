"""How wrong PINs are counted: from the fifth in a row each costs a longer wait, the tenth the PIN.

Figures after NIST SP 800-63B (growing waits of 30 s to 1 h, ten tries for an activation secret).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from policies.instants import in_utc
from policies.reasons import Reason
from policies.tries import Limits

FREE_TRIES: Final = 5
"""So many wrong PINs in a row start the first wait."""
LAST_TRY: Final = 10
"""So many wrong PINs in a row disable the PIN until an admin enables it."""
FIRST_WAIT: Final = timedelta(seconds=60)
LONGEST_WAIT: Final = timedelta(hours=1)
_LIMITS: Final = Limits(FREE_TRIES, LAST_TRY, FIRST_WAIT, LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class WrongPins:
    """How often in a row a person's PIN was wrong, and until when nothing more is tried."""

    count: int = 0
    until: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a count below nothing, and an instant without an offset."""
        if self.count < 0:
            raise ValueError(f"{self.count} wrong PINs in a row cannot be")
        if self.until is not None:
            in_utc(self.until)

    def after_another(self, now: datetime) -> "WrongPins":
        """Count one more wrong PIN."""
        count = self.count + 1
        return WrongPins(count, None if count < FREE_TRIES else in_utc(now) + wait_after(count))

    def refusal_at(self, now: datetime) -> Reason | None:
        """Say why no PIN may be tried at ``now``, or ``None`` when one may."""
        if self.count >= LAST_TRY:
            return Reason.TOO_MANY_WRONG_PINS
        if self.until is not None and in_utc(now) < self.until:
            return Reason.LOCKED_OUT
        return None

    def anchored_at(self, now: datetime) -> "WrongPins":
        """Shorten a wait that a clock set back would have made longer than it was meant to be.

        The result has to be kept, or the wait would start anew with every question.
        """
        if self.until is None:
            return self
        return replace(self, until=min(self.until, in_utc(now) + wait_after(self.count)))


def wait_after(count: int) -> timedelta:
    """Give the wait that follows the ``count``-th wrong PIN in a row."""
    return _LIMITS.wait_after(count)
