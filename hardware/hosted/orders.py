"""What the door process orders of a driver's process, each order one packet of a socket pair.

Orders are pickled: a driver's process trusts whoever started it, and takes them from nobody else.
"""

import pickle
from dataclasses import dataclass, field
from typing import Any

from hardware.hosted.unit import HostedUnit
from hardware.ports import Pattern
from hardware.signals import DeviceId
from hardware.tickets import StopTicket, TicketOrder


@dataclass(frozen=True, slots=True)
class Open:
    """Open this device."""

    device: DeviceId


@dataclass(frozen=True, slots=True)
class Close:
    """Close this device; the other ones of the unit go on."""

    device: DeviceId


@dataclass(frozen=True, slots=True)
class Show:
    """Play this pattern; ``None`` is dark and silent, for good."""

    device: DeviceId
    pattern: Pattern | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Install this key."""

    device: DeviceId
    key: bytes = field(repr=False)
    within_s: float


Order = Open | Close | Show | Pair | TicketOrder | StopTicket


def pack(order: HostedUnit | Order) -> bytes:
    """Make the packet of an order, or of the unit, which is the first thing that is sent."""
    return pickle.dumps(order)


def unpack(packet: bytes) -> Any:  # noqa: ANN401 - as pickle has it
    """Read what the door process sent; only its own children do this."""
    return pickle.loads(packet)  # noqa: S301 - from our parent, over a socket that nobody else has
