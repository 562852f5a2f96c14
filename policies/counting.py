"""What a request leaves behind whatever was decided: codes that are used up, tries that failed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from policies.decide import Decision, Outcome
from policies.event_types import EventType
from policies.ids import PersonId
from policies.marks import Mark
from policies.memory import Memory
from policies.requests import Request
from policies.rulebook import PointRules
from policies.tries import (
    COUNTED_AS,
    LIMITS,
    OF_NOBODY,
    TYPED_WRONG,
    Kind,
    Tries,
    after_another,
    cleared_by,
    key_of,
)
from policies.turn import Note, Turn

_OF_A_PLACE: Final = frozenset({Kind.READER, Kind.SENSOR})
_FORGIVABLE: Final = (Kind.CODE, Kind.BIOMETRIC)
_OF_WHAT: Final = {
    Kind.CODE: "wrong one-time codes",
    Kind.BIOMETRIC: "fingers or faces that did not fit",
    Kind.READER: "wrong PINs and codes at this reader",
    Kind.SENSOR: "fingers or faces here that nobody knows",
}


@dataclass(slots=True)
class Counting:
    """Keeps marks and tries on what is remembered."""

    memory: Memory

    def use_up(self, marks: Iterable[Mark]) -> None:
        """Let what was shown never count again."""
        for mark in marks:
            if mark.value > self.memory.marks.get(mark.key, -1):
                self.memory.put("marks", mark.key, mark.value)

    def count(self, turn: Turn, point: PointRules, request: Request, decision: Decision) -> None:
        """Count what failed, or begin anew after what was right; tell of who has to wait now."""
        reason, holder = decision.reason, request.holder
        if holder is not None:
            if (kind := COUNTED_AS.get(reason)) is not None:
                self._failed(turn, point, request, kind, holder.person.id)
            elif self.memory.tries and decision.outcome is not Outcome.REFUSED:
                for cleared in cleared_by(request.proven):
                    self.memory.drop("tries", key_of(cleared, holder.person.id))
        elif reason in OF_NOBODY:
            self._failed(turn, point, request, Kind.SENSOR, point.point.id)
        if reason in TYPED_WRONG:
            self._failed(turn, point, request, Kind.READER, point.point.id)

    def forgive(self, person: PersonId) -> None:
        """Forget what somebody failed at. A reader's count is nobody's, and goes down by itself."""
        for kind in _FORGIVABLE:
            self.memory.drop("tries", key_of(kind, person))

    def _failed(self, turn: Turn, point: PointRules, request: Request, kind: Kind, subject: str) -> None:
        key, limits = key_of(kind, subject), LIMITS[kind]
        tries = after_another(self.memory.tries.get(key), turn.now, limits)
        self.memory.put("tries", key, tries)
        if tries.until is None:
            return
        ended = limits.last is not None and tries.failed >= limits.last
        holder = None if kind in _OF_A_PLACE else request.holder
        turn.effects.append(
            Note(
                EventType.LOCKOUT,
                point.point.door,
                point.point.id,
                None if holder is None else holder.person.id,
                None if holder is None else holder.card.id,
                limits.ended.words if ended else _words(kind, tries),
                {"tries": tries.failed, "of": kind.value},
            )
        )


def _words(kind: Kind, tries: Tries) -> str:
    until = "" if tries.until is None else f"{tries.until:%Y-%m-%d %H:%M:%S} UTC"
    return f"{tries.failed} {_OF_WHAT[kind]}: nothing more is tried before {until}."
