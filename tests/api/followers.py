"""Clients of the stream without a library's patience: they read when they want to, or never."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Self


class Follower:
    """One open stream, item by item. Lives in the loop that opens it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._text = b""
        self.chunks = 0
        """So many pieces were received."""
        self.begin: str | None = None
        """The id after which it begins."""
        self.events: list[dict[str, Any]] = []

    @classmethod
    async def open(cls, path: Path, query: str = "", **headers: str) -> Self:
        """Connect, ask, and wait for the first comment."""
        follower = cls(*await asyncio.open_unix_connection(path))
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        await follower._ask(f"GET /v1/events/stream{query} HTTP/1.1\r\nHost: api\r\n{more}\r\n")
        return follower

    @property
    def seqs(self) -> list[int]:
        """The numbers of all entries that came."""
        return [event["seq"] for event in self.events]

    async def take(self, count: int) -> list[int]:
        """Wait until there are so many entries in all, and give their numbers."""
        while len(self.events) < count:
            await self._chunk()
        return self.seqs

    async def until(self, seq: int) -> list[int]:
        """Wait for the entry with this number, and give the numbers of all that came."""
        while not self.events or self.events[-1]["seq"] < seq:
            await self._chunk()
        return self.seqs

    async def comment(self) -> None:
        """Wait for a sign of life in which there is no entry."""
        before = len(self.events)
        await self._chunk()
        assert len(self.events) == before

    async def rest(self) -> list[int]:
        """Read until the server ends the stream."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._chunk():
                pass
        return self.seqs

    def vanish(self) -> None:
        """Go without a word."""
        self._writer.transport.abort()

    async def close(self) -> None:
        """Go, and leave nothing behind in the loop."""
        self.vanish()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _ask(self, request: str) -> None:
        self._writer.write(request.encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        await self._chunk()

    async def _chunk(self) -> int:
        size = int(await self._reader.readline(), 16)
        self._text += (await self._reader.readexactly(size + 2))[:-2]
        self.chunks += 1
        *items, self._text = self._text.split(b"\n\n")
        for item in items:
            if self.begin is None and b"\nid: " in item:
                self.begin = item.decode().partition("\nid: ")[2]
            if b"\ndata: " in item:
                id_, data = item.decode().split("\n")
                event = json.loads(data.removeprefix("data: "))
                assert id_ == f"id: {event['epoch']}-{event['seq']}"
                self.events.append(event)
        return size
