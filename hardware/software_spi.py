"""SPI on any four lines of a header, bit by bit, for gpiozero's devices.

gpiozero has one of its own. It asks for a global pin factory, which there is none of here, and it
takes the lines of two headers for one when they have the same numbers.
"""

from threading import Lock
from typing import Final

from gpiozero import InputDevice, OutputDevice
from gpiozero.mixins import SharedMixin
from gpiozero.pins import SPI
from gpiozero.pins.pi import PiFactory, PiPin

BITS: Final = 8


class SoftwareSpi(SPI):  # type: ignore[misc] # gpiozero has no types
    """A bus in mode 0: bits are taken while the clock rises. Nobody but the bus drives it."""

    def __init__(
        self, clock_pin: int, mosi_pin: int, miso_pin: int, select_pin: int, *, pin_factory: PiFactory
    ) -> None:
        """Claim the four lines."""
        self._lines: list[OutputDevice | InputDevice] = []
        self._sent = False
        super().__init__(pin_factory=pin_factory)
        self._lock = Lock()
        try:
            for gpio, high in ((select_pin, True), (clock_pin, False), (mosi_pin, False)):
                self._lines.append(OutputDevice(gpio, initial_value=high, pin_factory=pin_factory))
            # Pulled up, so that a chip that is not there reads as ones, which no chip begins with.
            self._lines.append(InputDevice(miso_pin, pull_up=True, pin_factory=pin_factory))
        except BaseException:
            self.close()
            raise

    @property
    def closed(self) -> bool:
        """Whether the lines were freed."""
        return not self._lines

    def close(self) -> None:
        """Free the lines."""
        while self._lines:
            self._lines.pop().close()
        super().close()

    def transfer(self, data: list[int]) -> list[int]:
        """Send these bytes, and give what came back meanwhile."""
        self._check_open()
        with self._lock:
            select, clock, mosi, miso = (line.pin for line in self._lines)
            select.state = False
            try:
                return [self._byte(byte, clock, mosi, miso) for byte in data]
            finally:
                select.state = True

    def _byte(self, byte: int, clock: PiPin, mosi: PiPin, miso: PiPin) -> int:
        answer = 0
        for place in reversed(range(BITS)):
            bit = bool(byte >> place & 1)
            # Every level is a call to the kernel, and most bits that a converter is sent are zeros.
            if bit is not self._sent:
                mosi.state = self._sent = bit
            clock.state = True
            answer = answer << 1 | bool(miso.state)
            clock.state = False
        return answer

    def _get_bits_per_word(self) -> int:
        return BITS

    def _get_clock_mode(self) -> int:
        return 0


class SharedSoftwareSpi(SharedMixin, SoftwareSpi):  # type: ignore[misc] # gpiozero has no types
    """The same bus for several devices of one header."""

    @classmethod
    def _shared_key(  # gpiozero asks for it with the arguments of the constructor
        cls,
        clock_pin: int,
        mosi_pin: int,  # noqa: ARG003
        miso_pin: int,  # noqa: ARG003
        select_pin: int,
        pin_factory: PiFactory,
    ) -> tuple[PiFactory, int, int]:
        return pin_factory, clock_pin, select_pin
