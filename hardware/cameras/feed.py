"""The thread that reads a camera's pictures, and keeps the newest of them and no other.

Who looks at pictures takes longer than a picture takes to come; what waited in a queue would be the past.
"""

import time
from collections.abc import Callable
from contextlib import closing
from threading import Condition, Event, Thread
from typing import Final

from hardware.cameras.frames import Frame, FrameSource, SourceLost
from hardware.readers.reporter import fault

NS_PER_S: Final = 1_000_000_000
LOST_AFTER_S: Final = 3.0
FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 2.0


class Feed:
    """One source, opened again whenever it is lost."""

    def __init__(self, open_source: Callable[[], FrameSource]) -> None:
        """Build it idle."""
        self.round_ns = time.monotonic_ns()
        """When its thread last went round."""
        self._open = open_source
        self._stop = Event()
        self._news = Condition()
        self._newest: Frame | None = None
        self._lost: str | None = None
        self._started = False

    def start(self) -> None:
        """Read from now on. May be called again, and then does nothing."""
        if not self._started:
            self._started = True
            Thread(target=self._run, name="pictures", daemon=True).start()

    def stop(self) -> None:
        """Read no more; the thread ends by itself. Whoever waits is woken."""
        self._stop.set()
        self.wake()

    def wake(self) -> None:
        """Let whoever waits for a picture get on without one."""
        with self._news:
            self._news.notify_all()

    @property
    def lost(self) -> str | None:
        """Why there are no pictures; ``None`` while there are, or none was expected yet."""
        with self._news:
            return self._lost

    def newer(self, than: Frame | None, within_s: float) -> Frame | None:
        """Wait for a newer picture, once; ``None`` when there is none, or something else is to be done."""
        with self._news:
            if self._newest is than:
                self._news.wait(within_s)
            return None if self._newest is than else self._newest

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stop.is_set():
            self.round_ns = time.monotonic_ns()
            try:
                with closing(self._open()) as source:
                    pause_s = FIRST_PAUSE_S
                    self._read(source)
            except SourceLost as lost:
                self._lose(str(lost))
            except Exception as error:  # noqa: BLE001 - whatever a driver's library thinks of; the thread stays
                self._lose(f"its library failed: {fault(error)}")
            self._stop.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _read(self, source: FrameSource) -> None:
        last_ns = time.monotonic_ns()
        while not self._stop.is_set():
            self.round_ns = time.monotonic_ns()
            picture = source.read()
            now_ns = time.monotonic_ns()
            if picture is not None:
                last_ns = now_ns
                with self._news:
                    self._newest, self._lost = Frame(now_ns, picture), None
                    self._news.notify_all()
            elif now_ns - last_ns > LOST_AFTER_S * NS_PER_S:
                raise SourceLost(f"no picture came for {LOST_AFTER_S:g} s")

    def _lose(self, why: str) -> None:
        with self._news:
            self._newest, self._lost = None, why
            self._news.notify_all()
