"""What a door wants done. Values only: the door process carries them out."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from policies.event_types import EventType
from policies.ids import AccessPointId, AreaId, CredentialId, MemberId, PersonId


class DoorTimer(Enum):
    """The clocks that run at a door."""

    RELEASE = auto()
    RELOCK = auto()
    PRE_ALARM = auto()
    OPEN = auto()


class Tone(Enum):
    """What the door's annunciators are asked to sound until further notice."""

    QUIET = auto()
    PRE_ALARM = auto()
    ALARM = auto()


@dataclass(frozen=True, slots=True)
class Passage:
    """A right to pass once, and whose it is; nobody's for an exit request or an operator's release."""

    access_point: AccessPointId | None = None
    person: PersonId | None = None
    credential: CredentialId | None = None
    enters: tuple[AreaId, ...] = ()
    """The areas that the person comes into, the innermost first."""
    members: tuple[MemberId, ...] = ()
    """The roles and groups under which the person is counted there."""
    leaving: bool = False
    """Whether it leads out."""


@dataclass(frozen=True, slots=True)
class Release:
    """Free the leaf."""


@dataclass(frozen=True, slots=True)
class Secure:
    """Hold the leaf."""


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Start this timer, or start it anew: then what it was about to say before is never said."""

    timer: DoorTimer
    after: timedelta


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Stop this timer if it runs; it says nothing more, even if it was about to."""

    timer: DoorTimer


@dataclass(frozen=True, slots=True)
class Record:
    """Enter this in the record."""

    type: EventType
    passage: Passage = Passage()


@dataclass(frozen=True, slots=True)
class Sound:
    """Sound this tone at the door."""

    tone: Tone


Effect = Release | Secure | StartTimer | CancelTimer | Record | Sound
