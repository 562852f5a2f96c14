"""What must not count a second time, and whether it does.

A one-time code and a card that counts its readings say how far they have come. Only more than ever before
counts: whoever saw or copied an earlier one has nothing, whatever was restarted or set back meanwhile.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from policies.reasons import Reason


class Mark(NamedTuple):
    """How far something has come that counts upwards."""

    key: str
    """What counts: ``totp:ID`` for a code generator, ``card:ID`` for a card. It is remembered for good."""
    value: int
    """A step of time, or a number of readings."""
    replayed: Reason
    """Why it is refused if it has been as far before."""


def replayed(marks: Iterable[Mark], known: Mapping[str, int]) -> Reason | None:
    """Say why these do not count, or ``None`` where each is higher than what is known of it."""
    for mark in marks:
        if mark.value <= known.get(mark.key, -1):
            return mark.replayed
    return None
