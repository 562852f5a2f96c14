"""Reports, each worked out by a process of its own that reads and ends."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, ValidatorFunctionWrapHandler, WithJsonSchema, WrapValidator

from accessctl.api.foresight import FARTHEST
from accessctl.api.gate import GatedRoute
from accessctl.api.models import Id
from accessctl.api.needed import needs
from accessctl.api.parts import TheActor, TheParts
from accessctl.api.presence import while_present
from accessctl.api.problems import invalid
from accessctl.api.report_models import ReportKindModel, ReportModel
from accessctl.api.sight import TheSight
from accessctl.api.thinking import or_refuse
from accessctl.operators.rights import Right
from accessctl.reports.catalogue import (
    ACCESS,
    CHANGES,
    DOORS,
    KINDS,
    MOST_ROWS,
    MOVEMENTS,
    REFUSALS,
    RIGHTS,
    TIME,
    UNUSED,
    USUAL_ROWS,
    ReportKind,
)

router = APIRouter(route_class=GatedRoute, prefix="/reports", tags=["reports"])

REPORTS: Final = "accessctl.reports"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _or_a_day(said: object, instant: ValidatorFunctionWrapHandler) -> datetime:
    """Take an instant, or a day: that is one without an offset here, as the site's has still to be found."""
    if isinstance(said, str) and _DAY.fullmatch(said):
        return datetime.fromisoformat(said)
    at: datetime = instant(said)
    return at


_When = Annotated[
    AwareDatetime,
    WrapValidator(_or_a_day),
    WithJsonSchema({"anyOf": [{"type": "string", "format": each} for each in ("date-time", "date")]}),
]
_Since = Annotated[
    _When | None, Query(description="From this instant on (included), or this day in the site's time zone.")
]
_Until = Annotated[
    _When | None,
    Query(description="Until this instant (not included), or with this day in the site's time zone."),
]
_Rows = Annotated[int, Query(ge=1, le=MOST_ROWS, description="So many rows of a table at most.")]
_Person = Annotated[Id | None, Query(description="About this person alone.")]
_Area = Annotated[Id | None, Query(description="About this area alone.")]
_Door = Annotated[Id | None, Query(description="About this door alone.")]
_Operator = Annotated[
    str | None, Query(min_length=1, max_length=64, description="What this operator did alone.")
]


class Asking:
    """What every report needs to know of a request, and has it worked out."""

    def __init__(self, request: Request, parts: TheParts, sight: TheSight, rows: _Rows = USUAL_ROWS) -> None:
        """Take who asks, and how many rows of a table they want."""
        self._request, self._parts, self._sight, self._rows = request, parts, sight, rows

    async def ask(
        self,
        kind: ReportKind,
        begin: datetime | None = None,
        end: datetime | None = None,
        **by: str | None,
    ) -> ReportModel:
        """Have the report worked out; nobody waits for one who has left. Raises ``Refusal``."""
        parts, zone = self._parts, (await self._parts.office.rules()).timezone
        since, until = _instant("since", begin, zone), _instant("until", end, zone, days=1)
        for name, at in (("since", since), ("until", until)):
            if at is not None and abs(parts.now() - at) > FARTHEST:
                raise invalid(f"query.{name}", "is more than ten years away")
        if since is not None and since >= (until or parts.now()):
            raise invalid("query.since", "has to be before until")
        question: dict[str, Any] = {
            "kind": kind.name,
            "now": parts.now().isoformat(),
            "since": since and since.isoformat(),
            "until": until and until.isoformat(),
            "rows": self._rows,
            "names": self._sight.names,
            "silent": self._sight.silent_alarms,
            "status": await parts.door.doors_if_known() if kind is ACCESS else None,
            **by,
        }
        answer = await while_present(self._request, parts.thinking.answer(question, REPORTS))
        return ReportModel.model_validate(or_refuse(answer))


