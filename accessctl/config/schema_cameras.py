"""What a site file may say of cameras: each kind has keys of its own, real ones also models to look with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final
from urllib.parse import urlsplit

from accessctl.config.by_kind import ByKind
from accessctl.config.kinds import Choice, Flag, Many, One, Whole
from accessctl.config.reading import Reading, Table, Wrong, as_text, check, key, parent, show
from accessctl.config.wiring import FilePath

FASTEST_FILES: Final = 30
LAST_PICAMERA: Final = 3
LONGEST_URL: Final = 500
LIVENESS_MODELS: Final = 2
_SHA256: Final = re.compile(r"[0-9A-Fa-f]{64}")


@dataclass(frozen=True, slots=True)
class Sha256:
    """The digest of a file."""

    def read(self, value: object, _at: str, _reading: Reading) -> str:
        """Take 64 hex digits."""
        text = as_text(value)
        if not _SHA256.fullmatch(text):
            raise Wrong(
                f"must be the SHA-256 of the file, 64 hex digits as sha256sum prints them, not {show(text)}"
            )
        return text.lower()


@dataclass(frozen=True, slots=True)
class CameraUrl:
    """The address of an IP camera's pictures. It is never shown: there may be a password in it."""

    def read(self, value: object, _at: str, _reading: Reading) -> str:
        """Take an address that begins with ``http://`` or ``https://``."""
        text = as_text(value)
        try:
            parts = urlsplit(text)
            fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fits = False
        if not fits or len(text) > LONGEST_URL or not text.isprintable() or " " in text:
            raise Wrong('must be the address of the camera\'s MJPEG stream, such as "http://10.0.0.9/mjpeg"')
        return text


@dataclass(frozen=True, slots=True)
class VideoDevice:
    """The device file of a USB camera."""

    def read(self, value: object, at: str, reading: Reading) -> str:
        """Take a path under ``/dev`` that no other camera has."""
        text = FilePath().read(value, at, reading)
        if not text.startswith("/dev/"):
            raise Wrong(f'must be the path of a camera, such as "/dev/video0", not {show(text)}')
        earlier = reading.claim("camera", text, parent(at))
        if earlier is not None:
            raise Wrong(f"{text} is already {earlier}")
        return text


@dataclass(frozen=True, slots=True)
class RibbonCamera:
    """The number of a camera of the board's own."""

    def read(self, value: object, at: str, reading: Reading) -> int:
        """Take a small number that no other camera has."""
        number = Whole(0, LAST_PICAMERA).read(value, at, reading)
        earlier = reading.claim("picamera", number, parent(at))
        if earlier is not None:
            raise Wrong(f"camera {number} of the board is already {earlier}")
        return number


class ModelTable(Table):
    """A file of a model, and its digest."""

    path: str = key(FilePath())
    sha256: str = key(Sha256())


class EngineTable(Table):
    """The two files of another engine than dlib's."""

    detector: ModelTable = key(One(ModelTable))
    encoder: ModelTable = key(One(ModelTable))


class WhichCamera(Enum):
    """Where pictures come from."""

    PICAMERA = auto()
    V4L2 = auto()
    MJPEG = auto()
    FILES = auto()
    SIMULATED = auto()


class CameraTable(Table):
    """What looks at faces or at passes at an access point."""

    kind: WhichCamera = key(Choice(WhichCamera))

    @property
    def sees_faces(self) -> bool:
        """Whether it looks at faces."""
        return True


class RealCameraTable(CameraTable):
    """A camera with pictures of its own."""

    engine: EngineTable | None = key(One(EngineTable), None)
    liveness: tuple[ModelTable, ...] = key(Many(ModelTable), ())
    faces: bool = key(Flag(), default=True)
    passes: bool = key(Flag(), default=False)

    @property
    def sees_faces(self) -> bool:
        """Whether it looks at faces."""
        return self.faces if self.has("faces") else True

    @check("faces", "passes", at="passes")
    def looks_at_something(self) -> str | None:
        """Refuse a camera that nobody needs."""
        return (
            None if self.faces or self.passes else "a camera without faces reads passes, or it does nothing"
        )

    @check("liveness")
    def has_both_of_its_models(self) -> str | None:
        """Refuse half of what looks for liveness: it was measured as the mean of both."""
        paths = {model.path for model in self.liveness if model.has("path")}
        if not self.liveness or len(paths) == len(self.liveness) == LIVENESS_MODELS:
            return None
        return "must be the two files of MiniFASNet, whose mean decides: the 2.7_ one and the 4_0_ one"

    @check("faces", "engine", "liveness", at="faces")
    def has_a_use_for_its_models(self) -> str | None:
        """Refuse models for faces that nobody looks at."""
        unused = not self.faces and (self.engine is not None or bool(self.liveness))
        return "engine and liveness are for faces; leave them out" if unused else None


class PicameraTable(RealCameraTable):
    """The Raspberry Pi's own camera."""

    number: int = key(RibbonCamera(), 0)


class V4l2Table(RealCameraTable):
    """A USB camera."""

    source: str = key(VideoDevice())


class MjpegTable(RealCameraTable):
    """An IP camera."""

    source: str = key(CameraUrl())


class FilesTable(RealCameraTable):
    """A folder of pictures or a video file."""

    source: str = key(FilePath())
    frames_per_s: int = key(Whole(1, FASTEST_FILES, "pictures a second"), 5)


class SimulatedCameraTable(CameraTable):
    """A camera in the simulated warehouse."""


CAMERAS: Final[Mapping[str, type[CameraTable]]] = {
    "picamera": PicameraTable,
    "v4l2": V4l2Table,
    "mjpeg": MjpegTable,
    "files": FilesTable,
    "simulated": SimulatedCameraTable,
}
A_CAMERA: Final = ByKind("camera", CAMERAS, CameraTable)
