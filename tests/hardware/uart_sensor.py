"""A sensor of the R30x/R503 family on a pseudo terminal, with whatever can go wrong on a wire.

Written after the data sheets of the R503 and the ZFM-20: header, address, kind, length, payload, checksum.
"""

import contextlib
import os
import select
import struct
import threading
import time
import tty
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

ADDRESS: Final = b"\xff\xff\xff\xff"
CAPACITY: Final = 200
GET_IMAGE, TO_FEATURES, SEARCH, MAKE_MODEL, STORE, DELETE = 0x01, 0x02, 0x04, 0x05, 0x06, 0x0C
SET_PARAMETER, PARAMETERS, PASSWORD, INDEX, LIGHT = 0x0E, 0x0F, 0x13, 0x1F, 0x35
OK, NO_FINGER, MESSY, NOT_FOUND, MISMATCH, WRONG_PASSWORD, UNKNOWN = 0, 2, 6, 9, 0x0A, 0x13, 1
BAD: Final = "?"
"""A finger that lies so badly that nobody can say whose it is."""

Fault = Callable[[bytes], bytes]
"""What becomes of an answer on the wire."""


def silence(_answer: bytes) -> bytes:
    return b""


def garbage_before(answer: bytes) -> bytes:
    return b"\x00\xef\xff" + answer


def wrong_checksum(answer: bytes) -> bytes:
    return answer[:-1] + bytes([answer[-1] ^ 1])


