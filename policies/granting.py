"""What comes of a decision: entries, uses, visitors who are led in, and a door that lets somebody pass."""

from dataclasses import dataclass

from policies.companions import guide_for
from policies.decide import Decision, Outcome
from policies.door_events import Granted
from policies.effects import Passage, Sound, Tone
from policies.event_types import EventType
from policies.ids import DoorId, PersonId
from policies.memory import Guide, Memory, Uses
from policies.noting import note_decision
from policies.passing import Passing
from policies.people import Holder, Person
from policies.places import Direction
from policies.requests import Request
from policies.rulebook import PointRules, Rulebook
from policies.turn import LOUD, LOUD_FOR, Answer, AtDoor, Note, Start, Turn
from policies.waiting import Waiting
from policies.whereabouts import Whereabouts
from policies.words import WORDS


@dataclass(slots=True)
class Granting:
    """Carries decisions out on what is remembered."""

    rulebook: Rulebook
    memory: Memory
    whereabouts: Whereabouts
    passing: Passing
    waiting: Waiting

    def act_on(self, turn: Turn, request: Request, decision: Decision, detail: dict[str, object]) -> None:
        """Answer, and do what the decision comes to. ``detail`` goes into the record with it."""
        point = self.rulebook.points[request.access_point]
        turn.effects.append(Answer(request.access_point, decision))
        match decision.outcome:
            case Outcome.GRANTED:
                self._grant(turn, point, request, decision, detail)
            case Outcome.REFUSED:
                note_decision(turn, point, request, decision, self.memory, detail)
                self._end_waiting(turn, point, (request,))
            case Outcome.GATHER:
                self.waiting.gather(turn, point, request, decision, detail)
            case Outcome.QUEUE:
                self.waiting.queue(turn, point, request, decision, detail)
            case _:
                pass  # another factor is wanted first

    def _grant(
        self, turn: Turn, point: PointRules, request: Request, decision: Decision, detail: dict[str, object]
    ) -> None:
        everybody = decision.together or (request,)
        self._end_waiting(turn, point, everybody)
        led_by = [self._escort_of(point, each.holder, turn) for each in everybody]
        reports = decision.reported_of_each or (decision.reported,)
        for each, reported, escort in zip(everybody, reports, led_by, strict=True):
            if each is request:
                note_decision(turn, point, each, decision, self.memory, detail)
            else:
                granted = Decision(Outcome.GRANTED, decision.reason, reported=reported)
                note_decision(turn, point, each, granted, self.memory)
            if each.holder is not None:
                self._count_use(point, each.holder.person, turn)
                self._use(turn, point, each.holder)
                if point.point.direction is Direction.IN:
                    self._lead(turn, point, each.holder, escort)
        for each in everybody:
            self.passing.grant(turn, point.point.door, self._granted(point, each.holder))

    def _end_waiting(self, turn: Turn, point: PointRules, requests: tuple[Request, ...]) -> None:
        memory, id_ = self.memory, point.point.id
        if id_ in memory.companions or id_ in memory.queued:
            self.waiting.withdraw(turn, point, requests)

    def _granted(self, point: PointRules, holder: Holder | None) -> Granted:
        id_, leaving = point.point.id, point.point.direction is Direction.OUT
        if holder is None:
            return Granted(Passage(id_, leaving=leaving))
        person = holder.person
        members = self.rulebook.crowd_of(person).members
        passage = Passage(id_, person.id, holder.card.id, point.enters, members, leaving)
        return Granted(passage, point.door.door.extended if person.extended else None)

    def _count_use(self, point: PointRules, person: Person, turn: Turn) -> None:
        memory, door = self.memory, point.point.door
        if self.rulebook.watches_unseen:
            memory.put("seen", person.id, turn.now)
        if person.uses is None or point.point.direction is Direction.OUT:
            return
        if self.passing.is_watched(door) and self._waits(door, person):
            return  # shown twice before the leaf opened: one passage, one use
        day = turn.now.astimezone(self.rulebook.timezone).date()
        before = memory.uses.get(person.id, Uses(0, 0, day))
        today = before.today if before.day == day else 0
        memory.put("uses", person.id, Uses(before.total + 1, today + 1, day))
        memory.put("counted", (door, person.id), day)

    def _use(self, turn: Turn, point: PointRules, holder: Holder) -> None:
        """Count the use of a pass or code that has so many, and tell everybody of break-glass."""
        card, door, memory = holder.card, point.point.door, self.memory
        if card.uses is not None and point.point.direction is Direction.IN:
            memory.put("spent", card.id, memory.spent.get(card.id, 0) + 1)
        if card.break_glass:
            where = (door, point.point.id, holder.person.id, card.id)
            turn.effects.append(Note(EventType.BREAK_GLASS, *where, WORDS[EventType.BREAK_GLASS]))
            turn.effects.append(AtDoor(door, Sound(Tone.ALARM)))
            turn.effects.append(Start((LOUD, door), LOUD_FOR))

    def _waits(self, door: DoorId, person: Person) -> bool:
        waiting = self.passing.state(door).waiting
        return any(one.person == person.id and not one.leaving for one in waiting)

    def _escort_of(self, point: PointRules, holder: Holder | None, turn: Turn) -> PersonId | None:
        if holder is None or not self.rulebook.crowd_of(holder.person).traits.needs_escort:
            return None
        return guide_for(holder.person.id, point, self.rulebook, self.memory, turn.now)

    def _lead(self, turn: Turn, point: PointRules, holder: Holder, escort: PersonId | None) -> None:
        """Remember who may bring visitors in behind them, and who brings this one."""
        person, place, memory = holder.person.id, point.point, self.memory
        traits = self.rulebook.crowd_of(holder.person).traits
        if traits.may_escort:
            memory.put("guides", place.id, Guide(person, turn.now))
        if escort is not None:
            self.whereabouts.is_led_by(person, escort)
            where = (place.door, place.id, person, holder.card.id)
            turn.effects.append(Note(EventType.ACCOMPANIED, *where, detail={"escort": escort}))
        elif person in memory.escorts and not traits.needs_escort:
            self.whereabouts.is_no_visitor(turn, person)
