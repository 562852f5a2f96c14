"""Doors of which at most one is off its latch: mantraps, airlocks, a dock door and its leveller.

Rule: nobody comes in through a door while a sibling is off its latch. Whoever leaves is let out at once; a
sibling that is released meanwhile is secured first, so that never two of them are released. A leaf that
stands open nobody can close from here; it keeps nobody in.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import timedelta

from policies.degraded import Condition
from policies.door import DoorState
from policies.ids import DoorId


@dataclass(frozen=True, slots=True)
class Interlock:
    """A group of doors."""

    doors: tuple[DoorId, ...]
    wait: timedelta | None = None
    """So long does a grant wait for the others to shut; ``None``: it is refused at once."""

    def __post_init__(self) -> None:
        """Refuse a group of one, a door that is its own sibling, and a wait of no length."""
        if len(self.doors) < 2:  # noqa: PLR2004 - one door has no sibling
            raise ValueError("an interlock joins two doors or more")
        if len(set(self.doors)) != len(self.doors):
            raise ValueError("a door stands in an interlock once")
        if self.wait is not None and self.wait <= timedelta():
            raise ValueError("an interlock that waits must wait for some time")


def is_off_its_latch(state: DoorState) -> bool:
    """Whether a door is released or open, or nobody knows that it is shut."""
    return state.released or not state.closed


def busy_sibling(
    siblings: tuple[DoorId, ...],
    doors: Mapping[DoorId, DoorState],
    gone: Container[tuple[Condition, str | None]] = (),
) -> DoorId | None:
    """Give the first sibling that is off its latch, or of which nobody knows: its switch is ``gone``."""
    for sibling in siblings:
        state = doors.get(sibling)
        if state is None or is_off_its_latch(state) or (Condition.CONTACT_LOST, sibling) in gone:
            return sibling
    return None


def released_siblings(siblings: tuple[DoorId, ...], doors: Mapping[DoorId, DoorState]) -> tuple[DoorId, ...]:
    """Give the siblings whose strikes are released."""
    return tuple(
        sibling for sibling in siblings if (state := doors.get(sibling)) is not None and state.released
    )
