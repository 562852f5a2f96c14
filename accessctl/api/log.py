"""How the record is signed, and accepting what disagrees with that."""

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter

from accessctl.api.gate import GatedRoute
from accessctl.api.log_models import Acceptance, Accepted, ExportEntered, ExportTold, LogModel
from accessctl.api.needed import needs
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.problems import Refusal
from accessctl.notary.asking import NotSigned, sign_now
from accessctl.notary.showing import found_at, shown
from accessctl.operators.rights import Right
from accessctl.probes import listens

_SIGNED_WITHIN_S: Final = 5.0

router = APIRouter(route_class=GatedRoute, prefix="/log", tags=["log"])


@router.get("", summary="Show how the record is signed", openapi_extra=needs(Right.EVENTS_READ))
async def show(parts: TheParts) -> LogModel:
    """Give the name and key under which heads are signed, the newest head, anchors, and what disagrees."""
    found = await asyncio.to_thread(shown, parts.home)
    running = await asyncio.to_thread(listens, parts.home.notary_socket)
    return LogModel.of(found, running=running)


@router.post(
    "/exports",
    summary="Enter that entries were exported",
    status_code=HTTPStatus.CREATED,
    openapi_extra=needs(Right.EVENTS_READ),
)
async def exported(parts: TheParts, operator: TheOperator, body: ExportTold) -> ExportEntered:
    """Enter in the record that you took entries out of it as a file. A program that writes one calls this.

    A head is signed that covers what was taken out, where the notary lives.
    """
    with suppress(NotSigned):  # then the newest head that there is counts
        await asyncio.to_thread(sign_now, parts.home.notary_socket, _SIGNED_WITHIN_S)
    found = await asyncio.to_thread(shown, parts.home)
    told = body.told(operator, None if found.head is None else found.head.checkpoint)
    return ExportEntered(seq=(await parts.door.tell_of_record(told)).seq)


@router.post(
    "/accept",
    summary="Accept what disagrees with what was signed",
    openapi_extra=needs(Right.RULES_WRITE, approval="rule_change"),
)
async def accept(parts: TheParts, operator: TheOperator, body: Acceptance) -> Accepted:
    """Let heads be signed again, under a new name. Who accepted what and why stands in the record.

    What was signed before stays, and whoever verifies sees that the new log goes on from no older one. 409
    when nothing disagrees, or something else than is accepted.
    """
    found = await asyncio.to_thread(found_at, parts.home)
    if found is None:
        raise Refusal(HTTPStatus.CONFLICT, "nothing-disagrees", "nothing disagrees with what was signed")
    if found.id != body.finding:
        what = f"what disagrees is {found.id} and not {body.finding}: {found.words}"
        raise Refusal(HTTPStatus.CONFLICT, "another-finding", what)
    entered = await parts.door.tell_of_record(found.acceptance(operator, body.reason))
    return Accepted(finding=found.id, seq=entered.seq)
