import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import IO

import pytest

from accessctl import install
from accessctl.client import ApiClient
from accessctl.home import Home
from accessctl.supervisor import pause_s

PATIENCE_S = 20.0
"""Nothing here takes so long; a test that hangs ends nevertheless."""
STAND_INS = """
import sys
from pathlib import Path
from accessctl import supervisor
from accessctl.supervisor import Part, Supervisor

supervisor.STOP_S = 0.5 if sys.argv[2:] else 20.0
PROGRAM = '''
import signal, sys
from pathlib import Path
Path(sys.argv[1]).write_text(str(__import__("os").getpid()))
%s
while True: signal.pause()
'''
folder, stubborn = Path(sys.argv[1]), sys.argv[2:] == ["stubborn"]

def part(name, code="", urgent=False):
    mark = folder / name
    answers = lambda: mark.exists() and bool(mark.read_text())
    return Part(name, (sys.executable, "-c", PROGRAM % code, str(mark)), answers, urgent)

ignore = "signal.signal(signal.SIGTERM, signal.SIG_IGN)" if stubborn else ""
parts = part("warehouse"), part("door", urgent=True), part("api", ignore)
sys.exit(Supervisor(parts, lambda words: print(words, file=sys.stderr, flush=True)).run())
"""


class Lines:
    """What a process says on stderr, line by line, with an end to patience."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._rest = stream, b""
        self.said: list[str] = []

    def until(self, wanted: str) -> str:
        """Read on until a line holds these words, and give the line."""
        end = time.monotonic() + PATIENCE_S
        with selectors.DefaultSelector() as selector:
            selector.register(self._stream, selectors.EVENT_READ)
            while time.monotonic() < end:
                while b"\n" in self._rest:
                    line, _, self._rest = self._rest.partition(b"\n")
                    self.said.append(line.decode())
                    if wanted in self.said[-1]:
                        return self.said[-1]
                if selector.select(end - time.monotonic()):
                    more = os.read(self._stream.fileno(), 65536)
                    if not more:
                        break
                    self._rest += more
        pytest.fail(f"{wanted!r} was never said, but: {self.said}")


class Running:
    """A supervisor as a process."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen([sys.executable, *words], stderr=subprocess.PIPE)
        assert self.process.stderr is not None
        self.lines = Lines(self.process.stderr)

    def end(self) -> int:
        """Stop it as Ctrl-C in a terminal would, and give the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stderr is not None
        self.process.stderr.close()


@contextmanager
def running(*words: str) -> Iterator[Running]:
    supervisor = Running(*words)
    try:
        yield supervisor
    finally:
        supervisor.close()


@pytest.fixture
def stand_ins(tmp_path: Path) -> Callable[..., Running]:
    """Supervise three small programs that only wait."""
    return lambda *words: Running("-c", STAND_INS, str(tmp_path), *words)


def pid_in(line: str) -> int:
    return int(line.rpartition("pid ")[2].rstrip(")"))


def wait_for_end_of(pid: int) -> None:
    """Wait until a process that is not a child of this one is gone."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with selectors.DefaultSelector() as selector:
        selector.register(handle, selectors.EVENT_READ)
        ended = selector.select(PATIENCE_S)
    os.close(handle)
    assert ended


def test_the_door_process_is_started_again_at_once() -> None:
    """The first death of the door process costs no wait; repeated ones cost up to a second."""
    pauses = [pause_s(deaths, urgent=True) for deaths in range(1, 20)]
    assert pauses[:4] == [0.0, 0.2, 0.4, 0.8]
    assert max(pauses) == 1.0


def test_other_parts_are_started_again_ever_later() -> None:
    """What keeps dying is started less and less often, and at least every five seconds."""
    pauses = [pause_s(deaths, urgent=False) for deaths in range(1, 100)]
    assert pauses[0] == 0.2
    assert all(before <= after for before, after in pairwise(pauses))
    assert max(pauses) == 5.0


def test_parts_start_and_stop_in_order(stand_ins: Callable[..., Running]) -> None:
    """Parts start in their order, stop the other way round, and the status is 0."""
    supervisor = stand_ins()
    try:
        supervisor.lines.until("ready")
        assert supervisor.end() == 0
        supervisor.lines.until("warehouse was ended")
    finally:
        supervisor.close()
    starts, stops = supervisor.lines.said[:3], supervisor.lines.said[-3:]
    assert [line.split()[0] for line in starts] == ["warehouse", "door", "api"]
    assert [line.split()[0] for line in stops] == ["api", "door", "warehouse"]


def test_a_dead_part_comes_back(stand_ins: Callable[..., Running]) -> None:
    """A part that is killed is started again, and that is said."""
    supervisor = stand_ins()
    try:
        lines = supervisor.lines
        pids = {name: pid_in(lines.until(f"{name} started")) for name in ("warehouse", "door", "api")}
        lines.until("ready")
        for name, when in (("door", "at once"), ("api", "in 0.2 s")):
            os.kill(pids[name], signal.SIGKILL)
            lines.until(f"{name} was ended by SIGKILL; starting it again {when}")
            assert pid_in(lines.until(f"{name} started")) != pids[name]
        assert supervisor.end() == 0
    finally:
        supervisor.close()


