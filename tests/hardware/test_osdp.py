"""An OSDP panel against libosdp's own device side, over a pseudo terminal: readers in service."""

import os
import time

import pytest

pytest.importorskip("osdp", reason="pip install 'accessctl[osdp]'")


from hardware.card_formats import FORMATS
from hardware.health import DeviceState
from hardware.patterns import STEPS
from hardware.ports import SecureReader
from hardware.readers import osdp_nonces
from hardware.readers.osdp import OsdpBus
from hardware.readers.osdp_keys import key_number
from hardware.readers.osdp_reasons import KEYLESS
from hardware.readers.wiegand import encode
from hardware.signals import (
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceLost,
    KeyPressed,
    ReaderInsecure,
    ReaderPower,
    ReaderSecured,
    ReaderTampered,
    Technology,
)
from hardware.specs import OsdpBusSpec, OsdpReaderSpec
from tests.hardware.listening import Ear
from tests.hardware.osdp_rig import KEY, OTHER_KEY, UID, Rig, Spot, challenges, name, rig, settle, up

H10301 = FORMATS["h10301"]


def bits_of(frame: tuple[int, ...]) -> tuple[bytes, int]:
    written = "".join(map(str, frame))
    padded = written.ljust(-(-len(written) // 8) * 8, "0")
    return int(padded, 2).to_bytes(len(padded) // 8, "big"), len(written)


def test_a_reader_is_there_once_its_channel_is_secure() -> None:
    """Its first words are that it is back, and with which key."""
    with rig() as built:
        assert built.ear.next(DeviceBack).device == name(5)
        assert built.ear.next(ReaderSecured).key == key_number(KEY)
        health = built.reader.health
        assert health.state is DeviceState.HERE
        assert health.beat_ns is not None
        assert health.seen_ns is not None
        assert health.about["driver"].startswith("libosdp 3.")
        assert (health.about["key"], health.about["address"], health.about["baud"]) == (
            "own key",
            "5",
            "115200",
        )
        assert (health.about["firmware"], health.about["serial"]) == ("1.2.3", "00001234")


def test_a_card_is_read_byte_by_byte() -> None:
    """Without a format the bytes are the card's own number."""
    with rig() as built:
        up(built)
        built.device.show(UID)
        frame = built.ear.next(CardFrame)
        assert (frame.technology, frame.number) == (Technology.ISO14443_UID, UID)


def test_a_card_is_read_bit_by_bit() -> None:
    """With a format it is a Wiegand number, facility and all."""
    with rig(Spot(format=H10301)) as built:
        up(built)
        built.device.show(*bits_of(encode(H10301, 123, 4567)))
        frame = built.ear.next(CardFrame)
        assert (frame.technology, frame.number) == (Technology.WIEGAND, b"h10301:123:4567")


def test_a_card_with_wrong_parity_or_length_is_not_read() -> None:
    """Nothing is cut off, filled up or believed that does not fit the format."""
    frame = encode(H10301, 123, 4567)
    with rig(Spot(format=H10301)) as built:
        up(built)
        for wrong in ((1 - frame[0], *frame[1:]), (*frame, 0), frame[:-1], frame[:8]):
            built.device.show(*bits_of(wrong))
            assert built.ear.next(CardUnreadable).why
        assert built.ear.quiet


@pytest.mark.parametrize("number", [b"\x08\x01\x02\x03", b"\0\0\0\0", b"\1\2\3\4\5", b"\x88\1\2\3"])
def test_a_number_that_names_no_card_is_not_read(number: bytes) -> None:
    """Random, blank, incomplete numbers and such of no known length are refused here as at any reader."""
    with rig() as built:
        up(built)
        built.device.show(number)
        assert built.ear.next(CardUnreadable).why


def test_keys_are_read_where_the_keypad_counts() -> None:
    """Digits, star and hash come as keys, in their order."""
    with rig() as built:
        up(built)
        built.device.press("4*7#")
        assert [built.ear.next(KeyPressed).key for _ in range(4)] == list("4*7#")


def test_keys_of_a_reader_without_a_keypad_do_not_count() -> None:
    """A reader that is not said to have keys cannot type a code."""
    with rig(Spot(keypad=False)) as built:
        up(built)
        built.device.press("1234#")
        built.device.show(UID)
        built.ear.next(CardFrame)
        assert built.ear.quiet


def test_tamper_and_power_are_told_at_every_change() -> None:
    """An opened housing and a failing supply are signals of their own, each way once."""
    with rig() as built:
        up(built)
        for active in (True, False):
            built.device.tamper(active=active)
            assert built.ear.next(ReaderTampered).active is active
        for failed in (True, False):
            built.device.fail_power(failed=failed)
            assert built.ear.next(ReaderPower).failed is failed
        assert built.ear.quiet


def test_tamper_from_before_the_start_is_told() -> None:
    """A housing that was opened while nobody listened is known as soon as the reader is there."""
    with rig(is_open=False) as built:
        built.device.tamper(active=True)
        built.reader.open(built.ear)
        assert built.ear.skip_to(ReaderTampered).active


def test_a_reader_that_is_well_says_so_once(ear: Ear) -> None:
    """Whoever listens may hold it for tampered, from before its driver was started anew."""
    with rig(is_open=False) as built:
        for _ in range(2):
            built.reader.open(ear)
            assert not ear.skip_to(ReaderTampered).active
            assert not ear.next(ReaderPower).failed
            settle(built)
            built.device.show(UID)
            ear.next(CardFrame)
            built.reader.close()


def test_a_silent_reader_is_lost_and_comes_back() -> None:
    """Silence is noticed within 3 s, and the reader is back within 3 s of its return."""
    with rig() as built:
        up(built)
        unplugged = time.monotonic()
        built.device.unplug()
        assert "does not answer" in built.ear.next(DeviceLost).why
        assert time.monotonic() - unplugged < 3
        assert built.reader.health.state is DeviceState.LOST
        plugged = time.monotonic()
        built.device.plug_in()
        built.ear.next(DeviceBack)
        assert time.monotonic() - plugged < 3
        built.ear.next(ReaderSecured)
        settle(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID


def test_a_reader_that_was_never_there_is_lost() -> None:
    """The first word about a reader that does not answer is that it is lost, once."""
    with rig(is_open=False) as built:
        built.device.unplug()
        built.reader.open(built.ear)
        assert built.ear.next(DeviceLost).why
        built.device.plug_in()
        built.ear.next(DeviceBack)


def test_what_was_shown_before_the_line_was_up_is_not_read() -> None:
    """A start of the panel releases no door by a card that was shown to a reader while nobody asked."""
    with rig() as built:
        up(built)
        built.reader.close()
        built.device.show(UID)
        built.device.press("1234#")
        built.reader.open(built.ear)
        built.ear.next(DeviceBack)
        built.ear.next(ReaderSecured)
        assert "show it again" in built.ear.next(CardUnreadable).why
        settle(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID
        assert built.ear.quiet


def test_each_key_is_tried_until_one_fits() -> None:
    """A reader that was not given its newest key yet works with the one before."""
    with rig(Spot(key=OTHER_KEY, keys=(KEY, OTHER_KEY))) as built:
        built.ear.next(DeviceBack)
        assert built.ear.next(ReaderSecured).key == key_number(OTHER_KEY)
        settle(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID


def test_a_reader_without_a_key_is_never_spoken_to() -> None:
    """There is no secure channel without a key, and nothing else that one could say to a reader."""
    with rig(Spot(5, None, ()), Spot(6)) as built:
        assert built.ear.next(DeviceLost).why == KEYLESS
        up(built, 1)
        built.devices[1].show(UID)
        built.ears[1].next(CardFrame)
        assert built.reader.health.about["key"] == "none"
        assert all(heard.data[1] != 5 for heard in built.line.capture if heard.data[:1] == b"\x53")
        assert built.ear.quiet


@pytest.mark.parametrize("weak", [bytes(16), bytes(range(0x30, 0x40)), bytes(range(1, 17)), KEY[:8] * 2])
def test_a_key_that_can_be_guessed_is_refused(weak: bytes) -> None:
    """A patterned key is as good as none, and said to be so; the reader is not spoken to with it."""
    with rig(Spot(key=weak, keys=(weak,))) as built:
        built.ear.next(DeviceLost)
        assert "key" in built.ear.next(ReaderInsecure).why
        assert not built.line.capture
        assert built.ear.quiet


def test_readers_share_a_line() -> None:
    """Three readers at three addresses, each with its own key, each heard as itself."""
    keys = [os.urandom(16) for _ in range(3)]
    with rig(*(Spot(address, key, (key,)) for address, key in enumerate(keys))) as built:
        for number in range(3):
            up(built, number)
        for number, device in enumerate(built.devices):
            device.show(UID[:6] + bytes([number]))
        for number, ear in enumerate(built.ears):
            assert ear.next(CardFrame).number[-1] == number


def test_a_lost_reader_takes_no_other_along() -> None:
    """While one reader of a line is lost, the other ones go on reading."""
    with rig(Spot(5), Spot(6)) as built:
        up(built, 0)
        up(built, 1)
        built.devices[0].unplug()
        built.ears[0].next(DeviceLost)
        for _ in range(5):
            built.devices[1].show(UID)
            assert built.ears[1].next(CardFrame).number == UID
        assert built.ears[1].quiet


def test_a_port_that_is_not_there_is_no_exception(ear: Ear) -> None:
    """An adapter that is not plugged in is a lost reader with a reason that an installer understands."""
    spec = OsdpReaderSpec(name(5), OsdpBusSpec("yard", "/dev/serial/by-path/none"), 5)
    reader = OsdpBus([spec], {name(5): (KEY,)}, (), STEPS).readers[name(5)]
    reader.open(ear)
    assert "no serial port /dev/serial/by-path/none" in ear.next(DeviceLost).why
    reader.close()


def test_a_port_that_is_pulled_loses_its_readers() -> None:
    """All readers of a line are lost at once with its adapter, and nothing hangs."""
    with rig(Spot(5), Spot(6)) as built:
        up(built, 0)
        up(built, 1)
        built.line.pull()
        for ear in built.ears:
            assert "serial port" in ear.next(DeviceLost).why


def test_a_command_that_is_refused_costs_no_reader() -> None:
    """A reader that says no to a command is there again at once, and is not asked that again."""
    from osdp import Command

    with rig() as built:
        built.device.refuses.add(Command.Status)
        built.ear.next(DeviceBack)
        built.ear.next(ReaderSecured)
        built.ear.next(ReaderSecured)
        settle(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID
        assert built.ear.quiet
        assert "refused command 64" in built.reader.health.last_error


def test_close_is_quick_and_final() -> None:
    """A bus is closed within a second, from any state, more than once, and can be opened again."""
    with rig() as built:
        for was_shown in (False, True):
            built.ear.skip_to(ReaderSecured)
            if was_shown:
                built.ear.next(CardUnreadable)
            began = time.monotonic()
            built.reader.close()
            built.reader.close()
            assert time.monotonic() - began < 1
            built.device.show(UID)
            assert built.ear.quiet
            built.reader.open(built.ear)
        built.ear.skip_to(ReaderSecured)


def test_two_readers_of_one_address_cannot_be() -> None:
    """An address is one reader's; so is a line's baud rate all of its readers'."""
    bus = OsdpBusSpec("yard", "/dev/null")
    with pytest.raises(ValueError, match="same address"):
        OsdpBus([OsdpReaderSpec(name(1), bus, 5), OsdpReaderSpec(name(2), bus, 5)], {}, (), STEPS)
    faster = OsdpBusSpec("yard", "/dev/null", 115_200)
    with pytest.raises(ValueError, match="baud"):
        OsdpBus([OsdpReaderSpec(name(1), bus, 5), OsdpReaderSpec(name(2), faster, 6)], {}, (), STEPS)


def test_every_handshake_begins_with_another_number() -> None:
    """The panel's half of a handshake is never the same, and never that of an unseeded generator."""
    with rig() as built:
        for _ in range(4):
            built.ear.skip_to(ReaderSecured)
            built.reader.close()
            built.reader.open(built.ear)
        built.ear.skip_to(ReaderSecured)
        seen = challenges(built.line)
        assert len(set(seen)) == len(seen) >= 5
        assert b"\x01" + bytes.fromhex("d764c8cce93255c4") not in seen


def test_a_reader_can_be_closed_and_opened_at_once() -> None:
    """Whoever opens a reader is told anew how it is, however short it was closed, while its line goes on."""
    with rig(Spot(5), Spot(6)) as built:
        for _ in range(20):
            built.ears[0].next(DeviceBack)
            built.ears[0].next(ReaderSecured)
            built.readers[0].close()
            built.readers[0].open(built.ears[0])
        up(built, 1)


def test_a_reader_is_one_that_can_be_paired() -> None:
    """It keeps the contract of readers with a secure channel, and closing what was never open is closing."""
    with rig(is_open=False) as built:
        assert isinstance(built.reader, SecureReader)
        assert built.reader.health.state is DeviceState.UNSEEN
        built.reader.close()


def test_a_failure_of_our_own_ends_no_line(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong while a line is served: its readers are lost, said to be so, and come back."""
    failed: list[bool] = []

    def renew() -> None:
        if built and not failed:
            failed.append(True)
            raise RuntimeError("out of chance")
        osdp_nonces.renew()

    built: list[Rig] = []
    with rig(renew=renew) as rigged:
        up(rigged)
        built.append(rigged)
        assert "the log says how" in rigged.ear.next(DeviceLost).why
        assert "out of chance" in caplog.text
        up(rigged)
        rigged.device.show(UID)
        assert rigged.ear.next(CardFrame).number == UID


def test_a_reader_that_is_closed_at_once_is_closed() -> None:
    """A bus that is closed before its thread has looked round once comes to a clean end."""
    with rig(is_open=False) as built:
        for _ in range(50):
            built.reader.open(built.ear)
            built.reader.close()
        assert built.bus._thread is None
