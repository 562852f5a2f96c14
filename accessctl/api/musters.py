"""The muster: who is missing, and the orders that begin and end it."""

import asyncio
from collections import defaultdict
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter

from accessctl.api.doors import OrderKey
from accessctl.api.gate import GatedRoute
from accessctl.api.models import NO_FIELDS, DoneModel
from accessctl.api.muster_models import MissingArea, MissingPerson, MusterState, SafePerson, SeenSafe
from accessctl.api.needed import needs
from accessctl.api.order_models import OrderModel
from accessctl.api.orders import give
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.sight import TheSight
from accessctl.link.requests import OrderKind
from accessctl.operators.rights import Right
from policies.ids import PersonId
from policies.memory import SITE, Memory, Sureness

router = APIRouter(route_class=GatedRoute, prefix="/muster", tags=["muster"])

_NOBODY: Final = MusterState(running=False, since=None, expected=0, missing=[], safe=[], areas=[])


@router.get("", summary="Show the muster", openapi_extra=needs(Right.PRESENCE_READ, reads="presence"))
async def show_muster(parts: TheParts, sight: TheSight) -> MusterState:
    """Give who is missing and who is safe, as the record has it; also while the door process is down."""
    memory = await asyncio.to_thread(parts.facts.memory)
    muster = memory.muster.get(SITE)
    if muster is None:
        return _NOBODY
    names = await sight.names_of(parts, muster.expected)
    missing = [_missing(memory, person, names.get(person)) for person in sorted(muster.missing)]
    return MusterState(
        running=True,
        since=muster.since,
        expected=len(muster.expected),
        missing=missing,
        safe=[
            SafePerson(person=each, name=names.get(each)) for each in sorted(muster.expected & muster.safe)
        ],
        areas=_by_area(missing),
    )


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Begin a muster",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.SITE_ORDER),
)
async def start_muster(parts: TheParts, operator: TheOperator, key: OrderKey = None) -> DoneModel:
    """Let everybody who is inside now be missing until they are seen safe."""
    return await give(parts, operator, OrderModel(order=OrderKind.START_MUSTER), key)


@router.delete("", summary="End the muster", openapi_extra=needs(Right.SITE_ORDER))
async def end_muster(parts: TheParts, operator: TheOperator, key: OrderKey = None) -> DoneModel:
    """End it, whoever is still missing; the record says who. 409 when none is going on."""
    return await give(parts, operator, OrderModel(order=OrderKind.END_MUSTER), key)


@router.post("/safe", summary="Tick somebody off", openapi_extra=needs(Right.SITE_ORDER))
async def seen_safe(
    parts: TheParts, operator: TheOperator, wanted: SeenSafe, key: OrderKey = None
) -> DoneModel:
    """Say that somebody was seen safe who did not badge at a muster point."""
    return await give(parts, operator, OrderModel(order=OrderKind.SEEN_SAFE, person=wanted.person), key)


def _missing(memory: Memory, person: str, name: str | None) -> MissingPerson:
    stay = memory.stays.get(PersonId(person))
    if stay is None:
        return MissingPerson(person=person, name=name, area=None, since=None, sureness=None)
    return MissingPerson(
        person=person, name=name, area=stay.area, since=stay.entered[0][1], sureness=stay.sureness.value
    )


def _by_area(missing: list[MissingPerson]) -> list[MissingArea]:
    by_area: dict[str | None, list[MissingPerson]] = defaultdict(list)
    for each in missing:
        by_area[each.area].append(each)
    return [
        MissingArea(
            area=area,
            missing=len(people),
            seen=sum(each.sureness == Sureness.SEEN.value for each in people),
        )
        for area, people in sorted(by_area.items(), key=lambda item: item[0] or "")
    ]
