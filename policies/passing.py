"""What follows when something happens at a door: passages, presence, modes, and the doors beside it."""

from dataclasses import dataclass, replace
from typing import Final

from policies.degraded import Condition
from policies.door import DoorState, at_start, step
from policies.door_events import WHEN_ELAPSED, DoorEvent, Granted, LockOrdered, UnlockOrdered
from policies.door_modes import DoorMode
from policies.effects import CancelTimer, DoorTimer, Passage, Record, StartTimer
from policies.event_types import EventType
from policies.ids import DoorId, PersonId
from policies.interlock import is_off_its_latch, released_siblings
from policies.memory import FirstCard, Memory, Sureness, Uses
from policies.modes import mode_of, next_change, rule_in_force, scheduled_mode, still_counts
from policies.places import Direction, Door
from policies.rulebook import DoorRules, Rulebook
from policies.turn import MODE, NO_TIME, QUEUE, AtDoor, Note, Start, Stop, TimerKey, Turn
from policies.whereabouts import Whereabouts
from policies.words import MODE_EVENT, WORDS

_TIMER_NAMES: Final = {timer: f"door-{timer.name.lower()}" for timer in DoorTimer}
TIMER_NAMED: Final = {name: timer for timer, name in _TIMER_NAMES.items()}


@dataclass(slots=True)
class Passing:
    """Carries door events out on what is remembered."""

    rulebook: Rulebook
    memory: Memory
    whereabouts: Whereabouts

    # ------------------------------------------------------------------------------------ one door

    def happens(self, turn: Turn, door_id: DoorId, event: DoorEvent) -> None:
        """Let an event happen to a door, with everything that follows from it."""
        rules, memory = self.rulebook.doors[door_id], self.memory
        before = self.state(door_id)
        state, effects = step(self._door(rules), before, event)
        if state is not before:
            memory.put("doors", door_id, state)
        ended: list[tuple[Record, PersonId]] = []
        for effect in effects:
            if isinstance(effect, Record):
                self._record(turn, door_id, effect)
                if (person := effect.passage.person) is not None:
                    ended.append((effect, person))
            elif isinstance(effect, StartTimer):
                turn.effects.append(Start((_TIMER_NAMES[effect.timer], door_id), effect.after))
            elif isinstance(effect, CancelTimer):
                turn.effects.append(Stop((_TIMER_NAMES[effect.timer], door_id)))
            else:
                turn.effects.append(AtDoor(door_id, effect))
        for record, person in ended:
            if record.type is EventType.ACCESS_TAKEN:
                self._came_in(turn, door_id, record.passage, Sureness.SEEN)
            else:
                self._came_to_nothing(turn, door_id, person)
        if rules.siblings and is_off_its_latch(before) and not is_off_its_latch(state):
            self._wake(turn, rules)

    def elapsed(self, turn: Turn, key: TimerKey) -> None:
        """Tell a door that one of its timers has run out."""
        self.happens(turn, DoorId(key[1]), WHEN_ELAPSED[TIMER_NAMED[key[0]]])

    def grant(self, turn: Turn, door_id: DoorId, event: Granted) -> None:
        """Let somebody pass, and take a sibling's release back where somebody leaves."""
        if event.passage.leaving:
            self.clear_siblings(turn, door_id)
        self.happens(turn, door_id, event)
        if not self.is_watched(door_id):
            self._came_in(turn, door_id, event.passage, Sureness.ASSUMED)

    def clear_siblings(self, turn: Turn, door_id: DoorId) -> None:
        """Secure every released sibling, so that never two doors of an interlock are released."""
        siblings = self.rulebook.doors[door_id].siblings
        for sibling in released_siblings(siblings, self.memory.doors):
            if not self.mode(sibling).releases:
                self.happens(turn, sibling, LockOrdered())

    def contact_changed(self, turn: Turn, door_id: DoorId, *, lost: bool) -> None:
        """The position switch of a door does not answer any more, or does again.

        What was granted before nobody can tell the end of: whoever waits to pass is assumed to have passed.
        """
        state = self.state(door_id)
        self.memory.put("doors", door_id, replace(state, waiting=()))
        if lost:
            for passage in state.waiting:
                self._came_in(turn, door_id, passage, Sureness.ASSUMED)
        elif not is_off_its_latch(state):
            self._wake(turn, self.rulebook.doors[door_id])

    def state(self, door_id: DoorId) -> DoorState:
        """Give how a door stands."""
        return self.memory.doors.get(door_id) or at_start(self.rulebook.doors[door_id].door)

    def _wake(self, turn: Turn, rules: DoorRules) -> None:
        """Let those who wait at the siblings of a door that has shut ask again, at once."""
        for sibling in rules.siblings:
            for point in self.rulebook.doors[sibling].ways_in:
                if point in self.memory.queued:
                    turn.effects.append(Start((QUEUE, point), NO_TIME))

    def is_watched(self, door_id: DoorId) -> bool:
        """Whether a position switch tells when the leaf opens, and answers."""
        return self._door(self.rulebook.doors[door_id]).monitored

    def _door(self, rules: DoorRules) -> Door:
        """Give the door; one whose position switch does not answer is as good as one without."""
        gone = self.memory.gone
        if gone and (Condition.CONTACT_LOST, rules.door.id) in gone:
            return replace(rules.door, monitored=False)
        return rules.door

    def _record(self, turn: Turn, door_id: DoorId, effect: Record) -> None:
        passage, words = effect.passage, WORDS.get(effect.type)
        where = (door_id, passage.access_point, passage.person, passage.credential)
        turn.effects.append(Note(effect.type, *where, words))

    # ------------------------------------------------------------------------------------ passages

    def _came_in(self, turn: Turn, door_id: DoorId, passage: Passage, sureness: Sureness) -> None:
        """Move somebody to where an access point leads."""
        if passage.person is None or passage.access_point is None:
            return
        memory, rules = self.memory, self.rulebook.points[passage.access_point]
        if memory.counted:
            memory.drop("counted", (door_id, passage.person))
        self.whereabouts.move(
            turn, passage.person, rules.point.to_area, passage.members, sureness, passage.enters
        )
        if rules.door.door.modes and rules.point.direction is Direction.IN:
            self._first_card(turn, rules.door, passage, sureness)

    def _came_to_nothing(self, turn: Turn, door_id: DoorId, person: PersonId) -> None:
        """Take back what was done for somebody who has not passed: a use, and an escort."""
        memory = self.memory
        day = memory.counted.get((door_id, person))
        if day is not None:
            memory.drop("counted", (door_id, person))
            uses = memory.uses[person]
            today = uses.today - int(uses.day == day)
            memory.put("uses", person, Uses(uses.total - 1, today, uses.day))
        self.whereabouts.did_not_follow(turn, person)

    def _first_card(self, turn: Turn, rules: DoorRules, passage: Passage, sureness: Sureness) -> None:
        """Begin the unlocking that waits until somebody has really come in."""
        memory, door = self.memory, rules.door
        rule = rule_in_force(rules, memory, turn.now)
        if rule is None or not rule.first_card or door.id in memory.first_cards:
            return
        if rule.first_card_members and not set(rule.first_card_members) & set(passage.members):
            return
        if door.monitored and sureness is not Sureness.SEEN:
            return
        memory.put("first_cards", door.id, FirstCard(rule, turn.now))
        memory.put("scheduled", door.id, scheduled_mode(rules, memory, turn.now))
        self.settle_mode(turn, door.id, "The first card has come in.")

    # --------------------------------------------------------------------------------------- modes

    def mode(self, door_id: DoorId) -> DoorMode:
        """Give the mode that a door is in."""
        return self.memory.modes.get(door_id, DoorMode.LOCKED)

    def consult_schedule(self, turn: Turn, door_id: DoorId) -> None:
        """See what the schedules bring now, and wait for their next change."""
        rules, memory = self.rulebook.doors[door_id], self.memory
        key = (MODE, door_id)
        if not rules.door.modes:
            if door_id in memory.scheduled:  # other rules had schedules for this door
                memory.drop("scheduled", door_id)
                memory.drop("first_cards", door_id)
                turn.effects.append(Stop(key))
            return
        self._look_at_schedule(turn, rules)
        change = next_change(rules, turn.now)
        turn.effects.append(Stop(key) if change is None else Start(key, change - turn.now))

    def _look_at_schedule(self, turn: Turn, rules: DoorRules) -> None:
        memory, door_id = self.memory, rules.door.id
        first = memory.first_cards.get(door_id)
        if first is not None and not still_counts(first, rule_in_force(rules, memory, turn.now), turn.now):
            memory.drop("first_cards", door_id)
        memory.put("scheduled", door_id, scheduled_mode(rules, memory, turn.now))

    def settle_mode(self, turn: Turn, door_id: DoorId, why: str, *, told: bool = False) -> None:
        """Bring a door into the mode that everything in force adds up to.

        ``told`` says that the record tells already what brings it about.
        """
        rules, memory = self.rulebook.doors[door_id], self.memory
        if rules.door.modes:
            # An order may end at the very instant at which an interval does, and its timer run out first.
            self._look_at_schedule(turn, rules)
        before, mode = self.mode(door_id), mode_of(rules, memory)
        if mode is before:
            return
        memory.put("modes", door_id, mode)
        if not told:
            turn.effects.append(Note(MODE_EVENT[mode], door_id, reason=why, detail={"mode": mode.value}))
        if mode.releases:
            self.happens(turn, door_id, UnlockOrdered())
        elif before.releases:
            self.happens(turn, door_id, LockOrdered())
        else:
            self.secure(turn, door_id)

    def secure(self, turn: Turn, door_id: DoorId) -> None:
        """Take back what was granted; but who was just let out is not locked in, their release runs out."""
        if not self.state(door_id).leaving:
            self.happens(turn, door_id, LockOrdered())
