"""kill -9 at any instant: nothing acknowledged is lost, no strike stays released, nothing is used twice.

Each round does what a busy minute does (badges, orders, wrong PINs), kills the door process at a random
instant of it, and then asks the survivors: the warehouse, which saw every edge, and the record.
"""

import random
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing, suppress
from threading import Thread, Timer

import pytest

from accessctl.home import Home
from accessctl.link.answers import Done
from accessctl.link.requests import DoorOrder, OrderDoor
from hardware.errors import SimulationRefused
from hardware.simulated.tool import Edge, Watch
from tests.door.conftest import ALICE, STRANGER
from tests.whole.processes import Door, Warehouse

ROUNDS = 52
LONGEST_LIFE_S = 0.25
RELEASING = ("access_granted", "access_granted_anonymous", "manual_unlock", "door_unlocked")


class Busy:
    """Keeps a door process busy from outside, and remembers what it acknowledged."""

    def __init__(self, home: Home, warehouse: Warehouse) -> None:
        """Take the site to be busy at."""
        self.home, self.warehouse = home, warehouse
        self.acknowledged: list[str] = []
        self.granted_edges = 0
        self._orders = 0

    def one_life(self, life_s: float) -> None:
        """Start the door process, keep it busy, and kill it after so many seconds."""
        with Door(self.home) as door, self.warehouse.tool.watch(timeout_s=5) as edges:
            counting = Thread(target=self._count, args=(edges,))
            counting.start()
            death = Timer(life_s, door.process.kill)
            death.start()
            with suppress(OSError, SimulationRefused):
                while True:
                    self._something(door)
            death.join()
            door.kill()
            counting.join()

    def _something(self, door: Door) -> None:
        hand = self.warehouse.tool
        hand.badge("front-in", ALICE)
        hand.badge("shed-in", STRANGER)
        hand.badge("cage-in", ALICE)
        for key in "9999#":
            hand.key("cage-in", key)
        self._orders += 1
        order = f"order-{self._orders}"
        if isinstance(door.ask(OrderDoor(order, "shed", DoorOrder.RELEASE, "tester")), Done):
            self.acknowledged.append(order)

    def _count(self, edges: Watch) -> None:
        """Count releases until the door process is gone. A release of a released strike is no edge."""
        for edge in edges:
            if edge.kind == "line" and edge.facts["released"]:
                self.granted_edges += 1
            if edge.kind == "detached":
                return


def _released_by(edge: Edge) -> bool:
    return edge.kind == "line" and bool(edge.facts["released"])


def _ask_the_record(home: Home, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home.record)) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_was_acknowledged_survives_being_killed(home: Home, warehouse: Warehouse, seed: int) -> None:
    """After each kill the record is sound and holds every acknowledged order; every strike is secured."""
    chance, busy = random.Random(seed), Busy(home, warehouse)
    wrong_before = 0
    for _ in range(ROUNDS // 2):
        busy.one_life(chance.uniform(0, LONGEST_LIFE_S))
        assert warehouse.released() == []
        assert _ask_the_record(home, "PRAGMA integrity_check") == [("ok",)]
        done = {row[0] for row in _ask_the_record(home, "SELECT id FROM done_order")}
        assert set(busy.acknowledged) <= done
        counted = _ask_the_record(home, "SELECT count FROM wrong_pin")
        wrong = int(str(counted[0][0])) if counted else 0
        assert wrong >= wrong_before, "a wrong PIN was forgotten"
        wrong_before = wrong
    types = Counter(str(row[0]) for row in _ask_the_record(home, "SELECT type FROM event"))
    assert busy.granted_edges <= sum(types[name] for name in RELEASING), "a strike moved without its record"
    assert busy.acknowledged, "the door process never lived long enough to be killed at work"
    assert types["system_crash_recovered"] == types["system_start"] - 1


def test_a_start_that_is_cut_short_releases_nothing(home: Home, warehouse: Warehouse) -> None:
    """Killed at any instant of its start, the process has moved no strike and left a record that opens."""
    chance = random.Random(3)
    with warehouse.tool.watch(timeout_s=5) as edges:
        for _ in range(8):
            starting = subprocess.Popen([sys.executable, "-m", "accessctl.door", "--home", str(home.path)])
            with suppress(subprocess.TimeoutExpired):
                starting.wait(chance.uniform(0.05, 0.6))
            starting.kill()
            starting.wait()
        Door(home).stop()
        # The last process is known to have attached, so the stream has an end to look for.
        warehouse.tool.lose("front-in")
        seen = []
        for edge in edges:
            seen.append(edge)
            if edge.kind == "lost":
                break
    assert not [edge for edge in seen if _released_by(edge)]
    assert _ask_the_record(home, "PRAGMA integrity_check") == [("ok",)]


def test_an_order_acknowledged_before_a_kill_is_not_carried_out_again(
    home: Home, warehouse: Warehouse
) -> None:
    """A client that repeats its order after the crash is told that it was done, and no strike moves."""
    door = Door(home)
    assert isinstance(door.ask(OrderDoor("once", "front", DoorOrder.RELEASE, "tester")), Done)
    door.kill()
    with Door(home) as door, warehouse.tool.watch(timeout_s=5) as edges:
        again = door.ask(OrderDoor("once", "front", DoorOrder.RELEASE, "tester"))
        assert isinstance(again, Done)
        assert again.repeated
        door.stop()
        for edge in edges:
            assert not _released_by(edge)
            if edge.kind == "detached":
                break
