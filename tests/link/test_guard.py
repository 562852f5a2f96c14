"""Who may speak to the door process, and what becomes of whoever may not."""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from accessctl.link.answers import Answer, Done, Fault, FaultCode
from accessctl.link.client import DoorRefused, LinkClient
from accessctl.link.guard import LOGGED_EVERY_S, ROOT, LinkGuard, uids_of
from accessctl.link.requests import AskStatus, Request, TakeOutbox
from accessctl.link.server import MOST_CLIENTS, MOST_REFUSED, LinkServer
from accessctl.operators.first import local_user
from accessctl.probes import door_answers
from tests.link.strangers import ask_as

STRANGER, OFFICE = 65534, 4711


class Desk:
    """Answers everything, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    async def answer(self, request: Request) -> Answer:
        self.asked.append(request)
        return Done(7)


def serving(path: Path, guard: LinkGuard, tell: Callable[[LinkClient], Awaitable[None]]) -> list[Request]:
    """Serve while the story is told, and give what was asked."""
    desk = Desk()

    async def story() -> None:
        server = LinkServer(path, desk.answer, guard)
        await server.open()
        client = LinkClient(path)
        try:
            await asyncio.wait_for(tell(client), 20)
        finally:
            client.close()
            await server.close()

    asyncio.run(story())
    return desk.asked


def test_a_stranger_is_refused_and_not_heard(tmp_path: Path) -> None:
    """Whoever shares the folder's group gives no order: they are told why, and nothing is done."""

    async def tell(client: LinkClient) -> None:
        with pytest.raises(DoorRefused, match="the user 65534 may not speak") as refused:
            await client.ask(TakeOutbox())
        assert refused.value.code is FaultCode.NOT_ADMITTED

    assert serving(tmp_path / "door.sock", LinkGuard([OFFICE], uid_of=lambda _: STRANGER), tell) == []


@pytest.mark.parametrize("uid", [ROOT, OFFICE, os.geteuid()])
def test_root_the_office_and_we_ourselves_are_heard(tmp_path: Path, uid: int) -> None:
    """The user of the API, whoever runs the door process, and root, whom nothing would keep away."""

    async def tell(client: LinkClient) -> None:
        assert await client.ask(TakeOutbox()) == Done(7)

    assert serving(tmp_path / "door.sock", LinkGuard([OFFICE], uid_of=lambda _: uid), tell) == [TakeOutbox()]


def test_strangers_take_no_place_from_the_office(tmp_path: Path) -> None:
    """However many of them stay connected, the API is heard; beyond a few they are hung up on."""
    path, uids = tmp_path / "door.sock", iter([STRANGER] * (MOST_CLIENTS + 1) + [OFFICE])
    guard = LinkGuard([OFFICE], uid_of=lambda _: next(uids))

    async def tell(client: LinkClient) -> None:
        strangers = [await asyncio.open_unix_connection(path) for _ in range(MOST_CLIENTS + 1)]
        assert await client.ask(TakeOutbox()) == Done(7)
        said = [await reader.read() for reader, _ in strangers]
        assert [bool(each) for each in said].count(True) == MOST_REFUSED
        for _, writer in strangers:
            writer.close()

    assert serving(path, guard, tell) == [TakeOutbox()]


def test_refusals_are_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever knocks all the time does not fill the log; how often they did is said."""
    times: Iterator[float] = iter([0.0, 0.0, 1.0, 2.0, LOGGED_EVERY_S, LOGGED_EVERY_S])
    guard = LinkGuard(uid_of=lambda _: STRANGER, now=lambda: next(times))
    with socket.socket(socket.AF_UNIX) as anybody, caplog.at_level(logging.WARNING):
        for _ in range(4):
            assert guard.refusal(anybody) is not None
    first, second = caplog.messages
    assert "the user 65534" in first
    assert second.endswith("(2 more were refused since the last line)")


def test_a_door_process_that_does_not_hear_us_runs_all_the_same(tmp_path: Path) -> None:
    """Nobody starts a second one because the first one is another user's."""
    path = tmp_path / "door.sock"

    async def tell(_client: LinkClient) -> None:
        assert await asyncio.to_thread(door_answers, path)

    assert serving(path, LinkGuard(uid_of=lambda _: STRANGER), tell) == []


def test_users_are_let_in_by_name(caplog: pytest.LogCaptureFixture) -> None:
    """One who is not there is said, and keeps no door from starting."""
    assert uids_of([local_user(), "nobody-of-this-name"]) == {os.geteuid()}
    assert "no user nobody-of-this-name" in caplog.text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize(("uid", "heard"), [(STRANGER, False), (OFFICE, True)])
def test_the_kernel_says_who_it_is(tmp_path: Path, uid: int, *, heard: bool) -> None:
    """Processes of other users are told apart, though the socket itself is open to them."""

    async def tell(_client: LinkClient) -> None:
        answer = await asyncio.to_thread(ask_as, uid, tmp_path, AskStatus())
        assert heard is not (isinstance(answer, Fault) and answer.code is FaultCode.NOT_ADMITTED)

    assert serving(tmp_path / "door.sock", LinkGuard([OFFICE]), tell) == ([AskStatus()] if heard else [])
