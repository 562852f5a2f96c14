"""Tokens: what a program shows in place of a password. Each may a part of what its operator may, and ends."""

import asyncio
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from accessctl.api.actor import By, TheActor
from accessctl.api.gate import GatedRoute
from accessctl.api.models import ID_PATTERN, NO_FIELDS, in_utc
from accessctl.api.needed import needs
from accessctl.api.operator_models import MadeToken, NewToken, TokenModel, TokensPage
from accessctl.api.paging import ThePage
from accessctl.api.parts import TheParts
from accessctl.api.problems import Refusal, invalid, unknown
from accessctl.operators.rights import NEVER_BY_TOKEN, Right
from accessctl.operators.secrets import TOKEN, digest_of, new_secret

router = APIRouter(route_class=GatedRoute, prefix="/tokens", tags=["operators"])

LONGEST: Final = timedelta(days=366)
TokenId = Annotated[str, Path(pattern=ID_PATTERN, examples=["k-m4t2yx6b"])]
Whose = Annotated[str | None, Query(pattern=ID_PATTERN, description="Only those of this operator.")]


@router.get("", summary="List tokens", openapi_extra=needs(Right.OPERATORS_READ))
async def list_tokens(parts: TheParts, page: ThePage, operator: Whose = None) -> TokensPage:
    """Give tokens in the order of their ids, also those that have ended or were revoked."""
    rows, next_ = await page.of(parts.operators.tokens, TokenModel.of, operator=operator)
    return TokensPage(tokens=rows, next=next_)


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Make a token",
    openapi_extra=needs(Right.TOKENS_WRITE),
)
async def make_token(parts: TheParts, actor: TheActor, wanted: NewToken, response: Response) -> MadeToken:
    """Make a token in one's own name, with no more rights than one has; it is shown this once.

    403 for rights that one has not, and for those that no program has: operators, tokens, approving.
    """
    if actor.by is By.TOKEN:
        raise Refusal(HTTPStatus.FORBIDDEN, "no-right", "a token makes no tokens")
    scopes = frozenset(wanted.scopes)
    lacking = sorted((scopes - actor.rights) | (scopes & NEVER_BY_TOKEN))
    if lacking:
        what = f"this token could not have: {', '.join(lacking)}"
        raise Refusal(HTTPStatus.FORBIDDEN, "no-right", what)
    ends_at = _end(wanted, parts.authority.now())
    secret = new_secret(TOKEN)
    row = await asyncio.to_thread(
        parts.writer.make_token, actor.operator, digest_of(secret) or b"", wanted.label, scopes, ends_at
    )
    await parts.door.nudge()
    response.headers["Cache-Control"] = "no-store"
    return MadeToken(**TokenModel.of(row).model_dump(), token=secret)


@router.get("/{token}", summary="Show a token", openapi_extra=needs(Right.OPERATORS_READ))
async def get_token(parts: TheParts, token: TokenId) -> TokenModel:
    """Give one token, without what shows it."""
    row = await asyncio.to_thread(parts.operators.token, token)
    if row is None:
        raise unknown("token", token)
    return TokenModel.of(row)


@router.post(
    "/{token}/revoke",
    summary="Revoke a token",
    dependencies=[NO_FIELDS],
    openapi_extra=needs(Right.OWN_ACCOUNT),
)
async def revoke_token(parts: TheParts, actor: TheActor, token: TokenId) -> TokenModel:
    """Let a token count no more: one's own, or with the right for operators anybody's."""
    row = await asyncio.to_thread(parts.operators.token, token)
    others = Right.OPERATORS_WRITE in actor.rights
    if row is None or (row.operator != actor.operator and not others):
        raise unknown("token", token)
    revoked = await asyncio.to_thread(parts.writer.revoke_token, token, actor.operator)
    await parts.door.nudge()
    return TokenModel.of(revoked)


def _end(wanted: NewToken, now: datetime) -> datetime:
    try:
        ends_at = in_utc(wanted.ends_at)
    except ValueError as error:
        raise invalid("body.ends_at", str(error)) from error
    if not now < ends_at <= now + LONGEST:
        raise invalid("body.ends_at", "is not within the year to come")
    return ends_at
