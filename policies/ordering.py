"""What operators order, and what stands above it.

Rule: an order that ranks below what is in force is refused with the reason, and the refusal is recorded; it
does not wait to take effect when nobody thinks of it any more.
"""

from dataclasses import dataclass

from policies.door_orders import DoorOrders
from policies.event_types import EventType
from policies.ids import PersonId
from policies.memory import SITE, Memory
from policies.mustering import Mustering
from policies.orders import (
    HIGHEST_THREAT,
    Arm,
    Disarm,
    EndEmergency,
    EndMuster,
    Forgive,
    LiftLockdown,
    Lockdown,
    Order,
    PropDoor,
    ReleaseDoor,
    Renew,
    SetMode,
    SetThreatLevel,
    StartMuster,
)
from policies.passing import Passing
from policies.presence import forgive, forgive_all
from policies.rulebook import Rulebook
from policies.signed import Signed
from policies.turn import Turn


@dataclass(slots=True)
class Ordering:
    """Carries orders out on what is remembered."""

    rulebook: Rulebook
    memory: Memory
    passing: Passing
    doors: DoorOrders
    mustering: Mustering

    def carry_out(self, turn: Turn, order: Order, operator: str, order_id: str | None) -> None:
        """Do what is ordered, or say in ``turn.refusal`` why not."""
        signed = Signed(operator, order_id)
        turn.refusal = self._unknown(order) or self._do(turn, order, signed)
        if turn.refusal is not None:
            door = getattr(order, "door", None)
            known = door if door in self.rulebook.doors else None
            note = signed.note(EventType.ORDER_REFUSED, {"ordered": type(order).__name__}, door=known)
            turn.effects.append(note._replace(reason=turn.refusal))

    def _unknown(self, order: Order) -> str | None:
        """Say what an order names that there is not."""
        match order:
            case ReleaseDoor(door) | SetMode(door) | PropDoor(door) if door not in self.rulebook.doors:
                return f"There is no door {door}."
            case Arm(area) | Disarm(area) if area not in self.rulebook.areas:
                return f"There is no area {area}."
            case Lockdown(scope) if scope != SITE and scope not in self.rulebook.areas:
                return f"There is no area {scope}."
            case _:
                return None

    def _do(self, turn: Turn, order: Order, signed: Signed) -> str | None:
        match order:
            case ReleaseDoor(door):
                return self.doors.release(turn, door, signed)
            case SetMode():
                return self.doors.set_mode(turn, order, signed)
            case PropDoor(door, lasting):
                return self.doors.prop(turn, door, lasting, signed)
            case Lockdown(scope):
                return self._lock_down(turn, scope, signed)
            case LiftLockdown(scope):
                return self._lift(turn, scope, signed)
            case EndEmergency():
                return self._end_emergency(turn, signed)
            case SetThreatLevel(level):
                return self._set_threat(turn, level, signed)
            case Forgive(person):
                return self._forgive(turn, person, signed)
            case Renew(person):
                return self._renew(turn, person, signed)
            case Arm(area):
                self.memory.put("armed", area, signed.operator)
                turn.effects.append(signed.note(EventType.AREA_ARMED, {"area": area}))
            case Disarm(area):
                self.memory.drop("armed", area)
                turn.effects.append(signed.note(EventType.AREA_DISARMED, {"area": area}))
            case StartMuster():
                return self.mustering.start(turn, signed)
            case EndMuster():
                return self.mustering.end(turn, signed)
            case _:
                return self.mustering.seen_safe(turn, order.person, signed)
        return None

    # ---------------------------------------------------------------------------------------- site

    def _lock_down(self, turn: Turn, scope: str, signed: Signed) -> str | None:
        self.memory.put("lockdowns", scope, signed.operator)
        turn.effects.append(signed.note(EventType.LOCKDOWN, {"scope": scope}))
        self._settle_all(turn, f"Lockdown ordered by {signed.operator}.")
        return None

    def _lift(self, turn: Turn, scope: str, signed: Signed) -> str | None:
        if scope not in self.memory.lockdowns:
            return f"There is no lockdown of {scope} to lift."
        self.memory.drop("lockdowns", scope)
        turn.effects.append(signed.note(EventType.LOCKDOWN_LIFTED, {"scope": scope}))
        self._settle_all(turn, f"Lockdown lifted by {signed.operator}.")
        return None

    def _end_emergency(self, turn: Turn, signed: Signed) -> str | None:
        active = [input_id for input_id in self.rulebook.fire_doors if self.memory.inputs.get(input_id)]
        if active:
            return f"The fire input {active[0]} is still active."
        if not self.memory.freed:
            return "No door is under emergency release."
        doors = [door for door in self.rulebook.doors if door in self.memory.freed]
        for door in doors:
            self.memory.drop("freed", door)
        turn.effects.append(signed.note(EventType.EMERGENCY_LIFTED, {"doors": doors}))
        self._settle_all(turn, f"Emergency ended by {signed.operator}.")
        return None

    def _settle_all(self, turn: Turn, why: str) -> None:
        for door in self.rulebook.doors:
            self.passing.settle_mode(turn, door, why)

    def _set_threat(self, turn: Turn, level: int, signed: Signed) -> str | None:
        if not 0 <= level <= HIGHEST_THREAT:
            return f"A threat level is 0 to {HIGHEST_THREAT}."
        before = self.memory.threat_level
        self.memory.put("numbers", "threat_level", level)
        turn.effects.append(signed.note(EventType.THREAT_LEVEL, {"before": before, "after": level}))
        return None

    # -------------------------------------------------------------------------------------- people

    def _forgive(self, turn: Turn, person: PersonId | None, signed: Signed) -> str | None:
        if person is None:
            detail = {"people": forgive_all(self.memory)}
            turn.effects.append(signed.note(EventType.PASSBACK_FORGIVEN, detail))
        else:
            forgive(self.memory, person)
            turn.effects.append(signed.note(EventType.PASSBACK_FORGIVEN, person=person))
        return None

    def _renew(self, turn: Turn, person: PersonId, signed: Signed) -> str | None:
        """Give somebody all their uses again. One that is under way is none of the new ones."""
        memory = self.memory
        memory.drop("uses", person)
        for key in [key for key in memory.counted if key[1] == person]:
            memory.drop("counted", key)
        memory.put("seen", person, turn.now)
        turn.effects.append(signed.note(EventType.ACCESS_RENEWED, person=person))
        return None
