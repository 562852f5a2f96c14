"""How often a decision syncs, counted by strace from outside."""

import shutil

from accessctl.home import Home
from tests.bench.figures import ratio
from tests.door.conftest import ALICE
from tests.whole.processes import Door, Warehouse
from tests.whole.test_syncs import calls_of, finished, traced

DECISIONS = 150


def report(home: Home, warehouse: Warehouse) -> None:
    """Print the syncs of a decision; says so where strace is missing."""
    strace = shutil.which("strace")
    if strace is None:
        print("Syncs a decision: strace is not installed")
        return
    trace = home.path / "trace"
    with Door(home, wrapper=traced(strace, trace)), warehouse.tool.watch(timeout_s=30) as edges:
        for _ in range(DECISIONS + 1):
            warehouse.tool.badge("shed-in", ALICE)
            next(edge for edge in edges if edge.kind == "show" and edge.facts["pattern"] == "GRANTED")
    calls = calls_of(finished(trace))
    first, last = calls.index("G"), calls.rindex("G")
    print("Syncs, seen by strace:")
    ratio(f"syncs a decision, over {DECISIONS}", calls[first + 1 : last].count("S") / DECISIONS, 1)
