"""A contactless card made of a socket, for the virtual reader of vsmartcard (pcscd's driver ``vpcd``).

The driver listens on a TCP port; connecting is holding a card to the reader, hanging up is taking it
away. Either side sends a length (two bytes, big-endian) and so many bytes. One byte 0, 1 or 2 switches
the power off, on, or resets; 4 asks for the ATR; everything else is a command for the card. Only the
ATR and commands are answered.
"""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from typing import Final, Self

GET_UID: Final = bytes.fromhex("ffca000000")
OK: Final = b"\x90\x00"
UNKNOWN_COMMAND: Final = b"\x6d\x00"

POWER_CONTROLS: Final = frozenset({b"\x00", b"\x01", b"\x02"})
ATR_WANTED: Final = b"\x04"

GAP_S: Final = 0.5
"""pcscd looks at its readers every 0.4 s. A card that is there again sooner may never be noticed."""

ATR_ISO14443A: Final = bytes.fromhex("3b8f8001804f0ca000000306030001000000006a")

Answer = Callable[[bytes], bytes | None]
"""From a command to what the card says; ``None`` is a card taken away in the middle of it."""


def uid_card(number: bytes) -> Answer:
    """Make the answers of a card that has this number and nothing else."""
    return lambda command: number + OK if command == GET_UID else UNKNOWN_COMMAND


class VirtualCard:
    """One card. ``insert`` and ``remove`` it as often as wanted, or use it as a context."""

    _left: Final[dict[int, float]] = {}
    """When the last card left each reader, by port: the gap is between any two cards."""

    def __init__(self, port: int, answer: Answer, *, atr: bytes = ATR_ISO14443A) -> None:
        self._port, self._answer, self._atr = port, answer, atr
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self.commands: SimpleQueue[bytes] = SimpleQueue()
        """Every command that came, in order."""

    def insert(self, *, gap_s: float = GAP_S) -> None:
        """Hold the card to the reader, no sooner than ``gap_s`` after the last one was taken away."""
        left = self._left.get(self._port, 0.0)
        threading.Event().wait(max(0.0, left + gap_s - time.monotonic()))
        self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=5)
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._serve, args=(self._socket,), daemon=True)
        self._thread.start()

    def remove(self) -> None:
        """Take the card away."""
        if self._socket is None or self._thread is None:
            return
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._socket.close()
        self._socket = None
        self._left[self._port] = time.monotonic()

    def __enter__(self) -> Self:
        self.insert()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while (message := _receive(connection)) is not None:
                if message in POWER_CONTROLS:
                    continue
                if message == ATR_WANTED:
                    answer: bytes | None = self._atr
                else:
                    self.commands.put(message)
                    answer = self._answer(message)
                if answer is None:
                    connection.shutdown(socket.SHUT_RDWR)
                    return
                connection.sendall(struct.pack(">H", len(answer)) + answer)


def _receive(connection: socket.socket) -> bytes | None:
    """Read one message; ``None`` at the end."""
    if (head := _receive_exactly(connection, 2)) is None:
        return None
    return _receive_exactly(connection, struct.unpack(">H", head)[0])


def _receive_exactly(connection: socket.socket, length: int) -> bytes | None:
    received = b""
    while len(received) < length:
        # The driver sends length and bytes in two writes; a delayed acknowledgement costs 40 ms each time.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        if not (chunk := connection.recv(length - len(received))):
            return None
        received += chunk
    return received
