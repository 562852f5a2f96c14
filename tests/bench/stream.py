"""A hundred clients on the live stream while a real door decides: what they get, and what they cost it.

A badge and the order that locks again are two entries, so 25 badges a second are 50 entries a second. With
and without clients, in turn, everything else is the same. The clients share the cores with what they are
served by, which on a controller they do not.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from accessctl.home import Home
from accessctl.store.events import EventQueries
from tests.bench.figures import Times, median_ratio, note, promise, ratio, show
from tests.bench.one_home import bench_home
from tests.bench.path import badges, locking, paced
from tests.whole.processes import Api, Door, Warehouse

CLIENTS: Final = 100
PROCESSES: Final = 2
ENTRIES_A_SECOND: Final = 50
SECONDS: Final = 10
ROUNDS: Final = 5
_BADGES: Final = SECONDS * ENTRIES_A_SECOND // 2


@dataclass(frozen=True, slots=True)
class Load:
    """What one stretch of badges came to."""

    times: Times
    entries_a_second: float
    api_cpu: float
    """Of one core."""
    door_cpu: float


def report(home: Home, warehouse: Warehouse) -> None:
    """Print what a hundred clients get, and what a decision takes with them and without."""
    print(
        f"{CLIENTS} stream clients, {ENTRIES_A_SECOND} entries a second, {ROUNDS} times {SECONDS} s each way:"
    )
    without: list[Load] = []
    beside: list[Load] = []
    told: list[dict[str, Any]] = []
    for number in range(ROUNDS):
        # A new door process each time: its reader's allowance is for people, not for benchmarks.
        with Door(home) as door, closing(Api(home)) as api:
            for with_them in (number % 2 == 0, number % 2 != 0):
                if not with_them:
                    without.append(_badged(warehouse, home, door, api))
                    continue
                with _following(home) as ended:
                    beside.append(_badged(warehouse, home, door, api))
                    told += ended(EventQueries(home.record).last_seq())
    show("card to strike without clients", _all(without))
    show("card to strike with them", _all(beside))
    pairs = [(good.times, bare.times) for good, bare in zip(beside, without, strict=True)]
    ratio("with / without, median of rounds", median_ratio(pairs), 1.1)
    promise("entries lost", sum(each["lost"] for each in told), "", 0)
    promise("clients with one twice or out of order", sum(each["wrong"] for each in told), "", 0)
    note("entries received", sum(each["received"] for each in told), "")
    note("entries a second", statistics.median(load.entries_a_second for load in beside), "")
    show("entry to client", Times(tuple(sorted(us for each in told for us in each["delays_us"]))))
    for what, loads in (("without clients", without), ("with them", beside)):
        note(f"API process {what}", 100 * statistics.median(load.api_cpu for load in loads), "% of a core")
        note(f"door process {what}", 100 * statistics.median(load.door_cpu for load in loads), "% of a core")


def _badged(warehouse: Warehouse, home: Home, door: Door, api: Api) -> Load:
    """Badge at an even pace."""
    queries = EventQueries(home.record)
    began, begin_seq = time.monotonic(), queries.last_seq()
    cpu = _cpu_s(api.process.pid), _cpu_s(door.process.pid)
    times = badges(warehouse, "shed", _BADGES, between=paced(locking(door, "shed"), ENTRIES_A_SECOND))
    took = time.monotonic() - began
    return Load(
        times,
        (queries.last_seq() - begin_seq) / took,
        (_cpu_s(api.process.pid) - cpu[0]) / took,
        (_cpu_s(door.process.pid) - cpu[1]) / took,
    )


@contextmanager
def _following(home: Home) -> Iterator[Callable[[int], list[dict[str, Any]]]]:
    """Run the clients; gives what asks them what they got up to a number."""
    command = [sys.executable, "-m", "tests.bench.stream_clients", str(home.api_socket)]
    with ExitStack() as running:
        processes = []
        for _ in range(PROCESSES):
            process = subprocess.Popen(
                [*command, str(CLIENTS // PROCESSES)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            running.enter_context(process)
            running.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "following\n"
            processes.append(process)

        def ended(last: int) -> list[dict[str, Any]]:
            return [json.loads(process.communicate(f"{last}\n")[0]) for process in processes]

        yield ended


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _all(loads: list[Load]) -> Times:
    return Times(tuple(sorted(us for load in loads for us in load.times.us)))


def main() -> None:
    """Run it alone; takes two minutes."""
    with bench_home() as home, closing(Warehouse(home)) as warehouse:
        report(home, warehouse)


if __name__ == "__main__":
    main()
