"""The nfcpy reader: over nfcpy's PN532 driver and a chip on a pty, and over its udp driver and real tags."""

import gc
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread

import pytest

pytest.importorskip("nfc", reason="pip install 'accessctl[nfc]'")

import ndef
from nfc.clf.transport import TTY

from hardware.health import DeviceState
from hardware.readers import nfc as nfc_reader
from hardware.readers.nfc import NfcReader
from hardware.signals import (
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    DeviceLost,
    Signal,
    Technology,
)
from hardware.specs import NfcReaderSpec, NfcReads
from tests.hardware.listening import Ear
from tests.hardware.nfc_emulated import Tag
from tests.hardware.nfc_pn532 import Pn532
from tests.hardware.nfc_udp import free_port, put, wait_for_looks

READER = DeviceId("gate-in.reader")
UID, OTHER_UID = "A4A1B2C3D4E5F6", "A40102030405F6"
IDM = "02FE010203040506"
TEXT = b"".join(ndef.message_encoder([ndef.TextRecord("door-7")])).hex()
LONG_TEXT = b"".join(ndef.message_encoder([ndef.TextRecord("x" * 200)])).hex()
SETTLED = 4
"""So many looks after the reader is back, whatever is shown counts."""


class Port:
    """A serial port with a PN532 on it, or without."""

    def __init__(self) -> None:
        self.chip: Pn532 | None = None

    def plug(self, chip: Pn532 | None = None) -> Pn532:
        self.chip = chip or Pn532()
        return self.chip

    def unplug(self) -> None:
        if self.chip is not None:
            chip, self.chip = self.chip, None
            chip.unplug()

    def find(self, _path: str) -> tuple[list[str], str, bool] | None:
        return ([self.chip.path], "pn532", False) if self.chip is not None else None


