"""Entity tags: what a client has seen, so that nobody overwrites what somebody else changed meanwhile.

Every answer in JSON to a GET has an ``ETag``. A change with ``If-Match`` is done only if the same GET would
still give that; changes of one thing are done one after the other, so that nothing comes between looking and
doing. Where a path can only be written to, what counts is the thing that it is part of: a PIN's person, the
door whose mode it is.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from weakref import WeakValueDictionary

from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from accessctl.acting import Whence
from accessctl.api.actor import actor_of
from accessctl.api.approving import Approved
from accessctl.api.inside import ask_inside
from accessctl.api.problems import ProblemDetails, Refusal, invalid, kind_of

_TAG_DIGITS: Final = 32
_ONE_THING: Final = 4
"""``/v1/people/p-3kx7qz2a`` and all that lies below it is one thing: so many parts of the path."""
PREFIX: Final = "/v1"
_JSON: Final = b"application/json"
_LOCKED: Final = frozenset({"PATCH", "PUT", "DELETE"})


def tag_of(body: bytes) -> str:
    """Give the entity tag of an answer."""
    return f'"{hashlib.sha256(body).hexdigest()[:_TAG_DIGITS]}"'


async def with_etag(request: Request, call: Callable[[Send], Awaitable[None]], send: Send) -> None:
    """Answer a GET with its tag; 304 where the client has this already. What is streamed has none."""
    begun: Message | None = None
    known = _tags(request.headers.get("if-none-match"))

    async def tagging(message: Message) -> None:
        nonlocal begun
        if message["type"] == "http.response.start" and _is_json(message):
            begun = message
            return
        if begun is None or message["type"] != "http.response.body":
            await send(message)
            return
        tag = tag_of(message.get("body", b""))
        headers = MutableHeaders(raw=begun["headers"])
        headers["ETag"] = tag
        if tag in known:
            del headers["content-length"]
            await send({**begun, "status": HTTPStatus.NOT_MODIFIED, "headers": headers.raw})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({**begun, "headers": headers.raw})
            await send(message)
        begun = None

    await call(tagging)


class Turns:
    """Lets changes of one thing happen one after the other. Used from one event loop."""

    def __init__(self) -> None:
        """Begin with nothing going on."""
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, path: str) -> asyncio.Lock:
        """Give the lock of the thing that a path names."""
        thing = "/".join(path.split("/")[:_ONE_THING])
        lock = self._locks.get(thing)
        if lock is None:
            lock = self._locks[thing] = asyncio.Lock()
        return lock


def seen_at(path: str, seen: Collection[str]) -> str | None:
    """Give where somebody sees what a change at this path is about; ``None`` where nobody sees it.

    All of them are paths of routes, such as ``/v1/people/{person}``; ``seen`` has those with a GET.
    """
    parts = path.split("/")
    while "/".join(parts) not in seen:
        if len(parts) <= _ONE_THING:
            return None
        parts.pop()
    return "/".join(parts)


@asynccontextmanager
async def unchanged(turns: Turns, app: FastAPI, request: Request) -> AsyncIterator[None]:
    """Hold others off while a thing is changed. Raises ``Refusal`` (412) unless it is as the client saw."""
    wanted = _tags(request.headers.get("if-match"))
    if request.method not in _LOCKED and not wanted:
        yield
        return
    path: str = request.scope["path"]
    async with turns.of(path):
        if wanted and "*" not in wanted and await _tag_now(app, request, path) not in wanted:
            what = "somebody has changed it since you looked; look again, and decide again"
            raise Refusal(HTTPStatus.PRECONDITION_FAILED, "changed-since", what)
        yield


async def _tag_now(app: FastAPI, request: Request, path: str) -> str | None:
    """Give the tag of what is there now; ``None``: nothing is. Raises ``Refusal`` where nobody can tell."""
    seen = seen_at(PREFIX + request.scope["route"].path, app.state.seen)
    if seen is None:
        raise invalid("header.If-Match", "has nothing to be compared with: no GET shows what this is about")
    whole = "/".join(path.split("/")[: len(seen.split("/"))])
    answer = await ask_inside(app, "GET", whole, state=_asked_inside(request))
    if answer.status == HTTPStatus.NOT_FOUND:
        return None
    if answer.status != HTTPStatus.OK:
        why = ProblemDetails.model_validate_json(answer.body)
        what = f"whether it has changed cannot be told: {why.detail}"
        raise Refusal(HTTPStatus(answer.status), kind_of(answer.body), what)
    return tag_of(answer.body)


def _asked_inside(request: Request) -> dict[str, object]:
    """Look in the name of whoever changes it: the kernel knows of no token, and others may see less."""
    actor = actor_of(request)
    return {**request.scope["state"], "inside": True, "approved": Approved(actor, Whence(actor.place))}


def _tags(header: str | None) -> frozenset[str]:
    """Give the tags that a header names; weak ones count as strong, for there are no others here."""
    if header is None:
        return frozenset()
    return frozenset(each.strip().removeprefix("W/") for each in header.split(","))


def _is_json(message: Message) -> bool:
    headers = dict(message["headers"])
    return (
        message["status"] == HTTPStatus.OK
        and headers.get(b"content-type", b"").startswith(_JSON)
        and b"content-length" in headers
    )
