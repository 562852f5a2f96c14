"""The simulated warehouse's process: one loop, one door process, any number of tools.

The way from a line to a watcher holds no queue and no task, and a badge is stamped just before it is
sent: benchmarks measure across this process.
"""

import asyncio
import contextlib
import os
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hardware.errors import HardwareError, SimulationRefused
from hardware.ports import Pattern
from hardware.signals import Technology
from hardware.simulated.finger_file import read_fingers, write_fingers
from hardware.simulated.warehouse import KEYS, LONGEST_BURST, Face, Warehouse
from hardware.simulated.wire import LONGEST_LINE, Message, decode, encode

PRESS_S: Final = 0.2
"""How long a finger stays on an exit button."""

MOST_READINGS: Final = 0xFF_FF_FF
"""A tag's counter of readings has three bytes."""

LAZY_WATCHER: Final = 1_000_000
"""Bytes that may wait for one watcher before it is let go."""


class SocketTaken(HardwareError, OSError):
    """Another simulation already listens at this socket, or something else is there."""


class Client(asyncio.Protocol):
    """One connection: it splits lines and hands them on."""

    def __init__(self, server: "Server") -> None:
        """Belong to one server."""
        self._server = server
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - asyncio promises no more than a base
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole line. A line without end is no client of ours."""
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            self._server.receive(self, line)
        if len(self._received) > LONGEST_LINE:
            self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the server, which frees what this connection held."""
        del exc  # a closed connection and a broken one come to the same
        self._server.leave(self)

    def send(self, message: Message) -> None:
        """Send one message now; let go who does not read what is sent."""
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(encode(message))
        if self._transport.get_write_buffer_size() > LAZY_WATCHER:
            self._transport.abort()

    def drop(self) -> None:
        """End the connection after what was sent."""
        if self._transport is not None:
            self._transport.close()


