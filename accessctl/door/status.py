"""How everything stands, for whoever asks."""

from typing import Any, Final

from accessctl.door.controller import Controller
from accessctl.door.door_keeper import DoorKeeper
from accessctl.door.proving import Prover
from accessctl.door.recorder import Recorder
from accessctl.link.messages import Status
from hardware.specs import ReaderSpec, StrikeSpec
from policies.door import Phase
from policies.event_types import EventType


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
            _door(keeper, strikes[site.strike_of_door[door]]) for door, keeper in controller.doors.items()
        ],
        readers=[
            _reader(readers[device], controller, point) for device, point in site.point_of_reader.items()
        ],
        roles=[{"id": role, "name": name} for role, name in site.role_names.items()],
    )


def _door(keeper: DoorKeeper, strike: StrikeSpec) -> dict[str, Any]:
    state = keeper.state
    return {
        "id": keeper.door.id,
        "name": keeper.door.name,
        "mode": "unlocked" if state.unlocked else "locked",
        "leaf": _leaf(keeper),
        "strike": "released" if state.released else "secured",
        "alarm": None if keeper.alarm is None else _ALARM_WORD[keeper.alarm],
        "lock": strike.lock.value,
        "unattended": strike.unattended.value,
        "fault": keeper.fault,
    }


def _leaf(keeper: DoorKeeper) -> str:
    if keeper.state.phase is Phase.UNKNOWN or not keeper.door.monitored:
        return "unknown"
    return "closed" if keeper.state.closed else "open"


def _reader(spec: ReaderSpec, controller: Controller, point_id: Any) -> dict[str, Any]:  # noqa: ANN401
    point = controller.points[point_id]
    return {
        "id": spec.id,
        "access_point": point.point.id,
        "name": point.point.name,
        "door": point.point.door,
        "kind": type(spec).__name__.removesuffix("ReaderSpec").lower(),
        "online": point.online,
    }


_ALARM_WORD: Final = {
    EventType.DOOR_FORCED_OPEN: "forced_open",
    EventType.DOOR_OPEN_TOO_LONG: "held_open",
}
