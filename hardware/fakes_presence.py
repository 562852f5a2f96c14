"""What sensors and cameras in memory have in common: they are plugged in, or they are not."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from hardware.health import Health, HealthBook
from hardware.ports import Report
from hardware.signals import DeviceBack, DeviceId, DeviceLost, Signal


class FakePresence(ABC):
    """A device that takes orders, plugged in until ``lose`` is called."""

    def __init__(self, device: DeviceId, monotonic_ns: Callable[[], int]) -> None:
        """Build it plugged in."""
        self.id = device
        self._now = monotonic_ns
        self._book = HealthBook(monotonic_ns, driver="fake")
        self._report: Report | None = None
        self._lost: str | None = None

    @property
    def health(self) -> Health:
        """How the device is; unseen until it is opened."""
        return self._book.page()

    def open(self, report: Report) -> None:
        """Report whether the device is there, then what comes of orders."""
        self._report = report
        self._tell_presence()

    def lose(self, why: str = "it was unplugged") -> None:
        """Have it unplugged."""
        self._lost = why
        self._fail(why)
        self._tell_presence()

    def come_back(self) -> None:
        """Have it plugged in again."""
        self._lost = None
        self._tell_presence()

    @abstractmethod
    def _fail(self, why: str) -> None:
        """Let the order that goes on come to nothing, if there is one."""

    def _tell_presence(self) -> None:
        if self._lost is None:
            self._book.here()
            self._tell(DeviceBack(self.id, self._now()))
        else:
            self._book.lost(self._lost)
            self._tell(DeviceLost(self.id, self._now(), self._lost))

    def _tell(self, signal: Signal) -> None:
        if self._report is not None:
            self._report(signal)
