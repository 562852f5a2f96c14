"""Which source a spec means. Libraries are imported when it is opened."""

from hardware.cameras.frames import FrameSource
from hardware.specs import FIRST_CAMERA, CameraKind, CameraSpec


def open_source(spec: CameraSpec) -> FrameSource:
    """Open where the pictures come from. Raises ``SourceLost``, within some seconds."""
    match spec.kind:
        case CameraKind.PICAMERA:
            from hardware.cameras.picamera import PicameraSource

            return PicameraSource(spec.source)
        case CameraKind.V4L2:
            from hardware.cameras.opencv import V4l2Source

            return V4l2Source(spec.source or FIRST_CAMERA)
        case CameraKind.MJPEG:
            from hardware.cameras.mjpeg import MjpegSource

            return MjpegSource(spec.source or "")
        case CameraKind.FILES:
            from hardware.cameras.files import open_files

            return open_files(spec.source or "", spec.frames_per_s)
