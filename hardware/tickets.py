"""What sensors, cameras and encoders are ordered to do: each order has a ticket, and one answer under it."""

from dataclasses import dataclass
from typing import Final

from hardware.ports import Look
from hardware.signals import DeviceId, Technology

GRACE_S: Final = 3.0
"""So much later than it was told to may a driver say that the time is over."""
ENCODING_S: Final = 8.0
"""So long may it take besides to give a card that was shown in time the site's keys."""


@dataclass(frozen=True, slots=True)
class Verify:
    """Look whether the next finger is one of these."""

    device: DeviceId
    ticket: int
    templates: tuple[str, ...]
    within_s: float


@dataclass(frozen=True, slots=True)
class Enrol:
    """Learn a finger under this name."""

    device: DeviceId
    ticket: int
    template: str
    within_s: float


@dataclass(frozen=True, slots=True)
class Forget:
    """Erase a template."""

    device: DeviceId
    ticket: int
    template: str


@dataclass(frozen=True, slots=True)
class LookAt:
    """Look at the one face before the camera."""

    device: DeviceId
    ticket: int
    look: Look
    within_s: float


@dataclass(frozen=True, slots=True)
class Encode:
    """Give the next card of this kind the site's keys."""

    device: DeviceId
    ticket: int
    technology: Technology
    within_s: float


@dataclass(frozen=True, slots=True)
class StopTicket:
    """Go on no longer with what was ordered under this ticket."""

    device: DeviceId
    ticket: int


TicketOrder = Verify | Enrol | Forget | LookAt | Encode
"""What is answered once, under its ticket."""
