"""The door process's wires into the simulated warehouse: one thread, one socket.

What the door process drives is sent by whoever drives it, in that very call, as a real line has no
queue. What the warehouse tells comes in the link's thread, as real edges come in gpiozero's.

A warehouse that is gone takes its readers with it (they are lost) and leaves the contacts as they
were seen last. As long as none was seen, contacts are at rest: no leaf open, no button pressed.
"""

import logging
import socket
import time
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

from hardware.gpio import SimulatedHeader
from hardware.ports import Pattern
from hardware.signals import DeviceId
from hardware.simulated.adc_chip import SimulatedAdc
from hardware.simulated.cameras import SimulatedCamera, Somebody
from hardware.simulated.devices import SimulatedAnnunciator, SimulatedReader
from hardware.simulated.fingers import SimulatedFingerSensor
from hardware.simulated.wire import Message, decode, encode
from hardware.specs import (
    BoardSpec,
    GpioAnnunciatorSpec,
    SimulatedAnnunciatorSpec,
    SimulatedCameraSpec,
    SimulatedReaderSpec,
    SimulatedSensorSpec,
    SupervisedContactSpec,
    WiegandReaderSpec,
)

log = logging.getLogger(__name__)

FIRST_RETRY_S: Final = 0.2
LONGEST_RETRY_S: Final = 1.0
PULSE_EVERY_NS: Final = 1_000_000
"""The spacing of a Wiegand reader's pulses; usual are 0.2 to 20 ms."""
SILENCE_NS: Final = 150_000_000
"""Between two bursts of one reader, at least."""
NS_PER_S: Final = 1_000_000_000
GREETING_S: Final = 1.0
"""How long connecting may take; so long ``open`` waits, so that contacts begin with the truth."""


