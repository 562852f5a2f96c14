"""A driver's process from within: builds the drivers of its unit, obeys orders, passes on what they report.

Two threads besides the drivers' own. One carries out orders, the other one sends signals and pulses; a
driver never waits for either. If the door process does not read, cards, keys and hints are dropped first.
"""

import logging
import os
import socket
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import replace
from threading import Condition, Thread
from typing import Final

from hardware.health import Health, HealthBook
from hardware.hosted.flood import PER_S, Allowance
from hardware.hosted.obeying import obey
from hardware.hosted.orders import Close, Open, unpack
from hardware.hosted.unit import HostedUnit
from hardware.hosted.wire import LONGEST_PACKET, HostedSignal, Pulse, encode
from hardware.ports import Reader
from hardware.signals import (
    CardForged,
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    DeviceLost,
    KeyPressed,
    SensorStep,
    Signal,
)

log = logging.getLogger(__name__)

PULSE_S: Final = 0.5
MOST_SHOWN_WAITING: Final = 200
MOST_WAITING: Final = 1_000
OVERFLOW: Final = 3
"""Exit status of a process whose state changes nobody took: which of them was the last, it cannot drop."""

_SHOWN: Final = (CardFrame, CardUnreadable, CardForged, KeyPressed, SensorStep)


def serve(connection: socket.socket) -> None:
    """Drive the unit that comes over the connection, until that is closed."""
    if not (packet := connection.recv(LONGEST_PACKET)):
        return
    unit: HostedUnit = unpack(packet)
    devices, annunciators = unit.build()
    outbox = Outbox(connection, devices)
    outbox.start()
    try:
        while packet := connection.recv(LONGEST_PACKET):
            outbox.busy_ns = time.monotonic_ns()
            order = unpack(packet)
            if isinstance(order, Open):
                outbox.opened.add(order.device)
            elif isinstance(order, Close):
                outbox.opened.discard(order.device)
            obey(order, devices, annunciators, outbox.put)
            outbox.busy_ns = None
    except ConnectionError:
        log.debug("the door process is gone")
    finally:
        for annunciator in annunciators.values():
            annunciator.close()
        for device in devices.values():
            device.close()


class Outbox:
    """What waits to be sent, and the thread that sends it. Bounded, whatever the drivers report."""

    def __init__(self, connection: socket.socket, devices: Mapping[DeviceId, Reader]) -> None:
        """Build it idle."""
        now = time.monotonic_ns()
        self.busy_ns: int | None = None
        """Since when an order has been carried out; ``None`` while there is none."""
        self.opened: set[DeviceId] = set()
        self._connection, self._devices = connection, devices
        self._allowances = {device: Allowance(now) for device in devices}
        self._floods = {device: HealthBook() for device in devices}
        self._unread: Counter[DeviceId] = Counter()
        self._news = Condition()
        self._waiting: deque[HostedSignal] = deque()
        self._shown_waiting = 0
        self._pulse_due_s = time.monotonic()

    def start(self) -> None:
        """Send from now on."""
        Thread(target=self._run, name="outbox", daemon=True).start()

    def put(self, signal: Signal) -> None:
        """Take what a driver reports. Never blocks."""
        assert isinstance(signal, HostedSignal)  # noqa: S101 - hosted devices report nothing else
        with self._news:
            if isinstance(signal, _SHOWN):
                full = self._shown_waiting >= MOST_SHOWN_WAITING
                if full or not self._allowances[signal.device].take(time.monotonic_ns()):
                    self._unread[signal.device] += 1
                    return
                self._shown_waiting += 1
            elif len(self._waiting) >= MOST_WAITING:
                log.error("%s changes its state faster than anybody can follow", signal.device)
                os._exit(OVERFLOW)
            if isinstance(signal, DeviceBack | DeviceLost):
                self._pulse_due_s = time.monotonic()  # What goes with it should not come half a second later.
            self._waiting.append(signal)
            self._news.notify()

    def _run(self) -> None:
        try:
            while True:
                with self._news:
                    if not self._waiting:
                        self._news.wait(self._pulse_due_s - time.monotonic())
                    taken = tuple(self._waiting)
                    self._waiting.clear()
                    self._shown_waiting = 0
                for signal in taken:
                    self._connection.send(encode(signal))
                if time.monotonic() >= self._pulse_due_s:
                    self._pulse_due_s = time.monotonic() + PULSE_S
                    self._connection.send(encode(self._pulse()))
        except OSError:
            log.debug("the door process is gone")  # Its end of the connection tells the other thread, too.
        except BaseException:
            log.exception("sending failed")
            os._exit(1)

    def _pulse(self) -> Pulse:
        with self._news:
            unread, self._unread = self._unread, Counter()
        for device, count in unread.items():
            why = f"it shows more than {PER_S} cards and keys a second: {count} were not read"
            self._floods[device].erred(why)
            log.warning("%s: %s", device, why)
        at_ns = time.monotonic_ns()
        return Pulse(at_ns, self.busy_ns, {device: self._page(device) for device in self._devices})

    def _page(self, device: DeviceId) -> Health:
        page, flood = self._devices[device].health, self._floods[device].page()
        return replace(
            page,
            # The driver of a closed device goes round no more, and does not hang for that.
            beat_ns=page.beat_ns if device in self.opened else None,
            errors_this_hour=page.errors_this_hour + flood.errors_this_hour,
            errors_hour_before=page.errors_hour_before + flood.errors_hour_before,
            last_error=flood.last_error or page.last_error,
        )
