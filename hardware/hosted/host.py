"""The devices of one unit, driven by a process of their own, which is watched and started anew when it must.

One thread, the keeper, starts the process, hears it and ends it; there is none while no device is open.
What the door process wants of its devices (which are open, what they show for good, their keys) is kept
here and made true in each life of the process: an order that could not be sent is owed, and sent later.

A process that hangs or crashes loses the devices of its unit and nothing else, and what was ordered of them
has failed. How soon it is started again grows with each short life, up to two seconds: no longer, since a
reader that works again must be back within three.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from threading import Event, Lock, Thread
from typing import Final

from hardware.hosted.child import Child
from hardware.hosted.flood import MOST_TOLD_AT_ONCE, MOST_TOLD_PER_S, Allowance
from hardware.hosted.orders import Close, Open, Pair, Show
from hardware.hosted.proxies import HostedAnnunciator, HostedDevice, HostedReader, HostedSecureReader
from hardware.hosted.ticketed import HostedCamera, HostedEncoder, HostedFingerSensor
from hardware.hosted.unit import HostedReaderSpec, HostedUnit
from hardware.hosted.watchdog import Watchdog
from hardware.hosted.wire import HostedSignal, NotUnderstood, Pulse
from hardware.patterns import LASTING
from hardware.ports import Annunciator, FaceCamera, FingerSensor, Pattern, Reader
from hardware.readers.osdp_keys import key_number, with_newest
from hardware.signals import DeviceId, PairingFailed, ReaderPaired, ReaderSecured
from hardware.specs import OsdpReaderSpec, PcscReaderSpec
from hardware.tickets import StopTicket, TicketOrder

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 2.0
CALM_S: Final = 30.0
"""A process that lived so long starts anew with the first pause."""
GRACE_S: Final = 0.5
"""So long may drivers take to close; then their process is killed."""
CLOSE_S: Final = 0.9

HANGS: Final = "it hangs; its driver is started anew"
BABBLES: Final = "its driver tells more than any reader has to tell, and is started anew"


class Host:
    """Drives a unit from the door process. Its devices are all there from the start, and unseen."""

    readers: Mapping[DeviceId, Reader]
    fingers: Mapping[DeviceId, FingerSensor]
    cameras: Mapping[DeviceId, FaceCamera]
    annunciators: Mapping[DeviceId, Annunciator]

    def __init__(self, unit: HostedUnit) -> None:
        """Build it idle; the process is started when the first device is opened."""
        self._unit = unit
        self._names = ", ".join(unit.names)
        readers = {spec.id: _reader(spec, self) for spec in unit.readers}
        fingers = {spec.id: HostedFingerSensor(spec.id, self) for spec in unit.fingers}
        cameras = {spec.id: HostedCamera(spec.id, self) for spec in unit.cameras}
        self.readers, self.fingers, self.cameras = {**readers}, {**fingers}, {**cameras}
        self._hosted: dict[DeviceId, HostedDevice] = {**readers, **fingers, **cameras}
        self.annunciators = {spec.id: HostedAnnunciator(spec.id, self) for spec in unit.annunciators}
        now_ns = time.monotonic_ns()
        # Over all lives of the process, or one that is wild would begin each of them with a full stock.
        self._allowances = {
            teller: Allowance(now_ns, MOST_TOLD_AT_ONCE, MOST_TOLD_PER_S) for teller in (None, *self._hosted)
        }
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
        self._stopping: dict[DeviceId, StopTicket] = {}
        """What this process is to give up. One order for each device: it does one thing at a time."""
        self._choked = False

    @property
    def pid(self) -> int | None:
        """The number of the process, while there is one."""
        child = self._child
        return None if child is None else child.pid

    def hang_up(self) -> None:
        """Have everything closed and wait for nothing. ``close`` has to follow."""
        for annunciator in self.annunciators.values():
            annunciator.close()
        for device in self._hosted.values():
            device.fall_silent()
        with self._running, self._lock:
            self._wanted.clear()
            self._settle()
            self._end()

    def close(self) -> None:
        """Close every device and end the process, within a second. May be called twice."""
        for annunciator in self.annunciators.values():
            annunciator.close()
        for device in self._hosted.values():
            device.close()

    # What the devices ask for.

    def want(self, device: DeviceId) -> None:
        """Open a device; the first one starts the process."""
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
        """Close a device; after the last one the process is gone within a second."""
        with self._running:
            with self._lock:
                self._wanted.discard(device)
                self._settle()
                if self._wanted or self._keeper is None:
                    return
                self._end()
            keeper, self._keeper = self._keeper, None
            keeper.join(CLOSE_S)

    def _end(self) -> None:
        self._stop.set()
        if self._child is not None:
            self._child.hang_up()

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
                # The next process tries it too: this one may end before it can say what came of it.
                self._keep_keys(device, with_newest(key, self._unit.keys.get(device, ())))
                return True
            del self._pairing[device]
            return False

    def begin(self, order: TicketOrder) -> bool:
        """Have something done, if that can be ordered at once."""
        with self._lock:
            if self._child is None or order.device not in self._opened:
                return False
            if not self._sent(self._child.order(order)):
                return False
            self._stopping.pop(order.device, None)  # the new order has ended the one before
            return True

    def stop(self, order: StopTicket) -> None:
        """Have an order given up, now or as soon as that can be sent."""
        with self._lock:
            if self._child is not None:
                self._stopping[order.device] = order
                self._settle()

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
        for device, stop in tuple(self._stopping.items()):
            if not self._sent(child.order(stop)):
                return False
            del self._stopping[device]
        for device, pattern in self._lasting.items():
            if device not in self._shown:
                if not self._sent(child.order(Show(device, pattern))):
                    return False
                self._shown[device] = pattern
        return True

    def _sent(self, sent: bool) -> bool:  # noqa: FBT001 - what an order came to
        if not sent and not self._choked:
            log.warning("the driver of %s takes no orders", self._names)
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
                log.exception("hosting %s failed; it begins anew", self._names)
                why = "its driver could not be kept running; the log says why"
            if stop.is_set():
                return
            if time.monotonic() - began_s > CALM_S:
                pause_s = FIRST_PAUSE_S
            # Said once: what stays broken for a night shall not fill a log.
            level = logging.WARNING if pause_s == FIRST_PAUSE_S else logging.DEBUG
            log.log(level, "%s: %s", self._names, why)
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
            why = self._hear(child)
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
                    self._stopping.clear()
            child.end(GRACE_S)
        return why

    def _hear(self, child: Child) -> str:
        """Hear the process until it must end; tell why. Raises ``EOFError`` and ``NotUnderstood``."""
        watchdog = Watchdog(time.monotonic_ns())
        while True:
            message = child.receive(watchdog.patience_s(time.monotonic_ns()))
            now_ns = time.monotonic_ns()
            if message is not None and not self._allows(message, now_ns):
                return BABBLES
            if isinstance(message, Pulse):
                watchdog.hear(message, now_ns)
                for device, page in message.pages.items():
                    self._device(device).read(page)
                with self._lock:
                    self._settle()
            elif message is not None:
                self._note(message)
                self._device(message.device).hear(message)
            if (message is None or isinstance(message, Pulse)) and watchdog.hangs(now_ns):
                return HANGS

    def _allows(self, message: HostedSignal | Pulse, now_ns: int) -> bool:
        if isinstance(message, Pulse):
            return self._allowances[None].take(now_ns)
        if message.mono_ns > now_ns:
            raise NotUnderstood("a driver's process told of what is yet to come")
        return self._allowances[self._device(message.device).id].take(now_ns)

    def _device(self, device: DeviceId) -> HostedDevice:
        if device not in self._hosted:
            raise NotUnderstood("a driver's process told of a device that it does not have")
        return self._hosted[device]

    def _note(self, signal: HostedSignal) -> None:
        """Keep the key that a reader has proved to have: the next process must know it, and no other one."""
        with self._lock:
            if isinstance(signal, ReaderPaired | PairingFailed):
                self._pairing.pop(signal.device, None)
            elif isinstance(signal, ReaderSecured):
                self._prove(signal.device, signal.key)

    def _prove(self, device: DeviceId, number: int) -> None:
        key = next((key for key in self._unit.keys.get(device, ()) if key_number(key) == number), None)
        # While a key is on its way the reader may be up with its old one and have the new one a moment later.
        if key is not None and self._pairing.get(device, key) == key:
            self._keep_keys(device, (key,))

    def _keep_keys(self, device: DeviceId, keys: tuple[bytes, ...]) -> None:
        self._unit = replace(self._unit, keys={**self._unit.keys, device: keys})

    def _lose(self, why: str) -> None:
        with self._lock:
            pairing, self._pairing = tuple(self._pairing), {}
        for device, reader in self.readers.items():
            if device in pairing and isinstance(reader, HostedSecureReader):
                reader.fail_pairing(f"in the middle of it {why}")
        for each in self._hosted.values():
            each.lose(why)


def _reader(spec: HostedReaderSpec, orders: Host) -> HostedReader:
    match spec:
        case OsdpReaderSpec():
            return HostedSecureReader(spec.id, orders)
        case PcscReaderSpec():
            return HostedEncoder(spec.id, orders)
        case _:
            return HostedReader(spec.id, orders)
