"""Reads bodies up to a bound, and refuses what is too large or of another kind by its own word."""

import email.message
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from accessctl.api.problems import Refusal

LARGEST_BODY: Final = 64 * 1024
"""Bytes. The largest sensible body is a person with a long name and many roles."""
LARGEST_OF: Final[Mapping[str, int]] = {
    **dict.fromkeys(("/v1/rehearsals", "/v1/site-file", "/v1/site-file/check"), 2 * 1024 * 1024),
    "/v1/people/import": 48 * 1024 * 1024,
}
"""What carries a whole site file, or many people, by its path."""
JSON: Final = frozenset({"application/json"})
KINDS_OF: Final[Mapping[str, frozenset[str]]] = {
    "/v1/people/import": frozenset({"text/csv", "application/x-ndjson"}),
}
"""What may be sent besides JSON, by its path."""


async def body_of(scope: Scope, receive: Receive) -> bytes:
    """Give a request's body. Raises ``Refusal``."""
    headers, path = Headers(scope=scope), scope["path"]
    largest = LARGEST_OF.get(path, LARGEST_BODY)
    announced = headers.get("content-length", "0")
    if announced.isdecimal() and int(announced[:20]) > largest:
        raise _too_large(largest)
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            # Nobody reads this answer. It ends the request like any other refusal.
            raise Refusal(HTTPStatus.REQUEST_TIMEOUT, "client-gone", "the client left before all was sent")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > largest:
            raise _too_large(largest)
    kinds = JSON | KINDS_OF.get(path, frozenset())
    if body and _kind(headers.get("content-type", "")) not in kinds:
        what = f"a body has to be sent as {' or '.join(sorted(kinds))}"
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "no-json", what)
    return bytes(body)


def replay(body: bytes, receive: Receive) -> Receive:
    """Give the body once, then whatever else comes: a stream waits for its client to leave."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again


def _too_large(largest: int) -> Refusal:
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"a body has at most {largest // 1024} KiB here"
    )


def _kind(content_type: str) -> str:
    header = email.message.Message()
    header["content-type"] = content_type
    return header.get_content_type() if content_type else ""
