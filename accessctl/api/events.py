"""The record: pages of entries, each entry by its number, and a stream of them as they come."""

import asyncio
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query, Request
from pydantic import StringConstraints

from accessctl.api import places
from accessctl.api.authority import NotAdmitted
from accessctl.api.event_filters import TheFilter
from accessctl.api.event_models import EventModel, EventPage
from accessctl.api.gate import GatedRoute
from accessctl.api.needed import needs
from accessctl.api.parts import Parts, TheParts
from accessctl.api.problems import invalid, unknown
from accessctl.api.sight import Sight, TheSight
from accessctl.api.stream import Following, Still, Stream
from accessctl.operators.rights import Right
from accessctl.store.errors import StoreError

router = APIRouter(route_class=GatedRoute, prefix="/events", tags=["events"])

LARGEST_SEQ: Final = 2**62
MOST_LOOKS: Final = 200_000
"""So many entries are looked at for one page. Whoever looks for what is rare goes on with ``next``."""
Seq = Annotated[int, Query(ge=0, le=LARGEST_SEQ)]
Id = Annotated[str, StringConstraints(pattern=places.PLACE)]


class Order(StrEnum):
    """Which entries come first."""

    ASC = "asc"
    DESC = "desc"


@router.get("", summary="List entries", openapi_extra=needs(Right.EVENTS_READ, reads="events"))
async def list_events(
    parts: TheParts,
    sight: TheSight,
    wanted: TheFilter,
    after: Annotated[Seq | None, Query(description="Entries after this number, the oldest first.")] = None,
    before: Annotated[
        Seq | None,
        Query(description="Entries before this number, the newest first. 0: the newest there are."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    order: Annotated[
        Order | None,
        Query(description="`asc` is what `after` means, `desc` what `before` does; alone, from that end."),
    ] = None,
) -> EventPage:
    """Give entries from the first one on, or after or before a number."""
    if before is not None and (after is not None or order is Order.ASC):
        raise invalid("query.before", "cannot be combined with after or with order=asc")
    if after is not None and order is Order.DESC:
        raise invalid("query.after", "cannot be combined with order=desc")
    newest_first = before is not None or order is Order.DESC
    read = parts.events.page_before if newest_first else parts.events.page_after
    begin = (before or LARGEST_SEQ) if newest_first else (after or 0)
    found = await asyncio.to_thread(read, begin, wanted=wanted, limit=limit, looks=MOST_LOOKS)
    names = await sight.names_of(parts, (row.person for row in found.rows))
    events = [EventModel.of(row, names) for row in found.rows]
    return EventPage(events=events, next=found.reached if found.more else None)


@router.get(
    "/stream",
    summary="Follow the record",
    status_code=HTTPStatus.OK,  # FastAPI would ask the class for it, which has another constructor
    response_class=Following,
    responses={
        200: {
            "content": {
                "text/event-stream": {"example": 'id: 6e0f2a91c4d7b358-4711\ndata: {"seq": 4711}\n\n'}
            }
        }
    },
    openapi_extra=needs(Right.EVENTS_READ, reads="events"),
)
async def stream_events(
    request: Request,
    parts: TheParts,
    sight: TheSight,
    wanted: TheFilter,
    after: Annotated[
        Id | None,
        Query(description="Begin after this `id`, or this number; left out: with what comes."),
    ] = None,
    last_event_id: Annotated[
        Id | None, Header(description="Goes before `after`, as browsers resume.")
    ] = None,
) -> Following:
    """Give entries as server-sent events as they come, each once; `id` has `epoch` and the entry's number.

    Whoever reconnects with `Last-Event-ID` misses nothing. Comments in between show that the line is alive.
    When the record's file is replaced by another one (`epoch`), that one follows from its first entry on,
    also for whoever comes back with an `id` of the one before. A plain number says nothing of that; one that
    is ahead of the record is refused (409 `ahead-of-record`).
    The stream ends within half a minute when the operator may not have it any more, or may see more or less.
    """
    asked = after if last_event_id is None else last_event_id
    place = await asyncio.to_thread(places.begin, parts.events, asked)
    return Following(
        Stream(parts.tail, place, wanted, names=sight.names, still=_still(request, parts, sight))
    )


@router.get("/{seq}", summary="Show an entry", openapi_extra=needs(Right.EVENTS_READ, reads="events"))
async def show_event(
    parts: TheParts, sight: TheSight, seq: Annotated[int, Path(ge=1, le=LARGEST_SEQ)]
) -> EventModel:
    """Give one entry by its number."""
    row = await asyncio.to_thread(parts.events.one, seq)
    if row is None:
        raise unknown("entry", str(seq))
    return EventModel.of(row, await sight.names_of(parts, [row.person]))


def _still(request: Request, parts: Parts, sight: Sight) -> Still:
    """Say whether whoever sent a request would be answered the same way now."""

    async def still() -> bool:
        try:
            actor = await parts.authority.admit(request)
        except NotAdmitted:
            return False
        except StoreError:
            return True  # nobody can be looked up, and there are no names to be had either
        return Right.EVENTS_READ in actor.rights and actor.sees_names == sight.names

    return still
