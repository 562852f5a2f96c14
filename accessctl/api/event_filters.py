"""Which entries a client wants: the same words for pages and for a stream."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime, StringConstraints

from accessctl.api.models import in_utc
from accessctl.api.problems import invalid
from accessctl.store.event_filter import EventFilter, Outcome

_LONGEST = 64
_MOST_TYPES = 100
_Type = Annotated[str, StringConstraints(max_length=_LONGEST)]
_One = Annotated[str | None, Query(max_length=_LONGEST)]


def _wanted(
    type: Annotated[  # noqa: A002 - it is the name of the parameter on the wire
        list[_Type] | None,
        Query(max_length=_MOST_TYPES, description="Entries of this type; repeated: of any of these."),
    ] = None,
    door: _One = None,
    access_point: _One = None,
    person: _One = None,
    outcome: Annotated[
        Outcome | None, Query(description="Decisions that came to this, whatever their reason.")
    ] = None,
    since: Annotated[
        AwareDatetime | None,
        Query(description="From this instant on (included), by `at`.", examples=["2026-01-05T06:00:00Z"]),
    ] = None,
    until: Annotated[
        AwareDatetime | None,
        Query(description="Until this instant (not included), by `at`.", examples=["2026-01-06T06:00:00Z"]),
    ] = None,
) -> EventFilter:
    return EventFilter(
        frozenset(type) if type else None,
        door,
        access_point,
        person,
        outcome,
        _instant(since, "query.since"),
        _instant(until, "query.until"),
    )


def _instant(at: datetime | None, path: str) -> datetime | None:
    try:
        return at and in_utc(at)
    except ValueError as error:
        raise invalid(path, str(error)) from None


TheFilter = Annotated[EventFilter, Depends(_wanted)]
