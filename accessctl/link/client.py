"""The link, from the side of whoever asks the door process.

One connection carries all short requests, one after the other. What may take long (a card that somebody
has yet to show) and what never ends (following the record) gets a connection of its own, so that nothing
waits behind it. A connection on which anything went wrong is dropped, because a late answer would be
taken for the answer to the next request; the next call makes a new one.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from accessctl.acting import whence
from accessctl.by_when import by_ns
from accessctl.link.answers import Answer, Fault, FaultCode, Reached
from accessctl.link.requests import Follow, Patient, Request
from accessctl.link.wire import LONGEST_LINE, Message, MessageUnreadable, decode, encode

USUAL_S: Final = 5.0
"""A door process that is alive answers long before; what it has not begun by then it does not do."""
NS_PER_S: Final = 1_000_000_000
FIRST_RETRY_S: Final = 0.2
LONGEST_RETRY_S: Final = 2.0


class LinkError(Exception):
    """The door process did not do what it was asked."""


class DoorUnreachable(LinkError):
    """No answer came. Whether what was asked has been done is not known, unless it asks for nothing."""


class DoorSilent(DoorUnreachable):
    """It was asked and did not answer in time. It will not begin any more; what it had begun, it may do."""


class DoorRefused(LinkError):
    """The door process answered that it was not done."""

    def __init__(self, code: FaultCode, why: str) -> None:
        """Keep the code beside the words."""
        super().__init__(why)
        self.code, self.why = code, why


class _Connection:
    """One connection, on which requests and answers take turns."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, path: Path) -> "_Connection":
        """Connect. Raises ``DoorUnreachable``."""
        try:
            # Twice the longest line: the limit of a stream counts the newline too.
            return cls(*await asyncio.open_unix_connection(path, limit=2 * LONGEST_LINE))
        except OSError as error:
            raise DoorUnreachable(f"the door process is not there ({error.strerror or error})") from error

    @property
    def lost(self) -> bool:
        """Whether the other side has already hung up."""
        return self._reader.at_eof() or self._writer.is_closing()

    async def exchange(self, request: Request) -> Message:
        """Send a request and wait for its answer. Raises ``DoorUnreachable``."""
        await self.say(request)
        return await self.hear()

    async def say(self, request: Request) -> None:
        """Send a request. Raises ``DoorUnreachable``."""
        try:
            usual_ns, wanted_ns = time.monotonic_ns() + int(USUAL_S * NS_PER_S), by_ns()
            by = usual_ns if wanted_ns is None else min(usual_ns, wanted_ns)
            self._writer.write(encode(request, by, whence()))
            await self._writer.drain()
        except OSError as error:
            raise DoorUnreachable("the door process hung up") from error

    async def hear(self) -> Message:
        """Wait for the next answer. Raises ``DoorUnreachable``."""
        try:
            line = await self._reader.readline()
        except (OSError, ValueError) as error:  # ValueError: a line without end
            raise DoorUnreachable("the door process hung up, or says too much") from error
        if not line.endswith(b"\n"):
            raise DoorUnreachable("the door process hung up")
        try:
            return decode(line)
        except MessageUnreadable as error:
            raise DoorUnreachable(f"the door process answers what nobody understands: {error}") from error

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


class LinkClient:
    """Asks the door process. Used from one event loop."""

    def __init__(self, path: Path) -> None:
        """Remember where the socket is. It need not be there yet."""
        self._path = path
        self._connection: _Connection | None = None
        self._turn = asyncio.Lock()

    async def ask(self, request: Request, timeout_s: float = USUAL_S) -> Answer:
        """Ask and give the answer. Raises ``DoorUnreachable`` and, for a ``Fault``, ``DoorRefused``."""
        try:
            async with asyncio.timeout(timeout_s):
                answer = await (
                    self._apart(request) if isinstance(request, Patient) else self._in_turn(request)
                )
        except TimeoutError:
            raise DoorSilent(f"the door process did not answer within {timeout_s:g} s") from None
        if isinstance(answer, Fault):
            raise DoorRefused(answer.code, answer.why)
        if not isinstance(answer, Answer):
            self.close()
            raise DoorUnreachable("the door process answers with a request")
        return answer

    async def follow(self) -> AsyncIterator[int]:
        """Give the record's last number whenever it has grown. Never ends; connects again by itself."""
        wait_s = FIRST_RETRY_S
        while True:
            with suppress(DoorUnreachable):
                connection = await _Connection.open(self._path)
                try:
                    await connection.say(Follow())
                    while isinstance(reached := await connection.hear(), Reached):
                        wait_s = FIRST_RETRY_S
                        yield reached.seq
                finally:
                    connection.close()
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_RETRY_S)

    def close(self) -> None:
        """Hang up. The next request connects again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def _apart(self, request: Request) -> Message:
        """Ask over a connection of its own. Its end, also when cancelled, tells the other side to give up."""
        connection = await _Connection.open(self._path)
        try:
            return await connection.exchange(request)
        finally:
            connection.close()

    async def _in_turn(self, request: Request) -> Message:
        async with self._turn:
            if self._connection is not None and not self._connection.lost:
                # A restart of the door process may show only now. Every request may be asked twice: the
                # ones that do something carry an id under which they are done once.
                with suppress(DoorUnreachable):
                    return await self._exchange(self._connection, request)
            self.close()
            self._connection = await _Connection.open(self._path)
            return await self._exchange(self._connection, request)

    async def _exchange(self, connection: _Connection, request: Request) -> Message:
        try:
            return await connection.exchange(request)
        except BaseException:  # also when cancelled: the answer would come to the next request
            self.close()
            raise
