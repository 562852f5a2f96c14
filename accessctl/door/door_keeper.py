"""One door's devices: its strike, and the light and tone that tell of the door itself."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from accessctl.door.clock import Clock
from accessctl.door.recorder import Recorder
from accessctl.store.entry import Entry
from accessctl.store.record import Change
from hardware.ports import Annunciator, Pattern, Strike
from policies.door import DoorState, at_start
from policies.effects import Release, Secure, Tone
from policies.event_types import EventType
from policies.memory import Memory
from policies.places import Door

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
        services: tuple[Recorder, Clock],
    ) -> None:
        """Take the door as planned, its devices, where its state is remembered, and who records faults."""
        self.door = door
        self._strike, self._annunciators, self._memory = strike, annunciators, memory
        self._recorder, self._clock = services
        self.lasting = Pattern.IDLE
        """What the door's annunciators show until further notice."""
        self.fault: str | None = None

    @property
    def state(self) -> DoorState:
        """How the door stands."""
        return self._memory.doors.get(self.door.id) or at_start(self.door)

    @property
    def alarm(self) -> EventType | None:
        """The alarm that this door is in."""
        return self.state.alarm

    def drive(self, do: Release | Secure) -> None:
        """Release or secure the strike. A fault is recorded and keeps nothing else from happening."""
        self._drive(self._strike.release if isinstance(do, Release) else self._strike.secure)

    def sound(self, tone: Tone) -> None:
        """Let the door's annunciators show a tone until further notice."""
        self.lasting = _PATTERN_OF[tone]
        for annunciator in self._annunciators:
            show(annunciator, self.lasting)

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


def show(annunciator: Annunciator, pattern: Pattern) -> None:
    """Play a pattern; a light that fails is logged and keeps nothing else from happening."""
    try:
        annunciator.show(pattern)
    except Exception:
        log.exception("%s cannot show anything", annunciator.id)
