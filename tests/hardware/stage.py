"""A place before a camera: what stands there, tests decide, and the camera sees it thirty times a second."""

from collections.abc import Sequence
from threading import Event, Lock

from hardware.cameras.frames import SourceLost
from hardware.faces.engine import Picture
from tests.hardware.painted import painting

EVERY_S = 0.02


class Stage:
    """Shows one picture after the other, then the last one or all again. Can be lost, and can hang."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pictures: Sequence[Picture] = (painting(),)
        self._next, self._around = 0, False
        self.lost: str | None = None
        self.silent = Event()
        self.hanging = Event()
        self.let_go = Event()
        self.opened = 0

    def show(self, *pictures: Picture, around: bool = False) -> None:
        with self._lock:
            self._pictures, self._next, self._around = pictures, 0, around

    def open(self) -> "StageSource":
        self.opened += 1
        if self.lost is not None:
            raise SourceLost(self.lost)
        return StageSource(self)

    def take(self) -> Picture | None:
        if self.hanging.is_set():
            self.let_go.wait()
        if self.lost is not None:
            raise SourceLost(self.lost)
        if self.silent.is_set():
            return None
        with self._lock:
            picture = self._pictures[self._next]
            last = len(self._pictures) - 1
            self._next = min(self._next + 1, last) if not self._around else (self._next + 1) % (last + 1)
            return picture


class StageSource:
    def __init__(self, stage: Stage) -> None:
        self._stage, self._closed = stage, Event()

    def read(self) -> Picture | None:
        self._closed.wait(EVERY_S)
        return self._stage.take()

    def close(self) -> None:
        self._closed.set()
