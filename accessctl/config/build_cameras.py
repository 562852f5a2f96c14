"""The cameras that tables of the site file describe."""

from collections.abc import Iterator
from typing import Final

from accessctl.config.schema import SiteFile
from accessctl.config.schema_cameras import (
    CameraTable,
    EngineTable,
    FilesTable,
    MjpegTable,
    ModelTable,
    PicameraTable,
    RealCameraTable,
    V4l2Table,
)
from hardware.signals import DeviceId
from hardware.specs import CameraKind, CameraSpec, CameraSpecs, ModelFile, OnnxEngine, SimulatedCameraSpec

CAMERA: Final = "camera"


def camera_device(point: str) -> DeviceId:
    """Name the camera of an access point."""
    return DeviceId(f"{point}.{CAMERA}")


def cameras_of(file: SiteFile) -> Iterator[CameraSpecs]:
    """Give every camera that the file names."""
    for name, point in file.access_points.items():
        if point.camera is not None:
            yield _camera(camera_device(name), point.camera)


def _camera(device: DeviceId, table: CameraTable) -> CameraSpecs:
    match table:
        case PicameraTable():
            return _spec(device, table, CameraKind.PICAMERA, str(table.number))
        case V4l2Table():
            return _spec(device, table, CameraKind.V4L2, table.source)
        case MjpegTable():
            return _spec(device, table, CameraKind.MJPEG, table.source)
        case FilesTable():
            return _spec(device, table, CameraKind.FILES, table.source, float(table.frames_per_s))
        case _:
            return SimulatedCameraSpec(device)


def _spec(
    device: DeviceId, table: RealCameraTable, kind: CameraKind, source: str, frames_per_s: float = 5.0
) -> CameraSpec:
    return CameraSpec(
        device,
        kind,
        source,
        engine=None if table.engine is None else _engine(table.engine),
        liveness=tuple(_file(model) for model in table.liveness),
        faces=table.faces,
        passes=table.passes,
        frames_per_s=frames_per_s,
    )


def _engine(table: EngineTable) -> OnnxEngine:
    return OnnxEngine(detector=_file(table.detector), encoder=_file(table.encoder))


def _file(table: ModelTable) -> ModelFile:
    return ModelFile(table.path, table.sha256)
