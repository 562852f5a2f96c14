"""How many questions and reports are worked out at the same time, and who waits."""

import asyncio
import os
import socket
from asyncio import Task
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from accessctl.api.thinking import AT_ONCE, Thinking
from accessctl.home import Home
from tests.api.running import RunningApi
from tests.homes import let_in, new_home

SLOW = "slow_thinker"
PROGRAM = """
import json, socket, sys
asked = json.load(sys.stdin)
with socket.create_connection(("127.0.0.1", asked["port"])) as line:
    line.sendall(bytes([asked["number"]]))
    line.recv(1)
print("{}")
"""
SPAN = {"since": "2026-03-02T00:00:00Z", "until": "2026-03-03T00:00:00Z"}


class Slow:
    """Processes that say when they have begun, and end when they are let go."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(60)
        self._lines: dict[int, socket.socket] = {}

    def question(self, number: int) -> dict[str, Any]:
        return {"port": self._server.getsockname()[1], "number": number}

    def begun(self) -> int:
        """Wait for the next that begins, and give its number."""
        line, _ = self._server.accept()
        number = line.recv(1)[0]
        self._lines[number] = line
        return number

    def let_go(self, *numbers: int) -> None:
        for number in numbers:
            self._lines.pop(number).close()

    def close(self) -> None:
        self.let_go(*self._lines)
        self._server.close()


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / f"{SLOW}.py").write_text(PROGRAM)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))
    slow = Slow()
    yield slow
    slow.close()


def test_two_think_at_a_time_and_the_others_wait_in_their_order(slow: Slow, tmp_path: Path) -> None:
    """Who hangs up while waiting is passed over; what goes by other turns waits for none of them."""

    async def story() -> None:
        thinking, other = Thinking(Home(tmp_path), 2), Thinking(Home(tmp_path), 1)
        asked = [_ask(thinking, slow, number) for number in range(4)]
        assert {await _begun(slow), await _begun(slow)} == {0, 1}
        beside = _ask(other, slow, 9)
        assert await _begun(slow) == 9  # asked last, and nobody before it has begun meanwhile
        asked[2].cancel()
        slow.let_go(0)
        assert await _begun(slow) == 3
        slow.let_go(1, 3, 9)
        assert await _all([asked[0], asked[1], asked[3], beside]) == [{}] * 4
        assert asked[2].cancelled()

    asyncio.run(story())


def test_who_hangs_up_leaves_the_turn_to_the_next(slow: Slow, tmp_path: Path) -> None:
    """The process ends with whoever asked, and the next begins."""

    async def story() -> None:
        thinking = Thinking(Home(tmp_path), 1)
        left, stayed = _ask(thinking, slow, 0), _ask(thinking, slow, 1)
        assert await _begun(slow) == 0
        left.cancel()
        assert await _begun(slow) == 1
        slow.let_go(1)
        assert await stayed == {}

    asyncio.run(story())


def test_a_report_waits_while_others_are_worked_out(slow: Slow, tmp_path: Path) -> None:
    """The health of the installation, asked for later, does not; the report comes when it is its turn."""
    home = new_home(tmp_path / "home")
    let_in(home)
    api = RunningApi(home)
    try:
        held = [api.do(_ask, api.parts.thinking, slow, number) for number in range(AT_ONCE)]
        assert {slow.begun() for _ in range(AT_ONCE)} == set(range(AT_ONCE))
        with ThreadPoolExecutor(1) as beside, api.client() as other:
            asked = beside.submit(api.http.get, "/reports/doors", params=SPAN, timeout=60)
            assert other.get("/health", timeout=60).status_code == 200
            assert not asked.done()
            slow.let_go(*range(AT_ONCE))
            assert api.do(_all, held) == [{}] * AT_ONCE
            assert asked.result().status_code == 200
    finally:
        api.close()


def _ask(thinking: Thinking, slow: Slow, number: int) -> Task[dict[str, Any]]:
    return asyncio.get_running_loop().create_task(thinking.answer(slow.question(number), SLOW))


async def _all(asked: list[Task[dict[str, Any]]]) -> list[dict[str, Any]]:
    return await asyncio.gather(*asked)


async def _begun(slow: Slow) -> int:
    return await asyncio.to_thread(slow.begun)
