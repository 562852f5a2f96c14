"""Wrong PINs, counted as the door process counts them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from policies.decide import Decision, Outcome
from policies.event_types import EventType
from policies.factors import Factor
from policies.ids import DoorId, PersonId
from policies.lockout import WrongPins
from policies.people import Holder
from policies.reasons import Reason
from policies.requests import Request
from policies.turn import Note

_NONE: Final = WrongPins()
_CARD_AND_PIN: Final = Factor.CARD | Factor.PIN


@dataclass(slots=True)
class PinCounts:
    """How often in a row each person's PIN was wrong."""

    _wrong: dict[PersonId, WrongPins] = field(default_factory=dict)

    def of(self, holder: Holder | None) -> WrongPins:
        """Give the count before a PIN is checked."""
        return _NONE if holder is None or not self._wrong else self._wrong.get(holder.person.id, _NONE)

    def forget(self, person: PersonId) -> None:
        """Set the count back to none."""
        self._wrong.pop(person, None)

    def count(self, request: Request, decision: Decision, door: DoorId, now: datetime) -> Note | None:
        """Count what came of a PIN; gives what goes into the record where the person has to wait now."""
        holder = request.holder
        if holder is None:
            return None
        if decision.reason is not Reason.WRONG_PIN:
            if _CARD_AND_PIN in request.proven and decision.outcome is not Outcome.REFUSED:
                self.forget(holder.person.id)
            return None
        wrong = self._wrong[holder.person.id] = request.wrong_pins.after_another(now)
        if wrong.until is None:
            return None
        words = (
            f"{wrong.count} wrong PINs in a row: no PIN is tried before {wrong.until:%Y-%m-%d %H:%M:%S} UTC."
        )
        return Note(
            EventType.LOCKOUT,
            door,
            request.access_point,
            holder.person.id,
            holder.card.id,
            words,
            {"wrong_pins": wrong.count},
        )
