"""The one question: whether this person may pass here and now.

The answer is a value with one reason. Checks run in a fixed order and the first that objects gives
the reason, so that a refusal names its nearest cause: what is wrong with the card before what is
wrong with the hour. A further rule is a further check in ``CHECKS``, in its place of rank.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

from policies.factors import Factor, PinCheck
from policies.ids import AccessPointId
from policies.lockout import WrongPins
from policies.people import Holder
from policies.places import AccessPoint, Direction
from policies.reasons import Reason
from policies.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Request:
    """What was shown at an access point, after it was checked."""

    access_point: AccessPointId
    holder: Holder | None
    """``None`` when nobody holds the card that was shown."""
    pin: PinCheck = PinCheck.NOT_ENTERED
    wrong_pins: WrongPins = WrongPins()
    """As they stood before this PIN was checked."""


class Outcome(Enum):
    """What a decision comes to."""

    GRANTED = auto()
    REFUSED = auto()
    MORE = auto()
    """Nothing objects so far; another factor is wanted before anything is granted."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided and why; the record keeps it word for word."""

    outcome: Outcome
    reason: Reason
    wanted: Factor = Factor.NONE
    """Which factors are still missing, when the outcome is ``MORE``."""
    noted: Reason | None = None
    """What would have refused the way in, where leaving was let through regardless."""

    @property
    def granted(self) -> bool:
        """Whether the person may pass."""
        return self.outcome is Outcome.GRANTED


Check = Callable[[Request, Holder, AccessPoint, Rulebook, datetime], Reason | None]
"""Gives the reason to refuse, or ``None`` when it has nothing against the request."""


def card_is_active(
    _q: Request, holder: Holder, _p: AccessPoint, _r: Rulebook, _now: datetime
) -> Reason | None:
    """Refuse a card that was revoked, lost, stolen or withdrawn."""
    return holder.card.status.refusal


def person_is_enabled(
    _q: Request, holder: Holder, _p: AccessPoint, _r: Rulebook, _now: datetime
) -> Reason | None:
    """Refuse a person whom an admin has disabled."""
    return Reason.PERSON_DISABLED if holder.person.disabled else None


def card_is_valid(_q: Request, holder: Holder, _p: AccessPoint, _r: Rulebook, now: datetime) -> Reason | None:
    """Refuse a card before or after its time."""
    return holder.card.validity.refusal_at(now)


def person_is_valid(
    _q: Request, holder: Holder, _p: AccessPoint, _r: Rulebook, now: datetime
) -> Reason | None:
    """Refuse a person before or after their time."""
    return holder.person.validity.refusal_at(now)


def level_covers_point(
    _q: Request, holder: Holder, point: AccessPoint, rulebook: Rulebook, now: datetime
) -> Reason | None:
    """Refuse where no level covers the access point, or none of them at this time."""
    covered = False
    for role in holder.person.roles:
        for schedule in rulebook.schedules_of.get((role, point.id), ()):
            if schedule.holds_at(now):
                return None
            covered = True
    return Reason.OUTSIDE_SCHEDULE if covered else Reason.NO_ACCESS_LEVEL


def pin_may_be_tried(
    request: Request, holder: Holder, point: AccessPoint, _r: Rulebook, now: datetime
) -> Reason | None:
    """Refuse, where a PIN is asked for, a person who has none or must wait after wrong ones."""
    if Factor.PIN not in point.asks.factors:
        return None
    if not holder.person.has_pin:
        return Reason.NO_PIN
    return request.wrong_pins.refusal_at(now)


def pin_is_right(
    request: Request, _h: Holder, point: AccessPoint, _r: Rulebook, _now: datetime
) -> Reason | None:
    """Refuse a PIN that was wrong, came too late, or could not be checked."""
    if Factor.PIN not in point.asks.factors:
        return None
    return _PIN_REFUSALS.get(request.pin)


_PIN_REFUSALS: Final = {
    PinCheck.WRONG: Reason.WRONG_PIN,
    PinCheck.TIMED_OUT: Reason.FACTOR_TIMEOUT,
    PinCheck.UNAVAILABLE: Reason.AUTHENTICATION_UNAVAILABLE,
}

CHECKS: Final[tuple[Check, ...]] = (
    card_is_active,
    person_is_enabled,
    card_is_valid,
    person_is_valid,
    level_covers_point,
    pin_may_be_tried,
    pin_is_right,
)
"""In order of rank: the first that objects decides."""


def decide(request: Request, rulebook: Rulebook, now: datetime) -> Decision:
    """Decide one request by the rules in force.

    Raises ``KeyError`` for an access point that the rulebook does not know: the caller asks about its
    own doors only.
    """
    point = rulebook.access_points[request.access_point]
    objection = _first_objection(request, point, rulebook, now)
    if point.direction is Direction.OUT:
        return leave(request.holder, objection)
    if objection is not None:
        return Decision(Outcome.REFUSED, objection)
    if Factor.PIN in point.asks.factors and request.pin is PinCheck.NOT_ENTERED:
        return Decision(Outcome.MORE, Reason.PIN_WANTED, wanted=Factor.PIN)
    return Decision(Outcome.GRANTED, Reason.GRANTED)


def leave(holder: Holder | None, noted: Reason | None) -> Decision:
    """Let somebody out, whoever it is, and keep in mind what the way in would have said."""
    reason = Reason.GRANTED_ANONYMOUS if holder is None else Reason.GRANTED
    return Decision(Outcome.GRANTED, reason, noted=noted)


def _first_objection(
    request: Request, point: AccessPoint, rulebook: Rulebook, now: datetime
) -> Reason | None:
    if request.holder is None:
        return Reason.UNKNOWN_CREDENTIAL
    for check in CHECKS:
        objection = check(request, request.holder, point, rulebook, now)
        if objection is not None:
            return objection
    return None
