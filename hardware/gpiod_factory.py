"""gpiozero's pins on the kernel's GPIO character device, through libgpiod's own Python bindings.

The kernel debounces, stamps every edge with ``CLOCK_MONOTONIC``, and gives a line to one process only.
The chip is found by its label: the numbers of ``/dev/gpiochip*`` change with the model and the kernel.
"""

import errno
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from glob import glob
from pathlib import Path
from threading import Lock
from typing import Final

import gpiod
from gpiod.line import Bias, Direction, Drive, Edge, Value
from gpiozero.exc import PinFixedPull, PinInvalidFunction, PinSetInput
from gpiozero.pins import SPI
from gpiozero.pins.pi import PiFactory, PinInfo, PiPin

from hardware.errors import HeaderMissing
from hardware.gpiod_edges import EdgeThread, KernelEdge
from hardware.software_spi import SharedSoftwareSpi, SoftwareSpi

log = logging.getLogger(__name__)

PI_HEADERS: Final = ("pinctrl-bcm2711", "pinctrl-rp1", "pinctrl-bcm2835")
"""The labels of the 40-pin header: Pi 4, Pi 5, and those before them, the Zero 2 W among them."""
PI_4B: Final = 0xC03114
"""Which board the factory says it is: every 40-pin header has GPIO0 to GPIO27 at the same offsets."""
CONSUMER: Final = "accessctl"
EVENTS_KEPT: Final = 1024
"""How many edges the kernel keeps for each line while nobody reads: some 30 Wiegand cards."""
CHIPS: Final = "/dev/gpiochip*"
PERSISTENCE: Final = "/sys/module/pinctrl_*/parameters/persist_gpio_outputs"

_BIASES: Final = {"up": Bias.PULL_UP, "down": Bias.PULL_DOWN, "floating": Bias.DISABLED}
_EDGES: Final = {"both": Edge.BOTH, "rising": Edge.RISING, "falling": Edge.FALLING, "none": Edge.NONE}


class GpiodPin(PiPin):  # type: ignore[misc] # gpiozero has no types
    """One line of the chip, claimed when it gets its function and free again once it is closed."""

    factory: "GpiodFactory"

    def __init__(self, factory: "GpiodFactory", info: PinInfo) -> None:
        """Stand for a line that nobody has claimed yet."""
        super().__init__(factory, info)
        self.open_drain = False
        self._lock = Lock()  # gpiod's requests are not to be used from two threads at once
        self._request: gpiod.LineRequest | None = None
        self._settings = gpiod.LineSettings(direction=Direction.INPUT)
        self._edges = "both"

    def close(self) -> None:
        """Stop driving and watching, and give the line back."""
        self.when_changed = None
        with self._lock:
            if self._request is None:
                return
            request, self._request = self._request, None
            try:
                if self._settings.direction is Direction.OUTPUT:
                    # Some kernels leave a line that is given back as it was driven last.
                    request.reconfigure_lines({self._number: gpiod.LineSettings(direction=Direction.INPUT)})
            finally:
                self._settings = gpiod.LineSettings(direction=Direction.INPUT)
                self.open_drain = False
                request.release()

    def output_with_state(self, state: bool) -> None:  # noqa: FBT001 - as gpiozero has it
        """Claim the line and drive it at this level, with no other level before it."""
        self._apply(
            gpiod.LineSettings(
                direction=Direction.OUTPUT,
                drive=Drive.OPEN_DRAIN if self.open_drain else Drive.PUSH_PULL,
                output_value=Value(bool(state)),
            )
        )

    def edges_since(self) -> list[KernelEdge]:
        """Take the edges that the kernel has kept since the last time; never waits."""
        with self._lock:
            if self._request is None or not self._request.wait_edge_events(0):
                return []
            return [
                KernelEdge(event.timestamp_ns, self, event.event_type is event.Type.RISING_EDGE)
                for event in self._request.read_edge_events()
            ]

    def tell(self, edge: KernelEdge) -> None:
        """Call whoever watches this line, in the thread of the edges."""
        reference = self._when_changed  # read once: another thread may be closing the line
        watching = reference and reference()
        if watching is not None:
            watching(edge.mono_ns, edge.high)

    def _apply(self, settings: gpiod.LineSettings) -> None:
        with self._lock:
            if self._request is None:
                self._request = self.factory.request(self._number, settings)
            else:
                self._request.reconfigure_lines({self._number: settings})
            self._settings = settings

    def _claimed(self) -> gpiod.LineRequest:
        if self._request is None:
            raise PinInvalidFunction(f"{self!r} is not claimed")
        return self._request

    def _get_function(self) -> str:
        return "output" if self._settings.direction is Direction.OUTPUT else "input"

    def _set_function(self, value: str) -> None:
        if value == "output":
            self.output_with_state(False)  # noqa: FBT003 - as gpiozero has it
        else:
            self._apply(gpiod.LineSettings(direction=Direction.INPUT))

    def _get_state(self) -> bool:
        with self._lock:
            return self._claimed().get_value(self._number) is Value.ACTIVE

    def _set_state(self, value: float) -> None:
        if self._get_function() == "input":
            raise PinSetInput(f"cannot set state of pin {self!r}")
        with self._lock:
            self._claimed().set_value(self._number, Value(bool(value)))

    def _get_pull(self) -> str:
        return next((name for name, bias in _BIASES.items() if bias is self._settings.bias), "floating")

    def _set_pull(self, value: str) -> None:
        if self.info.pull not in (value, ""):
            raise PinFixedPull(f"{self!r} has a pull-{self.info.pull} resistor of its own")
        self._apply(replace(self._settings, bias=_BIASES[value]))

    def _get_bounce(self) -> float | None:
        return self._settings.debounce_period.total_seconds() or None

    def _set_bounce(self, value: float | None) -> None:
        self._apply(replace(self._settings, debounce_period=timedelta(seconds=value or 0)))

    def _get_edges(self) -> str:
        return self._edges

    def _set_edges(self, value: str) -> None:
        self._edges = value
        if self._settings.edge_detection is not Edge.NONE:
            self._enable_event_detect()

    def _enable_event_detect(self) -> None:
        self._apply(replace(self._settings, edge_detection=_EDGES[self._edges]))
        with self._lock:
            self.factory.edges.watch(self._claimed().fd, self)

    def _disable_event_detect(self) -> None:
        with self._lock:
            if self._request is not None:
                self.factory.edges.leave(self._request.fd)


