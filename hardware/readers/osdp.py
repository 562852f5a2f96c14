"""OSDP readers: one thread for each serial line, libosdp behind it, and a secure channel or nothing.

What is promised: a reader is spoken to with a key of its own and over a secure channel, or not at all; the
install key is used in a pairing window and at no other time; nothing that a line says without having proved
its key is ever a card. Where libosdp falls short of that, see ``docs/adr/0017``.

The thread goes round the readers of its line. Each round takes in what came, serves every reader that may
speak, and waits for the next byte or ten milliseconds.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Lock, Thread
from typing import Final

from hardware.health import NS_PER_S, Health
from hardware.patterns import Steps
from hardware.ports import Annunciator, Report
from hardware.readers import osdp_nonces
from hardware.readers.osdp_lamps import OsdpAnnunciator
from hardware.readers.osdp_line import Line
from hardware.readers.osdp_link import Link, Pace
from hardware.signals import DeviceId, Signal
from hardware.specs import OsdpAnnunciatorSpec, OsdpReaderSpec

log = logging.getLogger(__name__)

TICK_S: Final = 0.01
CLOSE_S: Final = 0.9
RESTART_S: Final = 1.0
DARK_WITHIN_S: Final = 0.4
"""So long a bus that closes may take to make its readers dark and silent."""


class OsdpReader:
    """One reader of the bus. Reports from the bus's thread."""

    def __init__(
        self,
        spec: OsdpReaderSpec,
        keys: Sequence[bytes],
        bus: "OsdpBus",
        lamps: OsdpAnnunciator | None,
        renew: Callable[[], None],
        pace: Pace,
    ) -> None:
        """Build it closed; ``OsdpBus`` does it."""
        self.id: DeviceId = spec.id
        self.lamps = lamps
        self.link = Link(spec, keys, bus.line, lamps, self._tell, renew, pace)
        self._bus = bus
        self._lock = Lock()
        self._report: Report | None = None
        self._was_opened = False

    @property
    def health(self) -> Health:
        """How the reader is, without asking it."""
        return self.link.book.page()

    def open(self, report: Report) -> None:
        """Start to report; the first report comes once the reader was spoken to, or cannot be."""
        with self._lock:
            self._report, self._was_opened = report, True
        self._bus.join(self)

    def close(self) -> None:
        """Stop reporting; the last reader of the line to close frees the port."""
        with self._lock:
            self._report = None
        self._bus.leave(self)

    def pair(self, key: bytes, within_s: float) -> None:
        """Install this key within this time. Reports ``ReaderPaired`` or ``PairingFailed``.

        A reader whose secure channel is up is told inside of it; any other one has to be in install mode, and
        whoever listens to the line at that time learns the key. The other readers of the line go on working.
        """
        self.link.pair(key, within_s)

    def begin(self) -> None:
        """Begin anew if it was opened since: whoever listens now was told nothing yet. The bus does it."""
        with self._lock:
            was_opened, self._was_opened = self._was_opened, False
        if was_opened:
            self.link.shut()
            self.link.begin()

    def _tell(self, signal: Signal) -> None:
        with self._lock:
            if self._report is not None:
                self._report(signal)


