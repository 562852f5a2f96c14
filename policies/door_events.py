"""What can happen to a door."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from policies.effects import DoorTimer, Passage
from policies.places import DoorTimes


@dataclass(frozen=True, slots=True)
class Granted:
    """Somebody may pass once: a badge was granted, or an operator released the door."""

    passage: Passage = Passage()
    times: DoorTimes | None = None
    """Where this person needs longer than others."""


@dataclass(frozen=True, slots=True)
class ExitRequested:
    """Somebody inside asked for the strike to be released."""


@dataclass(frozen=True, slots=True)
class ExitSensed:
    """Somebody inside is about to open the door by its handle."""


@dataclass(frozen=True, slots=True)
class UnlockOrdered:
    """An operator wants the door released until further notice."""


@dataclass(frozen=True, slots=True)
class LockOrdered:
    """An operator wants the door secured."""


@dataclass(frozen=True, slots=True)
class PropOrdered:
    """An operator lets the leaf stand open for longer than usual, once."""

    times: DoorTimes


@dataclass(frozen=True, slots=True)
class LeafOpened:
    """The position switch reports the leaf open."""


@dataclass(frozen=True, slots=True)
class LeafClosed:
    """The position switch reports the leaf closed."""


@dataclass(frozen=True, slots=True)
class ReleaseElapsed:
    """The release time is over."""


@dataclass(frozen=True, slots=True)
class RelockElapsed:
    """The relock delay is over."""


@dataclass(frozen=True, slots=True)
class PreAlarmDue:
    """The leaf has been open for so long that a warning is due."""


@dataclass(frozen=True, slots=True)
class OpenElapsed:
    """The open time is over."""


DoorEvent = (
    Granted
    | ExitRequested
    | ExitSensed
    | UnlockOrdered
    | LockOrdered
    | PropOrdered
    | LeafOpened
    | LeafClosed
    | ReleaseElapsed
    | RelockElapsed
    | PreAlarmDue
    | OpenElapsed
)

WHEN_ELAPSED: Final[Mapping[DoorTimer, DoorEvent]] = MappingProxyType(
    {
        DoorTimer.RELEASE: ReleaseElapsed(),
        DoorTimer.RELOCK: RelockElapsed(),
        DoorTimer.PRE_ALARM: PreAlarmDue(),
        DoorTimer.OPEN: OpenElapsed(),
    }
)
"""What each timer tells the door when it runs out."""
