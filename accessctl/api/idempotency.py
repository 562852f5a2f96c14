"""A call under an ``Idempotency-Key`` is done once: sent again, it gets the answer that it got before."""

import asyncio
import hashlib
import hmac
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Send

from accessctl.api.problems import Refusal
from accessctl.store.done_calls import BodyMac, DoneCall, DoneCallWriter

_KEY: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
LARGEST_KEPT: Final = 64 * 1024
"""Bytes of an answer that are kept; of a larger one only that it was good."""
_GOOD: Final = range(200, 300)


RETRY_S: Final = 2
"""After so long a call that still runs may be sent again; most have ended long before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as it came, under a key or under none."""

    operator: str
    key: str | None
    request: Request
    body: bytes = field(repr=False)
    secret: bool
    """Whether the body holds a secret. A digest of a PIN is as good as the PIN to whoever has the disk."""


class Once:
    """Does each call under a key once. Used from one event loop."""

    def __init__(self, calls: DoneCallWriter) -> None:
        """Begin with nothing going on, and with a key of this process for bodies that hold secrets."""
        self._calls = calls
        self._process, self._secret = secrets.token_hex(8), secrets.token_bytes(32)
        self._running: set[tuple[str, str]] = set()
        self._claiming = asyncio.Lock()

    async def do(self, asked: Asked, call: Callable[[Send], Awaitable[None]], send: Send) -> None:
        """Make a call, or give the answer of the same one that was made under this key within a day.

        What was refused is not remembered. Raises ``Refusal`` for a key that was used for something else,
        while the first call runs, and where nobody knows whether it was done: the process ended in the
        middle of it.
        """
        if asked.key is None:
            await call(send)
            return
        if not _KEY.fullmatch(asked.key):
            what = "an Idempotency-Key has 1 to 64 letters, digits, dots, colons, hyphens or underscores"
            raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", what)
        name = asked.operator, asked.key
        digest, mac = await asyncio.to_thread(self._known_by, asked)
        async with self._claiming:
            running = name in self._running  # before it is looked up: it may end meanwhile
            before = await asyncio.to_thread(self._calls.claim_call, *name, digest, mac)
            if before is None:
                self._running.add(name)
        if before is not None:
            _check_same(before, digest, mac)
            await _again(before, mac, send, running=running)
            return
        try:
            heard = await self._first(name, call)
        finally:
            self._running.discard(name)
        # Only now: whoever has the answer may send the call again at once.
        for message in heard.messages:
            await send(message)

    async def _first(self, name: tuple[str, str], call: Callable[[Send], Awaitable[None]]) -> "_Heard":
        heard = _Heard()
        try:
            await call(heard)
        except Exception:  # a call that was cut off is not released: nobody knows how far it came
            await asyncio.to_thread(self._calls.release_call, *name)
            raise
        if heard.status in _GOOD:
            kept = heard.kept()
            await asyncio.to_thread(self._calls.finish_call, *name, heard.status, kept, heard.location)
        else:
            await asyncio.to_thread(self._calls.release_call, *name)
        return heard

    def _known_by(self, asked: Asked) -> tuple[bytes, BodyMac | None]:
        """Give what a call is known by when it is sent again; a body may have megabytes."""
        if not asked.secret:
            return _digest(asked.request, asked.body), None
        mac = hmac.digest(self._secret, asked.body, "sha256")
        return _digest(asked.request, b""), BodyMac(self._process, mac)


def _check_same(before: DoneCall, digest: bytes, mac: BodyMac | None) -> None:
    """Raise ``Refusal`` where another call is known to have come under this key."""
    other_body = _comparable(before, mac) and before.mac != mac
    if before.digest != digest or other_body:
        what = "this Idempotency-Key was used for another call; every call has a key of its own"
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "key-reused", what)


def _comparable(before: DoneCall, mac: BodyMac | None) -> bool:
    """Whether this process can tell if the body is the same: not where one before it was sent a secret."""
    return mac is None or (before.mac is not None and before.mac.process == mac.process)


async def _again(before: DoneCall, mac: BodyMac | None, send: Send, *, running: bool) -> None:
    """Answer a call that was sent again. Raises ``Refusal``."""
    if before.status is None and running:
        what = "this call is being done still: send it again under this key to hear how it ended"
        raise Refusal(HTTPStatus.CONFLICT, "in-progress", what, headers={"Retry-After": str(RETRY_S)})
    if before.status is None:
        what = (
            "this call was begun and nobody knows how it ended: look whether it was done, then use a new key"
        )
        raise Refusal(HTTPStatus.CONFLICT, "outcome-unknown", what)
    if not _comparable(before, mac):
        what = (
            "a call was done under this key before the API was started anew, and nobody can tell any more"
            " whether it was sent the same: look whether it was done, then use a new key"
        )
        raise Refusal(HTTPStatus.CONFLICT, "done-before", what)
    if before.body is None:
        what = "this was done before; its answer is not kept, because it was shown once or was too large"
        raise Refusal(HTTPStatus.CONFLICT, "done-before", what)
    headers = MutableHeaders({"Idempotency-Replayed": "true"})
    if before.location is not None:
        headers["Location"] = before.location
    if before.body:
        headers["Content-Type"] = "application/json"
        headers["Content-Length"] = str(len(before.body))
    await send({"type": "http.response.start", "status": before.status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": before.body})


class _Heard:
    """Takes an answer, and keeps of it what may be kept."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.status = 0
        self.location: str | None = None
        self._secret, self._body = False, b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = Headers(raw=message["headers"])
            self.location = headers.get("location")
            self._secret = "no-store" in headers.get("cache-control", "")
        elif message["type"] == "http.response.body" and len(self._body) <= LARGEST_KEPT:
            self._body += message.get("body", b"")
        self.messages.append(message)

    def kept(self) -> bytes | None:
        return None if self._secret or len(self._body) > LARGEST_KEPT else self._body


def _digest(request: Request, body: bytes) -> bytes:
    """Write each part after its length: no two calls give the same bytes."""
    path: str = request.scope["path"]  # the one that was routed by; the URL is put together with the Host
    query: bytes = request.scope["query_string"]
    parts = (request.method.encode(), path.encode(), query, body)
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()
