"""A header in memory: gpiozero's mock pins, whose outputs can be watched and whose inputs can be driven."""

import heapq
import time
from collections.abc import Callable
from itertools import count
from typing import Final

from gpiozero.pins import SPI
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.header import Header
from hardware.software_spi import SharedSoftwareSpi, SoftwareSpi

PI_4B: Final = "c03114"
"""The board revision that simulated pins pretend to stand on: the 40-pin header, GPIO0 to GPIO27."""
NS_PER_MS: Final = 1_000_000


class SteppedClock:
    """A clock that stands until it is told to pass; what is due by then happens at its own instant."""

    def __init__(self, now_ns: int = 0) -> None:
        """Start at this instant."""
        self._now_ns = now_ns
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = count()

    def __call__(self) -> int:
        """Tell the time, like ``time.monotonic_ns``."""
        return self._now_ns

    def after(self, wait_ns: int, do: Callable[[], None]) -> None:
        """Have something done once so much time has passed."""
        heapq.heappush(self._due, (self._now_ns + wait_ns, next(self._order), do))

    def pass_ms(self, ms: float) -> None:
        """Let time pass, and what falls due in it happen."""
        end_ns = self._now_ns + int(ms * NS_PER_MS)
        while self._due and self._due[0][0] <= end_ns:
            self._now_ns, _, do = heapq.heappop(self._due)
            do()
        self._now_ns = end_ns


class SimulatedPin(MockPin):  # type: ignore[misc] # gpiozero has no types
    """A mock pin that tells its header of every level that is written to it.

    With a stepped clock it debounces like the kernel: a change counts once it has lasted, and every
    further edge starts that time anew.
    """

    open_drain = False

    def drive_high(self) -> None:
        self._drive(level=True)

    def drive_low(self) -> None:
        self._drive(level=False)

    def _drive(self, *, level: bool) -> None:
        assert self._function == "input"  # noqa: S101 - as the mock pin has it
        clock: SteppedClock | None = self.factory.clock
        if clock is None or not self._bounce:
            self._settle(level=level)
            return
        self._edge = edge = object()
        clock.after(
            int(self._bounce * 1000 * NS_PER_MS),
            lambda: self._settle(level=level) if self._edge is edge else None,
        )

    def _settle(self, *, level: bool) -> None:
        watched = self._when_changed is not None and self._edges in ("both", "rising" if level else "falling")
        if self._change_state(level) and watched:
            self._call_when_changed()

    def _change_state(self, value: bool) -> bool:  # noqa: FBT001 - gpiozero's
        # The mock pin keeps every change for ever, and a converter's clock has thousands a second.
        changed = bool(self.state) is not bool(value)
        self._state = value
        return changed

    def _call_when_changed(self) -> None:
        super(MockPin, self)._call_when_changed(self.factory.ticks(), self._state)

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

    def __init__(self, clock: SteppedClock | None) -> None:
        """Make the pins of one board."""
        super().__init__(revision=PI_4B, pin_class=SimulatedPin)
        self.clock = clock
        self.edge_ns: int | None = None
        self.listeners: list[Callable[[int, bool], None]] = []

    def on_write(self, gpio: int, high: bool) -> None:  # noqa: FBT001 - what happened to which line
        """Tell of a level that was written."""
        for listener in self.listeners:
            listener(gpio, high)

    def _get_spi_class(self, shared: bool, hardware: bool) -> type[SPI]:  # noqa: FBT001 - gpiozero's
        return SharedSoftwareSpi if shared else SoftwareSpi

    def ticks(self) -> int:
        """Tell when the present edge is: nanoseconds of the header's clock."""
        return self.edge_ns if self.edge_ns is not None else (self.clock or time.monotonic_ns)()


class SimulatedHeader(Header):
    """A header whose outputs can be watched and whose inputs can be driven, by GPIO number."""

    def __init__(self, clock: SteppedClock | None = None) -> None:
        """Build a header that is connected to nothing. Without a clock nothing bounces."""
        self._pins = SimulatedFactory(clock)
        super().__init__(self._pins)

    def listen(self, on_write: Callable[[int, bool], None]) -> None:
        """Have every written level told too as (GPIO, high), in the thread that writes it."""
        self._pins.listeners.append(on_write)

    def set_circuit(self, gpio: int, *, closed: bool) -> None:
        """Close or cut the contact at an input; what watches the line is called before this returns."""
        pin = self._pins.pin(gpio)
        (pin.drive_low if closed else pin.drive_high)()

    def pulse(self, gpio: int, at_ns: int | None = None) -> None:
        """Pull a line low and let it go again, at this instant; without one, now."""
        self._pins.edge_ns = at_ns
        try:
            self.set_circuit(gpio, closed=True)
            self.set_circuit(gpio, closed=False)
        finally:
            self._pins.edge_ns = None

    def is_high(self, gpio: int) -> bool:
        """Tell the level of a line, whoever drives it."""
        return bool(self._pins.pin(gpio).state)