def broken_off(answer: bytes) -> bytes:
    return answer[: len(answer) // 2]


def lagging() -> Fault:
    """Say each answer only when the next one is due, as a sensor does that is too slow for us."""
    late = b""

    def change(answer: bytes) -> bytes:
        nonlocal late
        said, late = late, answer
        return said

    return change


def flipped(bit: int) -> Fault:
    """Flip one bit of an answer."""

    def flip(answer: bytes) -> bytes:
        changed = bytearray(answer)
        changed[bit // 8] ^= 1 << bit % 8
        return bytes(changed)

    return flip


@dataclass
class _Fault:
    command: int | None
    """The command whose answer it is about; ``None``: any."""
    change: Fault
    times: int | None
    """How often; ``None``: always."""


class UartFinger:
    """The sensor. Plugged in from the start; ``unplug`` hangs up, ``plug`` comes back at the same path."""

    def __init__(self, path: os.PathLike[str], password: int = 0, *, light: bool = True) -> None:
        self.path = os.fspath(path)
        """A link to wherever the terminal is, as by-path links are."""
        self.kept: dict[int, str] = {}
        self.password = password
        self.security = 3
        self.asked: deque[int] = deque(maxlen=500)
        self.lights: deque[int] = deque(maxlen=100)
        self.late_s = 0.0
        self._light = light
        self._faults: list[_Fault] = []
        self._lying: deque[str] = deque()
        self._buffers: dict[int, str] = {}
        self._image = ""
        self._lifting = self._looked_at = False
        self._known = password == 0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ends: tuple[int, int] | None = None
        self._stop, self._waker = os.pipe()

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()
        os.close(self._stop)
        os.close(self._waker)

    def plug(self) -> None:
        """Appear at the path."""
        ours, theirs = os.openpty()
        tty.setraw(ours)
        tty.setraw(theirs)
        self._ends = (ours, theirs)
        self._known = self.password == 0
        Path(self.path).symlink_to(os.ttyname(theirs))
        self._thread = threading.Thread(target=self._serve, args=(ours,), daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Be gone, as a USB adapter is that is pulled."""
        if self._ends is None or self._thread is None:
            return
        os.write(self._waker, b"x")
        self._thread.join(5)
        Path(self.path).unlink()
        for end in self._ends:
            os.close(end)
        self._ends = None

    def touch(self, finger: str) -> None:
        """Lay a finger on the sensor until it was looked at once."""
        with self._lock:
            self._lying.append(finger)

    def spoil(self, change: Fault, command: int | None = None, times: int | None = None) -> None:
        """Have answers changed on the wire from now on."""
        with self._lock:
            self._faults.append(_Fault(command, change, times))

    def mend(self) -> None:
        """Have no answer changed any more."""
        with self._lock:
            self._faults.clear()

    def _serve(self, end: int) -> None:
        waiting = b""
        while True:
            readable, _, _ = select.select([end, self._stop], [], [])
            if self._stop in readable:
                os.read(self._stop, 1)
                return
            with contextlib.suppress(OSError):
                waiting += os.read(end, 4096)
            while (packet := self._packet(waiting)) is not None:
                whole, waiting = packet
                answer = self._answer(whole)
                if answer:
                    os.write(end, answer)

    @staticmethod
    def _packet(waiting: bytes) -> tuple[bytes, bytes] | None:
        start = waiting.find(b"\xef\x01")
        if start < 0 or len(waiting) < start + 9:
            return None
        (length,) = struct.unpack(">H", waiting[start + 7 : start + 9])
        end = start + 9 + length
        return None if len(waiting) < end else (waiting[start + 6 : end], waiting[end:])

    def _answer(self, packet: bytes) -> bytes:
        body, checksum = packet[:-2], int.from_bytes(packet[-2:], "big")
        command = body[3]
        payload = self._do(command, body[4:]) if sum(body) & 0xFFFF == checksum else bytes([UNKNOWN])
        answer = b"\x07" + struct.pack(">H", len(payload) + 2) + payload
        answer = b"\xef\x01" + ADDRESS + answer + struct.pack(">H", sum(answer) & 0xFFFF)
        if self.late_s:
            time.sleep(self.late_s)
        with self._lock:
            self.asked.append(command)
            for fault in self._faults:
                if fault.command in {None, command} and fault.times != 0:
                    fault.times = None if fault.times is None else fault.times - 1
                    answer = fault.change(answer)
        return answer

    def _do(self, command: int, values: bytes) -> bytes:
        if command == PASSWORD:
            self._known = int.from_bytes(values, "big") == self.password
            return bytes([OK if self._known else WRONG_PASSWORD])
        if not self._known:
            return b"\x21"
        match command:
            case 0x0F:
                return b"\0" + struct.pack(">HHHHIHH", 0, 0, CAPACITY, self.security, 0xFFFFFFFF, 1, 6)
            case 0x0E:
                self.security = values[1]
                return b"\0"
            case 0x01:
                with self._lock:
                    # Whoever touches twice lifts the finger in between.
                    if self._lifting or not self._lying:
                        self._lifting = False
                        return bytes([NO_FINGER])
                    self._image, self._looked_at = self._lying[0], True
                return b"\0"
            case 0x02:
                with self._lock:
                    if self._looked_at:
                        self._looked_at, self._lifting = False, True
                        self._lying.popleft()
                if self._image == BAD:
                    return bytes([MESSY])
                self._buffers[values[0]] = self._image
                return b"\0"
            case 0x04:
                found = [slot for slot, finger in self.kept.items() if finger == self._buffers.get(values[0])]
                return b"\0" + struct.pack(">HH", found[0], 120) if found else bytes([NOT_FOUND, 0, 0, 0, 0])
            case 0x05:
                return bytes([OK if self._buffers.get(1) == self._buffers.get(2) else MISMATCH])
            case 0x06:
                self.kept[int.from_bytes(values[1:3], "big")] = self._buffers[values[0]]
                return b"\0"
            case 0x0C:
                self.kept.pop(int.from_bytes(values[:2], "big"), None)
                return b"\0"
            case 0x1F:
                bits = bytearray(32)
                for slot in self.kept:
                    bits[slot // 8] |= 1 << slot % 8
                return b"\0" + bytes(bits)
            case 0x35 if self._light:
                self.lights.append(values[0])
                return b"\0"
            case _:
                return bytes([UNKNOWN])
