"""What one happening at a site brings about, in order: the effects, as values."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from policies.decide import Decision
from policies.effects import Release, Secure, Sound
from policies.ids import AccessPointId, CredentialId, DoorId, PersonId
from policies.instants import in_utc

NOTHING_MORE: Final[Mapping[str, object]] = MappingProxyType({})

NO_TIME: Final = timedelta()

TimerKey = tuple[str, str]
"""What a timer is for, and where: a door, an access point, an area or a person."""

MODE: Final = "mode"
"""A schedule of a door's modes begins or ends."""
OVERRIDE: Final = "override"
"""An operator's order to a door comes to its end."""
GATHER: Final = "gather"
"""The time is over for others to badge as well."""
QUEUE: Final = "queue"
"""Somebody who waits for the other doors of an interlock asks again."""
ALONE: Final = "alone"
"""Fewer people than have to be there have been in an area for too long."""
PARTED: Final = "parted"
"""A visitor has been apart from the escort for too long."""
FORGIVE: Final = "forgive"
"""The schedule on which passback is forgiven begins or ends."""
LOUD: Final = "loud"
"""A door has sounded for as long as it does after a break-glass code."""

LOUD_FOR: Final = timedelta(seconds=60)


class Note(NamedTuple):
    """Something for the record."""

    type: str
    door: DoorId | None = None
    access_point: AccessPointId | None = None
    person: PersonId | None = None
    credential: CredentialId | None = None
    reason: str | None = None
    detail: Mapping[str, object] = NOTHING_MORE


class AtDoor(NamedTuple):
    """Something for a door's strike or its tone."""

    door: DoorId
    do: Release | Secure | Sound


class Start(NamedTuple):
    """Start this timer, or start it anew."""

    key: TimerKey
    after: timedelta


class Stop(NamedTuple):
    """Stop this timer, if it runs; it says nothing more."""

    key: TimerKey


class Answer(NamedTuple):
    """What is shown to the person at an access point. It tells nothing of duress."""

    access_point: AccessPointId
    decision: Decision


SiteEffect = Note | AtDoor | Start | Stop | Answer


class Turn:
    """Gathers the effects of one happening."""

    __slots__ = ("effects", "now", "refusal")

    def __init__(self, now: datetime) -> None:
        """Begin at an aware instant."""
        self.now = in_utc(now)
        self.effects: list[SiteEffect] = []
        self.refusal: str | None = None
        """Why an order was not carried out."""

    @property
    def notes(self) -> list[Note]:
        """What is for the record."""
        return [effect for effect in self.effects if type(effect) is Note]

    @property
    def releases(self) -> bool:
        """Whether a strike is to be released."""
        return any(type(effect) is AtDoor and effect.do == Release() for effect in self.effects)
