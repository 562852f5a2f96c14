"""Pictures as they come, and the contract of whatever they come from."""

from dataclasses import dataclass
from typing import Protocol

from hardware.errors import HardwareError
from hardware.faces.engine import Picture


class SourceLost(HardwareError, OSError):
    """No pictures come from there, or no more. Says nothing of the address: there may be a password in it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture and its instant."""

    mono_ns: int
    """``time.monotonic_ns()`` when it was had."""
    picture: Picture


class FrameSource(Protocol):
    """Gives pictures. Used from one thread, which it holds for three seconds or so at most: see ``Feed``."""

    def read(self) -> Picture | None:
        """Give the next picture; ``None`` when none came within this call. Raises ``SourceLost``."""
        ...

    def close(self) -> None:
        """Free the device or the connection."""
        ...
