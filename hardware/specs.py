"""What a board consists of, as plain values: made from the site file, and devices are built from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hardware.card_formats import CardFormat
from hardware.patterns import STEPS, Step
from hardware.ports import Pattern
from hardware.signals import DeviceId


class BoardKind(StrEnum):
    """On what the lines and readers stand."""

    PI = "pi"
    """A Raspberry Pi's own header, through gpiozero and the kernel's GPIO character device."""
    SIMULATED = "simulated"
    """gpiozero's mock pins, wired to a simulated warehouse in a process of its own."""


class LockKind(StrEnum):
    """What the lock does when its power fails."""

    FAIL_SECURE = "fail_secure"
    """Locked without power: most strikes."""
    FAIL_SAFE = "fail_safe"
    """Unlocked without power: magnets, and strikes on escape routes."""


class Unattended(StrEnum):
    """What the door does while no software drives its line: before start, after a crash, after a stop."""

    SECURED = "secured"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class StrikeSpec:
    """One lock and the line that drives its relay.

    The line is active while the door is released. So a line that nobody drives leaves the door
    secured, whichever way the lock fails: a fail-secure strike hangs on the relay's normally open
    contact, a fail-safe magnet on the normally closed one. Only where ``unattended`` says released
    (which a fail-secure lock cannot be) is it the other way round: the line is active while secured.

    Active means high. Nobody drives the line before the start and after a crash, so it needs a
    pull-down resistor of its own: a Pi pulls GPIO0 to GPIO8 up at boot, GPIO2 and GPIO3 always.
    """

    id: DeviceId
    gpio: int
    lock: LockKind = LockKind.FAIL_SECURE
    unattended: Unattended = Unattended.SECURED
    longest_energised: timedelta | None = None
    """So long may the coil of a fail-secure strike be energised at a time before it gets too hot; then it is
    switched off, whatever holds the door released. ``None`` for one that is made for continuous duty."""

    def __post_init__(self) -> None:
        """Refuse what no wiring can do."""
        if self.lock is LockKind.FAIL_SAFE and self.longest_energised is not None:
            raise ValueError("a fail-safe lock is energised while it holds, so it has no longest time")
        if self.lock is LockKind.FAIL_SECURE and self.unattended is Unattended.RELEASED:
            raise ValueError("a fail-secure lock is locked without power, so never released unattended")

    @property
    def active_means_released(self) -> bool:
        """Whether an active line frees the leaf."""
        return self.unattended is Unattended.SECURED


@dataclass(frozen=True, slots=True)
class ContactSpec:
    """One dry contact between a line and ground, read with the pull-up on."""

    id: DeviceId
    gpio: int
    normally_closed: bool = False
    """Whether the contact is closed while nothing happens. Position switches are (a cut wire then
    reads as an open leaf); buttons are not."""
    debounce_ms: int = 20


@dataclass(frozen=True, slots=True)
class SupervisedContactSpec:
    """One contact with two end-of-line resistors on a channel of the board's ADC.

    With the resistors, four things can be told apart: at rest, active, wires shorted, wires cut. The bands
    are parts of the supply voltage, from 0 to 1, in this order: shorted is below ``low``, one state is up to
    ``middle``, the other up to ``high``, above that the wires are cut.
    """

    id: DeviceId
    channel: int
    normally_closed: bool = False
    """Whether the contact is closed while nothing happens; closed reads lower than open."""
    low: float = 0.15
    middle: float = 0.42
    high: float = 0.85
    debounce_ms: int = 20


@dataclass(frozen=True, slots=True)
class AdcSpec:
    """An MCP3008-kind converter: eight channels of ten bits, on four GPIO lines."""

    clock_gpio: int = 11
    mosi_gpio: int = 10
    miso_gpio: int = 9
    select_gpio: int = 8


@dataclass(frozen=True, slots=True)
class GpioAnnunciatorSpec:
    """Light and buzzer of one reader on GPIO lines; a line that is not there is ``None``."""

    id: DeviceId
    green_gpio: int | None = None
    red_gpio: int | None = None
    buzzer_gpio: int | None = None
    active_low: bool = False
    """Whether a lamp is on while its line is low, as with most Wiegand readers."""


class CardProof(StrEnum):
    """What a card can prove, so that no copy of it passes."""

    PKOC = "pkoc"
    """A private key of its own (PSIA Public Key Open Credential); the reader needs no secret."""
    DESFIRE = "desfire"
    """The site's AES key, diversified for each card."""
    SUN = "sun"
    """NTAG 424 DNA: a message with a counter, made with the site's key."""
    PIV = "piv"
    """The card authentication key of a PIV or CAC card, through OpenSC."""


