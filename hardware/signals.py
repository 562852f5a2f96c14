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
class DeviceLost:
    """A device does not answer any more."""

    device: DeviceId
    mono_ns: int
    why: str


@dataclass(frozen=True, slots=True)
class DeviceBack:
    """A device that was lost, or never seen before, answers."""

    device: DeviceId
    mono_ns: int


Signal = CardFrame | CardUnreadable | KeyPressed | ContactChanged | DeviceLost | DeviceBack
