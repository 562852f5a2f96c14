"""A grant is durable before the strike moves, and costs one sync: seen from outside, by the system calls."""

import re
import shutil
from pathlib import Path
from threading import Event

import pytest

from accessctl.home import Home
from hardware.simulated.tool import Watch
from tests.door.conftest import ALICE
from tests.whole.processes import Door, Warehouse

BADGES = 12
_CALL = re.compile(
    r"(?P<sync>fdatasync|fsync)\(|(?P<line>\\\"op\\\":\\\"line\\\")|(?P<show>\\\"pattern\\\":\\\"GRANTED\\\")"
)


def _until_shown(edges: Watch) -> None:
    next(edge for edge in edges if edge.kind == "show" and edge.facts["pattern"] == "GRANTED")


def traced(strace: str, trace: Path) -> tuple[str, ...]:
    """Give the command that writes down every sync and every message of what follows it.

    -D: the door process is our child and strace its grandchild, so that a stop reaches the right one.
    """
    calls = "trace=fdatasync,fsync,sendto,sendmsg,write"
    return (strace, "-D", "-f", "-s", "200", "-e", calls, "-o", str(trace))


def finished(trace: Path) -> str:
    """Read the trace once strace has written its end, which is a moment after the process has."""
    for _ in range(1000):
        text = trace.read_text()
        if text.rstrip().endswith("+++ exited with 0 +++"):
            return text
        Event().wait(0.01)
    raise AssertionError("strace did not finish")


def calls_of(trace: str) -> str:
    """Write the trace as one letter a call: S a sync, L an order to a strike, G the green light."""
    letters = {"sync": "S", "line": "L", "show": "G"}
    return "".join(letters[str(found.lastgroup)] for found in _CALL.finditer(trace))


def test_one_sync_comes_before_each_strike_and_there_is_no_second(home: Home, warehouse: Warehouse) -> None:
    """Of a known card's badge: one sync, then the strike, then the light. Nothing else is synced."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    trace = home.path / "trace"
    wrapper = traced(strace, trace)
    with Door(home, wrapper=wrapper), warehouse.tool.watch(timeout_s=20) as edges:
        for _ in range(BADGES):
            warehouse.tool.badge("shed-in", ALICE)
            _until_shown(edges)
    calls = calls_of(finished(trace))
    first = calls.index("G")
    assert calls[:first].endswith("SL"), "the strike moved before the grant was durable"
    assert calls[first + 1 :].startswith("SLG" * (BADGES - 1)), "a decision has not exactly one sync"


@pytest.mark.parametrize(
    ("trace", "calls"),
    [
        ('7 fdatasync(9) = 0\n7 sendto(5, "{\\"op\\":\\"line\\",', "SL"),
        ('7 sendto(5, "{\\"op\\":\\"line\\",\n7 fdatasync(9) = 0', "LS"),
        ('7 fsync(9) = 0\n7 fdatasync(9) = 0\n7 sendto(5, "{\\"pattern\\":\\"GRANTED\\"}', "SSG"),
    ],
)
def test_the_trace_is_read_as_it_is_written(trace: str, calls: str) -> None:
    """Negative control: a strike before its sync, and a second sync, would be seen."""
    assert calls_of(trace) == calls
