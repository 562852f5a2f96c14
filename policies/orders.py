"""What an operator can order. Every order goes into the record with the operator's name."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.door_modes import DoorMode
from policies.ids import AreaId, DoorId, PersonId
from policies.memory import SITE


@dataclass(frozen=True, slots=True)
class ReleaseDoor:
    """Release a door once, as if a valid badge were shown."""

    door: DoorId


@dataclass(frozen=True, slots=True)
class SetMode:
    """Put a door into a mode, until then or until further notice; ``None`` gives it back to its schedule."""

    door: DoorId
    mode: DoorMode | None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PropDoor:
    """Let a leaf stand open for so long, once."""

    door: DoorId
    lasting: timedelta


@dataclass(frozen=True, slots=True)
class Lockdown:
    """Let nobody into the site or an area but those who may pass in a lockdown."""

    scope: AreaId | str = SITE


@dataclass(frozen=True, slots=True)
class LiftLockdown:
    """End the lockdown of the site or of an area. What else is locked down stays so."""

    scope: AreaId | str = SITE


@dataclass(frozen=True, slots=True)
class EndEmergency:
    """Secure again the doors that a fire input has released."""


@dataclass(frozen=True, slots=True)
class SetThreatLevel:
    """Say how great the threat is; nothing is usual."""

    level: int


@dataclass(frozen=True, slots=True)
class Forgive:
    """Let the next entry of one person pass whatever passback says; ``None``: of everybody."""

    person: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Renew:
    """Set the uses and the days not seen of a person back to nothing."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class Arm:
    """Arm an area."""

    area: AreaId


@dataclass(frozen=True, slots=True)
class Disarm:
    """Disarm an area."""

    area: AreaId


@dataclass(frozen=True, slots=True)
class StartMuster:
    """Begin to look for everybody who is inside."""


@dataclass(frozen=True, slots=True)
class EndMuster:
    """End the muster, whoever is still missing."""


@dataclass(frozen=True, slots=True)
class SeenSafe:
    """Tick somebody off who was seen safe without a badge."""

    person: PersonId


Order = (
    ReleaseDoor
    | SetMode
    | PropDoor
    | Lockdown
    | LiftLockdown
    | EndEmergency
    | SetThreatLevel
    | Forgive
    | Renew
    | Arm
    | Disarm
    | StartMuster
    | EndMuster
    | SeenSafe
)

HIGHEST_THREAT: int = 9
"""Threat levels go from 0 to this."""
