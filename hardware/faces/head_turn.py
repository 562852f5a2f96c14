"""Liveness by a turn of the head, to a side that is drawn when it is asked for. Pure.

A print that is moved about or bent hardly changes how far its nose is from the middle between its eyes; a
head that turns does. A video of somebody who turns to the right side does too, and so do two photos of them:
this challenge is no more than it says.
"""

from typing import Final

from hardware.faces.quality import MOST_YAW
from hardware.ports import Turn

LEAST_RANGE: Final = 0.3
"""Of the yaw, from one end of the turn to the other. Prints that are handled stay below 0.2 in 95 of 100
tries."""
LONGEST_STEP: Final = 0.75
"""So far a face may have moved from one picture to the next, in parts of its width: else it is another
one."""
MOST_MISSED: Final = 1
"""So many pictures in a row may show no face, since a head that moves is blurred."""
_SIGN: Final = {Turn.LEFT: 1.0, Turn.RIGHT: -1.0}


class HeadTurn:
    """One challenge: from straight pictures of a face to one from its side, with that face always there."""

    def __init__(self, turn: Turn) -> None:
        """Wait for a turn to this side, as the person sees it."""
        self._sign = _SIGN[turn]
        self._least: float | None = None
        self._place: tuple[float, float, float] | None = None
        self._missed = 0

    def begin_anew(self) -> None:
        """Forget what was straight: it was somebody else."""
        self._least = None

    def follow(self, place: tuple[float, float, float]) -> bool:
        """Take where a face is (its middle, and its width); tell whether it begins anew, as another one."""
        broken = self._place is not None and not _follows(self._place, place)
        if broken:
            self.begin_anew()
        self._place, self._missed = place, 0
        return broken

    def measure_from(self, yaw: float) -> None:
        """Take how the face stands in a straight picture, of which it is known whose it is."""
        along = self._sign * yaw
        self._least = along if self._least is None else min(self._least, along)

    def miss(self) -> bool:
        """Take a picture without a face, or with two; tell whether it begins anew for that."""
        self._missed += 1
        if self._missed <= MOST_MISSED or self._place is None:
            return False
        self._place = None
        self.begin_anew()
        return True

    def is_done(self, yaw: float) -> bool:
        """Tell whether the head, which stands so now, was turned far enough.

        No picture that counts as straight ends a turn: one still picture would be both of its ends.
        """
        along = self._sign * yaw
        return self._least is not None and along > MOST_YAW and along - self._least >= LEAST_RANGE


def _follows(before: tuple[float, float, float], now: tuple[float, float, float]) -> bool:
    (x0, y0, width0), (x1, y1, width1) = before, now
    size = max(width0, width1)
    near = abs(x1 - x0) <= LONGEST_STEP * size and abs(y1 - y0) <= LONGEST_STEP * size
    return near and min(width0, width1) >= size / 2
