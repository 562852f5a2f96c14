"""What can happen at a site, as a story tells it to the witness."""

from typing import NamedTuple

from policies.degraded import Condition
from policies.ids import DoorId, InputId
from policies.orders import Order
from policies.requests import Request
from policies.rulebook import Rulebook
from policies.turn import TimerKey


class Badged(NamedTuple):
    request: Request


class LeafMoved(NamedTuple):
    door: DoorId
    is_open: bool


class AskedOut(NamedTuple):
    door: DoorId


class LetOut(NamedTuple):
    door: DoorId


class Ordered(NamedTuple):
    order: Order


class FireChanged(NamedTuple):
    input: InputId
    active: bool


class ConditionChanged(NamedTuple):
    condition: Condition
    where: str | None
    holds: bool


class TimerElapsed(NamedTuple):
    key: TimerKey


class Started(NamedTuple):
    """Also after a restart."""


class RulesChanged(NamedTuple):
    rulebook: Rulebook


class ElseHappened(NamedTuple):
    what: str


Happening = (
    Badged
    | LeafMoved
    | AskedOut
    | LetOut
    | Ordered
    | FireChanged
    | ConditionChanged
    | TimerElapsed
    | Started
    | RulesChanged
    | ElseHappened
)
