"""What an order line says was ordered."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from accessctl.config.reading import Wrong
from accessctl.simulate.fields import Fields, shown, suggestion, word
from accessctl.simulate.happenings import Ordered, PinForgiven
from policies.door_modes import ORDERABLE, DoorMode
from policies.ids import AreaId, DoorId, PersonId
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

_NORMAL: Final = "normal"
_MODES: Final[Mapping[str, DoorMode | str]] = {
    **{mode.value: mode for mode in ORDERABLE},
    "lockdown": DoorMode.LOCKED_DOWN,
    "hold_open": DoorMode.HELD_OPEN,
    _NORMAL: _NORMAL,
}


def order_of(fields: Fields, at: datetime) -> Ordered | PinForgiven:
    """Read an order given at an instant. Raises ``Wrong``."""
    name = fields.needed("order", "what", "name")
    asked = word(name) if isinstance(name, str) else ""
    read = ORDERS.get(_ALSO.get(asked, asked))
    if read is None:
        raise Wrong(f"there is no order {shown(name)}{suggestion(asked, list(ORDERS))}")
    operator = fields.text("operator") or "trace"
    fields.what = f"the order {asked}"
    order = read(fields, at)
    fields.end()
    return PinForgiven(order, operator) if isinstance(order, str) else Ordered(order, operator)


def _door(fields: Fields) -> DoorId:
    fields.needed("door")
    return DoorId(fields.known("door", fields.names.doors, "door") or "")


def _area(fields: Fields) -> AreaId:
    fields.needed("area")
    return AreaId(fields.known("area", fields.names.areas, "area") or "")


def _person(fields: Fields) -> PersonId:
    fields.needed("person")
    return PersonId(fields.known("person", fields.names.people, "person") or "")


def _scope(fields: Fields) -> str:
    scope = fields.value("area", "scope")
    if scope is None or (scope == SITE and scope not in fields.names.areas):
        return SITE
    return fields.known("area", fields.names.areas, "area", "scope") or SITE


def _until(fields: Fields, at: datetime) -> datetime | None:
    until, lasting = fields.instant("until"), fields.seconds("for_s")
    if until is not None and lasting is not None:
        raise Wrong("until and for_s say the same; leave one out")
    return until if lasting is None else at + lasting


def _lockdown(fields: Fields, at: datetime) -> Order:
    if fields.value("door") is not None:
        return SetMode(_door(fields), DoorMode.LOCKED_DOWN, _until(fields, at))
    return Lockdown(_scope(fields))


def _lift(fields: Fields, _at: datetime) -> Order:
    if fields.value("door") is not None:
        return SetMode(_door(fields), None)
    return LiftLockdown(_scope(fields))


def _set_mode(fields: Fields, at: datetime) -> Order:
    fields.needed("mode")
    mode = fields.choice(_MODES, "mode")
    return SetMode(_door(fields), mode if isinstance(mode, DoorMode) else None, _until(fields, at))


def _into(mode: DoorMode | None) -> Callable[[Fields, datetime], Order]:
    return lambda fields, at: SetMode(_door(fields), mode, _until(fields, at))


def _prop(fields: Fields, at: datetime) -> Order:
    door, until = _door(fields), _until(fields, at)
    if until is None or until <= at:
        raise Wrong("a prop order says for how long: for_s (seconds), or until")
    return PropDoor(door, until - at)


def _forgive(fields: Fields, _at: datetime) -> Order:
    return Forgive(None if fields.value("person") is None else _person(fields))


def _threat_level(fields: Fields, _at: datetime) -> Order:
    fields.needed("level")
    return SetThreatLevel(fields.whole("level") or 0)


ORDERS: Final[Mapping[str, Callable[[Fields, datetime], Order | PersonId]]] = {
    "release": lambda fields, _at: ReleaseDoor(_door(fields)),
    "mode": _set_mode,
    "unlock": _into(DoorMode.UNLOCKED),
    "lock": _into(DoorMode.LOCKED),
    "block": _into(DoorMode.BLOCKED),
    "hold_open": _into(DoorMode.HELD_OPEN),
    "normal": lambda fields, _at: SetMode(_door(fields), None),
    "prop": _prop,
    "lockdown": _lockdown,
    "lift": _lift,
    "end_emergency": lambda _fields, _at: EndEmergency(),
    "threat_level": _threat_level,
    "arm": lambda fields, _at: Arm(_area(fields)),
    "disarm": lambda fields, _at: Disarm(_area(fields)),
    "muster": lambda _fields, _at: StartMuster(),
    "safe": lambda fields, _at: SeenSafe(_person(fields)),
    "end_muster": lambda _fields, _at: EndMuster(),
    "forgive": _forgive,
    "renew": lambda fields, _at: Renew(_person(fields)),
    "forgive_pins": lambda fields, _at: _person(fields),
}
"""Every order by its name."""
_ALSO: Final[Mapping[str, str]] = {
    "lift_lockdown": "lift",
    "set_mode": "mode",
    "held_open": "hold_open",
    "blocked": "block",
    "threat": "threat_level",
    "start_muster": "muster",
    "seen_safe": "safe",
    "lift_emergency": "end_emergency",
    "forgive_passback": "forgive",
}
