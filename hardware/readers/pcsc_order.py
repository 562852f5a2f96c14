"""The order to give the next card the site's keys: waits for a card, for so long and no longer."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from hardware.signals import CardEncoded, DeviceId, SensorFailed, Signal, Technology


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered."""

    ticket: int
    kind: Technology
    until_s: float

    def failed(self, device: DeviceId, why: str) -> SensorFailed:
        """Say that it came to nothing."""
        return SensorFailed(device, time.monotonic_ns(), self.ticket, why)


class EncodingOrder:
    """At most one order; the next one ends the one before. Every method may be called from any thread."""

    def __init__(self, device: DeviceId, tell: Callable[[Signal], None]) -> None:
        """Begin without an order."""
        self._device, self._tell = device, tell
        self._lock = Lock()
        self._waiting: Order | None = None
        self._at_work: Order | None = None

    def begin(self, ticket: int, kind: Technology, within_s: float) -> None:
        """Wait for a card from now on."""
        with self._lock:
            self._waiting = Order(ticket, kind, time.monotonic() + within_s)

    def stop(self, ticket: int) -> None:
        """Wait no more, and say nothing of what is going on. A card that is being encoded goes on."""
        with self._lock:
            if self._waiting is not None and self._waiting.ticket == ticket:
                self._waiting = None
            if self._at_work is not None and self._at_work.ticket == ticket:
                self._at_work = None

    def drop(self) -> None:
        """Have no order any more, and say nothing of it."""
        with self._lock:
            self._waiting = self._at_work = None

    def take(self) -> Order | None:
        """Take the order for the card that was shown now; ``None``: it is to be read."""
        self.expire()
        with self._lock:
            self._at_work, self._waiting = self._waiting, None
            return self._at_work

    def told(
        self, order: Order | None, done: CardEncoded | SensorFailed
    ) -> CardEncoded | SensorFailed | None:
        """Give what is to be reported of an order that was taken: nothing if it was stopped meanwhile."""
        with self._lock:
            wanted = order is not None and self._at_work is order
            self._at_work = None
            return done if wanted else None

    def expire(self) -> None:
        """Report that no card came, once the time is over."""
        with self._lock:
            order = self._waiting
            if order is None or time.monotonic() < order.until_s:
                return
            self._waiting = None
        self._tell(order.failed(self._device, "no card was shown in time"))
