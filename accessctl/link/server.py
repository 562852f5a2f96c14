"""The door process's end of the link."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from accessctl.acting import acts_from
from accessctl.attended import Abandoned, attended
from accessctl.link.answers import Answer, Fault, FaultCode, Reached
from accessctl.link.guard import LinkGuard
from accessctl.link.requests import Follow, Patient, Request
from accessctl.link.wire import LONGEST_LINE, MessageUnreadable, decode_said, encode

MOST_CLIENTS: Final = 32
MOST_REFUSED: Final = 4
"""So many who may not speak here are told so at a time; others of them are hung up on without a word."""
REFUSED_S: Final = 1.0
"""So long may they take to say what they wanted. Hung up on before, some would not get to read the answer."""

log = logging.getLogger(__name__)


class LinkServer:
    """Serves a Unix socket that only its owner and group may use, and of these whom the guard lets in.

    Lives in the door process's loop.

    A client that is stopped, slow or gone costs nothing but its connection: what it does not read is
    not kept for it.
    """

    def __init__(
        self, path: Path, answer: Callable[[Request], Awaitable[Answer]], guard: LinkGuard | None = None
    ) -> None:
        """Take the socket's path, who answers, and who may ask: without a guard our own user and root."""
        self._path, self._answer, self._guard = path, answer, guard or LinkGuard()
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self._refused: set[asyncio.Task[None]] = set()
        self._followers: set[asyncio.Event] = set()
        self._seq = 0

    async def open(self) -> None:
        """Begin to listen. A socket that an earlier process left behind is replaced."""
        with suppress(FileNotFoundError):
            self._path.unlink()
        before = os.umask(0o117)  # 0660: the API process is of the same group
        try:
            self._server = await asyncio.start_unix_server(self._serve, self._path, limit=LONGEST_LINE)
        finally:
            os.umask(before)

    async def close(self) -> None:
        """Listen no more and let go of every client."""
        if self._server is not None:
            self._server.close()
        there = (*self._clients, *self._refused)
        for client in there:
            client.cancel()
        await asyncio.gather(*there, return_exceptions=True)
        with suppress(FileNotFoundError):
            self._path.unlink()

    def grown(self, seq: int) -> None:
        """Tell every follower that the record has grown to ``seq``."""
        self._seq = seq
        for follower in self._followers:
            follower.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        why = self._guard.refusal(writer.get_extra_info("socket"))
        # Those who may not ask take no place from those who may.
        among, most = (self._clients, MOST_CLIENTS) if why is None else (self._refused, MOST_REFUSED)
        if task is None or len(among) >= most:
            writer.close()
            return
        among.add(task)
        try:
            await (self._converse(reader, writer) if why is None else _refuse(why, reader, writer))
        except (ConnectionError, Abandoned, asyncio.CancelledError):
            pass  # the client, or the process, has gone
        finally:
            among.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                line = await reader.readline()
            except ValueError:  # longer than LONGEST_LINE: where the next one begins is unknown
                await _send(writer, Fault(FaultCode.UNREADABLE, "the line is too long"))
                return
            if not line.endswith(b"\n"):
                return
            request = await self._read(line, writer)
            if isinstance(request, Follow):
                await self._follow(writer)
                return
            if isinstance(request, Patient):  # it waits for a person, so it ends with its client
                await _send(writer, await attended(self._answer(request), reader.read(1)))
            elif request is not None:
                await _send(writer, await self._answer(request))

    async def _read(self, line: bytes, writer: asyncio.StreamWriter) -> Request | None:
        try:
            said = decode_said(line)
        except MessageUnreadable as error:
            await _send(writer, Fault(FaultCode.UNREADABLE, str(error)))
            return None
        if said.by_ns is not None and time.monotonic_ns() > said.by_ns:
            await _send(writer, Fault(FaultCode.TIMED_OUT, "it came too late and was not done"))
            return None
        if not isinstance(said.message, Request):
            await _send(writer, Fault(FaultCode.UNREADABLE, "that is an answer, not a request"))
            return None
        acts_from(said.whence)  # until the next request of this connection
        return said.message

    async def _follow(self, writer: asyncio.StreamWriter) -> None:
        news = asyncio.Event()
        self._followers.add(news)
        news.set()
        try:
            while not writer.transport.is_closing():
                await news.wait()
                news.clear()
                await _send(writer, Reached(self._seq))
        finally:
            self._followers.discard(news)


async def _refuse(why: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(TimeoutError, ValueError):  # what they say counts for nothing, and may be too long
        async with asyncio.timeout(REFUSED_S):
            await reader.readline()
    await _send(writer, Fault(FaultCode.NOT_ADMITTED, why))


async def _send(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.write(encode(answer))
    await writer.drain()
