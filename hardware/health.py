"""How a device is: whether it is here, when it last gave a sign of life, and how often it errs.

The device's own thread writes in its book; whoever wants to know reads the page, from any thread and
without waiting. A driver that loops calls ``beat`` in every round: a beat that stays away is how a hang
shows, since a driver that hangs can report nothing.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from types import MappingProxyType
from typing import Final

NS_PER_S: Final = 1_000_000_000
HOUR_NS: Final = 3600 * NS_PER_S
MOST_ERRORS_KEPT: Final = 2_000
"""A reader that babbles errs thousands of times an hour; beyond this many the trend says no more."""


class DeviceState(StrEnum):
    """Whether a device answers."""

    UNSEEN = "unseen"
    """It was not looked for yet."""
    HERE = "here"
    LOST = "lost"


class Trend(StrEnum):
    """How the errors of this hour compare with those of the hour before."""

    NONE = "none"
    STEADY = "steady"
    RISING = "rising"
    FALLING = "falling"


@dataclass(frozen=True, slots=True)
class Health:
    """One page of a device's book. Instants are ``time.monotonic_ns()``; ``None`` means never."""

    state: DeviceState = DeviceState.UNSEEN
    why: str = ""
    """Why it is lost."""
    since_ns: int | None = None
    """Since when it has been in this state."""
    seen_ns: int | None = None
    """Its last sign of life: an answer, a card, a key."""
    beat_ns: int | None = None
    """When its driver last went round."""
    errors_this_hour: int = 0
    errors_hour_before: int = 0
    last_error: str = ""
    restarts: int = 0
    """How often its driver had to be started anew."""
    about: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What it says of itself, in words: ``driver``, ``model``, ``firmware``, ``serial``, ``key``."""

    @property
    def trend(self) -> Trend:
        """Tell where its errors are going."""
        now, before = self.errors_this_hour, self.errors_hour_before
        if not now and not before:
            return Trend.NONE
        if now > 2 * before:
            return Trend.RISING
        return Trend.FALLING if before > 2 * now else Trend.STEADY


class HealthBook:
    """What is known of one device. Every method may be called from any thread."""

    def __init__(self, monotonic_ns: Callable[[], int] = time.monotonic_ns, **about: str) -> None:
        """Begin unseen, with what is known beforehand (``driver="pcsc"``)."""
        self._now = monotonic_ns
        self._lock = Lock()
        self._state, self._why = DeviceState.UNSEEN, ""
        self._since: int | None = None
        self._seen: int | None = None
        self._beat: int | None = None
        self._errors: deque[int] = deque(maxlen=MOST_ERRORS_KEPT)
        self._last_error = ""
        self._restarts = 0
        self._about = dict(about)

    def beat(self) -> None:
        """Note that the driver went round once more, whatever the device does."""
        self._beat = self._now()

    def seen(self) -> None:
        """Note a sign of life of the device itself."""
        self._seen = self._now()

    def here(self) -> None:
        """Note that the device answers."""
        self._be(DeviceState.HERE, "")
        self.seen()

    def lost(self, why: str) -> None:
        """Note that it does not answer any more."""
        self._be(DeviceState.LOST, why)

    def erred(self, why: str) -> None:
        """Note something that went wrong and did not lose the device: a bad frame, a card torn away."""
        with self._lock:
            self._errors.append(self._now())
            self._last_error = why

    def restarted(self) -> None:
        """Note that its driver had to be started anew."""
        with self._lock:
            self._restarts += 1

    def learned(self, **about: str) -> None:
        """Note what the device says of itself; earlier words about the same are replaced."""
        with self._lock:
            self._about |= about

    def page(self) -> Health:
        """Give everything as it is now."""
        now = self._now()
        with self._lock:
            while self._errors and self._errors[0] <= now - 2 * HOUR_NS:
                self._errors.popleft()
            this_hour = sum(at > now - HOUR_NS for at in self._errors)
            return Health(
                self._state,
                self._why,
                self._since,
                self._seen,
                self._beat,
                this_hour,
                len(self._errors) - this_hour,
                self._last_error,
                self._restarts,
                MappingProxyType(dict(self._about)),
            )

    def _be(self, state: DeviceState, why: str) -> None:
        with self._lock:
            if (state, why) != (self._state, self._why):
                if state is not self._state:
                    self._since = self._now()
                self._state, self._why = state, why
