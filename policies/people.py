"""Who asks to pass, and by what right: the values that the people's store hands to the rules."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from policies.factors import NOT_SHOWN, Factor
from policies.ids import AccessPointId, CredentialId, GroupId, LevelId, PersonId, QualificationId, RoleId
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
        if self.start is None and self.end is None:
            return None
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
        return None if self is CardStatus.ACTIVE else _REFUSAL_OF[self]


_REFUSAL_OF: Final = {
    CardStatus.REVOKED: Reason.CARD_REVOKED,
    CardStatus.LOST: Reason.CARD_LOST,
    CardStatus.STOLEN: Reason.CARD_STOLEN,
    CardStatus.DAMAGED: Reason.CARD_DAMAGED,
}


@dataclass(frozen=True, slots=True)
class UseLimits:
    """How often somebody may be let in; ``None`` is as often as they like."""

    total: int | None = None
    a_day: int | None = None

    def __post_init__(self) -> None:
        """Refuse a limit below nothing."""
        if any(limit is not None and limit < 0 for limit in (self.total, self.a_day)):
            raise ValueError("a number of uses must not be below nothing")


@dataclass(frozen=True, slots=True)
class Qualification:
    """An induction that was given, a licence that is held."""

    id: QualificationId
    until: datetime | None = None
    """Where it expires: at this instant it does not count any more."""

    def __post_init__(self) -> None:
        """Refuse an instant without an offset."""
        if self.until is not None:
            in_utc(self.until)


@dataclass(frozen=True, slots=True)
class TemporaryAccess:
    """A level that somebody has for a while, whatever their roles."""

    level: LevelId
    validity: Validity

    def __post_init__(self) -> None:
        """Refuse what has no end."""
        if self.validity.end is None:
            raise ValueError("temporary access needs an end")


@dataclass(frozen=True, slots=True)
class Person:
    """A cardholder, as the rules see one."""

    id: PersonId
    roles: tuple[RoleId, ...]
    validity: Validity = Validity()
    disabled: bool = False
    has_pin: bool = False
    groups: tuple[GroupId, ...] = ()
    uses: UseLimits | None = None
    qualifications: tuple[Qualification, ...] = ()
    temporary: tuple[TemporaryAccess, ...] = ()
    exempt: bool = False
    """Whether passback does not count for this person."""
    extended: bool = False
    """Whether doors give this person more time."""
    seen_from: datetime | None = None
    """Counts as seen at this instant: when the person was added, or access was renewed."""
    enrolled: Factor = Factor.NONE
    """What of one-time code, finger and face this person can be asked for; of the PIN ``has_pin`` tells."""

    def __post_init__(self) -> None:
        """Refuse an instant without an offset."""
        if self.seen_from is not None:
            in_utc(self.seen_from)

    @property
    def cannot_show(self) -> Factor:
        """Give what this person has none of. A card is no part of it: everybody begins with theirs."""
        return NOT_SHOWN[self.has_pin][self.enrolled._value_]


@dataclass(frozen=True, slots=True)
class Card:
    """A card in somebody's hands, or a code in their head, without its number."""

    id: CredentialId
    status: CardStatus = CardStatus.ACTIVE
    validity: Validity = Validity()
    clonable: bool = True
    """Whether anyone can copy what the reader reads of it, as with a plain UID."""
    points: frozenset[AccessPointId] | None = None
    """Where alone a pass or code counts; ``None``: wherever its holder may pass."""
    uses: int | None = None
    """How often a pass or code lets somebody in; ``None`` is as often as they like."""
    break_glass: bool = False
    """Whether it is a break-glass code: it alone opens, whatever the rights, and every use is an alarm."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A known card and the person it is bound to."""

    person: Person
    card: Card
