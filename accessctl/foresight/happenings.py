"""Entries of the record that are no decisions, as a warden hears of them when they happen."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from accessctl.foresight.history import Past
from accessctl.foresight.side import Side
from policies.degraded import Condition
from policies.door_modes import DoorMode
from policies.event_types import EventType
from policies.ids import AreaId, DoorId, InputId, PersonId
from policies.memory import SITE
from policies.orders import (
    Arm,
    Disarm,
    EndEmergency,
    Forgive,
    LiftLockdown,
    Lockdown,
    Order,
    PropDoor,
    ReleaseDoor,
    Renew,
    SetMode,
    SetThreatLevel,
)
from policies.turn import Turn
from policies.words import CONDITION_EVENTS, MODE_EVENT

Told = Callable[[Side], Turn]

_LEAVES: Final[Mapping[str, bool]] = {EventType.DOOR_OPENED: True, EventType.DOOR_CLOSED: False}
_FIRES: Final[Mapping[str, bool]] = {EventType.FIRE_INPUT: True, EventType.FIRE_INPUT_RESTORED: False}
_CONDITIONS: Final[Mapping[str, tuple[Condition, bool]]] = {
    kind: (condition, holds)
    for condition, kinds in CONDITION_EVENTS.items()
    for kind, holds in zip(kinds, (True, False), strict=True)
    # While nothing could be recorded, nothing was.
    if condition is not Condition.RECORD_UNWRITABLE
}
_ORDERED: Final[Mapping[str, DoorMode]] = {kind: mode for mode, kind in MODE_EVENT.items()}


def told_of(past: Past) -> Told | None:
    """Give how a warden is told of this; ``None`` for what follows from other things, or concerns no rule."""
    at, door = past.at, None if past.door is None else DoorId(past.door)
    if door is not None and past.type in _LEAVES:
        is_open = _LEAVES[past.type]
        return lambda side: side.warden.leaf(door, at, is_open=is_open)
    if door is not None and past.detail.get("by") == "exit request":
        return lambda side: side.warden.exit_requested(door, at)
    if past.type in _FIRES:
        wired, active = InputId(str(past.detail.get("input"))), _FIRES[past.type]
        return lambda side: side.warden.fire(wired, at, active=active)
    if past.type in _CONDITIONS:
        condition, holds = _CONDITIONS[past.type]
        if condition is Condition.CONTACT_LOST and past.detail.get("input", "position") != "position":
            return None  # an exit button or another input, on which no rule depends
        where = _where(condition, past)
        return lambda side: side.warden.condition(condition, where, at, holds=holds)
    order = order_in(past)
    if order is None:
        return None
    operator = str(past.detail["operator"])
    return lambda side: side.warden.order(order, operator, at)


def concerns(past: Past, side: Side) -> bool:
    """Whether door and access point of an entry are there by this rule book."""
    book, point = side.rulebook, past.access_point
    if past.door is not None and past.door not in book.doors:
        return False
    return point is None or point in book.access_points or point in book.muster_points


def order_in(past: Past) -> Order | None:
    """Give the order that an entry tells of; ``None`` where no operator ordered it, or it was refused."""
    if "operator" not in past.detail:
        return None
    if past.door is not None:
        return _door_order(past, DoorId(past.door))
    detail, person = past.detail, None if past.person is None else PersonId(past.person)
    match past.type:
        case EventType.LOCKDOWN:
            return Lockdown(AreaId(str(detail.get("scope", SITE))))
        case EventType.LOCKDOWN_LIFTED:
            return LiftLockdown(AreaId(str(detail.get("scope", SITE))))
        case EventType.EMERGENCY_LIFTED:
            return EndEmergency()
        case EventType.THREAT_LEVEL:
            return SetThreatLevel(int(str(detail.get("after", 0))))
        case EventType.PASSBACK_FORGIVEN:
            return Forgive(person)
        case EventType.ACCESS_RENEWED if person is not None:
            return Renew(person)
        case EventType.AREA_ARMED:
            return Arm(AreaId(str(detail.get("area"))))
        case EventType.AREA_DISARMED:
            return Disarm(AreaId(str(detail.get("area"))))
        case _:
            return None


def _door_order(past: Past, door: DoorId) -> Order | None:
    if past.type == EventType.DOOR_RELEASED:
        return ReleaseDoor(door)
    if past.type == EventType.DOOR_NORMAL:
        return SetMode(door, None)
    if past.type == EventType.DOOR_PROPPED:
        return PropDoor(door, timedelta(seconds=float(str(past.detail.get("for_s", 0)))))
    until, mode = past.detail.get("until"), _ORDERED.get(past.type)
    if mode is None:
        return None
    return SetMode(door, mode, None if until is None else datetime.fromisoformat(str(until)))


def _where(condition: Condition, past: Past) -> str | None:
    return past.door if condition is Condition.CONTACT_LOST else past.access_point
