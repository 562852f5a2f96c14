"""The intentions that a door can be under, by schedule or by order."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from policies.ids import MemberId
from policies.instants import in_utc
from policies.schedule import Schedule


class DoorMode(Enum):
    """What a door is meant to do until further notice."""

    LOCKED = "locked"
    """Secured; credentials count."""
    UNLOCKED = "unlocked"
    """Released; its door alarms are masked."""
    BLOCKED = "blocked"
    """Secured, and no credential counts; an operator may still release it."""
    LOCKED_DOWN = "locked_down"
    """Secured, and only those pass whom the site lets pass in a lockdown."""
    HELD_OPEN = "held_open"
    """Released, until that is lifted: neither a schedule nor a lock order ends it."""
    FREE = "free"
    """Emergency release: released until an operator ends the emergency."""

    @property
    def releases(self) -> bool:
        """Whether the strike is released all the time."""
        return self in RELEASING

    @property
    def is_firm(self) -> bool:
        """Whether only its own lifting ends it."""
        return self in _FIRM


RELEASING: Final = frozenset({DoorMode.UNLOCKED, DoorMode.HELD_OPEN, DoorMode.FREE})
_FIRM: Final = frozenset({DoorMode.BLOCKED, DoorMode.LOCKED_DOWN, DoorMode.HELD_OPEN})
ORDERABLE: Final = (
    DoorMode.LOCKED,
    DoorMode.UNLOCKED,
    DoorMode.BLOCKED,
    DoorMode.LOCKED_DOWN,
    DoorMode.HELD_OPEN,
)
SCHEDULABLE: Final = (DoorMode.LOCKED, DoorMode.UNLOCKED, DoorMode.BLOCKED)


@dataclass(frozen=True, slots=True)
class ModeRule:
    """A mode that holds by schedule."""

    mode: DoorMode
    schedule: Schedule
    first_card: bool = False
    """Whether it waits, each time the schedule begins, until somebody has really come in."""
    first_card_members: tuple[MemberId, ...] = ()
    """Whose coming in counts; empty: anybody's."""

    def __post_init__(self) -> None:
        """Refuse a mode that only an order can bring, and a first card for anything but unlocking."""
        if self.mode not in SCHEDULABLE:
            raise ValueError(f"no schedule brings the mode {self.mode.value}")
        if self.first_card and self.mode is not DoorMode.UNLOCKED:
            raise ValueError("a first card can begin unlocking and nothing else")
        if self.first_card_members and not self.first_card:
            raise ValueError("whose card comes first matters only where a first card is waited for")


@dataclass(frozen=True, slots=True)
class Override:
    """A mode that an operator has ordered."""

    mode: DoorMode
    until: datetime | None = None
    """``None``: until it is lifted."""
    operator: str = ""

    def __post_init__(self) -> None:
        """Refuse a mode that no operator can order, and an end without an offset."""
        if self.mode not in ORDERABLE:
            raise ValueError(f"nobody can order the mode {self.mode.value}")
        if self.until is not None:
            in_utc(self.until)
