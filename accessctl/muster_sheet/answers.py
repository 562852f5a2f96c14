"""What the API says of who is where, and asking for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from accessctl.client import ApiClient, ApiRefused, Event, Muster
from policies.event_types import EventType
from policies.reasons import Reason

TELLING: Final = (
    EventType.MUSTER.value,
    EventType.ACCESS_NOT_TAKEN.value,
    EventType.EXIT_REQUEST.value,
    Reason.GRANTED_ANONYMOUS.event_type,
    Reason.PASSBACK.event_type,
    Reason.PASSBACK_REPORTED.event_type,
)
"""The entries of the record that say something of where people are, or of who has seen them."""
_MOST: Final = 2000
_FURTHEST: Final = timedelta(hours=24)
"""No older entry makes anything doubtful."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered, as it came."""

    at: datetime
    """When it was asked for."""
    muster: Muster
    presence: tuple[dict[str, Any], ...] = ()
    """``GET /presence``."""
    site: dict[str, Any] = field(default_factory=dict)
    """``GET /site``."""
    status: dict[str, Any] = field(default_factory=dict)
    """``GET /status``."""
    points: dict[str, str] = field(default_factory=dict)
    """The names of access points and muster points."""
    events: tuple[Event, ...] = ()
    """Those of the types in ``TELLING``, oldest first."""
    seq: int | None = None
    """Up to which entry the record was read."""
    partial: str = ""
    """Why all but the muster is older than ``at``; empty when it is not."""


def ask(
    api: ApiClient, now: Callable[[], datetime], before: Answers | None = None, *, events: bool
) -> Answers:
    """Ask how it stands. ``events``: whether who asks may read the record. Raises ``ApiError``.

    ``before`` spares asking again for what the record said already. It also stands in, while a muster goes
    on, for what the door process would have to say: who is missing is known without it.
    """
    at, muster = now(), api.muster()
    found = Answers(at, muster) if before is None else replace(before, at=at, muster=muster, partial="")
    try:
        found = _with_whereabouts(api, found)
    except ApiRefused as refused:
        if not muster["running"] or refused.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        found = replace(found, partial=str(refused))
    return _with_events(api, found) if events else found


def _with_whereabouts(api: ApiClient, found: Answers) -> Answers:
    points = found.points or {each["access_point"]: each["name"] for each in api.readers()}
    return replace(found, presence=tuple(api.presence()), site=api.site(), status=api.status(), points=points)


def _with_events(api: ApiClient, found: Answers) -> Answers:
    """Read on in the record. An entry is read once, however often this is asked."""
    if found.seq is None or found.status.get("seq", found.seq) < found.seq:  # or the record is another one
        if "seq" not in found.status:
            return found
        since = _earliest(found).isoformat()
        told = tuple(api.events(most=_MOST, type=TELLING, since=since))
        return replace(found, events=told, seq=found.status["seq"])
    further = tuple(api.events(after=found.seq, most=_MOST, type=TELLING))
    reached = max((found.status.get("seq", 0), found.seq, *(each["seq"] for each in further)))
    known = {each["seq"] for each in found.events}
    events = (*found.events, *(each for each in further if each["seq"] not in known))
    return replace(found, events=events[-_MOST:], seq=reached)


def _earliest(found: Answers) -> datetime:
    """Give the instant before which nothing matters."""
    entered: Iterable[str] = (each["since"] for each in found.presence if not each["outside"])
    began = [found.muster["since"]] if found.muster["since"] else []
    earliest = min((datetime.fromisoformat(each) for each in (*entered, *began)), default=found.at)
    return max(min(earliest, found.at - _FURTHEST / 2), found.at - _FURTHEST)
