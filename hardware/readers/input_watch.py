"""The thread behind all USB readers and keypads of a process: it finds, grabs and reads them.

Each reader is bound to one USB port. What can type at that port is grabbed, so that its keys reach no
console; what cannot be grabbed is not read. What can type at a port of nobody's is reported once, by one
of the readers, and never opened.

The port is looked at once a second: sysfs tells all, and an unplugged device says so at once by itself.
"""

import contextlib
import logging
import os
import select
import time
from collections.abc import Iterable
from functools import cache
from threading import Condition, Event, Lock, Thread
from typing import Any, Final, Protocol
from weakref import WeakSet

from hardware.readers.input_nodes import InputNodes, Keyboard
from hardware.readers.reporter import Reporter, fault
from hardware.readers.typed_number import SILENCE_S
from hardware.signals import Signal, UnknownDevice

log = logging.getLogger(__name__)

LOOK_S: Final = 1.0
CLOSE_S: Final = 0.9
EV_SYN: Final = 0
SYN_DROPPED: Final = 3
EV_KEY: Final = 1
GONE: Final = select.POLLHUP | select.POLLERR | select.POLLNVAL


class Typist(Protocol):
    """Makes signals of the keys of one device."""

    @property
    def waiting(self) -> bool:
        """Whether a silence would change anything."""
        ...

    def key(self, code: int, value: int) -> Signal | None:
        """Take one key."""
        ...

    def silence(self) -> Signal | None:
        """Note that no key came for a while."""
        ...

    def lose(self) -> None:
        """Note that keys were lost."""
        ...


class Bound(Protocol):
    """A reader that is bound to one port."""

    usb_port: str


class Client(Bound, Protocol):
    """A reader that is open and wants the keys of its port."""

    reporter: Reporter

    def typist(self) -> Typist:
        """Make what listens to one device."""
        ...


class InputWatch:
    """Watches the ports of all clients. The thread runs while there is at least one."""

    def __init__(self, nodes: InputNodes | None = None) -> None:
        """Build it idle."""
        self._nodes = nodes or InputNodes()
        self._ours: WeakSet[Bound] = WeakSet()
        self._knowing = Lock()
        self._clients: tuple[Client, ...] = ()
        self._changing = Lock()
        self._thread: _Thread | None = None

    def expect(self, reader: Bound) -> None:
        """Know that a port belongs to one of our readers as long as that exists, opened or not."""
        with self._knowing:
            self._ours.add(reader)

    def join(self, client: Client) -> None:
        """Serve one more client."""
        with self._changing:
            # Replaced, never changed: the thread iterates over what it finds.
            self._clients = (*self._clients, client)
            if self._thread is None:
                self._thread = _Thread(self, self._nodes)
            else:
                self._thread.wake()

    def leave(self, client: Client) -> None:
        """Serve one client less; its devices are free within a second."""
        with self._changing:
            self._clients = tuple(other for other in self._clients if other is not client)
            if self._thread is None:
                return
            if self._clients:
                self._thread.wait_until_free(client)
            else:
                thread, self._thread = self._thread, None
                thread.end()

    @property
    def clients(self) -> tuple[Client, ...]:
        """Who is served now."""
        return self._clients

    @property
    def ports(self) -> frozenset[str]:
        """The ports that are ours."""
        with self._knowing:
            return frozenset(reader.usb_port for reader in self._ours)


@cache
def shared_watch() -> InputWatch:
    """Give the one watch of this process."""
    return InputWatch()


class _Source:
    """One device that was grabbed, and what it typed."""

    def __init__(self, keyboard: Keyboard, device: Any, client: Client) -> None:  # noqa: ANN401 - evdev's, or a test's
        self.mark = keyboard.mark
        self.client = client
        self.typist = client.typist()
        self.heard = time.monotonic()
        self._device = device
        self.fd = int(device.fd)

    def read(self) -> None:
        """Hand on every key that waits. Raises ``OSError`` when the device is gone."""
        with contextlib.suppress(BlockingIOError):
            for event in self._device.read():
                self.heard = time.monotonic()
                if event.type == EV_KEY:
                    self.client.reporter.book.seen()
                    self._tell(self.typist.key(event.code, event.value))
                elif event.type == EV_SYN and event.code == SYN_DROPPED:
                    self.client.reporter.book.erred("keys came faster than they could be read")
                    self.typist.lose()

    @property
    def silent_at(self) -> float | None:
        """When a silence is due; ``None`` where it would change nothing."""
        return self.heard + SILENCE_S if self.typist.waiting else None

    def be_silent(self) -> None:
        self._tell(self.typist.silence())

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._device.close()

    def _tell(self, signal: Signal | None) -> None:
        if signal is not None:
            self.client.reporter.tell(signal)


