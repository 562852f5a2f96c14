"""The gate before every call: who asks, whether they may, and what is written down of it.

It stands around each route, so that nothing of a request is read before it is known who sent it. In this
order: who is it (401), may they (403), is it personal data (then it is recorded), the body, was it done
before (idempotency), has somebody changed it meanwhile (412), is it too late (504), is it well formed (422),
does it take two people (202), then the call.
"""

import asyncio
import functools
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accessctl.acting import Whence, acting
from accessctl.api.actor import Actor
from accessctl.api.approving import Approved
from accessctl.api.asking import asking_first, to_be_asked
from accessctl.api.authority import NotAdmitted, place_of
from accessctl.api.bodies import body_of, replay
from accessctl.api.etags import unchanged, with_etag
from accessctl.api.idempotency import Asked
from accessctl.api.in_time import time_left
from accessctl.api.models import ID_PATTERN
from accessctl.api.needed import APPROVAL, OPEN, READS, RIGHT, always_two, holds_secret
from accessctl.api.parts import Parts
from accessctl.api.problems import Refusal, kind_of
from accessctl.by_when import begun_within
from accessctl.operators.rights import Right
from accessctl.store.errors import StoreError

_SAFE: Final = frozenset({"GET", "HEAD"})
_ID: Final = re.compile(ID_PATTERN)
Call = Callable[[Send], Awaitable[None]]


class GatedRoute(APIRoute):
    """A route behind the gate: ``APIRouter(route_class=GatedRoute)``."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:  # noqa: ANN401
        """Take what ``APIRoute`` takes. A second operator is asked of nothing but what is well formed."""
        if APPROVAL in (settings.get("openapi_extra") or {}):
            endpoint = asking_first(endpoint)
        super().__init__(path, endpoint, **settings)
        # Orders are done once for their key by the door process, over restarts of either process.
        self.own_key = any(field.alias == "Idempotency-Key" for field in self.dependant.header_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or refuse it."""
        app: FastAPI = scope["app"]
        if self.methods and scope["method"] not in self.methods:
            there_are = ", ".join(sorted(app.state.methods[self.path]))
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": there_are})
        await _Gate(self, app).let(Request(scope, receive), send, super().handle)


