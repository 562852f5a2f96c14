"""What the simulated sensors and cameras have in common: they are lost until the warehouse says otherwise."""

import time
from abc import ABC, abstractmethod
from threading import Lock

from hardware.health import Health, HealthBook
from hardware.ports import Report
from hardware.readers.reporter import Reporter
from hardware.signals import DeviceId


class SimulatedPresence(ABC):
    """A device that takes orders. Reports from the link's thread and from a timer's."""

    def __init__(self, device: DeviceId, **about: str) -> None:
        """Build it lost; ``about`` is what its health says of it."""
        self.id = device
        self._book = HealthBook(time.monotonic_ns, driver="simulated", **about)
        self._lock = Lock()
        self._reporter: Reporter | None = None
        self._lost: str | None = "the simulated warehouse was not reached yet"

    @property
    def health(self) -> Health:
        """How the device is, from any thread."""
        return self._book.page()

    def open(self, report: Report) -> None:
        """Report whether the device is there, then what comes of orders."""
        with self._lock:
            self._reporter = Reporter(self.id, report, self._book)
            self._reporter.be(self._lost)

    def close(self) -> None:
        """Stop reporting, and do nothing more."""
        with self._lock:
            if self._reporter is not None:
                self._reporter.end()
            self._end_order()

    def be(self, lost: str | None) -> None:
        """Be lost for this reason, or with ``None`` be there."""
        with self._lock:
            self._lost = lost
            if lost is not None:
                self._fail_order(lost)
            if self._reporter is not None:
                self._reporter.be(lost)

    @abstractmethod
    def _end_order(self) -> None:
        """Forget the order that goes on, if there is one."""

    @abstractmethod
    def _fail_order(self, lost: str) -> None:
        """Tell that the order that goes on came to nothing, if there is one, since the device is lost."""
