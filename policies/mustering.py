"""The muster: who was inside when it began, and who has been seen safe since."""

from dataclasses import dataclass
from typing import Final

from policies.decide import Decision, Outcome
from policies.event_types import EventType
from policies.ids import AreaId, PersonId
from policies.memory import SITE, Memory, Muster, Sureness
from policies.people import Holder
from policies.places import MusterPoint
from policies.presence import inside
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import Rulebook
from policies.signed import Signed
from policies.turn import Answer, Note, Turn
from policies.whereabouts import Whereabouts

_SEEN_SAFE: Final = "Seen safe at a muster point."


@dataclass(slots=True)
class Mustering:
    """Keeps the muster on what is remembered."""

    rulebook: Rulebook
    memory: Memory
    whereabouts: Whereabouts

    def badged(self, turn: Turn, request: Request) -> None:
        """Somebody shows at a muster point that they are safe.

        A card that was reported lost or withdrawn says nothing of where its holder is: whoever has it is
        not taken for them. Whether the person may pass anywhere does not matter here.
        """
        point, holder = self.rulebook.muster_points[request.access_point], request.holder
        if holder is None:
            refusal = request.failure or Reason.UNKNOWN_CREDENTIAL
        elif request.void is not None:
            refusal = request.void
        elif holder.card.status.refusal is not None:
            refusal = holder.card.status.refusal
        else:
            self._is_safe(turn, point, holder)
            return
        person, card = (None, None) if holder is None else (holder.person.id, holder.card.id)
        turn.effects.append(Answer(point.id, Decision(Outcome.REFUSED, refusal)))
        turn.effects.append(Note(refusal.event_type, None, point.id, person, card, refusal.words))

    def start(self, turn: Turn, signed: Signed) -> str | None:
        """Begin to look for everybody who is inside, or say why not."""
        if SITE in self.memory.muster:
            return "A muster is going on already."
        outside = [area.id for area in self.rulebook.areas.values() if area.outside]
        people = inside(self.memory, outside)
        self.memory.put("muster", SITE, Muster(turn.now, frozenset(people), frozenset()))
        where: dict[AreaId, list[PersonId]] = {}
        for person, stay in people.items():
            where.setdefault(stay.area, []).append(person)
        listed = {area: sorted(found) for area, found in sorted(where.items())}
        detail = {"people": len(people), "inside": listed}
        turn.effects.append(signed.note(EventType.MUSTER_STARTED, detail))
        return None

    def end(self, turn: Turn, signed: Signed) -> str | None:
        """End the muster, whoever is still missing, or say why not."""
        muster = self.memory.muster.get(SITE)
        if muster is None:
            return "No muster is going on."
        self.memory.drop("muster", SITE)
        detail = {"safe": len(muster.safe), "missing": sorted(muster.missing)}
        turn.effects.append(signed.note(EventType.MUSTER_ENDED, detail))
        return None

    def seen_safe(self, turn: Turn, person: PersonId, signed: Signed) -> str | None:
        """Tick somebody off on an operator's word, or say why not."""
        if SITE not in self.memory.muster:
            return "No muster is going on."
        turn.effects.append(signed.note(EventType.MUSTER, person=person))
        self.whereabouts.tick_off(turn, person)
        return None

    def _is_safe(self, turn: Turn, point: MusterPoint, holder: Holder) -> None:
        person, card = holder.person, holder.card
        turn.effects.append(Answer(point.id, Decision(Outcome.GRANTED, Reason.GRANTED)))
        turn.effects.append(Note(EventType.MUSTER, None, point.id, person.id, card.id, _SEEN_SAFE))
        members = self.rulebook.crowd_of(person).members
        self.whereabouts.move(turn, person.id, point.area, members, Sureness.SEEN)
        self.whereabouts.tick_off(turn, person.id)