RETRY_S = nfc_reader.RETRY_S


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rest less between two looks and between two tries than in service."""
    monkeypatch.setattr(nfc_reader, "PAUSE_S", 0.02)
    monkeypatch.setattr(nfc_reader, "RETRY_S", 0.2)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[Port]:
    """A serial port. nfcpy looks for serial ports in /dev; a pseudo terminal is deeper in there."""
    port = Port()
    monkeypatch.setattr(TTY, "find", port.find)
    yield port
    port.unplug()


@pytest.fixture
def make() -> Iterator[Callable[..., NfcReader]]:
    with ExitStack() as closing:

        def make(path: str, reads: NfcReads = NfcReads.UID) -> NfcReader:
            reader = NfcReader(NfcReaderSpec(READER, path, reads))
            closing.callback(reader.close)
            return reader

        yield make


@pytest.fixture
def serial_reader(make: Callable[..., NfcReader]) -> NfcReader:
    return make("tty:AMA0:pn532")


def ready(reader: NfcReader, ear: Ear) -> None:
    """Open it, and wait until what is shown counts."""
    reader.open(ear)
    ear.next(DeviceBack)
    wait_for_looks(reader, SETTLED)


class TestSerial:
    """PN532 on a serial line: nfcpy's driver, its transport and its frames are the real ones."""

    def test_a_card_is_read_once_for_each_time_it_is_shown(
        self, port: Port, serial_reader: NfcReader, ear: Ear
    ) -> None:
        """A card that stays is one card; away and back it is another time; another is read at once."""
        chip = port.plug()
        ready(serial_reader, ear)
        chip.card = bytes.fromhex(UID)
        first = ear.next(CardFrame)
        assert (first.device, first.technology, first.number.hex().upper()) == (
            READER,
            Technology.ISO14443_UID,
            UID,
        )
        wait_for_looks(serial_reader, SETTLED)
        assert ear.quiet
        chip.card = bytes.fromhex(OTHER_UID)
        assert ear.next(CardFrame).number.hex().upper() == OTHER_UID
        chip.card = None
        wait_for_looks(serial_reader, SETTLED)
        chip.card = bytes.fromhex(UID)
        assert ear.next(CardFrame).number == first.number

    def test_a_card_that_lies_there_at_the_start_is_not_read(
        self, port: Port, serial_reader: NfcReader, ear: Ear
    ) -> None:
        """A start releases no door; taken away and shown, the card is read."""
        chip = port.plug()
        chip.card = bytes.fromhex(UID)
        ready(serial_reader, ear)
        assert ear.quiet
        chip.card = None
        wait_for_looks(serial_reader, SETTLED)
        chip.card = bytes.fromhex(UID)
        ear.next(CardFrame)

    def test_a_card_that_cannot_be_relied_on_is_unreadable(
        self, port: Port, serial_reader: NfcReader, ear: Ear
    ) -> None:
        """A phone that makes up its number is reported once, however many numbers it makes up."""
        chip = port.plug()
        ready(serial_reader, ear)
        for last in range(5):
            chip.card = bytes.fromhex("08A1B2") + bytes([last])
            wait_for_looks(serial_reader, 2)
        assert "new number" in ear.next(CardUnreadable).why
        assert ear.quiet
        assert serial_reader.health.errors_this_hour == 1

    def test_says_what_it_is(self, port: Port, serial_reader: NfcReader, ear: Ear) -> None:
        """Its page names driver, model and port, and shows that the driver goes round."""
        chip = port.plug()
        assert serial_reader.health.state is DeviceState.UNSEEN
        ready(serial_reader, ear)
        page = serial_reader.health
        assert page.state is DeviceState.HERE
        assert page.about == {"driver": "nfcpy 1.0.4", "model": "PN532v1.6", "path": chip.path}
        assert page.seen_ns is not None
        assert page.beat_ns is not None

    def test_a_reader_that_is_not_there_is_lost_once_and_comes(
        self, port: Port, serial_reader: NfcReader, ear: Ear
    ) -> None:
        """It is looked for until it is there, and both are told once."""
        serial_reader.open(ear)
        assert "does not answer" in ear.next(DeviceLost).why
        wait_for_looks(serial_reader, 2)
        assert ear.quiet
        port.plug()
        ear.next(DeviceBack)

    def test_a_reader_that_goes_is_lost_and_back_within_three_seconds(
        self, port: Port, serial_reader: NfcReader, ear: Ear, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Unplugged and plugged in again, with a card on it that nobody showed."""
        monkeypatch.setattr(nfc_reader, "RETRY_S", RETRY_S)
        port.plug()
        ready(serial_reader, ear)
        port.unplug()
        ear.next(DeviceLost)
        assert serial_reader.health.state is DeviceState.LOST
        chip = Pn532()
        chip.card = bytes.fromhex(UID)
        plugged = time.monotonic_ns()
        port.plug(chip)
        assert ear.next(DeviceBack).mono_ns - plugged < 3_000_000_000
        wait_for_looks(serial_reader, SETTLED)
        assert ear.quiet

    def test_a_chip_that_was_left_at_a_high_speed_is_found(
        self, port: Port, serial_reader: NfcReader, ear: Ear
    ) -> None:
        """After a crash the chip still listens at the speed of before; nobody has to cut its power."""
        port.plug().speed = 460_800
        serial_reader.open(ear)
        ear.next(DeviceLost)
        ear.next(DeviceBack)

    def test_a_port_with_something_else_on_it_is_lost(
        self, port: Port, serial_reader: NfcReader, ear: Ear
    ) -> None:
        """What does not answer as the chip does is not the chip, at whichever speed."""
        port.plug().speed = 0
        serial_reader.open(ear)
        ear.next(DeviceLost)
        wait_for_looks(serial_reader, 2)
        assert ear.quiet

    def test_losing_it_again_and_again_leaves_nothing_open(
        self, port: Port, serial_reader: NfcReader, ear: Ear
    ) -> None:
        """A reader with a loose plug does not eat up the process's files."""
        port.plug()
        ready(serial_reader, ear)
        counts = []
        for _ in range(3):
            port.unplug()
            ear.next(DeviceLost)
            port.plug()
            ear.next(DeviceBack)
            gc.collect()
            counts.append(len(list(Path("/proc/self/fd").iterdir())))
        assert all(later <= earlier for earlier, later in pairwise(counts))


class TestLife:
    def test_is_silent_before_open_and_after_close(
        self, port: Port, serial_reader: NfcReader, ear: Ear
    ) -> None:
        """Nothing is reported while nobody listens; closing twice is closing, and opening again works."""
        chip = port.plug()
        serial_reader.close()
        ready(serial_reader, ear)
        before = time.monotonic()
        serial_reader.close()
        serial_reader.close()
        assert time.monotonic() - before < 1.0
        chip.card = bytes.fromhex(UID)
        assert ear.quiet
        chip.card = None
        ready(serial_reader, ear)

    @pytest.mark.parametrize("answers", ["right", "wait"])
    def test_closes_within_a_second_whatever_it_is_at(
        self, make: Callable[..., NfcReader], ear: Ear, answers: str
    ) -> None:
        """In the middle of a look, or of a tag that wants ever more time."""
        port = free_port()
        reader = make(f"udp:127.0.0.1:{port}", NfcReads.NDEF)
        ready(reader, ear)
        with put(port, Tag("t4", UID, TEXT, answers=answers)):
            if answers == "right":
                ear.next(CardFrame)
            else:
                wait_for_looks(reader, 2)
            before = time.monotonic()
            reader.close()
            assert time.monotonic() - before < 1.0

    def test_an_unknown_kind_of_path_is_lost(self, make: Callable[..., NfcReader], ear: Ear) -> None:
        """Whatever nfcpy makes of a path, the reader says that it is lost and lives on."""
        reader = make("udp:127.0.0.1:none")
        reader.open(ear)
        ear.next(DeviceLost)
        wait_for_looks(reader, 2)
        assert ear.quiet


UDP_CARDS = [
    (NfcReads.UID, Tag("t2", UID), Technology.ISO14443_UID, bytes.fromhex(UID)),
    (NfcReads.UID, Tag("t3", IDM), Technology.FELICA_IDM, bytes.fromhex(IDM)),
    (NfcReads.UID, Tag("t4", OTHER_UID), Technology.ISO14443_UID, bytes.fromhex(OTHER_UID)),
    (NfcReads.NDEF, Tag("t2", UID, TEXT), Technology.NDEF, b"door-7"),
    (NfcReads.NDEF, Tag("t3", IDM, TEXT), Technology.NDEF, b"door-7"),
    (NfcReads.NDEF, Tag("t4", OTHER_UID, TEXT), Technology.NDEF, b"door-7"),
    (NfcReads.NDEF, Tag("t2", f"{UID[:-2]}01", LONG_TEXT), Technology.NDEF, b"x" * 200),
]
UDP_FAILURES = [
    ("t2", None, None, "right"),
    ("t3", None, None, "right"),
    ("t4", None, None, "right"),
    ("t2", LONG_TEXT, 5, "right"),
    ("t4", LONG_TEXT, 4, "right"),
    ("t2", TEXT, None, "garbage"),
    ("t4", TEXT, None, "garbage"),
    ("t2", TEXT, None, "half"),
    ("t4", TEXT, None, "half"),
    ("t2", "9901050155610123456761", None, "right"),
]


class TestUdp:
    """Tags that are processes of their own, played by nfcpy's own driver."""

    @pytest.mark.parametrize("reads", NfcReads)
    def test_tags_are_read(self, make: Callable[..., NfcReader], ear: Ear, reads: NfcReads) -> None:
        """Type 2, 3 and 4: by number, and by what is written on them."""
        port = free_port()
        ready(make(f"udp:127.0.0.1:{port}", reads), ear)
        for tag, technology, number in ((t, k, n) for r, t, k, n in UDP_CARDS if r is reads):
            with put(port, tag):
                frame = ear.next(CardFrame)
            assert (frame.technology, frame.number) == (technology, number), tag.kind

    def test_tags_that_fail_are_told_and_the_next_one_is_read(
        self, make: Callable[..., NfcReader], ear: Ear
    ) -> None:
        """Unwritten, torn away, babbling or answering half: a word for each, and the reader goes on."""
        port = free_port()
        ready(make(f"udp:127.0.0.1:{port}", NfcReads.NDEF), ear)
        for at, (kind, message, gone_after, answers) in enumerate(UDP_FAILURES, 1):
            with put(
                port,
                Tag(kind, f"{IDM if kind == 't3' else UID}"[:-2] + f"{at:02X}", message, gone_after, answers),
            ):
                why = ear.next(CardUnreadable).why.lower()
            assert why
            assert not any(secret in why for secret in (UID[:6].lower(), "door-7", "xxx"))
        with put(port, Tag("t2", OTHER_UID, TEXT)):
            assert ear.next(CardFrame).number == b"door-7"


def test_the_log_never_holds_what_a_card_says(
    make: Callable[..., NfcReader], ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever level is asked for, nfcpy writes down neither numbers nor texts."""
    port = free_port()
    reader = make(f"udp:127.0.0.1:{port}", NfcReads.NDEF)
    with caplog.at_level(1):
        ready(reader, ear)
        with put(port, Tag("t2", UID, TEXT)):
            frame = ear.next(CardFrame)
        reader.close()
    written = caplog.text.lower()
    for secret in (UID.lower(), UID[:8].lower(), TEXT[10:].lower(), "door-7"):
        assert secret not in written
    assert "door-7" not in repr(frame)


def test_nfcpy_would_write_it_down(caplog: pytest.LogCaptureFixture) -> None:
    """The guard guards something: with its loggers on, nfcpy's log holds the tag's number."""
    import nfc
    import nfc.clf

    port = free_port()
    library = logging.getLogger("nfc")
    silenced = library.level
    library.setLevel(1)
    try:
        with put(port, Tag("t2", UID)), nfc.ContactlessFrontend(f"udp:127.0.0.1:{port}") as frontend:
            deadline = time.monotonic() + 10
            while frontend.sense(nfc.clf.RemoteTarget("106A")) is None:
                assert time.monotonic() < deadline
    finally:
        library.setLevel(silenced)
    assert UID.lower() in caplog.text.lower()


def test_nothing_in_the_product_listens() -> None:
    """The udp driver of nfcpy listens on every address: the product only ever looks."""
    from hardware.readers import nfc, nfc_tag

    for module in (nfc, nfc_tag):
        assert module.__file__ is not None
        with open(module.__file__) as source:  # noqa: PTH123 - one line
            assert ".listen(" not in source.read()


def test_signals_are_of_this_reader(port: Port, serial_reader: NfcReader) -> None:
    """Every signal bears the reader's name, and times that do not run backwards."""
    heard: list[Signal] = []
    ear = Ear()

    def both(signal: Signal) -> None:
        heard.append(signal)
        ear(signal)

    chip = port.plug()
    serial_reader.open(both)
    ear.next(DeviceBack)
    wait_for_looks(serial_reader, SETTLED)
    chip.card = bytes.fromhex(UID)
    ear.next(CardFrame)
    assert {signal.device for signal in heard} == {READER}
    assert [signal.mono_ns for signal in heard] == sorted(signal.mono_ns for signal in heard)


def test_a_driver_that_stumbles_says_so_once_and_begins_anew(
    make: Callable[..., NfcReader], ear: Ear
) -> None:
    """Bytes that break nfcpy's own driver are an unreadable card; if they stay, the reader is lost."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as babbler:
        babbler.bind(("127.0.0.1", 0))
        reader = make(f"udp:127.0.0.1:{babbler.getsockname()[1]}")
        ready(reader, ear)
        stop = Event()

        def babble() -> None:
            babbler.settimeout(0.05)
            while not stop.is_set():
                with suppress(TimeoutError):
                    babbler.sendto(b"106A this-is-no-hex", babbler.recvfrom(1024)[1])

        thread = Thread(target=babble)
        thread.start()
        try:
            assert "does not answer as a card does" in ear.next(CardUnreadable).why
            assert "makes sense" in ear.next(DeviceLost).why
        finally:
            stop.set()
            thread.join()
        ear.skip_to(DeviceBack)
    assert reader.health.errors_this_hour > 1
