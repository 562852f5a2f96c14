"""What can be said against what somebody has shown: cards, PINs, codes, fingers, faces."""

from typing import Final

from policies.case import Case, lacking
from policies.degraded import Condition
from policies.factors import BIOMETRIC, Factor, assurance_of
from policies.marks import replayed
from policies.reasons import Reason
from policies.tries import LIMITS, Kind, key_of

_CARD_AND_PIN: Final = Factor.CARD | Factor.PIN
_TYPED: Final = Factor.PIN | Factor.CODE


def request_stands(case: Case) -> Reason | None:
    """Refuse what must not be granted, whatever was proven."""
    return case.request.void


def card_proves_a_key(case: Case) -> Reason | None:
    """Refuse, where only cards count that prove a key, one that is known by a number."""
    clonable = case.point.refuses_clonable and case.card.clonable and Factor.CARD in case.request.proven
    return Reason.CLONABLE_CARD if clonable else None


def nothing_is_replayed(case: Case) -> Reason | None:
    """Refuse a one-time code that was used, and a card whose counter has not risen."""
    marks = case.request.marks
    return replayed(marks, case.memory.marks) if marks else None


def reader_takes_keys(case: Case) -> Reason | None:
    """Refuse what is typed at a reader at which too much was typed wrong, and to ask for it."""
    tries = case.memory.tries.get(key_of(Kind.READER, case.point.point.id))
    if tries is None:
        return None
    refusal = tries.refusal_at(case.now, LIMITS[Kind.READER])
    return refusal if refusal is not None and (case.missing | case.request.proven) & _TYPED else None


def code_may_be_tried(case: Case) -> Reason | None:
    """Refuse, where a one-time code is asked for, a person who has no generator or must wait."""
    if Factor.CODE in case.missing and Factor.CODE in case.person.cannot_show:
        return Reason.NO_CODE
    return _must_wait(case, Kind.CODE, Factor.CODE)


def biometric_may_be_tried(case: Case) -> Reason | None:
    """Refuse, where a finger or face is asked for, a person of whom none is enrolled, or who must wait.

    Where a finger or face stands alone the sensor has a count of its own: nobody is known before it fits.
    """
    proven = case.request.proven
    if proven & BIOMETRIC and Factor.CARD not in proven:
        tries = case.memory.tries.get(key_of(Kind.SENSOR, case.point.point.id))
        refusal = None if tries is None else tries.refusal_at(case.now, LIMITS[Kind.SENSOR])
        if refusal is not None:
            return refusal
    if case.missing & BIOMETRIC & case.person.cannot_show:
        return Reason.NO_BIOMETRIC
    return _must_wait(case, Kind.BIOMETRIC, BIOMETRIC)


def _must_wait(case: Case, kind: Kind, factors: Factor) -> Reason | None:
    """Say why nothing of this kind counts now: a right one does not end the wait either."""
    if not (case.missing | case.request.proven) & factors:
        return None
    tries = case.memory.tries.get(key_of(kind, case.person.id))
    return None if tries is None else tries.refusal_at(case.now, LIMITS[kind])


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
    return Reason.SENSOR_UNAVAILABLE if gone else None


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
    without = lacking(
        case.asks, proven & ~Factor.PIN, case.point, case.person, case.card, case.memory, case.now
    )
    return without is not case.missing
