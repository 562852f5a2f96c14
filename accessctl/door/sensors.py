"""The fingerprint sensors and cameras of all access points, each with who asks it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accessctl.config import Site
from accessctl.door.clock import Clock
from accessctl.door.enrolment import EnrolmentSessions, GivesWay
from accessctl.door.face_gatherer import FaceGatherer
from accessctl.door.face_templates import FaceTemplates
from accessctl.door.finger_gatherer import FingerGatherer
from accessctl.door.gathering import Gathers
from accessctl.door.timers import Timers
from accessctl.door.workers import Workers
from accessctl.store.biometrics import BiometricReader
from hardware.board import Board
from hardware.ports import Pattern
from hardware.signals import DeviceId
from hardware.specs import CameraSpec, FprintdSensorSpec
from policies.factors import Factor
from policies.ids import AccessPointId

Show = Callable[[AccessPointId, Pattern], None]
"""Shows at an access point what a sensor wants of the person there."""


@dataclass(frozen=True, slots=True)
class SensorParts:
    """What every gatherer needs."""

    people: BiometricReader
    templates: FaceTemplates
    timers: Timers
    workers: Workers
    clock: Clock


class Sensors:
    """Builds one gatherer for each sensor of each access point, and knows which is where."""

    def __init__(
        self,
        site: Callable[[], Site],
        board: Board,
        parts: SensorParts,
        sessions: EnrolmentSessions,
        show: Show,
    ) -> None:
        """Take the site in force, its devices, what gatherers need, who enrols, and who shows."""
        self._of_point: dict[AccessPointId, dict[Factor, Gathers]] = {}
        self.at: dict[DeviceId, tuple[AccessPointId, Factor]] = {}
        """Where each sensor is, and what it senses."""
        self.readers: dict[DeviceId, AccessPointId] = {}
        """Cameras that look at no face: each is a reader of passes, and nothing else."""
        for point, device in site().finger_of_point.items():
            finger = FingerGatherer(
                board.fingers[device],
                parts.people,
                parts.timers,
                parts.workers,
                parts.clock,
                _at(show, point),
                searches=device not in _told_whose(site()),
            )
            self._keep(point, Factor.FINGERPRINT, device, sessions.guard(finger, Factor.FINGERPRINT, device))
        for point, device in site().camera_of_point.items():
            if device in _for_passes_alone(site()):
                self.readers[device] = point
                continue
            face = FaceGatherer(
                board.cameras[device],
                parts.templates,
                lambda: site().biometrics,
                parts.timers,
                parts.workers,
                _at(show, point),
            )
            self._keep(point, Factor.FACE, device, sessions.guard(face, Factor.FACE, device))

    def of(self, point: AccessPointId) -> Mapping[Factor, Gathers]:
        """Give what can be gathered at an access point."""
        return self._of_point.get(point, {})

    def readers_at(self, point: AccessPointId) -> list[DeviceId]:
        """Give the cameras at an access point that read passes and nothing else."""
        return [device for device, where in self.readers.items() if where == point]

    def point_of(self, device: DeviceId) -> AccessPointId | None:
        """Tell where a sensor or camera is; ``None`` for none of ours."""
        if device in self.readers:
            return self.readers[device]
        where = self.at.get(device)
        return None if where is None else where[0]

    def _keep(self, point: AccessPointId, factor: Factor, device: DeviceId, gatherer: GivesWay) -> None:
        self._of_point.setdefault(point, {})[factor] = gatherer
        self.at[device] = (point, factor)


def _at(show: Show, point: AccessPointId) -> Callable[[Pattern], None]:
    return lambda pattern: show(point, pattern)


def _for_passes_alone(site: Site) -> frozenset[DeviceId]:
    cameras = (spec for spec in site.board.cameras if isinstance(spec, CameraSpec))
    return frozenset(spec.id for spec in cameras if not spec.faces)


def _told_whose(site: Site) -> frozenset[DeviceId]:
    """Give the sensors that compare with one person's fingers only."""
    return frozenset(spec.id for spec in site.board.fingers if isinstance(spec, FprintdSensorSpec))
