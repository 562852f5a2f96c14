"""A strike or magnet on one GPIO line."""

import logging
import time
from threading import Condition, Thread
from typing import Final

from hardware.errors import LineFailed
from hardware.gpio import Header
from hardware.ports import Report
from hardware.signals import DeviceId, StrikeRested
from hardware.specs import StrikeSpec

log = logging.getLogger(__name__)

TRY_AGAIN_S: Final = 1.0
"""When a coil that has to rest cannot be switched off, it is tried again so often."""


class GpioStrike:
    """Drives the relay of one lock. Secured from the first moment it drives the line.

    A coil that may not be energised for long has a thread of its own that switches it off, whatever
    the rest of the process is busy with. It may be energised again at once: how long it rests is up to
    whoever has it released, and one that is told of ``StrikeRested`` has reason to wait.
    """

    def __init__(self, spec: StrikeSpec, header: Header) -> None:
        """Claim the line, secured. Raises ``GpioTaken`` or ``LineFailed``."""
        self.id: DeviceId = spec.id
        self._spec = spec
        self._changed = Condition()
        self._released = False
        self._closed = False
        self._report: Report | None = None
        self._since: float | None = None
        self._line = header.output(spec.gpio, spec.id, high=self._level(released=False))
        self._thread: Thread | None = None
        if spec.longest_energised is not None:
            longest_s = spec.longest_energised.total_seconds()
            self._thread = Thread(
                target=self._keep_cool, args=(longest_s,), name=f"{spec.id} rest", daemon=True
            )
            self._thread.start()

    @property
    def released(self) -> bool:
        """Whether the line is driven so that the leaf is free."""
        return self._released

    def open(self, report: Report) -> None:
        """Have ``StrikeRested`` reported from now on."""
        with self._changed:
            self._report = report

    def release(self) -> None:
        """Free the leaf. Raises ``LineFailed`` when the line cannot be driven, also after ``close``."""
        with self._changed:
            self._line.drive(high=self._level(released=True))
            if not self._released:
                self._released, self._since = True, time.monotonic()
                self._changed.notify()

    def secure(self) -> None:
        """Hold the leaf. Raises ``LineFailed`` when the line cannot be driven, also after ``close``."""
        with self._changed:
            self._line.drive(high=self._level(released=False))
            self._released, self._since = False, None

    def close(self) -> None:
        """Secure the leaf, then leave the line to its pull resistor. Raises ``LineFailed``, yet frees it."""
        with self._changed:
            if self._closed:
                return
            self._closed, self._report = True, None
            self._changed.notify()
        try:
            self.secure()
        finally:
            self._released, self._since = False, None
            self._line.close()
            if self._thread is not None:
                self._thread.join()

    def _level(self, *, released: bool) -> bool:
        return released is self._spec.active_means_released

    def _keep_cool(self, longest_s: float) -> None:
        with self._changed:
            while not self._closed:
                if self._since is None:
                    self._changed.wait()
                elif (left_s := self._since + longest_s - time.monotonic()) > 0:
                    self._changed.wait(left_s)
                else:
                    self._rest(longest_s)

    def _rest(self, after_s: float) -> None:
        try:
            self.secure()
        except LineFailed:
            log.exception("a strike is energised for too long and cannot be switched off")
            self._changed.wait(TRY_AGAIN_S)
            return
        if self._report is not None:
            self._report(StrikeRested(self.id, time.monotonic_ns(), after_s))
