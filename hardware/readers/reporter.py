"""What a reader says, from one open to the close: each loss and return once, and nothing later."""

import time
import traceback
from pathlib import Path
from threading import Lock

from hardware.health import HealthBook
from hardware.ports import Report
from hardware.signals import DeviceBack, DeviceId, DeviceLost, Signal


class Reporter:
    """Passes on what one device reports. Every method may be called from any thread."""

    def __init__(self, device: DeviceId, report: Report, book: HealthBook) -> None:
        """Begin lost-until-seen."""
        self.device = device
        self.book = book
        self._report = report
        self._lock = Lock()
        self._here: bool | None = None
        self._ended = False

    def be(self, lost: str | None) -> None:
        """Be lost for this reason, or with ``None`` be there. Reported when it is news."""
        with self._lock:
            if self._ended:
                return
            here, before = lost is None, self._here
            self._here = here
            if lost is not None:
                self.book.lost(lost)  # also when only the reason is news
            elif here is not before:
                self.book.here()
            if here is not before:
                now = time.monotonic_ns()
                self._report(
                    DeviceBack(self.device, now) if lost is None else DeviceLost(self.device, now, lost)
                )

    def tell(self, signal: Signal) -> None:
        """Report something, unless closed meanwhile; never before it was told whether the device is there."""
        with self._lock:
            if not self._ended and self._here is not None:
                self._report(signal)

    def tell_anyway(self, signal: Signal) -> None:
        """Report something unless closed meanwhile, even of a device that was not looked for yet."""
        with self._lock:
            if not self._ended:
                self._report(signal)

    def end(self) -> None:
        """Report nothing from now on."""
        with self._lock:
            self._ended = True


def fault(error: BaseException) -> str:
    """Name an error by its kind and place. Its text is left out: a library's may hold what a card said."""
    place = traceback.extract_tb(error.__traceback__)[-1:]
    return " ".join((type(error).__name__, *(f"in {Path(at.filename).name}:{at.lineno}" for at in place)))
