"""USB badge readers and keypads: bound to a port, grabbed, lost and back; strangers told and never read.

The devices are pipes that carry the kernel's own events; a kernel's real ones are in ``tests/vm``.
"""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("evdev", reason="evdev is not installed")

from evdev import ecodes

from hardware.health import DeviceState
from hardware.readers import input_watch
from hardware.readers.input_nodes import InputNodes
from hardware.readers.input_watch import InputWatch, shared_watch
from hardware.readers.typed_number import LONGEST
from hardware.readers.usb import MOST_KEYS, UsbKeypad, UsbReader
from hardware.signals import (
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    DeviceLost,
    KeyPressed,
    Technology,
    UnknownDevice,
)
from hardware.specs import UsbKeypadSpec, UsbReaderSpec, UsbReads
from tests.hardware.listening import Ear
from tests.hardware.usb_stand_in import MOUSE_KEYS, UsbStandIn, wait_for

READER, KEYPAD = DeviceId("gate-in.reader"), DeviceId("gate-in.keypad")
READER_PORT, KEYPAD_PORT = "1-1.2", "1-1.3"
READER_WAY, KEYPAD_WAY = "usb1/1-1/1-1.2", "usb1/1-1/1-1.3"
ELSEWHERE = "usb1/1-1/1-1.4"
CARD = "04a1b2c3"
HALF_NS, LITTLE_MORE_NS = 500_000_000, 700_000_000
LOOKS_NS = 900_000_000
"""Some looks at what is plugged in, where they are hurried."""


@pytest.fixture
def usb(tmp_path: Path) -> Iterator[UsbStandIn]:
    stand_in = UsbStandIn(tmp_path)
    yield stand_in
    stand_in.close()


@pytest.fixture
def watch(usb: UsbStandIn) -> InputWatch:
    return InputWatch(usb)


@pytest.fixture
def reader(watch: InputWatch) -> Iterator[UsbReader]:
    reader = UsbReader(UsbReaderSpec(READER, READER_PORT, UsbReads.HEX), watch)
    yield reader
    reader.close()


@pytest.fixture
def keypad(watch: InputWatch) -> Iterator[UsbKeypad]:
    keypad = UsbKeypad(UsbKeypadSpec(KEYPAD, KEYPAD_PORT), watch)
    yield keypad
    keypad.close()


def heard_out(reader: UsbReader | UsbKeypad, since_ns: int) -> bool:
    """Whether half a second without a key has passed since then, and the reader has seen that."""
    return (
        reader.health.beat_ns or 0
    ) > since_ns + HALF_NS and time.monotonic_ns() > since_ns + LITTLE_MORE_NS


def ready(reader: UsbReader, ear: Ear) -> None:
    """Open it, and wait until what is typed counts."""
    reader.open(ear)
    back = ear.next(DeviceBack).mono_ns
    wait_for(lambda: heard_out(reader, back))


def all_is_quiet(reader: UsbReader | UsbKeypad) -> None:
    """Wait until it has heard a silence after the last key."""
    wait_for(lambda: heard_out(reader, reader.health.seen_ns or 0))


