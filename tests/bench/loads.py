"""What a badge costs while the machine is busy with other things."""

import multiprocessing
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

import httpx

from accessctl.home import Home
from tests.bench.figures import Times, ratio, show
from tests.bench.path import badges, locking
from tests.homes import let_in
from tests.whole.processes import Door, Warehouse

ROUNDS = 4
CARDS_A_ROUND = 80


def report(home: Home, warehouse: Warehouse) -> None:
    """Print the badge idle and under load, in turn."""
    print("Card seen before, while an export, a face encoding and a busy API run beside it:")
    encoder = "face_recognition" if _FACES else "arithmetic: set BENCH_FACES_PYTHON for the real one"
    print(f"  (the encoder is {encoder})")
    idle: list[Times] = []
    busy: list[Times] = []
    for _ in range(ROUNDS):
        # A new door process each time: its reader's allowance is for people, not for benchmarks.
        with Door(home) as door, _api(home):
            idle.append(badges(warehouse, "shed", CARDS_A_ROUND, between=locking(door, "shed")))
            with _everything_busy(home):
                busy.append(badges(warehouse, "shed", CARDS_A_ROUND, between=locking(door, "shed")))
    idle_times, busy_times = (
        Times(tuple(sorted(us for one in some for us in one.us))) for some in (idle, busy)
    )
    show("idle", idle_times)
    show("busy", busy_times)
    ratio("busy / idle, medians", busy_times.p50 / idle_times.p50, 1.5)


@contextmanager
def _api(home: Home) -> Iterator[None]:
    let_in(home)
    process = subprocess.Popen(
        [sys.executable, "-m", "accessctl.api", "--home", str(home.path)], stderr=subprocess.DEVNULL
    )
    try:
        while not home.api_socket.exists():
            assert process.poll() is None
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _everything_busy(home: Home) -> Iterator[None]:
    """Run the loads as the product does, in processes of their own, at the priority that any process has."""
    with ExitStack() as running:
        for work, argument in ((_export, home.record), (_ask_the_api, home.api_socket)):
            process = multiprocessing.Process(target=_forever, args=(work, argument), daemon=True)
            process.start()
            running.callback(process.join)
            running.callback(process.kill)
        encoder = subprocess.Popen([_FACES or sys.executable, "-c", _ENCODE if _FACES else _STAND_IN])
        running.callback(encoder.wait)
        running.callback(encoder.kill)
        yield


def _forever(work: Callable[[Path], None], argument: Path) -> None:
    while True:
        work(argument)


def _export(record: Path) -> None:
    with closing(sqlite3.connect(record)) as connection:
        rows = connection.execute("SELECT * FROM event").fetchall()
    "\n".join(",".join(map(str, row)) for row in rows)


def _ask_the_api(socket: Path) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://api") as api:
        for _ in range(50):
            api.get("/v1/events", params={"limit": 1000})


_FACES: Final = os.environ.get("BENCH_FACES_PYTHON", "")
"""An interpreter that has face_recognition. Without one, arithmetic stands in for the encoder."""
_ENCODE: Final = """
import face_recognition, numpy
picture = numpy.random.default_rng(1).integers(0, 255, (240, 320, 3), dtype=numpy.uint8)
while True:
    face_recognition.face_encodings(picture, [(40, 200, 200, 40)])
"""
_STAND_IN: Final = """
while True:
    sum(number * number for number in range(100_000))
"""
