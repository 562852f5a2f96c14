"""USB badge readers and keypads on a real kernel: uinput makes the keyboards, evdev reads and grabs them.

Keyboards made by uinput are on no USB port, so the tests lay out a sysfs in which they are.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("evdev", reason="evdev is not installed")

import evdev

from hardware.readers.input_nodes import DEVICES, SYSFS, InputNodes
from hardware.readers.input_watch import InputWatch
from hardware.readers.usb import UsbKeypad, UsbReader
from hardware.signals import (
    CardFrame,
    DeviceBack,
    DeviceId,
    DeviceLost,
    KeyPressed,
    Technology,
    UnknownDevice,
)
from hardware.specs import UsbKeypadSpec, UsbReaderSpec, UsbReads
from tests.hardware.listening import Ear
from tests.hardware.usb_stand_in import CODES, ENTER, wait_for

pytestmark = pytest.mark.skipif(not Path("/dev/uinput").exists(), reason="no /dev/uinput here")

READER = DeviceId("gate-in.reader")
PORT, WAY, ELSEWHERE = "1-1.2", "usb1/1-1/1-1.2", "usb1/1-1/1-1.4"
CARD = "04a1b2c3"
LITTLE_MORE_NS = 1_500_000_000
"""Than the half second of silence after which a badge counts; the guest is slow."""


def made(name: str, keys: list[int]) -> Any:  # noqa: ANN401 - evdev's keyboard
    """Have the kernel make a keyboard."""
    keyboard: Any = evdev.UInput({evdev.ecodes.EV_KEY: sorted({*keys})}, name=name)
    wait_for(lambda: keyboard.device is not None)
    return keyboard


@dataclass
class Ports:
    """USB ports of our own making, with the kernel's keyboards in them."""

    root: Path
    plugged: list[Any] = field(default_factory=list)

    def plug(self, way: str) -> Any:  # noqa: ANN401 - evdev's keyboard
        """Have the kernel make a keyboard, and lay it out at a port."""
        keyboard: Any = made("HID badge reader", [*CODES.values(), ENTER])
        self.plugged.append(keyboard)
        node = Path(keyboard.device.path).name
        real = SYSFS / "class" / "input" / node / "device"
        place = self.root / "devices" / way / f"{Path(way).name}:1.0" / "input" / real.resolve().name
        (place / "capabilities").mkdir(parents=True)
        for each in ("name", "capabilities/key"):
            (place / each).write_text((real / each).read_text())
        (self.root / "class" / "input" / node).mkdir(parents=True)
        (self.root / "class" / "input" / node / "device").symlink_to(place)
        return keyboard

    def unplug(self, keyboard: Any) -> None:  # noqa: ANN401 - evdev's keyboard
        """Take it away."""
        self.plugged.remove(keyboard)
        node = Path(keyboard.device.path).name
        keyboard.close()
        shutil.rmtree(self.root / "class" / "input" / node)

    def watch(self) -> InputWatch:
        """Watch the ports."""
        return InputWatch(InputNodes(DEVICES, self.root))


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[Ports]:
    ports = Ports(tmp_path)
    yield ports
    for keyboard in tuple(ports.plugged):
        ports.unplug(keyboard)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def reader(ports: Ports) -> Iterator[UsbReader]:
    reader = UsbReader(UsbReaderSpec(READER, PORT, UsbReads.HEX), ports.watch())
    yield reader
    reader.close()


def type_keys(keyboard: Any, text: str) -> None:  # noqa: ANN401 - evdev's keyboard
    for character in text:
        for value in (1, 0):
            keyboard.write(evdev.ecodes.EV_KEY, ENTER if character == "\n" else CODES[character], value)
            keyboard.syn()


def heard_out(reader: UsbReader) -> bool:
    """Whether a badge counts by now."""
    now = time.monotonic_ns()
    seen = reader.health.seen_ns or now
    return now - seen > LITTLE_MORE_NS and (reader.health.beat_ns or 0) - seen > LITTLE_MORE_NS // 3


