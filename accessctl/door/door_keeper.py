"""One door: its state, its strike, its timers, its light and tone.

Order of things. A grant is written first and the strike moves afterwards (``grant``). Whatever has
happened already, and whatever makes a door safer or lets somebody out, is done first and written
afterwards (``happen``): a disk that does not answer must not keep a door open or a person in.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from accessctl.door.clock import Clock
from accessctl.door.recorder import Recorder
from accessctl.door.timers import Timers
from accessctl.store.entry import Entry
from accessctl.store.record import Change
from hardware.ports import Annunciator, Pattern, Strike
from policies.door import DoorState, at_start, step
from policies.door_events import WHEN_ELAPSED, DoorEvent
from policies.effects import CancelTimer, DoorTimer, Effect, Record, Release, Secure, Sound, StartTimer, Tone
from policies.event_types import EventType
from policies.places import Door

log = logging.getLogger(__name__)

_PATTERN_OF: Final[Mapping[Tone, Pattern]] = {
    Tone.QUIET: Pattern.IDLE,
    Tone.PRE_ALARM: Pattern.PRE_ALARM,
    Tone.ALARM: Pattern.ALARM,
}


class DoorKeeper:
    """Keeps one door. Used from the loop's thread."""

    def __init__(
        self,
        door: Door,
        strike: Strike,
        annunciators: Sequence[Annunciator],
        services: tuple[Recorder, Timers, Clock],
    ) -> None:
        """Take the door as planned, its devices, and what every keeper needs."""
        self.door = door
        self._strike, self._annunciators = strike, annunciators
        self._recorder, self._timers, self._clock = services
        self.state: DoorState = at_start(door)
        self.lasting = Pattern.IDLE
        """What the door's annunciators show until further notice."""
        self.fault: str | None = None

    def grant(self, event: DoorEvent, change: Change) -> int:
        """Record, then act. Raises ``RecordUnavailable``; then nothing has moved.

        ``change`` holds what brought this about; what the door itself has to say is added to it.
        """
        state, effects = step(self.door, self.state, event)
        seq = self._recorder.write(_with(change, self._entries(effects)))
        self._take(state, effects)
        return seq

    def happen(self, event: DoorEvent, change: Change | None = None) -> bool:
        """Act, then record; tells whether it is recorded already. Never raises."""
        state, effects = step(self.door, self.state, event)
        self._take(state, effects)
        whole = _with(change or Change(()), self._entries(effects))
        return not whole.entries or self._recorder.note(whole)

    @property
    def alarm(self) -> EventType | None:
        """The alarm that this door is in."""
        return self.state.alarm

    def _take(self, state: DoorState, effects: Sequence[Effect]) -> None:
        self.state = state
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Release():
                self._drive(self._strike.release)
            case Secure():
                self._drive(self._strike.secure)
            case StartTimer(timer, after):
                self._timers.start((self.door.id, timer), after, lambda: self._elapsed(timer))
            case CancelTimer(timer):
                self._timers.cancel((self.door.id, timer))
            case Sound(tone):
                self.lasting = _PATTERN_OF[tone]
                for annunciator in self._annunciators:
                    show(annunciator, self.lasting)
            case Record():
                pass  # written by the caller, in one transaction with what brought it about

    def _elapsed(self, timer: DoorTimer) -> None:
        self.happen(WHEN_ELAPSED[timer])

    def _drive(self, move: Callable[[], None]) -> None:
        try:
            move()
        except Exception as error:
            # Whatever it is, the timers that follow must be started: a door has to be secured again.
            log.exception("%s: the strike does not answer", self.door.id)
            self.fault = str(error)
            fault = Entry(self._clock.moment(), EventType.DOOR_FAULT, self.door.id, reason=str(error))
            self._recorder.note(Change((fault,)))
        else:
            self.fault = None

    def _entries(self, effects: Sequence[Effect]) -> tuple[Entry, ...]:
        moment = self._clock.moment()
        return tuple(
            Entry(
                moment,
                effect.type,
                self.door.id,
                effect.passage.access_point,
                effect.passage.person,
                effect.passage.credential,
                _WORDS.get(effect.type),
            )
            for effect in effects
            if isinstance(effect, Record)
        )


_WORDS: Final[Mapping[EventType, str]] = {
    EventType.ACCESS_NOT_TAKEN: "Granted, but the leaf was not opened.",
    EventType.DOOR_FORCED_OPEN: "The leaf opened without a grant, an exit request or an unlock order.",
    EventType.DOOR_PRE_ALARM: "The leaf has been open for long; an alarm follows unless it is closed.",
    EventType.DOOR_OPEN_TOO_LONG: "The leaf was not closed within its open time.",
}


def show(annunciator: Annunciator, pattern: Pattern) -> None:
    """Play a pattern; a light that fails is logged and keeps nothing else from happening."""
    try:
        annunciator.show(pattern)
    except Exception:
        log.exception("%s cannot show anything", annunciator.id)


def _with(change: Change, entries: tuple[Entry, ...]) -> Change:
    if not entries:
        return change
    return Change((*change.entries, *entries), change.wrong_pins, change.order, change.outbox)
