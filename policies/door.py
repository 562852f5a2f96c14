"""The life of one door.

Rule 1: whatever moves a door from one phase to another stands in the ``TABLE``; nowhere else.
Rule 2: this file does not know why a grant was given, only that it was.

Theory. A phase says three things at once: whether the strike is released, whether the leaf is open,
and whether that is lawful. What is absent from the table is either impossible (a leaf that opens
twice) or of no consequence (a timer that comes late), and changes nothing.

A grant given while the leaf is open counts as taken at once, since nothing keeps the person from
walking in; and the strike is released for its time nevertheless, lest the leaf fall shut in their face.
That holds in alarm too: a position switch that is torn off reads open for ever, and people must be able
to leave through a door whose switch is torn off.

No software order closes a leaf: every alarm ends when the leaf is closed, or when an operator unlocks
the door or lets it stand open and so declares it lawful.

Some people need longer, and an operator may let a leaf stand open for a while: the longest times given
hold until the door is at rest again.

Nothing survives a restart: a door starts secured, whatever it was before (``UNKNOWN`` until its
position switch has spoken). An unlock order has to be given again, because a controller that starts
must never release a door.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from policies.door_events import (
    DoorEvent,
    ExitRequested,
    ExitSensed,
    Granted,
    LeafClosed,
    LeafOpened,
    LockOrdered,
    OpenElapsed,
    PreAlarmDue,
    PropOrdered,
    ReleaseElapsed,
    RelockElapsed,
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


class Phase(Enum):
    """Where a door is in its life."""

    UNKNOWN = auto()
    """Secured; the position switch has not spoken yet."""
    SECURED = auto()
    """Secured and closed."""
    RELEASED = auto()
    """Released and closed: somebody may open it now."""
    SHUNTED = auto()
    """Secured and closed; somebody inside is about to open it by its handle."""
    PASSING = auto()
    """Open after a grant, the strike not secured again yet."""
    OPEN = auto()
    """Open, and secured for when it closes."""
    JOINED = auto()
    """Open, and released once more for somebody who was granted meanwhile."""
    WARNED = auto()
    """Open for so long that the pre-alarm sounds."""
    HELD = auto()
    """Open for too long: in alarm."""
    HELD_JOINED = auto()
    """Open for too long, and released once more for somebody who was granted meanwhile."""
    FORCED = auto()
    """Opened by nobody's leave: in alarm."""
    FORCED_JOINED = auto()
    """Opened by nobody's leave, and released once more for somebody who was granted meanwhile."""
    UNLOCKED = auto()
    """Released by an operator until further notice, and closed."""
    UNLOCKED_OPEN = auto()
    """Released by an operator until further notice, and open."""


class Act(Enum):
    """One thing a transition does, in the words of the diagram."""

    RELEASE = "release"
    SECURE = "secure"
    START_RELEASE = "start release time"
    STOP_RELEASE = "stop release time"
    START_RELOCK = "start relock delay"
    STOP_RELOCK = "stop relock delay"
    START_OPEN = "start open time"
    STOP_OPEN = "stop open time"
    OPENED = "record opened"
    CLOSED = "record closed"
    TAKEN = "record taken"
    NOT_TAKEN = "record not taken"
    WARN = "sound pre-alarm"
    FORCED = "raise forced open"
    FORCED_OVER = "restore forced open"
    HELD = "raise held open"
    HELD_OVER = "restore held open"
    QUIET = "be quiet"


@dataclass(frozen=True, slots=True)
class Transition:
    """Where an event leads and what it does on the way, in this order."""

    to: Phase
    acts: tuple[Act, ...] = ()


_FREE = Transition(Phase.RELEASED, (Act.RELEASE, Act.START_RELEASE))
_JOIN = Transition(Phase.JOINED, (Act.RELEASE, Act.START_RELEASE, Act.START_OPEN, Act.TAKEN))
_JOIN_HELD = Transition(Phase.HELD_JOINED, (Act.RELEASE, Act.START_RELEASE, Act.TAKEN))
_JOIN_FORCED = Transition(Phase.FORCED_JOINED, (Act.RELEASE, Act.START_RELEASE, Act.TAKEN))
_UNLOCK = Transition(Phase.UNLOCKED, (Act.RELEASE,))
_UNLOCK_OPEN = Transition(Phase.UNLOCKED_OPEN, (Act.RELEASE,))
_PROP_OPEN = Transition(Phase.OPEN, (Act.START_OPEN,))
_PROP_JOINED = Transition(Phase.JOINED, (Act.START_OPEN,))

