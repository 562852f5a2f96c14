"""What lines say of inputs and devices."""

from typing import Final

from accessctl.config.reading import Wrong
from accessctl.config.site import InputKind, SiteInput
from accessctl.simulate.fields import Fields, known, shown, word
from accessctl.simulate.happenings import Changed, Fire, Tampered
from policies.degraded import Condition
from policies.ids import DoorId, InputId

_KINDS: Final = {kind.value: kind for kind in InputKind}
_STATES: Final = {"active": True, "on": True, "rest": False, "off": False, "normal": False}
_MAINS_STATES: Final = {"lost": True, "back": False, **_STATES}
"""As in the site file, a mains input is active while the mains are gone."""
SOME_FIRE: Final = InputId("fire")
"""Stands for the fire input of a site that declares none: it releases nothing, and is recorded."""
_TAMPER_CONTACT: Final = ".tamper"

_BIOMETRIC: Final = "biometric"
_AT_POINT: Final = {"reader": Condition.READER_LOST, _BIOMETRIC: Condition.BIOMETRIC_LOST}
_AT_DOOR: Final = {"contact": Condition.CONTACT_LOST, "position": Condition.CONTACT_LOST}
_OF_SITE: Final = {
    "record": Condition.RECORD_UNWRITABLE,
    "mains": Condition.ON_BATTERY,
    "clock": Condition.CLOCK_UNTRUSTED,
}
DEVICES: Final = (*_AT_POINT, *_AT_DOOR, *_OF_SITE)


def input_of(fields: Fields) -> Fire | Tampered | Changed:
    """Read what an input does. Raises ``Wrong``."""
    found, named = _input(fields)
    active = _state(fields, found.kind)
    happening: Fire | Tampered | Changed
    match found.kind:
        case InputKind.FIRE:
            happening = Fire((found.id,) if named else _every_fire(fields), active)
        case InputKind.TAMPER:
            happening = Tampered(_tampered_door(fields, found), active)
        case InputKind.MAINS:
            happening = Changed(Condition.ON_BATTERY, None, holds=active)
    fields.end()
    return happening


def _tampered_door(fields: Fields, tampered: SiteInput) -> DoorId:
    said = fields.known("door", fields.names.doors, "door")
    if tampered.door is not None and said not in {None, tampered.door}:
        raise Wrong(f"{shown(tampered.id)} is at the door {shown(tampered.door)}, not {shown(said)}")
    if (door := tampered.door or said) is None:
        raise Wrong("tamper is at a door; door is missing")
    return DoorId(door)


def _input(fields: Fields) -> tuple[SiteInput, bool]:
    """Give the input that is meant, and whether it is one that the site file names."""
    id_, kind = fields.text("input", "id"), fields.choice(_KINDS, "kind")
    declared = fields.names.inputs
    if id_ is not None and id_ not in declared:
        door = id_.removesuffix(_TAMPER_CONTACT)
        if door != id_ and door in fields.names.doors:
            return SiteInput(InputId(id_), InputKind.TAMPER, DoorId(door)), True
        if kind is None and id_ in _KINDS:
            return SiteInput(InputId(id_), _KINDS[id_]), False
    if id_ is None and kind is not None:
        return SiteInput(InputId(kind.value), kind), False
    if id_ is None:
        raise Wrong(f"an input line names an input, or a kind: {', '.join(_KINDS)}")
    found = declared[known("input", declared, id_)]
    if kind not in {None, found.kind}:
        raise Wrong(f"the input {shown(id_)} is of the kind {found.kind.value}")
    return found, True


def _every_fire(fields: Fields) -> tuple[InputId, ...]:
    found = (id_ for id_, each in fields.names.inputs.items() if each.kind is InputKind.FIRE)
    return tuple(InputId(id_) for id_ in found) or (SOME_FIRE,)


def _state(fields: Fields, kind: InputKind) -> bool:
    states = _MAINS_STATES if kind is InputKind.MAINS else _STATES
    state, active = fields.choice(states, "state"), fields.value("active")
    if (state is None) == (active is None):
        raise Wrong(f"an input line says state ({', '.join(states)}), or active (true, false), and not both")
    return fields.flag("active", default=False) if state is None else state


def clock_of(fields: Fields) -> Changed:
    """Read whether the clock is to be trusted. Raises ``Wrong``."""
    fields.needed("trusted")
    trusted = fields.flag("trusted", default=True)
    fields.end()
    return Changed(Condition.CLOCK_UNTRUSTED, None, holds=not trusted)


def device_of(fields: Fields, *, lost: bool) -> Changed:
    """Read which device is lost or back. Raises ``Wrong``."""
    device = fields.needed("device")
    if not isinstance(device, str):
        raise Wrong(f"device must be text, not {shown(device)}")
    kind, where = word(device), None
    if kind not in DEVICES and "." in device:
        where, _, kind = device.rpartition(".")
    if kind not in DEVICES:
        raise Wrong(f"there is no device {shown(device)}; there are {', '.join(DEVICES)}")
    condition, place = _place(fields, kind, where)
    fields.end()
    return Changed(condition, place, holds=lost)


def _place(fields: Fields, kind: str, where: str | None) -> tuple[Condition, str | None]:
    if kind in _OF_SITE and where is None:
        return _OF_SITE[kind], None
    if kind in _AT_POINT:
        points = fields.names.points if kind == _BIOMETRIC else fields.names.every_point
        return _AT_POINT[kind], known("access point", points, where or fields.needed("access_point", "point"))
    if kind in _AT_DOOR:
        return _AT_DOOR[kind], known("door", fields.names.doors, where or fields.needed("door"))
    raise Wrong(f"the {kind} is the site's; leave out where it is")
