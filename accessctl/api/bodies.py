"""Refuses bodies that are too large or no JSON by their own word, before anybody reads them."""

import email.message
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accessctl.api.problems import Refusal

LARGEST_BODY: Final = 64 * 1024
"""Bytes. The largest sensible body is a person with a long name and many roles."""
LARGEST_OF: Final = {"/v1/rehearsals": 2 * 1024 * 1024}
"""What carries a whole site file, by its path."""


class BodyGuard:
    """Reads a request's body whole, up to a bound, and hands it on only if it says that it is JSON."""

    def __init__(self, app: ASGIApp, largest: int = LARGEST_BODY) -> None:
        """Stand before an application."""
        self._app, self._largest = app, largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await self._body(scope, receive)
        except Refusal as refusal:
            await refusal.response()(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replay(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """Give the body, ``None`` if the client is gone. Raises ``Refusal``."""
        headers = Headers(scope=scope)
        largest = LARGEST_OF.get(scope["path"], self._largest)
        announced = headers.get("content-length", "0")
        if announced.isdecimal() and int(announced[:20]) > largest:
            raise _too_large(largest)
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > largest:
                raise _too_large(largest)
        if body and not _is_json(headers.get("content-type", "")):
            raise Refusal(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "no-json", "a body has to be sent as application/json"
            )
        return body


def _too_large(largest: int) -> Refusal:
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"a body has at most {largest // 1024} KiB here"
    )


def _is_json(content_type: str) -> bool:
    header = email.message.Message()
    header["content-type"] = content_type
    return header.get_content_type() == "application/json"


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the body once, then whatever else comes: a stream waits for its client to leave."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again
