"""A fingerprint sensor in memory, with the contract of the wired ones, in the thread of the caller.

Nobody is late here: whoever orders something has a clock of their own, and gives it up.
"""

from collections.abc import Callable
from dataclasses import replace

from hardware.fakes_presence import FakePresence
from hardware.fingers.hints import ANOTHER_FINGER, BAD_TOUCH, KNOWN_ALREADY, ONCE_MORE, PLACE
from hardware.signals import (
    DeviceId,
    FingerChecked,
    FingerEnrolled,
    FingerForgotten,
    SensorFailed,
    SensorStep,
)
from hardware.tickets import Enrol, Verify


class FakeFingerSensor(FakePresence):
    """A sensor that searches all it keeps, plugged in until ``lose`` is called. A finger is a name."""

    def __init__(
        self, device: DeviceId, monotonic_ns: Callable[[], int], *, one_by_one: bool = False
    ) -> None:
        """Build it plugged in, keeping nobody's finger. ``one_by_one``: each template wants a touch."""
        super().__init__(device, monotonic_ns)
        self.one_by_one = one_by_one
        self.kept: dict[str, str] = {}
        """The finger under each template's name."""
        self._order: Verify | Enrol | None = None
        self._first: str | None = None

    @property
    def asked(self) -> bool:
        """Whether somebody is to touch it now."""
        return self._order is not None

    def close(self) -> None:
        """Stop reporting."""
        self._report = self._order = None

    def verify(self, ticket: int, templates: tuple[str, ...], within_s: float) -> None:
        """Look at the next finger."""
        self._begin(Verify(self.id, ticket, templates, within_s))

    def enrol(self, ticket: int, template: str, within_s: float) -> None:
        """Learn the finger that touches next, twice."""
        self._begin(Enrol(self.id, ticket, template, within_s))
        if self._order is not None:
            self._tell(SensorStep(self.id, self._now(), ticket, PLACE))

    def forget(self, ticket: int, template: str) -> None:
        """Erase a template, if it is there."""
        self._order = None
        if self._lost is None:
            self.kept.pop(template, None)
            self._tell(FingerForgotten(self.id, self._now(), ticket, template))
        else:
            self._tell(SensorFailed(self.id, self._now(), ticket, self._lost))

    def stop(self, ticket: int) -> None:
        """Stop looking."""
        if self._order is not None and self._order.ticket == ticket:
            self._order = None

    def touch(self, finger: str, *, bad: bool = False) -> None:
        """Have a finger touch the sensor. Nobody looks at one that was not asked for."""
        order = self._order
        if order is None:
            return
        self._book.seen()
        if bad:
            self._tell(SensorStep(self.id, self._now(), order.ticket, BAD_TOUCH))
        elif isinstance(order, Enrol):
            self._learn(order, finger)
        elif self.one_by_one:
            self._compare(order, finger)
        else:
            found = next((name for name, kept in self.kept.items() if kept == finger), None)
            self._found(order, found)

    def _begin(self, order: Verify | Enrol) -> None:
        self._order, self._first = order, None
        if self._lost is not None:
            self._fail(self._lost)

    def _compare(self, order: Verify, finger: str) -> None:
        first, *others = order.templates or ("",)
        if self.kept.get(first) == finger or not others:
            self._found(order, first if self.kept.get(first) == finger else None)
        else:
            self._order = replace(order, templates=tuple(others))
            self._tell(SensorStep(self.id, self._now(), order.ticket, ONCE_MORE, unmatched=True))

    def _found(self, order: Verify, matched: str | None) -> None:
        self._order = None
        self._tell(FingerChecked(self.id, self._now(), order.ticket, matched))

    def _learn(self, order: Enrol, finger: str) -> None:
        if any(kept == finger and name != order.template for name, kept in self.kept.items()):
            self._fail(KNOWN_ALREADY)
        elif self._first is None or self._first != finger:
            hint = ONCE_MORE if self._first is None else ANOTHER_FINGER
            self._first = finger if self._first is None else None
            self._tell(SensorStep(self.id, self._now(), order.ticket, hint))
        else:
            self._order = None
            self.kept[order.template] = finger
            self._tell(FingerEnrolled(self.id, self._now(), order.ticket, order.template))

    def _fail(self, why: str) -> None:
        order, self._order = self._order, None
        if order is not None:
            self._tell(SensorFailed(self.id, self._now(), order.ticket, why))
