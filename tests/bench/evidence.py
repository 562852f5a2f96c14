"""The record as evidence, at a million entries: ``python -m tests.bench.evidence [ENTRIES]``.

Appending to a store that is full beside one that is empty, a proof, the verification of the whole, and what
exports cost beside the sqlite3 shell that writes the same rows as CSV. CPU is that of whole processes, from
their start on, each in turn with the shell.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from accessctl.evidence.ed25519 import LogSigner
from accessctl.evidence.seal import seal_of
from accessctl.exporting.proving import proof_of
from accessctl.exporting.signed import signed_record
from accessctl.home import Home
from accessctl.notary.book import Book
from accessctl.notary.notary import Notary
from accessctl.store.entry import Entry, Moment
from accessctl.store.record import Change, RecordWriter
from accessctl.store.tree import TreeWriter
from policies.ids import AccessPointId, CredentialId, DoorId, PersonId
from tests.bench.figures import Times, note, promise, ratio
from tests.homes import NOON, RUN, OwnClock, new_home

ENTRIES = 1_000_000
APPENDED = 1000
PROOFS = 100
ROUNDS = 5
AT_ONCE = 1000
BOUNDS = {"csv": (2.5, 30.0), "jsonl": (2.0, 30.0), "parquet": (3.5, 150.0)}
"""Of each format: the CPU against the shell's, and the peak in MiB."""
SHELL = (
    "SELECT e.seq, e.at_ms, e.type, e.door, e.access_point, e.person, e.credential, e.reason, e.detail,"
    " e.seal, e.clock_synced, e.mono_ns, r.controller, (SELECT value FROM meta WHERE key = 'epoch'), r.boot,"
    " r.rules, r.version FROM event e JOIN run r ON r.id = e.run ORDER BY e.seq"
)


@dataclass(frozen=True)
class Cost:
    """What a process took."""

    cpu_s: float
    wall_s: float
    peak_mib: float


def report(count: int = ENTRIES) -> None:
    """Measure everything and print it; takes about three minutes."""
    print(f"The record as evidence, {count:,} entries:")
    with tempfile.TemporaryDirectory(prefix="acc-") as short:
        folder = Path(short)
        home, empty = new_home(folder / "home"), new_home(folder / "empty")
        _fill(home, count - APPENDED)
        _appending(home, empty)
        vkey = _sign(home)
        (folder / "vkey.txt").write_text(vkey)
        _proving(home)
        _exporting(home, folder)
        _verifying(home, folder, count)


def _entry(number: int, chance: random.Random) -> Entry:
    """Give one of four: a grant, a door that opens, one that closes, a refusal."""
    at = NOON + timedelta(milliseconds=1700 * number)
    moment = Moment(at, 10**9 + number * 1_700_000_000, clock_synced=True)
    person, card = (
        PersonId(f"p-{chance.randrange(2000):04x}"),
        CredentialId(f"c-{chance.randrange(3000):04x}"),
    )
    match number % 4:
        case 0:
            detail = {"assurance": 1, "proven": ["card"]}
            where = (DoorId("gate"), AccessPointId("gate-in"))
            return Entry(moment, "access_granted", *where, person, card, "granted", detail, _seal(person))
        case 1:
            return Entry(moment, "door_opened", DoorId("gate"))
        case 2:
            return Entry(moment, "door_closed", DoorId("gate"), detail={"open_ms": chance.randrange(30_000)})
        case _:
            where = (DoorId("cage"), AccessPointId("cage-in"))
            reason = "outside of every schedule"
            return Entry(moment, "denied_out_of_time_range", *where, person, card, reason, seal=_seal(person))


@cache
def _seal(person: PersonId) -> str:
    return seal_of(person, "Alice Okafor", bytes(32))


def _fill(home: Home, count: int) -> None:
    chance = random.Random(1)
    with closing(RecordWriter(home.record, RUN)) as writer:
        for first in range(0, count, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, count))
            writer.append(Change(tuple(_entry(number, chance) for number in numbers)))


def _sign(home: Home) -> str:
    with closing(TreeWriter.open(home.tree)) as tree, closing(Book.open(home.record, tree)) as book:
        notary = Notary(book, tree, lambda origin: LogSigner(origin, bytes(32)), OwnClock())
        notary.begin()
        began = time.process_time()
        while notary.catch_up():
            notary.sign()
        note("the notary takes all of them in, CPU", time.process_time() - began, "s")
        return notary.vkey


