"""Where people are and how they pass from one place to another."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from policies.area_rules import LowerLimit, Passback, Together, UpperLimit
from policies.degraded import Degraded
from policies.door_modes import ModeRule
from policies.factors import ALL_FACTORS, MOST_ASSURANCE, Asks, Factor
from policies.ids import AccessPointId, AreaId, DoorId, QualificationId
from policies.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Area:
    """A bounded place that is reached only through access points."""

    id: AreaId
    name: str
    within: AreaId | None = None
    """The area that this one is a part of: who is here is there as well."""
    outside: bool = False
    """Whether somebody who is here has left the site: nobody has to be looked for here."""
    passback: Passback | None = None
    upper_limits: tuple[UpperLimit, ...] = ()
    lower_limit: LowerLimit | None = None
    together: Together | None = None
    assurance: int = 0
    """How many kinds of factor have to be proven by whoever enters."""
    requires: tuple[QualificationId, ...] = ()
    """What whoever enters has to be qualified for, and still is."""
    refuses_clonable: bool = False
    """Whether a card does not count that is known by a number which anyone can copy, as a plain UID is."""

    def __post_init__(self) -> None:
        """Refuse an assurance that nobody could bring."""
        if not 0 <= self.assurance <= MOST_ASSURANCE:
            raise ValueError(f"an assurance is 0 to {MOST_ASSURANCE}")


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

    def longer_of(self, other: "DoorTimes") -> "DoorTimes":
        """Give whichever lets the leaf be open for longer."""
        return other if other.open > self.open else self


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
    extended: DoorTimes | None = None
    """For people who need longer; ``None``: nobody gets longer here."""
    longest_prop: timedelta = timedelta(minutes=30)
    """So long at most may an operator let the leaf stand open."""
    modes: tuple[ModeRule, ...] = ()
    """By schedule; the first whose schedule holds counts."""
    degraded: Degraded = Degraded()

    def __post_init__(self) -> None:
        """Refuse to give people who need longer less time than others have."""
        longer, usual = self.extended, self.times
        if longer is not None and (longer.release < usual.release or longer.open < usual.open):
            raise ValueError("extended times must not be shorter than the usual ones")


class Direction(Enum):
    """Which way an access point leads, seen from the protected side."""

    IN = "in"
    OUT = "out"
    """Leaving. Software never refuses it."""


class AreaState(Enum):
    """What can be said of an area as a whole."""

    EMPTY = "empty"
    ARMED = "armed"


@dataclass(frozen=True, slots=True)
class AsksWhen:
    """What an access point asks for while all of this holds."""

    asks: Asks
    schedule: Schedule | None = None
    threat_level: int | None = None
    """Holds from this level on."""
    area: AreaState | None = None
    """Of the area that the access point leads to."""

    def __post_init__(self) -> None:
        """Refuse what would always hold."""
        if self.schedule is None and self.threat_level is None and self.area is None:
            raise ValueError("needs a schedule, a threat level or a state of the area")


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
    asks_when: tuple[AsksWhen, ...] = ()
    """What is asked for instead at some times; the first that holds counts."""
    senses: Factor = ALL_FACTORS
    """What can be shown here at all: readers, keys and sensors decide that."""
    any_order: bool = False
    """Whether keys, finger or face may come before the card."""

    def __post_init__(self) -> None:
        """Refuse a way out that could keep somebody in."""
        if self.direction is Direction.OUT and (self.asks != Asks.CARD or self.asks_when):
            raise ValueError("a way out may not ask for more than a card: leaving is never refused")


@dataclass(frozen=True, slots=True)
class MusterPoint:
    """A reader at which people show in an evacuation that they are safe. It is at no door."""

    id: AccessPointId
    name: str
    area: AreaId
    """Where somebody is who badges here."""
