"""What can be wrong between the cameras, the board they stand on, and what is asked of faces."""

from collections.abc import Iterator

from accessctl.config.errors import Problem
from accessctl.config.reading import under
from accessctl.config.schema import SiteFile
from accessctl.config.schema_cameras import CameraTable, RealCameraTable, SimulatedCameraTable
from hardware.specs import BoardKind


def contradictions_of_cameras(file: SiteFile) -> Iterator[Problem]:
    """Give every camera that cannot be there, or cannot do what faces are asked for."""
    if file.has("board", "access_points") and file.board.has("kind") and file.board.kind is BoardKind.PI:
        for at, camera in _cameras(file):
            if isinstance(camera, SimulatedCameraTable):
                yield Problem(
                    f"{at}.kind",
                    'a simulated camera cannot stand on a "pi" board, where nobody could face it',
                )
    if file.has("access_points", "biometrics"):
        yield from looks_without_a_model(file)


def looks_without_a_model(file: SiteFile) -> Iterator[Problem]:
    """Want a liveness model wherever one has to look: without, nobody's face would ever count."""
    if file.biometrics is None or not file.biometrics.has("liveness") or not file.biometrics.liveness.looks:
        return
    wanted = f'[biometrics] liveness = "{file.biometrics.liveness.value}" needs its model files'
    for at, camera in _cameras(file):
        if not isinstance(camera, RealCameraTable) or not camera.has("faces", "liveness"):
            continue
        if camera.faces and not camera.liveness:
            yield Problem(f"{at}.liveness", f"is missing: {wanted}")


def _cameras(file: SiteFile) -> Iterator[tuple[str, CameraTable]]:
    for name, point in file.access_points.items():
        if point.has("camera") and point.camera is not None:
            yield f"{under('access_points', name)}.camera", point.camera
