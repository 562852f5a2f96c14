"""Alarms: which there are, and taking notice of them."""

import asyncio
from collections.abc import Iterable
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query

from accessctl.api.alarm_models import AlarmModel, AlarmPage, NewAcknowledgement
from accessctl.api.gate import GatedRoute
from accessctl.api.needed import needs
from accessctl.api.parts import Parts, TheOperator, TheParts
from accessctl.api.problems import unknown
from accessctl.api.sight import Sight, TheSight
from accessctl.operators.rights import Right
from accessctl.store.alarms import AlarmQueries, AlarmRow, AlarmState

router = APIRouter(route_class=GatedRoute, prefix="/alarms", tags=["alarms"])

LARGEST_SEQ: Final = 2**62
AlarmSeq = Annotated[
    int, Path(ge=1, le=LARGEST_SEQ, description="The number of its entry in the record.", examples=[4711])
]


@router.get("", summary="List alarms", openapi_extra=needs(Right.EVENTS_READ, reads="events"))
async def list_alarms(
    parts: TheParts,
    sight: TheSight,
    state: Annotated[
        AlarmState,
        Query(
            description="`open`: still so, or not acknowledged; `acknowledged`, whether over or not; `all`."
        ),
    ] = AlarmState.OPEN,
    before: Annotated[
        int | None, Query(ge=0, le=LARGEST_SEQ, description="Alarms before this number; 0: the newest.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> AlarmPage:
    """Give alarms, the newest first. A silent one is among them only for whoever may answer alarms."""
    silent = sight.silent_alarms
    rows, next_ = await asyncio.to_thread(_queries(parts).page, state, before or None, limit, silent=silent)
    return AlarmPage(alarms=await _shown(parts, sight, rows), next=next_)


@router.get("/{seq}", summary="Show an alarm", openapi_extra=needs(Right.EVENTS_READ, reads="events"))
async def get_alarm(parts: TheParts, sight: TheSight, seq: AlarmSeq) -> AlarmModel:
    """Give one alarm. 404 for an entry of the record that is none."""
    (alarm,) = await _shown(parts, sight, [await _known(parts, sight, seq)])
    return alarm


@router.post("/{seq}/acknowledge", summary="Acknowledge an alarm", openapi_extra=needs(Right.ALARMS_ANSWER))
async def acknowledge(
    parts: TheParts, operator: TheOperator, sight: TheSight, seq: AlarmSeq, wanted: NewAcknowledgement
) -> AlarmModel:
    """Take notice of an alarm. Whoever was first stands; it changes nothing at the door."""
    row = await _known(parts, sight, seq)
    if await asyncio.to_thread(parts.writer.acknowledge, row.entry, wanted.note, operator):
        await parts.door.nudge()
    return await get_alarm(parts, sight, seq)


def _queries(parts: Parts) -> AlarmQueries:
    return AlarmQueries(parts.home.record, parts.home.people)


async def _known(parts: Parts, sight: Sight, seq: int) -> AlarmRow:
    row = await asyncio.to_thread(_queries(parts).alarm, seq, silent=sight.silent_alarms)
    if row is None:
        raise unknown("alarm", str(seq))
    return row


async def _shown(parts: Parts, sight: Sight, rows: Iterable[AlarmRow]) -> list[AlarmModel]:
    found = list(rows)
    names = await sight.names_of(parts, (row.entry.person for row in found)) if sight.names else None
    return [AlarmModel.of(row, names) for row in found]