class TestReader:
    def test_reads_a_badge(self, usb: UsbStandIn, reader: UsbReader, ear: Ear) -> None:
        """Digits and Enter are one card, and its number stays out of what is written down."""
        device = usb.plug(READER_WAY)
        ready(reader, ear)
        before = time.monotonic_ns()
        device.type(CARD + "\n")
        frame = ear.next(CardFrame)
        assert (frame.device, frame.technology, frame.number.hex()) == (
            READER,
            Technology.ISO14443_UID,
            CARD,
        )
        assert frame.mono_ns >= before
        assert CARD not in repr(frame)
        assert usb.grabbed == [str(device.pipe)]

    def test_capitals_are_typed_with_shift(self, usb: UsbStandIn, watch: InputWatch, ear: Ear) -> None:
        """Text is the number as it was typed."""
        device = usb.plug(READER_WAY)
        reader = UsbReader(UsbReaderSpec(READER, READER_PORT), watch)
        try:
            ready(reader, ear)
            device.type("Badge #7: ok\n")
            frame = ear.next(CardFrame)
        finally:
            reader.close()
        assert (frame.technology, frame.number) == (Technology.TYPED, b"Badge #7: ok")

    def test_wrong_characters_are_unreadable(self, usb: UsbStandIn, reader: UsbReader, ear: Ear) -> None:
        """A badge of another form is told, counted, and does not spoil the next."""
        device = usb.plug(READER_WAY)
        ready(reader, ear)
        device.type("not hex\n" + CARD + "\n")
        assert "hex" in ear.next(CardUnreadable).why
        ear.next(CardFrame)
        assert reader.health.errors_this_hour == 1

    def test_what_was_typed_around_the_start_is_not_read(
        self, usb: UsbStandIn, reader: UsbReader, ear: Ear
    ) -> None:
        """The end of a number that was being typed is no number."""
        device = usb.plug(READER_WAY)
        device.type(CARD)
        reader.open(ear)
        ear.next(DeviceBack)
        device.type(CARD + "\n")
        all_is_quiet(reader)
        assert ear.quiet
        device.type(CARD + "\n")
        ear.next(CardFrame)

    def test_a_half_typed_badge_dies_of_silence(self, usb: UsbStandIn, reader: UsbReader, ear: Ear) -> None:
        """Half a second without a key, and what was typed is told as unreadable and gone."""
        device = usb.plug(READER_WAY)
        ready(reader, ear)
        device.type(CARD[:4])
        assert "middle" in ear.next(CardUnreadable).why
        device.type(CARD + "\n")
        assert ear.next(CardFrame).number.hex() == CARD

    def test_a_half_typed_badge_dies_with_its_device(
        self, usb: UsbStandIn, reader: UsbReader, ear: Ear
    ) -> None:
        """Unplugged in the middle and plugged in again: back within two seconds, and nothing left over."""
        device = usb.plug(READER_WAY)
        ready(reader, ear)
        device.type(CARD[:4])
        usb.unplug(device)
        assert READER_PORT in ear.next(DeviceLost).why
        assert reader.health.state is DeviceState.LOST
        plugged = time.monotonic_ns()
        device = usb.plug(READER_WAY)
        assert ear.next(DeviceBack).mono_ns - plugged < 2_000_000_000
        device.type(CARD[4:] + "\n")
        all_is_quiet(reader)
        device.type(CARD + "\n")
        assert ear.next(CardFrame).number.hex() == CARD

    def test_a_flood_is_one_unreadable_card(self, usb: UsbStandIn, reader: UsbReader, ear: Ear) -> None:
        """A device that types without end, with Enter or without, is one word and no growing memory."""
        device = usb.plug(READER_WAY)
        ready(reader, ear)
        for _ in range(20):
            device.type("7" * 100)
            wait_for(lambda: not device.unread)
        device.type("\n" + CARD + "\n")
        assert f"more than {LONGEST}" in ear.next(CardUnreadable).why
        all_is_quiet(reader)
        assert ear.quiet
        device.type(CARD + "\n")
        ear.next(CardFrame)

    def test_keys_that_the_kernel_dropped_spoil_the_badge(
        self, usb: UsbStandIn, reader: UsbReader, ear: Ear
    ) -> None:
        """A number with a hole in it could be somebody else's."""
        device = usb.plug(READER_WAY)
        ready(reader, ear)
        device.type(CARD[:4])
        device.event(ecodes.EV_SYN, ecodes.SYN_DROPPED, 0)
        device.type(CARD[4:] + "\n" + CARD + "\n")
        wait_for(lambda: reader.health.errors_this_hour)
        all_is_quiet(reader)
        assert ear.quiet
        device.type(CARD + "\n")
        ear.next(CardFrame)

    def test_a_device_that_cannot_be_grabbed_is_lost(
        self, usb: UsbStandIn, reader: UsbReader, ear: Ear
    ) -> None:
        """What others read as well is not read; once it is free, it is."""
        device = usb.plug(READER_WAY, busy=True)
        reader.open(ear)
        assert "for ourselves alone" in ear.next(DeviceLost).why
        device.busy = False
        ear.next(DeviceBack)

    def test_says_what_it_is(self, usb: UsbStandIn, reader: UsbReader, ear: Ear) -> None:
        """Its page names driver, port and model, and shows that the driver goes round."""
        assert reader.health.state is DeviceState.UNSEEN
        usb.plug(READER_WAY, name="ACME Wedge\x1b[31m")
        reader.open(ear)
        ear.next(DeviceBack)
        about = reader.health.about
        assert about["driver"].startswith("evdev ")
        assert about["port"] == READER_PORT
        assert about["model"] == "ACME Wedge?[31m"
        wait_for(lambda: reader.health.beat_ns is not None)

    def test_several_devices_at_one_port_are_all_grabbed(
        self, usb: UsbStandIn, reader: UsbReader, ear: Ear
    ) -> None:
        """Some readers are two keyboards in one; neither reaches a console; losing one loses both."""
        one, other = usb.plug(READER_WAY), usb.plug(READER_WAY)
        ready(reader, ear)
        assert sorted(usb.grabbed) == sorted((str(one.pipe), str(other.pipe)))
        one.type(CARD[:4])
        other.type(CARD + "\n")
        assert ear.next(CardFrame).number.hex() == CARD
        assert "middle" in ear.next(CardUnreadable).why
        usb.unplug(one)
        ear.next(DeviceLost)
        ear.next(DeviceBack)


