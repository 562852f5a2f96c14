"""How a fingerprint sensor answers its orders: one signal for each end of one."""

import time

from hardware.readers.reporter import Reporter
from hardware.signals import (
    DeviceId,
    FingerChecked,
    FingerEnrolled,
    FingerForgotten,
    SensorFailed,
    SensorStep,
)


class Telling:
    """Answers for one sensor, from one open to the close. Every method may be called from any thread."""

    def __init__(self, device: DeviceId, reporter: Reporter | None = None) -> None:
        """Tell by this reporter, which knows whether the sensor was closed; ``None``: it was never opened."""
        self._device, self._reporter = device, reporter

    def step(self, ticket: int, hint: str, *, unmatched: bool = False) -> None:
        """Say what to do next, and whether the finger that was looked at fits nothing so far."""
        if self._reporter is not None:
            self._reporter.tell(SensorStep(self._device, time.monotonic_ns(), ticket, hint, unmatched))

    def checked(self, ticket: int, matched: str | None, why: str = "") -> None:
        """Say which finger it was, if any."""
        if self._reporter is not None:
            self._reporter.tell(FingerChecked(self._device, time.monotonic_ns(), ticket, matched, why))

    def enrolled(self, ticket: int, template: str) -> None:
        """Say that a finger is kept from now on."""
        if self._reporter is not None:
            self._reporter.tell(FingerEnrolled(self._device, time.monotonic_ns(), ticket, template))

    def forgotten(self, ticket: int, template: str) -> None:
        """Say that nothing is kept under this name."""
        if self._reporter is not None:
            self._reporter.tell(FingerForgotten(self._device, time.monotonic_ns(), ticket, template))

    def failed(self, ticket: int, why: str) -> None:
        """Say why it came to nothing. Told also of a sensor that was not seen yet: somebody waits for it."""
        if self._reporter is not None:
            self._reporter.tell_anyway(SensorFailed(self._device, time.monotonic_ns(), ticket, why))