@dataclass(frozen=True, slots=True)
class DesfireKeys:
    """What the site's DESFire cards carry."""

    application: bytes
    """Three bytes, most significant first."""
    master: bytes = field(repr=False)
    """16 bytes; each card's own keys derive from it (AN10922)."""
    transport: bytes = field(default=bytes(16), repr=False)
    """The master key of a card that was never encoded."""


@dataclass(frozen=True, slots=True)
class SunKeys:
    """What the site's NTAG 424 DNA tags carry."""

    reading: bytes = field(repr=False)
    """16 bytes: opens UID and counter, the same in every tag."""
    master: bytes = field(repr=False)
    """16 bytes; each tag's own keys derive from it (AN10922)."""


@dataclass(frozen=True, slots=True)
class CardKeys:
    """The secrets that readers need for cards that prove one; ``None`` for a kind that the site has not."""

    desfire: DesfireKeys | None = None
    sun: SunKeys | None = None


@dataclass(frozen=True, slots=True)
class PcscReaderSpec:
    """A contactless reader behind pcscd, by its name or by the USB port it is plugged into."""

    id: DeviceId
    name: str | None = None
    """The reader's PC/SC name or the beginning of it, such as ``ACS ACR122U``."""
    usb_port: str | None = None
    """The USB port as the kernel names it, such as ``1-1.3``: what tells two readers of one model apart."""
    proofs: tuple[CardProof, ...] = ()
    """What a card is asked to prove, in this order; the first that it knows decides."""
    plain_uid: bool = True
    """Whether a card that knows none of them is read by its plain UID."""
    passes: bool = False
    """Whether the text of a pass is read from tags."""
    site: bytes = bytes(16)
    """Names the site to a PKOC card: 16 bytes."""
    opensc: str | None = None
    """OpenSC's PKCS#11 library, for PIV; ``None``: where Debian has it."""


class NfcReads(StrEnum):
    """What of a tag is its number."""

    UID = "uid"
    NDEF = "ndef"
    """The first text or URI record. Anybody can copy it, and the holder can be given a new one by phone."""
    PASS = "pass"  # noqa: S105 - of a visitor, not of a user
    """The pass in the first text or URI record; whatever holds none is no card."""


@dataclass(frozen=True, slots=True)
class NfcReaderSpec:
    """A reader that nfcpy drives without pcscd: PN532 on a serial line, or USB."""

    id: DeviceId
    path: str
    """As nfcpy has it: ``tty:AMA0:pn532``, ``usb:072f:2200``, ``usb:001:004``, ``udp:127.0.0.1:54321``."""
    reads: NfcReads = NfcReads.UID


class UsbReads(StrEnum):
    """What the keys of a USB badge reader mean."""

    TEXT = "text"
    """What is typed is the number."""
    HEX = "hex"
    """The number's bytes in hex: the same card as at a contactless reader."""
    DECIMAL = "decimal"
    """A four-byte number in decimal, most significant byte first; the same card as with ``hex``."""
    PASS = "pass"  # noqa: S105 - of a visitor, not of a user
    """The text of a pass, as a 2-D reader types it; anything else is no card."""


@dataclass(frozen=True, slots=True)
class UsbReaderSpec:
    """A USB badge reader that behaves like a keyboard, at one USB port and nowhere else."""

    id: DeviceId
    usb_port: str
    reads: UsbReads = UsbReads.TEXT
    reversed: bool = False
    """Whether the bytes of a hex or decimal number come last one first."""


@dataclass(frozen=True, slots=True)
class UsbKeypadSpec:
    """A USB keypad, at one USB port and nowhere else."""

    id: DeviceId
    usb_port: str


@dataclass(frozen=True, slots=True)
class MatrixKeypadSpec:
    """A keypad of bare switches: each key joins one row line with one column line."""

    id: DeviceId
    row_gpios: tuple[int, ...]
    column_gpios: tuple[int, ...]
    keys: tuple[str, ...] = ("123", "456", "789", "*0#")
    """The keys of each row, left to right; what is none of ``0``-``9``, ``*`` and ``#`` is not read."""


class WiegandKeys(StrEnum):
    """How the keypad of a Wiegand reader sends a key."""

    NONE = "none"
    BITS_4 = "4"
    """Four bits: the key; 10 is ``*``, 11 is ``#``."""
    BITS_8 = "8"
    """Eight bits: the key, its complement before it."""


@dataclass(frozen=True, slots=True)
class WiegandReaderSpec:
    """A reader on two GPIO lines, D0 and D1."""

    id: DeviceId
    d0_gpio: int
    d1_gpio: int
    format: CardFormat
    keys: WiegandKeys = WiegandKeys.NONE


@dataclass(frozen=True, slots=True)
class OsdpBusSpec:
    """A serial line with one OSDP reader or several."""

    name: str
    port: str
    """The device file, best a name that stays: ``/dev/serial/by-path/...``."""
    baud: int = 9600


