"""Badge, press and push in the simulated warehouse from outside: for the command line, tests, benchmarks."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self, cast

from hardware.errors import SimulationMissing, SimulationRefused
from hardware.signals import Technology
from hardware.simulated.wire import Message, decode, encode

ANSWER_S = 5.0
"""How long an answer may take before the warehouse counts as gone."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Something that happened in the warehouse, with the warehouse's ``time.monotonic_ns()``."""

    at_ns: int
    kind: str
    """``card forged pass key unreadable finger face contact line show lost back tamper power insecure
    unknown fault attached detached``, as ``wire`` explains."""
    device: str
    facts: Mapping[str, Any]
    """Such as ``{"high": true, "released": true}`` of a line."""


class Watch:
    """A stream of edges, from the moment it was made. Iterate it, then close it; it is its own context."""

    def __init__(self, connection: socket.socket, lines: BinaryIO) -> None:
        """Take over a connection that was asked to watch; ``WarehouseTool.watch`` does it."""
        self._connection, self._lines = connection, lines

    def __iter__(self) -> Iterator[Edge]:
        """Be an iterator."""
        return self

    def __next__(self) -> Edge:
        """Wait for the next edge. Raises ``TimeoutError`` when a timeout was given and nothing came."""
        if not (line := self._lines.readline()):
            raise StopIteration
        facts = decode(line)
        return Edge(facts.pop("at"), facts.pop("edge"), facts.pop("device"), facts)

    def close(self) -> None:
        """Stop watching."""
        self._lines.close()
        self._connection.close()

    def __enter__(self) -> Self:
        """Watch until the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching."""
        self.close()


