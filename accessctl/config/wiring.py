"""The kinds of value that say where a device hangs: lines, channels, ports, and a few bits of a frame."""

import re
from dataclasses import dataclass
from typing import Final

from accessctl.config.kinds import Gpio, Whole
from accessctl.config.reading import Reading, Wrong, as_list, as_text, parent, show
from hardware.card_formats import FORMATS, LONGEST_FRAME, Span

CHANNELS: Final = 8
UART_GPIOS: Final = (14, 15)
"""The lines of the header's own serial port."""
MOST_KEYS_IN_A_LINE: Final = 8
LONGEST_PATH: Final = 255
LAST_UDP_PORT: Final = 65_535

_UART: Final = frozenset({"/dev/ttyAMA0", "/dev/ttyS0", "/dev/serial0"})
_USB_PORT: Final = re.compile(r"[1-9][0-9]{0,2}-[1-9][0-9]{0,2}(\.[1-9][0-9]{0,2}){0,6}")
_DEVICE_FILE: Final = re.compile(r"/dev(/[A-Za-z0-9_:.+-]+)+")
_NFC_SERIAL: Final = re.compile(r"tty:(?P<port>[A-Za-z0-9]+):(pn532|arygon)")
"""The two chips that nfcpy drives on a serial line."""
_NFC_OTHER: Final = re.compile(
    r"usb:[0-9a-f]{4}:[0-9a-f]{4}|usb:[0-9]{3}:[0-9]{3}|udp:[A-Za-z0-9.-]+:(?P<port>[0-9]{1,5})"
)
_BITS: Final = re.compile(r"(?P<first>[0-9]{1,3})(-(?P<last>[0-9]{1,3}))?")


@dataclass(frozen=True, slots=True)
class Gpios:
    """Several lines of the header, in their order."""

    def read(self, value: object, at: str, reading: Reading) -> tuple[int, ...]:
        """Take lines that are free and note those that are not."""
        items = as_list(value)
        if not 1 <= len(items) <= MOST_KEYS_IN_A_LINE:
            raise Wrong(f"must be 1 to {MOST_KEYS_IN_A_LINE} GPIO numbers, not {len(items)}")
        found = []
        for place, item in enumerate(items):
            where = f"{at}[{place}]"
            try:
                found.append(Gpio().read(item, where, reading))
            except Wrong as wrong:
                reading.note(where, wrong.what)
                found.append(0)  # nothing is built from it, and no check finds a line too few
        return tuple(found)


@dataclass(frozen=True, slots=True)
class AdcChannel:
    """A channel of the board's converter."""

    def read(self, value: object, at: str, reading: Reading) -> int:
        """Take one that is free."""
        channel = Whole(0, CHANNELS - 1).read(value, at, reading)
        earlier = reading.claim("adc_channel", channel, parent(at))
        if earlier is not None:
            raise Wrong(f"channel {channel} is already {earlier}")
        return channel


@dataclass(frozen=True, slots=True)
class PartOfSupply:
    """A voltage as a part of the supply's."""

    def read(self, value: object, _at: str, _reading: Reading) -> float:
        """Take a number between 0 and 1."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Wrong(f"must be a part of the supply voltage, not {show(value)}")
        # Not-a-number is within no bounds, so it fails here as well.
        if not 0 < value < 1:
            raise Wrong(f"must be more than 0 and less than 1, not {show(value)}")
        return float(value)


@dataclass(frozen=True, slots=True)
class UsbPort:
    """A USB port, as the kernel names it."""

    def read(self, value: object, at: str, reading: Reading) -> str:
        """Take a port that nothing else is bound to."""
        text = as_text(value)
        if not _USB_PORT.fullmatch(text):
            raise Wrong(f'must be a USB port such as "1-1.3", not {show(text)}')
        earlier = reading.claim("usb_port", text, parent(at))
        if earlier is not None:
            raise Wrong(f"USB port {text} is already {earlier}")
        return text


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial port, by the path of its device file."""

    def read(self, value: object, at: str, reading: Reading) -> str:
        """Take a path under ``/dev`` that nothing else uses."""
        text = as_text(value)
        if len(text) > LONGEST_PATH or not _DEVICE_FILE.fullmatch(text) or "/." in text:
            raise Wrong(
                f'must be the path of a serial port, such as "/dev/serial/by-path/...", not {show(text)}'
            )
        _claim_port(text, at, reading)
        return text


