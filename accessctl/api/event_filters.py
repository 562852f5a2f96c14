"""Which entries a client wants: the same words for pages and for a stream."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends, Query
from pydantic import AfterValidator, AwareDatetime, WithJsonSchema
from pydantic_core import PydanticCustomError

from accessctl.api.models import ID_PATTERN, in_utc
from accessctl.api.problems import invalid
from accessctl.store.event_filter import EventFilter, Outcome
from policies.event_types import EventType
from policies.reasons import Reason

_MOST_TYPES: Final = 100
TYPES: Final = frozenset({*map(str, EventType), *(reason.event_type for reason in Reason)})
"""Every type that an entry can have."""


def _type(word: str) -> str:
    if word not in TYPES:
        raise PydanticCustomError("no_type", "there is no such type of entry")
    return word


_Type = Annotated[
    str, AfterValidator(_type), WithJsonSchema({"type": "string", "enum": sorted(TYPES)}, mode="validation")
]
# The record outlives site files and people, so what they do not know (any more) is asked for all the same.
_One = Annotated[str | None, Query(pattern=ID_PATTERN)]


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
