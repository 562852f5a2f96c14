"""A Wiegand reader on two GPIO lines, D0 and D1. The reader pulls D0 low for a zero and D1 for a one.

NOTE: a reader drives its wires to 5 V, a Pi's lines bear 3.3 V: there is a level shifter or a pair of
dividers between them, or the Pi is damaged. Ground is shared.

The wires tell little. They are silent while nobody shows a card, so nobody can tell whether a reader hangs
on them at all; a wire that stays low is shorted, or the reader has no supply; pulses that never cease are
noise. They are not encrypted either: what a card sent can be recorded on them and sent again.

Pulses that are on the wires when the reader is opened are passed over until there is silence, and so are
those after a fault: neither a start nor a repair may release a door. ``DeviceBack`` says that it reads.
"""

import logging
import time
from threading import Condition, Thread
from typing import Final

from hardware.errors import LineFailed
from hardware.gpio import Header, PulseLine
from hardware.health import Health, HealthBook
from hardware.ports import Report
from hardware.readers import wiegand
from hardware.readers.uid import Unreadable
from hardware.readers.wiegand_pulses import GAP_NS, Frame, Pulses
from hardware.signals import (
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    DeviceLost,
    KeyPressed,
    Signal,
    Technology,
)
from hardware.specs import WiegandReaderSpec

log = logging.getLogger(__name__)

NS_PER_S: Final = 1_000_000_000
HELD_NS: Final = NS_PER_S
"""A wire that is low for so long carries no frame: the longest pulse is 0.2 ms."""
NOISE_NS: Final = 3 * NS_PER_S
"""Pulses for so long without a silence are no frame: the slowest one of 128 bits takes 2.6 s."""
SILENCE_NS: Final = NS_PER_S
"""So long has there to be silence before a fault is believed to be over."""
LOOK_NS: Final = NS_PER_S // 4
"""How often the levels are looked at."""
KEY_GAPS: Final = 2
OTHER_GAPS: Final = 4
"""So many times the silence a key, and a frame of no known length, is waited for. A card is taken after one;
but when this machine is busy, what looks like less than a card may be the part that was handed over."""
CLOSE_S: Final = 0.9


