"""What waits for a second operator: lists, approves, refuses."""

import asyncio
import json
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from accessctl.api.actor import TheActor
from accessctl.api.approval_models import ApprovalDetails, ApprovalModel, ApprovalsPage, Decided
from accessctl.api.gate import GatedRoute
from accessctl.api.inside import Answer
from accessctl.api.models import ID_PATTERN, NO_FIELDS
from accessctl.api.needed import needs
from accessctl.api.paging import ThePage
from accessctl.api.parts import TheParts
from accessctl.api.problems import Refusal, unknown
from accessctl.operators.rights import Right
from accessctl.store.approvals import ApprovalRow

router = APIRouter(route_class=GatedRoute, prefix="/approvals", tags=["approvals"])

ApprovalId = Annotated[str, Path(pattern=ID_PATTERN, examples=["a-3kx7qz2a"])]


@router.get("", summary="List approvals", openapi_extra=needs(Right.APPROVALS_READ))
async def list_approvals(parts: TheParts, page: ThePage) -> ApprovalsPage:
    """Give what waits for a second operator, and for ninety days what became of it."""
    now = parts.authority.now()

    def shown(row: ApprovalRow) -> ApprovalModel:
        return ApprovalModel.of(row, now)

    rows, next_ = await page.of(parts.approvals.approvals, shown)
    return ApprovalsPage(approvals=rows, next=next_)


@router.get(
    "/{approval}",
    summary="Show an approval",
    openapi_extra=needs(Right.APPROVALS_READ, reads="people"),
)
async def get_approval(parts: TheParts, actor: TheActor, approval: ApprovalId) -> ApprovalDetails:
    """Give one with the call that it is about; its body, where a name may stand, to who may see names."""
    row = await asyncio.to_thread(parts.approvals.approval, approval)
    if row is None:
        raise unknown("approval", approval)
    shown = ApprovalModel.of(row, parts.authority.now()).model_dump()
    call = row.call
    body = _as_json(call.body) if actor.sees_names else None
    return ApprovalDetails(**shown, method=call.method, path=call.path, query=call.query, body=body)


@router.post(
    "/{approval}/approve",
    summary="Approve",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.APPROVALS_DECIDE),
)
async def approve(request: Request, parts: TheParts, actor: TheActor, approval: ApprovalId) -> Decided:
    """Have done what another operator asked for, at once. 403 for one's own."""
    row, answer = await parts.approving.approve(request.app, approval, actor)
    return Decided(
        approval=ApprovalModel.of(row, parts.authority.now()), status=answer.status, result=_result(answer)
    )


@router.post(
    "/{approval}/refuse",
    summary="Refuse or take back",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.OWN_ACCOUNT),
)
async def refuse(parts: TheParts, actor: TheActor, approval: ApprovalId) -> ApprovalModel:
    """Refuse what another operator asked for, or take back what one asked for oneself."""
    row = await asyncio.to_thread(parts.approvals.approval, approval)
    if row is None:
        raise unknown("approval", approval)
    if row.asked_by != actor.operator and Right.APPROVALS_DECIDE not in actor.rights:
        what = f"{actor.operator} has not the right {Right.APPROVALS_DECIDE.value} that this needs"
        raise Refusal(HTTPStatus.FORBIDDEN, "no-right", what)
    refused = await parts.approving.refuse(approval, actor.operator)
    return ApprovalModel.of(refused, parts.authority.now())


def _result(answer: Answer) -> Any:  # noqa: ANN401 - whatever the call answers
    if b"no-store" in answer.headers.get(b"cache-control", b""):
        return None
    return _as_json(answer.body)


def _as_json(body: bytes | None) -> Any:  # noqa: ANN401 - whatever was sent
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None
