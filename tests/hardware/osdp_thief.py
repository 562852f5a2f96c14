"""What somebody with two wires in an OSDP cable can do, and libosdp's panel without our line before it."""

import os
import time
import tty
from collections.abc import Callable, Iterable

from osdp import ControlPanel, Event, EventNotification, LibFlag, LogLevel, PDInfo

from hardware.readers.osdp_frames import REPLY, START, Answer, Command, Finder, Frame, checksum, crc, parse
from hardware.simulated.osdp_device import SimulatedOsdpLine, Way
from tests.hardware.listening import PATIENCE_S

STOLEN = bytes.fromhex("04deadbeefcafe")
"""A card that nobody holds to any reader."""
WITH_CRC, WITH_BLOCK = 0x04, 0x08


def forge(address: int, sequence: int, code: int, data: bytes, block: bytes = b"") -> bytes:
    """Build a reply with a good check and no key."""
    control = sequence | WITH_CRC | (WITH_BLOCK if block else 0)
    length = 5 + len(block) + 1 + len(data) + 2
    body = bytes([START, address | REPLY, length, 0, control]) + block + bytes([code]) + data
    return body + crc(body)


def card_reply(address: int, sequence: int, block: bytes = b"") -> bytes:
    """Build the reply that says "this card was shown", in the clear."""
    bits = (len(STOLEN) * 8).to_bytes(2, "little")
    return forge(address, sequence, 0x50, b"\0\0" + bits + STOLEN, block)


def mend(body: bytes) -> bytes:
    """Give a frame that was changed a good check again."""
    return body[:-2] + crc(body[:-2]) if body[4] & WITH_CRC else body[:-1] + checksum(body[:-1])


def strike_out_encryption(way: Way, data: bytes) -> bytes:
    """Strike the secure channel out of what a reader says that it can do; a meddler."""
    body = data.lstrip(b"\xff")
    if way is Way.TO_PANEL and codes_of(body) == [Answer.CAPABILITIES]:
        at = body.index(b"\x09\x01", 6)
        return mend(body[: at + 1] + b"\x00\x00" + body[at + 3 :])
    return data


class Recorder:
    """Writes down which answer followed which command; a meddler that changes nothing."""

    def __init__(self) -> None:
        self.answers: dict[bytes, bytes] = {}
        self._finder = Finder()
        self._command = b""

    def __call__(self, way: Way, data: bytes) -> bytes:
        if way is Way.TO_READER:
            for frame in self._finder.feed(data)[0]:
                self._command = frame.raw
        else:
            self.answers[self._command] = data
        return data


class Player:
    """Answers what it has an answer for from a recording, without any key."""

    def __init__(self, line: SimulatedOsdpLine, answers: dict[bytes, bytes]) -> None:
        self._line, self._answers = line, answers
        self._finder = Finder()

    def __call__(self, way: Way, data: bytes) -> bytes:
        for frame in self._finder.feed(data)[0]:
            answer = self._answers.get(frame.raw)
            if answer is None and frame.code == Command.CHALLENGE:
                answer = next(each for key, each in self._answers.items() if parse_code(key) == frame.code)
            if answer:
                self._line.inject(answer)
        return b""


class Swapper:
    """Puts a frame of its own in the place of one of the reader's, once."""

    def __init__(self, swap: Callable[[Frame, Frame], bytes | None]) -> None:
        self.swapped = 0
        self._swap = swap
        self._finder = Finder()
        self._answers = Finder()
        self._command: Frame | None = None

    def __call__(self, way: Way, data: bytes) -> bytes:
        if way is Way.TO_READER:
            for frame in self._finder.feed(data)[0]:
                self._command = frame
            return data
        for reply in self._answers.feed(data)[0]:
            other = self._swap(self._command, reply) if self._command and not self.swapped else None
            if other is not None:
                self.swapped += 1
                return other
        return data


class _Wire:
    """The port as libosdp would have it without our line: whatever comes in is its."""

    id = 1

    def __init__(self, port: str) -> None:
        self.file = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.file)

    def read(self, most: int) -> bytes:
        try:
            return os.read(self.file, most)
        except BlockingIOError:
            return b""

    def write(self, frame: bytes) -> int:
        return os.write(self.file, frame)

    def flush(self) -> None:
        self.read(4096)


def cards_of_bare_libosdp(
    port: str, key: bytes, meanwhile: Callable[[], object] = lambda: None, *, enforce: bool = True
) -> list[bytes]:
    """Run libosdp's panel as it comes, and give the first card that it believes."""
    wire = _Wire(port)
    cards: list[bytes] = []

    def happened(_index: int, event: dict[str, object]) -> int:
        if event["event"] == Event.CardRead and isinstance(data := event["data"], bytes):
            cards.append(data)
        if event["event"] == Event.Notification and event["type"] == EventNotification.PeripheralDeviceStatus:
            offline.append(not event["arg0"])
        return 0

    offline: list[bool] = []
    flags = [LibFlag.EnableNotification, *([LibFlag.EnforceSecure] if enforce else [])]
    info = PDInfo(5, wire, scbk=key, flags=flags)
    context = ControlPanel([info], log_level=LogLevel.Emergency).ctx
    context.set_event_callback(happened)
    ends = time.monotonic() + PATIENCE_S
    while not cards and time.monotonic() < ends:
        context.refresh()
        if offline and offline.pop():
            context.disable_pd(0)
            context.refresh()
            context.enable_pd(0)
            offline.clear()
        meanwhile()
        time.sleep(0.002)
    os.close(wire.file)
    return cards


def parse_code(command: bytes) -> int | None:
    """Name the command of one frame."""
    frame = parse(command)
    return None if frame is None else frame.code


def codes_of(data: bytes) -> Iterable[int]:
    """Name the commands or replies in what was captured."""
    return [frame.code for frame in Finder().feed(data)[0]]
