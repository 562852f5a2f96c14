"""What stands in the door process for a reader and for an annunciator whose driver lives elsewhere.

Sensors, cameras and encoders, which are given orders besides, are in ``hardware.hosted.ticketed``.
"""

import time
from dataclasses import replace
from threading import Lock
from typing import Final, Protocol

from hardware.health import DeviceState, Health, HealthBook
from hardware.hosted.past_errors import PastErrors
from hardware.hosted.wire import HostedSignal
from hardware.ports import Pattern, Report
from hardware.signals import (
    CardForged,
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    DeviceLost,
    KeyPressed,
    PairingFailed,
)
from hardware.tickets import StopTicket, TicketOrder

NS_PER_S: Final = 1_000_000_000
STALE_S: Final = 3.0
"""What was shown so long ago and is heard only now grants nothing: who showed it may be gone."""
TOO_LATE: Final = "what was shown was heard too late to count"

TAKES_NO_ORDERS: Final = "its driver does not run or takes no orders just now; try again"


class Orders(Protocol):
    """What the devices here ask of the process that hosts them. Never blocks, save ``unwant``."""

    def want(self, device: DeviceId) -> None:
        """Have this device opened, in this life of the process and in every later one."""
        ...

    def unwant(self, device: DeviceId) -> None:
        """Have it closed; after the last one the process is gone within a second."""
        ...

    def show(self, device: DeviceId, pattern: Pattern | None) -> None:
        """Play this pattern; ``None`` is dark and silent, for good."""
        ...

    def pair(self, device: DeviceId, key: bytes, within_s: float) -> bool:
        """Have this key installed, if a process takes the order; tell whether one did."""
        ...

    def begin(self, order: TicketOrder) -> bool:
        """Have this done, if a process takes the order; tell whether one did."""
        ...

    def stop(self, order: StopTicket) -> None:
        """Have an order given up; owed until it could be sent, or its process ended."""
        ...


class HostedDevice:
    """One device that can be lost. Reports from its host's thread."""

    def __init__(self, device: DeviceId, orders: Orders) -> None:
        """Build it unseen; its host does it."""
        self.id = device
        self._orders = orders
        self._lock = Lock()
        self._report: Report | None = None
        self._here: bool | None = None
        self._book = HealthBook()
        self._page = Health()
        self._past = PastErrors()

    @property
    def health(self) -> Health:
        """What its driver says of it, and what is known here: whether it is there, how often it hung."""
        with self._lock:
            ours, its = self._book.page(), self._page
            past, past_before = self._past.at(time.monotonic_ns())
        lost_there = ours.state is its.state is DeviceState.LOST
        return replace(
            its,
            state=ours.state,
            since_ns=ours.since_ns,
            why=its.why if lost_there else ours.why,
            errors_this_hour=its.errors_this_hour + ours.errors_this_hour + past,
            errors_hour_before=its.errors_hour_before + ours.errors_hour_before + past_before,
            last_error=its.last_error or ours.last_error,
            restarts=ours.restarts,
        )

    def open(self, report: Report) -> None:
        """Start to report; the first report comes once its driver looked for it."""
        with self._lock:
            self._report, self._here = report, None
        self._orders.want(self.id)

    def close(self) -> None:
        """Stop reporting; the last device to close ends the process, within a second."""
        self.fall_silent()
        self._orders.unwant(self.id)

    def fall_silent(self) -> None:
        """Stop reporting, and nothing else."""
        with self._lock:
            self._report = None

    def hear(self, signal: HostedSignal) -> None:
        """Pass on what its driver reports. Being lost or back is reported only when it is news."""
        with self._lock:
            match signal:
                case DeviceBack(mono_ns=at_ns):
                    self._be(None, at_ns)
                case DeviceLost(mono_ns=at_ns, why=why):
                    self._be(why, at_ns)
                case CardFrame() | CardUnreadable() | CardForged() | KeyPressed() if is_stale(signal):
                    self._book.erred(TOO_LATE)
                case _:
                    self._tell(signal)

    def read(self, page: Health) -> None:
        """Take the page of its driver's book."""
        with self._lock:
            self._page = page

    def lose(self, why: str) -> None:
        """Be lost, since its driver is, which is about to be started anew."""
        with self._lock:
            last, self._page = (
                self._page,
                replace(Health(), about=self._page.about, seen_ns=self._page.seen_ns),
            )
            # The errors of the driver that ended are kept, or a reader that brings it down would look sound.
            self._past.add(last.errors_this_hour, last.errors_hour_before, time.monotonic_ns())
            self._book.erred(why)
            self._book.restarted()
            self._be(why, time.monotonic_ns())

    def _be(self, lost: str | None, at_ns: int) -> None:
        here = lost is None
        if self._report is None:
            return
        if lost is None:
            self._book.here()
        else:
            self._book.lost(lost)
        if here is not self._here:
            self._here = here
            self._tell(DeviceBack(self.id, at_ns) if lost is None else DeviceLost(self.id, at_ns, lost))

    def _tell(self, signal: HostedSignal) -> None:
        if self._report is not None:
            self._report(signal)


class HostedReader(HostedDevice):
    """A reader that reads, and does no more."""


class HostedSecureReader(HostedReader):
    """A reader that speaks over a secure channel."""

    def pair(self, key: bytes, within_s: float) -> None:
        """Have this key installed; reports ``ReaderPaired`` or ``PairingFailed``."""
        if not self._orders.pair(self.id, key, within_s):
            self.fail_pairing(TAKES_NO_ORDERS, told=False)

    def fail_pairing(self, why: str, *, told: bool = True) -> None:
        """Report that no key was installed, as far as anybody knows."""
        with self._lock:
            self._tell(PairingFailed(self.id, time.monotonic_ns(), why, told))


class HostedAnnunciator:
    """The light and buzzer of a hosted reader."""

    def __init__(self, device: DeviceId, orders: Orders) -> None:
        """Build it dark; its host does it."""
        self.id = device
        self._orders = orders
        self._closed = False

    def show(self, pattern: Pattern) -> None:
        """Play a pattern now. A driver that does not take it in time never shows a short one."""
        if not self._closed:
            self._orders.show(self.id, pattern)

    def close(self) -> None:
        """Go dark and silent."""
        if not self._closed:
            self._closed = True
            self._orders.show(self.id, None)


def is_stale(signal: HostedSignal) -> bool:
    """Tell whether what a signal says is too long ago to count."""
    return time.monotonic_ns() - signal.mono_ns > STALE_S * NS_PER_S
