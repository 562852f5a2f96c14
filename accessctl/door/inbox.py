"""From the readers' threads into the loop, with a bound.

A reader that babbles fills its own place here and nobody else's: what is too much of it is dropped and
counted before it costs the loop anything. What a contact says is never dropped, nor what is said of a
reader itself: that it is lost or torn off, that a stranger is on its line or a strange keyboard beside it.

Devices take turns: whoever has something to say is heard after at most one signal of each other device, and
not after all that a babbling one has said before. What one device says keeps its order.
"""

from asyncio import AbstractEventLoop
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from threading import Lock
from typing import Final

from hardware.signals import CardForged, CardFrame, CardUnreadable, DeviceId, KeyPressed, Signal

_SHOWN: Final = (CardFrame, CardForged, CardUnreadable, KeyPressed)
MOST_WAITING: Final = 32
"""So many cards and keys of one reader may wait: more than anybody types ahead."""


class Inbox:
    """Takes signals from any thread and hands them to the loop: of each device in order, devices in turn."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        handle: Callable[[Signal], None],
        dropped: Callable[[DeviceId, int], None],
    ) -> None:
        """Take the loop, who handles a signal there, and who hears how many were dropped."""
        self._loop, self._handle, self._tell_dropped = loop, handle, dropped
        self._lock = Lock()
        self._waiting: OrderedDict[DeviceId, deque[Signal]] = OrderedDict()
        """What has not been handled, by the device whose turn is next, first."""
        self._dropped: Counter[DeviceId] = Counter()

    def report(self, signal: Signal) -> None:
        """Take a signal. From any thread; never blocks, never raises."""
        with self._lock:
            device = signal.device
            said = self._waiting.setdefault(device, deque())
            if isinstance(signal, _SHOWN) and len(said) >= MOST_WAITING:
                self._dropped[device] += 1
                return
            said.append(signal)
        if not self._loop.is_closed():
            # One call for each signal; which one it takes is a matter of turns.
            self._loop.call_soon_threadsafe(self._take_next)

    def _take_next(self) -> None:
        with self._lock:
            device, said = self._waiting.popitem(last=False)
            signal = said.popleft()
            if said:
                self._waiting[device] = said
            dropped = self._dropped.pop(device, 0)
        if dropped:
            self._tell_dropped(device, dropped)
        self._handle(signal)