class TestKeypad:
    def test_presses_keys(self, usb: UsbStandIn, keypad: UsbKeypad, ear: Ear) -> None:
        """Digits, clear and enter, one signal each, and none for a key that is held."""
        device = usb.plug(KEYPAD_WAY, name="number pad")
        keypad.open(ear)
        ear.next(DeviceBack)
        for name in ("KEY_KP1", "KEY_2", "KEY_KPDOT", "KEY_KPENTER", "KEY_A"):
            device.key(getattr(ecodes, name), 1, 2, 2, 0)
        device.key(ecodes.KEY_9)
        pressed = [ear.next(KeyPressed) for _ in range(5)]
        assert [press.key for press in pressed] == ["1", "2", "*", "#", "9"]
        assert {press.device for press in pressed} == {KEYPAD}
        assert "9" not in repr(pressed[-1]).replace(str(pressed[-1].mono_ns), "")

    def test_a_machine_that_types_is_not_heard(self, usb: UsbStandIn, keypad: UsbKeypad, ear: Ear) -> None:
        """A thousand keys at once are a few keys and a silence; then a hand is heard again."""
        device = usb.plug(KEYPAD_WAY)
        keypad.open(ear)
        ear.next(DeviceBack)
        for _ in range(10):
            device.type("1" * 100)
            wait_for(lambda: not device.unread)
        for _ in range(MOST_KEYS):
            ear.next(KeyPressed)
        all_is_quiet(keypad)
        assert ear.quiet
        assert keypad.health.errors_this_hour == 1
        device.type("5")
        assert ear.next(KeyPressed).key == "5"

    def test_is_lost_and_back(self, usb: UsbStandIn, keypad: UsbKeypad, ear: Ear) -> None:
        """Missing at the start, plugged in, unplugged: each is told once."""
        keypad.open(ear)
        assert KEYPAD_PORT in ear.next(DeviceLost).why
        device = usb.plug(KEYPAD_WAY)
        ear.next(DeviceBack)
        usb.unplug(device)
        ear.next(DeviceLost)
        assert ear.quiet


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at what is plugged in more often than once a second."""
    monkeypatch.setattr(input_watch, "LOOK_S", 0.2)


@pytest.mark.usefixtures("hurried")
class TestStrangers:
    def test_a_second_keyboard_is_told_once_and_never_read(
        self, usb: UsbStandIn, reader: UsbReader, keypad: UsbKeypad, ear: Ear
    ) -> None:
        """Whatever it types opens nothing, and one reader speaks of it."""
        usb.plug(READER_WAY)
        usb.plug(KEYPAD_WAY)
        reader.open(ear)
        keypad.open(ear)
        assert {ear.next(DeviceBack).device, ear.next(DeviceBack).device} == {READER, KEYPAD}
        stranger = usb.plug(ELSEWHERE, name="Evil \x07 Duck")
        told = ear.next(UnknownDevice)
        assert told.what == "Evil ? Duck at USB port 1-1.4"
        stranger.type(CARD + "\n")
        beat = reader.health.beat_ns or 0
        wait_for(lambda: (reader.health.beat_ns or 0) > beat + LOOKS_NS)
        assert ear.quiet
        assert str(stranger.pipe) not in usb.opened
        usb.unplug(stranger)
        again = usb.plug(ELSEWHERE)
        assert ear.next(UnknownDevice).device == told.device
        assert again.pipe != stranger.pipe

    def test_one_that_was_left_plugged_in_is_told_at_the_start(
        self, usb: UsbStandIn, reader: UsbReader, ear: Ear
    ) -> None:
        """An installer's keyboard is reported as well."""
        usb.plug(ELSEWHERE)
        usb.plug("platform/gpio-keys", name="front panel")
        reader.open(ear)
        ear.next(DeviceLost)
        assert {ear.next(UnknownDevice).what, ear.next(UnknownDevice).what} == {
            "HID badge reader at USB port 1-1.4",
            "front panel at no USB port",
        }

    def test_a_keyboard_behind_a_hub_at_our_port_is_a_stranger(
        self, usb: UsbStandIn, reader: UsbReader, ear: Ear
    ) -> None:
        """The port is where our reader is plugged in, not whatever hangs behind it."""
        usb.plug(READER_WAY + "/1-1.2.1")
        reader.open(ear)
        ear.next(DeviceLost)
        assert "1-1.2.1" in ear.next(UnknownDevice).what
        assert not usb.opened

    def test_what_cannot_type_digits_is_nobody(self, usb: UsbStandIn, reader: UsbReader, ear: Ear) -> None:
        """A mouse is no keyboard, neither at our port nor elsewhere."""
        usb.plug(READER_WAY, keys=MOUSE_KEYS)
        usb.plug(ELSEWHERE, keys=MOUSE_KEYS)
        usb.plug(ELSEWHERE, keys="no bitmap")
        reader.open(ear)
        ear.next(DeviceLost)
        wait_for(lambda: reader.health.beat_ns is not None)
        assert ear.quiet

    def test_one_of_ours_that_is_not_open_yet_is_no_stranger(
        self, usb: UsbStandIn, reader: UsbReader, keypad: UsbKeypad, ear: Ear
    ) -> None:
        """Readers are opened one after the other, and closed so."""
        usb.plug(READER_WAY)
        usb.plug(KEYPAD_WAY)
        reader.open(ear)
        ear.next(DeviceBack)
        beat = reader.health.beat_ns or 0
        wait_for(lambda: (reader.health.beat_ns or 0) > beat + LOOKS_NS)
        assert ear.quiet
        keypad.open(ear)
        ear.next(DeviceBack)
        keypad.close()
        wait_for(lambda: (reader.health.beat_ns or 0) > beat + 3 * LOOKS_NS)
        assert ear.quiet


