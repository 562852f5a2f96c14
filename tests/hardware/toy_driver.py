"""A driver that does as it is told, to be hosted in a process of its own: reports, floods, hangs, crashes.

Whoever tests it listens on a Unix socket, to which the driver connects from wherever it runs: ``Toys`` is the
test's end. The driver says a line for whatever it is made to do, so that no test has to sleep.
"""

import contextlib
import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

from hardware.health import Health, HealthBook
from hardware.hosted.unit import HostedUnit
from hardware.hosted.wire import Pulse, encode
from hardware.ports import Annunciator, Look, Pattern, Reader, Report
from hardware.readers.osdp_keys import key_number
from hardware.signals import (
    CardEncoded,
    CardFrame,
    DeviceBack,
    DeviceId,
    DeviceLost,
    FaceSeen,
    FingerChecked,
    FingerEnrolled,
    FingerForgotten,
    Live,
    ReaderPaired,
    ReaderSecured,
    ReaderTampered,
    SensorFailed,
    SensorStep,
    Signal,
    Technology,
)
from hardware.specs import OsdpAnnunciatorSpec, OsdpBusSpec, OsdpReaderSpec

PATIENCE_S = 10
BEAT_S = 0.05

GATE = DeviceId("gate-in.reader")
YARD = DeviceId("yard-in.reader")
LAMPS = DeviceId("gate-in.annunciator")
BUS = OsdpBusSpec("toys", "/dev/null")


@dataclass(frozen=True)
class ToyUnit(HostedUnit):
    """A unit of toys. Its specs are those of OSDP readers, which have everything; no OSDP is spoken."""

    path: Path = Path()
    """Where the test listens."""

    def build(self) -> tuple[dict[DeviceId, Reader], dict[DeviceId, Annunciator]]:
        wire = socket.socket(socket.AF_UNIX)
        wire.connect(str(self.path))
        lines = Lines(wire)
        toys: dict[DeviceId, ToyReader] = {spec.id: ToyReader(spec.id, lines) for spec in self.readers}
        toys |= {spec.id: ToyReader(spec.id, lines) for spec in (*self.fingers, *self.cameras)}
        keys = ",".join(key.hex() for key in self.keys.get(GATE, ()))
        lines.say(f"built {os.getpid()} {keys}")
        Thread(target=obey, args=(lines, toys), daemon=True).start()
        return {**toys}, {spec.id: ToyAnnunciator(spec.id, lines) for spec in self.annunciators}


def toy_unit(
    path: Path, *readers: DeviceId, keys: Mapping[DeviceId, tuple[bytes, ...]] | None = None
) -> ToyUnit:
    specs = tuple(OsdpReaderSpec(name, BUS, address) for address, name in enumerate(readers or (GATE,)))
    return ToyUnit(specs, (OsdpAnnunciatorSpec(LAMPS, GATE),), keys=keys or {}, path=path)


