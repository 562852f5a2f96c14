"""Drives the rules through a trace on a virtual clock.

Rule 1: time passes between lines only. A timer that is due at the instant of a line runs out before it.
Rule 2: timers run out in the order in which they are due; of two at one instant, in the order of their start.
Rule 3: what a turn brings about always stands: a trace has no disk that could fail. That the record cannot be
        written is told to the rules by a line of the trace.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from accessctl.simulate.happenings import (
    Added,
    AskedOut,
    Badged,
    Changed,
    Fire,
    Happening,
    Moved,
    Ordered,
    PinForgiven,
    Shown,
    Tampered,
)
from accessctl.simulate.output import Lines
from accessctl.simulate.pins import PinCounts
from accessctl.simulate.timers import Timers
from policies.decide import Decision, Outcome
from policies.degraded import Condition
from policies.event_types import EventType
from policies.factors import BIOMETRIC, Factor
from policies.ids import AccessPointId, DoorId
from policies.people import CardStatus, Holder
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import Rulebook
from policies.turn import FORGIVE, MODE, Answer, Note, Start, Stop, Turn
from policies.warden import Warden

_BY_SCHEDULE: Final = frozenset({MODE, FORGIVE})
"""Timers that start again whenever they run out: nobody waits for their end."""
_WAITS_AT_MOST: Final = timedelta(days=1)


class Player:
    """One site, from the first line of a trace to the last timer."""

    def __init__(self, rulebook: Rulebook, lines: Lines) -> None:
        """Take the rules in force, and who writes down what comes of them."""
        self.warden = Warden(rulebook, again=self._as_now)
        self._lines, self._timers, self._pins = lines, Timers(), PinCounts()
        self._people: dict[str, Holder] = {}
        self._open: set[DoorId] = set()
        """Leaves that stand open, whether or not anything tells so."""
        # In the order of the site file: a set would be gone through in another order by another process.
        self._watched = dict.fromkeys(id_ for id_, rules in rulebook.doors.items() if rules.door.monitored)
        self._now: datetime | None = None
        self.strangers: dict[str, int] = {}
        """Whoever badged and was never declared, and how often."""
        self.unwatched: set[DoorId] = set()
        """Doors without a position switch of which a line said that the leaf moved."""
        self._plays: Mapping[type, Any] = {
            Badged: self._badged,
            Moved: self._moved,
            AskedOut: self._asked_out,
            Ordered: self._ordered,
            PinForgiven: self._pin_forgiven,
            Fire: self._fire,
            Tampered: self._tampered,
            Changed: self._changed,
        }

    def add(self, added: Added) -> None:
        """Know somebody from now on, or know them otherwise."""
        self._people[added.holder.person.id] = added.holder

    def play(self, now: datetime | None, happening: Happening) -> None:
        """Let something happen. Instants are in UTC and never go back; only people come before time."""
        if type(happening) is Added:
            self.add(happening)
        if now is None:
            return
        if self._now is None:
            self._begin(now)
        self._now = now
        due = self._timers.due
        if due is not None and due <= now:
            self._run_out(now)
        if type(happening) is not Added:
            self._plays[type(happening)](happening, now)

    def finish(self, until: datetime | None = None) -> None:
        """Let time pass until then, or until nothing is left to wait for but schedules."""
        if self._now is None:
            return
        if until is not None:
            self._run_out(until)
            return
        last = self._now + _WAITS_AT_MOST
        while any(kind not in _BY_SCHEDULE for kind, _where in self._timers.running):
            found = self._timers.take(last)
            if found is None:
                return
            due, key = found
            self._carry_out(self.warden.elapsed(key, due))

    # ------------------------------------------------------------------------------------- the clock

    def _begin(self, now: datetime) -> None:
        """Start as a controller does, with every leaf closed."""
        self._carry_out(self.warden.start(now))
        for door in self._watched:
            self._carry_out(self.warden.leaf(door, now, is_open=False))

    def _run_out(self, until: datetime) -> None:
        while (found := self._timers.take(until)) is not None:
            due, key = found
            self._carry_out(self.warden.elapsed(key, due))

    def _carry_out(self, turn: Turn) -> None:
        now, put = turn.now, self._lines.put
        answers: list[Answer] | None = None
        for effect in turn.effects:
            kind = type(effect)
            if kind is Answer:
                answers = [*(answers or ()), effect]  # type: ignore[list-item]  # narrowed by its exact type
            elif kind is Start:
                self._timers.start(effect.key, now + effect.after)  # type: ignore[union-attr]
            elif kind is Stop:
                self._timers.stop(effect.key)  # type: ignore[union-attr]
            else:
                put(now, effect)  # type: ignore[arg-type]
        for answer in answers or ():  # whoever badged is told last: first it is recorded, then it is done
            put(now, answer)
        self.warden.memory.settle()

    # ------------------------------------------------------------------------------------ what happens

    def _badged(self, badge: Badged, now: datetime) -> None:
        shown = badge.shown
        holder = self._holder_of(badge)
        proven, failure = shown.proven, shown.failure
        if holder is not None and shown.tries_pin and not holder.person.has_pin:
            proven, failure = proven & ~Factor.PIN, None
        if holder is None and failure is None and Factor.CARD in proven:
            failure = Reason.UNKNOWN_CREDENTIAL  # one line is a whole attempt
        if self._is_gone(Condition.BIOMETRIC_LOST, badge.access_point):
            proven &= ~BIOMETRIC
        wrong = self._pins.of(holder)
        request = Request(badge.access_point, holder, proven, failure, shown.duress, wrong)
        turn = self.warden.present(request, now)
        for effect in turn.effects:
            if type(effect) is Answer:
                self._tell_more(turn, request, effect.decision, shown)
                break
        self._carry_out(turn)

    def _tell_more(self, turn: Turn, request: Request, decision: Decision, shown: Shown) -> None:
        """Add what stands in no record, or is counted by whoever checks PINs."""
        if decision.outcome is not Outcome.MORE and not shown.tries_pin:
            return
        point = self.warden.rulebook.access_points.get(request.access_point)
        if point is None:
            return  # nobody types a PIN at a muster point
        if shown.tries_pin:
            locked = self._pins.count(request, decision, point.door, turn.now)
            if locked is not None:
                turn.effects.append(locked)
        if decision.outcome is Outcome.MORE:
            turn.effects.append(_wanted(request, decision, point.door))

    def _as_now(self, request: Request) -> Request:
        """Give somebody who has waited as they are now; what a badge said of its card holds still."""
        then = request.holder
        if then is None:
            return request
        person = self._people.get(then.person.id, then)
        lost = then.card.status is not CardStatus.ACTIVE
        return replace(request, holder=replace(person, card=then.card) if lost else person)

    def _holder_of(self, badge: Badged) -> Holder | None:
        if badge.person is None:
            return None
        holder = self._people.get(badge.person)
        if holder is None:
            self.strangers[badge.person] = self.strangers.get(badge.person, 0) + 1
            return None
        if badge.shown.anonymous:
            return None
        if badge.shown.card is not None:
            return replace(holder, card=replace(holder.card, status=badge.shown.card))
        return holder

    def _is_gone(self, condition: Condition, where: str) -> bool:
        gone = self.warden.memory.gone
        return bool(gone) and (condition, where) in gone

    def _moved(self, moved: Moved, now: datetime) -> None:
        door, is_open = moved
        if is_open:
            self._open.add(door)
        else:
            self._open.discard(door)
        if door not in self._watched:
            self.unwatched.add(door)
            return
        if self._is_gone(Condition.CONTACT_LOST, door):
            return
        self._carry_out(self.warden.leaf(door, now, is_open=is_open))

    def _asked_out(self, asked: AskedOut, now: datetime) -> None:
        self._carry_out(self.warden.exit_requested(asked.door, now))

    def _ordered(self, ordered: Ordered, now: datetime) -> None:
        self._carry_out(self.warden.order(ordered.order, ordered.operator, now))

    def _pin_forgiven(self, forgiven: PinForgiven, now: datetime) -> None:
        self._pins.forget(forgiven.person)
        turn, detail = Turn(now), {"operator": forgiven.operator}
        turn.effects.append(
            Note(
                EventType.LOCKOUT_RELINQUISHED,
                person=forgiven.person,
                reason=f"Forgiven by {forgiven.operator}.",
                detail=detail,
            )
        )
        self._carry_out(turn)

    def _fire(self, fire: Fire, now: datetime) -> None:
        for input_id in fire.inputs:
            self._carry_out(self.warden.fire(input_id, now, active=fire.active))

    def _tampered(self, tampered: Tampered, now: datetime) -> None:
        self._carry_out(self.warden.tamper(tampered.door, now, active=tampered.active))

    def _changed(self, changed: Changed, now: datetime) -> None:
        condition, where, holds = changed
        self._carry_out(self.warden.condition(condition, where, now, holds=holds))
        if condition is Condition.CONTACT_LOST and not holds and where in self._watched:
            # A switch that answers again says at once how the leaf stands.
            door = DoorId(where or "")
            self._carry_out(self.warden.leaf(door, now, is_open=door in self._open))


def _wanted(request: Request, decision: Decision, door: DoorId) -> Note:
    """Tell which factors would do, as the prompt at the reader does."""
    wanted = [(factor.name or "").lower() for factor in decision.wanted]
    person = None if request.holder is None else request.holder.person.id
    return Note(
        decision.reason.event_type,
        door,
        AccessPointId(request.access_point),
        person,
        reason=decision.reason.words,
        detail={"wanted": wanted},
    )
