"""How a key gets into a reader: in a stated window, with the install key then and at no other time."""

import ctypes
import time
from pathlib import Path

import pytest

pytest.importorskip("osdp", reason="pip install 'accessctl[osdp]'")


from hardware.patterns import STEPS
from hardware.readers import osdp_nonces
from hardware.readers.osdp import OsdpBus
from hardware.readers.osdp_frames import Answer, Command, Finder
from hardware.readers.osdp_keys import key_number
from hardware.readers.osdp_link import Pace
from hardware.readers.osdp_reasons import KEYLESS
from hardware.signals import (
    CardFrame,
    DeviceBack,
    DeviceLost,
    PairingFailed,
    ReaderInsecure,
    ReaderPaired,
    ReaderSecured,
)
from hardware.simulated.osdp_device import SimulatedOsdpLine, SimulatedOsdpReader, Way
from hardware.specs import OsdpBusSpec, OsdpReaderSpec
from tests.hardware.listening import PATIENCE_S, Ear
from tests.hardware.osdp_rig import BAUD, KEY, OTHER_KEY, UID, Rig, Spot, challenges, name, rig, settle, up
from tests.hardware.osdp_thief import codes_of, forge

BRISK = Pace(retry_s=0.2, loss_s=1.0)
WINDOW_S = 8.0
SHORT_S = 0.6
OWN, INSTALL = b"\x01", b"\x00"


class Hush:
    """Lets nothing through from a reader once it has taken this key."""

    def __init__(self, built: Rig, key: bytes) -> None:
        self._built, self._key = built, key
        built.line.meddle = self

    def __call__(self, way: Way, data: bytes) -> bytes:
        return b"" if way is Way.TO_PANEL and self._built.device.key == self._key else data


def keyless(built: Rig) -> None:
    assert built.ear.next(DeviceLost).why == KEYLESS


