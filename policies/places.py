"""Where people are and how they pass from one place to another."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from policies.factors import Asks
from policies.ids import AccessPointId, AreaId, DoorId


@dataclass(frozen=True, slots=True)
class Area:
    """A bounded place that is reached only through access points."""

    id: AreaId
    name: str


@dataclass(frozen=True, slots=True)
class DoorTimes:
    """How long each phase of a passage may last."""

    release: timedelta = timedelta(seconds=5)
    """From release until secured again, unless the leaf opens first; IEC 60839-11-1 asks for 3 s or more."""

    relock_delay: timedelta = timedelta()
    """From leaf open until secured again."""

    open: timedelta = timedelta(seconds=20)
    """From leaf open until the held-open alarm."""

    pre_alarm: timedelta = timedelta(seconds=5)
    """How long before that alarm the warning sounds; zero means no warning."""

    def __post_init__(self) -> None:
        """Refuse times that contradict each other."""
        if self.release <= timedelta() or self.open <= timedelta():
            raise ValueError("release and open time must be longer than nothing")
        if not timedelta() <= self.relock_delay <= self.release:
            raise ValueError("the relock delay must not be longer than the release time")
        if self.pre_alarm < timedelta() or self.release >= self.open - self.pre_alarm:
            raise ValueError("the release time must be over before the pre-alarm sounds")


@dataclass(frozen=True, slots=True)
class Door:
    """A barrier with its lock, and with a position switch or without one."""

    id: DoorId
    name: str
    times: DoorTimes = DoorTimes()
    monitored: bool = True
    """Whether a position switch tells when the leaf opens. Without one nobody can say who entered."""
    exit_releases: bool = True
    """Whether the exit request releases the strike. Where a handle does, it only masks the alarm."""


class Direction(Enum):
    """Which way an access point leads, seen from the protected side."""

    IN = "in"
    OUT = "out"
    """Leaving. Software never refuses it."""


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """One direction through one door."""

    id: AccessPointId
    name: str
    door: DoorId
    from_area: AreaId
    to_area: AreaId
    direction: Direction
    asks: Asks

    def __post_init__(self) -> None:
        """Refuse a way out that could keep somebody in."""
        if self.direction is Direction.OUT and self.asks is not Asks.CARD:
            raise ValueError("a way out may not ask for a PIN: leaving is never refused")
