"""The door process's end of the link: one answer to each request, and no client can hold it up."""

import asyncio
import socket
import stat
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from accessctl.link.answers import Answer, Done, Fault, FaultCode, Reached
from accessctl.link.requests import AskStatus, Follow, Request, TakeOutbox
from accessctl.link.server import MOST_CLIENTS, LinkServer
from accessctl.link.wire import LONGEST_LINE, Message, decode, encode

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _answer(request: Request) -> Answer:
    return Done(7) if isinstance(request, TakeOutbox) else Fault(FaultCode.BUSY, "not now")


@asynccontextmanager
async def _serving(path: Path) -> AsyncIterator[LinkServer]:
    server = LinkServer(path, _answer)
    await server.open()
    try:
        yield server
    finally:
        await server.close()


async def _connect(path: Path) -> Connection:
    return await asyncio.open_unix_connection(path)


async def _hear(connection: Connection) -> Message:
    return decode(await asyncio.wait_for(connection[0].readline(), 5))


async def _ask(connection: Connection, *lines: bytes) -> list[Message]:
    connection[1].write(b"".join(lines))
    return [await _hear(connection) for _ in lines]


def _run(path: Path, tell: Callable[[LinkServer, Connection], Awaitable[None]]) -> None:
    async def story() -> None:
        async with _serving(path) as server:
            connection = await _connect(path)
            try:
                await tell(server, connection)
            finally:
                connection[1].close()

    asyncio.run(story())


def test_what_comes_too_late_is_not_done(tmp_path: Path) -> None:
    """An order that lay there while the process was stopped is refused when it goes on."""

    async def tell(_server: LinkServer, connection: Connection) -> None:
        now_ns = time.monotonic_ns()
        late, timely = encode(TakeOutbox(), now_ns - 1), encode(TakeOutbox(), now_ns + 60_000_000_000)
        refused, done = await _ask(connection, late, timely)
        assert isinstance(refused, Fault)
        assert (refused.code, done) == (FaultCode.TIMED_OUT, Done(7))

    _run(tmp_path / "door.sock", tell)


def test_each_request_has_its_answer_in_order(tmp_path: Path) -> None:
    """Requests that come in one piece are answered one by one; nonsense is answered as well."""

    async def tell(_server: LinkServer, connection: Connection) -> None:
        answers = await _ask(connection, encode(TakeOutbox()), b"{}\n", encode(Done(1)), encode(AskStatus()))
        codes = [answer.code if isinstance(answer, Fault) else None for answer in answers]
        assert answers[0] == Done(7)
        assert codes == [None, FaultCode.UNREADABLE, FaultCode.UNREADABLE, FaultCode.BUSY]

    _run(tmp_path / "door.sock", tell)


def test_a_line_without_end_is_answered_and_ended(tmp_path: Path) -> None:
    """Where the next line would begin is unknown then, so the connection is over."""

    async def tell(_server: LinkServer, connection: Connection) -> None:
        (answer,) = await _ask(connection, b"x" * (2 * LONGEST_LINE))
        assert isinstance(answer, Fault)
        assert await connection[0].read() == b""

    _run(tmp_path / "door.sock", tell)


def test_a_follower_hears_how_far_the_record_has_grown(tmp_path: Path) -> None:
    """At once, and again when it grows; what grew meanwhile is told in one."""

    async def tell(server: LinkServer, connection: Connection) -> None:
        server.grown(3)
        connection[1].write(encode(Follow()))
        assert await _hear(connection) == Reached(3)
        server.grown(4)
        server.grown(5)
        assert await _hear(connection) == Reached(5)

    _run(tmp_path / "door.sock", tell)


def test_a_follower_that_does_not_read_gathers_no_backlog(tmp_path: Path) -> None:
    """However often the record grows, nothing is kept for somebody who does not listen."""

    async def tell(server: LinkServer, connection: Connection) -> None:
        connection[1].write(encode(Follow()))
        await _hear(connection)
        for seq in range(100_000):
            server.grown(seq)
        await asyncio.sleep(0)
        connection[1].transport.abort()

    _run(tmp_path / "door.sock", tell)


def test_clients_are_limited_in_number(tmp_path: Path) -> None:
    """One too many is hung up on; when another leaves there is room again."""

    async def tell(_server: LinkServer, connection: Connection) -> None:
        path = tmp_path / "door.sock"
        await _ask(connection, encode(TakeOutbox()))
        others = [await _connect(path) for _ in range(MOST_CLIENTS - 1)]
        for other in others:
            await _ask(other, encode(TakeOutbox()))
        one_too_many = await _connect(path)
        assert await one_too_many[0].read() == b""
        for _reader, writer in (*others, one_too_many):
            writer.close()

    _run(tmp_path / "door.sock", tell)


@pytest.mark.parametrize("left_behind", [True, False])
def test_the_socket_is_for_owner_and_group_alone(tmp_path: Path, *, left_behind: bool) -> None:
    """Also where a crash left a socket behind; and a stop takes it away."""
    path = tmp_path / "door.sock"
    if left_behind:
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(path))

    async def tell(_server: LinkServer, connection: Connection) -> None:
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert await _ask(connection, encode(TakeOutbox())) == [Done(7)]

    _run(path, tell)
    assert not path.exists()
