"""A door, a clock that we own, and a witness who checks after every event what must hold at any door.

The story tells ``step`` what happens, runs the timers that ``step`` asks for, and keeps what it does.
Timers are left out of what a story ``expects``: their effect is what counts.
"""

from copy import copy
from datetime import timedelta
from typing import Final, Self

from policies.door import DoorState, Phase, at_start, step
from policies.door_events import (
    WHEN_ELAPSED,
    DoorEvent,
    ExitRequested,
    ExitSensed,
    Granted,
    LeafClosed,
    LeafOpened,
    LockOrdered,
    PropOrdered,
    UnlockOrdered,
)
from policies.effects import (
    CancelTimer,
    DoorTimer,
    Effect,
    Passage,
    Record,
    Release,
    Secure,
    Sound,
    StartTimer,
    Tone,
)
from policies.event_types import EventType
from policies.places import Door, DoorTimes

AT_REST: Final = (Phase.UNKNOWN, Phase.SECURED, Phase.UNLOCKED)

MAY_RELEASE: Final = (Granted, ExitRequested, UnlockOrdered, PropOrdered)

OPEN_PHASES: Final = {
    Phase.PASSING,
    Phase.OPEN,
    Phase.JOINED,
    Phase.WARNED,
    Phase.HELD,
    Phase.HELD_JOINED,
    Phase.FORCED,
    Phase.FORCED_JOINED,
    Phase.UNLOCKED_OPEN,
}

TIMERS_OF: Final = {
    Phase.UNKNOWN: set[DoorTimer](),
    Phase.SECURED: set[DoorTimer](),
    Phase.RELEASED: {DoorTimer.RELEASE},
    Phase.SHUNTED: {DoorTimer.RELEASE},
    Phase.PASSING: {DoorTimer.RELOCK, DoorTimer.PRE_ALARM, DoorTimer.OPEN},
    Phase.OPEN: {DoorTimer.PRE_ALARM, DoorTimer.OPEN},
    Phase.JOINED: {DoorTimer.RELEASE, DoorTimer.PRE_ALARM, DoorTimer.OPEN},
    Phase.WARNED: {DoorTimer.OPEN},
    Phase.HELD: set[DoorTimer](),
    Phase.HELD_JOINED: {DoorTimer.RELEASE},
    Phase.FORCED: set[DoorTimer](),
    Phase.FORCED_JOINED: {DoorTimer.RELEASE},
    Phase.UNLOCKED: set[DoorTimer](),
    Phase.UNLOCKED_OPEN: set[DoorTimer](),
}
"""Which deadlines each phase has. An unlocked door may also wait for somebody who was granted."""

RAISED_BY: Final = {
    EventType.DOOR_FORCED_OPEN_RESTORED: EventType.DOOR_FORCED_OPEN,
    EventType.DOOR_OPEN_TOO_LONG_RESTORED: EventType.DOOR_OPEN_TOO_LONG,
}


