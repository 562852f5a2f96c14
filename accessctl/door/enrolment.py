"""Enrolling a finger or a face: one session at each sensor, led by an operator who asks how it goes.

Rule 1: while a session goes on at a sensor, nobody is checked there: who needs the sensor is refused as if it
        were away, and a session does not begin while somebody is being checked. A sensor that merely looks
        whether somebody comes looks again after it.
Rule 2: a session ends by itself: after its time, when nobody asks for it any more, and with its sensor.
Rule 3: what a session made and nobody fetched is undone, and so is what one that failed may have left behind.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Final, Protocol

from accessctl.door.gathering import NOBODY_THERE, Checked, Gathers, Then
from accessctl.door.timers import Timers
from accessctl.store.biometrics import PersonKey
from hardware.signals import (
    CardEncoded,
    DeviceId,
    DeviceLost,
    FaceSeen,
    FingerChecked,
    FingerEnrolled,
    FingerForgotten,
    SensorFailed,
    SensorStep,
    Signal,
)
from policies.factors import Factor
from policies.people import Holder
from policies.reasons import Reason

LONGEST: Final = timedelta(minutes=3)
"""So long may a session take in all."""
UNATTENDED: Final = timedelta(seconds=20)
"""So long does a session go on, and its result wait, while nobody asks for it."""
FIRST_TICKET: Final = 1 << 30
"""Sensors are given numbers from here on for sessions, and smaller ones for checks: never the same."""

_OF_SENSORS: Final = (
    *(FingerChecked, FingerEnrolled, FingerForgotten, FaceSeen),
    *(SensorStep, SensorFailed, CardEncoded, DeviceLost),
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a session made, ready to be stored. A face comes sealed; a finger stays in its sensor."""

    kind: Factor
    model: str
    """Which engine made it: what it may be compared with."""
    sealed: bytes | None = field(default=None, repr=False)
    key: PersonKey | None = None
    """The person's key under which it is sealed."""
    sensor: str | None = None
    template: str | None = None
    """The name under which the sensor keeps it."""
    warnings: tuple[str, ...] = ()
    """For the operator, such as that somebody else's is near."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a session made nothing, in words."""

    why: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How a session goes."""

    hint: str
    """What the person should do next."""
    step: int = 0
    """How many steps are done."""
    of: int = 0
    """How many there are, where that is known."""
    outcome: Enrolled | Failed | None = None
    """``None`` while it goes on."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is enrolled, and under which name and key it will be stored."""

    person: str
    biometric: str
    """The id of the row."""
    key: PersonKey


class Session(Protocol):
    """Leads one enrolment at one sensor. Used from the loop's thread; never blocks."""

    @property
    def device(self) -> DeviceId:
        """The sensor or camera that it keeps."""
        ...

    def begin(self, tickets: Callable[[], int]) -> None:
        """Give the first order to the sensor. ``tickets`` gives a new number for each order."""
        ...

    def hear(self, signal: Signal) -> None:
        """Take what the sensor reports. Reports of other tickets than the last order's are not its own."""
        ...

    def stop(self) -> None:
        """Stop the sensor; what was made, or may have been made when it failed, is undone.

        Called once, at the end, unless somebody took what was made.
        """
        ...

    def progress(self) -> Progress:
        """Tell how it goes."""
        ...


class SensorInUse(Exception):
    """Somebody is being enrolled or checked at the sensor already."""


class NoSuchEnrolment(Exception):
    """It never was, or has ended."""


