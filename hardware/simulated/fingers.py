"""The door process's fingerprint sensor in the simulated warehouse.

A finger is a name: ``mila`` fits what was enrolled as ``mila`` and nothing else. What the sensor keeps, the
warehouse keeps, as a real sensor keeps it: a door process that starts anew finds it there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Timer

from hardware.fingers.hints import ANOTHER_FINGER, BAD_TOUCH, KNOWN_ALREADY, NOBODY, ONCE_MORE, PLACE
from hardware.fingers.telling import Telling
from hardware.signals import DeviceId
from hardware.simulated.presence import SimulatedPresence

Keep = Callable[[DeviceId, str, str | None], bool]
"""Have the warehouse keep a finger under a template's name, or nothing; tell whether it was told."""


@dataclass(frozen=True, slots=True)
class _Enrolling:
    ticket: int
    template: str
    first: str | None = None


@dataclass(frozen=True, slots=True)
class _Verifying:
    ticket: int


class SimulatedFingerSensor(SimulatedPresence):
    """A sensor that searches all of its templates."""

    def __init__(self, device: DeviceId, keep: Keep) -> None:
        """Build it lost until the warehouse says otherwise."""
        super().__init__(device, model="simulated fingerprint sensor")
        self._keep = keep
        self._kept: dict[str, str] = {}
        self._order: _Enrolling | _Verifying | None = None
        self._timer: Timer | None = None

    def verify(self, ticket: int, templates: tuple[str, ...], within_s: float) -> None:
        """Look at the next finger, and search all that is kept."""
        del templates  # it reports whichever fits
        with self._lock:
            self._begin(_Verifying(ticket), within_s)

    def enrol(self, ticket: int, template: str, within_s: float) -> None:
        """Learn the finger that touches next, twice."""
        with self._lock:
            self._begin(_Enrolling(ticket, template), within_s)
            if self._order is not None:
                self._answers.step(ticket, PLACE)

    def forget(self, ticket: int, template: str) -> None:
        """Erase a template, if it is there."""
        with self._lock:
            self._end_order()
            if self._lost is None and self._keep(self.id, template, None):
                self._kept.pop(template, None)
                self._answers.forgotten(ticket, template)
            else:
                self._fail(ticket, self._lost or "the simulated warehouse does not answer")

    def stop(self, ticket: int) -> None:
        """Stop looking."""
        with self._lock:
            if self._order is not None and self._order.ticket == ticket:
                self._end_order()

    def be(self, lost: str | None, kept: Mapping[str, str] | None = None) -> None:
        """Be lost for this reason, or with ``None`` be there, keeping these fingers under these names."""
        if kept is not None:
            with self._lock:
                self._kept = dict(kept)
        super().be(lost)

    def touch(self, finger: str, *, bad: bool) -> None:
        """Have a finger touch the sensor. Nobody looks at one that was not asked for."""
        with self._lock:
            order = self._order
            if order is None or self._lost is not None:
                return
            self._book.seen()
            if bad:
                self._book.erred(BAD_TOUCH)
                self._answers.step(order.ticket, BAD_TOUCH)
            elif isinstance(order, _Enrolling):
                self._learn(order, finger)
            else:
                found = next((name for name, kept in self._kept.items() if kept == finger), None)
                self._end_order()
                self._answers.checked(order.ticket, found)

    @property
    def _answers(self) -> Telling:
        return Telling(self.id, self._reporter)

    def _fail_order(self, lost: str) -> None:
        if self._order is not None:
            self._fail(self._order.ticket, lost)

    def _learn(self, order: _Enrolling, finger: str) -> None:
        if any(kept == finger and name != order.template for name, kept in self._kept.items()):
            self._fail(order.ticket, KNOWN_ALREADY)
        elif order.first is None:
            self._order = _Enrolling(order.ticket, order.template, finger)
            self._answers.step(order.ticket, ONCE_MORE)
        elif order.first != finger:
            self._order = _Enrolling(order.ticket, order.template)
            self._answers.step(order.ticket, ANOTHER_FINGER)
        elif self._keep(self.id, order.template, finger):
            self._kept[order.template] = finger
            self._end_order()
            self._answers.enrolled(order.ticket, order.template)
        else:
            self._fail(order.ticket, "the simulated warehouse does not answer")

    def _begin(self, order: _Enrolling | _Verifying, within_s: float) -> None:
        self._end_order()
        if self._lost is not None:
            self._fail(order.ticket, self._lost)
            return
        self._order = order
        self._timer = Timer(within_s, self._be_late, [order.ticket])
        self._timer.daemon = True
        self._timer.start()

    def _be_late(self, ticket: int) -> None:
        with self._lock:
            if self._order is not None and self._order.ticket == ticket:
                self._fail(ticket, NOBODY)

    def _end_order(self) -> None:
        self._order = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fail(self, ticket: int, why: str) -> None:
        self._end_order()
        self._answers.failed(ticket, why)
