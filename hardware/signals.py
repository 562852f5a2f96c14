"""What devices report. A signal is a fact with an instant; it never decides anything.

What a person showed (a card's bytes, a key) is kept out of ``repr``, so that no log line and no
traceback can hold it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

DeviceId = NewType("DeviceId", str)
"""Names one device of the board, such as ``gate-in.reader`` or ``gate.position``."""


class Technology(StrEnum):
    """How a card was read. The same bytes over another technology are another card."""

    ISO14443_UID = "iso14443-uid"
    """The unique identifier of a contactless card. Anyone can clone it."""
    ISO15693_UID = "iso15693-uid"
    """The unique identifier of a vicinity card, most significant byte (E0) first. Anyone can clone it."""
    FELICA_IDM = "felica-idm"
    """The manufacture id of a Type 3 (FeliCa) tag, eight bytes. Anyone can emulate it."""
    NDEF = "ndef"
    """What the first text or URI record of a tag says, in UTF-8. Anyone can write it on another tag."""
    WIEGAND = "wiegand"
    """The fields of a Wiegand number: ASCII ``format:facility:number``, or ``format:number`` where the format
    has no facility. Written out, so that no field can be cut off or run into its neighbour."""
    TYPED = "typed"
    """What a USB badge reader typed, as it typed it."""
    CODE = "code"
    """Digits typed at a keypad where a code alone opens; their ASCII bytes stand for the number."""
    PASS = "pass"  # noqa: S105 - of a visitor, not of a user
    """The text of a signed pass, as a camera or 2-D reader read it, or the tag that carries it. Whether it is
    genuine only the door process can tell; a picture of it can be copied."""
    PKOC = "pkoc"
    """A card or phone that proved a private key; the number is its public key: X and Y, on P-256."""
    PIV = "piv"
    """A PIV or CAC card that proved its card authentication key; the number is the SHA-256 of that key's
    SubjectPublicKeyInfo."""
    DESFIRE = "desfire-aes"
    """A DESFire card that proved the site's AES key, diversified for its UID, which is the number."""
    SUN = "ntag424-sun"
    """An NTAG 424 DNA tag whose message was made with the site's key; the number is its UID."""


@dataclass(frozen=True, slots=True)
class CardFrame:
    """A reader read a card's number."""

    device: DeviceId
    mono_ns: int
    """``time.monotonic_ns()`` when it was read."""
    technology: Technology
    number: bytes = field(repr=False)
    counter: int | None = None
    """How often it was read, as it says itself under its own key; ``None`` where it does not count. A reading
    whose counter does not rise is a copy of an older one."""


@dataclass(frozen=True, slots=True)
class CardForged:
    """A card claims to be one of those that prove a key, and did not prove it: a copy, or another site's."""

    device: DeviceId
    mono_ns: int
    technology: Technology
    why: str


@dataclass(frozen=True, slots=True)
class CardEncoded:
    """A card was given the site's keys."""

    device: DeviceId
    mono_ns: int
    ticket: int
    """The number under which it was ordered."""
    technology: Technology
    number: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FingerChecked:
    """A finger that was asked for was looked at."""

    device: DeviceId
    mono_ns: int
    ticket: int
    """The number under which it was asked for; 0 for a finger that nobody had asked for."""
    matched: str | None
    """The name under which the sensor keeps the template that fits, whoever's it is; ``None``: none fits."""
    why: str = ""
    """What hindered the sensor, in words, where nothing fitted."""


@dataclass(frozen=True, slots=True)
class FingerEnrolled:
    """The sensor keeps a template under this name from now on."""

    device: DeviceId
    mono_ns: int
    ticket: int
    template: str


@dataclass(frozen=True, slots=True)
class FingerForgotten:
    """The sensor keeps no template under this name."""

    device: DeviceId
    mono_ns: int
    ticket: int
    template: str


class Live(StrEnum):
    """What is known of whether a face is one, and no picture of one."""

    UNKNOWN = "unknown"
    """Nobody looked. Where liveness is wanted, that is a failure."""
    LIVE = "live"
    SPOOFED = "spoofed"


@dataclass(frozen=True, slots=True)
class FaceSeen:
    """A camera that was asked to look saw one face, in as many frames as were wanted."""

    device: DeviceId
    mono_ns: int
    ticket: int
    model: str
    """Which engine made the vectors: its name and the digests of its files. Never compared with another's."""
    vectors: tuple[bytes, ...] = field(repr=False)
    """One for each frame: little-endian float32, of length 1 (L2)."""
    quality: tuple[str, ...]
    """What is wrong with the frames, in words; empty when they are good enough to be enrolled."""
    live: Live
    """What the passive look and the head turn came to, as far as they were wanted: the worse of both."""