class WarehouseLink:
    """Connects a simulated header and simulated readers to the warehouse."""

    def __init__(self, path: Path, header: SimulatedHeader, spec: BoardSpec) -> None:
        """Build it unconnected, and listen to the header from now on."""
        self.readers = {
            reader.id: SimulatedReader(reader.id)
            for reader in spec.readers
            if isinstance(reader, SimulatedReaderSpec)
        }
        self.fingers = {
            sensor.id: SimulatedFingerSensor(sensor.id, self._keep)
            for sensor in spec.fingers
            if isinstance(sensor, SimulatedSensorSpec)
        }
        self.cameras = {
            camera.id: SimulatedCamera(camera.id)
            for camera in spec.cameras
            if isinstance(camera, SimulatedCameraSpec)
        }
        self._path, self._header, self._spec = path, header, spec
        self._lines = _line_names(spec)
        self._wiegand = {
            str(reader.id): reader for reader in spec.readers if isinstance(reader, WiegandReaderSpec)
        }
        self._pulsed: dict[DeviceId, int] = {}
        """When the last burst of a reader ended."""
        self._contacts = {str(contact.id): contact for contact in spec.contacts}
        self._active: dict[str, bool] = {}
        self._faults: dict[str, str] = {}
        self._adc = None if spec.adc is None else SimulatedAdc(header, spec.adc)
        for contact in spec.contacts:
            if isinstance(contact, SupervisedContactSpec):
                self._wire(
                    contact.id
                )  # at rest from the first look: a converter is looked at when it is built
        self._levels: dict[str, bool] = {}
        self._shown: dict[DeviceId, Pattern | None] = {}
        self._sending = Lock()
        self._socket: socket.socket | None = None
        self._stop, self._tried = Event(), Event()
        self._thread = Thread(target=self._run, name="simulated-warehouse", daemon=True)
        header.listen(self._wrote)

    def annunciator(self, device: DeviceId) -> SimulatedAnnunciator:
        """Make the annunciator of a simulated reader."""
        return SimulatedAnnunciator(device, self._show)

    def rest(self) -> None:
        """Put all contacts at rest; call it once their lines are claimed."""
        for contact in self._contacts:
            self._set_contact(contact, active=False)

    def open(self) -> None:
        """Start connecting. Returns once the first attempt has come to an end, at most a second later."""
        self._thread.start()
        self._tried.wait(GREETING_S)

    def close(self) -> None:
        """Disconnect and end the thread, within a second. What was sent before arrives."""
        self._stop.set()
        with self._sending:
            self._hang_up()
        if self._thread.ident is not None:
            self._thread.join(1.0)

    # From the door process to the warehouse.

    def _wrote(self, gpio: int, high: bool) -> None:  # noqa: FBT001 - the header's callback
        if line := self._lines.get(gpio):
            with self._sending:
                self._levels[line] = high
                self._send({"op": "line", "line": line, "high": high})

    def _show(self, device: DeviceId, pattern: Pattern | None) -> None:
        with self._sending:
            self._shown[device] = pattern
            self._send(_show_message(device, pattern))

    def _keep(self, device: DeviceId, template: str, finger: str | None) -> bool:
        with self._sending:
            self._send({"op": "keep", "device": device, "template": template, "finger": finger})
            return self._socket is not None

    def _send(self, message: Message) -> None:
        """Send without ever waiting. A warehouse that does not read is as good as gone."""
        if self._socket is None:
            return
        data = encode(message)
        try:
            whole = self._socket.send(data, socket.MSG_DONTWAIT) == len(data)
        except OSError:
            whole = False
        if not whole:
            self._hang_up()

    def _hang_up(self) -> None:
        # The link's thread sits in recv on this socket and closes it; shutting down wakes it.
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.debug("the warehouse had hung up already")
            self._socket = None

    # From the warehouse to the door process, in the link's thread.

    def _run(self) -> None:
        retry_s = FIRST_RETRY_S
        while not self._stop.is_set():
            why = "the simulated warehouse is gone"
            try:
                with socket.socket(socket.AF_UNIX) as connection:
                    connection.settimeout(GREETING_S)
                    connection.connect(str(self._path))
                    self._attach(connection)
                    retry_s = FIRST_RETRY_S
                    self._listen(connection)
            except (OSError, ValueError, KeyError, TypeError) as error:
                why = f"the simulated warehouse does not answer: {error}"
            with self._sending:
                self._socket = None
            if not self._stop.is_set():
                self._lose_all(why)
            self._tried.set()
            self._stop.wait(retry_s)
            retry_s = min(retry_s * 2, LONGEST_RETRY_S)

    def _attach(self, connection: socket.socket) -> None:
        with self._sending:
            # Under the lock, so that a line driven meanwhile is in the message or follows it,
            # and so that close either finds the socket or is seen here.
            if self._stop.is_set():
                raise ConnectionAbortedError("the link was closed")
            connection.sendall(encode(self._introduction()))
            for device, pattern in self._shown.items():
                connection.sendall(encode(_show_message(device, pattern)))
            self._socket = connection

    def _listen(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as lines:
            self._welcome(decode(lines.readline() or b"{}"))
            self._tried.set()
            connection.settimeout(None)
            for line in lines:
                self._hear(decode(line))

    def _welcome(self, answer: Message) -> None:
        if not answer.get("ok"):
            raise ConnectionRefusedError(answer.get("why", "it hung up"))
        self._faults = {contact: str(fault) for contact, fault in answer["faults"].items()}
        for contact, active in answer["contacts"].items():
            self._set_contact(contact, active=active)
        unplugged, insecure = frozenset(answer["unplugged"]), dict(answer["insecure"])
        for sensor in self.fingers.values():
            sensor.be(
                "it was unplugged" if sensor.id in unplugged else None, answer["kept"].get(sensor.id, {})
            )
        for camera in self.cameras.values():
            camera.face(Somebody.told(answer["faces"].get(camera.id, {"name": None})))
            camera.be("it was unplugged" if camera.id in unplugged else None)
        for reader in self.readers.values():
            if (why := insecure.get(reader.id)) is not None:
                reader.hear({"told": "insecure", "why": why})
            else:
                reader.be("it was unplugged" if reader.id in unplugged else None)
            reader.trouble(
                tampered=reader.id in answer["tampered"], powerless=reader.id in answer["powerless"]
            )

    def _hear(self, message: Message) -> None:
        device = message["device"]
        if message["told"] == "contact":
            # A leaf without a position switch moves too; nobody is told.
            if device in self._contacts:
                self._set_contact(device, active=message["active"])
        elif message["told"] == "fault":
            if device in self._contacts:
                self._set_fault(device, message["fault"])
        elif device in self.cameras:
            self._hear_camera(self.cameras[device], message)
        elif message["told"] == "pulses":
            self._pulse(self._wiegand[device], message["bits"])
        elif device in self.fingers:
            self._hear_of_sensor(self.fingers[device], message)
        else:
            self.readers[device].hear(message)

    def _hear_of_sensor(self, sensor: SimulatedFingerSensor, message: Message) -> None:
        if message["told"] == "finger":
            sensor.touch(message["finger"], bad=message["bad"])
        else:
            sensor.be("it was unplugged" if message["told"] == "lost" else None)

    def _hear_camera(self, camera: SimulatedCamera, message: Message) -> None:
        if message["told"] == "face":
            camera.face(Somebody.told(message))
        else:
            camera.be("it was unplugged" if message["told"] == "lost" else None)

    def _pulse(self, reader: WiegandReaderSpec, bits: str) -> None:
        """Let a burst have ended just now: its pulses came a millisecond apart.

        Not before it could have begun: no reader sends one into the silence that ends the one before.
        """
        length_ns = (len(bits) - 1) * PULSE_EVERY_NS
        early_ns = self._pulsed.get(reader.id, 0) + SILENCE_NS + length_ns - time.monotonic_ns()
        if early_ns > 0:
            self._stop.wait(early_ns / NS_PER_S)
        first_ns = time.monotonic_ns() - length_ns
        self._pulsed[reader.id] = first_ns + length_ns
        for number, bit in enumerate(bits):
            gpio = reader.d1_gpio if bit == "1" else reader.d0_gpio
            self._header.pulse(gpio, first_ns + number * PULSE_EVERY_NS)

    def _lose_all(self, why: str) -> None:
        for reader in self.readers.values():
            reader.be(why)
        for sensor in self.fingers.values():
            sensor.be(why)
        for camera in self.cameras.values():
            camera.be(why)

    def _set_contact(self, name: str, *, active: bool) -> None:
        self._active[name] = active
        self._wire(name)

    def _set_fault(self, name: str, fault: str | None) -> None:
        if fault is None:
            self._faults.pop(name, None)
        else:
            self._faults[name] = fault
        self._wire(name)

    def _wire(self, name: str) -> None:
        """Let a contact's line, or its channel of the converter, be as its wires are."""
        contact, fault = self._contacts[name], self._faults.get(name)
        closed = self._active.get(name, False) is not contact.normally_closed
        if isinstance(contact, SupervisedContactSpec):
            if self._adc is not None:
                self._adc.set(contact.channel, _value_of(contact, fault, closed=closed))
        else:
            # Two states are all that such a line has: a cut wire reads as an open contact.
            self._header.set_circuit(contact.gpio, closed=fault == "shorted" or (closed and fault is None))

    def _introduction(self) -> Message:
        simulated = (a.id for a in self._spec.annunciators if isinstance(a, SimulatedAnnunciatorSpec))
        return {
            "op": "attach",
            "strikes": {strike.id: strike.active_means_released for strike in self._spec.strikes},
            "contacts": list(self._contacts),
            "readers": list(self.readers),
            "fingers": list(self.fingers),
            "cameras": list(self.cameras),
            "wiegand": list(self._wiegand),
            "annunciators": list(simulated),
            "lines": dict(self._levels),
        }


def _value_of(contact: SupervisedContactSpec, fault: str | None, *, closed: bool) -> float:
    """Give the middle of the band that the converter measures then."""
    match fault, closed:
        case "shorted", _:
            return contact.low / 2
        case "cut", _:
            return (contact.high + 1) / 2
        case _, True:
            return (contact.low + contact.middle) / 2
        case _:
            return (contact.middle + contact.high) / 2


def _line_names(spec: BoardSpec) -> dict[int, str]:
    """Name every output line: a strike's by the strike, a lamp's by annunciator and colour."""
    names: dict[int, str] = {strike.gpio: strike.id for strike in spec.strikes}
    for annunciator in spec.annunciators:
        if isinstance(annunciator, GpioAnnunciatorSpec):
            for lamp in ("green", "red", "buzzer"):
                gpio: int | None = getattr(annunciator, f"{lamp}_gpio")
                if gpio is not None:
                    names[gpio] = f"{annunciator.id}.{lamp}"
    return names


def _show_message(device: DeviceId, pattern: Pattern | None) -> Message:
    return {"op": "show", "annunciator": device, "pattern": pattern and pattern.name}