@dataclass(frozen=True, slots=True)
class NfcPath:
    """Where nfcpy finds a reader."""

    def read(self, value: object, at: str, reading: Reading) -> str:
        """Take a path as nfcpy has it, to what nothing else uses."""
        text = as_text(value)
        serial, other = _NFC_SERIAL.fullmatch(text), _NFC_OTHER.fullmatch(text)
        udp_port = int((other and other["port"]) or 1)
        if len(text) > LONGEST_PATH or not (serial or other) or not 0 < udp_port <= LAST_UDP_PORT:
            raise Wrong(
                f'must be such as "tty:AMA0:pn532", "usb:072f:2200" or "usb:001:004", not {show(text)}'
            )
        if serial:
            _claim_port(f"/dev/tty{serial['port']}", at, reading)
            return text
        earlier = reading.claim("nfc", text, parent(at))
        if earlier is not None:
            raise Wrong(f"{show(text)} is already {earlier}")
        return text


@dataclass(frozen=True, slots=True)
class FilePath:
    """The path of a file on this machine. Whether it is there, only that machine can tell."""

    def read(self, value: object, _at: str, _reading: Reading) -> str:
        """Take an absolute path."""
        text = as_text(value)
        if not text.startswith("/") or len(text) > LONGEST_PATH or not text.isprintable():
            raise Wrong(f"must be the whole path of a file, beginning with /, not {show(text)}")
        return text


def _claim_port(path: str, at: str, reading: Reading) -> None:
    port = "/dev/serial0" if path in _UART else path
    earlier = reading.claim("serial port", port, parent(at))
    if earlier is not None:
        raise Wrong(f"{path} is already {earlier}")
    for gpio in UART_GPIOS if path in _UART else ():
        earlier = reading.claim("gpio", gpio, at)
        if earlier is not None:
            raise Wrong(
                f"{path} is on GPIO {UART_GPIOS[0]} and {UART_GPIOS[1]}, and GPIO{gpio} is already {earlier}"
            )


@dataclass(frozen=True, slots=True)
class FormatName:
    """A layout of card numbers: one that is known by name, or one of the site's own."""

    def read(self, value: object, _at: str, reading: Reading) -> str:
        """Take the name of one that is there."""
        text = as_text(value)
        own = reading.names.get("card_formats")
        if own is None or text in FORMATS or text in own:
            return text
        raise Wrong(f"no such card format: {show(text)}{reading.guess(text, (*FORMATS, *own))}")


@dataclass(frozen=True, slots=True)
class BitRun:
    """A run of bits of a frame: its first and its last."""

    def read(self, value: object, at: str, reading: Reading) -> Span:
        """Take ``[1, 8]``."""
        items = as_list(value)
        if len(items) != len(("first", "last")):
            raise Wrong(f"must be the first and the last bit, such as [1, 8], not {len(items)} numbers")
        first, last = (bit_number(item, at, reading) for item in items)
        try:
            return Span(first, last)
        except ValueError as error:
            raise Wrong(str(error)) from error


@dataclass(frozen=True, slots=True)
class BitList:
    """Which bits of a frame a parity covers."""

    def read(self, value: object, _at: str, _reading: Reading) -> tuple[int, ...]:
        """Take ``"1-12"`` or ``"1-4,6"``."""
        text = as_text(value)
        found: list[int] = []
        for part in text.split(","):
            match = _BITS.fullmatch(part.strip())
            last = match and int(match["last"] or match["first"])
            if match is None or last is None or not int(match["first"]) <= last < LONGEST_FRAME:
                raise Wrong(
                    f'must be bits such as "1-12" or "1-4,6", up to {LONGEST_FRAME - 1}, not {show(text)}'
                )
            found.extend(range(int(match["first"]), last + 1))
        return tuple(found)


def bit_number(value: object, at: str, reading: Reading) -> int:
    """Take the number of a bit of a frame. Raises ``Wrong``."""
    return Whole(0, LONGEST_FRAME - 1).read(value, at, reading)