class Witness:
    """Sees every event with its effects, and objects to what must never be."""

    def __init__(self, door: Door, state: DoorState) -> None:
        assert not state.released, "a door starts released"
        self.door, self.state = door, state
        self.strike_released = False
        self.leaf_open: bool | None = None
        self.tone = Tone.QUIET
        self.alarms: frozenset[EventType] = frozenset()
        self.running: frozenset[DoorTimer] = frozenset()
        self.waiting: tuple[Passage, ...] = ()
        self.times = door.times
        self.warns = False
        self.leaving = False

    def sees(self, event: DoorEvent, state: DoorState, effects: tuple[Effect, ...]) -> None:
        was_released, leaf_was_open = self.strike_released, self.leaf_open
        self.state = state
        match event:
            case Granted(passage, times):
                self.leaving = self.leaving or passage.leaving
                self.times = self.times if times is None else times.longer_of(self.times)
                if passage.person is not None and self.door.monitored:
                    others = (one for one in self.waiting if one.person != passage.person)
                    self.waiting = (*others, passage)
            case ExitRequested():
                self.leaving = True
            case PropOrdered(times):
                self.times = times
            case LeafOpened() | LeafClosed():
                self.leaf_open = isinstance(event, LeafOpened)
            case _:
                self.running -= {timer for timer, said in WHEN_ELAPSED.items() if said == event}
        for effect in effects:
            self._follows(effect)
        self.leaving = self.leaving and self.strike_released
        released_now = Release() in effects or self.strike_released > was_released
        assert isinstance(event, MAY_RELEASE) or not released_now, f"{event} released the strike"
        if isinstance(event, Granted | ExitRequested):
            assert self.strike_released, f"{event} was given and the strike is secured"
        recorded = [effect.type for effect in effects if isinstance(effect, Record)]
        opened = self.leaf_open is True and leaf_was_open is not True
        closed = self.leaf_open is False and leaf_was_open is True
        assert recorded.count(EventType.DOOR_OPENED) == opened, "an opening is not in the record once"
        assert recorded.count(EventType.DOOR_CLOSED) == closed, "a closing is not in the record once"
        self._has_full_time(event, effects)
        if self.state.phase in AT_REST:
            self.times = self.door.times
        self._is_content()

    def _has_full_time(self, event: DoorEvent, effects: tuple[Effect, ...]) -> None:
        times, phase = self.times, self.state.phase
        if isinstance(event, PropOrdered) and phase in {Phase.PASSING, Phase.OPEN, Phase.JOINED}:
            assert StartTimer(DoorTimer.OPEN, times.open) in effects, "the leaf may not be open for so long"
        if isinstance(event, ExitSensed) and not self.strike_released and not self.leaf_open:
            assert phase is Phase.SHUNTED, "a handle was touched and the alarm is not masked"
        elif not isinstance(event, Granted | ExitRequested) or self.state.unlocked:
            return
        assert StartTimer(DoorTimer.RELEASE, times.release) in effects, f"{event} has not its full time"
        if phase is Phase.JOINED:
            assert StartTimer(DoorTimer.OPEN, times.open) in effects, f"{event} has not its full open time"

    def _follows(self, effect: Effect) -> None:
        match effect:
            case Release() | Secure():
                self.strike_released = isinstance(effect, Release)
            case StartTimer(timer, after):
                assert after >= timedelta(), "a timer that should have run out before"
                self.running |= {timer}
                if timer is DoorTimer.OPEN:
                    self.warns = bool(self.times.pre_alarm)
            case CancelTimer(timer):
                self.running -= {timer}
            case Sound(tone):
                self.tone = tone
            case Record(EventType.ACCESS_TAKEN | EventType.ACCESS_NOT_TAKEN, passage):
                assert passage in self.waiting, f"{passage} ended without being granted, or twice"
                at = self.waiting.index(passage)
                self.waiting = self.waiting[:at] + self.waiting[at + 1 :]
            case Record(EventType.DOOR_FORCED_OPEN | EventType.DOOR_OPEN_TOO_LONG as alarm):
                assert alarm not in self.alarms, f"{alarm} raised twice"
                self.alarms |= {alarm}
            case Record(type) if type in RAISED_BY:
                assert RAISED_BY[type] in self.alarms, f"{type} without its alarm"
                self.alarms -= {RAISED_BY[type]}
            case Record():
                pass

    def _is_content(self) -> None:
        phase = self.state.phase
        assert self.strike_released == self.state.released, "the strike is not as the state says"
        if self.leaf_open is not None:
            assert self.leaf_open == (phase in OPEN_PHASES), "the leaf is not as the phase says"
        assert self.state.closed == (phase is not Phase.UNKNOWN and phase not in OPEN_PHASES)
        assert self.state.leaving == self.leaving, "whether somebody is let out is not as the state says"
        assert (self.state.times or self.door.times) == self.times, "the times are not the longest given"
        if not self.leaf_open:
            assert not self.alarms, "an alarm outlived the closing of the leaf"
        assert self.alarms == {self.state.alarm} - {None}, "the alarm is not as the state says"
        assert (self.tone is Tone.ALARM) == bool(self.alarms), "the tone is not that of the alarms"
        assert (self.tone is Tone.PRE_ALARM) == (phase is Phase.WARNED), "the warning tone is not the phase's"
        assert self._timers_fit(phase), f"{self.running} run in {phase}"
        if self.door.monitored:
            assert self.state.waiting == self.waiting, "a passage was forgotten or kept"
            assert not self.waiting or phase not in OPEN_PHASES, "somebody waits at an open leaf"
            assert not self.waiting or DoorTimer.RELEASE in self.running, "a passage would wait for ever"

    def _timers_fit(self, phase: Phase) -> bool:
        wanted = set(TIMERS_OF[phase])
        optional = {DoorTimer.RELEASE} if phase is Phase.UNLOCKED else set()
        if not self.warns:
            wanted.discard(DoorTimer.PRE_ALARM)
        return wanted <= self.running <= wanted | optional


class Story:
    """What happens at one door, told in order."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.state = at_start(door)
        self.now = timedelta()
        self.witness = Witness(door, self.state)
        self._due: dict[DoorTimer, timedelta] = {}
        self._untold: tuple[Effect, ...] = ()

    def fork(self) -> "Story":
        """Give a second story with the same past."""
        other = copy(self)
        other.witness = copy(self.witness)
        other._due = dict(self._due)
        return other

    def at(self, instant: timedelta) -> Self:
        """Let time pass until then; the timers that run out on the way speak."""
        assert instant >= self.now, "a story does not go back in time"
        while self._due and (when := min(self._due.values())) <= instant:
            self.now = when
            timer = min((t for t, due in self._due.items() if due == when), key=lambda t: t.value)
            del self._due[timer]
            self._tell(WHEN_ELAPSED[timer])
        self.now = instant
        return self

    def until_a_timer_speaks(self) -> Self:
        """Let time pass until the next timer runs out, if one runs."""
        return self.at(min(self._due.values(), default=self.now))

    def badge(self, passage: Passage, times: DoorTimes | None = None) -> Self:
        return self.happens(Granted(passage, times))

    def props(self, times: DoorTimes) -> Self:
        return self.happens(PropOrdered(times))

    def exit_button(self) -> Self:
        return self.happens(ExitRequested())

    def handle(self) -> Self:
        return self.happens(ExitSensed())

    def unlocks(self) -> Self:
        return self.happens(UnlockOrdered())

    def locks(self) -> Self:
        return self.happens(LockOrdered())

    def leaf_opens(self) -> Self:
        return self.happens(LeafOpened())

    def leaf_closes(self) -> Self:
        return self.happens(LeafClosed())

    def happens(self, event: DoorEvent) -> Self:
        """Tell the door this event, and what its timers have to say at once."""
        self._tell(event)
        return self.at(self.now)

    def expects(self, *effects: Effect) -> Self:
        """Check what the door has done since the last time somebody looked: this, and nothing else."""
        done = tuple(effect for effect in self._untold if not isinstance(effect, StartTimer | CancelTimer))
        assert done == effects, f"at {self.now}: {done}"
        self._untold = ()
        return self

    def _tell(self, event: DoorEvent) -> None:
        self.state, effects = step(self.door, self.state, event)
        for effect in effects:
            match effect:
                case StartTimer(timer, after):
                    self._due[timer] = self.now + after
                case CancelTimer(timer):
                    self._due.pop(timer, None)
                case _:
                    pass
        self.witness.sees(event, self.state, effects)
        self._untold += effects
