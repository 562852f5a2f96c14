"""Orders to doors, to areas and to the site as a whole; how the site stands; who is inside."""

import asyncio
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter

from accessctl.api.doors import OrderKey
from accessctl.api.gate import GatedRoute
from accessctl.api.models import DoneModel, in_utc
from accessctl.api.needed import needs
from accessctl.api.order_models import NEEDS, TAKES, OrderModel, PresenceModel, SiteModel
from accessctl.api.parts import Parts, TheOperator, TheParts
from accessctl.api.problems import FieldProblem, Refusal, invalid, unknown
from accessctl.api.sight import TheSight
from accessctl.link.requests import GiveOrder
from accessctl.operators.rights import Right
from accessctl.store.errors import StoreError

router = APIRouter(route_class=GatedRoute, tags=["site"])

_NOTHING: Final = frozenset[str]()
_DIGEST_DIGITS: Final = 12


@router.post("/orders", summary="Give an order", openapi_extra=needs(Right.SITE_ORDER))
async def give(parts: TheParts, operator: TheOperator, body: OrderModel, key: OrderKey = None) -> DoneModel:
    """Carry an order out. Whatever releases a door is recorded before it moves.

    409 when something that ranks higher is in force; that is recorded too.
    """
    _check_fields(body)
    until = _until(body)
    await _check_area(parts, body.area)
    await _check_person(parts, body.person)
    # A key that somebody used before, for something else, must not pass for this order.
    digest = hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:_DIGEST_DIGITS]
    id_ = f"{operator}/{body.order}/{digest}/{key or secrets.token_hex(12)}"
    said = GiveOrder(
        id_,
        operator,
        body.order,
        door=body.door or "",
        area=body.area or "",
        person=body.person or "",
        mode=body.mode or "",
        until=until,
        lasting_s=body.for_s or 0.0,
        level=body.level or 0,
    )
    done = await parts.door.give(said)
    return DoneModel(order=id_, seq=done.seq, repeated=done.repeated)


@router.get("/site", summary="Show how the site stands", openapi_extra=needs(Right.DOORS_READ))
async def show_site(parts: TheParts) -> SiteModel:
    """Give lockdowns, emergency, threat level, muster, and every area with how many people are there."""
    status = await parts.door.status()
    return SiteModel.model_validate({**status.site_state, "areas": status.areas})


@router.get(
    "/presence", summary="List who is where", openapi_extra=needs(Right.PRESENCE_READ, reads="presence")
)
async def list_presence(parts: TheParts, sight: TheSight) -> list[PresenceModel]:
    """Give everybody whose whereabouts are known, as the record has them."""
    status = await parts.door.status()
    outside = {area["id"] for area in status.areas if area["outside"]}
    memory = await asyncio.to_thread(parts.facts.memory)
    names = await sight.names_of(parts, memory.stays)
    return [
        PresenceModel(
            person=person,
            name=names.get(person),
            area=stay.area,
            since=stay.entered[0][1],
            sureness=stay.sureness.value,
            outside=stay.area in outside,
        )
        for person, stay in sorted(memory.stays.items())
    ]


def _check_fields(body: OrderModel) -> None:
    """Raise ``Refusal`` for a field that the order lacks, and for one that it knows nothing to do with.

    Somebody who locks down a site and names a door did not mean the site.
    """
    needs = NEEDS.get(body.order, _NOTHING)
    takes = needs | TAKES.get(body.order, _NOTHING)
    problems = list(_problems(body.model_dump(exclude={"order"}, exclude_none=True), needs, takes))
    if problems:
        detail = "; ".join(f"{problem.path}: {problem.what}" for problem in problems)
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", detail, problems)


def _problems(given: dict[str, Any], needs: frozenset[str], takes: frozenset[str]) -> Iterator[FieldProblem]:
    for name in sorted(needs - given.keys()):
        yield FieldProblem(path=f"body.{name}", what="is missing")
    for name in sorted(given.keys() - takes):
        yield FieldProblem(path=f"body.{name}", what="this order takes no such field")


def _until(body: OrderModel) -> str:
    if body.until is None:
        return ""
    try:
        return in_utc(body.until).isoformat()
    except ValueError as error:
        raise invalid("body.until", str(error)) from error


async def _check_area(parts: Parts, area: str | None) -> None:
    if area is not None and area not in {each["id"] for each in (await parts.door.status()).areas}:
        raise unknown("area", area)


async def _check_person(parts: Parts, person: str | None) -> None:
    """Raise ``Refusal`` for somebody whom nobody knows.

    Who was erased may be inside still; and where the stores cannot be read, nobody is kept from ticking off
    who stands before them.
    """
    if person is None:
        return
    with suppress(StoreError):
        known = await asyncio.to_thread(parts.people.person, person)
        if known is None and person not in (await asyncio.to_thread(parts.facts.memory)).stays:
            raise unknown("person", person)
