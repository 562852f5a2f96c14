"""The contract of every device: what it must do, in which thread, and what it may raise.

Threads. The methods here are called from one thread, the door process's loop, and return at once
(under a millisecond): a device that has to wait does so in a thread of its own. ``report`` may be
called by a device from any thread; it never blocks and never raises.

Life. A device is built closed to the world, opened by ``open`` and closed by ``close``, which may be
called more than once and from any state. Nothing is reported before ``open`` or after ``close``.
A device that is missing or goes away is no exception: it reports ``DeviceLost``, goes on trying, and
reports ``DeviceBack`` when it is there. Every device that can be lost starts as lost-until-seen: its
first report is ``DeviceBack`` or ``DeviceLost``.

Health. Every device that can be lost keeps a ``HealthBook`` and gives its page at any time, from any
thread: whoever asks never waits for the device.

Shipped fakes keep the same promises, and one contract suite runs over both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol, runtime_checkable

from hardware.health import Health
from hardware.signals import DeviceId, Signal, Technology

Report = Callable[[Signal], None]
"""Where a device says what happened. From any thread; never blocks, never raises."""


class Reader(Protocol):
    """Takes cards or keys and reports them."""

    @property
    def id(self) -> DeviceId:
        """The device's name on its board."""
        ...

    @property
    def health(self) -> Health:
        """How the device is, as far as is known; from any thread, without waiting."""
        ...

    def open(self, report: Report) -> None:
        """Start to report cards, keys, and whether the reader is lost or back."""
        ...

    def close(self) -> None:
        """Stop reporting and free the device, within a second."""
        ...


@runtime_checkable
class SecureReader(Reader, Protocol):
    """A reader that speaks over a secure channel with a key of its own."""

    def pair(self, key: bytes, within_s: float) -> None:
        """Install this key (16 bytes) at the reader, which has to be in install mode, within this time.

        Reports ``ReaderPaired`` or ``PairingFailed``. Until then nothing is read, and afterwards only with
        this key. Never called for a reader in service unless an operator opened the window.
        """
        ...


@runtime_checkable
class CardEncoder(Reader, Protocol):
    """A reader that can give a card the site's keys."""

    def encode(self, ticket: int, kind: Technology, within_s: float) -> None:
        """Give the next card of this kind that is shown the site's keys.

        Reports ``CardEncoded`` or ``SensorFailed``, with this ticket. No card is reported as read meanwhile.
        A card that was interrupted half-way can be encoded again.
        """
        ...

    def stop(self, ticket: int) -> None:
        """Stop waiting; nothing is reported for this ticket any more."""
        ...


@runtime_checkable
class FingerSensor(Reader, Protocol):
    """Looks at fingers, and keeps their templates itself. One order at a time; a new one ends the one before.

    ``template`` is a name of at most 60 characters of ``[a-z0-9:-]`` that the door process made up.
    """

    def verify(self, ticket: int, templates: tuple[str, ...], within_s: float) -> None:
        """Look at the next finger: is it one of these? Reports ``FingerChecked`` once, or ``SensorFailed``.

        A finger that is badly placed is asked for again within the time. A sensor that searches all of its
        templates reports whichever fits, also one that was not named. One that compares one after the other
        tells of a finger that did not fit by a ``SensorStep`` that is ``unmatched``, and asks for it again.
        """
        ...

    def enrol(self, ticket: int, template: str, within_s: float) -> None:
        """Learn a finger under this name: ``SensorStep``s, then ``FingerEnrolled`` or ``SensorFailed``.

        A finger that the sensor keeps already under another name is refused, where the sensor can tell.
        """
        ...

    def forget(self, ticket: int, template: str) -> None:
        """Erase a template, if it is there. Reports ``FingerForgotten`` or ``SensorFailed``."""
        ...

    def stop(self, ticket: int) -> None:
        """Stop looking; nothing is reported for this ticket any more."""
        ...


class Turn(Enum):
    """To which side somebody is asked to turn their head, as they see it themselves."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Look:
    """What a camera is asked for."""

    frames: int = 3
    """So many pictures of the face, each of a moment of its own."""
    passive: bool = False
    """Whether the liveness model has to look at each of them."""
    turn: Turn | None = None
    """The side to which the head has to be turned while the camera looks; ``None`` for no such challenge."""


@runtime_checkable
class FaceCamera(Reader, Protocol):
    """Looks at faces when it is asked to; reads passes all the time where its spec says so."""

    def look(self, ticket: int, look: Look, within_s: float) -> None:
        """Look at the one face before the camera: ``SensorStep``s, then ``FaceSeen`` or ``SensorFailed``.

        Several faces are told by a ``SensorStep`` and are a failure if it stays so: whose would it be?
        """
        ...

    def stop(self, ticket: int) -> None:
        """Stop looking; nothing is reported for this ticket any more."""
        ...


class Contact(Protocol):
    """An input line: position switch, exit request. A supervised one can be lost: cut or shorted wires."""

    @property
    def id(self) -> DeviceId:
        """The device's name on its board."""
        ...

    @property
    def active(self) -> bool:
        """What the line says now: leaf open, button pressed."""
        ...

    def open(self, report: Report) -> None:
        """Report ``ContactChanged`` once for the present state, then at every change."""
        ...

    def close(self) -> None:
        """Stop reporting and free the line."""
        ...


class Strike(Protocol):
    """The electric part that holds or frees the leaf. Built secured, and secured again by ``close``."""

    @property
    def id(self) -> DeviceId:
        """The device's name on its board."""
        ...

    @property
    def released(self) -> bool:
        """Whether the line is driven so that the leaf is free."""
        ...

    def open(self, report: Report) -> None:
        """Have ``StrikeRested`` reported from now on, from any thread."""
        ...

    def release(self) -> None:
        """Free the leaf. Raises ``HardwareError`` when the line cannot be driven."""
        ...

    def secure(self) -> None:
        """Hold the leaf. Raises ``HardwareError`` when the line cannot be driven."""
        ...

    def close(self) -> None:
        """Secure the leaf and leave the line to its pull resistor."""
        ...


class Pattern(Enum):
    """What an annunciator can show. Which light and which tone that is, the device knows."""

    IDLE = auto()
    GRANTED = auto()
    REFUSED = auto()
    PIN_WANTED = auto()
    CODE_WANTED = auto()
    """A one-time code is wanted: like the PIN, and told from it where a second one follows."""
    FINGER_WANTED = auto()
    FACE_WANTED = auto()
    TURN_LEFT = auto()
    TURN_RIGHT = auto()
    KEY = auto()
    """The same short answer to every key, so that nobody learns the key from it."""
    LOCKED_OUT = auto()
    """Refused, and trying again is of no use for a while: too many wrong PINs."""
    PRE_ALARM = auto()
    LOCKDOWN = auto()
    """The door is locked down: until it is lifted."""
    ALARM = auto()


class Annunciator(Protocol):
    """Light and buzzer at a reader."""

    @property
    def id(self) -> DeviceId:
        """The device's name on its board."""
        ...

    def show(self, pattern: Pattern) -> None:
        """Play a pattern now. A short one (granted, refused, key) falls back to the lasting one before it."""
        ...

    def close(self) -> None:
        """Go dark and silent."""
        ...
