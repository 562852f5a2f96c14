"""A million lines through ``accessctl simulate``, the command as people call it."""

import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.bench.figures import note, promise
from tests.simulate.trace_maker import DOORS, make_trace, site_text

LINES: Final = 1_000_000
PEOPLE: Final = 500
LINES_A_SECOND: Final = 20_000
_LOOKS_EVERY_S: Final = 0.2


def report() -> None:
    """Print how many lines a second it plays, and what it weighs at most."""
    print(f"accessctl simulate, {LINES:,} lines, {DOORS} doors, {PEOPLE} people, output into a file:")
    with tempfile.TemporaryDirectory(prefix="acc-") as short:
        site, trace, out = (Path(short) / name for name in ("site.toml", "trace.jsonl", "out.jsonl"))
        site.write_text(site_text(), encoding="utf-8")
        with trace.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in make_trace(LINES, PEOPLE))
        wall_s, own_s, peak_mib = _played(site, trace, out)
        written = out.stat().st_size / 2**20
    promise("lines a second", LINES / wall_s, "", LINES_A_SECOND, at_least=True)
    note("lines a second of the processor's time", LINES / own_s, "")
    note("most memory", peak_mib, "MiB")
    note("written", written, "MiB")


def _played(site: Path, trace: Path, out: Path) -> tuple[float, float, float]:
    """Play a trace; give the seconds by the clock and of the processor, and the most memory in MiB."""
    command = Path(sys.executable).with_name("accessctl")
    used, begun, peak = _processor_s(), time.perf_counter(), 0.0
    with out.open("wb") as output, subprocess.Popen([command, "simulate", site, trace], stdout=output) as run:
        while run.poll() is None:
            peak = max(peak, _peak_mib(run.pid))
            with suppress(subprocess.TimeoutExpired):
                run.wait(_LOOKS_EVERY_S)
    wall = time.perf_counter() - begun
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command)
    return wall, _processor_s() - used, peak


def _processor_s() -> float:
    """Give the processor's time of every child so far."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def _peak_mib(process: int) -> float:
    """Give the most that a process has held so far: ``ru_maxrss`` would count what its parent held too."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) / 1024 if found else 0.0