TABLE: Final[Mapping[Phase, Mapping[type[DoorEvent], Transition]]] = {
    Phase.UNKNOWN: {
        LeafClosed: Transition(Phase.SECURED),
        LeafOpened: Transition(Phase.OPEN, (Act.START_OPEN, Act.OPENED)),
        Granted: _FREE,
        ExitRequested: _FREE,
        ExitSensed: Transition(Phase.SHUNTED, (Act.START_RELEASE,)),
        UnlockOrdered: _UNLOCK,
        LockOrdered: Transition(Phase.UNKNOWN),
        PropOrdered: _FREE,
    },
    Phase.SECURED: {
        Granted: _FREE,
        ExitRequested: _FREE,
        ExitSensed: Transition(Phase.SHUNTED, (Act.START_RELEASE,)),
        LeafOpened: Transition(Phase.FORCED, (Act.OPENED, Act.FORCED)),
        UnlockOrdered: _UNLOCK,
        LockOrdered: Transition(Phase.SECURED),
        PropOrdered: _FREE,
    },
    Phase.RELEASED: {
        Granted: _FREE,
        ExitRequested: _FREE,
        ExitSensed: Transition(Phase.RELEASED),
        LeafOpened: Transition(
            Phase.PASSING, (Act.STOP_RELEASE, Act.START_RELOCK, Act.START_OPEN, Act.OPENED, Act.TAKEN)
        ),
        ReleaseElapsed: Transition(Phase.SECURED, (Act.SECURE, Act.NOT_TAKEN)),
        UnlockOrdered: _UNLOCK,
        LockOrdered: Transition(Phase.SECURED, (Act.SECURE, Act.STOP_RELEASE, Act.NOT_TAKEN)),
        PropOrdered: _FREE,
    },
    Phase.SHUNTED: {
        Granted: _FREE,
        ExitRequested: _FREE,
        ExitSensed: Transition(Phase.SHUNTED, (Act.START_RELEASE,)),
        LeafOpened: Transition(Phase.OPEN, (Act.STOP_RELEASE, Act.START_OPEN, Act.OPENED)),
        ReleaseElapsed: Transition(Phase.SECURED),
        UnlockOrdered: Transition(Phase.UNLOCKED, (Act.STOP_RELEASE, Act.RELEASE)),
        LockOrdered: Transition(Phase.SHUNTED),
        PropOrdered: _FREE,
    },
    Phase.PASSING: {
        RelockElapsed: Transition(Phase.OPEN, (Act.SECURE,)),
        LeafClosed: Transition(Phase.SECURED, (Act.SECURE, Act.STOP_RELOCK, Act.STOP_OPEN, Act.CLOSED)),
        Granted: Transition(Phase.JOINED, (Act.STOP_RELOCK, *_JOIN.acts)),
        ExitRequested: Transition(Phase.JOINED, (Act.STOP_RELOCK, *_JOIN.acts)),
        UnlockOrdered: Transition(Phase.UNLOCKED_OPEN, (Act.STOP_RELOCK, Act.STOP_OPEN)),
        LockOrdered: Transition(Phase.OPEN, (Act.SECURE, Act.STOP_RELOCK)),
        PropOrdered: Transition(Phase.PASSING, (Act.START_OPEN,)),
    },
    Phase.OPEN: {
        Granted: _JOIN,
        ExitRequested: _JOIN,
        PreAlarmDue: Transition(Phase.WARNED, (Act.WARN,)),
        OpenElapsed: Transition(Phase.HELD, (Act.HELD,)),
        LeafClosed: Transition(Phase.SECURED, (Act.STOP_OPEN, Act.CLOSED)),
        UnlockOrdered: Transition(Phase.UNLOCKED_OPEN, (Act.STOP_OPEN, Act.RELEASE)),
        LockOrdered: Transition(Phase.OPEN),
        PropOrdered: _PROP_OPEN,
    },
    Phase.JOINED: {
        Granted: _JOIN,
        ExitRequested: _JOIN,
        ReleaseElapsed: Transition(Phase.OPEN, (Act.SECURE,)),
        LeafClosed: Transition(Phase.RELEASED, (Act.STOP_OPEN, Act.CLOSED)),
        UnlockOrdered: Transition(Phase.UNLOCKED_OPEN, (Act.STOP_RELEASE, Act.STOP_OPEN)),
        LockOrdered: Transition(Phase.OPEN, (Act.SECURE, Act.STOP_RELEASE)),
        PropOrdered: _PROP_JOINED,
    },
    Phase.WARNED: {
        Granted: Transition(Phase.JOINED, (Act.QUIET, *_JOIN.acts)),
        ExitRequested: Transition(Phase.JOINED, (Act.QUIET, *_JOIN.acts)),
        OpenElapsed: Transition(Phase.HELD, (Act.HELD,)),
        LeafClosed: Transition(Phase.SECURED, (Act.QUIET, Act.STOP_OPEN, Act.CLOSED)),
        UnlockOrdered: Transition(Phase.UNLOCKED_OPEN, (Act.QUIET, Act.STOP_OPEN, Act.RELEASE)),
        LockOrdered: Transition(Phase.WARNED),
        PropOrdered: Transition(Phase.OPEN, (Act.QUIET, Act.START_OPEN)),
    },
    Phase.HELD: {
        Granted: _JOIN_HELD,
        ExitRequested: _JOIN_HELD,
        LeafClosed: Transition(Phase.SECURED, (Act.QUIET, Act.HELD_OVER, Act.CLOSED)),
        UnlockOrdered: Transition(Phase.UNLOCKED_OPEN, (Act.QUIET, Act.HELD_OVER, Act.RELEASE)),
        LockOrdered: Transition(Phase.HELD),
        PropOrdered: Transition(Phase.OPEN, (Act.QUIET, Act.HELD_OVER, Act.START_OPEN)),
    },
    Phase.HELD_JOINED: {
        Granted: _JOIN_HELD,
        ExitRequested: _JOIN_HELD,
        ReleaseElapsed: Transition(Phase.HELD, (Act.SECURE,)),
        LeafClosed: Transition(Phase.RELEASED, (Act.QUIET, Act.HELD_OVER, Act.CLOSED)),
        UnlockOrdered: Transition(Phase.UNLOCKED_OPEN, (Act.QUIET, Act.HELD_OVER, Act.STOP_RELEASE)),
        LockOrdered: Transition(Phase.HELD, (Act.SECURE, Act.STOP_RELEASE)),
        PropOrdered: Transition(Phase.JOINED, (Act.QUIET, Act.HELD_OVER, Act.START_OPEN)),
    },
    Phase.FORCED: {
        Granted: _JOIN_FORCED,
        ExitRequested: _JOIN_FORCED,
        LeafClosed: Transition(Phase.SECURED, (Act.QUIET, Act.FORCED_OVER, Act.CLOSED)),
        UnlockOrdered: Transition(Phase.UNLOCKED_OPEN, (Act.QUIET, Act.FORCED_OVER, Act.RELEASE)),
        LockOrdered: Transition(Phase.FORCED),
        PropOrdered: Transition(Phase.OPEN, (Act.QUIET, Act.FORCED_OVER, Act.START_OPEN)),
    },
    Phase.FORCED_JOINED: {
        Granted: _JOIN_FORCED,
        ExitRequested: _JOIN_FORCED,
        ReleaseElapsed: Transition(Phase.FORCED, (Act.SECURE,)),
        LeafClosed: Transition(Phase.RELEASED, (Act.QUIET, Act.FORCED_OVER, Act.CLOSED)),
        UnlockOrdered: Transition(Phase.UNLOCKED_OPEN, (Act.QUIET, Act.FORCED_OVER, Act.STOP_RELEASE)),
        LockOrdered: Transition(Phase.FORCED, (Act.SECURE, Act.STOP_RELEASE)),
        PropOrdered: Transition(Phase.JOINED, (Act.QUIET, Act.FORCED_OVER, Act.START_OPEN)),
    },
    # Released already, and yet released anew: a strike that has a longest time may have rested meanwhile.
    Phase.UNLOCKED: {
        Granted: Transition(Phase.UNLOCKED, (Act.RELEASE, Act.START_RELEASE)),
        ExitRequested: _UNLOCK,
        ReleaseElapsed: Transition(Phase.UNLOCKED, (Act.NOT_TAKEN,)),
        LeafOpened: Transition(Phase.UNLOCKED_OPEN, (Act.STOP_RELEASE, Act.OPENED, Act.TAKEN)),
        UnlockOrdered: _UNLOCK,
        LockOrdered: Transition(Phase.SECURED, (Act.SECURE, Act.STOP_RELEASE, Act.NOT_TAKEN)),
        PropOrdered: Transition(Phase.UNLOCKED),
    },
    Phase.UNLOCKED_OPEN: {
        Granted: Transition(Phase.UNLOCKED_OPEN, (Act.RELEASE, Act.TAKEN)),
        ExitRequested: _UNLOCK_OPEN,
        LeafClosed: Transition(Phase.UNLOCKED, (Act.CLOSED,)),
        UnlockOrdered: _UNLOCK_OPEN,
        LockOrdered: Transition(Phase.OPEN, (Act.SECURE, Act.START_OPEN)),
        PropOrdered: Transition(Phase.UNLOCKED_OPEN),
    },
}

