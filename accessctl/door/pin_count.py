"""How wrong PINs in a row are counted: together with what was decided about them."""

from typing import Final

from accessctl.door.clock import Clock
from accessctl.door.executive import Along
from accessctl.store.entry import Entry
from policies.decide import Decision, Outcome
from policies.event_types import EventType
from policies.factors import Factor
from policies.lockout import LAST_TRY, WrongPins
from policies.people import Holder
from policies.places import AccessPoint
from policies.reasons import Reason
from policies.requests import Request
from policies.turn import Answer, Turn

_BOTH: Final = Factor.CARD | Factor.PIN


def counted_along(request: Request, turn: Turn, point: AccessPoint, clock: Clock) -> Along:
    """Count a wrong PIN, or forget those before a right one, in the transaction of the answer itself."""
    holder = request.holder
    decision = next((effect.decision for effect in turn.effects if isinstance(effect, Answer)), None)
    if holder is None or decision is None:
        return Along()
    wrong = _count_after(decision, request, clock)
    if wrong is None:
        return Along()
    return Along(_lockout(holder, wrong, point, clock), (holder.person.id, wrong))


def _count_after(decision: Decision, request: Request, clock: Clock) -> WrongPins | None:
    """Give the count of wrong PINs after this, or ``None`` when it stays as it is."""
    wrong = request.wrong_pins
    if decision.reason is Reason.WRONG_PIN:
        return wrong.after_another(clock.now())
    right = _BOTH in request.proven
    return WrongPins() if right and wrong.count and decision.outcome is not Outcome.REFUSED else None


def _lockout(holder: Holder, wrong: WrongPins, point: AccessPoint, clock: Clock) -> tuple[Entry, ...]:
    if wrong.until is None:
        return ()
    words = f"{wrong.count} wrong PINs in a row: no PIN is tried before {wrong.until:%Y-%m-%d %H:%M:%S} UTC."
    if wrong.count >= LAST_TRY:
        words = Reason.TOO_MANY_WRONG_PINS.words
    where = (point.door, point.id, holder.person.id, holder.card.id)
    return (Entry(clock.moment(), EventType.LOCKOUT, *where, words, {"wrong_pins": wrong.count}),)
