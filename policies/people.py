"""Who asks to pass, and by what right: the values that the people's store hands to the rules."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from policies.ids import CredentialId, PersonId, RoleId
from policies.instants import in_utc
from policies.reasons import Reason


@dataclass(frozen=True, slots=True)
class Validity:
    """From one instant to a later one: the start is included, the end is not. ``None`` is open-ended."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse instants without an offset, and an end that does not come after the start."""
        start, end = (None if at is None else in_utc(at) for at in (self.start, self.end))
        if start is not None and end is not None and end <= start:
            raise ValueError("a validity must end after it starts")

    def refusal_at(self, now: datetime) -> Reason | None:
        """Say why it does not hold at ``now``, or ``None`` when it holds."""
        instant = in_utc(now)
        if self.start is not None and instant < self.start:
            return Reason.NOT_YET_VALID
        if self.end is not None and instant >= self.end:
            return Reason.EXPIRED
        return None


class CardStatus(Enum):
    """Whether a card still counts, and if not, what became of it."""

    ACTIVE = "active"
    REVOKED = "revoked"
    LOST = "lost"
    STOLEN = "stolen"
    DAMAGED = "damaged"

    @property
    def refusal(self) -> Reason | None:
        """The reason such a card is refused, or ``None`` for an active one."""
        return _REFUSAL_OF[self]


_REFUSAL_OF = {
    CardStatus.ACTIVE: None,
    CardStatus.REVOKED: Reason.CARD_REVOKED,
    CardStatus.LOST: Reason.CARD_LOST,
    CardStatus.STOLEN: Reason.CARD_STOLEN,
    CardStatus.DAMAGED: Reason.CARD_DAMAGED,
}


@dataclass(frozen=True, slots=True)
class Person:
    """A cardholder, as the rules see one."""

    id: PersonId
    roles: tuple[RoleId, ...]
    validity: Validity = Validity()
    disabled: bool = False
    has_pin: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A card in somebody's hands, without its number."""

    id: CredentialId
    status: CardStatus = CardStatus.ACTIVE
    validity: Validity = Validity()


@dataclass(frozen=True, slots=True)
class Holder:
    """A known card and the person it is bound to."""

    person: Person
    card: Card