class WarehouseTool:
    """A hand in the warehouse. Every call is a question of its own; use one tool from one thread.

    Calls raise ``SimulationMissing`` when no warehouse answers and ``SimulationRefused`` when what
    they ask is physically impossible. Those that move something return the instant of it: the
    warehouse's ``time.monotonic_ns()``.
    """

    def __init__(self, path: Path) -> None:
        """Connect. Raises ``SimulationMissing``."""
        self._path = path
        self._connection, self._lines = self._connect(ANSWER_S)

    def badge(
        self,
        reader: str,
        number: bytes,
        technology: Technology = Technology.ISO14443_UID,
        counter: int | None = None,
    ) -> int:
        """Show a card at a reader, ``gate-in`` or ``gate-in.reader``; the reader says how it was read."""
        shown = {"number": number.hex(), "technology": technology, "counter": counter}
        return self._ask({"op": "badge", "reader": reader, **shown})

    def forged(self, reader: str, technology: Technology) -> int:
        """Show a card that claims to be of a kind that proves a key, and does not prove it."""
        return self._ask({"op": "forged", "reader": reader, "technology": technology})

    def show_pass(self, reader: str, text: str) -> int:
        """Show a code with this text to a reader, as a visitor shows a pass."""
        return self._ask({"op": "pass", "reader": reader, "text": text})

    def unreadable(self, reader: str) -> int:
        """Show a card that is pulled away too soon."""
        return self._ask({"op": "unreadable", "reader": reader})

    def key(self, reader: str, key: str) -> int:
        """Press one key: ``0`` to ``9``, ``*`` or ``#``."""
        return self._ask({"op": "key", "reader": reader, "key": key})

    def finger(self, sensor: str, finger: str, *, bad: bool = False) -> int:
        """Touch a fingerprint sensor, ``gate-in`` or ``gate-in.finger``, with the finger of this name."""
        return self._ask({"op": "finger", "sensor": sensor, "finger": finger, "bad": bad})

    def face(self, camera: str, name: str | None, *, photo: bool = False, turns: bool = True) -> int:
        """Have somebody stand before a camera, ``gate-in`` or ``gate-in.camera``; with ``None`` nobody."""
        return self._ask({"op": "face", "camera": camera, "name": name, "photo": photo, "turns": turns})

    def pulses(self, reader: str, bits: str) -> int:
        """Send pulses down the two wires of a Wiegand reader: ``0`` is one on D0, ``1`` one on D1."""
        return self._ask({"op": "pulses", "reader": reader, "bits": bits})

    def leaf(self, door: str, *, open: bool, force: bool = False) -> int:  # noqa: A002 - a leaf's own word
        """Open or close a leaf; with force also one that its strike holds."""
        return self._ask({"op": "leaf", "door": door, "open": open, "force": force})

    def exit_request(self, door: str, pressed: bool | Literal["pulse"] = "pulse") -> int:  # noqa: FBT001
        """Press the exit button, let it go, or press it for a fifth of a second."""
        return self._ask({"op": "rex", "door": door, "pressed": None if pressed == "pulse" else pressed})

    def contact(self, device: str, *, active: bool) -> int:
        """Let any input be active or at rest: ``fire``, ``gate.tamper``, ``hatch-in.button``."""
        return self._ask({"op": "contact", "device": device, "active": active})

    def fault(self, device: str, fault: Literal["cut", "shorted"] | None) -> int:
        """Cut or short the wires of a contact, or mend them with ``None``."""
        return self._ask({"op": "fault", "device": device, "fault": fault})

    def tamper(self, reader: str, *, active: bool) -> int:
        """Open the housing of a reader, or shut it."""
        return self._ask({"op": "tamper", "reader": reader, "active": active})

    def power(self, reader: str, *, failed: bool) -> int:
        """Let a reader's own supply fail, or be good again."""
        return self._ask({"op": "power", "reader": reader, "failed": failed})

    def insecure(self, reader: str, why: str) -> int:
        """Put something on a reader's line that is not the reader; ``give_back`` ends that."""
        return self._ask({"op": "insecure", "reader": reader, "why": why})

    def unknown_device(self, reader: str, what: str) -> int:
        """Plug something that types in beside a reader."""
        return self._ask({"op": "unknown", "reader": reader, "what": what})

    def lose(self, reader: str) -> int:
        """Unplug a reader, or a sensor by its whole name: ``gate-in.finger``."""
        return self._ask({"op": "lose", "reader": reader})

    def give_back(self, reader: str) -> int:
        """Plug a reader or a sensor in again."""
        return self._ask({"op": "return", "reader": reader})

    def state(self) -> Message:
        """Tell what is so: ``attached``, ``doors``, ``readers``, ``annunciators``, ``lines``."""
        state: Message = self._answer({"op": "state"})["state"]
        return state

    def watch(self, timeout_s: float | None = None) -> Watch:
        """Watch all edges from now on, on a connection of its own."""
        connection, lines = self._connect(ANSWER_S)
        self._exchange(connection, lines, {"op": "watch"})
        connection.settimeout(timeout_s)
        return Watch(connection, lines)

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._connection.close()

    def __enter__(self) -> Self:
        """Stay connected until the block ends."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self.close()

    def _ask(self, message: Message) -> int:
        at: int = self._answer(message)["at"]
        return at

    def _answer(self, message: Message) -> Message:
        return self._exchange(self._connection, self._lines, message)

    def _exchange(self, connection: socket.socket, lines: BinaryIO, message: Message) -> Message:
        try:
            connection.sendall(encode(message))
            line = lines.readline()
        except OSError as error:
            raise SimulationMissing(str(self._path), str(error)) from error
        if not line:
            raise SimulationMissing(str(self._path), "it hung up")
        answer = decode(line)
        if not answer["ok"]:
            raise SimulationRefused(answer["why"])
        return answer

    def _connect(self, timeout_s: float) -> tuple[socket.socket, BinaryIO]:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout_s)
        try:
            connection.connect(str(self._path))
        except OSError as error:
            connection.close()
            raise SimulationMissing(str(self._path), error.strerror or str(error)) from error
        return connection, cast("BinaryIO", connection.makefile("rb"))
