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


@dataclass(frozen=True, slots=True)
class CardFrame:
    """A reader read a card's number."""

    device: DeviceId
    mono_ns: int
    """``time.monotonic_ns()`` when it was read."""
    technology: Technology
    number: bytes = field(repr=False)


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
