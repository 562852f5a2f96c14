"""PC/SC readers told apart by USB port: a real pcscd, a made-up ``/sys``, a driver that says where it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.errors import ReaderNamesOverlap
from hardware.readers.usb_ports import place_of_channel, port_of
from hardware.signals import CardFrame, CardUnreadable, DeviceBack, DeviceId, DeviceLost
from hardware.specs import PcscReaderSpec
from tests.hardware.listening import Ear
from tests.hardware.private_pcscd import READER, SECOND_READER, PrivatePcscd
from tests.hardware.usb_ports import FIRST_PORT, SECOND_PORT
from tests.hardware.virtual_card import VirtualCard, uid_card

pytest.importorskip("smartcard", reason="pip install pyscard")

from hardware.readers.pcsc import PcscReader, pcsc_readers

UID = bytes.fromhex("04a1b2c3d4e5f6")
GATE = PcscReaderSpec(DeviceId("gate-in.reader"), usb_port=SECOND_PORT)


@contextmanager
def opened(ear: Ear, spec: PcscReaderSpec, sysfs: Path) -> Iterator[PcscReader]:
    [reader] = pcsc_readers([spec], sysfs=sysfs)
    reader.open(ear)
    try:
        yield reader
    finally:
        reader.close()


@pytest.mark.parametrize(
    ("channel_id", "place"),
    [(0x0020_0104, (1, 4)), (0x0020_0A7F, (10, 127)), (0x0001_0104, None), (0, None)],
)
def test_a_channel_id_tells_bus_and_address(channel_id: int, place: tuple[int, int] | None) -> None:
    """Only what hangs on USB has a bus and an address there."""
    assert place_of_channel(channel_id) == place


def test_a_port_is_found_by_bus_and_address(sysfs: Path) -> None:
    """The same address on another bus is another device, and an address that nobody has is no port."""
    assert port_of(1, 4, sysfs) == FIRST_PORT
    assert port_of(2, 4, sysfs) == "2-1"
    assert port_of(1, 6, sysfs) is None
    assert port_of(1, 4, sysfs / "nothing here") is None


def test_a_device_that_is_just_unplugged_is_passed_over(sysfs: Path) -> None:
    """A folder whose files go away or say nonsense while they are read is no port, and no error."""
    devices = sysfs / "bus" / "usb" / "devices"
    (devices / FIRST_PORT / "devnum").unlink()
    (devices / "2-1" / "devnum").write_text("")
    assert port_of(1, 4, sysfs) is None
    assert port_of(1, 5, sysfs) == SECOND_PORT


def test_of_two_of_a_kind_the_one_at_the_port_is_taken(
    pcscd: PrivatePcscd, usb_driver: Path, sysfs: Path, ear: Ear
) -> None:
    """Of two readers whose names begin alike, the USB port tells which one is meant."""
    pcscd.start(driver=usb_driver)
    with opened(ear, PcscReaderSpec(GATE.id, "Virtual PCD", SECOND_PORT), sysfs) as reader:
        ear.skip_to(DeviceBack)
        with VirtualCard(pcscd.port, uid_card(b"\x04other")):
            with VirtualCard(pcscd.port + 1, uid_card(UID)):
                assert ear.next(CardFrame).number == UID
            assert ear.quiet
        about = reader.health.about
        assert (about["model"], about["vendor"], about["firmware"]) == (SECOND_READER, "Made-up", "2.14")
        assert about["usb port"] == SECOND_PORT


def test_nothing_at_the_port_is_a_lost_reader_that_names_it(
    pcscd: PrivatePcscd, usb_driver: Path, sysfs: Path, ear: Ear
) -> None:
    """A reader that hangs elsewhere does not stand in, and the loss names the port that was looked at."""
    pcscd.start(driver=usb_driver)
    with opened(ear, PcscReaderSpec(GATE.id, usb_port="1-1.2"), sysfs):
        assert "1-1.2" in ear.next(DeviceLost).why
        with VirtualCard(pcscd.port, uid_card(UID)) as card:
            assert card.commands.empty()
        assert ear.quiet


def test_a_reader_that_says_no_place_is_not_taken(pcscd: PrivatePcscd, sysfs: Path, ear: Ear) -> None:
    """Where a reader does not tell its USB port, it is not believed to be at the wanted one."""
    pcscd.start()
    with opened(ear, GATE, sysfs):
        assert SECOND_PORT in ear.next(DeviceLost).why


def test_a_reader_that_was_exchanged_unseen_reads_nothing(
    pcscd: PrivatePcscd, usb_driver: Path, sysfs: Path, ear: Ear
) -> None:
    """If another reader has the name by the time a card comes, the card is not read as if it came here."""
    pcscd.start(driver=usb_driver)
    with opened(ear, PcscReaderSpec(GATE.id, READER, FIRST_PORT), sysfs):
        ear.skip_to(DeviceBack)
        devices = sysfs / "bus" / "usb" / "devices"
        (devices / FIRST_PORT).rename(devices / "1-1.1")
        with VirtualCard(pcscd.port, uid_card(UID)):
            assert "another reader" in ear.next(CardUnreadable).why
            assert FIRST_PORT in ear.next(DeviceLost).why
        (devices / "1-1.1").rename(devices / FIRST_PORT)
        pcscd.kill()
        pcscd.start(driver=usb_driver)
        ear.next(DeviceBack)
        with VirtualCard(pcscd.port, uid_card(UID)):
            ear.next(CardFrame)


def test_two_of_one_name_at_two_ports_are_two_readers() -> None:
    """Ports that differ tell readers apart, whatever their names; one port, or a name and a port, do not."""
    yard = DeviceId("yard-in.reader")
    one = PcscReaderSpec(GATE.id, "ACS", FIRST_PORT)
    assert len(pcsc_readers([one, PcscReaderSpec(yard, "ACS", SECOND_PORT)])) == 2
    for first, second in (
        (one, PcscReaderSpec(yard, "ACS", FIRST_PORT)),
        (one, PcscReaderSpec(yard, "ACS")),
        (GATE, PcscReaderSpec(yard, usb_port=SECOND_PORT)),
        (GATE, PcscReaderSpec(yard, "ACS")),
    ):
        for order in ((first, second), (second, first)):
            with pytest.raises(ReaderNamesOverlap):
                pcsc_readers(order)


def test_a_reader_needs_something_to_be_found_by() -> None:
    """With neither name nor port any reader would do, and none is taken."""
    with pytest.raises(ValueError, match=GATE.id):
        pcsc_readers([PcscReaderSpec(GATE.id)])
