"""Questions about the rules, each answered by a process of its own that reads and ends."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime

from accessctl.api.foresight_models import (
    ExplanationModel,
    RehearsalModel,
    RehearsalResultModel,
    WhatCanModel,
    WhoCanModel,
)
from accessctl.api.gate import GatedRoute
from accessctl.api.models import Id
from accessctl.api.needed import needs
from accessctl.api.parts import Parts, TheParts
from accessctl.api.presence import while_present
from accessctl.api.problems import invalid
from accessctl.api.thinking import or_refuse
from accessctl.operators.rights import Right

router = APIRouter(route_class=GatedRoute, tags=["foresight"])

FARTHEST: Final = timedelta(days=3660)
"""So far from now may be asked about. No rule is written for longer."""
At = Annotated[
    AwareDatetime | None,
    Query(description="Another instant than now; doors and devices then are as they should be."),
]


@router.get(
    "/explain", summary="Explain a decision", openapi_extra=needs(Right.RULES_FORESEE, reads="people")
)
async def explain(
    request: Request, parts: TheParts, person: Id, access_point: Id, at: At = None
) -> ExplanationModel:
    """Give every check in order for somebody who shows all that is asked for, and when they may next pass."""
    about = {"person": person, "access_point": access_point, "at": _instant(at, "query.at")}
    return ExplanationModel.model_validate(await _ask(request, parts, "explain", about))


@router.get(
    "/who-can",
    summary="List who can pass an access point",
    openapi_extra=needs(Right.RULES_FORESEE, reads="people"),
)
async def who_can(request: Request, parts: TheParts, access_point: Id, at: At = None) -> WhoCanModel:
    """Give everybody with a card or a code who could pass."""
    about = {"access_point": access_point, "at": _instant(at, "query.at")}
    return WhoCanModel.model_validate(await _ask(request, parts, "who_can", about))


@router.get(
    "/what-can",
    summary="List where somebody can pass",
    openapi_extra=needs(Right.RULES_FORESEE, reads="people"),
)
async def what_can(request: Request, parts: TheParts, person: Id, at: At = None) -> WhatCanModel:
    """Give every access point that somebody could pass."""
    about = {"person": person, "at": _instant(at, "query.at")}
    return WhatCanModel.model_validate(await _ask(request, parts, "what_can", about))


@router.post(
    "/rehearsals",
    summary="Rehearse a change of the rules",
    openapi_extra=needs(Right.RULES_FORESEE, reads="people"),
)
async def rehearse(request: Request, parts: TheParts, body: RehearsalModel) -> RehearsalResultModel:
    """Play recorded history against a proposed site file, and list what would have gone otherwise.

    Nothing is changed. A month of a busy site takes some seconds.
    """
    about = {"site": body.site, "since": _instant(body.since, "body.since")}
    return RehearsalResultModel.model_validate(await _ask(request, parts, "rehearse", about))


async def _ask(request: Request, parts: Parts, ask: str, about: dict[str, str | None]) -> dict[str, Any]:
    question = {
        "ask": ask,
        "now": parts.now().isoformat(),
        "status": await parts.door.doors_if_known(),
        **about,
    }
    return or_refuse(await while_present(request, parts.thinking.answer(question)))


def _instant(at: datetime | None, path: str) -> str | None:
    if at is None:
        return None
    if abs(datetime.now(UTC) - at) > FARTHEST:
        raise invalid(path, "is more than ten years away")
    return at.astimezone(UTC).isoformat()
