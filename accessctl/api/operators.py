"""Operators and their sessions. Nobody grants what they have not, or changes what they may themselves."""

import asyncio
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from accessctl.api.actor import Actor, TheActor
from accessctl.api.gate import GatedRoute
from accessctl.api.models import ID_PATTERN, NO_FIELDS
from accessctl.api.needed import needs
from accessctl.api.operator_models import (
    MadeLogin,
    NewLogin,
    NewOperator,
    OperatorChange,
    OperatorModel,
    OperatorsPage,
    SessionModel,
    SessionsPage,
)
from accessctl.api.paging import ThePage
from accessctl.api.parts import Parts, TheParts
from accessctl.api.problems import Refusal, invalid, unknown
from accessctl.operators.owners import owner_of
from accessctl.operators.passwords import hash_of, why_too_easy
from accessctl.operators.rights import Right, Role, rights_of
from accessctl.store.operator_writer import NewSecret
from accessctl.store.operators import OperatorRow
from accessctl.store.people_change import new_id

router = APIRouter(route_class=GatedRoute, tags=["operators"])

OperatorId = Annotated[str, Path(pattern=ID_PATTERN, description="The operator's id.", examples=["otto"])]
SessionId = Annotated[str, Path(pattern=ID_PATTERN, examples=["s-3kx7qz2a"])]
Whose = Annotated[str | None, Query(pattern=ID_PATTERN, description="Only those of this operator.")]


@router.get("/operators", summary="List operators", openapi_extra=needs(Right.OPERATORS_READ))
async def list_operators(parts: TheParts, page: ThePage) -> OperatorsPage:
    """Give operators in the order of their ids."""
    rows, next_ = await page.of(parts.operators.operators, OperatorModel.of)
    return OperatorsPage(operators=rows, next=next_)


@router.post(
    "/operators",
    status_code=HTTPStatus.CREATED,
    summary="Add an operator",
    openapi_extra=needs(Right.OPERATORS_WRITE),
)
async def add_operator(parts: TheParts, actor: TheActor, wanted: NewOperator) -> OperatorModel:
    """Add an operator, who logs in once there is a password for them. 403 for rights that one has not."""
    _check_grant(actor, wanted.roles)
    row = await asyncio.to_thread(
        parts.writer.add_operator, wanted.id, wanted.name, tuple(wanted.roles), actor.operator
    )
    await parts.door.nudge()
    return OperatorModel.of(row)


@router.get("/operators/{operator}", summary="Show an operator", openapi_extra=needs(Right.OPERATORS_READ))
async def get_operator(parts: TheParts, operator: OperatorId) -> OperatorModel:
    """Give one operator."""
    return OperatorModel.of(await known_operator(parts, operator))


@router.patch(
    "/operators/{operator}", summary="Change an operator", openapi_extra=needs(Right.OPERATORS_WRITE)
)
async def change_operator(
    parts: TheParts, actor: TheActor, operator: OperatorId, wanted: OperatorChange
) -> OperatorModel:
    """Change name, roles, or whether an operator counts. Sessions end where that changes what they may."""
    given = wanted.model_fields_set
    if given & {"roles", "disabled"}:
        _check_other(actor, operator)

    def edit(row: OperatorRow) -> OperatorRow:
        _check_grant(actor, row.roles)  # whoever may do more is not changed by who may do less
        roles = row.roles if wanted.roles is None else tuple(dict.fromkeys(wanted.roles))
        _check_grant(actor, roles)
        disabled = row.disabled if wanted.disabled is None else wanted.disabled
        return replace(row, name=wanted.name or row.name, roles=roles, disabled=disabled)

    row = await asyncio.to_thread(parts.writer.change_operator, operator, edit, actor.operator)
    await parts.door.nudge()
    return OperatorModel.of(row)


async def _to_delete(parts: TheParts, actor: TheActor, operator: OperatorId) -> OperatorRow:
    """Give who is to be deleted. Refuses what no second operator could agree to, before one is asked."""
    _check_other(actor, operator)
    row = await known_operator(parts, operator)
    _check_grant(actor, row.roles)
    return row


