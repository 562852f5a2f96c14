"""One's own account: log in and out, who one is, one's password, names for a while."""

import asyncio
from datetime import timedelta
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from accessctl.api.actor import By, TheActor
from accessctl.api.authority import place_of
from accessctl.api.gate import GatedRoute
from accessctl.api.login import wrong
from accessctl.api.needed import needs, open_to_all
from accessctl.api.operator_models import (
    BegunSession,
    LoginWanted,
    NamesWanted,
    OperatorModel,
    PasswordChange,
    SessionModel,
    WhoAmI,
)
from accessctl.api.operators import known_operator
from accessctl.api.parts import TheParts
from accessctl.api.problems import Refusal, invalid
from accessctl.operators.passwords import hash_of, why_too_easy
from accessctl.operators.rights import Right

router = APIRouter(route_class=GatedRoute, tags=["session"])


@router.post("/session", status_code=HTTPStatus.CREATED, summary="Log in", openapi_extra=open_to_all())
async def log_in(request: Request, parts: TheParts, wanted: LoginWanted, response: Response) -> BegunSession:
    """Begin a session with a password and a one-time code; what shows it is given this once.

    429 after too many wrong tries. Only at the controller itself: over the network tokens count.
    """
    if getattr(request.state, "peer_address", None) is not None:
        what = "nobody logs in over the network: use a token, or log in at the controller"
        raise Refusal(HTTPStatus.FORBIDDEN, "not-from-here", what)
    place = place_of(request)
    password, code = wanted.password.get_secret_value(), wanted.code.get_secret_value()
    begun = await parts.login.begin(wanted.operator, password, code, place)
    response.headers["Cache-Control"] = "no-store"
    return BegunSession(**SessionModel.of(begun.session).model_dump(), token=begun.secret)


@router.get("/session", summary="Show who one is", openapi_extra=needs(Right.OWN_ACCOUNT))
async def who_am_i(actor: TheActor) -> WhoAmI:
    """Tell whom this controller takes the client for, and what they may do."""
    return WhoAmI.of(actor)


@router.delete(
    "/session",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Log out",
    openapi_extra=needs(Right.OWN_ACCOUNT),
)
async def log_out(parts: TheParts, actor: TheActor) -> None:
    """End the session in whose name this is sent. 409 where there is none."""
    if actor.session is None:
        what = "there is no session to end: a token is revoked, and a local user is who they are"
        raise Refusal(HTTPStatus.CONFLICT, "no-session", what)
    await asyncio.to_thread(parts.writer.end_session, actor.session.id, actor.operator)
    await parts.door.nudge()


@router.put(
    "/session/password",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Change one's password",
    openapi_extra=needs(Right.OWN_ACCOUNT, secret=True),
)
async def change_password(parts: TheParts, actor: TheActor, wanted: PasswordChange) -> None:
    """Change one's own password, by the present one; every session of one's own ends."""
    if actor.by is By.TOKEN:
        raise Refusal(HTTPStatus.FORBIDDEN, "no-right", "a program changes nobody's password")
    if not (await known_operator(parts, actor.operator)).has_password:
        raise wrong()
    await parts.login.check(actor.operator, wanted.password_now.get_secret_value())
    password = wanted.password.get_secret_value()
    if (why := why_too_easy(password, actor.operator)) is not None:
        raise invalid("body.password", why)
    hashed = await asyncio.to_thread(hash_of, password)
    await asyncio.to_thread(parts.writer.set_password, actor.operator, hashed, actor.operator)
    await parts.door.nudge()


@router.post(
    "/session/names",
    summary="See names for a while",
    openapi_extra=needs(Right.EVENTS_READ, approval="unlock_names", always=True),
)
async def unlock_names(parts: TheParts, actor: TheActor, wanted: NamesWanted) -> OperatorModel:
    """Let oneself see names for a while where the site hides them from auditors. It always takes two.

    The time begins when the second operator approves.
    """
    until = parts.authority.now() + timedelta(minutes=wanted.minutes)
    await asyncio.to_thread(parts.writer.unlock_names, actor.operator, until, wanted.reason, actor.operator)
    await parts.door.nudge()
    return OperatorModel.of(await known_operator(parts, actor.operator))