class Server:
    """Carries messages between the warehouse, the door process and the tools."""

    def __init__(self, warehouse: Warehouse, fingers: Path) -> None:
        """Serve one warehouse. In the file ``fingers`` its sensors keep what they learnt."""
        self._warehouse, self._fingers = warehouse, fingers
        self._door: Client | None = None
        self._watchers: set[Client] = set()
        self._answers: dict[str, Callable[[Message], Message]] = {
            "badge": self._badge,
            "forged": self._forged,
            "pass": self._pass,
            "unreadable": self._unreadable,
            "key": self._key,
            "pulses": self._pulses,
            "finger": self._finger,
            "face": self._face,
            "leaf": self._leaf,
            "rex": self._rex,
            "contact": self._set_contact,
            "fault": self._fault,
            "tamper": self._tamper,
            "power": self._power,
            "insecure": self._insecure,
            "unknown": self._unknown,
            "lose": lambda asked: self._plug(asked, plugged=False),
            "return": lambda asked: self._plug(asked, plugged=True),
            "state": self._state,
        }

    def receive(self, client: Client, line: bytes) -> None:
        """Take one line: the door process's at once, a tool's after everything that was sent before it.

        The loop serves connections in any order. A tool that saw the strike released and then opens
        the leaf must not come first; one turn of the loop later, the line has been driven.
        """
        at = time.monotonic_ns()
        if client is self._door:
            self._do(client, line, at)
        else:
            asyncio.get_running_loop().call_soon(self._do, client, line, at)

    def _do(self, client: Client, line: bytes, at: int) -> None:
        """Do what one line asks for. What cannot be understood or done is answered, never raised."""
        try:
            message = decode(line)
            op = message["op"]
            if op == "line" and client is self._door:
                self._line(message["line"], high=bool(message["high"]), at=at)
            elif op == "show" and client is self._door:
                self._show(message, at)
            elif op == "keep" and client is self._door:
                self._keep(message)
            elif op == "attach":
                self._attach(client, message)
            elif op == "watch":
                self._watchers.add(client)
                client.send({"ok": True, "at": at})
            else:
                client.send({"ok": True, **self._answers[op](message)})
        except SimulationRefused as refusal:
            client.send({"ok": False, "why": str(refusal)})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            client.send({"ok": False, "why": f"not understood: {error!r}"})

    def leave(self, client: Client) -> None:
        """Forget a connection. If it was the door process, all its lines fall at once."""
        self._watchers.discard(client)
        if client is not self._door:
            return
        self._door = None
        at = time.monotonic_ns()
        for line in self._warehouse.abandon():
            self._tell_line(line, high=False, at=at)
        self._edge("detached", "", at)

    # What the door process says.

    def _attach(self, client: Client, message: Message) -> None:
        if self._door not in (None, client):
            client.send({"ok": False, "why": "another door process is attached"})
            client.drop()
            return
        house = self._warehouse
        house.equip(
            message["strikes"],
            message["contacts"],
            message["readers"],
            message["annunciators"],
            message["wiegand"],
            message.get("fingers", ()),
            message.get("cameras", ()),
        )
        self._door = client
        client.send(
            {
                "ok": True,
                "contacts": {contact: house.is_active(contact) for contact in message["contacts"]},
                "unplugged": house.unplugged(),
                "insecure": house.insecure(),
                "tampered": house.tampered(),
                "powerless": house.powerless(),
                "faults": house.faults(),
                "kept": house.kept(),
                "faces": house.faces(),
            }
        )
        at = time.monotonic_ns()
        self._edge("attached", "", at)
        for line, high in message["lines"].items():
            self._line(line, high=high, at=at)

    def _keep(self, message: Message) -> None:
        self._warehouse.keep(message["device"], message["template"], message["finger"])
        write_fingers(self._fingers, self._warehouse.all_kept())

    def _line(self, line: str, *, high: bool, at: int) -> None:
        if self._warehouse.drive(line, high=high):
            self._tell_line(line, high=high, at=at)

    def _tell_line(self, line: str, *, high: bool, at: int) -> None:
        self._edge("line", line, at, high=high, released=self._warehouse.released(line))

    def _show(self, message: Message, at: int) -> None:
        annunciator, pattern = message["annunciator"], message["pattern"]
        self._warehouse.show(annunciator, pattern and Pattern[pattern], at)
        self._edge("show", annunciator, at, pattern=pattern)

    # What tools ask for.

    def _badge(self, asked: Message) -> Message:
        number, counter = bytes.fromhex(asked["number"]), asked.get("counter")
        technology = Technology(asked.get("technology", Technology.ISO14443_UID))
        if counter is not None and not 0 <= int(counter) <= MOST_READINGS:
            raise SimulationRefused(f"a card counts from 0 to {MOST_READINGS}")
        reader = self._warehouse.plugged_reader(asked["reader"])
        return self._say("card", reader, number=number.hex(), technology=technology, counter=counter)

    def _forged(self, asked: Message) -> Message:
        technology, reader = Technology(asked["technology"]), self._warehouse.plugged_reader(asked["reader"])
        return self._say("forged", reader, technology=technology, why="the card did not prove its key")

    def _pass(self, asked: Message) -> Message:
        return self._say("pass", self._warehouse.plugged_reader(asked["reader"]), text=str(asked["text"]))

    def _unreadable(self, asked: Message) -> Message:
        reader = self._warehouse.plugged_reader(asked["reader"])
        return self._say("unreadable", reader, why="the card went away while it was read")

    def _key(self, asked: Message) -> Message:
        if asked["key"] not in KEYS:
            raise SimulationRefused("a keypad has the keys 0 to 9, * and #")
        return self._say("key", self._warehouse.plugged_reader(asked["reader"]), key=asked["key"])

    def _finger(self, asked: Message) -> Message:
        sensor, finger = self._warehouse.finger_sensor(asked["sensor"]), str(asked["finger"])
        return self._say("finger", sensor, finger=finger, bad=bool(asked.get("bad", False)))

    def _face(self, asked: Message) -> Message:
        """Have somebody come before a camera, or leave. They stand there also while nobody looks."""
        camera, name = self._warehouse.camera(asked["camera"]), asked["name"]
        face: Face | None = None
        if name is not None:
            face = {"name": str(name), "photo": bool(asked["photo"]), "turns": bool(asked["turns"])}
        self._warehouse.stand_before(camera, face)
        at = time.monotonic_ns()
        if self._door is not None:
            self._door.send({"told": "face", "device": camera, **(face or {"name": None})})
        self._edge("face", camera, at)
        return {"at": at}

    def _leaf(self, asked: Message) -> Message:
        contact, moved = self._warehouse.move_leaf(
            asked["door"], to_open=bool(asked["open"]), force=bool(asked.get("force", False))
        )
        return self._contact(contact, moved=moved)

    def _rex(self, asked: Message) -> Message:
        door, pressed = asked["door"], asked["pressed"]
        contact, moved = self._warehouse.press(door, pressed=pressed is not False)
        if pressed is None:
            asyncio.get_running_loop().call_later(PRESS_S, self._let_go, door)
        return self._contact(contact, moved=moved)

    def _set_contact(self, asked: Message) -> Message:
        """Any other input: fire, mains, tamper, the button of a free way in."""
        contact, moved = self._warehouse.set_contact(asked["device"], active=bool(asked["active"]))
        return self._contact(contact, moved=moved)

    def _let_go(self, door: str) -> None:
        with contextlib.suppress(SimulationRefused):  # another site may have been attached meanwhile
            contact, moved = self._warehouse.press(door, pressed=False)
            self._contact(contact, moved=moved)

    def _contact(self, contact: str, *, moved: bool) -> Message:
        at = time.monotonic_ns()
        active = self._warehouse.is_active(contact)
        if moved:
            # Leaves move and buttons are pressed also while no door process looks.
            if self._door is not None:
                self._door.send({"told": "contact", "device": contact, "active": active})
            self._edge("contact", contact, at, active=active)
        return {"at": at}

    def _plug(self, asked: Message, *, plugged: bool) -> Message:
        at = time.monotonic_ns()
        reader = self._warehouse.pluggable(asked["reader"])
        if self._warehouse.plug(reader, plugged=plugged):
            if self._door is not None:
                self._door.send({"told": "back" if plugged else "lost", "device": reader})
            self._edge("back" if plugged else "lost", reader, at)
        return {"at": at}

    def _fault(self, asked: Message) -> Message:
        """Cut or short the wires of a contact, or mend them."""
        contact, changed = self._warehouse.set_fault(asked["device"], asked["fault"])
        return self._tell_if(changed, "fault", contact, fault=asked["fault"])

    def _tamper(self, asked: Message) -> Message:
        reader, active = self._warehouse.reader(asked["reader"]), bool(asked["active"])
        return self._tell_if(self._warehouse.tamper(reader, active=active), "tamper", reader, active=active)

    def _power(self, asked: Message) -> Message:
        reader, failed = self._warehouse.reader(asked["reader"]), bool(asked["failed"])
        return self._tell_if(
            self._warehouse.fail_power(reader, failed=failed), "power", reader, failed=failed
        )

    def _insecure(self, asked: Message) -> Message:
        reader, why = self._warehouse.reader(asked["reader"]), str(asked["why"])
        self._warehouse.replace_reader(reader, why)
        return self._tell_if(True, "insecure", reader, why=why)  # noqa: FBT003 - it happens each time

    def _unknown(self, asked: Message) -> Message:
        reader = self._warehouse.plugged_reader(asked["reader"])
        return self._say("unknown", reader, what=str(asked["what"]))

    def _pulses(self, asked: Message) -> Message:
        """Send pulses down the wires of a reader: one for each bit."""
        reader, bits = self._warehouse.wiegand_reader(asked["reader"]), str(asked["bits"])
        if not 0 < len(bits) <= LONGEST_BURST or set(bits) - {"0", "1"}:
            raise SimulationRefused(f"a burst is 1 to {LONGEST_BURST} digits, each 0 or 1")
        return self._say("pulses", reader, bits=bits)

    def _tell_if(self, news: bool, told: str, device: str, **facts: object) -> Message:  # noqa: FBT001
        """Tell the door process, if it is there, and the watchers; one that comes later is told then."""
        at = time.monotonic_ns()
        if news:
            if self._door is not None:
                self._door.send({"told": told, "device": device, **facts})
            self._edge(told, device, at, **facts)
        return {"at": at}

    def _state(self, _asked: Message) -> Message:
        at = time.monotonic_ns()
        return {"at": at, "state": {"attached": self._door is not None, **self._warehouse.state(at)}}

    def _say(self, told: str, device: str, **facts: str | bool | int | None) -> Message:
        """Let a reader report something, stamped just before it leaves."""
        if self._door is None:
            raise SimulationRefused("no door process is attached, so nobody reads this reader")
        at = time.monotonic_ns()
        self._door.send({"told": told, "device": device, **facts})
        self._edge(told, device, at)
        return {"at": at}

    def _edge(self, edge: str, device: str, at: int, **facts: object) -> None:
        for watcher in tuple(self._watchers):
            watcher.send({"at": at, "edge": edge, "device": device, **facts})


def listen(path: Path) -> socket.socket:
    """Bind the socket with mode 0600, replacing one that nobody listens at. Raises ``SocketTaken``."""
    if path.exists():
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise SocketTaken(f"{path} is no socket; it is left alone")
        with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(ConnectionRefusedError):
            probe.connect(str(path))
            raise SocketTaken(f"a simulation already runs at {path}")
        path.unlink()
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)  # a chmod after binding would leave a moment for others to connect
    try:
        listening.bind(str(path))
        listening.listen()
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(before)
    return listening


async def serve(listening: socket.socket, path: Path) -> None:
    """Serve until cancelled, at the socket that was bound to this path."""
    fingers = path.with_suffix(".fingers")
    server = Server(Warehouse(read_fingers(fingers)), fingers)
    loop = asyncio.get_running_loop()
    async with await loop.create_unix_server(lambda: Client(server), sock=listening) as accepting:
        await accepting.serve_forever()
