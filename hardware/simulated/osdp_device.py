"""Simulated OSDP readers on a serial line that is a pseudo terminal: libosdp's own device side, for real.

``SimulatedOsdpLine`` is the cable with its readers; a panel opens ``line.port`` like any serial port. What
goes over the cable can be looked at, and meddled with by a man in the middle, who may change, drop, repeat or
add frames in either direction.
"""

import contextlib
import os
import select
import threading
import time
import tty
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from queue import SimpleQueue
from types import TracebackType
from typing import Final, Self

from osdp import (
    Capability,
    CardFormat,
    Command,
    Event,
    LibFlag,
    LogLevel,
    PDCapabilities,
    PdId,
    PDInfo,
    PeripheralDevice,
    StatusReportType,
)

TICK_S: Final = 0.005
CHUNK: Final = 4096
ACCEPTED: Final = 0
REFUSED: Final = -1

EVERYTHING: Final = (
    (Capability.CardDataFormat, 1, 1),
    (Capability.LEDControl, 4, 1),
    (Capability.AudibleControl, 2, 1),
    (Capability.OutputControl, 1, 2),
    (Capability.CommunicationSecurity, 1, 1),
)
"""What a usual reader with light, buzzer and two outputs says that it has."""


class Way(Enum):
    """Which way something goes on the cable."""

    TO_READER = auto()
    TO_PANEL = auto()


Meddler = Callable[[Way, bytes], bytes]
"""A man in the middle: is given what comes from one end, and gives what arrives at the other."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that went over the cable, as it arrived."""

    way: Way
    mono_ns: int
    data: bytes = field(repr=False)


class _Inbox:
    """One reader's end of the cable, as libosdp wants it."""

    id = 0

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.waiting = b""
        self._send = send

    def read(self, most: int) -> bytes:
        given, self.waiting = self.waiting[:most], self.waiting[most:]
        return given

    def write(self, frame: bytes) -> int:
        self._send(frame)
        return len(frame)

    def flush(self) -> None:
        self.waiting = b""


