"""How every device is, for whoever asks: what it is, whether it answers, and what is wrong with it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from accessctl.door.clock import NS_PER_US, Clock
from accessctl.door.controller import Controller
from hardware.drivers import DRIVER_OF
from hardware.health import DeviceState, Health
from hardware.signals import DeviceId
from hardware.specs import MatrixKeypadSpec, OsdpReaderSpec, UsbKeypadSpec


def devices_of(controller: Controller, clock: Clock) -> list[dict[str, Any]]:
    """Describe every device of one controller, readers first. Nothing of it is a secret."""
    return [
        *_readers(controller, clock),
        *_sensors(controller, clock),
        *_contacts(controller, clock),
        *_strikes(controller),
        *_annunciators(controller),
    ]


def _readers(controller: Controller, clock: Clock) -> Iterator[dict[str, Any]]:
    site = controller.site
    for spec in site.board.readers:
        keeper = controller.keeper_of(spec.id)
        point = site.access_points.get(keeper.point.id)
        health = _health_of(controller.board.readers.get(spec.id))
        key = controller.pairing.state_of(spec.id).value if isinstance(spec, OsdpReaderSpec) else None
        yield {
            "id": spec.id,
            "kind": "keypad" if isinstance(spec, MatrixKeypadSpec | UsbKeypadSpec) else "reader",
            "driver": DRIVER_OF[type(spec)],
            "access_point": keeper.point.id,
            "name": keeper.point.name,
            "door": None if point is None else point.door,
            **_of_health(health, clock),
            **keeper.book.standing(spec.id),
            "key": key,
            "pairing": controller.pairing.is_open(spec.id),
            "fault": None,
        }


def _sensors(controller: Controller, clock: Clock) -> Iterator[dict[str, Any]]:
    """Describe what looks at fingers and faces, by the same words as readers."""
    site, board = controller.site, controller.board
    kinds = (
        ("fingerprint sensor", site.board.fingers, board.fingers, site.finger_of_point),
        ("camera", site.board.cameras, board.cameras, site.camera_of_point),
    )
    for kind, specs, devices, of_point in kinds:
        points = {device: site.access_points[point] for point, device in of_point.items()}
        for spec in specs:
            yield {
                "id": spec.id,
                "kind": kind,
                "driver": DRIVER_OF[type(spec)],
                "access_point": points[spec.id].id,
                "name": points[spec.id].name,
                "door": points[spec.id].door,
                **_of_health(_health_of(devices.get(spec.id)), clock),
                "tampered": False,
                "power_failed": False,
                "insecure": None,
                "key": None,
                "pairing": False,
                "fault": None,
            }


def _contacts(controller: Controller, clock: Clock) -> Iterator[dict[str, Any]]:
    for spec in controller.site.board.contacts:
        device = controller.board.contacts.get(spec.id)
        health = _health_of(device)
        fault = controller.inputs.fault_of(spec.id)
        if health is None:
            state = DeviceState.HERE if fault is None else DeviceState.LOST
            health = Health(state, fault or "")
        yield {
            **_plain(spec.id, "contact", DRIVER_OF[type(spec)]),
            **_of_health(health, clock),
            "door": controller.inputs.door_of(spec.id),
            "fault": fault,
        }


def _strikes(controller: Controller) -> Iterator[dict[str, Any]]:
    doors = {strike: door for door, strike in controller.site.strike_of_door.items()}
    for spec in controller.site.board.strikes:
        fault = controller.doors[doors[spec.id]].fault
        yield {**_plain(spec.id, "strike", DRIVER_OF[type(spec)]), "door": doors[spec.id], "fault": fault}


def _annunciators(controller: Controller) -> Iterator[dict[str, Any]]:
    for spec in controller.site.board.annunciators:
        yield _plain(spec.id, "annunciator", DRIVER_OF[type(spec)])


def _plain(device: DeviceId, kind: str, driver: str) -> dict[str, Any]:
    """Describe a line that cannot be lost: it is here for as long as the process runs."""
    return {"id": device, "kind": kind, "driver": driver, "state": DeviceState.HERE.value, "fault": None}


def _health_of(device: object) -> Health | None:
    health = getattr(device, "health", None)
    return health if isinstance(health, Health) else None


def _of_health(health: Health | None, clock: Clock) -> dict[str, Any]:
    page = health or Health()
    return {
        "state": page.state.value,
        "why": page.why,
        "since": _instant(page.since_ns, clock),
        "seen": _instant(page.seen_ns, clock),
        "silent_s": _age_s(page.beat_ns, clock),
        "errors_this_hour": page.errors_this_hour,
        "errors_hour_before": page.errors_hour_before,
        "trend": page.trend.value,
        "last_error": page.last_error,
        "restarts": page.restarts,
        "about": dict(page.about),
    }


def _instant(at_ns: int | None, clock: Clock) -> str | None:
    """Give an instant of the monotonic clock by the wall clock as it goes now."""
    if at_ns is None:
        return None
    ago = timedelta(microseconds=(clock.monotonic_ns() - at_ns) // NS_PER_US)
    return (clock.now() - ago).isoformat(timespec="milliseconds")


def _age_s(at_ns: int | None, clock: Clock) -> float | None:
    """Tell how long a driver has not gone round; ``None`` for one that does not loop."""
    return None if at_ns is None else round(max(0, clock.monotonic_ns() - at_ns) / 1e9, 1)
