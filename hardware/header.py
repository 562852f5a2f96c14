"""The GPIO header: hands out each line once. The one place that knows gpiozero's devices.

A header carries its pin factory with it. gpiozero's global ``Device.pin_factory`` is never used: it
would be chosen by an environment variable, and two boards in one test run would share their pins.
A factory's ticks are nanoseconds of ``time.monotonic_ns()``, the kernel's own where it gives them.

Polarity ends here. Above this file a line is *high* or not, a circuit *closed* or not.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from gpiozero import InputDevice, OutputDevice
from gpiozero.exc import GPIOPinInUse
from gpiozero.pins.pi import PiFactory

from hardware.errors import GpioTaken, LineFailed
from hardware.signals import DeviceId


class Closable(Protocol):
    """What holds lines, and frees them."""

    @property
    def closed(self) -> bool:
        """Whether they were freed."""
        ...

    def close(self) -> None:
        """Free the lines. May be called twice."""
        ...


Line = TypeVar("Line", bound=Closable)


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
            # What the kernel and gpiozero raise here has no common class, hence the wide net.
            raise LineFailed(self._gpio, self._owner, str(error)) from error

    def close(self) -> None:
        """Stop driving: the line becomes an input and follows its pull resistor. Raises ``LineFailed``."""
        try:
            self._device.close()
        except Exception as error:
            raise LineFailed(self._gpio, self._owner, str(error)) from error


class InputLine:
    """One line that reads a dry contact to ground, its pull-up on."""

    def __init__(self, device: InputDevice, gpio: int, owner: DeviceId) -> None:
        """Wrap a claimed line; ``Header.input`` does it."""
        self._device, self._gpio, self._owner = device, gpio, owner
        self._on_edge: Callable[[bool, int], None] = lambda _closed, _mono_ns: None

    @property
    def circuit_closed(self) -> bool:
        """Whether the contact connects the line to ground now. Raises ``LineFailed``."""
        try:
            return bool(self._device.is_active)
        except Exception as error:
            raise LineFailed(self._gpio, self._owner, str(error)) from error

    def watch(self, on_edge: Callable[[bool, int], None]) -> None:
        """Call at every change with ``circuit_closed`` and when that was.

        In the header's thread, or where a simulated pin is driven. Raises ``LineFailed``.
        """
        self._on_edge = on_edge
        try:
            # gpiozero refers to the method weakly: whoever holds this line keeps it watched.
            self._device.pin.when_changed = self._changed
        except Exception as error:
            raise LineFailed(self._gpio, self._owner, str(error)) from error

    def close(self) -> None:
        """Stop watching and free the line."""
        self._device.close()

    def _changed(self, mono_ns: int, high: bool) -> None:  # noqa: FBT001 - gpiozero's callback
        self._on_edge(not high, mono_ns)


class PulseLine:
    """One line that others pull low for microseconds, its pull-up on and no debounce."""

    def __init__(
        self, device: InputDevice, gpio: int, owner: DeviceId, on_pulse: Callable[[int], None]
    ) -> None:
        """Wrap a claimed line; ``Header.pulses`` does it."""
        self._device, self._gpio, self._owner = device, gpio, owner
        self._on_pulse = on_pulse
        device.pin.edges = "falling"
        device.pin.when_changed = self._fell

    @property
    def low(self) -> bool:
        """Whether the line is pulled low now. Raises ``LineFailed``."""
        try:
            return bool(self._device.is_active)
        except Exception as error:
            raise LineFailed(self._gpio, self._owner, str(error)) from error

    def close(self) -> None:
        """Stop watching and free the line."""
        self._device.close()

    def _fell(self, mono_ns: int, _high: bool) -> None:  # noqa: FBT001 - gpiozero's callback
        self._on_pulse(mono_ns)


class Header:
    """All the lines of one board."""

    def __init__(self, factory: PiFactory) -> None:
        """Take the pins of one factory."""
        self._factory = factory
        # NOTE: the lines are kept here because gpiozero closes a device that nobody refers to any more;
        # a strike's line must not depend on that.
        self._held: dict[int, tuple[DeviceId, Closable]] = {}

    def output(self, gpio: int, owner: DeviceId, *, high: bool, open_drain: bool = False) -> OutputLine:
        """Claim a line and drive it, from the first moment on, at this level.

        High is not driven at all with ``open_drain``, for lines that others pull low too.
        Raises ``GpioTaken`` when the line has an owner, ``LineFailed`` when it cannot be claimed.
        """

        def make(factory: PiFactory) -> OutputDevice:
            factory.pin(gpio).open_drain = open_drain
            return OutputDevice(gpio, initial_value=high, pin_factory=factory)

        return OutputLine(self.claim([gpio], owner, make), gpio, owner)

    def input(self, gpio: int, owner: DeviceId, *, debounce_ms: int) -> InputLine:
        """Claim a line, pull it up and watch it; a change counts once it has lasted ``debounce_ms``.

        Raises ``GpioTaken`` when the line has an owner, ``LineFailed`` when it cannot be claimed.
        """

        def make(factory: PiFactory) -> InputDevice:
            device = InputDevice(gpio, pull_up=True, pin_factory=factory)
            device.pin.bounce = debounce_ms / 1000 or None
            return device

        return InputLine(self.claim([gpio], owner, make), gpio, owner)

    def pulses(self, gpio: int, owner: DeviceId, on_pulse: Callable[[int], None]) -> PulseLine:
        """Claim a line, pull it up, and call at every falling edge with its instant in nanoseconds.

        In the header's thread, in the order of their instants over all lines, or where a simulated pin
        is driven. Raises ``GpioTaken`` when the line has an owner, ``LineFailed`` when it cannot be claimed.
        """
        device = self.claim(
            [gpio], owner, lambda factory: InputDevice(gpio, pull_up=True, pin_factory=factory)
        )
        try:
            return PulseLine(device, gpio, owner, on_pulse)
        except Exception as error:
            device.close()
            raise LineFailed(gpio, owner, str(error)) from error

    def claim(self, gpios: Sequence[int], owner: DeviceId, make: Callable[[PiFactory], Line]) -> Line:
        """Have a device made of these lines. Raises ``GpioTaken`` or ``LineFailed``."""
        for gpio in gpios:
            if gpio in self._held and not self._held[gpio][1].closed:
                raise GpioTaken(gpio, self._held[gpio][0])
        try:
            line = make(self._factory)
        except GPIOPinInUse as error:
            raise GpioTaken(gpios[0], "another device of this process") from error
        except Exception as error:
            raise LineFailed(gpios[0], owner, str(error)) from error
        self._held |= dict.fromkeys(gpios, (owner, line))
        return line

    def close(self) -> None:
        """Free every line that is still held. May be called twice."""
        for _, line in self._held.values():
            line.close()
        self._factory.close()