@dataclass(frozen=True, slots=True)
class SensorStep:
    """What somebody at a sensor should do next, while an order goes on."""

    device: DeviceId
    mono_ns: int
    ticket: int
    hint: str
    unmatched: bool = False
    """Whether a finger was looked at just now and fits none of what it was compared with so far."""


@dataclass(frozen=True, slots=True)
class SensorFailed:
    """What a sensor or a card's encoder was ordered to do did not come to an end: time over, nobody there."""

    device: DeviceId
    mono_ns: int
    ticket: int
    why: str
    broken: bool = False
    """Whether it is known that the device or its driver failed, and not whoever stands there."""


@dataclass(frozen=True, slots=True)
class CardUnreadable:
    """A card was there and its number could not be read: yanked, mute, or the answer was garbage."""

    device: DeviceId
    mono_ns: int
    why: str
    shown: bool = True
    """Whether somebody surely holds a card to the reader now. A bad frame on a wire may be noise, and what
    was shown before a line was up was shown long ago: neither of them lets anybody out."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """Somebody pressed a key: ``0`` to ``9``, ``*`` (clear) or ``#`` (enter)."""

    device: DeviceId
    mono_ns: int
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """A contact is active now (leaf open, button pressed) or no longer active."""

    device: DeviceId
    mono_ns: int
    active: bool


@dataclass(frozen=True, slots=True)
class ReaderTampered:
    """The housing of a reader was opened or torn off its wall, or is whole again."""

    device: DeviceId
    mono_ns: int
    active: bool


@dataclass(frozen=True, slots=True)
class ReaderPower:
    """A reader's own supply fails, or is good again."""

    device: DeviceId
    mono_ns: int
    failed: bool


@dataclass(frozen=True, slots=True)
class ReaderInsecure:
    """What speaks on a reader's line is not the reader that we share a key with: it grants nothing.

    A wrong key, no encryption, install mode, or a recorded session. One signal for each new cause; a
    ``DeviceLost`` goes with it when the reader was there before.
    """

    device: DeviceId
    mono_ns: int
    why: str


@dataclass(frozen=True, slots=True)
class ReaderSecured:
    """A reader's secure channel is up with one of its keys, and it answered inside of it.

    From then on its driver tries no other key.
    """

    device: DeviceId
    mono_ns: int
    key: int
    """Which key, by its number: ``hardware.readers.osdp_keys.key_number``."""


@dataclass(frozen=True, slots=True)
class ReaderPaired:
    """A reader took the key that was to be installed; which one, the ``ReaderSecured`` just before says.

    Of a reader that took its key when the window was over already, ``ReaderSecured`` alone tells.
    """

    device: DeviceId
    mono_ns: int


@dataclass(frozen=True, slots=True)
class PairingFailed:
    """No key was installed: the window closed, or the reader refused."""

    device: DeviceId
    mono_ns: int
    why: str
    told: bool = True
    """Whether the reader may have heard the key all the same: then it may come up with it later."""


@dataclass(frozen=True, slots=True)
class UnknownDevice:
    """Something that types was plugged in and is not one of ours. What it types is not read."""

    device: DeviceId
    """The reader beside which it appeared."""
    mono_ns: int
    what: str
    """The name and port that it gives itself."""


@dataclass(frozen=True, slots=True)
class StrikeRested:
    """A strike was energised for as long as it may be and has been switched off, which holds the leaf."""

    device: DeviceId
    mono_ns: int
    after_s: float


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """A device does not answer any more, or its wires are cut or shorted."""

    device: DeviceId
    mono_ns: int
    why: str


@dataclass(frozen=True, slots=True)
class DeviceBack:
    """A device that was lost, or never seen before, answers."""

    device: DeviceId
    mono_ns: int


Signal = (
    CardFrame
    | CardUnreadable
    | CardForged
    | CardEncoded
    | FingerChecked
    | FingerEnrolled
    | FingerForgotten
    | FaceSeen
    | SensorStep
    | SensorFailed
    | KeyPressed
    | ContactChanged
    | ReaderTampered
    | ReaderPower
    | ReaderInsecure
    | ReaderSecured
    | ReaderPaired
    | PairingFailed
    | UnknownDevice
    | StrikeRested
    | DeviceLost
    | DeviceBack
)
