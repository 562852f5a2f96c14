"""The way to a board's lines: the header of a Raspberry Pi, or one in memory."""

from hardware.drivers import GPIOD
from hardware.errors import LibraryMissing
from hardware.gpio_simulated import SimulatedHeader, SteppedClock
from hardware.header import Header, InputLine, OutputLine, PulseLine
from hardware.specs import BoardKind

__all__ = [
    "Header",
    "InputLine",
    "OutputLine",
    "PulseLine",
    "SimulatedHeader",
    "SteppedClock",
    "open_header",
]


def open_header(kind: BoardKind, chip: str | None = None) -> Header:
    """Open the header of this kind of board; ``chip`` is its label where it is not a Raspberry Pi's.

    Raises ``LibraryMissing`` or ``HeaderMissing``.
    """
    if kind is BoardKind.SIMULATED:
        return SimulatedHeader()
    try:
        from hardware.gpiod_factory import GpiodFactory
    except ImportError as error:
        raise LibraryMissing("the GPIO header", GPIOD.name, GPIOD.remedy) from error
    return Header(GpiodFactory(chip))
