"""The GPIO header: hands out each line once. The one place that knows gpiozero.

A header carries its pin factory with it. gpiozero's global ``Device.pin_factory`` is never used: it
would be chosen by an environment variable, and two boards in one test run would share their pins.

Polarity ends here. Above this file a line is *high* or not, a circuit *closed* or not.
"""

import os
from collections.abc import Callable
from typing import Final, TypeVar

from gpiozero import DigitalInputDevice, GPIODevice, OutputDevice
from gpiozero.exc import GPIOPinInUse
from gpiozero.pins.mock import MockFactory, MockPin
from gpiozero.pins.pi import PiFactory

from hardware.errors import GpioTaken, HeaderMissing, LibraryMissing, LineFailed
from hardware.signals import DeviceId
from hardware.specs import BoardKind

Line = TypeVar("Line")

PI_4B: Final = "c03114"
"""The board revision that simulated pins pretend to stand on: the 40-pin header, GPIO0 to GPIO27."""


class OutputLine:
    """One line that we drive."""

    def __init__(self, device: OutputDevice, gpio: int, owner: DeviceId) -> None:
        """Wrap a claimed line; ``Header.output`` does it."""
        self._device, self._gpio, self._owner = device, gpio, owner

    def drive(self, *, high: bool) -> None:
        """Set the level. Raises ``LineFailed``, also after ``close``."""
        try:
            self._device.value = high
        except Exception as error:
            # lgpio has an error class of its own that no factory translates, hence the wide net.
            raise LineFailed(self._gpio, self._owner, str(error)) from error

    def close(self) -> None:
        """Stop driving: the line becomes an input and follows its pull resistor."""
        self._device.close()


class InputLine:
    """One line that reads a dry contact to ground, its pull-up on."""

    def __init__(self, device: DigitalInputDevice, gpio: int, owner: DeviceId) -> None:
        """Wrap a claimed line; ``Header.input`` does it."""
        self._device, self._gpio, self._owner = device, gpio, owner

    @property
    def circuit_closed(self) -> bool:
        """Whether the contact connects the line to ground now. Raises ``LineFailed``."""
        try:
            return bool(self._device.is_active)
        except Exception as error:
            raise LineFailed(self._gpio, self._owner, str(error)) from error

    def watch(self, on_edge: Callable[[bool], None]) -> None:
        """Call with ``circuit_closed`` at every change: in lgpio's thread, or where a mock pin is driven."""
        self._device.when_activated = lambda: on_edge(True)  # noqa: FBT003 - the one fact there is
        self._device.when_deactivated = lambda: on_edge(False)  # noqa: FBT003

    def close(self) -> None:
        """Stop watching and free the line."""
        self._device.close()


class Header:
    """All the lines of one board."""

    def __init__(self, factory: PiFactory) -> None:
        """Take the pins of one factory."""
        self._factory = factory
        # NOTE: the lines are kept here because gpiozero closes a device that nobody refers to any more;
        # a strike's line must not depend on that.
        self._held: dict[int, tuple[DeviceId, GPIODevice]] = {}

    def output(self, gpio: int, owner: DeviceId, *, high: bool) -> OutputLine:
        """Claim a line and drive it, from the first moment on, at this level.

        Raises ``GpioTaken`` when the line has an owner, ``LineFailed`` when it cannot be claimed.

        NOTE: lgpio claims an output low and writes the level after that. A line that starts high is low
        for some microseconds, which is what it was before anybody drove it, and no relay follows.
        """
        device = self._claim(
            gpio, owner, lambda: OutputDevice(gpio, initial_value=high, pin_factory=self._factory)
        )
        return OutputLine(device, gpio, owner)

    def input(self, gpio: int, owner: DeviceId, *, debounce_ms: int) -> InputLine:
        """Claim a line, pull it up and watch it; a change counts once it has lasted ``debounce_ms``.

        Raises ``GpioTaken`` when the line has an owner, ``LineFailed`` when it cannot be claimed.

        NOTE: the kernel debounces real lines; gpiozero's mock pins store the time and never apply it.
        """
        bounce_s = debounce_ms / 1000 or None
        device = self._claim(
            gpio,
            owner,
            lambda: DigitalInputDevice(gpio, pull_up=True, bounce_time=bounce_s, pin_factory=self._factory),
        )
        return InputLine(device, gpio, owner)

    def close(self) -> None:
        """Free every line that is still held. May be called twice."""
        for _, line in self._held.values():
            line.close()
        self._factory.close()

    def _claim(self, gpio: int, owner: DeviceId, make: Callable[[], Line]) -> Line:
        if gpio in self._held:
            raise GpioTaken(gpio, self._held[gpio][0])
        try:
            line = make()
        except GPIOPinInUse as error:
            raise GpioTaken(gpio, "another device of this process") from error
        except Exception as error:
            raise LineFailed(gpio, owner, str(error)) from error
        self._held[gpio] = owner, line
        return line


