"""Which USB port is a device plugged into? The kernel names ports by the way there: ``1-1.3``.

A port's name stays the same whatever is plugged in, in whichever order; a device's bus and address change
with every plugging in.
"""

from pathlib import Path
from typing import Final

SYSFS: Final = Path("/sys")
USB_CHANNEL: Final = 0x0020
"""The upper half of a PC/SC channel id on USB (PC/SC part 3, SCARD_ATTR_CHANNEL_ID)."""


def place_of_channel(channel_id: int) -> tuple[int, int] | None:
    """Tell bus and address from a PC/SC channel id; ``None`` for what is not on USB.

    The lower half is ``bbaa`` with pcscd's driver ccid: the bus and the address there. Read in its source;
    no reader on a real USB port was at hand to try it.
    """
    if channel_id >> 16 != USB_CHANNEL:
        return None
    return channel_id >> 8 & 0xFF, channel_id & 0xFF


def port_of(bus: int, address: int, sysfs: Path = SYSFS) -> str | None:
    """Name the port of the device that has this address now; ``None`` when there is none."""
    for device in sorted((sysfs / "bus" / "usb" / "devices").glob("*")):
        # Names with a colon are the interfaces of a device.
        if ":" not in device.name and (_number(device / "busnum"), _number(device / "devnum")) == (
            bus,
            address,
        ):
            return device.name
    return None


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):  # Unplugged between being listed and being asked.
        return None
