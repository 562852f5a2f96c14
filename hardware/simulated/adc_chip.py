"""A converter on the SPI lines of a simulated header, bit for bit as an MCP3008 answers.

After the chip is selected and a one starts the request, it takes one bit for the mode and three for
the channel; with the second falling clock edge after those it sends a zero bit, then ten bits, the
highest first (Microchip DS21295D, figure 5-1).
"""

from typing import Final

from hardware.gpio import SimulatedHeader
from hardware.specs import AdcSpec

REQUEST_BITS: Final = 5
"""Start, mode and channel."""
RESULT_BITS: Final = 10
FULL_SCALE: Final = 1023


class SimulatedAdc:
    """The chip. Its channels measure what ``set`` says."""

    def __init__(self, header: SimulatedHeader, spec: AdcSpec) -> None:
        """Solder it to the lines."""
        self.answers = True
        """Whether it has power."""
        self._header, self._spec = header, spec
        self._levels: dict[int, int] = {}
        self._request: list[bool] = []
        self._clocks = 0
        header.listen(self._wrote)

    def set(self, channel: int, value: float) -> None:
        """Put this part of the supply voltage, from 0 to 1, on a channel."""
        self._levels[channel] = round(value * FULL_SCALE)

    def _wrote(self, gpio: int, high: bool) -> None:  # noqa: FBT001 - the header's callback
        if gpio == self._spec.select_gpio:
            self._request, self._clocks = [], 0
        elif (
            gpio == self._spec.clock_gpio
            and self.answers
            and not self._header.is_high(self._spec.select_gpio)
        ):
            if high:
                self._take(bit=self._header.is_high(self._spec.mosi_gpio))
            else:
                self._send()

    def _take(self, *, bit: bool) -> None:
        if (bit or self._request) and len(self._request) < REQUEST_BITS:
            self._request.append(bit)
        elif self._request:
            self._clocks += 1

    def _send(self) -> None:
        """Put out what the next rising edge reads: the zero bit after the first clock, then the value."""
        if not self._clocks:
            return
        channel = sum(bit << place for place, bit in enumerate(reversed(self._request[2:])))
        place = RESULT_BITS - self._clocks + 1
        bit = place < RESULT_BITS and bool(self._levels.get(channel, 0) >> max(place, 0) & 1)
        self._header.set_circuit(self._spec.miso_gpio, closed=not bit)
