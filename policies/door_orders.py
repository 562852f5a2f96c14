"""What operators order of a door: to release it once, to put it into a mode, to let its leaf stand open."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from policies.door_events import Granted, PropOrdered
from policies.door_modes import ORDERABLE, DoorMode, Override
from policies.event_types import EventType
from policies.ids import DoorId
from policies.instants import in_utc
from policies.interlock import busy_sibling
from policies.memory import Memory
from policies.modes import stays_secured
from policies.orders import SetMode
from policies.passing import Passing
from policies.places import DoorTimes
from policies.rulebook import Rulebook
from policies.signed import Signed
from policies.turn import NO_TIME, OVERRIDE, Start, Stop, Turn
from policies.words import MODE_EVENT

_LOCKED_DOWN: Final = "The door is locked down; only lifting the lockdown lets it be released."
_UNDER_LOCKDOWN: Final = "The door is locked down; lift the lockdown first."
_FREE: Final = "The door is under emergency release; end the emergency first."
_SIBLING_BUSY: Final = "Another door of the interlock is open or released, or nobody knows that it is shut."
_INTERLOCK: Final = "The door is part of an interlock, of which only one may be off its latch."
_DEGRADED: Final = "Nothing may keep this door released while it is on battery or its contact is lost."


@dataclass(slots=True)
class DoorOrders:
    """Carries orders to doors out; each gives why it is refused, or ``None``."""

    rulebook: Rulebook
    memory: Memory
    passing: Passing

    def release(self, turn: Turn, door: DoorId, signed: Signed) -> str | None:
        """Release a door once."""
        if self.passing.mode(door) is DoorMode.LOCKED_DOWN:
            return _LOCKED_DOWN
        if busy_sibling(self.rulebook.doors[door].siblings, self.memory.doors, self.memory.gone) is not None:
            return _SIBLING_BUSY
        turn.effects.append(signed.note(EventType.DOOR_RELEASED, door=door))
        self.passing.happens(turn, door, Granted())
        return None

    def prop(self, turn: Turn, door: DoorId, lasting: timedelta, signed: Signed) -> str | None:
        """Let the leaf of a door stand open for longer than usual, once."""
        rules = self.rulebook.doors[door]
        if self.passing.mode(door) is DoorMode.LOCKED_DOWN:
            return _LOCKED_DOWN
        if self.passing.mode(door).releases:
            return "The door is unlocked: its leaf may stand open for as long as it is."
        if not rules.door.monitored:
            return "The door has no position switch: no alarm tells how long it stands open."
        if busy_sibling(rules.siblings, self.memory.doors, self.memory.gone) is not None:
            return _SIBLING_BUSY
        longest, usual = rules.door.longest_prop, rules.door.times
        if lasting > longest:
            return f"The leaf may stand open for {longest.total_seconds():g} s at most."
        if lasting <= usual.open:
            return f"The leaf may stand open for {usual.open.total_seconds():g} s anyway."
        times = DoorTimes(usual.release, usual.relock_delay, lasting, usual.pre_alarm)
        turn.effects.append(
            signed.note(EventType.DOOR_PROPPED, {"for_s": lasting.total_seconds()}, door=door)
        )
        self.passing.happens(turn, door, PropOrdered(times))
        return None

    def set_mode(self, turn: Turn, order: SetMode, signed: Signed) -> str | None:
        """Put a door into a mode, or give it back to its schedule."""
        door, mode = order.door, order.mode
        until = None if mode is None or order.until is None else in_utc(order.until)
        if mode is not None and (why := self._why_not(turn, order, mode)) is not None:
            return why
        self.memory.drop("overrides", door)
        if mode is not None:
            self.memory.put("overrides", door, Override(mode, until, signed.operator))
        timer = (OVERRIDE, door)
        turn.effects.append(Stop(timer) if until is None else Start(timer, until - turn.now))
        kind = EventType.DOOR_NORMAL if mode is None else MODE_EVENT[mode]
        more = {} if until is None else {"until": until.isoformat()}
        turn.effects.append(signed.note(kind, more, door=door))
        self.passing.settle_mode(turn, door, signed.words, told=mode is not None)
        if mode is not None and not mode.releases:
            self.passing.secure(turn, door)
        return None

    def override_ended(self, turn: Turn, door: DoorId) -> None:
        """An order that was given until now has come to its end."""
        override = self.memory.overrides.get(door)
        if override is None or override.until is None:
            return
        if (left := in_utc(override.until) - turn.now) > NO_TIME:
            turn.effects.append(Start((OVERRIDE, door), left))  # the clock was set back meanwhile
            return
        self.memory.drop("overrides", door)
        self.passing.settle_mode(turn, door, f"What {override.operator} ordered has come to its end.")

    def _why_not(self, turn: Turn, order: SetMode, mode: DoorMode) -> str | None:
        rules = self.rulebook.doors[order.door]
        if mode not in ORDERABLE:
            return f"Nobody can order the mode {mode.value}."
        if order.until is not None and in_utc(order.until) <= turn.now:
            return "The order would have ended before it began."
        now = self.passing.mode(order.door)
        if now is DoorMode.FREE:
            return _FREE
        before = self.memory.overrides.get(order.door)
        if now is DoorMode.LOCKED_DOWN and (before is None or before.mode is not now):
            return _LOCKED_DOWN if mode.releases else _UNDER_LOCKDOWN
        if before is not None and before.mode.is_firm and not mode.is_firm:
            return f"The door is {before.mode.value.replace('_', ' ')}; give it back to its schedule first."
        if mode.releases and rules.siblings:
            return _INTERLOCK
        if mode.releases and stays_secured(rules, self.memory):
            return _DEGRADED
        return None
