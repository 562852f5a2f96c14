"""What a reader behind pcscd says of itself: where it is plugged in, and what it is.

Asked over a direct connection, which needs no card and keeps nobody else from reading one: for pcscd only an
exclusive connection does that.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smartcard import scard

from hardware.readers.usb_ports import SYSFS, place_of_channel, port_of


@dataclass(frozen=True, slots=True)
class About:
    """What is known of one reader. What it does not say is ``None``."""

    port: str | None = None
    """The USB port as the kernel names it."""
    vendor: str | None = None
    firmware: str | None = None
    serial: str | None = None

    @property
    def words(self) -> dict[str, str]:
        """What it says, for its health page."""
        said = {
            "usb port": self.port,
            "vendor": self.vendor,
            "firmware": self.firmware,
            "serial": self.serial,
        }
        return {word: value for word, value in said.items() if value}


def about(context: int, name: str, sysfs: Path = SYSFS) -> About | None:
    """Ask a reader; ``None`` when it cannot be asked just now."""
    with _connected(context, name) as handle:
        if handle is None:
            return None
        return About(
            port_of_handle(handle, sysfs),
            _text(_attribute(handle, scard.SCARD_ATTR_VENDOR_NAME)),
            _version(_attribute(handle, scard.SCARD_ATTR_VENDOR_IFD_VERSION)),
            _text(_attribute(handle, scard.SCARD_ATTR_VENDOR_IFD_SERIAL_NO)),
        )


def port_of_handle(handle: int, sysfs: Path = SYSFS) -> str | None:
    """Tell the USB port of a reader that one is connected to; ``None`` where it does not say."""
    place = place_of_channel(_number(_attribute(handle, scard.SCARD_ATTR_CHANNEL_ID)))
    return place and port_of(*place, sysfs)


@contextmanager
def _connected(context: int, name: str) -> Iterator[int | None]:
    # No protocol: there may be no card to speak one with.
    result, handle, _ = scard.SCardConnect(context, name, scard.SCARD_SHARE_DIRECT, 0)
    try:
        yield handle if result == scard.SCARD_S_SUCCESS else None
    finally:
        if result == scard.SCARD_S_SUCCESS:
            scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)


def _attribute(handle: int, attribute: int) -> bytes:
    result, value = _answer(scard.SCardGetAttrib(handle, attribute))
    return bytes(value) if result == scard.SCARD_S_SUCCESS else b""


def _answer(answer: tuple[Any, ...]) -> tuple[int, list[int]]:
    return (answer[0], answer[1] if len(answer) > 1 else [])


def _number(value: bytes) -> int:
    return int.from_bytes(value, sys.byteorder)


def _text(value: bytes) -> str | None:
    text = value.rstrip(b"\0").decode("ascii", "replace")
    return "".join(character for character in text if character.isprintable()).strip() or None


def _version(value: bytes) -> str | None:
    """Read 0xMMmmbbbb; a USB reader fills in its bcdDevice, whose digits are decimal."""
    number = _number(value)
    return f"{number >> 24:x}.{number >> 16 & 0xFF:02x}" if number else None
