"""A strike or magnet on one GPIO line."""

from hardware.gpio import Header
from hardware.signals import DeviceId
from hardware.specs import StrikeSpec


class GpioStrike:
    """Drives the relay of one lock. Secured from the first moment it drives the line."""

    def __init__(self, spec: StrikeSpec, header: Header) -> None:
        """Claim the line, secured. Raises ``GpioTaken`` or ``LineFailed``."""
        self.id: DeviceId = spec.id
        self._spec = spec
        self._released = False
        self._closed = False
        self._line = header.output(spec.gpio, spec.id, high=self._level(released=False))

    @property
    def released(self) -> bool:
        """Whether the line is driven so that the leaf is free."""
        return self._released

    def release(self) -> None:
        """Free the leaf. Raises ``LineFailed`` when the line cannot be driven, also after ``close``."""
        self._line.drive(high=self._level(released=True))
        self._released = True

    def secure(self) -> None:
        """Hold the leaf. Raises ``LineFailed`` when the line cannot be driven, also after ``close``."""
        self._line.drive(high=self._level(released=False))
        self._released = False

    def close(self) -> None:
        """Secure the leaf, then leave the line to its pull resistor. Raises ``LineFailed``, yet frees it."""
        if self._closed:
            return
        self._closed = True
        try:
            self.secure()
        finally:
            self._released = False
            self._line.close()

    def _level(self, *, released: bool) -> bool:
        return released is self._spec.active_means_released