class Lines:
    """A socket that carries lines."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire
        self._reading = wire.makefile("r")

    def say(self, line: str) -> None:
        with contextlib.suppress(OSError):  # A test that is over does not listen any more.
            self._wire.sendall(f"{line}\n".encode())

    def hear(self) -> str:
        if not (line := self._reading.readline()):
            raise EOFError
        return line.rstrip("\n")

    def close(self) -> None:
        self._reading.close()
        self._wire.close()


class ToyReader:
    """The driver. Its thread beats until it is told to hang."""

    def __init__(self, device: DeviceId, lines: Lines) -> None:
        self.id = device
        self.lines = lines
        self.book = HealthBook(driver="toy")
        self.hanging = Event()
        self.told = b""
        self._closed = Event()
        self._report: Report | None = None

    @property
    def health(self) -> Health:
        return self.book.page()

    def open(self, report: Report) -> None:
        self._report, self._closed = report, Event()
        self.book.beat()
        self.lines.say(f"open {self.id}")
        Thread(target=self._beat, args=(self._closed,), daemon=True).start()

    def close(self) -> None:
        self._report = None
        self._closed.set()
        self.lines.say(f"close {self.id}")

    def pair(self, key: bytes, within_s: float) -> None:
        self.told = key
        self.lines.say(f"pair {self.id} {key.hex()} {within_s:g}")

    def verify(self, ticket: int, templates: tuple[str, ...], within_s: float) -> None:
        self.lines.say(f"verify {ticket} {','.join(templates)} {within_s:g}")

    def enrol(self, ticket: int, template: str, within_s: float) -> None:
        self.lines.say(f"enrol {ticket} {template} {within_s:g}")

    def forget(self, ticket: int, template: str) -> None:
        self.lines.say(f"forget {ticket} {template}")

    def look(self, ticket: int, look: Look, within_s: float) -> None:
        self.lines.say(f"look {ticket} {look.frames} {within_s:g}")

    def encode(self, ticket: int, kind: Technology, within_s: float) -> None:
        self.lines.say(f"encode {ticket} {kind.value} {within_s:g}")

    def stop(self, ticket: int) -> None:
        self.lines.say(f"stop {ticket}")

    def tell(self, report: Signal) -> None:
        if self._report is not None:
            self._report(report)

    def _beat(self, closed: Event) -> None:
        while not closed.wait(BEAT_S) and not self.hanging.is_set():
            self.book.beat()


class ToyAnnunciator:
    def __init__(self, device: DeviceId, lines: Lines) -> None:
        self.id = device
        self._lines = lines

    def show(self, pattern: Pattern) -> None:
        self._lines.say(f"show {pattern.name}")

    def close(self) -> None:
        self._lines.say("dark")


def obey(lines: Lines, toys: Mapping[DeviceId, ToyReader]) -> None:
    """Do what the test says: a device, a verb, and sometimes a value."""
    try:
        while True:
            device, verb, *value = lines.hear().split(" ", 2)
            _do(toys[DeviceId(device)], verb, *value)
    except EOFError:
        return


def _do(toy: ToyReader, verb: str, value: str = "") -> None:
    now = time.monotonic_ns()
    if _answers(toy, verb, value, now):
        return
    match verb:
        case "back":
            toy.book.here()
            toy.tell(DeviceBack(toy.id, now))
        case "lost":
            toy.book.lost(value)
            toy.tell(DeviceLost(toy.id, now, value))
        case "card":
            toy.tell(CardFrame(toy.id, now, Technology.ISO14443_UID, bytes.fromhex(value)))
        case "old":
            toy.tell(CardFrame(toy.id, now - int(float(value) * 1e9), Technology.ISO14443_UID, b"\4old"))
        case "flood":
            for number in range(int(value)):
                toy.tell(CardFrame(toy.id, now, Technology.ISO14443_UID, number.to_bytes(4, "big")))
            toy.lines.say("flooded")
        case "flap":
            for _ in range(int(value)):
                toy.tell(DeviceBack(toy.id, now))
                toy.tell(DeviceLost(toy.id, now, "it flaps"))
        case "wild":
            # As if nothing held it back: straight into the socket, which is this process's standard input.
            with contextlib.suppress(OSError):
                for number in range(int(value)):
                    os.write(0, encode(ReaderTampered(toy.id, now, active=bool(number % 2))))
        case "pulses":
            with contextlib.suppress(OSError):
                for _ in range(int(value)):
                    os.write(0, encode(Pulse(now, None, {})))
        case "future":
            os.write(0, encode(DeviceBack(toy.id, now + 3600 * 1_000_000_000)))
        case "paired":
            toy.tell(ReaderSecured(toy.id, now, key_number(toy.told)))
            toy.tell(ReaderPaired(toy.id, now))
        case "erred":
            toy.book.erred(value)
        case "stranger":
            toy.tell(DeviceBack(DeviceId("somebody-else.reader"), now))
        case "hang":
            toy.hanging.set()
        case "hold":
            # A library that keeps the interpreter for itself: PyDLL does not let go of it.
            ctypes.PyDLL(None).sleep(60)
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "leave":
            os._exit(7)
        case "rss":
            toy.lines.say(f"rss {_rss_kb()}")
        case _:
            sys.exit(f"a toy cannot {verb}")


def _answers(toy: ToyReader, verb: str, value: str, now: int) -> bool:
    """Answer what was ordered under a ticket; tell whether that was wanted."""
    match verb:
        case "checked":
            ticket, _, matched = value.partition(" ")
            toy.tell(FingerChecked(toy.id, now, int(ticket), matched or None))
        case "stale":
            toy.tell(FingerChecked(toy.id, now - int(10e9), int(value), "slot-1"))
        case "enrolled":
            ticket, _, template = value.partition(" ")
            toy.tell(FingerEnrolled(toy.id, now, int(ticket), template))
        case "forgotten":
            ticket, _, template = value.partition(" ")
            toy.tell(FingerForgotten(toy.id, now, int(ticket), template))
        case "step":
            toy.tell(SensorStep(toy.id, now, int(value), "once more"))
        case "failed":
            toy.tell(SensorFailed(toy.id, now, int(value), "nobody came"))
        case "face":
            ticket, _, frames = value.partition(" ")
            vectors = (b"\0\0\x80\x3f",) * int(frames)
            toy.tell(FaceSeen(toy.id, now, int(ticket), "toy", vectors, (), Live.LIVE))
        case "encoded":
            toy.tell(CardEncoded(toy.id, now, int(value), Technology.DESFIRE, b"\4\xa1"))
        case _:
            return False
    return True


def _rss_kb() -> int:
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1])


class Toys:
    """The test's end: takes whichever process builds the unit, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "toys.sock"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.path))
        self._listening.listen()
        self._listening.settimeout(PATIENCE_S)
        self._lines: Lines | None = None
        self.pid = 0
        self.keys = ""

    def built(self) -> Self:
        """Wait until a process has built the unit; from now on it is the one that is spoken to."""
        wire, _ = self._listening.accept()
        wire.settimeout(PATIENCE_S)
        self._drop()
        self._lines = Lines(wire)
        _, pid, self.keys = self._lines.hear().split(" ")
        self.pid = int(pid)
        return self

    def tell(self, what: str, device: DeviceId = GATE) -> None:
        """Make a toy do something."""
        assert self._lines is not None
        self._lines.say(f"{device} {what}")

    def hear(self) -> str:
        """Wait for the next thing that was done to a toy."""
        assert self._lines is not None
        return self._lines.hear()

    def _drop(self) -> None:
        if self._lines is not None:
            self._lines.close()
            self._lines = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._drop()
        self._listening.close()
