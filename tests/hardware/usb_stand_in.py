"""USB ports with keyboards in them, where there is no kernel that could make any.

What is made up is the kernel: a sysfs as it lays one out, and a pipe for each device. Through the pipe go
the kernel's own ``struct input_event``, and evdev reads them as it reads a device.
"""

import contextlib
import errno
import fcntl
import os
import shutil
import struct
import sys
import termios
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from evdev import InputDevice, ecodes

from hardware.readers.input_nodes import InputNodes, Keyboard
from hardware.readers.typed_keys import PLAIN, SHIFTED

EVENT = struct.Struct("llHHi")
ALL_KEYS = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
"""What a common USB keyboard's ``capabilities/key`` says."""
MOUSE_KEYS = "1f0000 0 0 0 0"
SHIFT = 42
ENTER = 28
CODES = {character: code for code, character in reversed([*PLAIN.items()])}
SHIFTED_CODES = {character: code for code, character in reversed([*SHIFTED.items()])}


def bits_of(words: str) -> str:
    """Write a bitmap of 64-bit words in words of this process's size."""
    if struct.calcsize("l") == 8:
        return words
    return " ".join(f"{int(word, 16) >> 32:x} {int(word, 16) & 0xFFFFFFFF:x}" for word in words.split())


@dataclass
class Plugged:
    """One device that is plugged in."""

    node: Path
    place: Path
    pipe: Path
    writer: int
    busy: bool = False

    @property
    def unread(self) -> int:
        """How many bytes nobody has read yet."""
        answer = fcntl.ioctl(self.writer, termios.FIONREAD, bytes(4))
        return int.from_bytes(answer, sys.byteorder)

    @property
    def held(self) -> bool:
        """Whether this process reads it."""
        for fd in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):
                way = fcntl.fcntl(int(fd.name), fcntl.F_GETFL) & os.O_ACCMODE
                if fd.readlink() == self.pipe and way == os.O_RDONLY:
                    return True
        return False

    def event(self, kind: int, code: int, value: int) -> None:
        """Have the kernel report one event."""
        os.write(self.writer, EVENT.pack(0, 0, kind, code, value))

    def key(self, code: int, *values: int) -> None:
        """Move a key; down and up if nothing is said."""
        for value in values or (1, 0):
            self.event(ecodes.EV_KEY, code, value)
            self.event(ecodes.EV_SYN, ecodes.SYN_REPORT, 0)

    def type(self, text: str) -> None:
        """Type as a badge reader does; a line feed is Enter."""
        for character in text:
            if character == "\n":
                self.key(ENTER)
            elif character in CODES:
                self.key(CODES[character])
            else:
                self.key(SHIFT, 1)
                self.key(SHIFTED_CODES[character])
                self.key(SHIFT, 0)


class PipeDevice(InputDevice[str]):
    """evdev's device on a pipe: reading is evdev's own, only what asks the kernel is not."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)


@dataclass
class UsbStandIn(InputNodes):
    """The ports. ``plug`` and ``unplug`` as often as wanted."""

    root: Path
    plugged: dict[str, Plugged] = field(default_factory=dict)
    grabbed: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        InputNodes.__init__(self, self.root / "dev", self.root / "sys")
        (self.root / "dev").mkdir()
        (self.root / "sys" / "class" / "input").mkdir(parents=True)

    def plug(
        self, way: str, *, name: str = "HID badge reader", keys: str = ALL_KEYS, busy: bool = False
    ) -> Plugged:
        """Plug something in. ``way`` is the way to it, such as ``usb1/1-1/1-1.2``."""
        self.count += 1
        node = self.root / "sys" / "class" / "input" / f"event{self.count}"
        interface = f"{Path(way).name}:1.0/0003:08FF:0009.{self.count:04X}/" if way.startswith("usb") else ""
        place = self.root / "sys" / "devices" / way / f"{interface}input/input{self.count + 20}"
        (place / "capabilities").mkdir(parents=True)
        (place / "capabilities" / "key").write_text(bits_of(keys) + "\n")
        (place / "name").write_text(name + "\n")
        pipe = self.root / "dev" / node.name
        os.mkfifo(pipe)
        plugged = Plugged(node, place, pipe, os.open(pipe, os.O_RDWR | os.O_NONBLOCK), busy=busy)
        self.plugged[str(pipe)] = plugged
        node.mkdir()
        (node / "device").symlink_to(place)
        return plugged

    def unplug(self, plugged: Plugged) -> None:
        """Pull it out."""
        os.close(plugged.writer)
        shutil.rmtree(plugged.node)
        shutil.rmtree(plugged.place)
        plugged.pipe.unlink()
        del self.plugged[str(plugged.pipe)]

    def close(self) -> None:
        for plugged in tuple(self.plugged.values()):
            self.unplug(plugged)

    def take(self, keyboard: Keyboard) -> InputDevice[str]:
        """Open it and grab it, as the kernel lets one do."""
        path = str(keyboard.path)
        self.opened.append(path)
        if self.plugged[path].busy:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        self.grabbed.append(path)
        return PipeDevice(path)


def wait_for(condition: Callable[[], object], patience_s: float = 10.0) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)
