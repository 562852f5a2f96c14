"""Contacts with two end-of-line resistors, which tell cut and shorted wires from an open or closed contact.

One thread reads the channels of the board's converter in turn. What a contact says counts once it has
lasted; a fault counts as mended only after a while, so that a loose wire is one fault and not hundreds.
"""

import logging
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import IntEnum
from functools import partial
from threading import Event, Lock, Thread
from typing import Final

from hardware.adc import Converter, open_converter
from hardware.errors import HardwareError
from hardware.gpio import Header
from hardware.health import Health, HealthBook
from hardware.ports import Report
from hardware.signals import ContactChanged, DeviceBack, DeviceId, DeviceLost
from hardware.specs import AdcSpec, SupervisedContactSpec

log = logging.getLogger(__name__)

ROUND_S: Final = 0.05
"""How often each contact is looked at. Reading a channel costs a slow Pi some milliseconds; a state that has
to last is seen twice at least, so a leaf or a button is told of within a tenth of a second."""
MENDED_NS: Final = 1_000_000_000
"""So long must a contact have been without fault before it is back."""
HYSTERESIS: Final = 0.01
"""So far beyond the edge of a band must a value be to count for the next one."""
NS_PER_MS: Final = 1_000_000


class Wires(IntEnum):
    """What a contact's wires are like; the first four in the order of their bands."""

    SHORTED = 0
    CLOSED = 1
    OPEN = 2
    CUT = 3
    UNKNOWN = 4


_FAULTS: Final = {
    Wires.SHORTED: "the wires are shorted",
    Wires.CUT: "the wires are cut",
    Wires.UNKNOWN: "the converter does not answer",
}


def wires_at(value: float, spec: SupervisedContactSpec, before: Wires) -> Wires:
    """Tell what a value means; one right at the edge of two bands means what it meant before."""
    edges = (spec.low, spec.middle, spec.high)
    now = Wires(bisect_right(edges, value))
    if before is Wires.UNKNOWN or now is before:
        return now
    edge = edges[before] if now > before else edges[before - 1]
    return now if abs(value - edge) > HYSTERESIS else before


class SupervisedContact:
    """One contact on a channel of the converter. Reports from the thread that reads it."""

    def __init__(self, spec: SupervisedContactSpec, leave: Callable[[], None] = lambda: None) -> None:
        """Build it with what ends its reading; ``supervised_contacts`` does it."""
        self.id: DeviceId = spec.id
        self.spec = spec
        self._leave, self._closed = leave, False
        self._book = HealthBook(driver="mcp3008", channel=str(spec.channel))
        self._lock = Lock()
        self._report: Report | None = None
        self._last: tuple[Wires, int] | None = None
        self._fault: str | None = _FAULTS[Wires.UNKNOWN]
        self._active: bool | None = None

    @property
    def health(self) -> Health:
        """How the wires are, from any thread."""
        return self._book.page()

    @property
    def active(self) -> bool:
        """What the contact said last, also while its wires are at fault; inactive until it was ever read.

        Raises ``HardwareError`` after ``close``.
        """
        if self._closed:
            raise HardwareError(f"{self.id} is closed")
        return bool(self._active)

    def open(self, report: Report) -> None:
        """Report how the wires are and the present state, then every change.

        While the wires are at fault there is no state to report: it comes when they are mended.
        """
        with self._lock:
            self._report = report
            now_ns = time.monotonic_ns()
            if self._fault is None:
                report(DeviceBack(self.id, now_ns))
                report(ContactChanged(self.id, now_ns, self.active))
            else:
                report(DeviceLost(self.id, now_ns, self._fault))

    def close(self) -> None:
        """Stop reporting; the last one to close frees the converter."""
        with self._lock:
            self._report, self._closed = None, True
        self._leave()

    def take(self, value: float | None, now_ns: int) -> None:
        """Take what the converter measured just now; ``None`` when it does not answer."""
        with self._lock:
            self._book.beat()
            before, since_ns = self._last or (Wires.UNKNOWN, now_ns)
            wires = Wires.UNKNOWN if value is None else wires_at(value, self.spec, before)
            if wires is not before:
                since_ns = now_ns
            first, self._last = self._last is None, (wires, since_ns)
            lasted_ns = now_ns - since_ns
            if wires in _FAULTS:
                if first or lasted_ns >= self.spec.debounce_ms * NS_PER_MS:
                    self._lose(_FAULTS[wires], now_ns)
                return
            self._book.seen()
            if first or lasted_ns >= (MENDED_NS if self._fault else self.spec.debounce_ms * NS_PER_MS):
                self._say(active=(wires is Wires.CLOSED) is not self.spec.normally_closed, now_ns=now_ns)

    def erred(self, why: str) -> None:
        """Note that reading the converter failed."""
        self._book.erred(why)

    def _lose(self, why: str, now_ns: int) -> None:
        was, self._fault = self._fault, why
        self._book.lost(why)
        if was is None and self._report is not None:
            self._report(DeviceLost(self.id, now_ns, why))

    def _say(self, *, active: bool, now_ns: int) -> None:
        mended, self._fault = self._fault is not None, None
        changed, self._active = mended or active is not self._active, active
        if mended:
            self._book.here()
        if self._report is not None:
            if mended:
                self._report(DeviceBack(self.id, now_ns))
            if changed:
                self._report(ContactChanged(self.id, now_ns, active))


