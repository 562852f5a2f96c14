"""What can be said against what somebody has shown: cards, PINs, fingers."""

from typing import Final

from policies.case import Case, lacking
from policies.degraded import Condition
from policies.factors import BIOMETRIC, Factor, assurance_of
from policies.reasons import Reason

_CARD_AND_PIN: Final = Factor.CARD | Factor.PIN


def enough_is_proven(case: Case) -> Reason | None:
    """Refuse what can prove too little for where it leads."""
    least = case.point.assurance
    if not least:
        return None
    proven = case.request.proven
    can_be = proven | case.missing if case.missing else proven
    reached = assurance_of(can_be, clonable_card=case.card.clonable)
    return Reason.TOO_LITTLE_ASSURANCE if reached < least else None


def sensor_answers(case: Case) -> Reason | None:
    """Refuse where a finger or face is asked for and its sensor is gone."""
    if not case.memory.gone or not case.missing & BIOMETRIC:
        return None
    gone = case.fallback(Condition.BIOMETRIC_LOST) is not None
    return Reason.AUTHENTICATION_UNAVAILABLE if gone else None


def pin_may_be_tried(case: Case) -> Reason | None:
    """Refuse, where a PIN is asked for, a person who has none or must wait after wrong ones."""
    wanted = bool(case.missing) and Factor.PIN in case.missing
    if wanted and not case.person.has_pin:
        return Reason.NO_PIN
    refusal = case.request.wrong_pins.refusal_at(case.now)
    # A right PIN does not end the wait, or guessing could go on during it.
    return refusal if refusal is not None and (wanted or _leans_on_pin(case)) else None


def factor_is_right(case: Case) -> Reason | None:
    """Refuse a factor that was wrong, came too late, or could not be checked, where it is needed."""
    return case.request.failure if case.missing else None


def _leans_on_pin(case: Case) -> bool:
    """Whether a card and its holder's PIN were shown, and more would be missing without that PIN.

    A code that stands alone is nobody's before it is right: no wrong ones are counted against its holder.
    """
    proven = case.request.proven
    if _CARD_AND_PIN not in proven:
        return False
    without = lacking(case.asks, proven & ~Factor.PIN, case.point, case.person, case.card, case.memory)
    return without is not case.missing
