"""What a badge line says was shown: which factors, and what was wrong with one of them."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Final

from accessctl.simulate.fields import Fields, known, word
from accessctl.simulate.happenings import A_CARD, NOTHING_SHOWN, Badged, Shown
from accessctl.simulate.people import CARD_STATUSES
from policies.factors import BIOMETRIC, Factor, PinCheck
from policies.ids import AccessPointId
from policies.people import CardStatus
from policies.reasons import Reason

FACTORS: Final[Mapping[str, Factor]] = {
    "card": Factor.CARD,
    "pin": Factor.PIN,
    "code": Factor.CODE,
    "fingerprint": Factor.FINGERPRINT,
    "finger": Factor.FINGERPRINT,
    "face": Factor.FACE,
}
PINS: Final[Mapping[str, PinCheck]] = {
    "right": PinCheck.MATCHED,
    "wrong": PinCheck.WRONG,
    "duress": PinCheck.DURESS,
    "timeout": PinCheck.TIMED_OUT,
    "unavailable": PinCheck.UNAVAILABLE,
}
_RIGHT, _WRONG, _DURESS = "right", "wrong", "duress"
_FINGERS: Final = {each: each for each in (_RIGHT, _WRONG, _DURESS)}
_OTHERS: Final = {each: each for each in (_RIGHT, _WRONG)}
_UNKNOWN, _UNREADABLE = "unknown", "unreadable"
_CARDS: Final[Mapping[str, CardStatus | str]] = {
    **CARD_STATUSES,
    _UNKNOWN: _UNKNOWN,
    _UNREADABLE: _UNREADABLE,
}


def badge_of(fields: Fields) -> Badged:
    """Read a badge. Raises ``Wrong``."""
    places = fields.names.every_point
    point = AccessPointId(known("access point", places, fields.needed("access_point", "point")))
    person = fields.text("person")
    if person == _UNKNOWN and person not in fields.names.people:
        person = None
    shown = _shown(fields)
    fields.end()
    return Badged(point, person, shown)


def _shown(fields: Fields) -> Shown:
    given = fields.value("factors")
    factors = [Factor.CARD] if given is None else [_factor(each) for each in fields.several("factors")]
    pin = fields.choice(PINS, "pin")
    finger = fields.choice(_FINGERS, "finger", "fingerprint")
    face, code = fields.choice(_OTHERS, "face"), fields.choice(_OTHERS, "code")
    card = fields.choice(_CARDS, "card")
    # Who says how a factor was, has shown it.
    said = ((Factor.CARD, card), (Factor.PIN, pin), *_how(finger, face, code))
    shown = reduce(or_, (*factors, *(factor for factor, how in said if how is not None)), Factor.NONE)
    if not shown:
        return NOTHING_SHOWN
    if shown is Factor.CARD and card is None:
        return A_CARD
    check = (pin or PinCheck.MATCHED) if Factor.PIN in shown else None
    proven = shown & ~Factor.PIN if check is None else (shown & ~Factor.PIN) | check.proves
    for factor, how in _how(finger, face, code):
        if how == _WRONG:
            proven &= ~factor
    failure = check.failure if check is not None else None
    if card == _UNREADABLE:
        failure = Reason.CARD_UNREADABLE
    return Shown(
        proven,
        failure,
        duress=check is PinCheck.DURESS or finger == _DURESS,
        anonymous=card in {_UNKNOWN, _UNREADABLE} or not _says_who(shown, proven),
        tries_pin=check is not None,
        card=card if isinstance(card, CardStatus) else None,
    )


def _how(finger: str | None, face: str | None, code: str | None) -> tuple[tuple[Factor, str | None], ...]:
    return ((Factor.FINGERPRINT, finger), (Factor.FACE, face), (Factor.CODE, code))


def _says_who(shown: Factor, proven: Factor) -> bool:
    """Whether it is known who it was: by the card, or by anything else that was right."""
    return Factor.CARD in shown or bool(proven & (BIOMETRIC | Factor.PIN | Factor.CODE))


def _factor(name: str) -> Factor:
    known("factor", FACTORS, word(name))
    return FACTORS[word(name)]