def test_a_new_reader_takes_its_key() -> None:
    """A reader in install mode is told its key, comes up with it, and reads from then on."""
    with rig(Spot(key=None, keys=()), pace=BRISK) as built:
        keyless(built)
        built.reader.pair(KEY, WINDOW_S)
        built.ear.next(DeviceBack)
        assert built.ear.next(ReaderSecured).key == key_number(KEY)
        built.ear.next(ReaderPaired)
        assert built.device.key == KEY
        assert built.reader.health.about["key"] == "own key"
        settle(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID


def test_after_pairing_only_the_new_key_is_used() -> None:
    """A reader that comes back after its pairing is spoken to with its own key and no other."""
    with rig(Spot(key=None, keys=()), pace=BRISK) as built:
        keyless(built)
        built.reader.pair(KEY, WINDOW_S)
        built.ear.skip_to(ReaderPaired)
        built.line.capture.clear()
        built.device.unplug()
        built.ear.next(DeviceLost)
        built.device.plug_in()
        built.ear.next(DeviceBack)
        built.ear.next(ReaderSecured)
        assert {challenge[:1] for challenge in challenges(built.line)} == {OWN}
        assert Command.KEYSET not in codes_of(built.line.captured(Way.TO_READER))


def test_the_window_closes() -> None:
    """A reader that is not in install mode takes no key, and the attempt ends with its window."""
    with rig(Spot(key=OTHER_KEY, keys=()), pace=BRISK) as built:
        keyless(built)
        built.reader.pair(KEY, SHORT_S)
        assert built.ear.next(PairingFailed).why
        assert built.device.key == OTHER_KEY
        tried = len(challenges(built.line))
        assert tried
        assert INSTALL not in {challenge[:1] for challenge in challenges(built.line)[tried:]}
        assert built.reader.health.about["key"] == "none"
        assert built.ear.quiet


def test_a_reader_that_is_not_there_cannot_be_paired() -> None:
    """The window ends all the same, with a reason that an installer understands."""
    with rig(Spot(key=None, keys=()), pace=BRISK, is_open=False) as built:
        built.device.unplug()
        built.reader.open(built.ear)
        keyless(built)
        built.reader.pair(KEY, SHORT_S)
        assert "does not answer" in built.ear.next(PairingFailed).why


def test_a_reader_switched_to_install_mode_within_the_window_is_paired() -> None:
    """The installer may open the window first and switch the reader then."""
    with rig(Spot(key=None, keys=()), pace=BRISK, is_open=False) as built:
        built.device.unplug()
        built.reader.open(built.ear)
        keyless(built)
        built.reader.pair(KEY, WINDOW_S)
        while not challenges(built.line) and not built.line.capture:
            time.sleep(0.01)
        built.device.plug_in()
        built.ear.next(DeviceBack)
        built.ear.next(ReaderSecured)
        built.ear.next(ReaderPaired)


@pytest.mark.parametrize("weak", [bytes(16), bytes(range(0x30, 0x40)), KEY[:15]])
def test_a_key_that_can_be_guessed_is_not_installed(weak: bytes) -> None:
    """A reader is never given a key that is none."""
    with rig(Spot(key=None, keys=())) as built:
        keyless(built)
        built.reader.pair(weak, WINDOW_S)
        assert "key" in built.ear.next(PairingFailed).why
        assert not built.line.capture


def test_a_key_is_changed_inside_the_session() -> None:
    """A reader with a key of its own is told the next one encrypted: no install key, nothing to overhear."""
    with rig(pace=BRISK) as built:
        up(built)
        built.reader.pair(OTHER_KEY, WINDOW_S)
        assert built.ear.next(ReaderSecured).key == key_number(OTHER_KEY)
        built.ear.next(ReaderPaired)
        assert built.device.key == OTHER_KEY
        assert {challenge[:1] for challenge in challenges(built.line)} == {OWN}
        assert OTHER_KEY not in built.line.captured(Way.TO_READER)
        settle(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID


def test_a_refused_key_leaves_the_old_one() -> None:
    """A reader that says no to a new key goes on with its old one."""
    from osdp import Command as OsdpCommand

    with rig(pace=BRISK) as built:
        up(built)
        built.device.refuses.add(OsdpCommand.Keyset)
        built.reader.pair(OTHER_KEY, WINDOW_S)
        assert "refused" in built.ear.next(PairingFailed).why
        built.ear.next(ReaderSecured)
        settle(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID


def test_a_forged_yes_to_a_new_key_costs_no_reader() -> None:
    """Whoever answers in the reader's place makes it seem to have a new key; the old one is found to work."""
    with rig(pace=BRISK) as built:
        up(built)

        def meddle(way: Way, data: bytes) -> bytes:
            if way is Way.TO_READER and Command.KEYSET in codes_of(data):
                frame = Finder().feed(data)[0][0]
                built.line.inject(forge(5, frame.raw[4] & 3, Answer.ACK, b""))
                return b""
            return data

        built.line.meddle = meddle
        built.reader.pair(OTHER_KEY, WINDOW_S)
        assert "old key" in built.ear.next(PairingFailed).why
        built.ear.next(ReaderSecured)
        assert built.device.key == KEY


def test_nothing_is_read_while_a_key_is_being_installed() -> None:
    """A card that is shown in the window is not read, whatever channel the reader uses then."""
    with rig(Spot(key=OTHER_KEY, keys=()), pace=BRISK) as built:
        keyless(built)
        built.reader.pair(KEY, SHORT_S)
        built.device.show(UID)
        built.ear.next(PairingFailed)
        assert built.ear.quiet
        assert UID not in built.line.captured(Way.TO_PANEL)


def test_the_other_readers_go_on_during_a_pairing() -> None:
    """Only the address that is paired hears the install key; its neighbour reads on."""
    with rig(Spot(5), Spot(6, None, ()), pace=BRISK) as built:
        up(built, 0)
        built.ears[1].next(DeviceLost)
        built.readers[1].pair(OTHER_KEY, WINDOW_S)
        built.ears[1].skip_to(ReaderPaired)
        built.devices[0].show(UID)
        assert built.ears[0].next(CardFrame).number == UID
        sent = Finder().feed(built.line.captured(Way.TO_READER))[0]
        assert {f.address for f in sent if f.block_data == INSTALL} == {6}


def test_the_handshake_is_that_of_the_standard() -> None:
    """With the numbers of the standard's example (Annex E), its cryptograms are what goes over the line."""
    panels, readers = bytes(range(0xB0, 0xB8)), bytes(range(0xA0, 0xA8))
    begun = False

    def script(numbers: bytes) -> None:
        """Have the generator draw these bytes next: its outputs are sums of two words of its state."""
        words = [0] * 31
        sums = [(number << 24 | 1 << 23) for number in numbers]
        for place, total in enumerate(sums):
            words[place + 3] = (total - (sums[place - 3] if place > 2 else 0)) % 2**32
        osdp_nonces.load(b"".join(word.to_bytes(4, "little") for word in words))

    def renew() -> None:
        if not begun:
            script(panels)

    with rig(Spot(key=None, keys=()), pace=BRISK, renew=renew) as built:
        keyless(built)

        def meddle(way: Way, data: bytes) -> bytes:
            nonlocal begun
            if way is Way.TO_READER and Command.CHALLENGE in codes_of(data) and INSTALL + b"\x76" in data:
                begun = True
                script(readers)
            return data

        built.line.meddle = meddle
        built.reader.pair(KEY, WINDOW_S)
        built.ear.skip_to(ReaderPaired)
        sent, answered = built.line.captured(Way.TO_READER), built.line.captured(Way.TO_PANEL)
        assert b"\x03\x11\x00\x76" + panels in sent
        assert readers + bytes.fromhex("fde5d2f428ec16312471ea3c02bd7796") in answered
        assert b"\x03\x13\x00\x77" + bytes.fromhex("26d3356e07762d262801fc8e6665a891") in sent
        assert b"\x78" + bytes.fromhex("b2a30057eb98ba2229ec1f875662b524") in answered
    ctypes.CDLL(None).srand(1)


def test_a_disturbed_change_of_keys_does_not_fall_back_to_the_install_key() -> None:
    """Whoever cuts a reader off while it is given a new key, and plays one in install mode, gets no key."""
    with rig(pace=BRISK) as built:
        up(built)

        def meddle(way: Way, data: bytes) -> bytes:
            if way is Way.TO_READER and Command.KEYSET in codes_of(data):
                built.device.unplug()
                built.device.key = None
                built.device.plug_in()
                return b""
            return data

        built.line.meddle = meddle
        built.reader.pair(OTHER_KEY, 2.5)
        built.ear.skip_to(PairingFailed)
        assert {challenge[:1] for challenge in challenges(built.line)} == {OWN}
        assert built.device.key is None
        assert OTHER_KEY not in built.line.captured(Way.TO_READER)


@pytest.mark.parametrize("spot", [Spot(), Spot(key=None, keys=())], ids=["in its session", "install mode"])
def test_a_reader_that_took_its_key_unheard_is_found(spot: Spot) -> None:
    """A window that closed between a reader's new key and its answer has not lost the reader."""
    with rig(spot, pace=BRISK) as built:
        up(built) if spot.key else keyless(built)
        Hush(built, OTHER_KEY)
        built.reader.pair(OTHER_KEY, 1.5)
        built.ear.skip_to(PairingFailed)
        assert built.device.key == OTHER_KEY
        built.line.meddle = None
        built.ear.skip_to(DeviceBack)
        assert built.ear.next(ReaderSecured).key == key_number(OTHER_KEY)
        settle(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID


def test_a_key_that_no_reader_was_sent_is_not_tried() -> None:
    """Control of the test before: after a window in which nobody was told the key, it is not looked for."""
    with rig(Spot(key=OTHER_KEY, keys=()), pace=BRISK) as built:
        keyless(built)
        built.reader.pair(OTHER_KEY[::-1], SHORT_S)
        built.ear.next(PairingFailed)
        built.device.unplug()
        built.device.key = OTHER_KEY[::-1]
        built.device.plug_in()
        tried = len(challenges(built.line))
        time.sleep(3 * BRISK.retry_s)
        assert len(challenges(built.line)) == tried
        assert built.ear.quiet


@pytest.mark.parametrize("proved", [KEY, OTHER_KEY], ids=["the older", "the newer"])
def test_no_other_key_is_tried_once_one_has_proved_itself(proved: bytes) -> None:
    """Of two keys that a reader may have, the one that it turns out not to have lets nobody in any more."""
    (other,) = {KEY, OTHER_KEY} - {proved}
    with rig(Spot(key=proved, keys=(OTHER_KEY, KEY)), pace=BRISK) as built:
        up(built)
        built.device.unplug()
        built.device.key = other
        built.device.plug_in()
        built.ear.skip_to(ReaderInsecure)
        assert built.ear.quiet


def test_a_replaced_key_is_forgotten_by_the_line() -> None:
    """After a change of keys nothing is kept that could speak with the old one."""
    with rig(pace=BRISK) as built:
        up(built)
        built.reader.pair(OTHER_KEY, WINDOW_S)
        built.ear.skip_to(ReaderPaired)
        ends = time.monotonic() + PATIENCE_S
        while len(built.reader.link._panels) > 1:
            assert time.monotonic() < ends
            time.sleep(0.01)
        settle(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID


def test_a_window_that_is_over_is_not_taken_up(tmp_path: Path, ear: Ear) -> None:
    """A port that comes back after the window finds a reader in install mode that hears nothing of a key."""
    device = SimulatedOsdpReader(5)
    with SimulatedOsdpLine(device) as line:
        port = tmp_path / "adapter"
        spec = OsdpReaderSpec(name(5), OsdpBusSpec("yard", str(port), BAUD), 5)
        reader = OsdpBus([spec], {}, (), STEPS, pace=BRISK).readers[name(5)]
        reader.open(ear)
        ear.next(DeviceLost)
        reader.pair(KEY, 0)
        port.symlink_to(line.port)
        ear.next(PairingFailed)
        reader.close()
        assert line.captured(Way.TO_READER) == b""
        assert device.key is None