def test_a_part_that_does_not_stop_is_killed(
    stand_ins: Callable[..., Running],
) -> None:
    """Whatever does not heed SIGTERM is killed in the end, and the others are stopped all the same."""
    supervisor = stand_ins("stubborn")
    try:
        supervisor.lines.until("ready")
        assert supervisor.end() == 0
        supervisor.lines.until("api did not stop")
        supervisor.lines.until("api was ended by SIGKILL")
        supervisor.lines.until("warehouse was ended")
    finally:
        supervisor.close()


def test_a_hang_up_goes_to_the_door_process(stand_ins: Callable[..., Running]) -> None:
    """Without a terminal SIGHUP asks the door process to read its site file again, and all goes on."""
    supervisor = stand_ins()
    try:
        pids = {name: pid_in(supervisor.lines.until(f"{name} started")) for name in ("door", "api")}
        supervisor.lines.until("ready")
        supervisor.process.send_signal(signal.SIGHUP)
        supervisor.lines.until("SIGHUP goes to the door")
        # The stand-in knows no SIGHUP: that it ends, and nothing else does, shows who got it.
        supervisor.lines.until("door was ended by SIGHUP; starting it again at once")
        assert pid_in(supervisor.lines.until("door started")) != pids["door"]
        os.kill(pids["api"], 0)
        assert supervisor.end() == 0
    finally:
        supervisor.close()
    assert not any("api was ended by SIGHUP" in line for line in supervisor.lines.said)


@pytest.mark.parametrize("closes", [False, True])
def test_a_closing_terminal_stops_all_in_order(tmp_path: Path, closes: bool) -> None:
    """On a terminal SIGHUP says that it closes: all parts are stopped, also when nobody can be told."""
    terminal, stderr = os.openpty()
    process = subprocess.Popen([sys.executable, "-c", STAND_INS, str(tmp_path)], stderr=stderr)
    os.close(stderr)
    try:
        said = b""
        while b"ready" not in said:
            said += os.read(terminal, 4096)
        if closes:
            os.close(terminal)
        process.send_signal(signal.SIGHUP)
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()
        if not closes:
            os.close(terminal)
    for name in ("warehouse", "door", "api"):
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / name).read_text()), 0)


def test_no_part_outlives_the_supervisor(stand_ins: Callable[..., Running]) -> None:
    """When the supervisor itself is killed, its parts end too."""
    supervisor = stand_ins()
    try:
        pids = [pid_in(supervisor.lines.until(f"{name} started")) for name in ("warehouse", "door", "api")]
        supervisor.lines.until("ready")
        supervisor.process.kill()
        for pid in pids:
            wait_for_end_of(pid)
    finally:
        supervisor.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("run") / "home")
    install.init(home)
    return home


def test_a_home_is_run_whole(home: Home) -> None:
    """With one command doors and API answer; a second supervisor is refused; all of it stops in order."""
    read_end, write_end = os.pipe()
    command = ("-m", "accessctl.cli", "--home", str(home.path), "run")
    process = subprocess.Popen(
        [sys.executable, *command, "--ready-fd", str(write_end)], stderr=subprocess.PIPE, pass_fds=[write_end]
    )
    os.close(write_end)
    assert process.stderr is not None
    try:
        with selectors.DefaultSelector() as selector, os.fdopen(read_end, "rb") as ready:
            selector.register(ready, selectors.EVENT_READ)
            assert selector.select(PATIENCE_S)
            assert ready.read() == b"ready\n"
        with ApiClient(home.api_socket) as api:
            assert api.doors()[0]["id"] == "entrance"
        with running(*command) as second:
            assert "already runs" in second.lines.until("accessctl")
            assert second.process.wait(PATIENCE_S) == 1
        process.send_signal(signal.SIGHUP)
        with ApiClient(home.api_socket) as api:
            assert api.doors()[0]["id"] == "entrance"
        process.send_signal(signal.SIGTERM)
        words = process.communicate(timeout=PATIENCE_S)[1].decode()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
    assert process.returncode == 0
    stopped = [line for line in words.splitlines() if line.endswith("stopped")]
    assert stopped == [
        f"accessctl: {part} stopped"
        for part in ("API process", "notary process", "door process", "simulated warehouse")
    ]
    assert not list(home.path.glob("*.sock"))


def test_a_bad_site_file_starts_nothing(tmp_path: Path) -> None:
    """A site file with mistakes is refused with all of them and status 2."""
    home = Home(tmp_path / "home")
    install.init(home)
    home.site_file.write_text(
        install.starter().replace("gpio = 17", "gpio = 99").replace("gpio = 22", "gpio = 98")
    )
    with running("-m", "accessctl.supervise", "--home", str(home.path)) as supervisor:
        supervisor.lines.until("gpio")
        supervisor.lines.until("gpio")
        assert supervisor.process.wait(PATIENCE_S) == 2
    assert not any("started" in line for line in supervisor.lines.said)