@router.delete(
    "/operators/{operator}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Delete an operator",
    openapi_extra=needs(Right.OPERATORS_WRITE, approval="deletion"),
)
async def delete_operator(
    parts: TheParts, actor: TheActor, row: Annotated[OperatorRow, Depends(_to_delete)]
) -> None:
    """Delete an operator with sessions and tokens. The record keeps the id."""
    await asyncio.to_thread(parts.writer.delete_operator, row.id, actor.operator)
    await parts.door.nudge()


@router.put(
    "/operators/{operator}/login",
    summary="Give an operator a password and a code generator",
    openapi_extra=needs(Right.OPERATORS_WRITE, secret=True),
)
async def set_login(
    parts: TheParts, actor: TheActor, operator: OperatorId, wanted: NewLogin, response: Response
) -> MadeLogin:
    """Let an operator log in with this password and a new code generator; its secret is shown this once.

    What they had before counts no more, and every session of theirs ends.
    """
    row = await known_operator(parts, operator)
    _check_grant(actor, row.roles)
    password = wanted.password.get_secret_value()
    if (why := why_too_easy(password, operator)) is not None:
        raise invalid("body.password", why)
    generator = new_id("g")
    made = await parts.door.generator(owner_of(operator), generator, row.name)
    hashed = await asyncio.to_thread(hash_of, password)
    new = NewSecret(hashed, generator, bytes.fromhex(made.sealed_hex))
    await asyncio.to_thread(parts.writer.set_secret, operator, new, actor.operator)
    await parts.door.nudge()
    response.headers["Cache-Control"] = "no-store"
    return MadeLogin(secret=made.secret, uri=made.uri)


@router.post(
    "/operators/{operator}/unlock",
    status_code=HTTPStatus.NO_CONTENT,
    summary="End an operator's lock-out",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.OPERATORS_WRITE),
)
async def unlock_operator(parts: TheParts, actor: TheActor, operator: OperatorId) -> None:
    """Let an operator try to log in again at once."""
    await asyncio.to_thread(parts.writer.unlock_operator, operator, actor.operator)
    await parts.door.nudge()


@router.get("/sessions", summary="List sessions", openapi_extra=needs(Right.OPERATORS_READ))
async def list_sessions(parts: TheParts, page: ThePage, operator: Whose = None) -> SessionsPage:
    """Give who has logged in, in the order of the sessions' ids."""
    rows, next_ = await page.of(parts.operators.sessions, SessionModel.of, operator=operator)
    return SessionsPage(sessions=rows, next=next_)


@router.delete(
    "/sessions/{session}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="End a session",
    openapi_extra=needs(Right.OPERATORS_WRITE),
)
async def end_session(parts: TheParts, actor: TheActor, session: SessionId) -> None:
    """End somebody's session."""
    await asyncio.to_thread(parts.writer.end_session, session, actor.operator)
    await parts.door.nudge()


async def known_operator(parts: Parts, operator: str) -> OperatorRow:
    """Give an operator, or refuse with 404."""
    row = await asyncio.to_thread(parts.operators.operator, operator)
    if row is None:
        raise unknown("operator", operator)
    return row


def _check_grant(actor: Actor, roles: list[Role] | tuple[Role, ...]) -> None:
    """Raise ``Refusal`` where these roles bring a right that whoever grants them has not."""
    lacking = sorted(rights_of(roles) - actor.rights)
    if lacking:
        what = f"nobody grants what they have not: {actor.operator} lacks {', '.join(lacking)}"
        raise Refusal(HTTPStatus.FORBIDDEN, "no-right", what)


def _check_other(actor: Actor, operator: str) -> None:
    """Raise ``Refusal`` where somebody would change what they may do themselves."""
    if actor.operator == operator:
        what = "nobody changes their own roles, or whether they count; ask another admin"
        raise Refusal(HTTPStatus.FORBIDDEN, "same-operator", what)
