"""What the view needs from outside, and the values that it is given."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from accessctl.client import Done, Event, OrderName


class NotDone(Exception):
    """What was asked of the warehouse did not happen. The words are for whoever asked."""


class Office(Protocol):
    """The API, as far as the view asks it: ``accessctl.client.ApiClient`` is one. Raises ``ApiError``."""

    def status(self) -> dict[str, Any]:
        """Tell how doors and readers stand, and how far the record has grown."""
        ...

    def events(self, *, after: int | None = None, most: int = 500) -> Iterator[Event]:
        """Give entries after a number, or the last ones there are; the oldest first."""
        ...

    def order(self, door: str, order: OrderName) -> Done:
        """Give an operator's order to a door."""
        ...


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
    """What the view begins with."""

    cast: tuple[Cardholder, ...]
    scenes: tuple[Scene, ...] = ()
    """Played until somebody touches the keyboard."""
    hint: str = ""
    opening: tuple[str, str] = ("", "")
    """The handle and the access point that are selected at first."""
