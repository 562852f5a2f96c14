"""Entity tags: what a client has seen, so that nobody overwrites what somebody else changed meanwhile.

Every answer in JSON to a GET has an ``ETag``. A change with ``If-Match`` is done only if the same GET would
still give that; changes of one thing are done one after the other, so that nothing comes between looking and
doing.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from weakref import WeakValueDictionary

from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

from accessctl.api.inside import ask_inside
from accessctl.api.problems import Refusal

_TAG_DIGITS: Final = 32
_ONE_THING: Final = 4
"""``/v1/people/p-3kx7qz2a`` and all that lies below it is one thing: so many parts of the path."""
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


@asynccontextmanager
async def unchanged(turns: Turns, app: FastAPI, request: Request) -> AsyncIterator[None]:
    """Hold others off while a thing is changed. Raises ``Refusal`` (412) unless it is as the client saw."""
    wanted = _tags(request.headers.get("if-match"))
    if request.method not in _LOCKED and not wanted:
        yield
        return
    path: str = request.scope["path"]
    async with turns.of(path):
        if wanted and "*" not in wanted:
            answer = await ask_inside(app, "GET", path, state=_asked_inside(request))
            now = tag_of(answer.body) if answer.status == HTTPStatus.OK else None
            if now not in wanted:
                what = "somebody has changed it since you looked; look again, and decide again"
                raise Refusal(HTTPStatus.PRECONDITION_FAILED, "changed-since", what)
        yield


def _asked_inside(request: Request) -> dict[str, object]:
    return {**request.scope["state"], "inside": True}


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