class EnrolmentSessions:
    """Every session that goes on, one at each sensor. Used from the loop's thread."""

    def __init__(self, timers: Timers) -> None:
        """Take what ends them."""
        self._timers = timers
        self._running: dict[str, Session] = {}
        self._checking: dict[DeviceId, list[GivesWay]] = {}
        self._tickets = count(FIRST_TICKET)

    def guard(self, gatherer: Gathers, factor: Factor, device: DeviceId) -> "GivesWay":
        """Give a gatherer that leaves its sensor alone while a session has it."""
        guarded = GivesWay(gatherer, factor, device, self)
        self._checking.setdefault(device, []).append(guarded)
        return guarded

    def holds(self, device: DeviceId) -> bool:
        """Whether a session goes on at this sensor."""
        return any(session.device == device for session in self._running.values())

    def in_use(self, device: DeviceId) -> bool:
        """Whether a session goes on at this sensor, or somebody is being checked."""
        return self.holds(device) or any(guarded.checking for guarded in self._checking.get(device, ()))

    def ticket(self) -> int:
        """Give a number for an order to a sensor."""
        return next(self._tickets)

    def begin(self, id_: str, session: Session) -> Progress:
        """Begin a session under an id that no other has. Raises ``SensorInUse``."""
        if id_ in self._running:
            raise SensorInUse("an enrolment of this name goes on already")
        if self.in_use(session.device):
            raise SensorInUse(f"somebody is being enrolled or checked at {session.device}; try again")
        self._running[id_] = session
        for guarded in self._checking.get(session.device, ()):
            guarded.give_way()
        try:
            session.begin(self.ticket)
        except Exception:
            self._end(id_)
            raise
        self._timers.start(("enrolment", id_), LONGEST, lambda: self._end(id_))
        self._attend(id_)
        return session.progress()

    def ask(self, id_: str) -> Progress:
        """Tell how a session goes, and keep it going. What has an outcome waits to be taken.

        Raises ``NoSuchEnrolment``.
        """
        session = self._of(id_)
        self._attend(id_)
        return session.progress()

    def take(self, id_: str) -> Progress:
        """Tell how a session went and let go of it: what it made is the caller's now, and is not undone.

        A session without an outcome goes on; one that failed is stopped. Raises ``NoSuchEnrolment``.
        """
        progress = self.ask(id_)
        if isinstance(progress.outcome, Failed):
            self._end(id_)
        elif progress.outcome is not None:
            self._forget(id_)
        return progress

    def goes_on(self, id_: str) -> bool:
        """Whether there is such a session."""
        return id_ in self._running

    def stop(self, id_: str) -> None:
        """End a session before its time. One that has ended is left alone."""
        self._end(id_)

    def hear(self, signal: Signal) -> bool:
        """Hand what a sensor reports of its orders to the session that has it; tells whether there is one.

        A pass that a camera reads meanwhile is no concern of a session.
        """
        if not isinstance(signal, _OF_SENSORS):
            return False
        for session in tuple(self._running.values()):
            if session.device == signal.device:
                session.hear(signal)
                return True
        return False

    def stop_all(self) -> None:
        """End them all: the process stops."""
        for id_ in tuple(self._running):
            self._end(id_)

    def _of(self, id_: str) -> Session:
        session = self._running.get(id_)
        if session is None:
            raise NoSuchEnrolment("there is no such enrolment; it may have ended for want of time")
        return session

    def _attend(self, id_: str) -> None:
        self._timers.start(("unattended enrolment", id_), UNATTENDED, lambda: self._end(id_))

    def _end(self, id_: str) -> None:
        session = self._forget(id_)
        if session is not None:
            try:
                session.stop()
            except Exception:
                log.exception("the enrolment at %s could not be stopped", session.device)

    def _forget(self, id_: str) -> Session | None:
        self._timers.cancel(("enrolment", id_))
        self._timers.cancel(("unattended enrolment", id_))
        return self._running.pop(id_, None)


class GivesWay:
    """A gatherer that leaves its sensor alone while an enrolment has it."""

    def __init__(
        self, gatherer: Gathers, factor: Factor, device: DeviceId, sessions: EnrolmentSessions
    ) -> None:
        """Take the gatherer, what it gathers where, and who may be enrolling there."""
        self._gatherer, self._factor, self._device, self._sessions = gatherer, factor, device, sessions
        self._then: Then | None = None
        """Whom to tell, while the gatherer is asked."""
        self.checking = False
        """Whether a person stands there who is being checked; looking whether one comes is no check."""

    @property
    def identifies(self) -> bool:
        """Whether it can say whose a finger or face is when nobody has said who they are."""
        return self._gatherer.identifies

    @property
    def unmatched(self) -> bool:
        """Whether something was shown since ``ask`` that fits nobody so far, and no answer says so."""
        return self._gatherer.unmatched

    def ask(self, holder: Holder | None, then: Then) -> None:
        """Ask for the factor, unless the sensor is taken."""
        self.stop()
        if self._sessions.holds(self._device):
            then(self._taken(looking=holder is None))
            return
        self._then, self.checking = then, holder is not None
        self._gatherer.ask(holder, lambda checked: self._done(then, checked))

    def give_way(self) -> None:
        """Look no more whether somebody comes."""
        then = self._then
        if then is not None and not self.checking:
            self.stop()
            then(self._taken(looking=True))

    def stop(self) -> None:
        """Ask no more."""
        if self._then is not None:  # else it may be a session that has the sensor
            self._then, self.checking = None, False
            self._gatherer.stop()

    def hear(self, signal: Signal) -> None:
        """Take what the sensor reports, unless it reports to a session."""
        if not self._sessions.holds(self._device):
            self._gatherer.hear(signal)

    def lost(self, why: str) -> None:
        """Hear that the sensor is gone."""
        self._gatherer.lost(why)

    def _done(self, then: Then, checked: Checked) -> None:
        if self._then is then:
            self._then, self.checking = None, False
            then(checked)

    def _taken(self, *, looking: bool) -> Checked:
        if looking:
            return Checked(self._factor, NOBODY_THERE[self._factor])
        why = {"why": "somebody is being enrolled at the sensor"}
        return Checked(self._factor, Reason.SENSOR_UNAVAILABLE, detail=why)
