"""The readers of one unit, driven by a process of their own, which is watched and started anew when it must.

One thread, the keeper, starts the process, hears it and ends it; there is none while no reader is open.
What the door process wants of its devices (which are open, what they show for good, their keys) is kept
here and made true in each life of the process: an order that could not be sent is owed, and sent later.

A process that hangs or crashes loses the readers of its unit and nothing else. How soon it is started
again grows with each short life, up to two seconds: no longer, since a reader that works again must be
back within three.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from threading import Event, Lock, Thread
from typing import Final

from hardware.hosted.child import Child
from hardware.hosted.proxies import HostedAnnunciator, HostedReader, HostedSecureReader
from hardware.hosted.unit import HostedUnit
from hardware.hosted.watchdog import Watchdog
from hardware.hosted.wire import Close, HostedSignal, NotUnderstood, Open, Pair, Pulse, Show
from hardware.patterns import LASTING
from hardware.ports import Annunciator, Pattern, Reader
from hardware.signals import DeviceId, PairingFailed, ReaderPaired
from hardware.specs import OsdpReaderSpec

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 2.0
CALM_S: Final = 30.0
"""A process that lived so long starts anew with the first pause."""
GRACE_S: Final = 0.5
"""So long may drivers take to close; then their process is killed."""
CLOSE_S: Final = 0.9

HANGS: Final = "it hangs; its driver is started anew"


class Host:
    """Drives a unit from the door process. Its devices are all there from the start, and unseen."""

    readers: Mapping[DeviceId, Reader]
    annunciators: Mapping[DeviceId, Annunciator]

    def __init__(self, unit: HostedUnit) -> None:
        """Build it idle; the process is started when the first reader is opened."""
        self._unit = unit
        self._hosted = {
            spec.id: (HostedSecureReader if isinstance(spec, OsdpReaderSpec) else HostedReader)(spec.id, self)
            for spec in unit.readers
        }
        self.readers = dict(self._hosted)
        self.annunciators = {spec.id: HostedAnnunciator(spec.id, self) for spec in unit.annunciators}
        self._running = Lock()
        """Held while a keeper is started or ended."""
        self._keeper: Thread | None = None
        self._stop = Event()
        self._lock = Lock()
        """Held for moments, around all that follows."""
        self._child: Child | None = None
        self._wanted: set[DeviceId] = set()
        self._opened: set[DeviceId] = set()
        self._lasting: dict[DeviceId, Pattern | None] = {}
        self._shown: dict[DeviceId, Pattern | None] = {}
        self._pairing: dict[DeviceId, bytes] = {}
        self._choked = False

    @property
    def pid(self) -> int | None:
        """The number of the process, while there is one."""
        child = self._child
        return None if child is None else child.pid

    def close(self) -> None:
        """Close every device and end the process, within a second. May be called twice."""
        for annunciator in self.annunciators.values():
            annunciator.close()
        for reader in self.readers.values():
            reader.close()

    # What the devices ask for.

    def want(self, device: DeviceId) -> None:
        """Open a reader; the first one starts the process."""
        with self._running:
            with self._lock:
                self._wanted.add(device)
                self._settle()
            if self._keeper is None:
                self._stop = Event()
                name = f"hosts {device}"
                self._keeper = Thread(target=self._keep, args=(self._stop,), name=name, daemon=True)
                self._keeper.start()

    def unwant(self, device: DeviceId) -> None:
        """Close a reader; after the last one the process is gone within a second."""
        with self._running:
            with self._lock:
                self._wanted.discard(device)
                self._settle()
                if self._wanted or self._keeper is None:
                    return
                self._stop.set()
                if self._child is not None:
                    self._child.hang_up()
            keeper, self._keeper = self._keeper, None
            keeper.join(CLOSE_S)

    def show(self, device: DeviceId, pattern: Pattern | None) -> None:
        """Play a pattern; a lasting one is owed until it could be sent."""
        with self._lock:
            if pattern is None or pattern in LASTING:
                self._lasting[device] = pattern
                self._shown.pop(device, None)
                self._settle()
            elif self._child is not None and self._settle():
                self._sent(self._child.order(Show(device, pattern)))

    def pair(self, device: DeviceId, key: bytes, within_s: float) -> bool:
        """Have a key installed, if that can be ordered at once."""
        with self._lock:
            if self._child is None or device not in self._opened:
                return False
            # Noted first: the answer may come before this thread gets on.
            self._pairing[device] = key
            if self._sent(self._child.order(Pair(device, key, within_s))):
                return True
            del self._pairing[device]
            return False

    def _settle(self) -> bool:
        """Send what is owed; tell whether nothing is owed any more."""
        child = self._child
        if child is None:
            return False
        for device in self._wanted - self._opened:
            if not self._sent(child.order(Open(device))):
                return False
            self._opened.add(device)
        for device in self._opened - self._wanted:
            if not self._sent(child.order(Close(device))):
                return False
            self._opened.discard(device)
        for device, pattern in self._lasting.items():
            if device not in self._shown:
                if not self._sent(child.order(Show(device, pattern))):
                    return False
                self._shown[device] = pattern
        return True

    def _sent(self, sent: bool) -> bool:  # noqa: FBT001 - what an order came to
        if not sent and not self._choked:
            log.warning("the driver of %s takes no orders", ", ".join(self.readers))
        self._choked = not sent
        return sent

    # The keeper.

    def _keep(self, stop: Event) -> None:
        pause_s = FIRST_PAUSE_S
        while not stop.is_set():
            began_s = time.monotonic()
            try:
                why = self._live(stop)
            except Exception:
                # Whatever it was: a keeper that ended here would be a reader that never comes back.
                log.exception("hosting %s failed; it begins anew", ", ".join(self.readers))
                why = "its driver could not be kept running; the log says why"
            if stop.is_set():
                return
            if time.monotonic() - began_s > CALM_S:
                pause_s = FIRST_PAUSE_S
            # Said once: what stays broken for a night shall not fill a log.
            level = logging.WARNING if pause_s == FIRST_PAUSE_S else logging.DEBUG
            log.log(level, "%s: %s", ", ".join(self.readers), why)
            self._lose(why)
            stop.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _live(self, stop: Event) -> str:
        """Keep one process, from its start to its end; tell why it ended."""
        with self._lock:
            unit = self._unit
        try:
            child = Child(unit)
        except OSError as error:
            return f"its driver could not be started: {error.strerror}"
        try:
            with self._lock:
                self._child, self._choked = child, False
                self._settle()
                if stop.is_set():
                    child.hang_up()
            self._hear(child)
            child.kill()
        except EOFError:
            return f"its driver {child.end(GRACE_S)} and is started anew"
        except NotUnderstood:
            child.kill()
            return "its driver talks nonsense and is started anew"
        finally:
            with self._lock:
                if self._child is child:
                    self._child = None
                    self._opened.clear()
                    self._shown.clear()
            child.end(GRACE_S)
        return HANGS

    def _hear(self, child: Child) -> None:
        """Hear the process until it hangs. Raises ``EOFError`` when it ends and ``NotUnderstood``."""
        watchdog = Watchdog(time.monotonic_ns())
        while True:
            message = child.receive(watchdog.patience_s(time.monotonic_ns()))
            now_ns = time.monotonic_ns()
            if isinstance(message, Pulse):
                watchdog.hear(message, now_ns)
                for device, page in message.pages.items():
                    self._reader(device).read(page)
                with self._lock:
                    self._settle()
            elif message is not None:
                self._note(message)
                self._reader(message.device).hear(message)
            if (message is None or isinstance(message, Pulse)) and watchdog.hangs(now_ns):
                return

    def _reader(self, device: DeviceId) -> HostedReader:
        if device not in self._hosted:
            raise NotUnderstood("a driver's process told of a reader that it does not have")
        return self._hosted[device]

    def _note(self, signal: HostedSignal) -> None:
        """Keep the key that a reader has now: the next process must know it."""
        if isinstance(signal, ReaderPaired | PairingFailed):
            with self._lock:
                key = self._pairing.pop(signal.device, None)
                if key is not None and isinstance(signal, ReaderPaired):
                    others = (other for other in self._unit.keys.get(signal.device, ()) if other != key)
                    keys = {**self._unit.keys, signal.device: (key, *others)}
                    self._unit = replace(self._unit, keys=keys)

    def _lose(self, why: str) -> None:
        with self._lock:
            pairing, self._pairing = tuple(self._pairing), {}
        for device in pairing:
            self._hosted[device].fail_pairing(f"in the middle of it {why}")
        for reader in self._hosted.values():
            reader.lose(why)
