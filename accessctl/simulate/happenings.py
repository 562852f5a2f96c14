"""What a line of a trace can say, as values."""

from typing import NamedTuple

from policies.degraded import Condition
from policies.factors import Factor
from policies.ids import AccessPointId, DoorId, InputId, PersonId
from policies.orders import Order
from policies.people import CardStatus, Holder
from policies.reasons import Reason


class Shown(NamedTuple):
    """What was shown at an access point, and how good it was."""

    proven: Factor = Factor.CARD
    failure: Reason | None = None
    """Why the latest factor proved nothing, where it was tried."""
    duress: bool = False
    anonymous: bool = False
    """Whether nothing of it says who it was."""
    tries_pin: bool = False
    card: CardStatus | None = None
    """What became of the card, where this badge says otherwise than its person."""


A_CARD = Shown()
NOTHING_SHOWN = Shown(Factor.NONE, anonymous=True)


class Added(NamedTuple):
    """Somebody is known from now on, or is known otherwise."""

    holder: Holder


class Badged(NamedTuple):
    """Somebody has shown something at an access point."""

    access_point: AccessPointId
    person: str | None
    """``None``: whoever it is, nobody knows them."""
    shown: Shown


class Moved(NamedTuple):
    """A leaf was opened or closed."""

    door: DoorId
    is_open: bool


class AskedOut(NamedTuple):
    """Somebody inside pressed the exit button, or touched the handle."""

    door: DoorId


class Ordered(NamedTuple):
    """An operator gave an order."""

    order: Order
    operator: str


class PinForgiven(NamedTuple):
    """An operator set somebody's wrong PINs back to none."""

    person: PersonId
    operator: str


class Fire(NamedTuple):
    """Fire inputs became active, or came to rest."""

    inputs: tuple[InputId, ...]
    active: bool


class Tampered(NamedTuple):
    """The tamper input of a door became active, or came to rest."""

    door: DoorId
    active: bool


class Changed(NamedTuple):
    """Something that doors rely on is gone, or back."""

    condition: Condition
    where: str | None
    """The access point of a reader or sensor, the door of a contact, ``None`` for the site."""
    holds: bool


Happening = Added | Badged | Moved | AskedOut | Ordered | PinForgiven | Fire | Tampered | Changed