class SimulatedPin(MockPin):  # type: ignore[misc] # gpiozero has no types
    """A mock pin that tells its header of every level that is written to it."""

    def _set_state(self, value: float) -> None:
        super()._set_state(value)
        self.factory.on_write(self._number, bool(value))

    def _set_function(self, value: str) -> None:
        freed = self._function == "output" and value == "input"
        super()._set_function(value)
        if freed:
            # A real line falls to its pull-down resistor; a mock pin would keep its last level.
            self._change_state(self._pull == "up")
            self.factory.on_write(self._number, bool(self._state))


class SimulatedFactory(MockFactory):  # type: ignore[misc] # gpiozero has no types
    """Mock pins of a Pi 4 whose writes can be listened to."""

    def __init__(self) -> None:
        """Make the pins of one board."""
        super().__init__(revision=PI_4B, pin_class=SimulatedPin)
        self.on_write: Callable[[int, bool], None] = lambda _gpio, _high: None


class SimulatedHeader(Header):
    """A header whose outputs can be watched and whose inputs can be driven, by GPIO number."""

    def __init__(self) -> None:
        """Build a header that is connected to nothing."""
        self._pins = SimulatedFactory()
        super().__init__(self._pins)

    def listen(self, on_write: Callable[[int, bool], None]) -> None:
        """Have every written level told as (GPIO, high), in the thread that writes it."""
        self._pins.on_write = on_write

    def set_circuit(self, gpio: int, *, closed: bool) -> None:
        """Close or cut the contact at an input; what watches the line is called before this returns."""
        pin = self._pins.pin(gpio)
        (pin.drive_low if closed else pin.drive_high)()

    def is_high(self, gpio: int) -> bool:
        """Tell the level of a line, whoever drives it."""
        return bool(self._pins.pin(gpio).state)


def open_header(kind: BoardKind) -> Header:
    """Open the header of this kind of board. Raises ``LibraryMissing`` or ``HeaderMissing``."""
    return SimulatedHeader() if kind is BoardKind.SIMULATED else Header(_lgpio_factory())


def _lgpio_factory() -> PiFactory:
    # lgpio makes a FIFO in its working directory when it is imported, and fails where it may not.
    if runtime := os.environ.get("RUNTIME_DIRECTORY"):
        os.environ.setdefault("LG_WD", runtime.partition(":")[0])
    try:
        from gpiozero.pins.lgpio import LGPIOFactory
    except (ImportError, AttributeError) as error:
        # AttributeError: for Python 3.13 PyPI offers an empty lgpio 0.0.0.2 that imports and does nothing.
        remedy = "apt install python3-lgpio (or, up to Python 3.12: pip install lgpio)"
        raise LibraryMissing("the GPIO header", "lgpio", remedy) from error
    try:
        return LGPIOFactory()
    except Exception as error:
        raise HeaderMissing(str(error)) from error
