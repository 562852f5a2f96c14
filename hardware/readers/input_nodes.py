"""The kernel's input devices that type: which are plugged in, and at which USB port.

All of it is read in sysfs, so that what belongs to somebody else is never opened. A port is the last USB
device on the way to the input device: a keyboard in a hub at our reader's port is not at our reader's port.
"""

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from evdev import InputDevice

from hardware.readers.typed_keys import DIGITS

DEVICES: Final = Path("/dev/input")
SYSFS: Final = Path("/sys")
USB_DEVICE: Final = re.compile(r"\d+-\d+(\.\d+)*")
"""How the kernel names a device by its port: bus, then the port of each hub on the way."""
LONGEST_NAME: Final = 64
LONG_BITS: Final = 8 * struct.calcsize("l")
HEX_WORD: Final = re.compile(r"[0-9a-f]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Something plugged in that can type digits."""

    path: Path
    mark: str
    """Another one each time that something is plugged in, also at the same place."""
    name: str
    """As it calls itself: anything at all, though printable."""
    usb_port: str | None
    """``None`` for what is not on USB."""

    def __str__(self) -> str:
        """Name it for an installer."""
        return f"{self.name} at {f'USB port {self.usb_port}' if self.usb_port else 'no USB port'}"


class InputNodes:
    """Where input devices are found."""

    def __init__(self, devices: Path = DEVICES, sysfs: Path = SYSFS) -> None:
        """Look in these two folders."""
        self._devices, self._sysfs = devices, sysfs

    def keyboards(self) -> list[Keyboard]:
        """List what is plugged in now and can type digits."""
        nodes = sorted((self._sysfs / "class" / "input").glob("event*"))
        return [keyboard for node in nodes if (keyboard := self._keyboard(node)) is not None]

    def take(self, keyboard: Keyboard) -> InputDevice[str]:
        """Open one and grab it, so that its keys reach nobody else. Raises ``OSError``."""
        device = InputDevice(str(keyboard.path), readonly=True)
        try:
            device.grab()
        except BaseException:
            device.close()
            raise
        return device

    def _keyboard(self, node: Path) -> Keyboard | None:
        try:
            place = (node / "device").resolve(strict=True)
            if not _types_digits((place / "capabilities" / "key").read_text()):
                return None
            name = (place / "name").read_text(errors="replace")
        except (OSError, RuntimeError):
            return None  # unplugged between being listed and being asked
        ports = [part for part in place.parts if USB_DEVICE.fullmatch(part)]
        return Keyboard(
            self._devices / node.name, f"{node.name} {place}", _shown(name), ports[-1] if ports else None
        )


def _types_digits(bitmap: str) -> bool:
    """Tell whether digits are in the kernel's bitmap of keys: words of hex, the highest first.

    A word has the size of a ``long``, of this process's kind also where the kernel's is another.
    """
    words = bitmap.split()
    if not all(HEX_WORD.fullmatch(word) for word in words):
        return False
    keys = sum(int(word, 16) << LONG_BITS * place for place, word in enumerate(reversed(words)))
    return any(keys >> code & 1 for code in DIGITS)


def _shown(name: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in name.strip())[:LONGEST_NAME]
