"""What stands in the door process for a sensor, a camera and a card's encoder whose driver lives elsewhere.

Each of them carries out one order at a time, which ends with one answer. It has failed when the driver's
process dies or hangs, and when that answers what it was not asked. What comes for an order that is over is
heard by nobody.
"""

import time
from typing import Final

from hardware.health import Health
from hardware.hosted.proxies import (
    NS_PER_S,
    TAKES_NO_ORDERS,
    TOO_LATE,
    HostedDevice,
    HostedReader,
    Orders,
    is_stale,
)
from hardware.hosted.wire import HostedSignal
from hardware.ports import Look
from hardware.signals import (
    CardEncoded,
    DeviceId,
    FaceSeen,
    FingerChecked,
    FingerEnrolled,
    FingerForgotten,
    SensorFailed,
    SensorStep,
    Technology,
)
from hardware.tickets import (
    ENCODING_S,
    GRACE_S,
    Encode,
    Enrol,
    Forget,
    LookAt,
    StopTicket,
    TicketOrder,
    Verify,
)

Answer = CardEncoded | FingerChecked | FingerEnrolled | FingerForgotten | FaceSeen | SensorFailed
FORGET_S: Final = 10.0
"""So long may a sensor take to erase a template."""
NOT_ASKED: Final = "its driver answered what it was not asked"
NO_ANSWER: Final = "its driver let the time pass and did not answer"


class Ticketed(HostedDevice):
    """A device that is given orders, each under a ticket."""

    def __init__(self, device: DeviceId, orders: Orders) -> None:
        """Build it unseen; its host does it."""
        super().__init__(device, orders)
        self._order: TicketOrder | None = None
        self._due_ns = 0

    def stop(self, ticket: int) -> None:
        """Give an order up; nothing is reported for it any more."""
        with self._lock:
            if self._order is None or self._order.ticket != ticket:
                return
            self._order = None
        self._orders.stop(StopTicket(self.id, ticket))

    def fall_silent(self) -> None:
        """Stop reporting, and give up what was ordered."""
        with self._lock:
            self._order = None
        super().fall_silent()

    def hear(self, signal: HostedSignal) -> None:
        """Pass on what its driver reports; of what is under a ticket, only what the order now asks for."""
        if isinstance(signal, SensorStep):
            with self._lock:
                if self._order is not None and self._order.ticket == signal.ticket:
                    self._tell(signal)
        elif isinstance(signal, Answer):
            with self._lock:
                self._take(signal)
        else:
            super().hear(signal)

    def read(self, page: Health) -> None:
        """Take the page of its driver's book; an order that is overdue has failed."""
        super().read(page)
        with self._lock:
            overdue = self._order if time.monotonic_ns() > self._due_ns else None
            if overdue is not None:
                self._book.erred(NO_ANSWER)
                self._fail(overdue, NO_ANSWER)
        if overdue is not None:
            self._orders.stop(StopTicket(self.id, overdue.ticket))

    def lose(self, why: str) -> None:
        """Be lost, since its driver is, and with it what was ordered."""
        with self._lock:
            if self._order is not None:
                self._fail(self._order, why)
        super().lose(why)

    def _begin(self, order: TicketOrder, within_s: float) -> None:
        with self._lock:
            # Noted first: the answer may come before this thread gets on.
            self._order = order
            self._due_ns = time.monotonic_ns() + int((within_s + _grace_s(order)) * NS_PER_S)
        if not self._orders.begin(order):
            with self._lock:
                if self._order is order:
                    self._fail(order, TAKES_NO_ORDERS)

    def _take(self, answer: Answer) -> None:
        order = self._order
        if order is None or order.ticket != answer.ticket:
            return
        if isinstance(answer, FingerChecked | FaceSeen) and is_stale(answer):
            self._book.erred(TOO_LATE)
            self._fail(order, TOO_LATE)
        elif not _fits(order, answer):
            self._book.erred(NOT_ASKED)
            self._fail(order, NOT_ASKED)
        else:
            self._order = None
            self._tell(answer)

    def _fail(self, order: TicketOrder, why: str) -> None:
        self._order = None
        self._tell(SensorFailed(self.id, time.monotonic_ns(), order.ticket, why, broken=True))


class HostedFingerSensor(Ticketed):
    """A fingerprint sensor."""

    def verify(self, ticket: int, templates: tuple[str, ...], within_s: float) -> None:
        """Look whether the next finger is one of these."""
        self._begin(Verify(self.id, ticket, templates, within_s), within_s)

    def enrol(self, ticket: int, template: str, within_s: float) -> None:
        """Learn a finger under this name."""
        self._begin(Enrol(self.id, ticket, template, within_s), within_s)

    def forget(self, ticket: int, template: str) -> None:
        """Erase a template, if it is there."""
        self._begin(Forget(self.id, ticket, template), FORGET_S)


class HostedCamera(Ticketed):
    """A camera that looks at faces."""

    def look(self, ticket: int, look: Look, within_s: float) -> None:
        """Look at the one face before the camera."""
        self._begin(LookAt(self.id, ticket, look, within_s), within_s)


class HostedEncoder(Ticketed, HostedReader):
    """A reader that can give cards the site's keys, where its driver can."""

    def encode(self, ticket: int, kind: Technology, within_s: float) -> None:
        """Give the next card of this kind that is shown the site's keys."""
        self._begin(Encode(self.id, ticket, kind, within_s), within_s)


def _grace_s(order: TicketOrder) -> float:
    return GRACE_S + (ENCODING_S if isinstance(order, Encode) else 0.0)


def _fits(order: TicketOrder, answer: Answer) -> bool:
    match order, answer:
        case _, SensorFailed():
            return True
        case Verify(), FingerChecked():
            return True
        case Enrol(template=wanted), FingerEnrolled(template=got):
            return got == wanted
        case Forget(template=wanted), FingerForgotten(template=got):
            return got == wanted
        case LookAt(look=look), FaceSeen(vectors=vectors):
            return len(vectors) == look.frames
        case Encode(technology=kind), CardEncoded(technology=got):
            return got is kind
        case _:
            return False