class _Gate:
    """One request at one route."""

    def __init__(self, route: GatedRoute, app: FastAPI) -> None:
        said = said_by(route)
        self._parts: Parts = app.state.parts
        self._app, self._route, self._said = app, route, said
        self._right = None if said[RIGHT] == OPEN else Right(said[RIGHT])
        self._reads: str | None = said.get(READS)
        self._approval: str | None = said.get(APPROVAL)

    async def let(self, request: Request, send: Send, inner: ASGIApp) -> None:
        """Go through all that stands before the call, then make it."""
        scope, receive = request.scope, request.receive
        if self._right is None:
            with acting(Whence(place_of(request))):
                await inner(scope, replay(await body_of(scope, receive), receive), send)
            return
        approved: Approved | None = scope["state"].get("approved")
        actor = approved.actor if approved is not None else await self._admit(request)
        scope["state"]["actor"] = actor
        with acting(Whence(actor.place) if approved is None else approved.whence):
            await self._check_right(actor)
            await self._tell_of_reading(request, actor)
            body = await body_of(scope, receive)
            scope["state"]["body"] = body
            send = self._telling_of_refusal(actor, send)

            async def call(send: Send) -> None:
                await inner(scope, replay(body, receive), send)

            if scope["method"] in _SAFE:
                await with_etag(request, call, send)
            else:
                await self._change(request, actor, body, call, send)

    @property
    def _call(self) -> str:
        return f"{min(self._route.methods or ())} /v1{self._route.path}"

    async def _admit(self, request: Request) -> Actor:
        try:
            return await self._parts.authority.admit(request)
        except NotAdmitted as refusal:
            with acting(Whence(place_of(request))):
                await self._parts.audit.refused(refusal.operator, self._call, {"why": "not_logged_in"})
            raise

    async def _check_right(self, actor: Actor) -> None:
        right = self._right
        if right is None or right in actor.rights:
            return
        await self._parts.audit.refused(actor.operator, self._call, {"right": right.value})
        raise Refusal(
            HTTPStatus.FORBIDDEN,
            "no-right",
            f"{actor.operator} has not the right {right.value} that this needs",
        )

    def _telling_of_refusal(self, actor: Actor, send: Send) -> Send:
        """Write down what a call itself forbids, such as to grant what one has not, before it is answered."""
        forbidden = False

        async def telling(message: Message) -> None:
            nonlocal forbidden
            if message["type"] == "http.response.start":
                forbidden = message["status"] == HTTPStatus.FORBIDDEN
            elif forbidden:
                why = kind_of(message.get("body", b""))
                await self._parts.audit.refused(actor.operator, self._call, {"why": why})
            await send(message)

        return telling

    async def _tell_of_reading(self, request: Request, actor: Actor) -> None:
        if self._reads is None or "inside" in request.scope["state"]:
            return
        typed = request.path_params.get("person") or request.query_params.get("person")
        try:
            person = await self._pseudonym(typed)
            await self._parts.audit.read(actor, self._call, self._reads, person)
        except StoreError:
            # Names are in the store that cannot be written: without it the record is read by pseudonyms.
            if self._reads != "events":
                raise

    async def _pseudonym(self, typed: object) -> str | None:
        """Give an id that is or was somebody's; what else was typed may be a name, and is written nowhere."""
        if not isinstance(typed, str) or not _ID.fullmatch(typed):
            return None
        return typed if await asyncio.to_thread(self._parts.people.is_pseudonym, typed) else None

    async def _change(self, request: Request, actor: Actor, body: bytes, call: Call, send: Send) -> None:
        """Make a call that changes something: once, as the client has seen it, with whoever has to agree."""

        async def agreed(send: Send) -> None:
            async with unchanged(self._parts.turns, self._app, request):
                ask = functools.partial(self._ask, request, actor, body)
                asked = to_be_asked(ask if await self._takes_two(request) else None)
                left = time_left(request, self._parts.authority.now())
                # What is no order may go on behind its answer, and has no such end there.
                with asked, begun_within(left if self._route.own_key else None):
                    await call(send)

        key = None if self._route.own_key else request.headers.get("idempotency-key")
        asked = Asked(actor.operator, key, request, body, holds_secret(self._said))
        await self._parts.once.do(asked, agreed, send)

    async def _ask(self, request: Request, actor: Actor, body: bytes) -> None:
        what, secret = self._route.summary or self._call, holds_secret(self._said)
        await self._parts.approving.ask(request, actor, body, self._approval or "", what, secret=secret)

    async def _takes_two(self, request: Request) -> bool:
        """Whether a second operator has to approve of this, and nobody has yet."""
        if self._approval is None or request.scope["state"].get("approved") is not None:
            return False
        rules = await self._parts.authority.office.rules()
        return always_two(self._said) or self._approval in rules.needs


def said_by(route: GatedRoute) -> Mapping[str, Any]:
    """Give what a route says of itself. Raises ``ValueError`` when it names no right."""
    said = route.openapi_extra or {}
    if RIGHT not in said:
        raise ValueError(f"{route.path} does not say which right it needs: openapi_extra=needs(Right.…)")
    return said


def check(router: APIRouter) -> None:
    """Raise ``ValueError`` for a route that stands before no gate, or names no right."""
    for route in router.routes:
        if not isinstance(route, GatedRoute):
            raise ValueError(f"{route} has no gate: APIRouter(route_class=GatedRoute)")  # noqa: TRY004
        said_by(route)


def methods_of(router: APIRouter) -> Iterator[tuple[str, str]]:
    """Give each path of a router with each method that it has."""
    for route in router.routes:
        if isinstance(route, GatedRoute):
            yield from ((route.path, method) for method in route.methods or ())
