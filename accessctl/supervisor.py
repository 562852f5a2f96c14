"""Starts processes, watches them, starts again what dies, stops them in order.

For the desk and the demo; on a Pi systemd does this. One thread and one selector: signals and the end
of every child arrive as readable file descriptors, so nothing is polled and nothing can be missed.

Rule 1: the door process comes back first and at once. Nobody waits at a door for the office.
Rule 2: when this process goes, its children go, whichever way it went: they ask the kernel for a
        SIGTERM at its death (``PR_SET_PDEATHSIG``). A SIGTERM, because the door process secures its
        strikes on the way out.
Rule 3: Ctrl-C reaches this process alone. Each child has a process group of its own, or the terminal
        would stop all of them at once, in no order.
Rule 4: SIGHUP means to stop when it says that the terminal is closing. Without a terminal it is the
        administrator's word for "read the site file again", and goes on to the door process.
"""

import ctypes
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

STOP_S: Final = 5.0
"""A child that has not stopped by then is killed."""
STEADY_S: Final = 10.0
"""Whatever lived for so long is not blamed for earlier deaths."""
WAREHOUSE_S: Final = 3.0
_LOOK_S: Final = 0.05
_STDERR: Final = 2
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None, use_errno=True)

_HEEDED: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One process to keep running."""

    name: str
    argv: tuple[str, ...]
    answers: Callable[[], bool]
    """Whether it does its work by now. Takes a second at most."""
    urgent: bool = False
    """Whether doors depend on it: it is started again at once, and SIGHUP is for it."""
    vital: bool = True
    """Whether the installation is ready only when it answers."""


@dataclass(slots=True)
class _Child:
    part: Part
    process: subprocess.Popen[bytes]
    pidfd: int
    began: float


@dataclass(slots=True)
class _Restart:
    deaths: int = 0
    due: float = 0.0


def pause_s(deaths: int, *, urgent: bool) -> float:
    """Give the wait before what died ``deaths`` times in a row is started again."""
    if urgent and deaths == 1:
        return 0.0
    doublings = min(deaths - (2 if urgent else 1), 10)
    return float(min(0.2 * 2**doublings, 1.0 if urgent else 5.0))


@dataclass(slots=True)
class Supervisor:
    """Keeps parts running until it is told to stop. Lives in the main thread, and there is no other."""

    parts: Sequence[Part]
    """In the order in which they start; they stop the other way round."""
    say: Say
    on_ready: Callable[[], None] = lambda: None
    _children: dict[str, _Child] = field(default_factory=dict)
    _restarts: dict[str, _Restart] = field(default_factory=dict)
    _stopping: bool = False
    _ready: bool = False
    _on_terminal: bool = field(default_factory=lambda: os.isatty(_STDERR))
    """Asked early: a terminal that has closed is none any more."""

    def run(self) -> int:
        """Start everything, watch it, and give the exit status once a signal has told it to stop."""
        with selectors.DefaultSelector() as selector, _signals(selector):
            try:
                for part in self.parts:
                    self._start(part, selector)
                    if part is self.parts[0] and len(self.parts) > 1:
                        self._wait_for(part, WAREHOUSE_S)
                while not self._stopping:
                    self._look(selector)
            finally:
                self._stop_all()
        return 0

    def _start(self, part: Part, selector: selectors.BaseSelector) -> None:
        process = subprocess.Popen(
            part.argv,
            stdin=subprocess.DEVNULL,
            process_group=0,
            # Safe here: there are no other threads that could hold a lock while this one forks.
            preexec_fn=die_with_parent(os.getpid()),  # noqa: PLW1509
        )
        pidfd = os.pidfd_open(process.pid)
        self._children[part.name] = _Child(part, process, pidfd, time.monotonic())
        selector.register(pidfd, selectors.EVENT_READ, part)
        self._tell(f"{part.name} started (pid {process.pid})")

    def _wait_for(self, part: Part, at_most_s: float) -> None:
        """Give what others connect to a moment to get there; they also cope without."""
        until = time.monotonic() + at_most_s
        while not part.answers() and time.monotonic() < until:
            time.sleep(_LOOK_S)

    def _look(self, selector: selectors.BaseSelector) -> None:
        for key, _ in selector.select(self._time_to_wait()):
            if isinstance(key.data, Part):
                self._bury(key.data, selector)
            else:
                self._heed(os.read(key.fd, 64))
                if self._stopping:
                    return
        for part in self.parts:
            if part.name not in self._children and self._restarts[part.name].due <= time.monotonic():
                self._start(part, selector)
        vital = [part for part in self.parts if part.vital]
        if not self._ready and all(part.name in self._children for part in vital):
            self._ready = all(part.answers() for part in vital)
            if self._ready:
                self._tell("ready")
                self.on_ready()

    def _heed(self, numbers: bytes) -> None:
        """Do what signals ask for: each means to stop, but for a SIGHUP that comes from no terminal."""
        if self._on_terminal or set(numbers) != {signal.SIGHUP}:
            self._stopping = True
            return
        for part in self.parts:
            if part.urgent and part.name in self._children:
                self._children[part.name].process.send_signal(signal.SIGHUP)
                self._tell(f"SIGHUP goes to the {part.name}, which reads the site file again")

    def _tell(self, words: str) -> None:
        """Say it, if anybody can still hear it: a closed terminal must not keep parts from stopping."""
        with suppress(OSError):
            self.say(words)

    def _time_to_wait(self) -> float | None:
        dues = [r.due - time.monotonic() for name, r in self._restarts.items() if name not in self._children]
        if not self._ready:
            dues.append(_LOOK_S)
        return max(0.0, min(dues)) if dues else None

    def _bury(self, part: Part, selector: selectors.BaseSelector) -> None:
        child = self._children.pop(part.name)
        selector.unregister(child.pidfd)
        os.close(child.pidfd)
        status = child.process.wait()
        now = time.monotonic()
        restart = self._restarts.setdefault(part.name, _Restart())
        restart.deaths = 1 if now - child.began >= STEADY_S else restart.deaths + 1
        pause = pause_s(restart.deaths, urgent=part.urgent)
        restart.due = now + pause
        when = f"in {pause:g} s" if pause else "at once"
        self._tell(f"{part.name} {_ended(status)}; starting it again {when}")

    def _stop_all(self) -> None:
        for part in reversed(self.parts):
            child = self._children.pop(part.name, None)
            if child is None:
                continue
            child.process.send_signal(signal.SIGTERM)
            try:
                status = child.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._tell(f"{part.name} did not stop within {STOP_S:g} s; killing it")
                child.process.kill()
                status = child.process.wait()
            os.close(child.pidfd)
            self._tell(f"{part.name} {_ended(status)}")


@contextmanager
def _signals(selector: selectors.BaseSelector) -> Iterator[None]:
    """Make the signals readable that this process heeds, and put back what was there before."""
    read_end, write_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    before = signal.set_wakeup_fd(write_end)
    handlers = {number: signal.signal(number, lambda *_: None) for number in _HEEDED}
    selector.register(read_end, selectors.EVENT_READ, None)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        os.close(read_end)
        os.close(write_end)


def die_with_parent(parent: int, number: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """Make what a child has to do first so that it gets a signal when its parent, by pid, is gone."""

    def ask() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before the kernel was asked
            os._exit(1)

    return ask


def _ended(status: int) -> str:
    if status >= 0:
        return "stopped" if status == 0 else f"ended with status {status}"
    with suppress(ValueError):
        return f"was ended by {signal.Signals(-status).name}"
    return f"was ended by signal {-status}"
