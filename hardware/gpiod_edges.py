"""The one thread that waits for edges on all lines of a chip, and hands them out in their order."""

import logging
import os
import selectors
import time
from threading import Lock, Thread
from typing import NamedTuple, Protocol

log = logging.getLogger(__name__)


class KernelEdge(NamedTuple):
    """One change of one line, as the kernel saw it."""

    mono_ns: int
    line: "EdgeSource"
    high: bool


class EdgeSource(Protocol):
    """A line with edges to read."""

    def edges_since(self) -> list[KernelEdge]:
        """Take the edges that are there, without waiting."""
        ...

    def tell(self, edge: KernelEdge) -> None:
        """Call whoever watches the line."""
        ...


class EdgeThread:
    """Waits for all lines at once. It starts with the first line that is watched."""

    def __init__(self) -> None:
        """Build it idle."""
        self._selector = selectors.DefaultSelector()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._lock = Lock()
        self._thread: Thread | None = None
        self._closed = False

    def watch(self, fd: int, line: EdgeSource) -> None:
        """Read this line's edges from now on."""
        with self._lock:
            if fd in self._selector.get_map():
                return
            self._selector.register(fd, selectors.EVENT_READ, line)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="gpio-edges", daemon=True)
                self._thread.start()

    def leave(self, fd: int) -> None:
        """Read this line's edges no more; call it before the line is given back."""
        with self._lock:
            if fd in self._selector.get_map():
                self._selector.unregister(fd)

    def close(self) -> None:
        """End the thread. May be called twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        os.eventfd_write(self._wake, 1)
        if self._thread is not None:
            self._thread.join()
        self._selector.close()
        os.close(self._wake)

    def _run(self) -> None:
        waiting: list[KernelEdge] = []
        while not self._closed:
            ready = self._selector.select(0 if waiting else None)
            # Lines are read one after the other. What one line shows after this instant may have come
            # after something that a line read earlier shows only in the next round.
            until_ns = time.monotonic_ns()
            for key, _ in ready:
                if key.fd != self._wake:
                    waiting += self._read(key.fd, key.data)
            waiting.sort(key=lambda edge: edge.mono_ns)
            while waiting and waiting[0].mono_ns <= until_ns:
                edge = waiting.pop(0)
                try:
                    edge.line.tell(edge)
                except Exception:
                    # The lines of all doors hang on this thread: one that fails must not take them along.
                    log.exception("whoever watches a line failed")

    def _read(self, fd: int, line: EdgeSource) -> list[KernelEdge]:
        try:
            return line.edges_since()
        except OSError:
            log.exception("a line cannot be read any more")
            self.leave(fd)
            return []
