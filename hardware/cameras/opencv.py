"""What OpenCV reads: USB cameras through V4L2, and video files."""

import os
from pathlib import Path
from typing import Final

from hardware.cameras.files import Pace
from hardware.cameras.frames import SourceLost
from hardware.faces.engine import Picture

# OpenCV waits ten seconds for a camera that is silent, and says every failure on standard error.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")

import cv2
import numpy as np

ACROSS: Final = 640
DOWN: Final = 480


class V4l2Source:
    """A USB camera, by its device file."""

    def __init__(self, device: str) -> None:
        """Open it. Raises ``SourceLost``."""
        if not Path(device).exists():
            raise SourceLost(f"there is no {device}")
        self._capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
        if not self._capture.isOpened():
            self._capture.release()
            raise SourceLost(f"{device} is no camera that can be opened")
        for what, value in (
            (cv2.CAP_PROP_FRAME_WIDTH, ACROSS),
            (cv2.CAP_PROP_FRAME_HEIGHT, DOWN),
            (cv2.CAP_PROP_BUFFERSIZE, 1),
        ):
            self._capture.set(what, value)

    def read(self) -> Picture:
        """Give the next picture."""
        there, picture = self._capture.read()
        if not there:
            raise SourceLost("the camera gives no pictures any more")
        return _rgb(picture)

    def close(self) -> None:
        """Let it go."""
        self._capture.release()


class VideoFileSource:
    """A video file, over and over."""

    def __init__(self, path: Path, pace: Pace) -> None:
        """Open it. Raises ``SourceLost``."""
        self._path, self._pace = path, pace
        if not path.is_file():
            raise SourceLost("there is no such folder or file")
        self._capture = cv2.VideoCapture(str(path))
        if not self._capture.isOpened():
            raise SourceLost(f"{path.name} is no video that can be read")

    def read(self) -> Picture | None:
        """Give the next picture when it is time."""
        if not self._pace.wait():
            return None
        there, picture = self._capture.read()
        if not there:
            self._capture.release()
            self._capture = cv2.VideoCapture(str(self._path))
            there, picture = self._capture.read()
        if not there:
            raise SourceLost(f"{self._path.name} holds no pictures")
        return _rgb(picture)

    def close(self) -> None:
        """Wait no longer, and let it go."""
        self._pace.end()
        self._capture.release()


def _rgb(picture: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> Picture:
    return np.ascontiguousarray(picture[:, :, ::-1], np.uint8)
