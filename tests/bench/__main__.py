"""``make bench``: print every figure that was promised, by stage, with its ratio to the floor.

Times are wall times on whatever machine this is, next to whatever else it does: trust the ratios, which
compare things measured in turn in one run, before the absolute figures.
"""

import sys
from collections.abc import Iterator

from accessctl.home import Home
from tests.bench import bulk, console, evidence, loads, pins, readers, rules, stages, stream, syncs, wild
from tests.bench.figures import Times, median_ratio, ratio, show
from tests.bench.one_home import bench_home
from tests.bench.path import FLOOR, badges, floor_process, locking
from tests.whole.processes import Door, Warehouse

ROUNDS = 7
CARDS_A_ROUND = 60
PINS_A_ROUND = 15


def main() -> None:
    """Run everything; takes about twenty-two minutes."""
    print(f"accessctl bench, Python {sys.version.split()[0]}. Times in microseconds.\n")
    with bench_home() as home:
        stages.report(home)
        warehouse = Warehouse(home)
        try:
            _card(home, warehouse)
            _pin(home, warehouse)
            syncs.report(home, warehouse)
            loads.report(home, warehouse)
            stages.resting(home, warehouse)
            console.report(home, warehouse)
            bulk.report(home, warehouse)
            stream.report(home, warehouse)
        finally:
            warehouse.close()
    console.history()
    console.people()
    stages.lookups()
    print()
    evidence.report()
    print()
    readers.report()
    wild.report()
    print()
    pins.report()
    print()
    rules.report()


def _card(home: Home, warehouse: Warehouse) -> None:
    print("Card seen before, reader to strike, stamped by another process:")
    pairs, bare_pairs = [], []
    for _ in range(ROUNDS):
        with floor_process(home, warehouse, "bare"):
            bare = badges(warehouse, FLOOR, CARDS_A_ROUND)
        with floor_process(home, warehouse):
            floor = badges(warehouse, FLOOR, CARDS_A_ROUND)
        with Door(home) as door:
            good = badges(warehouse, "shed", CARDS_A_ROUND, between=locking(door, "shed"))
        pairs.append((good, floor))
        bare_pairs.append((good, bare))
    show("bare floor: look up, decide, append, fdatasync", _all(bare for _, bare in bare_pairs))
    show("floor: the same, behind a reader's thread", _all(floor for _, floor in pairs))
    show("door process", _all(good for good, _ in pairs))
    ratio("door process / floor, median of rounds", median_ratio(pairs), 1.5)
    ratio("door process / bare floor", median_ratio(bare_pairs), 1.5)


def _pin(home: Home, warehouse: Warehouse) -> None:
    print("Card and PIN, last key to strike:")
    pairs = []
    for _ in range(ROUNDS):
        with floor_process(home, warehouse, "argon2"):
            floor = badges(warehouse, FLOOR, PINS_A_ROUND)
        with Door(home) as door:
            good = badges(warehouse, "cage", PINS_A_ROUND, keys="4711#", between=locking(door, "cage"))
        pairs.append((good, floor))
    show("floor: one Argon2 and one durable commit", _all(floor for _, floor in pairs))
    show("door process", _all(good for good, _ in pairs))
    ratio("door process / floor, median of rounds", median_ratio(pairs), 1.05)


def _all(times: Iterator[Times]) -> Times:
    return Times(tuple(sorted(value for one in times for value in one.us)))


if __name__ == "__main__":
    main()
