"""One door's devices: its strike, its bond sensor, and the light and tone that tell of the door itself."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from accessctl.door.clock import Clock
from accessctl.door.lasting import Lasting
from accessctl.door.recorder import Recorder
from accessctl.door.timers import Timers
from accessctl.store.entry import Detail, Entry
from accessctl.store.record import Change
from hardware.ports import Annunciator, Pattern, Strike
from hardware.signals import DeviceId
from policies.degraded import Condition
from policies.door import DoorState, at_start
from policies.door_modes import DoorMode
from policies.effects import Release, Secure, Tone
from policies.event_types import EventType
from policies.memory import Memory
from policies.places import Door

BOND_GRACE: Final = timedelta(seconds=3)
"""So long may a lock take until it holds a leaf that has shut."""

log = logging.getLogger(__name__)

_PATTERN_OF: Final[Mapping[Tone, Pattern]] = {
    Tone.QUIET: Pattern.IDLE,
    Tone.PRE_ALARM: Pattern.PRE_ALARM,
    Tone.ALARM: Pattern.ALARM,
}


class DoorKeeper:
    """Drives one door's devices as it is told. Used from the loop's thread."""

    def __init__(
        self,
        door: Door,
        strike: Strike,
        annunciators: Sequence[Annunciator],
        memory: Memory,
        services: tuple[Recorder, Clock, Timers],
    ) -> None:
        """Take the door as planned, its devices, where its state is remembered, and who records faults."""
        self.door = door
        self._strike, self._annunciators, self._memory = strike, annunciators, memory
        self._recorder, self._clock, timers = services
        self._tone, self._locked_down = Tone.QUIET, False
        self.fault: str | None = None
        self.rested = False
        """Whether the strike was switched off by itself, so that the door is locked whatever was ordered."""
        self._bond: DeviceId | None = None
        self._slack = False
        self._loose = Lasting(timers, ("bond", door.id), BOND_GRACE, self._tell_of_bond)

    @property
    def state(self) -> DoorState:
        """How the door stands."""
        return self._memory.doors.get(self.door.id) or at_start(self.door)

    @property
    def alarm(self) -> EventType | None:
        """The alarm that this door is in."""
        return self.state.alarm

    @property
    def released(self) -> bool:
        """Whether its leaf is free."""
        return self.state.released and not self.rested

    @property
    def lasting(self) -> Pattern:
        """What the door's annunciators show until further notice: an alarm before a lockdown."""
        tone = _PATTERN_OF[self._tone]
        return Pattern.LOCKDOWN if tone is Pattern.IDLE and self._locked_down else tone

    def drive(self, do: Release | Secure) -> None:
        """Release or secure the strike. A fault is recorded and keeps nothing else from happening."""
        self.rested = False
        self._drive(self._strike.release if isinstance(do, Release) else self._strike.secure)
        self.look_at_bond()

    def sound(self, tone: Tone) -> None:
        """Let the door's annunciators show a tone until further notice."""
        self._tone = tone
        self._show_lasting()

    def follow_mode(self) -> None:
        """Let the annunciators show that the door is locked down, or is no longer."""
        locked_down = self._memory.modes.get(self.door.id) is DoorMode.LOCKED_DOWN
        if locked_down is not self._locked_down:
            before, self._locked_down = self.lasting, locked_down
            if self.lasting is not before:
                self._show_lasting()

    def strike_rested(self, after_s: float) -> None:
        """Hear that the strike was switched off because it must not be energised for longer."""
        if self._strike.released:
            return  # it was released anew while this was on its way
        words = (
            f"The strike was energised for {after_s:g} s, as long as it may be; it has been switched off, "
            "and the door is locked until it is released anew."
        )
        self.fault, self.rested = words, True
        self._note(EventType.DOOR_FAULT, words)
        self.look_at_bond()

    def bond_changed(self, sensor: DeviceId, *, slack: bool) -> None:
        """Hear whether the bond sensor says that the lock does not hold the leaf."""
        self._bond, self._slack = sensor, slack
        self.look_at_bond()

    def look_at_bond(self) -> None:
        """See whether the lock should hold the leaf and does not; to be called when the leaf has moved."""
        should_hold = self._shut and not self.released
        self._loose.be(holds=self._slack and should_hold)

    @property
    def _shut(self) -> bool:
        """Whether the leaf is known to be shut."""
        lost = (Condition.CONTACT_LOST, self.door.id) in self._memory.gone
        return self.door.monitored and not lost and self.state.closed

    def _tell_of_bond(self, loose: bool) -> None:  # noqa: FBT001 - the one fact that is told
        words = (
            "The door is secured and its leaf shut, and the bond sensor says that the lock does not hold it."
        )
        kind = EventType.LOCK_NOT_HOLDING if loose else EventType.LOCK_HOLDING
        self._note(kind, words if loose else None, {"device": self._bond})

    def _drive(self, move: Callable[[], None]) -> None:
        try:
            move()
        except Exception as error:
            # Whatever it is, the timers that follow must be started: a door has to be secured again.
            log.exception("%s: the strike does not answer", self.door.id)
            self.fault = str(error)
            self._note(EventType.DOOR_FAULT, self.fault)
        else:
            self.fault = None

    def _show_lasting(self) -> None:
        for annunciator in self._annunciators:
            show(annunciator, self.lasting)

    def _note(self, kind: EventType, words: str | None, detail: Detail | None = None) -> None:
        entry = Entry(self._clock.moment(), kind, self.door.id, reason=words, detail=detail or {})
        self._recorder.note(Change((entry,)))


def show(annunciator: Annunciator, pattern: Pattern) -> None:
    """Play a pattern; a light that fails is logged and keeps nothing else from happening."""
    try:
        annunciator.show(pattern)
    except Exception:
        log.exception("%s cannot show anything", annunciator.id)