def _appending(home: Home, empty: Home) -> None:
    """Append one at a time to both in turn: what disturbs one disturbs the other."""
    chance = random.Random(2)
    took: dict[Home, list[int]] = {home: [], empty: []}
    with closing(RecordWriter(home.record, RUN)) as full, closing(RecordWriter(empty.record, RUN)) as new:
        for number in range(APPENDED):
            change = Change((_entry(number, chance),))
            for each, writer in ((home, full), (empty, new)):
                began = time.perf_counter_ns()
                writer.append(change)
                took[each].append(time.perf_counter_ns() - began)
    first, last = Times.of_ns(took[empty]), Times.of_ns(took[home])
    note("append, the first 1,000, p50", first.p50, "us")
    note("append, the last 1,000, p50", last.p50, "us")
    ratio("append, the last against the first", last.p50 / first.p50, 1.1)


def _proving(home: Home) -> None:
    chance, took = random.Random(3), []
    with signed_record(home.record, home.tree) as signed:
        for seq in chance.sample(range(1, signed.size + 1), PROOFS):
            began = time.perf_counter()
            proof_of(seq, signed)
            took.append((time.perf_counter() - began) * 1000)
    promise("a proof, p50", statistics.median(took), "ms", 10)
    promise("a proof, the slowest", max(took), "ms", 10)


def _exporting(home: Home, folder: Path) -> None:
    for format_, (bound, peak) in BOUNDS.items():
        if format_ == "parquet" and not _has_pyarrow():
            print("  parquet: pyarrow is not installed")
            continue
        ratios, costs = [], []
        for number in range(ROUNDS):
            shell = _cost(["sqlite3", "-csv", str(home.record), SHELL], folder / "shell.csv")
            target = folder / f"{number}.{format_}"
            costs.append(_cost(_accessctl(home, "export", "--format", format_, str(target))))
            ratios.append(costs[-1].cpu_s / shell.cpu_s)
            target.unlink()
        note(f"{format_}, CPU", statistics.median(cost.cpu_s for cost in costs), "s")
        ratio(f"{format_}, CPU against the sqlite3 shell", statistics.median(ratios), bound)
        promise(f"{format_}, peak", max(cost.peak_mib for cost in costs), "MiB", peak)


def _verifying(home: Home, folder: Path, count: int) -> None:
    out = folder / "log"
    cost = _cost(_accessctl(home, "export", "--format", "tlog", str(out)))
    note("tlog, CPU", cost.cpu_s, "s")
    note("tlog, peak", cost.peak_mib, "MiB")
    command = [
        sys.executable,
        "-m",
        "accessctl.evidence.verify",
        str(out),
        "--vkey",
        str(folder / "vkey.txt"),
    ]
    costs = [_cost(command) for _ in range(3)]
    rates = sorted(count / cost.cpu_s for cost in costs)
    promise("verification of the export, a second of CPU", rates[1], "/s", 100_000, at_least=True)
    note("verification of the export, wall", count / min(cost.wall_s for cost in costs), "/s")
    note("verification of the export, peak", max(cost.peak_mib for cost in costs), "MiB")
    shutil.rmtree(out)
    cost = _cost(_accessctl(home, "verify", str(home.path)))
    note("verification where it lies, a second of CPU", count / cost.cpu_s, "/s")


def _accessctl(home: Home, *words: str) -> list[str]:
    return [sys.executable, "-m", "accessctl.cli", "--home", str(home.path), *words]


# A process has the peak of whoever began it, so a small one does.
_LAUNCHER = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
said = [used.ru_utime + used.ru_stime, time.perf_counter() - began, used.ru_maxrss / 1024]
print(json.dumps(said), file=sys.stderr)
"""


def _cost(command: list[str], out: Path = Path(os.devnull)) -> Cost:
    """Run a command and tell what it took. Raises ``CalledProcessError``."""
    with out.open("wb") as file:
        launched = [sys.executable, "-S", "-c", _LAUNCHER, *command]
        done = subprocess.run(launched, stdout=file, stderr=subprocess.PIPE, check=True)
    return Cost(*json.loads(done.stderr))


def _has_pyarrow() -> bool:
    try:
        import pyarrow as pa  # noqa: F401
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    report(*map(int, sys.argv[1:2]))
