"""The record: pages of entries, and a stream of them as they come."""

import asyncio
from contextlib import suppress
from typing import Annotated, Any, Self

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from accessctl.api.parts import Parts, TheParts
from accessctl.api.problems import invalid
from accessctl.api.stream import entries
from accessctl.store.errors import PeopleUnavailable
from accessctl.store.events import EventFilter, EventRow

router = APIRouter(prefix="/events", tags=["events"])

LARGEST_SEQ = 2**62
Seq = Annotated[int, Query(ge=0, le=LARGEST_SEQ)]
Wanted = Annotated[str | None, Query(max_length=64)]


class EventModel(BaseModel):
    """One entry of the record."""

    seq: int = Field(description="Its number, without gaps.", examples=[4711])
    at: str = Field(description="When, by the wall clock, in UTC.", examples=["2026-01-05T06:58:12.417Z"])
    mono_ns: int = Field(description="When, by the machine's monotonic clock, in ns since its boot.")
    clock_synced: bool = Field(description="Whether the wall clock was being kept right.")
    controller: str = Field(examples=["kade-1"])
    epoch: str = Field(description="Names the record's file: another file, other numbers.")
    boot: str = Field(description="Names the machine's boot.")
    rules: str = Field(description="The revision of the rules in force.")
    version: str = Field(description="The version of this software.")
    type: str = Field(examples=["access_granted"])
    door: str | None = Field(examples=["gate"])
    access_point: str | None = Field(examples=["gate-in"])
    person: str | None = Field(description="A pseudonym.", examples=["p-3kx7qz2a"])
    person_name: str | None = Field(
        description="The person's name now, from the people's store; the record never holds it. "
        "null also while that store cannot be read.",
        examples=["Ana Marsh"],
    )
    credential: str | None = Field(examples=["c-m4t2yx6b"])
    reason: str | None = Field(
        description="Why, in words, where something was decided.", examples=["Granted."]
    )
    detail: dict[str, Any]

    @classmethod
    def of(cls, row: EventRow, names: dict[str, str]) -> Self:
        """Show one row."""
        return cls(
            at=row.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            person_name=names.get(row.person or ""),
            **{field: getattr(row, field) for field in row.__slots__ if field != "at"},
        )


class EventPage(BaseModel):
    """Some entries of the record."""

    events: list[EventModel]
    next: int | None = Field(
        description="Ask again with `after` (or `before`) set to this; null: that was all there is now."
    )


async def shown(parts: Parts, rows: list[EventRow]) -> list[EventModel]:
    """Join entries with the names that people have now. Without the people's store they have none."""
    people = {row.person for row in rows if row.person is not None}
    names: dict[str, str] = {}
    if people:
        with suppress(PeopleUnavailable):
            names = await asyncio.to_thread(parts.people.names_of, people)
    return [EventModel.of(row, names) for row in rows]


@router.get("", summary="List entries")
async def list_events(
    parts: TheParts,
    after: Annotated[Seq | None, Query(description="Entries after this number, the oldest first.")] = None,
    before: Annotated[
        Seq | None,
        Query(description="Entries before this number, the newest first. 0: the newest there are."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    type: Wanted = None,  # noqa: A002 - it is the name of the parameter on the wire
    door: Wanted = None,
    access_point: Wanted = None,
    person: Wanted = None,
) -> EventPage:
    """Give entries from the first one on, or after or before a number."""
    wanted = EventFilter(type, door, access_point, person)
    if before is None:
        rows = await asyncio.to_thread(parts.events.after, after or 0, wanted=wanted, limit=limit)
    elif after is None:
        rows = await asyncio.to_thread(parts.events.before, before or None, wanted=wanted, limit=limit)
    else:
        raise invalid("query.before", "cannot be combined with after")
    return EventPage(events=await shown(parts, rows), next=rows[-1].seq if len(rows) == limit else None)


@router.get(
    "/stream",
    summary="Follow the record",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"example": 'id: 4711\ndata: {"seq": 4711}\n\n'}}}},
)
async def stream_events(
    parts: TheParts,
    after: Annotated[
        Seq | None, Query(description="Begin after this number; left out: with what comes.")
    ] = None,
    last_event_id: Annotated[
        int | None, Header(ge=0, le=LARGEST_SEQ, description="Goes before `after`, as browsers resume.")
    ] = None,
    type: Wanted = None,  # noqa: A002 - as above
    door: Wanted = None,
    access_point: Wanted = None,
    person: Wanted = None,
) -> StreamingResponse:
    """Give entries as server-sent events as they come, each once; `id` is the entry's number.

    Whoever reconnects with `Last-Event-ID` misses nothing. Comments in between show that the line is alive.
    """
    wanted = EventFilter(type, door, access_point, person)
    begin = after if last_event_id is None else last_event_id
    if begin is None:
        begin = await asyncio.to_thread(parts.events.last_seq)

    async def texts(rows: list[EventRow]) -> list[str]:
        return [f"id: {event.seq}\ndata: {event.model_dump_json()}\n\n" for event in await shown(parts, rows)]

    return StreamingResponse(
        entries(parts, begin, wanted, texts),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
