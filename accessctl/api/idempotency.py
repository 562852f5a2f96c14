"""A call under an ``Idempotency-Key`` is done once: sent again, it gets the answer that it got before."""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Send

from accessctl.api.problems import Refusal
from accessctl.store.done_calls import DoneCall, DoneCallWriter

_KEY: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
LARGEST_KEPT: Final = 64 * 1024
"""Bytes of an answer that are kept; of a larger one only that it was good."""
_GOOD: Final = range(200, 300)


async def once(
    calls: DoneCallWriter,
    operator: str,
    key: str | None,
    request: Request,
    body: bytes,
    call: Callable[[Send], Awaitable[None]],
    send: Send,
) -> None:
    """Make a call, or give the answer of the same one that was made under this key within a day.

    What was refused is not remembered. Raises ``Refusal`` for a key that was used for something else, and
    where nobody knows whether the call was done: the process ended in the middle of it.
    """
    if key is None:
        await call(send)
        return
    if not _KEY.fullmatch(key):
        what = "an Idempotency-Key has 1 to 64 letters, digits, dots, colons, hyphens or underscores"
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", what)
    digest = _digest(request, body)
    before = await asyncio.to_thread(calls.claim_call, operator, key, digest)
    if before is not None:
        await _again(before, digest, send)
        return
    heard = _Heard()
    try:
        await call(heard)
    except Exception:  # a call that was cut off is not released: nobody knows how far it came
        await asyncio.to_thread(calls.release_call, operator, key)
        raise
    if heard.status in _GOOD:
        await asyncio.to_thread(calls.finish_call, operator, key, heard.status, heard.kept())
    else:
        await asyncio.to_thread(calls.release_call, operator, key)
    # Only now: whoever has the answer may send the call again at once.
    for message in heard.messages:
        await send(message)


async def _again(before: DoneCall, digest: bytes, send: Send) -> None:
    if before.digest != digest:
        what = "this Idempotency-Key was used for another call; every call has a key of its own"
        raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "key-reused", what)
    if before.status is None:
        what = (
            "this call was begun and nobody knows how it ended: look whether it was done, then use a new key"
        )
        raise Refusal(HTTPStatus.CONFLICT, "outcome-unknown", what)
    if before.body is None:
        what = "this was done before; its answer is not kept, because it was shown once or was too large"
        raise Refusal(HTTPStatus.CONFLICT, "done-before", what)
    headers = MutableHeaders({"Idempotency-Replayed": "true"})
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
        self._secret, self._body = False, b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._secret = "no-store" in Headers(raw=message["headers"]).get("cache-control", "")
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
