"""What people may do for a while: qualifications, temporary access."""

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request

from accessctl.api.gate import GatedRoute
from accessctl.api.models import ID_PATTERN, in_utc, validity_of
from accessctl.api.needed import needs
from accessctl.api.parts import TheOperator, TheParts
from accessctl.api.people import PersonId, known
from accessctl.api.problems import invalid
from accessctl.api.rights_models import LoanModel, NewLoan, NewQualification
from accessctl.operators.rights import Right

router = APIRouter(route_class=GatedRoute, tags=["rights"])

QualificationId = Annotated[
    str, Path(pattern=ID_PATTERN, description="The qualification's id.", examples=["induction"])
]
LoanId = Annotated[
    str, Path(pattern=ID_PATTERN, description="The temporary access's id.", examples=["t-7hq2mz4c"])
]


@router.put(
    "/people/{person}/qualifications/{qualification}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Give a qualification",
    openapi_extra=needs(Right.ACCESS_WRITE),
)
async def qualify(
    parts: TheParts,
    operator: TheOperator,
    person: PersonId,
    qualification: QualificationId,
    wanted: NewQualification,
) -> None:
    """Let a person hold a qualification until an instant, or for good; also to move that instant.

    Where an area wants one that has expired, its holder is refused with this reason.
    """
    try:
        until = wanted.until and in_utc(wanted.until)
    except ValueError as error:
        raise invalid("body.until", str(error)) from error
    await known(parts, person)
    await parts.door.check_qualification(qualification)
    await asyncio.to_thread(parts.writer.qualify, person, qualification, until, operator)
    await parts.door.nudge()


@router.delete(
    "/people/{person}/qualifications/{qualification}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Take a qualification away",
    openapi_extra=needs(Right.ACCESS_WRITE),
)
async def disqualify(
    parts: TheParts, operator: TheOperator, person: PersonId, qualification: QualificationId
) -> None:
    """Let a person hold a qualification no more, also one that the site file does not have any more."""
    await asyncio.to_thread(parts.writer.disqualify, person, qualification, operator)
    await parts.door.nudge()


@router.post(
    "/people/{person}/temporary-access",
    status_code=HTTPStatus.CREATED,
    summary="Lend a level for a while",
    openapi_extra=needs(Right.ACCESS_WRITE, grants=True),
)
async def lend(
    request: Request, parts: TheParts, operator: TheOperator, person: PersonId, wanted: NewLoan
) -> LoanModel:
    """Let a person pass what a level covers, whatever their roles, until an instant.

    202 where a second operator has to approve of this level.
    """
    try:
        validity = validity_of(wanted.valid_from, wanted.valid_until)
    except ValueError as error:
        raise invalid("body.valid_until", str(error)) from error
    await known(parts, person)
    await parts.door.check_level(wanted.level)
    await parts.approving.check_wide(request, levels=[wanted.level])
    row = await asyncio.to_thread(parts.writer.lend, person, wanted.level, validity, operator)
    await parts.door.nudge()
    return LoanModel.of(row)


@router.delete(
    "/temporary-access/{loan}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Take back what was lent",
    openapi_extra=needs(Right.ACCESS_WRITE),
)
async def end_loan(parts: TheParts, operator: TheOperator, loan: LoanId) -> None:
    """End temporary access at once, from the next badge on."""
    await asyncio.to_thread(parts.writer.end_loan, loan, operator)
    await parts.door.nudge()
