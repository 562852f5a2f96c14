"""What the record says of a decision."""

from policies.companions import visitors_of
from policies.decide import Decision
from policies.event_types import EventType
from policies.ids import CredentialId, PersonId
from policies.memory import Memory
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import PointRules
from policies.turn import NOTHING_MORE, Note, Turn
from policies.words import WORDS


def note_decision(
    turn: Turn,
    point: PointRules,
    request: Request,
    decision: Decision,
    memory: Memory,
    detail: dict[str, object] | None = None,
) -> None:
    """Enter a decision about somebody, what is reported of them, and their cry for help."""
    holder, place = request.holder, point.point
    person: PersonId | None = None
    credential: CredentialId | None = None
    if holder is not None:
        person, credential = holder.person.id, holder.card.id
    reason, words = decision.reason, decision.reason.words
    if decision.noted is not None:
        detail = {**(detail or {}), "noted": decision.noted.event_type}
        words = f"{words} On the way in: {decision.noted.words}"
    door, id_ = place.door, place.id
    turn.effects.append(Note(reason.event_type, door, id_, person, credential, words, detail or NOTHING_MORE))
    for reported in decision.reported:
        more = NOTHING_MORE
        if reported is Reason.LEAVES_VISITOR and person is not None:
            more = {"visitors": sorted(visitors_of(person, memory))}
        turn.effects.append(Note(reported.event_type, door, id_, person, credential, reported.words, more))
    if request.duress and holder is not None:
        duress, calm = EventType.DURESS, {"granted": decision.granted}
        turn.effects.append(Note(duress, door, id_, person, credential, WORDS[duress], calm))