def _instant(name: str, when: datetime | None, zone: ZoneInfo, *, days: int = 0) -> datetime | None:
    """Give an instant, or of a day its beginning or that of the next one. Raises ``Refusal``."""
    if when is None or when.tzinfo is not None:
        return when
    try:
        return (when + timedelta(days=days)).replace(tzinfo=zone)
    except OverflowError:
        raise invalid(f"query.{name}", "is more than ten years away") from None


TheAsking = Annotated[Asking, Depends(Asking)]


def _needs(kind: ReportKind) -> dict[str, Any]:
    return needs(kind.right, reads="reports" if kind.people else None)


@router.get("", summary="List reports", openapi_extra=needs(Right.DOORS_READ))
async def list_reports(actor: TheActor) -> list[ReportKindModel]:
    """Give every report that there is, and whether whoever asks may have it."""
    return [
        ReportKindModel(
            kind=each.name,
            title=each.title,
            says=each.says,
            right=each.right,
            may=each.right in actor.rights,
            by=list(each.by),
            days=each.days,
            until=each.until,
        )
        for each in KINDS.values()
    ]


@router.get("/movements", summary="Report who was where and when", openapi_extra=_needs(MOVEMENTS))
async def movements(
    asking: TheAsking,
    since: _Since = None,
    until: _Until = None,
    person: _Person = None,
    area: _Area = None,
    door: _Door = None,
) -> ReportModel:
    """Give every passage: of a person, into or out of an area, or through a door. The last seven days."""
    return await asking.ask(MOVEMENTS, since, until, person=person, area=area, door=door)


@router.get("/refusals", summary="Report refusals and why", openapi_extra=_needs(REFUSALS))
async def refusals(
    asking: TheAsking,
    since: _Since = None,
    until: _Until = None,
    person: _Person = None,
    door: _Door = None,
) -> ReportModel:
    """Count and list who was refused, where, and for what reason. The last thirty days."""
    return await asking.ask(REFUSALS, since, until, person=person, door=door)


@router.get("/doors", summary="Report doors held and forced", openapi_extra=_needs(DOORS))
async def held_doors(
    asking: TheAsking, since: _Since = None, until: _Until = None, door: _Door = None
) -> ReportModel:
    """List every door that was forced or held open, and for how long. The last thirty days."""
    return await asking.ask(DOORS, since, until, door=door)


@router.get("/time", summary="Report time in an area", openapi_extra=_needs(TIME))
async def time_in_area(
    asking: TheAsking,
    since: _Since = None,
    until: _Until = None,
    person: _Person = None,
    area: _Area = None,
) -> ReportModel:
    """Add up how long people were in an area, or in each of them. The last seven days."""
    return await asking.ask(TIME, since, until, person=person, area=area)


@router.get("/rights", summary="Report more rights than others", openapi_extra=_needs(RIGHTS))
async def extra_rights(
    asking: TheAsking,
    since: _Since = None,
    until: _Until = None,
    person: _Person = None,
    door: _Door = None,
) -> ReportModel:
    """List who may pass where most of their group may not, and whether they did in the last ninety days."""
    return await asking.ask(RIGHTS, since, until, person=person, door=door)


@router.get("/unused", summary="Report unused credentials", openapi_extra=_needs(UNUSED))
async def unused(asking: TheAsking, since: _Since = None, person: _Person = None) -> ReportModel:
    """List cards, codes and passes that count and let nobody in since then; for the last ninety days."""
    return await asking.ask(UNUSED, since, person=person)


@router.get("/changes", summary="Report changes by operators", openapi_extra=_needs(CHANGES))
async def changes(
    asking: TheAsking,
    since: _Since = None,
    until: _Until = None,
    operator: _Operator = None,
    person: _Person = None,
    door: _Door = None,
) -> ReportModel:
    """List what operators have changed and ordered. The last thirty days."""
    return await asking.ask(CHANGES, since, until, operator=operator, person=person, door=door)


@router.get("/access", summary="Report who has access where", openapi_extra=_needs(ACCESS))
async def access(
    asking: TheAsking, person: _Person = None, area: _Area = None, door: _Door = None
) -> ReportModel:
    """List who may enter each area, by what right, and whether they could just now."""
    return await asking.ask(ACCESS, person=person, area=area, door=door)
