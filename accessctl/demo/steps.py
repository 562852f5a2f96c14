"""What people, operators and wires do in the simulated warehouse: one step is one act at one time.

``at("05:41:10").badge("ana-marsh", "staff-in")`` reads as it happens. A step is a value; who plays it
is ``player``. Hours go on counting after midnight: ``at("24:10:00")`` is ten past midnight of the next day.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Literal

from accessctl.link.requests import OrderKind
from policies.door_modes import DoorMode


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


class Digits(Enum):
    """Which digits somebody types."""

    PIN = "PIN"
    WRONG_PIN = "PIN to be wrong about"
    DURESS_PIN = "duress PIN"
    CODE = "code"
    NOBODYS_CODE = "code that is nobody's"


@dataclass(frozen=True, slots=True)
class Type:
    """Somebody types digits at a keypad."""

    who: str
    point: str
    digits: Digits


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
class PressButton:
    """Somebody presses the button of a way in at which nobody is asked."""

    point: str


@dataclass(frozen=True, slots=True)
class SetContact:
    """A contact other than a leaf's becomes active, or comes to rest: ``input.fire``, ``cage.tamper``."""

    device: str
    active: bool


@dataclass(frozen=True, slots=True)
class PlugReader:
    """A reader is torn off, or back again."""

    point: str
    lost: str | None
    """Why it is lost; ``None`` when it is back."""


@dataclass(frozen=True, slots=True)
class TrustClock:
    """What keeps the clock right goes, or comes back. Its hands move on all the while."""

    trusted: bool


@dataclass(frozen=True, slots=True)
class Order:
    """The desk orders something. Which fields matter depends on the order, as in ``GiveOrder``."""

    order: OrderKind
    door: str = ""
    area: str = ""
    who: str = ""
    mode: str = ""
    until: timedelta | None = None
    """Counted from the day's first midnight, as the time of a step."""
    lasting: timedelta = timedelta()
    level: int = 0


@dataclass(frozen=True, slots=True)
class Forgive:
    """The desk forgives somebody's wrong PINs."""

    who: str


Act = (
    Badge
    | StrangerBadges
    | CardUnread
    | Type
    | MoveLeaf
    | RequestExit
    | PressButton
    | SetContact
    | PlugReader
    | TrustClock
    | Order
    | Forgive
)


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

    # ------------------------------------------------------------------------------ people and leaves

    def badge(self, who: str, point: str) -> Step:
        return Step(self.time, Badge(who, point))

    def stranger_badges(self, point: str) -> Step:
        return Step(self.time, StrangerBadges(point))

    def card_unread(self, point: str) -> Step:
        return Step(self.time, CardUnread(point))

    def types(self, who: str, point: str, digits: Digits) -> Step:
        return Step(self.time, Type(who, point, digits))

    def opens(self, door: str) -> Step:
        return Step(self.time, MoveLeaf(door, opens=True))

    def closes(self, door: str) -> Step:
        return Step(self.time, MoveLeaf(door, opens=False))

    def forces(self, door: str) -> Step:
        return Step(self.time, MoveLeaf(door, opens=True, force=True))

    def requests_exit(self, door: str) -> Step:
        return Step(self.time, RequestExit(door))

    def presses_button(self, point: str) -> Step:
        return Step(self.time, PressButton(point))

    # ------------------------------------------------------------------------------------------ wires

    def begins(self, device: str) -> Step:
        return Step(self.time, SetContact(device, active=True))

    def ends(self, device: str) -> Step:
        return Step(self.time, SetContact(device, active=False))

    def loses_reader(self, point: str, why: str) -> Step:
        return Step(self.time, PlugReader(point, why))

    def gets_reader_back(self, point: str) -> Step:
        return Step(self.time, PlugReader(point, None))

    def clock_is_doubtful(self) -> Step:
        return Step(self.time, TrustClock(trusted=False))

    def clock_is_right_again(self) -> Step:
        return Step(self.time, TrustClock(trusted=True))

    # --------------------------------------------------------------------------------------- the desk

    def desk_releases(self, door: str) -> Step:
        return Step(self.time, Order(OrderKind.RELEASE, door=door))

    def desk_sets(self, door: str, mode: DoorMode, until: str | None = None) -> Step:
        end = None if until is None else at(until).time
        return Step(self.time, Order(OrderKind.MODE, door=door, mode=mode.value, until=end))

    def desk_gives_back(self, door: str) -> Step:
        """Leave a door to its schedule again."""
        return Step(self.time, Order(OrderKind.NORMAL, door=door))

    def desk_props(self, door: str, lasting: timedelta) -> Step:
        return Step(self.time, Order(OrderKind.PROP, door=door, lasting=lasting))

    def desk_sets_threat_level(self, level: int) -> Step:
        return Step(self.time, Order(OrderKind.THREAT_LEVEL, level=level))

    def desk_orders(self, order: Literal["lockdown", "lift", "arm", "disarm"], area: str) -> Step:
        """Order something of an area."""
        return Step(self.time, Order(OrderKind(order), area=area))

    def desk_orders_of_all(self, order: Literal["start_muster", "end_muster", "end_emergency"]) -> Step:
        """Order something of the whole site."""
        return Step(self.time, Order(OrderKind(order)))

    def desk_orders_for(self, order: Literal["forgive", "renew", "seen_safe"], who: str) -> Step:
        """Order something about somebody."""
        return Step(self.time, Order(OrderKind(order), who=who))

    def desk_forgives_wrong_pins(self, who: str) -> Step:
        return Step(self.time, Forgive(who))

    def after(self, seconds: float) -> "At":
        """Give a later time."""
        return At(self.time + timedelta(seconds=seconds))


def at(clock: str) -> At:
    """Read a time such as ``05:41:10``."""
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return At(timedelta(hours=hours, minutes=minutes, seconds=seconds))
