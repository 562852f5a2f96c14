"""Calls that the API makes to itself: the same routes, the same gate, and no connection in between."""

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.types import Message


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def ask_inside(
    app: FastAPI,
    method: str,
    path: str,
    *,
    state: dict[str, Any],
    query: str = "",
    body: bytes = b"",
    kind: str = "application/json",
    if_match: str | None = None,
) -> Answer:
    """Make a call; ``state`` says in whose name, which no client can say, ``kind`` what the body is.

    ``if_match``: what whoever asks had seen of the thing, by its tag.
    """
    headers = [(b"host", b"accessctl")]
    if body:
        headers += [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    if if_match is not None:
        headers.append((b"if-match", if_match.encode("latin-1")))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": None,
        "server": ("accessctl", None),
        "state": dict(state),
    }
    status, said, parts = 0, dict[bytes, bytes](), list[bytes]()
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            # Whoever asks inside waits for the answer: this client never leaves. The call ends the wait.
            await asyncio.get_running_loop().create_future()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, said
        if message["type"] == "http.response.start":
            status, said = message["status"], dict(message["headers"])
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return Answer(status, said, b"".join(parts))
