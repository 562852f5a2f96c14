"""How everything stands, for whoever asks."""

from collections.abc import Mapping
from typing import Any, Final

from accessctl.config.site import BREAK_GLASS_DIGITS, KeypadCodes
from accessctl.door.controller import Controller
from accessctl.door.door_keeper import DoorKeeper
from accessctl.door.proving import Prover
from accessctl.door.recorder import Recorder
from accessctl.link.answers import Status
from hardware.drivers import DRIVER_OF
from hardware.signals import DeviceId
from hardware.specs import ReaderSpec, StrikeSpec
from policies.degraded import Condition, Fallback
from policies.door import Phase
from policies.door_modes import DoorMode
from policies.event_types import EventType
from policies.factors import BIOMETRIC, Factor
from policies.ids import AccessPointId, DoorId
from policies.memory import SITE, Memory
from policies.occupancy import headcount
from policies.places import Area, Direction
from policies.rulebook import PointRules, Rulebook


def status_of(controller: Controller, recorder: Recorder, prover: Prover) -> Status:
    """Describe the doors, readers and roles of one controller."""
    site = controller.site
    strikes = {spec.id: spec for spec in site.board.strikes}
    readers = {spec.id: spec for spec in site.board.readers}
    return Status(
        controller=site.controller,
        site=site.name,
        rules=controller.rulebook.revision,
        seq=recorder.seq,
        record_ok=recorder.ok,
        unrecorded=recorder.unrecorded,
        keys_ok=prover.why_no_keys() is None,
        doors=[
            {
                **_door(keeper, strikes[site.strike_of_door[door]], controller.memory),
                "inside": _inside(controller.rulebook, keeper.door.id),
            }
            for door, keeper in controller.doors.items()
        ],
        readers=[
            _reader(readers[device], controller, point)
            for point, device in _first_of_each(site.point_of_reader).items()
        ],
        roles=_named(site.role_names),
        groups=_named(site.group_names),
        levels=[{"id": level, "name": level} for level in site.levels],
        qualifications=_named(site.qualification_names),
        areas=[_area(area, controller.rulebook, controller.memory) for area in site.areas.values()],
        site_state=_site_state(controller.memory),
        codes=_codes(site.codes, controller.rulebook),
    )


def _codes(codes: KeypadCodes | None, rulebook: Rulebook) -> dict[str, Any]:
    if codes is None:
        return {}
    with_keys = [
        rules
        for rules in rulebook.points.values()
        if rules.point.direction is Direction.IN and Factor.PIN in rules.point.senses
    ]
    return {
        "digits": codes.digits,
        "most": codes.most,
        "break_glass": codes.break_glass,
        "break_glass_digits": BREAK_GLASS_DIGITS,
        "alone_at": [rules.point.id for rules in with_keys if _takes_a_code_alone(rules)],
        "keys_at": [rules.point.id for rules in with_keys],
    }


def _takes_a_code_alone(rules: PointRules) -> bool:
    """Whether a code is all that is asked for at some time, be it while a sensor is out of order."""
    asked = [rules.point.asks, *(each.asks for each in rules.point.asks_when)]
    if rules.door.door.degraded.under(Condition.BIOMETRIC_LOST) is Fallback.PIN_INSTEAD:
        asked += [asks.in_place_of(BIOMETRIC, Factor.PIN) for asks in asked]
    return any(Factor.PIN in asks.ways for asks in asked)


def _named(names: Mapping[Any, str]) -> list[dict[str, Any]]:
    return [{"id": id_, "name": name} for id_, name in names.items()]


def _area(area: Area, rulebook: Rulebook, memory: Memory) -> dict[str, Any]:
    chain = rulebook.chains[area.id]
    return {
        "id": area.id,
        "name": area.name,
        "within": area.within,
        "outside": area.outside,
        "people": headcount(memory, area.id),
        "armed": area.id in memory.armed,
        "locked_down": SITE in memory.lockdowns or not memory.lockdowns.keys().isdisjoint(chain),
    }


def _site_state(memory: Memory) -> dict[str, Any]:
    muster = memory.muster.get(SITE)
    return {
        "threat_level": memory.threat_level,
        "lockdowns": dict(memory.lockdowns),
        "emergency": sorted(memory.freed),
        "muster": None
        if muster is None
        else {
            "since": muster.since.isoformat(),
            "expected": len(muster.expected),
            "missing": sorted(muster.missing),
        },
        "conditions": sorted({condition.value for condition, _where in memory.gone}),
        "gone": [[condition.value, where] for condition, where in memory.gone],
    }


def _door(keeper: DoorKeeper, strike: StrikeSpec, memory: Memory) -> dict[str, Any]:
    override = memory.overrides.get(keeper.door.id)
    until = None if override is None or override.until is None else override.until.isoformat()
    return {
        "id": keeper.door.id,
        "name": keeper.door.name,
        "mode": memory.modes.get(keeper.door.id, DoorMode.LOCKED).value,
        "until": until,
        "leaf": _leaf(keeper),
        "strike": "released" if keeper.released else "secured",
        "alarm": None if keeper.alarm is None else _ALARM_WORD[keeper.alarm],
        "lock": strike.lock.value,
        "unattended": strike.unattended.value,
        "fault": keeper.fault,
    }


def _inside(rulebook: Rulebook, door: DoorId) -> list[str]:
    """Give the areas that the door's exit button or handle lets people out of."""
    rules, points = rulebook.doors[door], rulebook.points
    entered = {points[each].point.to_area for each in rules.ways_in}
    left = {points[each].point.from_area for each in rules.ways_out}
    return sorted(entered | left)


def _leaf(keeper: DoorKeeper) -> str:
    if keeper.state.phase is Phase.UNKNOWN or not keeper.door.monitored:
        return "unknown"
    return "closed" if keeper.state.closed else "open"


def _first_of_each(points: Mapping[DeviceId, AccessPointId]) -> dict[AccessPointId, DeviceId]:
    """Name one device of each access point: its reader, or the keypad where that is all there is."""
    first: dict[AccessPointId, DeviceId] = {}
    for device, point in points.items():
        if point not in first or device == f"{point}.reader":
            first[point] = device
    return first


def _reader(spec: ReaderSpec, controller: Controller, point_id: Any) -> dict[str, Any]:  # noqa: ANN401
    point = controller.points[point_id]
    return {
        "id": spec.id,
        "access_point": point.point.id,
        "name": point.point.name,
        "door": point.point.door,
        "direction": point.point.direction.value,
        "leads_to": point.point.to_area,
        "kind": DRIVER_OF[type(spec)],
        "online": point.online,
    }


_ALARM_WORD: Final = {
    EventType.DOOR_FORCED_OPEN: "forced_open",
    EventType.DOOR_OPEN_TOO_LONG: "held_open",
}
