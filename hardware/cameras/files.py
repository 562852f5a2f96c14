"""A folder of pictures or a video file as a camera, over and over: for tests, and for trying a site out."""

import time
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from threading import Event
from typing import Final

from hardware.cameras.decoding import picture_file
from hardware.cameras.frames import FrameSource, SourceLost
from hardware.faces.engine import Picture

SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png"})
LONGEST_WAIT_S: Final = 1.0


class Pace:
    """Lets something happen so often a second, and no more often."""

    def __init__(self, per_s: float) -> None:
        """Begin at once."""
        self._each_s = 1 / per_s
        self._due_s = time.monotonic()
        self._stop = Event()

    def wait(self) -> bool:
        """Wait until it is time, at most a second; tell whether it is."""
        now = time.monotonic()
        if self._due_s > now:
            self._stop.wait(min(self._due_s - now, LONGEST_WAIT_S))
            if self._due_s - now > LONGEST_WAIT_S:
                return False
        self._due_s = max(self._due_s + self._each_s, time.monotonic())
        return not self._stop.is_set()

    def end(self) -> None:
        """Wait no longer."""
        self._stop.set()


class FolderSource:
    """The pictures of a folder, in the order of their names."""

    def __init__(self, folder: Path, frames_per_s: float) -> None:
        """Find them. Raises ``SourceLost``."""
        try:
            found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
        except OSError as error:
            raise SourceLost(f"the folder of pictures cannot be read: {error.strerror}") from None
        if not found:
            raise SourceLost("the folder has no pictures (.jpg, .jpeg, .png)")
        self._paths, self._pace = cycle(found), Pace(frames_per_s)

    def read(self) -> Picture | None:
        """Give the next one when it is time."""
        if not self._pace.wait():
            return None
        path = next(self._paths)
        try:
            picture = picture_file(path)
        except OSError as error:
            raise SourceLost(f"{path.name} cannot be read: {error.strerror}") from None
        if picture is None:
            raise SourceLost(f"{path.name} is no picture")
        return picture

    def close(self) -> None:
        """Wait no longer."""
        self._pace.end()


def open_files(source: str, frames_per_s: float) -> FrameSource:
    """Open a folder of pictures, or a video file. Raises ``SourceLost``."""
    path = Path(source)
    if path.is_dir():
        return FolderSource(path, frames_per_s)
    if find_spec("cv2") is None:
        raise SourceLost("a video file needs OpenCV: pip install 'accessctl[opencv]'")
    from hardware.cameras.opencv import VideoFileSource

    return VideoFileSource(path, Pace(frames_per_s))
