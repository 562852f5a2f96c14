"""One entry of the record, before it has a number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from policies.ids import AccessPointId, CredentialId, DoorId, PersonId

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)

Detail = Mapping[str, object]
"""What else there is to say, as JSON can hold it."""


def milliseconds(at: datetime) -> int:
    """Give an aware instant as milliseconds since 1970 in UTC; what is finer is cut off."""
    return (at - _EPOCH) // _MILLISECOND


def instant(at_ms: int) -> datetime:
    """Give milliseconds since 1970 as an aware instant in UTC."""
    return _EPOCH + at_ms * _MILLISECOND


def first_ms(at: datetime) -> int:
    """Give the first whole millisecond that is not before an instant: entries have no finer ones."""
    at_ms = milliseconds(at)
    return at_ms if instant(at_ms) == at else at_ms + 1


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, by every clock there is."""

    at: datetime
    mono_ns: int
    clock_synced: bool
    """Whether the wall clock was being kept right by a time source."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened, where, to whom and why. Never a card number, never a PIN."""

    moment: Moment
    type: str
    door: DoorId | None = None
    access_point: AccessPointId | None = None
    person: PersonId | None = None
    credential: CredentialId | None = None
    reason: str | None = None
    """Why, in words, where something was decided."""
    detail: Detail = field(default_factory=dict)
    seal: str | None = None
    """What stands for the person's name (``accessctl.evidence.seal``); the recorder puts it there."""
