"""What a sensor on a serial line does with a finger, question by question: read it, learn it, erase it."""

from collections.abc import Callable
from functools import partial
from typing import Final, Protocol, TypeVar

import adafruit_fingerprint as codes

from hardware.fingers.hints import ANOTHER_FINGER, BAD_TOUCH, KNOWN_ALREADY, ONCE_MORE, PLACE
from hardware.fingers.uart_wire import CheckedFingerprint
from hardware.health import HealthBook

PAUSE_S: Final = 0.05
"""Between two looks for a finger."""

T = TypeVar("T")


class OrderFailed(Exception):
    """What was ordered came to nothing, for this reason."""


class Asks(Protocol):
    """Asks the sensor until there is a good answer; raises when the order does not stand any more."""

    def __call__(self, question: Callable[[], T], /) -> T:
        """Give the answer."""
        ...


class Fingers:
    """The sensor, for one order. Whatever ``ask`` raises ends it."""

    def __init__(
        self,
        sensor: CheckedFingerprint,
        ask: Asks,
        step: Callable[[str], None],
        pause: Callable[[float], None],
        book: HealthBook,
    ) -> None:
        """Take the sensor, how it is asked, whom hints are told, and how to wait between two looks."""
        self._sensor, self._ask, self._step, self._pause, self._book = sensor, ask, step, pause, book

    def found(self) -> int | None:
        """Wait for a finger, and give the slot in which it is kept, if any."""
        self._read(1)
        return self._ask(self._sensor.search)

    def learn(self, slot: int) -> None:
        """Keep a finger in this slot. Raises ``OrderFailed``."""
        if slot >= self._sensor.library_size:
            raise OrderFailed(f"the sensor has room for {self._sensor.library_size} fingers only")
        self._step(PLACE)
        while True:
            known = self.found()
            if known is not None and known != slot:
                raise OrderFailed(KNOWN_ALREADY)
            self._step(ONCE_MORE)
            self._wait_for_lift()
            self._read(2)
            if self._ask(self._sensor.create_model) == codes.OK:
                break
            self._step(ANOTHER_FINGER)
            self._wait_for_lift()
        if self._ask(partial(self._sensor.store_model, slot)) != codes.OK:
            raise OrderFailed("the sensor could not keep the finger")
        if self._ask(partial(self._sensor.keeps, slot)) is False:
            raise OrderFailed("the sensor did not keep the finger")

    def erase(self, slot: int) -> None:
        """Keep nothing in this slot any more. Raises ``OrderFailed``."""
        if slot >= self._sensor.library_size:
            return  # it keeps nothing there
        if self._ask(partial(self._sensor.delete_model, slot)) != codes.OK:
            raise OrderFailed("the sensor could not erase the finger")
        if self._ask(partial(self._sensor.keeps, slot)) is True:
            raise OrderFailed("the sensor did not erase the finger")

    def _read(self, buffer: int) -> None:
        """Wait for a finger that lies well, and have the sensor take its features into this buffer."""
        while True:
            code = self._ask(self._sensor.get_image)
            if code == codes.NOFINGER:
                self._pause(PAUSE_S)
                continue
            if code == codes.OK:
                code = self._ask(partial(self._sensor.image_2_tz, buffer))
            if code == codes.OK:
                return
            self._book.erred(BAD_TOUCH)
            self._step(BAD_TOUCH)
            self._wait_for_lift()

    def _wait_for_lift(self) -> None:
        while self._ask(self._sensor.get_image) != codes.NOFINGER:
            self._pause(PAUSE_S)