class WiegandReader:
    """One reader. Reports from a thread of its own."""

    def __init__(self, spec: WiegandReaderSpec, header: Header, *, gap_ns: int = GAP_NS) -> None:
        """Claim both lines. Raises ``GpioTaken`` or ``LineFailed``, and keeps none of them then.

        A longer gap is for a machine that makes its own pulses and stalls while it does.
        """
        self.id: DeviceId = spec.id
        self._spec, self._gap_ns = spec, gap_ns
        self._changed = Condition()
        self._pulses = Pulses(gap_ns)
        self._report: Report | None = None
        self._thread: Thread | None = None
        self._here: bool | None = None
        # Four bits are a key, and are also the beginning of every card.
        self._patience = {wiegand.KEY_BITS[spec.keys]: KEY_GAPS, spec.format.bits: 1}
        self._arrived_ns = self._began_ns = 0
        self._low_ns: dict[int, int] = {}
        self._book = HealthBook(
            driver="wiegand",
            format=spec.format.name,
            line="cannot tell whether the reader is there; not encrypted",
        )
        zeros = header.pulses(spec.d0_gpio, spec.id, lambda at_ns: self._pulse(at_ns, 0))
        try:
            ones = header.pulses(spec.d1_gpio, spec.id, lambda at_ns: self._pulse(at_ns, 1))
        except BaseException:
            zeros.close()
            raise
        self._lines: tuple[PulseLine, PulseLine] = zeros, ones

    @property
    def health(self) -> Health:
        """How the wires are: whether a reader hangs on them, nobody can tell."""
        return self._book.page()

    def open(self, report: Report) -> None:
        """Start to report; the first report comes once the levels were looked at."""
        with self._changed:
            self._report, self._here, self._low_ns = report, None, {}
            # As if a pulse had come just now: what is on the wires already may be half a frame.
            self._arrived_ns = self._began_ns = time.monotonic_ns()
            if self._thread is None:
                self._thread = Thread(target=self._run, name=f"wiegand {self.id}", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop reporting and free both lines; half a frame is forgotten."""
        with self._changed:
            self._report = None
            thread, self._thread = self._thread, None
            self._changed.notify()
        if thread is not None:
            thread.join(CLOSE_S)
        for line in self._lines:
            line.close()

    def _pulse(self, at_ns: int, bit: int) -> None:
        """Take a pulse, in the header's thread."""
        with self._changed:
            now = time.monotonic_ns()
            if now - self._arrived_ns > self._gap_ns:
                self._began_ns = now
            self._arrived_ns = now
            # It fell, so it was high before: a wire that pulses is not held low.
            self._low_ns.pop(bit, None)
            if self._report is None or not self._here:
                return
            self._pulses.add(at_ns, bit)
            if self._pulses.full:
                self._take(silent=False)
            elif (held := len(self._pulses)) == 1 or held in self._patience:
                self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while self._report is not None:
                wait_ns = self._gap_ns if self._here is None else LOOK_NS
                try:
                    self._book.beat()
                    now = time.monotonic_ns()
                    self._look(now)
                    wait_ns = min(wait_ns, self._finish(now))
                except Exception:
                    # Whatever it was: a thread that ended here would be a reader that never reads again.
                    log.exception("reading %s failed; it goes on", self.id)
                self._changed.wait(wait_ns / NS_PER_S)

    def _finish(self, now: int) -> int:
        """Take what is whole by now; tell how long to wait for the rest."""
        if not len(self._pulses):
            return LOOK_NS
        gaps = self._patience.get(self._pulses.bits_so_far(), OTHER_GAPS)
        left_ns = self._arrived_ns + gaps * self._gap_ns - now
        if left_ns > 0:
            return left_ns
        self._take(silent=True)
        return LOOK_NS

    def _take(self, *, silent: bool) -> None:
        for frame in self._pulses.take(silent=silent):
            try:
                signal = self._read(frame)
                self._book.seen()
            except Unreadable as unreadable:
                self._book.erred(str(unreadable))
                signal = CardUnreadable(self.id, frame.at_ns, str(unreadable), shown=False)
            self._tell(signal)

    def _read(self, frame: Frame) -> Signal:
        """Tell what a frame says. Raises ``Unreadable``."""
        if frame.noise:
            raise Unreadable(frame.noise)
        if wiegand.is_key(frame.bits, self._spec.keys):
            return KeyPressed(self.id, frame.at_ns, wiegand.decode_key(frame.bits, self._spec.keys))
        number = wiegand.decode(frame.bits, self._spec.format)
        return CardFrame(self.id, frame.at_ns, Technology.WIEGAND, number)

    def _look(self, now: int) -> None:
        """Look at the wires, and tell when they begin or cease to be at fault."""
        if why := self._fault(now):
            self._be(now, why)
        elif not (self._here or self._low_ns):
            # A wire that is low just now is in a pulse, or at the beginning of a fault or its end: until
            # that is known, the reader stays what it was.
            silent_ns = self._gap_ns if self._here is None else SILENCE_NS
            if now - self._arrived_ns > silent_ns:
                self._be(now, None)

    def _fault(self, now: int) -> str:
        for bit, line in enumerate(self._lines):
            try:
                low = line.low
            except LineFailed as error:
                return f"D{bit} cannot be read: {error.why}"
            if not low:
                self._low_ns.pop(bit, None)
            elif now - self._low_ns.setdefault(bit, now) > HELD_NS:
                return f"D{bit} stays low: its wire is shorted, or the reader has no supply"
        if now - self._arrived_ns <= self._gap_ns and self._arrived_ns - self._began_ns > NOISE_NS:
            return "noise on the wires: pulses without end"
        return ""

    def _be(self, now: int, lost: str | None) -> None:
        here = lost is None
        if here is self._here:
            return
        self._here = here
        self._pulses.drop(until_ns=self._arrived_ns)
        if lost is None:
            self._book.here()
            self._tell(DeviceBack(self.id, now))
        else:
            self._book.lost(lost)
            self._tell(DeviceLost(self.id, now, lost))

    def _tell(self, signal: Signal) -> None:
        if self._report is not None:
            self._report(signal)
