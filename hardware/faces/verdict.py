"""What the two ways to tell a face from a picture of one come to. Pure."""

from collections.abc import Sequence
from typing import Final

from hardware.signals import Live

LEAST_SCORE: Final = 0.3
"""The mean of the liveness models over several frames below which nobody is taken for live."""
FRAMES: Final = 6
"""Scores that are wanted before the mean is believed."""
_FROM_BAD_TO_GOOD: Final = (Live.SPOOFED, Live.UNKNOWN, Live.LIVE)


def by_look(scores: Sequence[float]) -> Live:
    """Give what the scores of the frames say; without any, nothing."""
    if not scores:
        return Live.UNKNOWN
    return Live.LIVE if sum(scores) / len(scores) >= LEAST_SCORE else Live.SPOOFED


def worst(*verdicts: Live) -> Live:
    """Give the worst of all; of none, that nobody looked."""
    return min(verdicts, key=_FROM_BAD_TO_GOOD.index, default=Live.UNKNOWN)