class OsdpBus:
    """One serial line with its readers, and the thread behind them while one of them is open."""

    def __init__(
        self,
        readers: Sequence[OsdpReaderSpec],
        keys: Mapping[DeviceId, tuple[bytes, ...]],
        annunciators: Sequence[OsdpAnnunciatorSpec],
        patterns: Steps,
        *,
        renew: Callable[[], None] = osdp_nonces.renew,
        pace: Pace | None = None,
    ) -> None:
        """Build it idle, the port closed. Raises ``ValueError`` for readers that cannot share a line."""
        lines = {(reader.bus.port, reader.bus.baud) for reader in readers}
        if len(lines) != 1:
            raise ValueError("the readers of an OSDP bus share one port and one baud rate")
        addresses = [reader.address for reader in readers]
        if len(set(addresses)) != len(addresses):
            raise ValueError("two readers of an OSDP bus have the same address")
        self.line = Line(*lines.pop())
        sounders = {reader.id: reader.sounder_output for reader in readers}
        lamps = {
            spec.reader: OsdpAnnunciator(spec.id, patterns, sounders[spec.reader]) for spec in annunciators
        }
        self.readers: dict[DeviceId, OsdpReader] = {
            spec.id: OsdpReader(spec, keys.get(spec.id, ()), self, lamps.get(spec.id), renew, pace or Pace())
            for spec in readers
        }
        self.annunciators: dict[DeviceId, Annunciator] = {each.id: each for each in lamps.values()}
        self._open: tuple[OsdpReader, ...] = ()
        self._changing = Lock()
        self._thread: Thread | None = None
        self._stop = Event()
        self._next_open_ns = 0

    def join(self, reader: OsdpReader) -> None:
        """Serve one more reader."""
        with self._changing:
            if reader not in self._open:
                self._open = (*self._open, reader)
            if self._thread is None:
                self._stop = Event()
                self._thread = Thread(target=self._run, args=(self._stop,), name="osdp", daemon=True)
                self._thread.start()

    def leave(self, reader: OsdpReader) -> None:
        """Serve one reader less; after the last one the thread is gone within a second."""
        with self._changing:
            self._open = tuple(other for other in self._open if other is not reader)
            if self._open or self._thread is None:
                return
            thread, self._thread = self._thread, None
            self._stop.set()
            thread.join(CLOSE_S)

    def _run(self, stop: Event) -> None:
        served: tuple[OsdpReader, ...] = ()
        self._next_open_ns = 0
        while not stop.is_set():
            try:
                served = self._serve_once(served)
            except Exception:
                # Whatever it was: a thread that ended here would be a door that never opens again.
                log.exception("serving the OSDP line %s failed; it begins anew", self.line.port)
                self._begin_anew("serving its line failed; the log says how", served)
                stop.wait(RESTART_S)
        try:
            self._part_with(served)
        finally:
            self.line.close()

    def _serve_once(self, served: tuple[OsdpReader, ...]) -> tuple[OsdpReader, ...]:
        """Go round the readers that are open; give them in the order in which they were served."""
        # The last ones stay until they are dark, which is seen to when the thread ends.
        now_open = self._open or served
        self._part_with(tuple(reader for reader in served if reader not in now_open))
        for reader in now_open:
            reader.begin()
        after = served[1:2]  # Each one is first in its turn.
        first = now_open.index(after[0]) if after and after[0] in now_open else 0
        served = now_open[first:] + now_open[:first]
        self._round(served)
        return served

    def _round(self, readers: tuple[OsdpReader, ...]) -> None:
        now_ns = time.monotonic_ns()
        for reader in readers:
            reader.link.book.beat()
        if not self.line.is_open:
            if now_ns < self._next_open_ns:
                self.line.wait(TICK_S)
                return
            if why := self.line.open():
                self._begin_anew(why, readers)
                return
        if why := self.line.pump():
            self._begin_anew(why, readers)
            return
        stray, self.line.stray = self.line.stray, False
        for reader in readers:
            if stray:
                reader.link.book.erred("something on its line spoke out of turn")
            if self.line.is_free_for(reader.link.turn):
                reader.link.serve()
        self.line.wait(TICK_S)

    def _begin_anew(self, why: str, readers: tuple[OsdpReader, ...]) -> None:
        self.line.close()
        self._next_open_ns = time.monotonic_ns() + NS_PER_S
        for reader in readers:
            reader.link.line_gone(why)

    def _part_with(self, readers: tuple[OsdpReader, ...]) -> None:
        """Speak to these readers no more; none is left lit or sounding, as far as that is quickly done."""
        for reader in readers:
            if reader.lamps:
                reader.lamps.resting = True
        until_ns = time.monotonic_ns() + int(DARK_WITHIN_S * NS_PER_S)
        while any(reader.link.is_lit for reader in readers) and time.monotonic_ns() < until_ns:
            self._round(readers)
        for reader in readers:
            reader.link.shut()