_RELEASED_PHASES: Final = frozenset(
    {
        Phase.RELEASED,
        Phase.PASSING,
        Phase.JOINED,
        Phase.HELD_JOINED,
        Phase.FORCED_JOINED,
        Phase.UNLOCKED,
        Phase.UNLOCKED_OPEN,
    }
)
_ALARM_IN: Final[Mapping[Phase, EventType]] = {
    Phase.HELD: EventType.DOOR_OPEN_TOO_LONG,
    Phase.HELD_JOINED: EventType.DOOR_OPEN_TOO_LONG,
    Phase.FORCED: EventType.DOOR_FORCED_OPEN,
    Phase.FORCED_JOINED: EventType.DOOR_FORCED_OPEN,
}
_UNLOCKED_PHASES: Final = frozenset({Phase.UNLOCKED, Phase.UNLOCKED_OPEN})
_CLOSED_PHASES: Final = frozenset({Phase.SECURED, Phase.RELEASED, Phase.SHUNTED, Phase.UNLOCKED})
_AT_REST: Final = frozenset({Phase.UNKNOWN, Phase.SECURED, Phase.UNLOCKED})
"""Nobody is passing."""
_PASSED: Final = frozenset({Act.TAKEN, Act.NOT_TAKEN})


@dataclass(frozen=True, slots=True)
class DoorState:
    """Where a door stands, and who was granted and has not passed yet."""

    phase: Phase = Phase.UNKNOWN
    waiting: tuple[Passage, ...] = ()
    times: DoorTimes | None = None
    """Longer times than usual, for the passage that is going on."""
    leaving: bool = False
    """Whether the strike is released for somebody who leaves."""

    @property
    def released(self) -> bool:
        """Whether the strike is to be released."""
        return self.phase in _RELEASED_PHASES

    @property
    def unlocked(self) -> bool:
        """Whether an operator's unlock order is in force."""
        return self.phase in _UNLOCKED_PHASES

    @property
    def closed(self) -> bool:
        """Whether the leaf is closed, as far as anything watches it."""
        return self.phase in _CLOSED_PHASES

    @property
    def alarm(self) -> EventType | None:
        """The alarm that the door is in."""
        return _ALARM_IN.get(self.phase)