class _Thread:
    """The thread from the first client to the last."""

    def __init__(self, watch: InputWatch, nodes: InputNodes) -> None:
        self._watch, self._nodes = watch, nodes
        self._stop = Event()
        self._serving = Condition()
        self._served: tuple[Client, ...] = ()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._sources: dict[int, _Source] = {}
        self._strangers: frozenset[str] = frozenset()
        self._thread = Thread(target=self._run, name="usb input", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        os.eventfd_write(self._bell, 1)

    def wait_until_free(self, client: Client) -> None:
        """Wait until nothing of a client's is held any more."""
        self.wake()
        with self._serving:
            self._serving.wait_for(lambda: client not in self._served, CLOSE_S)

    def end(self) -> None:
        self._stop.set()
        self.wake()
        self._thread.join(CLOSE_S)
        if not self._thread.is_alive():
            os.close(self._bell)

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                try:
                    self._go_round()
                except Exception as error:  # noqa: BLE001 - whatever it was: a watch that ended would be a dead reader
                    log.warning("watching USB readers failed: %s; it begins anew", fault(error))
                    self._drop(tuple(self._sources.values()))
                    self._stop.wait(LOOK_S)
        finally:
            self._drop(tuple(self._sources.values()))

    def _go_round(self) -> None:
        """Look at what is plugged in, and serve the keys of one second."""
        clients = self._watch.clients
        self._drop(source for source in tuple(self._sources.values()) if source.client not in clients)
        with self._serving:
            self._served = clients
            self._serving.notify_all()
        if clients:
            self._look(clients)
        until = time.monotonic() + LOOK_S
        while self._watch.clients is clients and not self._stop.is_set() and time.monotonic() < until:
            for client in clients:
                client.reporter.book.beat()
            self._serve(until)

    def _look(self, clients: tuple[Client, ...]) -> None:
        keyboards = self._nodes.keyboards()
        marks = {keyboard.mark for keyboard in keyboards}
        self._drop(source for source in tuple(self._sources.values()) if source.mark not in marks)
        for client in clients:
            client.reporter.be(self._take([k for k in keyboards if k.usb_port == client.usb_port], client))
        strangers = {
            k.mark: k for k in keyboards if k.usb_port is None or k.usb_port not in self._watch.ports
        }
        for mark in sorted(strangers.keys() - self._strangers):
            # Told by the first, so that one stranger is one signal.
            first = clients[0].reporter
            what = str(strangers[mark])
            log.warning("%s types and belongs to no reader; it is not read", what)
            first.tell(UnknownDevice(first.device, time.monotonic_ns(), what))
        self._strangers = frozenset(strangers)

    def _take(self, keyboards: list[Keyboard], client: Client) -> str | None:
        """Grab all that types at a client's port. Tell why not, if so."""
        if not keyboards:
            return f"nothing that types is plugged into USB port {client.usb_port}"
        held = {source.mark for source in self._sources.values() if source.client is client}
        for keyboard in keyboards:
            if keyboard.mark not in held:
                try:
                    device = self._nodes.take(keyboard)
                except OSError as error:
                    self._drop(s for s in tuple(self._sources.values()) if s.client is client)
                    return (
                        f"{keyboard} cannot be had for ourselves alone: {error.strerror or 'no reason given'}"
                    )
                source = _Source(keyboard, device, client)
                self._sources[source.fd] = source
                client.reporter.book.learned(model=keyboard.name)
        return None

    def _serve(self, until: float) -> None:
        """Wait for keys, a silence, the bell or the time; deal with whichever comes."""
        poller = select.poll()
        poller.register(self._bell, select.POLLIN)
        for fd in self._sources:
            poller.register(fd, select.POLLIN)
        due = [at for source in self._sources.values() if (at := source.silent_at) is not None]
        before = time.monotonic()
        wait_s = max(0.0, min([until, *due]) - before)
        news = dict(poller.poll(wait_s * 1000 + 1))
        if news.pop(self._bell, None) is not None:
            os.eventfd_read(self._bell)
        for fd, what in news.items():
            if (source := self._sources.get(fd)) is not None:
                self._read(source, what)
        for fd, source in tuple(self._sources.items()):
            # It was silent if the time was up before we looked, and then nothing waited to be read: a thread
            # that was held up takes no number apart.
            if fd not in news and (at := source.silent_at) is not None and at <= before:
                source.be_silent()

    def _read(self, source: _Source, what: int) -> None:
        try:
            if what & select.POLLIN:
                source.read()
            elif what & GONE:
                raise OSError  # noqa: TRY301 - as a read would, were there anything left to read
        except OSError:
            client = source.client
            self._drop(s for s in tuple(self._sources.values()) if s.client is client)
            client.reporter.be(f"it was unplugged from USB port {client.usb_port}")

    def _drop(self, sources: Iterable[_Source]) -> None:
        for source in sources:
            del self._sources[source.fd]
            source.close()
