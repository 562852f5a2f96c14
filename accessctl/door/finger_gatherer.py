"""Asks for one finger at one access point: the sensor says which template fits, the store says whose it is.

Rule 1: what a sensor says counts for the order that was given last, and for nobody else.
Rule 2: the store is read anew once a finger fits: whoever was erased meanwhile is not let in by it.
Rule 3: a sensor that fails is no fault of the person. A finger that fits nothing, or somebody else's, is.
Rule 4: who shows such a finger and walks away before the sensor has compared it with all of the person's has
        shown a wrong finger, and not none.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from accessctl.door.asking import SLACK, WITHIN, Asking
from accessctl.door.clock import Clock
from accessctl.door.gathering import Checked
from accessctl.door.timers import Timers
from accessctl.door.workers import Workers
from accessctl.store.biometrics import FINGERPRINT, BiometricReader, FingerRow
from accessctl.store.errors import PeopleUnavailable
from hardware.ports import FingerSensor, Pattern
from hardware.signals import FingerChecked, SensorFailed, SensorStep, Signal
from policies.factors import Factor
from policies.ids import CredentialId, PersonId
from policies.people import Holder
from policies.reasons import Reason

log = logging.getLogger(__name__)


class FingerGatherer(Asking):
    """Gathers ``Factor.FINGERPRINT`` at one access point. Used from the loop's thread."""

    def __init__(
        self,
        sensor: FingerSensor,
        people: BiometricReader,
        timers: Timers,
        workers: Workers,
        clock: Clock,
        show: Callable[[Pattern], None] = lambda _pattern: None,
        *,
        searches: bool,
        within: timedelta = WITHIN,
    ) -> None:
        """Take the sensor and the store. ``searches``: whether the sensor looks among all that it keeps."""
        alone = "this sensor has to be told whose finger it is"
        super().__init__(Factor.FINGERPRINT, sensor, timers, workers, alone=alone)
        self._sensor, self._people, self._searches = sensor, people, searches
        self._clock, self._show, self._within = clock, show, within

    @property
    def identifies(self) -> bool:
        """Whether it can say whose a finger is when nobody has said who they are."""
        return self._searches

    def hear(self, signal: Signal) -> None:
        """Take what the sensor reports to the order that was given last."""
        match signal:
            case SensorStep(ticket=ticket) if ticket == self._ticket:
                self._unmatched = self._unmatched or signal.unmatched
                self._show(Pattern.FINGER_WANTED)
            case SensorFailed(ticket=ticket, why=why) if ticket == self._ticket:
                self._ticket = None
                self._end(self._failed(Reason.SENSOR_UNAVAILABLE, why))
            case FingerChecked(ticket=ticket) if ticket == self._ticket:
                self._ticket, self._unmatched = None, False
                self._judge(signal)
            case _:
                pass

    def _start(self, holder: Holder | None) -> None:
        if holder is None:
            self._look_for(())
            return
        person = holder.person.id
        self._off_the_loop(lambda: self._rows_of(person), self._look_with)

    def _rows_of(self, person: str) -> tuple[FingerRow, ...] | str:
        """Give what counts of a person here, or why nothing does. Off the loop."""
        rows = self._people.fingers_of(person, self.device, self._clock.now())
        return rows or self._people.why_none(person, FINGERPRINT, self.device)

    def _look_with(self, rows: tuple[FingerRow, ...] | str | Exception) -> None:
        if isinstance(rows, Exception):
            self._end(self._unreadable(rows))
        elif isinstance(rows, str):
            self._end(self._failed(Reason.NO_BIOMETRIC, rows))
        else:
            # A sensor that takes one after the other asks for a touch each: the everyday finger comes first.
            self._look_for(tuple(row.template for row in sorted(rows, key=lambda row: row.duress)))

    def _look_for(self, templates: tuple[str, ...]) -> None:
        ticket = self._new_order(self._within)
        # The sensor ends later than we do, so that it is we who say that there was no finger.
        self._sensor.verify(ticket, templates, (self._within + SLACK).total_seconds())

    def _late(self, *, sensor: bool) -> Checked:
        if sensor:
            unmatched, self._unmatched = self._unmatched, False
            return self._failed(_nobodys(self._holder) if unmatched else Reason.NO_FINGER)
        return self._failed(Reason.AUTHENTICATION_UNAVAILABLE, "the people's store did not answer in time")

    def _judge(self, finger: FingerChecked) -> None:
        matched, holder = finger.matched, self._holder
        if matched is None:
            if finger.why:
                self._end(self._failed(Reason.NO_BIOMETRIC, finger.why))
            else:
                self._end(self._failed(_nobodys(holder)))
            return
        self._off_the_loop(
            lambda: self._people.fingers_at(self.device, self._clock.now()),
            lambda rows: self._end_with(matched, rows),
        )

    def _end_with(self, matched: str, rows: tuple[FingerRow, ...] | Exception) -> None:
        if isinstance(rows, Exception):
            self._end(self._unreadable(rows))
            return
        row = next((row for row in rows if row.template == matched), None)
        self._end(self._judged(row))

    def _judged(self, row: FingerRow | None) -> Checked:
        """Say what a finger that fits this row comes to; ``None``: the template is nobody's any more."""
        holder = self._holder
        if row is None:
            return self._failed(_nobodys(holder))
        if holder is not None and row.person != holder.person.id:
            return self._failed(Reason.OTHER_PERSON)
        return Checked(
            self._factor, person=PersonId(row.person), credential=CredentialId(row.id), duress=row.duress
        )

    def _unreadable(self, error: Exception) -> Checked:
        why = str(error) if isinstance(error, PeopleUnavailable) else type(error).__name__
        log.error("no finger can be checked: %s", why)
        return self._failed(Reason.AUTHENTICATION_UNAVAILABLE, why)


def _nobodys(holder: Holder | None) -> Reason:
    return Reason.UNKNOWN_FINGER if holder is None else Reason.WRONG_FINGER