def at_start(door: Door) -> DoorState:
    """Give the state in which a door starts: secured, and nothing known of a leaf that is watched."""
    return DoorState(Phase.UNKNOWN if door.monitored else Phase.SECURED)


def step(door: Door, state: DoorState, event: DoorEvent) -> tuple[DoorState, tuple[Effect, ...]]:
    """Advance one door by one event. Touches no pin, no clock, no file."""
    transition = TABLE[state.phase].get(type(event))
    if transition is None:
        return state, ()
    waiting = state.waiting
    if isinstance(event, Granted) and event.passage.person is not None:
        # Who shows a card twice before the leaf opens passes once.
        waiting = (*(one for one in waiting if one.person != event.passage.person), event.passage)
    longer = _longer(door, state, event)
    effects: list[Effect] = []
    for act in transition.acts:
        effects += _effects_of(act, door, longer or door.times, waiting)
        if act in _PASSED:
            waiting = ()
    if transition.to in _AT_REST:
        longer = None
    leaving = transition.to in _RELEASED_PHASES and (state.leaving or _lets_out(event))
    return DoorState(transition.to, waiting, longer, leaving), tuple(effects)


def _lets_out(event: DoorEvent) -> bool:
    return isinstance(event, ExitRequested) or (isinstance(event, Granted) and event.passage.leaving)


