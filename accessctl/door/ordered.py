"""Turns an order as the link carries it into an order as the rules take it."""

from datetime import datetime, timedelta

from accessctl.link.requests import GiveOrder, OrderKind
from policies.door_modes import ORDERABLE, DoorMode
from policies.ids import AreaId, DoorId, PersonId
from policies.instants import in_utc
from policies.memory import SITE
from policies.orders import (
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
    SeenSafe,
    SetMode,
    SetThreatLevel,
    StartMuster,
)


class OrderUnreadable(ValueError):
    """An order lacks something, or says something that is none."""


def order_in(said: GiveOrder) -> Order:
    """Give the order. Raises ``OrderUnreadable``."""
    match said.order:
        case OrderKind.RELEASE:
            return ReleaseDoor(_door(said))
        case OrderKind.MODE:
            return SetMode(_door(said), _mode(said), _until(said))
        case OrderKind.NORMAL:
            return SetMode(_door(said), None)
        case OrderKind.PROP:
            return PropDoor(_door(said), _lasting(said))
        case OrderKind.LOCKDOWN:
            return Lockdown(AreaId(said.area) if said.area else SITE)
        case OrderKind.LIFT:
            return LiftLockdown(AreaId(said.area) if said.area else SITE)
        case OrderKind.END_EMERGENCY:
            return EndEmergency()
        case OrderKind.THREAT_LEVEL:
            return SetThreatLevel(said.level)
        case OrderKind.FORGIVE:
            return Forgive(PersonId(said.person) if said.person else None)
        case OrderKind.RENEW:
            return Renew(_person(said))
        case OrderKind.ARM:
            return Arm(_area(said))
        case OrderKind.DISARM:
            return Disarm(_area(said))
        case OrderKind.START_MUSTER:
            return StartMuster()
        case OrderKind.END_MUSTER:
            return EndMuster()
        case OrderKind.SEEN_SAFE:
            return SeenSafe(_person(said))


def _door(said: GiveOrder) -> DoorId:
    return DoorId(_wanted(said, said.door, "a door"))


def _area(said: GiveOrder) -> AreaId:
    return AreaId(_wanted(said, said.area, "an area"))


def _person(said: GiveOrder) -> PersonId:
    return PersonId(_wanted(said, said.person, "a person"))


def _wanted(said: GiveOrder, value: str, what: str) -> str:
    if not value:
        raise OrderUnreadable(f"the order {said.order} needs {what}")
    return value


def _mode(said: GiveOrder) -> DoorMode:
    modes = {mode.value: mode for mode in ORDERABLE}
    if said.mode not in modes:
        raise OrderUnreadable(f"{said.mode!r} is no mode; there are {', '.join(modes)}")
    return modes[said.mode]


def _until(said: GiveOrder) -> datetime | None:
    if not said.until:
        return None
    try:
        return in_utc(datetime.fromisoformat(said.until))
    except (ValueError, OverflowError) as error:
        raise OrderUnreadable(f"{said.until!r} is no instant with an offset, such as 18:00+01:00") from error


def _lasting(said: GiveOrder) -> timedelta:
    try:
        return timedelta(seconds=said.lasting_s)
    except (ValueError, OverflowError) as error:
        raise OrderUnreadable(f"{said.lasting_s} s is no time that a leaf could stand open") from error
