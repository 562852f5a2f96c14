"""What asking for a finger and asking for a face have in common: one question, answered once and in time.

Rule 1: one question at a time. What was asked before is taken back, and what still comes of it is dropped.
Rule 2: somebody who stands at a door is told in time, whatever hangs: the sensor, the store, a comparison.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Final, Protocol, TypeVar

from accessctl.door.gathering import Checked, Then
from accessctl.door.timers import Timers
from accessctl.door.workers import Workers
from hardware.health import DeviceState, Health
from hardware.signals import DeviceId, Signal
from policies.factors import Factor
from policies.people import Holder
from policies.reasons import Reason

WITHIN: Final = timedelta(seconds=10)
"""So long may somebody take to show what is asked for."""
SLACK: Final = timedelta(seconds=2)
"""So long may store and comparison take, and so much longer the slower one of sensor and process."""

T = TypeVar("T")


class Sensor(Protocol):
    """What a question is asked of."""

    @property
    def id(self) -> DeviceId:
        """Its name."""
        ...

    @property
    def health(self) -> Health:
        """How it is."""
        ...

    def stop(self, ticket: int) -> None:
        """Give an order up."""
        ...


class Asking(ABC):
    """Gathers one factor with one sensor at one access point. Used from the loop's thread."""

    def __init__(
        self, factor: Factor, sensor: Sensor, timers: Timers, workers: Workers, *, alone: str
    ) -> None:
        """Take what is gathered with what. ``alone``: why nobody is found who has not said who they are."""
        self._factor, self._asked_of, self._alone = factor, sensor, alone
        self._timers, self._workers = timers, workers
        self._tickets = count(1)
        self._number = 0
        """Of the latest question, also of one that was taken back."""
        self._ticket: int | None = None
        """Of the order that the sensor has."""
        self._then: Then | None = None
        self._holder: Holder | None = None
        self._unmatched = False

    @property
    def unmatched(self) -> bool:
        """Whether something was shown since ``ask`` that fits nobody so far, and no answer says so."""
        return self._unmatched

    @property
    def device(self) -> DeviceId:
        """The sensor's name."""
        return self._asked_of.id

    @property
    @abstractmethod
    def identifies(self) -> bool:
        """Whether it can say whose a finger or face is when nobody has said who they are."""

    def ask(self, holder: Holder | None, then: Then) -> None:
        """Ask for the factor of ``holder``; of ``None``, for anybody's: only where the site allows it."""
        self.stop()
        health = self._asked_of.health
        if holder is None and not self.identifies:
            then(self._failed(Reason.SENSOR_UNAVAILABLE, self._alone))
        elif health.state is DeviceState.LOST:
            then(self._failed(Reason.SENSOR_UNAVAILABLE, health.why))
        else:
            self._then, self._holder = then, holder
            self._start(holder)

    def stop(self) -> None:
        """Ask no more; ``then`` is not called."""
        self._number += 1
        self._then, self._holder, self._unmatched = None, None, False
        self._timers.cancel(self)
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            self._asked_of.stop(ticket)

    @abstractmethod
    def hear(self, signal: Signal) -> None:
        """Take what the sensor reports to the order that it has."""

    def lost(self, why: str) -> None:
        """Hear that the sensor is gone."""
        self._ticket = None
        self._end(self._failed(Reason.SENSOR_UNAVAILABLE, why))

    # ------------------------------------------------------------------- what the others build on

    @abstractmethod
    def _start(self, holder: Holder | None) -> None:
        """Begin, once it is sure that the sensor may be asked."""

    @abstractmethod
    def _late(self, *, sensor: bool) -> Checked:
        """Say what it comes to that the time is over: of the sensor, or else of store and comparison."""

    def _new_order(self, within: timedelta) -> int:
        """Give the number of an order to the sensor that ends after this time at the latest."""
        self._ticket = next(self._tickets)
        self._timers.start(self, within, self._time_over)
        return self._ticket

    def _off_the_loop(self, task: Callable[[], T], then: Callable[[T | Exception], None]) -> None:
        """Have something done off the loop; ``then`` hears of it unless the question was taken back."""
        number = self._number
        self._timers.start(self, SLACK, self._time_over)
        self._workers.submit(task, lambda came: then(came) if number == self._number else None)

    def _end(self, checked: Checked) -> None:
        then, unmatched = self._then, self._unmatched
        self.stop()
        if then is not None:
            number, self._unmatched = self._number, unmatched
            then(checked)
            if number == self._number:  # else the next question was asked meanwhile
                self._unmatched = False

    def _failed(self, reason: Reason, why: str = "") -> Checked:
        return Checked(self._factor, reason, detail={"why": why} if why else {})

    def _time_over(self) -> None:
        self._end(self._late(sensor=self._ticket is not None))