class GpiodFactory(PiFactory):  # type: ignore[misc] # gpiozero has no types
    """The pins of one GPIO chip, under the numbers of a Raspberry Pi's header."""

    def __init__(self, chip: str | None = None) -> None:
        """Find the chip by its label; ``None`` takes a Pi's header. Raises ``HeaderMissing``."""
        super().__init__()
        self.pin_class = GpiodPin
        self._chip = _chip_labelled(PI_HEADERS if chip is None else (chip,))
        self.edges = EdgeThread()
        warn_of_persistence()

    def close(self) -> None:
        """Give every line back and end the thread of the edges."""
        super().close()
        self.edges.close()
        self._chip.close()

    def request(self, gpio: int, settings: gpiod.LineSettings) -> gpiod.LineRequest:
        """Claim one line for this process alone. Raises ``OSError``, ``EBUSY`` when another one has it."""
        try:
            return self._chip.request_lines(
                {gpio: settings}, consumer=CONSUMER, event_buffer_size=EVENTS_KEPT
            )
        except OSError as error:
            if error.errno == errno.EBUSY:
                raise OSError(error.errno, "another process has the line") from error
            raise

    def ticks(self) -> int:
        """Tell the time as the kernel stamps edges."""
        return time.monotonic_ns()

    def ticks_diff(self, later: int, earlier: int) -> float:
        """Tell the seconds between two instants."""
        return (later - earlier) / 1e9

    def _get_revision(self) -> int:
        return PI_4B

    def _get_spi_class(self, shared: bool, hardware: bool) -> type[SPI]:  # noqa: FBT001 - gpiozero's
        return SharedSoftwareSpi if shared else SoftwareSpi


def _chip_labelled(labels: Sequence[str]) -> gpiod.Chip:
    """Open the chip with one of these labels, the first of them before the others."""
    found: dict[str, str] = {}
    barred: list[str] = []
    paths = sorted(glob(CHIPS))  # noqa: PTH207 - the names go to libgpiod as they are
    for path in paths:
        try:
            with gpiod.Chip(path) as chip:
                found.setdefault(chip.get_info().label, path)
        except PermissionError:
            barred.append(path)
        except OSError as error:
            log.warning("%s cannot be asked for its label: %s", path, error)
    for label in labels:
        if label in found:
            return gpiod.Chip(found[label])
    if not paths:
        raise HeaderMissing(f"there is no {CHIPS}")
    if barred:
        raise HeaderMissing(f"no permission for {', '.join(barred)}; is this user in the group gpio?")
    there = ", ".join(sorted(found)) or "none"
    raise HeaderMissing(f"no GPIO chip is labelled {' or '.join(labels)}; there is: {there}")


def warn_of_persistence() -> None:
    """Warn where lines keep their level when the process that drove them dies."""
    for parameter in glob(PERSISTENCE):  # noqa: PTH207 - the pattern is absolute
        if Path(parameter).read_text().strip() == "Y":
            log.warning(
                "this kernel leaves a line driven when its process dies: a door that is released then stays "
                "released until the process is back; put dtparam=strict_gpiod into config.txt"
            )
            return
