"""What drives each kind of device: the driver's name, the libraries that it needs, and how those are had.

Nothing is imported here: who only wants to know what is missing has none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from hardware.specs import (
    ContactSpec,
    GpioAnnunciatorSpec,
    MatrixKeypadSpec,
    NfcReaderSpec,
    OsdpAnnunciatorSpec,
    OsdpReaderSpec,
    PcscReaderSpec,
    SimulatedAnnunciatorSpec,
    SimulatedReaderSpec,
    StrikeSpec,
    SupervisedContactSpec,
    UsbKeypadSpec,
    UsbReaderSpec,
    WiegandReaderSpec,
)

DRIVER_OF: Final[Mapping[type, str]] = MappingProxyType(
    {
        PcscReaderSpec: "pcsc",
        NfcReaderSpec: "nfc",
        UsbReaderSpec: "usb",
        UsbKeypadSpec: "usb_keypad",
        MatrixKeypadSpec: "matrix",
        WiegandReaderSpec: "wiegand",
        OsdpReaderSpec: "osdp",
        SimulatedReaderSpec: "simulated",
        ContactSpec: "gpio",
        SupervisedContactSpec: "adc",
        StrikeSpec: "gpio",
        GpioAnnunciatorSpec: "gpio",
        OsdpAnnunciatorSpec: "osdp",
        SimulatedAnnunciatorSpec: "simulated",
    }
)
"""By the spec, for every device that a board can have."""


@dataclass(frozen=True, slots=True)
class Library:
    """A Python library that some devices need."""

    module: str
    """As it is imported."""
    name: str
    """As it is known."""
    remedy: str
    """The command that brings it."""


GPIOD: Final = Library("gpiod", "gpiod", "pip install 'accessctl[pi]'")
CRYPTOGRAPHY: Final = Library("cryptography", "cryptography", "pip install 'accessctl[osdp]'")
"""Opens the file of the readers' keys. No driver needs it: without it, doors go on without those readers."""
_EVDEV: Final = Library(
    "evdev", "evdev", "pip install 'accessctl[usb]' (needs apt install gcc linux-libc-dev python3-dev)"
)

LIBRARIES_OF: Final[Mapping[type, tuple[Library, ...]]] = MappingProxyType(
    {
        PcscReaderSpec: (
            Library(
                "smartcard",
                "pyscard",
                "pip install 'accessctl[pcsc]' (needs apt install pcscd libpcsclite-dev gcc python3-dev)",
            ),
        ),
        NfcReaderSpec: (Library("nfc", "nfcpy", "pip install 'accessctl[nfc]'"),),
        OsdpReaderSpec: (
            Library("osdp", "libosdp", "pip install 'accessctl[osdp]'"),
            Library("serial", "pyserial", "pip install 'accessctl[osdp]'"),
        ),
        UsbReaderSpec: (_EVDEV,),
        UsbKeypadSpec: (_EVDEV,),
    }
)
"""What the driver of each kind of reader imports; a kind that is not in it needs none."""


def library_of(module: str) -> Library | None:
    """Give the library that a reader's driver lacks, by what could not be imported."""
    needed = (library for libraries in LIBRARIES_OF.values() for library in libraries)
    return next((library for library in needed if library.module == module), None)