def test_a_badge_is_read_and_reaches_nobody_else(ports: Ports, reader: UsbReader, ear: Ear) -> None:
    """The kernel gives a grabbed keyboard's keys to us alone: no console sees a card's number."""
    keyboard = ports.plug(WAY)
    reader.open(ear)
    ear.next(DeviceBack)
    wait_for(lambda: heard_out(reader))
    with closing(evdev.InputDevice(keyboard.device.path)) as other:
        type_keys(keyboard, CARD + "\n")
        frame = ear.next(CardFrame)
        assert (frame.technology, frame.number.hex()) == (Technology.ISO14443_UID, CARD)
        assert other.read_one() is None
        reader.close()
        type_keys(keyboard, "1")
        wait_for(lambda: other.read_one() is not None)


def test_a_keyboard_that_somebody_else_grabbed_is_lost(ports: Ports, reader: UsbReader, ear: Ear) -> None:
    """What another program holds is not read, and is taken once it is free."""
    keyboard = ports.plug(WAY)
    keyboard.device.grab()
    reader.open(ear)
    assert "busy" in ear.next(DeviceLost).why.lower()
    keyboard.device.ungrab()
    ear.next(DeviceBack)


def test_unplugging_loses_it_and_a_half_typed_badge(ports: Ports, reader: UsbReader, ear: Ear) -> None:
    """The kernel says that the device is gone; back, it begins anew."""
    keyboard = ports.plug(WAY)
    reader.open(ear)
    ear.next(DeviceBack)
    wait_for(lambda: heard_out(reader))
    type_keys(keyboard, CARD[:4])
    ports.unplug(keyboard)
    assert PORT in ear.next(DeviceLost).why
    keyboard = ports.plug(WAY)
    ear.next(DeviceBack)
    wait_for(lambda: heard_out(reader))
    type_keys(keyboard, CARD + "\n")
    assert ear.next(CardFrame).number.hex() == CARD


def test_a_flood_stays_bounded(ports: Ports, reader: UsbReader, ear: Ear) -> None:
    """More keys than the kernel keeps: no number comes of what is left, and afterwards one is read again."""
    keyboard = ports.plug(WAY)
    reader.open(ear)
    ear.next(DeviceBack)
    wait_for(lambda: heard_out(reader))
    type_keys(keyboard, "7" * 3000 + "\n" + CARD + "\n")
    wait_for(lambda: reader.health.errors_this_hour)
    wait_for(lambda: heard_out(reader))
    type_keys(keyboard, "04a1b2c4\n")
    assert ear.skip_to(CardFrame).number.hex() == "04a1b2c4"


def test_a_keypad_presses_keys(ports: Ports, ear: Ear) -> None:
    """Digits and Enter, one signal each."""
    keyboard = ports.plug(WAY)
    keypad = UsbKeypad(UsbKeypadSpec(READER, PORT), ports.watch())
    try:
        keypad.open(ear)
        ear.next(DeviceBack)
        type_keys(keyboard, "42\n")
        assert [ear.next(KeyPressed).key for _ in range(3)] == ["4", "2", "#"]
    finally:
        keypad.close()


def test_a_second_keyboard_is_told_and_not_read(ports: Ports, reader: UsbReader, ear: Ear) -> None:
    """Whatever it types, nothing comes of it but word that it is there."""
    ports.plug(WAY)
    reader.open(ear)
    ear.next(DeviceBack)
    wait_for(lambda: heard_out(reader))
    stranger = ports.plug(ELSEWHERE)
    assert ELSEWHERE.rpartition("/")[2] in ear.next(UnknownDevice).what
    type_keys(stranger, CARD + "\n")
    now = time.monotonic_ns()
    wait_for(lambda: (reader.health.beat_ns or 0) > now + LITTLE_MORE_NS)
    assert ear.quiet


def test_the_kernels_own_list_is_understood() -> None:
    """In the real sysfs, a keyboard of uinput types digits and is on no USB port."""
    with made("made by uinput", [CODES["1"]]) as keyboard:
        found = {each.path: each for each in InputNodes().keyboards()}[Path(keyboard.device.path)]
    assert str(found) == "made by uinput at no USB port"
