"""An MCP3008-kind converter on four lines: eight channels, each a part of the supply voltage."""

from collections.abc import Iterable, Mapping
from typing import Final

from gpiozero import MCP3008
from gpiozero.pins.pi import PiFactory

from hardware.gpio import Header
from hardware.signals import DeviceId
from hardware.specs import AdcSpec

FULL_SCALE: Final = 1023


class Channel(MCP3008):  # type: ignore[misc] # gpiozero has no types
    """One channel, read with the zero bit that the chip sends before its ten bits.

    Where no chip answers, the pulled-up line makes a one of it.
    """

    def _read(self) -> int:
        words = self._spi.transfer(self._send())
        return int(self._words_to_int(words[-2:], self.bits + 1))


class Converter:
    """The channels that are in use, read together."""

    def __init__(self, spec: AdcSpec, channels: Iterable[int], factory: PiFactory) -> None:
        """Claim the lines; ``open_converter`` does it."""
        self._channels: dict[int, Channel] = {}
        try:
            for channel in channels:
                self._channels[channel] = Channel(
                    channel=channel,
                    clock_pin=spec.clock_gpio,
                    mosi_pin=spec.mosi_gpio,
                    miso_pin=spec.miso_gpio,
                    select_pin=spec.select_gpio,
                    pin_factory=factory,
                )
        except BaseException:
            self.close()
            raise

    @property
    def closed(self) -> bool:
        """Whether the lines were freed."""
        return not self._channels

    def read(self) -> Mapping[int, float] | None:
        """Measure every channel, from 0 to 1; ``None`` when the chip does not answer.

        A line that stays low looks like zero everywhere, which no two channels measure at once: their
        wires cannot all be shorted to the last bit.
        """
        values = {channel: device.raw_value for channel, device in self._channels.items()}
        dead = len(values) > 1 and not any(values.values())
        if dead or max(values.values()) > FULL_SCALE:
            return None
        return {channel: value / FULL_SCALE for channel, value in values.items()}

    def close(self) -> None:
        """Free the lines."""
        while self._channels:
            self._channels.popitem()[1].close()


def open_converter(spec: AdcSpec, channels: Iterable[int], header: Header) -> Converter:
    """Claim the converter's lines. Raises ``GpioTaken`` or ``LineFailed``."""
    lines = (spec.clock_gpio, spec.mosi_gpio, spec.miso_gpio, spec.select_gpio)
    owner = DeviceId("the converter")
    return header.claim(lines, owner, lambda factory: Converter(spec, channels, factory))
