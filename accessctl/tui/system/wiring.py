"""The walk through a door's wiring: what an installer does at each device, and what has to be seen then.

Whatever is seen is ticked, in any order: who opens the door before being asked has done it all the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from accessctl.client import Event
from accessctl.tui.words import _

Device = Mapping[str, Any]
_CAME: Final = ("access_", "denied_", "muster", "duress", "lockout_")
"""How the entries begin that somebody's card, keys or button bring about at an access point."""


class Sight(Enum):
    """How it is known that a device works."""

    EVENT = "event"
    """An entry of the record says so."""
    EYES = "eyes"
    """Only who stands there sees or hears it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be done at a door."""

    id: str
    device: str
    ask: str
    sight: Sight = Sight.EVENT
    types: tuple[str, ...] = ()
    """What the types of entries begin with that show it."""
    point: str | None = None
    """The access point of such an entry; ``None``: the door counts."""
    reader: bool = False
    """Whether a test of the reader shows it as well."""


@dataclass(slots=True)
class WiringWalk:
    """How far the walk is. Changed by what is seen, and by who walks."""

    door: str
    steps: tuple[Step, ...]
    seen: dict[str, str] = field(default_factory=dict)
    """By step: how it was seen, in words."""
    passed_over: set[str] = field(default_factory=set)
    _upto: int = 0
    """The newest entry that was looked at."""

    def begin(self, seq: int) -> None:
        """Count nothing that was recorded before."""
        self._upto = seq

    @property
    def current(self) -> Step | None:
        """What is to be done next."""
        left = (each for each in self.steps if each.id not in self.seen and each.id not in self.passed_over)
        return next(left, None)

    @property
    def unseen(self) -> list[Step]:
        """What was not seen."""
        return [each for each in self.steps if each.id not in self.seen]

    def take(self, events: Iterable[Event]) -> bool:
        """Look at entries, oldest first; true where one of them shows something that was not seen yet."""
        new = False
        for event in events:
            if event["seq"] <= self._upto:
                continue
            self._upto = event["seq"]
            for step in self.steps:
                if step.id not in self.seen and shows(event, step, self.door):
                    self.saw(step, event["type"])
                    new = True
        return new

    def saw(self, step: Step, how: str) -> None:
        """Tick a step."""
        self.seen[step.id] = how
        self.passed_over.discard(step.id)

    def pass_over(self) -> None:
        """Go on without having seen what is to be done now."""
        if (step := self.current) is not None:
            self.passed_over.add(step.id)


def shows(event: Event, step: Step, door: str) -> bool:
    """Tell whether an entry shows that a device works."""
    if not step.types or not event["type"].startswith(step.types):
        return False
    if step.point is not None:
        return event["access_point"] == step.point
    return event["door"] == door


def steps_of(door: str, devices: Sequence[Device]) -> tuple[Step, ...]:
    """Give what there is to do at a door, in the order of the walk: way in, leaf, way out, what lights up."""
    here = [each for each in devices if each.get("door") == door]
    points = {str(each["access_point"]) for each in here if each.get("access_point")}
    points |= {_before(each["id"]) for each in here if each["id"].endswith(".button")}
    lit = [each for each in devices if each["kind"] == "annunciator" and _before(each["id"]) in points]
    return (
        *_readers(here),
        *(step for each in here if each["kind"] == "strike" for step in _strike(each)),
        *(step for each in here if each["kind"] == "contact" for step in _contact(each)),
        *(_light(each) for each in lit),
    )


def _readers(devices: Sequence[Device]) -> Iterator[Step]:
    for each in devices:
        if each["kind"] not in {"reader", "keypad"}:
            continue
        words = (
            _("Show a card at {point}, or test it")
            if each["kind"] == "reader"
            else _("Type something at {point}, or test it")
        )
        ask = words.format(point=each["access_point"])
        yield Step(each["id"], each["id"], ask, types=_CAME, point=each["access_point"], reader=True)


def _strike(device: Device) -> Iterator[Step]:
    ask = _("Release the door: does the lock let go?")
    yield Step(device["id"], device["id"], ask, Sight.EYES)


def _contact(device: Device) -> Iterator[Step]:
    id_, part = device["id"], str(device["id"]).rpartition(".")[2]
    match part:
        case "position":
            yield Step(
                f"{id_}:open",
                id_,
                _("Open the door"),
                types=("door_opened", "door_forced_open", "access_taken"),
            )
            yield Step(f"{id_}:close", id_, _("Close the door"), types=("door_closed",))
        case "exit_request":
            yield Step(id_, id_, _("Press the exit button"), types=("rex",))
        case "button":
            ask = _("Press the button at {point}").format(point=_before(id_))
            yield Step(id_, id_, ask, types=_CAME, point=_before(id_))
        case "tamper":
            ask = _("Open what the tamper contact guards")
            yield Step(id_, id_, ask, types=("door_tamper",))
        case _:
            ask = _("Try {device}, and see that it does what it is there for").format(device=id_)
            yield Step(id_, id_, ask, Sight.EYES)


def _light(device: Device) -> Step:
    ask = _("Test {point}: do its light and tone go?")
    return Step(device["id"], device["id"], ask.format(point=_before(device["id"])), Sight.EYES)


def _before(device: str) -> str:
    return device.rpartition(".")[0]
