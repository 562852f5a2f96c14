"""What people, operators and wires do in the simulated warehouse: one step is one act at one time.

``at("05:41:10").badge("ana-marsh", "staff-in")`` reads as it happens. A step is a value; who plays it
is ``player``. Hours go on counting after midnight: ``at("24:10:00")`` is ten past midnight of the next day.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Badge:
    """Somebody of the roster shows their card."""

    who: str
    point: str


@dataclass(frozen=True, slots=True)
class StrangerBadges:
    """Somebody shows a card that nobody here has ever seen."""

    point: str


@dataclass(frozen=True, slots=True)
class CardUnread:
    """Somebody pulls a card away too soon."""

    point: str


@dataclass(frozen=True, slots=True)
class TypePin:
    """Somebody types a PIN: their own, or one that is not."""

    who: str
    point: str
    right: bool = True


@dataclass(frozen=True, slots=True)
class MoveLeaf:
    """A leaf is opened or closed. ``force`` opens one that its strike holds."""

    door: str
    opens: bool
    force: bool = False


@dataclass(frozen=True, slots=True)
class RequestExit:
    """Somebody inside presses the button, or reaches for the handle."""

    door: str


@dataclass(frozen=True, slots=True)
class PlugReader:
    """A reader is torn off, or back again."""

    point: str
    lost: str | None
    """Why it is lost; ``None`` when it is back."""


@dataclass(frozen=True, slots=True)
class Order:
    """The desk orders something of a door."""

    door: str
    order: Literal["release", "unlock", "lock"]


@dataclass(frozen=True, slots=True)
class Forgive:
    """The desk forgives somebody's wrong PINs."""

    who: str


Act = Badge | StrangerBadges | CardUnread | TypePin | MoveLeaf | RequestExit | PlugReader | Order | Forgive


@dataclass(frozen=True, slots=True)
class Step:
    """One act, and when it happens on the site's clock, counted from the day's first midnight."""

    time: timedelta
    act: Act

    def __str__(self) -> str:
        """Tell it for an error message."""
        return f"{self.time}: {self.act}"


@dataclass(frozen=True, slots=True)
class At:
    """A time of the day, waiting to hear what happens then."""

    time: timedelta

    def badge(self, who: str, point: str) -> Step:
        return Step(self.time, Badge(who, point))

    def stranger_badges(self, point: str) -> Step:
        return Step(self.time, StrangerBadges(point))

    def card_unread(self, point: str) -> Step:
        return Step(self.time, CardUnread(point))

    def types_pin(self, who: str, point: str) -> Step:
        return Step(self.time, TypePin(who, point))

    def types_wrong_pin(self, who: str, point: str) -> Step:
        return Step(self.time, TypePin(who, point, right=False))

    def opens(self, door: str) -> Step:
        return Step(self.time, MoveLeaf(door, opens=True))

    def closes(self, door: str) -> Step:
        return Step(self.time, MoveLeaf(door, opens=False))

    def forces(self, door: str) -> Step:
        return Step(self.time, MoveLeaf(door, opens=True, force=True))

    def requests_exit(self, door: str) -> Step:
        return Step(self.time, RequestExit(door))

    def loses_reader(self, point: str, why: str) -> Step:
        return Step(self.time, PlugReader(point, why))

    def gets_reader_back(self, point: str) -> Step:
        return Step(self.time, PlugReader(point, None))

    def desk_orders(self, order: Literal["release", "unlock", "lock"], door: str) -> Step:
        return Step(self.time, Order(door, order))

    def desk_forgives(self, who: str) -> Step:
        return Step(self.time, Forgive(who))

    def after(self, seconds: float) -> "At":
        """Give a later time."""
        return At(self.time + timedelta(seconds=seconds))


def at(clock: str) -> At:
    """Read a time such as ``05:41:10``."""
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return At(timedelta(hours=hours, minutes=minutes, seconds=seconds))


# --- What happens again and again --------------------------------------------------------------------

_PACE: Final = {"gate": (4, 22), "dock-1": (5, 25), "dock-2": (5, 25)}
"""How many seconds after the badge a leaf opens and is closed again, where a vehicle has to pass."""
_A_PERSONS_PACE: Final = (2, 5)
_WALK_S: Final = 33
"""So long it takes at least from one door to the next."""


def door_of(point: str) -> str:
    """Give the door of an access point, by the way this site names them: ``dock-1-in`` is of ``dock-1``."""
    return point.rpartition("-")[0]


def passes(start: At, door: str) -> tuple[Step, ...]:
    """Open a leaf that is free, go through, close it."""
    opens_s, closes_s = _PACE.get(door, _A_PERSONS_PACE)
    closes_s += start.time.seconds % 4  # nobody is as regular as a list, and every day is the same
    return start.after(opens_s).opens(door), start.after(closes_s).closes(door)


def walks(who: str, clock: str, *way: str) -> tuple[Step, ...]:
    """Go through one door after the other.

    Each part of the way is an access point, at which the card is shown, or ``<door>:exit``, where
    the button is pressed or the handle reached for.
    """
    steps: list[Step] = []
    start, stride_s = at(clock), _WALK_S + sum(who.encode()) % 17
    for part in way:
        door = part.removesuffix(":exit")
        if door == part:
            door = door_of(part)
            steps.append(start.badge(who, part))
        else:
            steps.append(start.requests_exit(door))
        steps += passes(start, door)
        start = start.after(stride_s)
    return tuple(steps)


def enters_cage(who: str, clock: str) -> tuple[Step, ...]:
    """Show the card, type the PIN, go in; leave by the button two minutes later."""
    start = at(clock)
    typed, leaves = start.after(4), start.after(124)
    return (
        start.badge(who, "cage-in"),
        typed.types_pin(who, "cage-in"),
        *passes(typed, "cage"),
        leaves.requests_exit("cage"),
        *passes(leaves, "cage"),
    )
