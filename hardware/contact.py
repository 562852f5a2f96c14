"""A dry contact on one GPIO line: position switch, exit request."""

import time
from threading import Lock

from hardware.gpio import Header
from hardware.ports import Report
from hardware.signals import ContactChanged, DeviceId
from hardware.specs import ContactSpec


class GpioContact:
    """Reads one contact to ground. Reports from the thread of the header."""

    def __init__(self, spec: ContactSpec, header: Header) -> None:
        """Claim the line with its pull-up. Raises ``GpioTaken`` or ``LineFailed``."""
        self.id: DeviceId = spec.id
        self._spec = spec
        self._lock = Lock()
        self._report: Report | None = None
        self._told: bool | None = None
        self._line = header.input(spec.gpio, spec.id, debounce_ms=spec.debounce_ms)

    @property
    def active(self) -> bool:
        """What the line says now: leaf open, button pressed. Raises ``LineFailed``, also after ``close``."""
        return self._meaning(circuit_closed=self._line.circuit_closed)

    def open(self, report: Report) -> None:
        """Report ``ContactChanged`` once for the present state, then at every change."""
        with self._lock:
            self._report, self._told = report, None
        # Watching starts before the first look, so that no change falls between the two; what both of
        # them see is told once. No edge is told between looking and telling: it would be the newer one.
        self._line.watch(self._edge)
        with self._lock:
            self._tell(circuit_closed=self._line.circuit_closed, mono_ns=time.monotonic_ns())

    def close(self) -> None:
        """Stop reporting and free the line."""
        with self._lock:
            self._report = None
        self._line.close()

    def _edge(self, circuit_closed: bool, mono_ns: int) -> None:  # noqa: FBT001 - the line's callback
        with self._lock:
            self._tell(circuit_closed=circuit_closed, mono_ns=mono_ns)

    def _tell(self, *, circuit_closed: bool, mono_ns: int) -> None:
        active = self._meaning(circuit_closed=circuit_closed)
        if self._report is not None and active != self._told:
            self._told = active
            self._report(ContactChanged(self.id, mono_ns, active))

    def _meaning(self, *, circuit_closed: bool) -> bool:
        return circuit_closed is not self._spec.normally_closed