class _Rounds:
    """The thread that reads the converter until the last contact is closed."""

    def __init__(self, converter: Converter, specs: Sequence[SupervisedContactSpec]) -> None:
        self._converter = converter
        self._stop = Event()
        self._thread = Thread(target=self._run, name="supervised contacts", daemon=True)
        self._open = {spec.id for spec in specs}
        self._failing: set[DeviceId] = set()
        """The contacts that could not be looked at in the last round; the log has it already."""
        self.contacts = [SupervisedContact(spec, partial(self._leave, spec.id)) for spec in specs]
        # The first round is done when this returns: leaves are known before anybody asks.
        self._read()
        self._thread.start()

    def _read(self) -> None:
        """Go round once."""
        values: Mapping[int, float] | None
        try:
            values = self._converter.read()
        except Exception as error:
            log.debug("the converter cannot be read", exc_info=True)
            values = None
            for contact in self.contacts:
                contact.erred(str(error))
        now_ns = time.monotonic_ns()
        for contact in self.contacts:
            self._look_at(contact, values, now_ns)

    def _look_at(self, contact: SupervisedContact, values: Mapping[int, float] | None, now_ns: int) -> None:
        """Hand a contact its value. Whatever goes wrong with one takes no other along, nor the thread."""
        try:
            contact.take(None if values is None else values[contact.spec.channel], now_ns)
        except Exception as error:
            if contact.id not in self._failing:
                log.exception("%s could not be looked at", contact.id)
            self._failing.add(contact.id)
            contact.erred(f"{type(error).__name__}: {error}")
            with suppress(Exception):  # if it goes on, the contact is lost, as one without a value is
                contact.take(None, now_ns)
        else:
            self._failing.discard(contact.id)

    def _leave(self, contact: DeviceId) -> None:
        self._open.discard(contact)
        if not self._open:
            self._stop.set()
            self._thread.join()
            self._converter.close()

    def _run(self) -> None:
        while not self._stop.wait(ROUND_S):
            self._read()


def supervised_contacts(
    specs: Sequence[SupervisedContactSpec], adc: AdcSpec, header: Header
) -> list[SupervisedContact]:
    """Build the contacts of one converter, read once. Raises ``GpioTaken`` or ``LineFailed``."""
    return _Rounds(open_converter(adc, {spec.channel for spec in specs}, header), specs).contacts