@dataclass(frozen=True, slots=True)
class OsdpReaderSpec:
    """A reader on an OSDP bus, with a key of its own."""

    id: DeviceId
    bus: OsdpBusSpec
    address: int
    format: CardFormat | None = None
    """What the bits of a card mean; ``None`` for a reader that sends a card's number byte by byte."""
    keypad: bool = False
    """Whether it has keys that count; without, no key of it is reported."""
    sounder_output: int | None = None
    """The reader's output that is on while the door is in alarm, for a sounder or a relay."""


@dataclass(frozen=True, slots=True)
class OsdpAnnunciatorSpec:
    """The light and buzzer that an OSDP reader has built in."""

    id: DeviceId
    reader: DeviceId


@dataclass(frozen=True, slots=True)
class SimulatedReaderSpec:
    """A reader with a keypad in the simulated warehouse."""

    id: DeviceId


@dataclass(frozen=True, slots=True)
class SimulatedAnnunciatorSpec:
    """The light and buzzer that a simulated reader has built in."""

    id: DeviceId


@dataclass(frozen=True, slots=True)
class FprintdSensorSpec:
    """A USB fingerprint sensor behind fprintd."""

    id: DeviceId
    name: str | None = None
    """The name that fprintd gives the device, or its beginning; ``None`` takes the only one there is."""


@dataclass(frozen=True, slots=True)
class UartSensorSpec:
    """A fingerprint sensor of the R30x/R503 family on a serial line."""

    id: DeviceId
    port: str
    """The device file, best a name that stays: ``/dev/serial/by-path/...``."""
    baud: int = 57600
    password: int = 0


@dataclass(frozen=True, slots=True)
class SimulatedSensorSpec:
    """A fingerprint sensor in the simulated warehouse."""

    id: DeviceId


FingerSpec = FprintdSensorSpec | UartSensorSpec | SimulatedSensorSpec


FIRST_CAMERA: Final = "/dev/video0"
"""A USB camera's device file, where none is named."""


class CameraKind(StrEnum):
    """Where pictures come from."""

    PICAMERA = "picamera"
    """The Raspberry Pi's own camera, through picamera2."""
    V4L2 = "v4l2"
    """A USB camera: ``source`` is its device file."""
    MJPEG = "mjpeg"
    """An IP camera: ``source`` is its URL."""
    FILES = "files"
    """A folder of pictures or a video file, over and over: for tests, and for trying a site out."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of a model that the operator supplies, and the digest without which it is not loaded."""

    path: str
    sha256: str
    """64 hex digits."""


@dataclass(frozen=True, slots=True)
class OnnxEngine:
    """Finds and encodes faces by two ONNX files; without one, dlib's engine does."""

    detector: ModelFile
    """YuNet."""
    encoder: ModelFile
    """SFace, or another encoder of 112 × 112 pictures."""


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """A camera that looks at faces, and at passes."""

    id: DeviceId
    kind: CameraKind
    source: str | None = field(default=None, repr=False)
    """Where the pictures come from. The address of an IP camera may hold its password."""
    engine: OnnxEngine | None = None
    liveness: tuple[ModelFile, ...] = ()
    """The files of MiniFASNet; none where the operator has none: then no face counts as live by its look."""
    faces: bool = True
    """Whether it looks at faces; a camera for passes alone loads no engine."""
    passes: bool = False
    """Whether it reads passes."""
    frames_per_s: float = 5.0
    """How fast the pictures of files follow each other; a camera has a pace of its own."""


@dataclass(frozen=True, slots=True)
class SimulatedCameraSpec:
    """A camera in the simulated warehouse."""

    id: DeviceId


CameraSpecs = CameraSpec | SimulatedCameraSpec

ReaderSpec = (
    PcscReaderSpec
    | NfcReaderSpec
    | UsbReaderSpec
    | UsbKeypadSpec
    | MatrixKeypadSpec
    | WiegandReaderSpec
    | OsdpReaderSpec
    | SimulatedReaderSpec
)
AnnunciatorSpec = GpioAnnunciatorSpec | OsdpAnnunciatorSpec | SimulatedAnnunciatorSpec


@dataclass(frozen=True, slots=True)
class BoardSpec:
    """Every device that one door process drives."""

    kind: BoardKind
    strikes: tuple[StrikeSpec, ...] = ()
    contacts: tuple[ContactSpec | SupervisedContactSpec, ...] = ()
    readers: tuple[ReaderSpec, ...] = ()
    annunciators: tuple[AnnunciatorSpec, ...] = ()
    fingers: tuple[FingerSpec, ...] = ()
    cameras: tuple[CameraSpecs, ...] = ()
    chip: str | None = None
    """The label of the GPIO chip; ``None`` takes the header of whichever Raspberry Pi this is."""
    adc: AdcSpec | None = None
    patterns: Mapping[Pattern, tuple[Step, ...]] = field(
        default_factory=lambda: MappingProxyType(dict(STEPS))
    )
