"""What follows from where somebody is: company that is too small, visitors without escort, the muster."""

from typing import Final

from policies import presence
from policies.area_rules import LowerLimit
from policies.companions import are_apart, visitors_of
from policies.event_types import EventType
from policies.ids import AreaId, MemberId, PersonId
from policies.memory import SITE, Memory, Sureness
from policies.occupancy import headcount, is_too_few
from policies.rulebook import Rulebook
from policies.turn import ALONE, PARTED, Note, Start, Stop, Turn
from policies.words import WORDS


class Whereabouts:
    """Moves people on what is remembered, and watches who is with whom."""

    def __init__(self, rulebook: Rulebook, memory: Memory) -> None:
        """Take the rules in force and what is remembered."""
        self.rulebook, self.memory = rulebook, memory
        self.lower_limits: Final[dict[AreaId, LowerLimit]] = {
            area.id: area.lower_limit for area in rulebook.areas.values() if area.lower_limit is not None
        }

    def move(
        self,
        turn: Turn,
        person: PersonId,
        area: AreaId,
        members: tuple[MemberId, ...],
        sureness: Sureness,
        entering: tuple[AreaId, ...] = (),
    ) -> None:
        """Let somebody be in an area."""
        memory, chain = self.memory, self.rulebook.chains[area]
        before = memory.stays.get(person)
        presence.move(memory, person, chain, turn.now, members, sureness, entering)
        if self.lower_limits:
            left = () if before is None else tuple(each for each, _at in before.entered)
            for each in dict.fromkeys((*left, *chain)):
                self.watch_company(turn, each)
        if memory.escorts:
            self._visitors_after(turn, person)
        if memory.muster and sureness is Sureness.SEEN and self.rulebook.areas[area].outside:
            self.tick_off(turn, person)

    # ------------------------------------------------------------------------------------- company

    def watch_everybody(self, turn: Turn) -> None:
        """Look at every area and every visitor anew: the rules are others, or what is remembered is."""
        for area in sorted({*self.lower_limits, *self.memory.alone}):
            self.watch_company(turn, area)
        for visitor in sorted({*self.memory.escorts, *self.memory.parted}):
            self.watch_visitor(turn, visitor)

    def watch_company(self, turn: Turn, area: AreaId) -> None:
        """Wait for company where too few people are, and stop waiting where there are enough or none."""
        memory, limit = self.memory, self.lower_limits.get(area)
        waiting = memory.alone.get(area)
        if limit is not None and is_too_few(memory, self.rulebook, area):
            if waiting is None:
                memory.put("alone", area, value=False)
                turn.effects.append(Start((ALONE, area), limit.grace))
        elif waiting is not None:
            memory.drop("alone", area)
            turn.effects.append(Stop((ALONE, area)))
            if waiting:
                words = WORDS[EventType.OCCUPANCY_LOW_RESTORED]
                turn.effects.append(
                    Note(EventType.OCCUPANCY_LOW_RESTORED, reason=words, detail={"area": area})
                )

    def too_few_for_too_long(self, turn: Turn, area: AreaId) -> None:
        """Raise the alarm that fewer people are in an area than have to be."""
        if self.memory.alone.get(area) is not False:
            return
        self.memory.put("alone", area, value=True)
        detail = {"area": area, "people": headcount(self.memory, area)}
        turn.effects.append(
            Note(EventType.OCCUPANCY_LOW, reason=WORDS[EventType.OCCUPANCY_LOW], detail=detail)
        )

    # ------------------------------------------------------------------------------------ visitors

    def is_led_by(self, visitor: PersonId, escort: PersonId) -> None:
        """Somebody brings a visitor in: granted, and not passed yet."""
        memory = self.memory
        if visitor not in memory.guided:
            memory.put("guided", visitor, memory.escorts.get(visitor))
        memory.put("escorts", visitor, escort)

    def is_no_visitor(self, turn: Turn, person: PersonId) -> None:
        """Somebody who was brought in needs nobody any more, or has left."""
        self._is_with_escort(turn, person)
        self.memory.drop("escorts", person)
        self.memory.drop("guided", person)

    def did_not_follow(self, turn: Turn, visitor: PersonId) -> None:
        """A visitor who was granted did not pass: who had brought them where they are has them still."""
        memory = self.memory
        if visitor not in memory.guided or self._may_still_follow(visitor):
            return
        before = memory.guided[visitor]
        memory.drop("guided", visitor)
        if before is None:
            self.is_no_visitor(turn, visitor)
        else:
            memory.put("escorts", visitor, before)
            self.watch_visitor(turn, visitor)

    def _may_still_follow(self, visitor: PersonId) -> bool:
        passages = (passage for state in self.memory.doors.values() for passage in state.waiting)
        return any(passage.person == visitor and not passage.leaving for passage in passages)

    def watch_visitor(self, turn: Turn, visitor: PersonId) -> None:
        """Wait for the escort of a visitor who is apart, and stop waiting where they are together."""
        if not are_apart(visitor, self.memory, self.rulebook):
            self._is_with_escort(turn, visitor)
        elif visitor not in self.memory.parted:
            self.memory.put("parted", visitor, value=False)
            turn.effects.append(Start((PARTED, visitor), self.rulebook.escort.grace))

    def apart_for_too_long(self, turn: Turn, visitor: PersonId) -> None:
        """Raise the alarm that a visitor is alone inside."""
        memory = self.memory
        if memory.parted.get(visitor) is not False:
            return
        memory.put("parted", visitor, value=True)
        detail = {"area": memory.stays[visitor].area, "escort": memory.escorts[visitor]}
        words = WORDS[EventType.VISITOR_ALONE]
        turn.effects.append(Note(EventType.VISITOR_ALONE, person=visitor, reason=words, detail=detail))

    def _visitors_after(self, turn: Turn, moved: PersonId) -> None:
        memory = self.memory
        memory.drop("guided", moved)
        if moved in memory.escorts:
            if self.rulebook.areas[memory.stays[moved].area].outside:
                self.is_no_visitor(turn, moved)
            else:
                self.watch_visitor(turn, moved)
        for visitor in sorted(visitors_of(moved, memory)):
            self.watch_visitor(turn, visitor)

    def _is_with_escort(self, turn: Turn, visitor: PersonId) -> None:
        alarmed = self.memory.parted.get(visitor)
        if alarmed is None:
            return
        self.memory.drop("parted", visitor)
        turn.effects.append(Stop((PARTED, visitor)))
        if alarmed:
            words = WORDS[EventType.VISITOR_REJOINED]
            turn.effects.append(Note(EventType.VISITOR_REJOINED, person=visitor, reason=words))

    # -------------------------------------------------------------------------------------- muster

    def tick_off(self, turn: Turn, person: PersonId) -> None:
        """Somebody was seen safe, or seen to leave, while a muster is on."""
        muster = self.memory.muster.get(SITE)
        if muster is None or person not in muster.missing:
            return
        muster = muster._replace(safe=muster.safe | {person})
        self.memory.put("muster", SITE, muster)
        if not muster.missing:
            words = WORDS[EventType.MUSTER_COMPLETE]
            detail = {"people": len(muster.safe)}
            turn.effects.append(Note(EventType.MUSTER_COMPLETE, reason=words, detail=detail))
