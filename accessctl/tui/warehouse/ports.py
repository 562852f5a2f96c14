"""What the page needs from outside, and the values that it is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol


class NotDone(Exception):
    """What was asked of the warehouse did not happen. The words are for whoever asked."""


class Hands(Protocol):
    """A hand in the simulated warehouse. May be called from any thread. Every method raises ``NotDone``."""

    def badge(self, access_point: str, number: bytes) -> None:
        """Show a card."""
        ...

    def press(self, access_point: str, keys: str) -> None:
        """Press keys, one after the other."""
        ...

    def leaf(self, door: str, *, opened: bool, force: bool) -> None:
        """Open or close a leaf; with force also one that its strike holds."""
        ...

    def exit_request(self, door: str) -> None:
        """Press the exit button, or reach for the handle."""
        ...

    def state(self) -> dict[str, Any]:
        """Tell what a visitor could see: ``annunciators`` has what each reader's lamp shows."""
        ...


@dataclass(frozen=True, slots=True)
class Cardholder:
    """Somebody who can be sent to a reader."""

    handle: str
    name: str
    role: str
    card_number: bytes = field(repr=False)
    note: str = field(default="", repr=False)
    """Whatever else is worth knowing, such as the PIN of an invented person."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """One thing that a hand does, after a while."""

    wait_s: float
    act: Callable[[Hands], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """What somebody does at a door. Once begun it is played to its end, lest a leaf be left open."""

    words: str
    gestures: tuple[Gesture, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """What the page begins with."""

    cast: tuple[Cardholder, ...]
    scenes: tuple[Scene, ...] = ()
    """Played until somebody touches the keyboard."""
    hint: str = ""
    opening: tuple[str, str] = ("", "")
    """The handle and the access point that are selected at first."""
