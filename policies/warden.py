"""Applies the rule book to everything that happens at a site.

Events in, effects out. The warden holds what has to be remembered (``Memory``) and nothing else: it reads no
clock, waits for nothing, touches no pin and no file. Whoever owns those tells it what happens, in order, and
carries out what it says. The door process and ``accessctl simulate`` both do, so that what is foreseen is
what happens.

Rule 1: a turn is whole. Who cannot record what a turn brings about calls ``memory.undo()`` and nothing of it
        has happened; otherwise ``memory.settle()``.
Rule 2: timers are named by what they are for; when one has run out, ``elapsed`` is told its name.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from policies.adopting import adopt
from policies.counting import Counting
from policies.decide import decide
from policies.degraded import Condition
from policies.door import at_start
from policies.door_events import ExitRequested, ExitSensed, LeafClosed, LeafOpened
from policies.door_orders import DoorOrders
from policies.effects import Sound, Tone
from policies.event_types import EventType
from policies.forgiving import forgive_when_due
from policies.granting import Granting
from policies.ids import AccessPointId, AreaId, DoorId, InputId, PersonId
from policies.instants import in_utc
from policies.marks import Mark, replayed
from policies.memory import Memory
from policies.mustering import Mustering
from policies.ordering import Ordering
from policies.orders import Order
from policies.passing import TIMER_NAMED, Passing
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import Rulebook
from policies.turn import (
    ALONE,
    FORGIVE,
    GATHER,
    LOUD,
    MODE,
    NO_TIME,
    OVERRIDE,
    PARTED,
    QUEUE,
    AtDoor,
    Note,
    Start,
    TimerKey,
    Turn,
)
from policies.waiting import Again, Waiting, as_before
from policies.whereabouts import Whereabouts
from policies.words import CONDITION_EVENTS, CONDITION_WORDS, WORDS

_BY_SCHEDULE: Final = "The schedule says so."
_AT_DOOR: Final = frozenset({Condition.READER_LOST, Condition.CONTACT_LOST})
_AT_SITE: Final = frozenset({Condition.CLOCK_UNTRUSTED, Condition.ON_BATTERY})
"""Which conditions can bring doors into another mode: one door, or every one."""


class Warden:
    """The rules of one site at work."""

    def __init__(self, rulebook: Rulebook, memory: Memory | None = None, again: Again = as_before) -> None:
        """Take the rules in force, what is remembered from before, and who looks people up again."""
        self.memory = memory or Memory()
        self._again = again
        self._go_by(rulebook)

    def _go_by(self, rulebook: Rulebook) -> None:
        memory = self.memory
        self.rulebook = rulebook
        self.whereabouts = Whereabouts(rulebook, memory)
        self.passing = Passing(rulebook, memory, self.whereabouts)
        self.waiting = Waiting(rulebook, memory, self._again)
        self.counting = Counting(memory)
        self.granting = Granting(rulebook, memory, self.whereabouts, self.passing, self.waiting)
        self.mustering = Mustering(rulebook, memory, self.whereabouts)
        door_orders = DoorOrders(rulebook, memory, self.passing)
        self.ordering = Ordering(rulebook, memory, self.passing, door_orders, self.mustering)

    # --------------------------------------------------------------------------- rules and their time

    def start(self, now: datetime) -> Turn:
        """Begin: nothing is known of any leaf, and what was remembered holds again."""
        for door_id, rules in self.rulebook.doors.items():
            self.memory.put("doors", door_id, at_start(rules.door))
        return self.recall(now)

    def recall(self, now: datetime) -> Turn:
        """Let hold again what was remembered before the start and could be read back only now.

        An operator's order to release a door does not outlive a restart.
        """
        turn, memory = Turn(now), self.memory
        for door_id, override in tuple(memory.overrides.items()):
            if override.mode.releases and not self.passing.mode(door_id).releases:
                memory.drop("overrides", door_id)
        self._settle_in(turn, "The schedule says so, or it was so before the start.")
        return turn

    def follow(self, rulebook: Rulebook, now: datetime) -> Turn:
        """Go by other rules from now on. Doors and access points must be the same."""
        self._go_by(rulebook)
        turn = Turn(now)
        self._settle_in(turn, _BY_SCHEDULE)
        for door_id in rulebook.doors:  # an interlock may be new
            if self.passing.state(door_id).released:
                self.passing.clear_siblings(turn, door_id)
        return turn

    def clock_stepped(self, now: datetime) -> Turn:
        """Look at every schedule anew: the wall clock is not where it was."""
        turn = Turn(now)
        self._look_at_clock(turn, _BY_SCHEDULE)
        return turn

    # ---------------------------------------------------------------------------------- access points

    def present(self, request: Request, now: datetime, detail: dict[str, object] | None = None) -> Turn:
        """Take what somebody has shown at an access point. ``detail`` goes into the record with it.

        Raises ``KeyError`` for an access point that there is not.
        """
        turn = Turn(now)
        if request.access_point in self.rulebook.muster_points:
            copied = replayed(request.marks, self.memory.marks)
            self.counting.use_up(request.marks)
            self.mustering.badged(turn, request if copied is None else replace(request, void=copied))
            return turn
        self.waiting.look_again(request.access_point)
        decision = decide(request, self.rulebook, turn.now, self.memory)
        if request.marks:
            self.counting.use_up(request.marks)
            request = replace(request, marks=())  # whoever waits is asked again, and shows nothing new
        self.granting.act_on(turn, request, decision, detail or {})
        self.counting.count(turn, self.rulebook.points[request.access_point], request, decision)
        return turn

    def exit_requested(self, door_id: DoorId, now: datetime) -> Turn:
        """Somebody inside pressed the button, or touched the handle: they are let out."""
        turn, rules = Turn(now), self.rulebook.doors[door_id]
        releases = rules.door.exit_releases
        out = rules.ways_out[0] if rules.ways_out else None
        kind = Reason.GRANTED_ANONYMOUS.event_type if releases else EventType.EXIT_REQUEST
        words = Reason.GRANTED_ANONYMOUS.words if releases else None
        turn.effects.append(Note(kind, door_id, out, reason=words, detail={"by": "exit request"}))
        self.passing.clear_siblings(turn, door_id)
        self.passing.happens(turn, door_id, ExitRequested() if releases else ExitSensed())
        return turn

    def let_out(self, door_id: DoorId, now: datetime) -> Turn:
        """Release a door for somebody who leaves, whatever it is that went wrong with their card."""
        turn = Turn(now)
        self.passing.clear_siblings(turn, door_id)
        self.passing.happens(turn, door_id, ExitRequested())
        return turn

    def leaf(self, door_id: DoorId, now: datetime, *, is_open: bool) -> Turn:
        """The position switch reports the leaf open or closed."""
        turn = Turn(now)
        self.passing.happens(turn, door_id, LeafOpened() if is_open else LeafClosed())
        return turn

    # --------------------------------------------------------------------------- orders and conditions

    def order(self, order: Order, operator: str, now: datetime, order_id: str | None = None) -> Turn:
        """Carry out what an operator orders; ``turn.refusal`` says why not."""
        turn = Turn(now)
        self.ordering.carry_out(turn, order, operator, order_id)
        return turn

    def fire(self, input_id: InputId, now: datetime, *, active: bool) -> Turn:
        """A fire input is active, or at rest again. Nothing is locked again by its rest."""
        turn, memory = Turn(now), self.memory
        if memory.inputs.get(input_id, False) == active:
            return turn
        memory.put("inputs", input_id, active)
        kind = EventType.FIRE_INPUT if active else EventType.FIRE_INPUT_RESTORED
        doors = self.rulebook.fire_doors.get(input_id, ())
        turn.effects.append(Note(kind, reason=WORDS[kind], detail={"input": input_id, "doors": list(doors)}))
        if active:
            for door_id in doors:
                memory.put("freed", door_id, input_id)
            for door_id in doors:
                self.passing.settle_mode(turn, door_id, WORDS[EventType.FIRE_INPUT])
        return turn

    def tamper(self, door_id: DoorId, now: datetime, *, active: bool) -> Turn:
        """Somebody is at the housing or the wiring of a door, or has gone."""
        turn = Turn(now)
        kind = EventType.DOOR_TAMPER if active else EventType.DOOR_TAMPER_RESTORED
        turn.effects.append(Note(kind, door_id))
        return turn

    def condition(
        self, condition: Condition, where: str | None, now: datetime, *, holds: bool, quietly: bool = False
    ) -> Turn:
        """Something that doors rely on is gone, or back.

        ``where`` is the access point of a reader or sensor, the door of a contact, ``None`` for the site.
        ``quietly`` leaves the record to the caller, who may know why.
        """
        turn = Turn(now)
        key = (condition, where if condition is not Condition.READER_LOST else f"{where}.reader")
        if (key in self.memory.gone) == holds:
            return turn
        self._remember(key, holds=holds)
        if not quietly:
            turn.effects.append(self._tell(condition, where, holds=holds))
        door = self._door_at(condition, where)
        if condition is Condition.READER_LOST and door is not None:
            self._watch_readers(door)
        if condition is Condition.CONTACT_LOST and door is not None:
            self.passing.contact_changed(turn, door, lost=holds)
        why = CONDITION_WORDS[condition][0 if holds else 1]
        if condition in _AT_SITE:
            self._consult_all(turn, why)
        elif condition in _AT_DOOR and door is not None:
            self.passing.settle_mode(turn, door, why)
        return turn

    def forgive(self, person: PersonId, operator: str, now: datetime, order_id: str | None = None) -> Turn:
        """Forget what somebody got wrong: codes, fingers and faces. Wrong PINs are counted by the caller."""
        turn = Turn(now)
        self.counting.forgive(person)
        detail = {"operator": operator, "order": order_id}
        words = f"Forgiven by {operator}."
        turn.effects.append(Note(EventType.LOCKOUT_RELINQUISHED, person=person, reason=words, detail=detail))
        return turn

    def use_up(self, marks: Iterable[Mark], now: datetime) -> Turn:
        """Let what was shown elsewhere than at a door count at none: the code that confirmed a generator."""
        self.counting.use_up(marks)
        return Turn(now)

    # ----------------------------------------------------------------------------------------- timers

    def elapsed(self, key: TimerKey, now: datetime) -> Turn:
        """A timer has run out. Raises ``ValueError`` for a name that was never started."""
        turn = Turn(now)
        kind, where = key
        if kind in TIMER_NAMED:
            self.passing.elapsed(turn, key)
        elif kind == QUEUE:
            let_in = self.waiting.ask_again(turn, AccessPointId(where))
            if let_in is not None:
                self.granting.act_on(turn, *let_in, {})
        elif kind == GATHER:
            self.waiting.nobody_joined(turn, AccessPointId(where))
        elif kind == MODE:
            self._consult(turn, DoorId(where), _BY_SCHEDULE)
        elif kind == ALONE:
            self.whereabouts.too_few_for_too_long(turn, AreaId(where))
        elif kind == PARTED:
            self.whereabouts.apart_for_too_long(turn, PersonId(where))
        elif kind == OVERRIDE:
            self.ordering.doors.override_ended(turn, DoorId(where))
        elif kind == LOUD:
            self._be_quiet(turn, DoorId(where))
        elif kind == FORGIVE:
            forgive_when_due(turn, self.memory, self.rulebook.forgives)
        else:
            raise ValueError(f"there is no timer {kind}")
        return turn

    def _be_quiet(self, turn: Turn, door_id: DoorId) -> None:
        """Let a door fall silent again, unless it has a reason of its own to sound."""
        if self.passing.state(door_id).alarm is None:
            turn.effects.append(AtDoor(door_id, Sound(Tone.QUIET)))

    # -------------------------------------------------------------------------- schedules and devices

    def _settle_in(self, turn: Turn, why: str) -> None:
        adopt(turn, self.memory, self.rulebook)
        self._look_at_clock(turn, why)
        self.whereabouts.watch_everybody(turn)

    def _look_at_clock(self, turn: Turn, why: str) -> None:
        self._consult_all(turn, why)
        for door_id in sorted(self.memory.overrides):
            override = self.memory.overrides[door_id]
            if override.until is not None:
                left = max(NO_TIME, in_utc(override.until) - turn.now)
                turn.effects.append(Start((OVERRIDE, door_id), left))
        forgive_when_due(turn, self.memory, self.rulebook.forgives)

    def _consult_all(self, turn: Turn, why: str) -> None:
        for door_id in self.rulebook.doors:
            self._consult(turn, door_id, why)

    def _consult(self, turn: Turn, door_id: DoorId, why: str) -> None:
        self.passing.consult_schedule(turn, door_id)
        self.passing.settle_mode(turn, door_id, why)

    def _door_at(self, condition: Condition, where: str | None) -> DoorId | None:
        """Give the door that a condition is about; ``None`` for the site, and for a muster point."""
        if where is None:
            return None
        if condition is Condition.CONTACT_LOST:
            return DoorId(where)
        point = self.rulebook.access_points.get(AccessPointId(where))
        return None if point is None else point.door

    def _watch_readers(self, door: DoorId) -> None:
        """A door has lost a reader while any of its access points has."""
        rules = self.rulebook.doors[door]
        points = (*rules.ways_in, *rules.ways_out)
        lost = any((Condition.READER_LOST, f"{point}.reader") in self.memory.gone for point in points)
        self._remember((Condition.READER_LOST, door), holds=lost)

    def _remember(self, key: tuple[Condition, str | None], *, holds: bool) -> None:
        if holds:
            self.memory.put("gone", key, value=True)
        else:
            self.memory.drop("gone", key)

    def _tell(self, condition: Condition, where: str | None, *, holds: bool) -> Note:
        which = 0 if holds else 1
        kind, words = CONDITION_EVENTS[condition][which], CONDITION_WORDS[condition][which]
        door = self._door_at(condition, where)
        if condition is Condition.CONTACT_LOST:
            return Note(kind, door, reason=words, detail={"input": "position"})
        return Note(kind, door, None if where is None else AccessPointId(where), reason=words)
