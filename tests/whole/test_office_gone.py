"""The door never waits for the office: the API dead, stopped or busy is nothing to a badge."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from accessctl.home import Home
from accessctl.link.requests import Follow
from accessctl.link.wire import encode
from hardware.errors import SimulationRefused
from hardware.simulated.tool import WarehouseTool
from tests.door.conftest import ALICE, STRANGER
from tests.whole.processes import PATIENCE_S, Api, Door, Warehouse, stopped
from tests.whole.test_door_process import MOST_RSS_KIB


@pytest.fixture
def door(home: Home, warehouse: Warehouse) -> Iterator[Door]:
    """The door process of that home, with the warehouse there before it."""
    assert warehouse.released() == []
    with Door(home) as running:
        yield running


@pytest.fixture
def api(home: Home, door: Door) -> Iterator[Api]:
    """The API process, answering."""
    assert door.status().record_ok
    running = Api(home)
    yield running
    running.close()


def _a_badge_works(warehouse: Warehouse) -> None:
    with warehouse.tool.watch(timeout_s=PATIENCE_S) as edges:
        warehouse.tool.badge("shed-in", ALICE)
        assert any(edge.kind == "show" and edge.facts["pattern"] == "GRANTED" for edge in edges)


def test_doors_work_while_the_api_is_dead(api: Api, door: Door, warehouse: Warehouse) -> None:
    """The API process is killed in the middle; the next badge is granted, and no strike moved by that."""
    api.process.kill()
    api.process.wait()
    assert warehouse.released() == []
    _a_badge_works(warehouse)
    assert door.status().record_ok


def test_doors_work_while_the_api_stands_still(api: Api, door: Door, warehouse: Warehouse) -> None:
    """Stopped by SIGSTOP it reads nothing from the link any more; the doors do not wait for it."""
    with stopped(api.process.pid):
        for _ in range(50):
            _a_badge_works(warehouse)
        assert door.status().record_ok


def test_doors_work_while_the_api_is_busy(api: Api, warehouse: Warehouse) -> None:
    """Clients that keep asking for as much as they can get cost the API, not the doors."""
    enough = Event()

    def ask() -> None:
        while not enough.is_set():
            assert api.client.get("/v1/events", params={"limit": 1000}).status_code == 200

    asking = [Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    try:
        for _ in range(20):
            _a_badge_works(warehouse)
    finally:
        enough.set()
        for thread in asking:
            thread.join()


def test_a_client_that_is_lost_in_the_middle_moves_nothing(
    door: Door, home: Home, warehouse: Warehouse
) -> None:
    """Half a line, a line too long, nonsense, a follower that never reads: none of it reaches a strike."""
    lost = []
    for said in (b'{"say":"OrderDoor","id":"x"', b"x" * 200_000, b"\xff\xfe\n" * 100, encode(Follow())):
        link = socket.socket(socket.AF_UNIX)
        link.connect(str(home.door_socket))
        with suppress(OSError):
            link.sendall(said)
        lost.append(link)
    for _ in range(100):
        _a_badge_works(warehouse)
    for link in lost:
        link.close()
    assert door.status().record_ok
    assert door.process.poll() is None


def test_a_stopped_door_process_can_be_ended(door: Door) -> None:
    """SIGTERM after a stand-still still ends in an orderly stop."""
    os.kill(door.process.pid, signal.SIGSTOP)
    os.kill(door.process.pid, signal.SIGTERM)
    os.kill(door.process.pid, signal.SIGCONT)
    assert door.process.wait(PATIENCE_S) == 0


ONE_ARGON2_KIB = 8 * 1024


def test_a_flood_at_one_reader_holds_up_neither_a_door_nor_a_stop(
    door: Door, home: Home, warehouse: Warehouse
) -> None:
    """Thousands of cards at one reader: the next door works, memory stays bounded, and a stop is a stop."""
    enough = Event()

    def flood() -> None:
        with WarehouseTool(home.warehouse_socket) as hand, suppress(SimulationRefused):
            while not enough.is_set():
                hand.badge("front-in", STRANGER)

    flooding = [Thread(target=flood) for _ in range(3)]
    for thread in flooding:
        thread.start()
    try:
        for _ in range(30):
            _a_badge_works(warehouse)
        status = Path(f"/proc/{door.process.pid}/status").read_text()
        rss = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
        assert rss < MOST_RSS_KIB + ONE_ARGON2_KIB
        assert door.stop() == 0
    finally:
        enough.set()
        for thread in flooding:
            thread.join()