class SimulatedOsdpReader:
    """One reader on the cable. Its methods may be called from any thread."""

    def __init__(
        self,
        address: int = 0,
        key: bytes | None = None,
        capabilities: Sequence[tuple[int, int, int]] = EVERYTHING,
        *,
        install_mode: bool = False,
    ) -> None:
        """Build it; without a key it is in install mode, as it comes from the factory."""
        self.address = address
        self.key = key
        self.told: SimpleQueue[dict[str, object]] = SimpleQueue()
        """Every command that it carried out: LED, buzzer, output. No keys."""
        self.refuses: set[int] = set()
        """Commands that it says no to, whatever its capabilities say."""
        self.is_plugged_in = True
        self.is_in_install_mode = install_mode
        self._capabilities = capabilities
        self._status = [0, 0]
        self._owes_status = False
        self._lock = threading.Lock()
        self._device: PeripheralDevice | None = None
        self._inbox: _Inbox | None = None

    # --- What a person does with it ---------------------------------------------------------------------

    def show(self, data: bytes, bits: int | None = None) -> None:
        """Hold a card to it whose number is this many bits, the first ones of these bytes."""
        self._tell(
            {
                "event": Event.CardRead,
                "reader_no": 0,
                "direction": 0,
                "format": CardFormat.Unspecified if bits is None else CardFormat.Wiegand,
                "length": len(data) * 8 if bits is None else bits,
                "data": data,
            }
        )

    def press(self, keys: str) -> None:
        """Press keys: digits, ``*`` and ``#``."""
        codes = keys.replace("*", "\x7f").replace("#", "\r").encode()
        self._tell({"event": Event.KeyPress, "reader_no": 0, "data": codes})

    def tamper(self, *, active: bool) -> None:
        """Open its housing, or close it."""
        self._status[0] = int(active)
        self._tell_status()

    def fail_power(self, *, failed: bool) -> None:
        """Let its supply fail, or be good again."""
        self._status[1] = int(failed)
        self._tell_status()

    def unplug(self) -> None:
        """Take it off the cable. It forgets its session, as with any loss of power."""
        with self._lock:
            self.is_plugged_in = False
            self._device = None

    def plug_in(self) -> None:
        """Put it back on."""
        with self._lock:
            self.is_plugged_in = True

    def _tell_status(self) -> None:
        with self._lock:
            self._submit_status()

    def _submit_status(self) -> None:
        report = bytes(self._status)
        self._submit({"event": Event.Status, "type": StatusReportType.Local, "report": report})

    def _tell(self, event: dict[str, object]) -> None:
        with self._lock:
            self._submit(event)

    def _submit(self, event: dict[str, object]) -> None:
        if self._device is not None:
            self._device.ctx.submit_event(event)

    # --- The cable's side -------------------------------------------------------------------------------

    def serve(self, heard: bytes, send: Callable[[bytes], None]) -> None:
        """Take in what is on the cable and answer it."""
        with self._lock:
            if not self.is_plugged_in:
                return
            if self._device is None or self._inbox is None:
                self._inbox = _Inbox(send)
                self._device = self._build(self._inbox)
            self._inbox.waiting += heard
            self._device.ctx.refresh()
            if self._owes_status:
                self._owes_status = False
                self._submit_status()

    def _build(self, inbox: _Inbox) -> PeripheralDevice:
        flags = [LibFlag.InstallMode] if self.is_in_install_mode else []
        flags += [LibFlag.EnforceSecure] if self.key and not self.is_in_install_mode else []
        return PeripheralDevice(
            PDInfo(
                self.address, inbox, scbk=self.key, flags=flags, id=PdId(1, 7, 0x00A0B0, 0x1234, 0x010203)
            ),
            PDCapabilities(list(self._capabilities)),
            log_level=LogLevel.Emergency,
            command_handler=self._obey,
        )

    def _obey(self, command: dict[str, object]) -> tuple[int, None]:
        # NOTE: never a dict for the second: the binding drops one reference too many of it. So whoever asks
        # for its status hears that all is well, and what is not so is told at the next poll.
        kind = command["command"]
        if kind in self.refuses:
            return REFUSED, None
        if kind == Command.Keyset and isinstance(key := command["data"], bytes):
            self.key, self.is_in_install_mode = key, False
        elif kind == Command.Status:
            self._owes_status = any(self._status)
        else:
            self.told.put(command)
        return ACCEPTED, None


class SimulatedOsdpLine:
    """A cable with readers on it. Use it as a context."""

    def __init__(self, *readers: SimulatedOsdpReader) -> None:
        """Lay the cable; nobody answers until it is entered."""
        self.readers = readers
        self.meddle: Meddler | None = None
        self.capture: list[Heard] = []
        """What has arrived at either end; cleared by whoever likes to."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._master)
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.port = os.ttyname(self._slave)
        """The serial port that the panel opens."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulated osdp", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(5)
        self.pull()

    def pull(self) -> None:
        """Pull the adapter out: the port is gone."""
        for end in (self._master, self._slave):
            with contextlib.suppress(OSError):
                os.close(end)

    def inject(self, data: bytes) -> None:
        """Put bytes on the cable towards the panel, as somebody with two wires can."""
        self.capture.append(Heard(Way.TO_PANEL, time.monotonic_ns(), data))
        with contextlib.suppress(OSError):  # A panel that does not read loses what it is sent.
            os.write(self._master, data)

    def captured(self, way: Way) -> bytes:
        """Give all that arrived at one end."""
        return b"".join(heard.data for heard in tuple(self.capture) if heard.way is way)

    def _send(self, frame: bytes) -> None:
        if meddle := self.meddle:
            frame = meddle(Way.TO_PANEL, frame)
        if frame:
            self.inject(frame)

    def _run(self) -> None:
        waiting = select.poll()
        waiting.register(self._master, select.POLLIN)
        while not self._stop.is_set():
            heard = b""
            if waiting.poll(TICK_S * 1000):
                with contextlib.suppress(OSError):
                    heard = os.read(self._master, CHUNK)
            if heard and (meddle := self.meddle):
                heard = meddle(Way.TO_READER, heard)
            if heard:
                self.capture.append(Heard(Way.TO_READER, time.monotonic_ns(), heard))
            for reader in self.readers:
                reader.serve(heard, self._send)
