"""The sensors of one access point: which of them answer, who is asked, and which may begin by themselves."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Final

from accessctl.door.gathering import NOBODY_THERE, Checked, Gathers
from accessctl.door.services import Services
from hardware.signals import Signal
from policies.degraded import Condition
from policies.factors import Factor
from policies.people import Holder
from policies.places import AccessPoint, Direction
from policies.reasons import Reason
from policies.tries import LIMITS, Kind, key_of

NO_SENSORS: Final[Mapping[Factor, Gathers]] = MappingProxyType({})
SENSOR_GRACE: Final = timedelta(seconds=5)
"""So much longer than an attempt is a sensor waited for that should have answered by itself."""
LOOK_AGAIN_AFTER: Final = timedelta(seconds=1)
"""How long after somebody was refused a sensor that begins attempts by itself looks again."""
_NOBODY_THERE: Final = frozenset(
    {
        Reason.NO_FINGER,
        Reason.NO_FACE,
        Reason.AUTHENTICATION_UNAVAILABLE,
        Reason.SENSOR_UNAVAILABLE,
    }
)
_STRANGE: Final = {Factor.FINGERPRINT: Reason.WRONG_FINGER, Factor.FACE: Reason.WRONG_FACE}
_NOTHING_SEEN: Final = _NOBODY_THERE | {Reason.NO_BIOMETRIC}


class PointSensors:
    """The finger and face sensors of one access point. Used from the loop's thread."""

    def __init__(
        self,
        point: AccessPoint,
        services: Services,
        gatherers: Mapping[Factor, Gathers],
        offered: Callable[[Checked], bool],
    ) -> None:
        """Take the sensors, and who hears of a finger or face that came by itself.

        ``offered`` tells whether anybody was waiting for it: where not, the sensors look again soon.
        """
        self._point, self._services = point, services
        self._gatherers, self._offered = gatherers, offered
        self._lost: set[Factor] = set()
        self._look = 0
        self._begins = _beginning(point, gatherers)

    @property
    def lost(self) -> frozenset[Factor]:
        """Which of them do not answer."""
        return frozenset(self._lost)

    def has(self, factor: Factor) -> bool:
        """Whether there is a sensor for this factor, lost or not."""
        return factor in self._gatherers

    def lose(self, factor: Factor, why: str) -> None:
        """Remember that no finger, or no face, can be checked here; what was being checked cannot be."""
        self._lost.add(factor)
        self._gatherers[factor].lost(why)
        self._tell_the_rules()

    def regain(self, factor: Factor) -> None:
        """Remember that it answers."""
        self._lost.discard(factor)
        self._tell_the_rules()

    def hear(self, factor: Factor, signal: Signal) -> None:
        """Hand what a sensor reports to whoever asked for it."""
        self._gatherers[factor].hear(signal)

    def ask(self, factor: Factor, holder: Holder | None, then: Callable[[Checked], None]) -> None:
        """Have one of them look for somebody."""
        self._gatherers[factor].ask(holder, then)

    def besides(self, factors: Factor) -> tuple[Factor, ...]:
        """Give which of these are here, lost or not."""
        return tuple(factor for factor in self._gatherers if factor in factors)

    def too_late(self, wanted: Factor, instead: Factor) -> Reason | None:
        """Say what the end of the time comes to: nobody was there, or somebody else.

        Asked before ``stop``. ``None``: neither a finger nor a face was prompted for.
        """
        strange = (self.strange(factor) for factor in self.besides(wanted | instead))
        return next((reason for reason in strange if reason is not None), NOBODY_THERE.get(wanted))

    def strange(self, factor: Factor) -> Reason | None:
        """Say that what was shown to a sensor fits nobody; ``None``: nothing was, or it is answered."""
        return _STRANGE[factor] if self._gatherers[factor].unmatched else None

    def stop(self) -> None:
        """Have all of them look no more."""
        self._look += 1
        self._services.timers.cancel(self._timer)
        for gatherer in self._gatherers.values():
            gatherer.stop()

    # ------------------------------------------------------------ a finger or face that comes by itself

    @property
    def _timer(self) -> tuple[str, str]:
        return ("watch", self._point.id)

    def watch_soon(self) -> None:
        """Look by themselves again in a moment, if any of them may."""
        if self._begins:
            self._services.timers.start(self._timer, LOOK_AGAIN_AFTER, self.watch)

    def watch(self) -> None:
        """Look for a finger or face that nobody has asked for, where one may begin an attempt."""
        if not self._begins:
            return
        if (pause := self._pause()) is not None:
            self._services.timers.start(self._timer, pause, self.watch)
            return
        self._look += 1
        for factor in self._begins:
            if factor not in self._lost:
                self._gatherers[factor].ask(None, partial(self._came, self._look))

    def _came(self, look: int, checked: Checked) -> None:
        if look != self._look:
            return
        if checked.failure in _NOBODY_THERE or not self._offered(checked):
            self.watch_soon()

    def _pause(self) -> timedelta | None:
        """Give how long nobody is to be looked at, after too many who are known to nobody."""
        tries = self._services.executive.warden.memory.tries.get(key_of(Kind.SENSOR, self._point.id))
        now = self._services.clock.now()
        if tries is None or tries.until is None or tries.refusal_at(now, LIMITS[Kind.SENSOR]) is None:
            return None
        return tries.until - now

    def _tell_the_rules(self) -> None:
        """Let the rules know whether a finger or face can be checked here at all."""
        lost = len(self._lost) == len(self._gatherers)
        executive, now = self._services.executive, self._services.clock.now()
        executive.happened(
            lambda: executive.warden.condition(Condition.BIOMETRIC_LOST, self._point.id, now, holds=lost)
        )


def saw_nobody(checked: Checked) -> bool:
    """Whether a sensor that was listened to besides something else has nothing to say."""
    return checked.failure in _NOTHING_SEEN


def _beginning(point: AccessPoint, gatherers: Mapping[Factor, Gathers]) -> tuple[Factor, ...]:
    """Give which sensors may begin an attempt: where a finger or face alone opens, or may come first."""
    if point.direction is Direction.OUT:
        return ()
    alone = {way for asks in (point.asks, *(w.asks for w in point.asks_when)) for way in asks.ways}
    return tuple(
        factor
        for factor, gatherer in gatherers.items()
        if gatherer.identifies and (factor in alone or point.any_order)
    )