def _longer(door: Door, state: DoorState, event: DoorEvent) -> DoorTimes | None:
    """Give the longest of the times that were given to whoever is passing; ``None``: the usual ones."""
    if isinstance(event, PropOrdered):
        return event.times
    if isinstance(event, Granted) and event.times is not None:
        return event.times.longer_of(state.times or door.times)
    return state.times


def _effects_of(act: Act, door: Door, times: DoorTimes, waiting: tuple[Passage, ...]) -> tuple[Effect, ...]:
    match act:
        case Act.START_RELEASE:
            return (StartTimer(DoorTimer.RELEASE, times.release),)
        case Act.START_RELOCK:
            return (StartTimer(DoorTimer.RELOCK, times.relock_delay),)
        case Act.START_OPEN:
            return _open_timers(times)
        case Act.TAKEN:
            return tuple(Record(EventType.ACCESS_TAKEN, passage) for passage in waiting)
        case Act.NOT_TAKEN:
            # Without a position switch nobody can say that nobody entered.
            rows = (Record(EventType.ACCESS_NOT_TAKEN, passage) for passage in waiting)
            return tuple(rows) if door.monitored else ()
        case _:
            return _FIXED_EFFECTS[act]


def _open_timers(times: DoorTimes) -> tuple[Effect, ...]:
    alarm = StartTimer(DoorTimer.OPEN, times.open)
    if not times.pre_alarm:
        # Whoever came before may have had other times, and a warning in them.
        return (CancelTimer(DoorTimer.PRE_ALARM), alarm)
    return (StartTimer(DoorTimer.PRE_ALARM, times.open - times.pre_alarm), alarm)


_FIXED_EFFECTS: Final[Mapping[Act, tuple[Effect, ...]]] = {
    Act.RELEASE: (Release(),),
    Act.SECURE: (Secure(),),
    Act.STOP_RELEASE: (CancelTimer(DoorTimer.RELEASE),),
    Act.STOP_RELOCK: (CancelTimer(DoorTimer.RELOCK),),
    Act.STOP_OPEN: (CancelTimer(DoorTimer.PRE_ALARM), CancelTimer(DoorTimer.OPEN)),
    Act.OPENED: (Record(EventType.DOOR_OPENED),),
    Act.CLOSED: (Record(EventType.DOOR_CLOSED),),
    Act.WARN: (Sound(Tone.PRE_ALARM), Record(EventType.DOOR_PRE_ALARM)),
    Act.FORCED: (Sound(Tone.ALARM), Record(EventType.DOOR_FORCED_OPEN)),
    Act.FORCED_OVER: (Record(EventType.DOOR_FORCED_OPEN_RESTORED),),
    Act.HELD: (Sound(Tone.ALARM), Record(EventType.DOOR_OPEN_TOO_LONG)),
    Act.HELD_OVER: (Record(EventType.DOOR_OPEN_TOO_LONG_RESTORED),),
    Act.QUIET: (Sound(Tone.QUIET),),
}
