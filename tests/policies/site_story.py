"""A site, a clock and timers that we own, and a witness who looks on.

The story tells a warden what happens. Each turn is taken back once and judged again before it stands: what
comes of it must be the same, and nothing may be left of what was taken back. Then due timers speak.

What a story ``expects`` are the entries by their types and what the doors are told, in order; timers are left
out: their effect is what counts.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import fields
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, Final, Self

from policies.decide import Decision, Outcome
from policies.degraded import Condition
from policies.effects import Release, Secure, Sound
from policies.factors import Factor
from policies.ids import AccessPointId, DoorId, InputId
from policies.memory import KEPT, Memory
from policies.orders import Order
from policies.people import Holder
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import Rulebook
from policies.turn import Answer, AtDoor, Note, SiteEffect, Start, Stop, TimerKey, Turn
from policies.warden import Warden
from tests.policies.site_happenings import (
    AskedOut,
    Badged,
    ConditionChanged,
    ElseHappened,
    FireChanged,
    Happening,
    LeafMoved,
    LetOut,
    Ordered,
    RulesChanged,
    Started,
    TimerElapsed,
)
from tests.policies.site_witness import SiteWitness
from tests.policies.values import NOON

TABLES: Final = tuple(each.name for each in fields(Memory) if not each.name.startswith("_"))


class SiteStory:
    """What happens at one site, told in order."""

    def __init__(
        self,
        rulebook: Rulebook,
        *,
        at: datetime = NOON,
        warden: Callable[[Rulebook, Memory], Warden] = Warden,
        leaves_speak: bool = True,
    ) -> None:
        self.began = self.now = at
        self.told: list[str] = []
        """Everything that ever came of it, for who compares two stories."""
        self.effects: list[SiteEffect] = []
        """The same, as values."""
        self._make = warden
        self._said: list[SiteEffect] = []
        self._timers: dict[TimerKey, int] = {}
        self._heap: list[tuple[datetime, int, TimerKey]] = []
        self._count = 0
        self.witness = SiteWitness(rulebook)
        self.warden = warden(rulebook, Memory())
        self._starts(leaves_speak=leaves_speak)

    # ------------------------------------------------------------------------------------- the clock

    def at(self, when: timedelta | datetime) -> Self:
        """Let time pass until then; the timers that run out on the way speak."""
        then = self.began + when if isinstance(when, timedelta) else when
        assert then >= self.now, "a story does not go back in time"
        while (timer := self._next_timer(then)) is not None:
            self.now, key = timer
            self._happens(TimerElapsed(key), lambda key=key: self.warden.elapsed(key, self.now))  # type: ignore[misc]
        self.now = then
        return self

    def after(self, seconds: float) -> Self:
        return self.at(self.now + timedelta(seconds=seconds))

    def clock_is_set(self, to: datetime) -> Self:
        """Somebody or something sets the wall clock; timers run on."""
        moved = to - self.now
        self._heap = sorted((due + moved, count, key) for due, count, key in self._heap)
        self.began, self.now = self.began + moved, to
        return self._tell(ElseHappened("the clock was set"), lambda: self.warden.clock_stepped(self.now))

    # --------------------------------------------------------------------------------- what happens

    def badge(
        self,
        holder: Holder | None,
        point: str,
        proven: Factor = Factor.CARD,
        *,
        failure: Reason | None = None,
        duress: bool = False,
        detail: dict[str, object] | None = None,
    ) -> Self:
        request = Request(AccessPointId(point), holder, proven, failure, duress)
        return self._tell(Badged(request), lambda: self.warden.present(request, self.now, detail))

    def leaf_opens(self, door: str) -> Self:
        return self._leaf(DoorId(door), is_open=True)

    def leaf_closes(self, door: str) -> Self:
        return self._leaf(DoorId(door), is_open=False)

    def goes_through(self, holder: Holder, point: str) -> Self:
        """Badge, open the leaf, and let it fall shut; what comes of it is not looked at."""
        door = self.warden.rulebook.access_points[AccessPointId(point)].door
        assert self.badge(holder, point).is_granted(), f"{holder.person.id} was not let through {point}"
        return self.leaf_opens(door).leaf_closes(door).forgets()

    def exit_button(self, door: str) -> Self:
        id_ = DoorId(door)
        return self._tell(AskedOut(id_), lambda: self.warden.exit_requested(id_, self.now))

    def let_out(self, door: str) -> Self:
        id_ = DoorId(door)
        return self._tell(LetOut(id_), lambda: self.warden.let_out(id_, self.now))

    def order(self, order: Order, operator: str = "olga", order_id: str | None = None) -> Self:
        return self._tell(Ordered(order), lambda: self.warden.order(order, operator, self.now, order_id))

    def fire(self, input_id: str = "fire", *, active: bool = True) -> Self:
        id_ = InputId(input_id)
        return self._tell(FireChanged(id_, active), lambda: self.warden.fire(id_, self.now, active=active))

    def tamper(self, door: str, *, active: bool = True) -> Self:
        return self._tell(
            ElseHappened("tamper"), lambda: self.warden.tamper(DoorId(door), self.now, active=active)
        )

    def lost(self, condition: Condition, where: str | None = None, *, quietly: bool = False) -> Self:
        return self._condition(condition, where, holds=True, quietly=quietly)

    def back(self, condition: Condition, where: str | None = None, *, quietly: bool = False) -> Self:
        return self._condition(condition, where, holds=False, quietly=quietly)

    def follows(self, rulebook: Rulebook) -> Self:
        """Other rules are put in force."""
        return self._tell(RulesChanged(rulebook), lambda: self.warden.follow(rulebook, self.now))

    def restarts(self, rulebook: Rulebook | None = None) -> Self:
        """The process ends and starts again: strikes fall shut, and only what is kept is remembered."""
        kept = {name: deepcopy(getattr(self.warden.memory, name)) for name in KEPT}
        rules = rulebook or self.warden.rulebook
        self._timers.clear()
        self._heap.clear()
        self.witness.goes_by(rules)
        self.warden = self._make(rules, Memory(**kept))
        return self._starts(leaves_speak=True)

    # ---------------------------------------------------------------------------------- what is seen

    def expects(self, *said: str) -> Self:
        """Check what has come of it since the last time somebody looked: this, and nothing else."""
        found = [words for effect in self._said if (words := in_words(effect))]
        assert found == list(said), f"at {self.now}: {found}"
        return self.forgets()

    def forgets(self) -> Self:
        self._said.clear()
        return self

    def notes(self, kind: str) -> list[Note]:
        """Give the entries of one type since the last time somebody looked."""
        return [effect for effect in self._said if isinstance(effect, Note) and effect.type == kind]

    def note(self, kind: str) -> Note:
        """Give the only entry of a type since the last time somebody looked."""
        (note,) = self.notes(kind)
        return note

    def answer(self) -> Decision:
        """Give what was shown last."""
        return next(effect.decision for effect in reversed(self._said) if isinstance(effect, Answer))

    def is_granted(self) -> bool:
        return self.answer().outcome is Outcome.GRANTED

    @property
    def timers(self) -> set[TimerKey]:
        return set(self._timers)

    def is_released(self, door: str) -> bool:
        return self.warden.memory.doors[DoorId(door)].released

    def refuses(self, order: Order, *because: str) -> Self:
        """Give an order that is refused with these words in the reason."""
        self.forgets().order(order)
        note = self.note("order_refused")
        assert all(word in (note.reason or "") for word in because), note.reason
        return self.expects("order_refused")

    # ------------------------------------------------------------------------------------ in detail

    def _starts(self, *, leaves_speak: bool) -> Self:
        self._tell(Started(), lambda: self.warden.start(self.now))
        for door, rules in self.warden.rulebook.doors.items():
            if rules.door.monitored and leaves_speak:
                self._leaf(door, is_open=False)
        return self

    def _leaf(self, door: DoorId, *, is_open: bool) -> Self:
        return self._tell(LeafMoved(door, is_open), lambda: self.warden.leaf(door, self.now, is_open=is_open))

    def _condition(self, condition: Condition, where: str | None, *, holds: bool, quietly: bool) -> Self:
        def judge() -> Turn:
            return self.warden.condition(condition, where, self.now, holds=holds, quietly=quietly)

        return self._tell(ConditionChanged(condition, where, holds), judge)

    def _tell(self, what: Happening, judge: Callable[[], Turn]) -> Self:
        self._happens(what, judge)
        return self.at(self.now)

    def _happens(self, what: Happening, judge: Callable[[], Turn]) -> None:
        memory = self.warden.memory
        before = tables_of(memory)
        first = judge()
        memory.undo()
        assert tables_of(memory) == before, f"something was left of {what}, which was taken back"
        turn = judge()
        assert (turn.effects, turn.refusal) == (first.effects, first.refusal), f"{what} went otherwise"
        memory.settle()
        for effect in turn.effects:
            if isinstance(effect, Start):
                self._start(effect.key, self.now + effect.after)
            elif isinstance(effect, Stop):
                self._timers.pop(effect.key, None)
        self._said += turn.effects
        self.effects += turn.effects
        self.told.append(f"{self.now} {type(what).__name__} {turn.effects!r}")
        self.witness.sees(what, turn, memory, self._timers)

    def _start(self, key: TimerKey, due: datetime) -> None:
        self._count += 1
        self._timers[key] = self._count
        heappush(self._heap, (due, self._count, key))

    def _next_timer(self, until: datetime) -> tuple[datetime, TimerKey] | None:
        while self._heap and self._heap[0][0] <= until:
            due, count, key = heappop(self._heap)
            if self._timers.get(key) == count:
                del self._timers[key]
                return due, key
        return None


def tables_of(memory: Memory) -> dict[str, dict[Any, Any]]:
    """Give a copy of every table; the values in them are never changed in place."""
    return {name: dict(getattr(memory, name)) for name in TABLES}


def in_words(effect: SiteEffect) -> str | None:
    match effect:
        case Note():
            return str(effect.type)
        case AtDoor(door, Release()):
            return f"release {door}"
        case AtDoor(door, Secure()):
            return f"secure {door}"
        case AtDoor(door, Sound(tone)):
            return f"{tone.name.lower()} {door}"
        case _:
            return None
