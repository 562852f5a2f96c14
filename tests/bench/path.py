"""From a card at the reader to the line of the strike, stamped by the warehouse, which is another process."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from accessctl.home import Home
from accessctl.link.requests import DoorOrder, OrderDoor
from hardware.simulated.tool import Watch
from tests.bench.figures import Times
from tests.door.conftest import ALICE
from tests.whole.processes import Door, Warehouse

_orders = count()
FLOOR = "floor"


@contextmanager
def floor_process(home: Home, warehouse: Warehouse, *how: str) -> Iterator[None]:
    """Run the floor in place of the door process."""
    command = [
        sys.executable,
        "-m",
        "tests.bench.floor",
        str(home.warehouse_socket),
        str(home.path / FLOOR),
        *how,
    ]
    process = subprocess.Popen(command)
    try:
        while not warehouse.tool.state()["attached"]:
            assert process.poll() is None, "the floor has ended"
        yield
    finally:
        process.kill()
        process.wait()
        while warehouse.tool.state()["attached"]:
            pass


def badges(
    warehouse: Warehouse,
    door: str,
    times: int,
    *,
    keys: str = "",
    between: Callable[[], object] = lambda: None,
) -> Times:
    """Show Alice's card at a door so many times; measure from it, or from the last key, to the line.

    The first is not counted: a card that was not seen before costs an Argon2.
    """
    taken = []
    with warehouse.tool.watch(timeout_s=30) as edges:
        for _ in range(times + 1):
            at = warehouse.tool.badge(f"{door}-in", ALICE)
            if keys:
                _until_asked(edges, door)
            for key in keys:
                at = warehouse.tool.key(f"{door}-in", key)
            taken.append(released_at(edges, door) - at)
            between()
    return Times.of_ns(taken[1:])


def locking(door: Door, which: str) -> Callable[[], object]:
    """Secure a door again after each badge, outside the measured time, so that the next one is an edge."""
    return lambda: door.ask(OrderDoor(f"bench-{next(_orders)}", which, DoorOrder.LOCK, "bench"))


def paced(order: Callable[[], object], entries_a_second: float) -> Callable[[], None]:
    """Give the same order, made to wait: a badge and the order that follows it are two entries."""
    next_at = time.monotonic()

    def between() -> None:
        nonlocal next_at
        order()
        next_at = max(next_at + 2 / entries_a_second, time.monotonic() - 0.1)
        time.sleep(max(0.0, next_at - time.monotonic()))

    return between


def released_at(edges: Watch, door: str) -> int:
    """Wait until a door is released; tell when its line moved."""
    return next(
        edge.at_ns
        for edge in edges
        if edge.kind == "line" and edge.device == f"{door}.strike" and edge.facts["released"]
    )


def _until_asked(edges: Watch, door: str) -> None:
    next(
        edge
        for edge in edges
        if edge.kind == "show"
        and edge.device == f"{door}-in.annunciator"
        and edge.facts["pattern"] == "PIN_WANTED"
    )