@pytest.mark.usefixtures("hurried")
class TestLife:
    def test_is_silent_before_open_and_after_close(
        self, usb: UsbStandIn, reader: UsbReader, ear: Ear
    ) -> None:
        """Closed, the device is free for others, within a second; opened again, it reads again."""
        device = usb.plug(READER_WAY)
        reader.close()
        ready(reader, ear)
        before = time.monotonic()
        reader.close()
        reader.close()
        assert time.monotonic() - before < 1.0
        assert not device.held
        device.type(CARD + "\n")
        assert ear.quiet
        ready(reader, ear)
        device.type(CARD + "\n")
        ear.next(CardFrame)

    def test_closing_one_leaves_the_other(
        self, usb: UsbStandIn, reader: UsbReader, keypad: UsbKeypad, ear: Ear
    ) -> None:
        """Both are on one thread; the closed one's device is free, the other one's is read."""
        one, other = usb.plug(READER_WAY), usb.plug(KEYPAD_WAY)
        reader.open(ear)
        keypad.open(ear)
        ear.next(DeviceBack)
        ear.next(DeviceBack)
        before = time.monotonic()
        reader.close()
        assert time.monotonic() - before < 1.0
        assert not one.held
        other.type("1")
        assert ear.next(KeyPressed).key == "1"

    def test_leaves_nothing_open(self, usb: UsbStandIn, reader: UsbReader, ear: Ear) -> None:
        """Opened and closed again and again, a reader eats up no files."""
        usb.plug(READER_WAY)
        counts = []
        for _ in range(4):
            reader.open(ear)
            ear.next(DeviceBack)
            reader.close()
            counts.append(len(list(Path("/proc/self/fd").iterdir())))
        assert all(later <= earlier for earlier, later in itertools.pairwise(counts))

    def test_a_fault_of_ours_ends_nothing(
        self,
        usb: UsbStandIn,
        reader: UsbReader,
        ear: Ear,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Whatever goes wrong in the thread, it goes on; and the log holds no word of what was typed."""
        device = usb.plug(READER_WAY)
        ready(reader, ear)
        faults = iter([ValueError(f"secret {CARD}")])

        def fail(_nodes: UsbStandIn) -> list[object]:
            for fault in faults:
                raise fault
            return original(usb)  # type: ignore[return-value]

        original = UsbStandIn.keyboards
        monkeypatch.setattr(UsbStandIn, "keyboards", fail)
        wait_for(lambda: "begins anew" in caplog.text)
        assert CARD not in caplog.text
        wait_for(lambda: device.held)
        now = time.monotonic_ns()
        wait_for(lambda: heard_out(reader, now))
        device.type(CARD + "\n")
        ear.next(CardFrame)

    def test_the_readers_of_a_process_share_one_watch(self) -> None:
        """Without a watch of their own all have the same, which looks where the kernel has devices."""
        assert shared_watch() is shared_watch()
        assert isinstance(InputNodes().keyboards(), list)
