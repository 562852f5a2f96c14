"""From the readers' threads into the loop, with a bound.

A reader that babbles fills its own place here and nobody else's: what is too much of it is dropped and
counted before it costs the loop anything. What a contact says is never dropped, nor what is said of a
reader itself: that it is lost or torn off, that a stranger is on its line or a strange keyboard beside it.
"""

from asyncio import AbstractEventLoop
from collections import Counter
from collections.abc import Callable
from threading import Lock
from typing import Final

from hardware.signals import CardFrame, CardUnreadable, DeviceId, KeyPressed, Signal

_SHOWN: Final = (CardFrame, CardUnreadable, KeyPressed)
MOST_WAITING: Final = 32
"""So many cards and keys of one reader may wait: more than anybody types ahead."""


class Inbox:
    """Takes signals from any thread and hands them to the loop's, in order."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        handle: Callable[[Signal], None],
        dropped: Callable[[DeviceId, int], None],
    ) -> None:
        """Take the loop, who handles a signal there, and who hears how many were dropped."""
        self._loop, self._handle, self._tell_dropped = loop, handle, dropped
        self._lock = Lock()
        self._waiting: Counter[DeviceId] = Counter()
        self._dropped: Counter[DeviceId] = Counter()

    def report(self, signal: Signal) -> None:
        """Take a signal. From any thread; never blocks, never raises."""
        with self._lock:
            device = signal.device
            if isinstance(signal, _SHOWN) and self._waiting[device] >= MOST_WAITING:
                self._dropped[device] += 1
                return
            self._waiting[device] += 1
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._take, signal)

    def _take(self, signal: Signal) -> None:
        with self._lock:
            self._waiting[signal.device] -= 1
            dropped = self._dropped.pop(signal.device, 0)
        if dropped:
            self._tell_dropped(signal.device, dropped)
        self._handle(signal)
