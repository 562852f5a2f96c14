"""PC/SC readers in processes of their own, over a real pcscd that is stopped, killed and restarted."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import pytest

from hardware.board import build
from hardware.health import DeviceState
from hardware.hosted import watchdog
from hardware.hosted.host import Host
from hardware.hosted.unit import HostedUnit
from hardware.signals import CardFrame, CardUnreadable, DeviceBack, DeviceId, DeviceLost, Technology
from hardware.specs import BoardKind, BoardSpec, PcscReaderSpec
from tests.hardware.listening import PATIENCE_S, Ear
from tests.hardware.odd_units import PcscUnit
from tests.hardware.private_pcscd import READER, SECOND_READER, PrivatePcscd
from tests.hardware.usb_ports import FIRST_PORT, SECOND_PORT
from tests.hardware.virtual_card import VirtualCard, uid_card

pytest.importorskip("smartcard", reason="pip install pyscard")

UID = bytes.fromhex("04a1b2c3d4e5f6")
OTHER_UID = bytes.fromhex("d1a2b3c4")
GATE = PcscReaderSpec(DeviceId("gate-in.reader"), READER)
YARD = PcscReaderSpec(DeviceId("yard-in.reader"), SECOND_READER)
BACK_WITHIN_S = 3


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hang is noticed sooner than in service."""
    monkeypatch.setattr(watchdog, "STALE_S", 2.0)


@contextmanager
def hosted(ear: Ear, spec: PcscReaderSpec = GATE) -> Iterator[Host]:
    host = Host(HostedUnit((spec,)))
    host.readers[spec.id].open(ear)
    try:
        yield host
    finally:
        host.close()


def test_a_card_is_read(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A card is reported as without a process between; so is one that cannot be read, and the health page."""
    pcscd.start()
    with hosted(ear) as host:
        ear.skip_to(DeviceBack)
        with VirtualCard(pcscd.port, uid_card(UID)):
            frame = ear.next(CardFrame)
        assert (frame.device, frame.technology, frame.number) == (GATE.id, Technology.ISO14443_UID, UID)
        with VirtualCard(pcscd.port, lambda _command: b"\x6a\x81"):
            assert "error" in ear.next(CardUnreadable).why
        health = host.readers[GATE.id].health
        assert health.state is DeviceState.HERE
        assert health.about["model"] == READER
        assert "pyscard" in health.about["driver"]
    assert ear.quiet


def test_a_card_that_lies_there_is_not_read_by_a_driver_started_anew(pcscd: PrivatePcscd, ear: Ear) -> None:
    """Killing a driver, as whoever pulls at a reader may, never shows a card a second time."""
    pcscd.start()
    with hosted(ear) as host:
        ear.skip_to(DeviceBack)
        with VirtualCard(pcscd.port, uid_card(UID)):
            ear.next(CardFrame)
            pid = host.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            assert "SIGKILL" in ear.next(DeviceLost).why
            ear.next(DeviceBack)
        with VirtualCard(pcscd.port, uid_card(OTHER_UID)):
            assert ear.next(CardFrame).number == OTHER_UID


def test_pcscd_may_hang(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A pcscd that stands still loses the reader once; when it goes on, the reader is back in time."""
    pcscd.start()
    with hosted(ear) as host:
        ear.skip_to(DeviceBack)
        pcscd.signal(signal.SIGSTOP)
        assert "hangs" in ear.next(DeviceLost).why
        pcscd.signal(signal.SIGCONT)
        began = time.monotonic()
        ear.next(DeviceBack)
        assert time.monotonic() - began < BACK_WITHIN_S
        with VirtualCard(pcscd.port, uid_card(UID)):
            assert ear.next(CardFrame).number == UID
        assert host.readers[GATE.id].health.restarts == 1


@pytest.mark.usefixtures("hasty")
def test_pcscd_may_hang_from_the_start(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A reader whose card service answers nothing from the first is lost, and close is not held up by it."""
    pcscd.start()
    pcscd.signal(signal.SIGSTOP)
    with hosted(ear) as host:
        assert "hangs" in ear.next(DeviceLost).why
        began = time.monotonic()
        host.close()
        assert time.monotonic() - began < 1


def test_pcscd_may_crash(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A crash of pcscd is the driver's business: its process lives on and finds the next pcscd."""
    pcscd.start()
    with hosted(ear) as host:
        ear.skip_to(DeviceBack)
        pid = host.pid
        pcscd.kill()
        assert "pcscd" in ear.next(DeviceLost).why
        pcscd.start()
        began = time.monotonic()
        ear.skip_to(DeviceBack)
        assert time.monotonic() - began < BACK_WITHIN_S
        assert host.pid == pid


@pytest.mark.usefixtures("hasty")
def test_a_reader_that_hangs_in_an_answer_holds_up_no_other(pcscd: PrivatePcscd, ear: Ear) -> None:
    """While one reader waits for a card that says nothing, is lost and started anew, another one reads on."""
    pcscd.start()
    answering, yard_ear = Event(), Ear()

    def silent(_command: bytes) -> bytes | None:
        answering.wait()
        return None

    with ExitStack() as stack:
        gate = stack.enter_context(hosted(ear))
        yard = stack.enter_context(hosted(yard_ear, YARD))
        ear.skip_to(DeviceBack)
        yard_ear.skip_to(DeviceBack)
        stack.callback(answering.set)
        stuck = VirtualCard(pcscd.port, silent)
        stuck.insert()
        while ear.quiet:
            with VirtualCard(pcscd.port + 1, uid_card(UID)):
                began = time.monotonic()
                assert yard_ear.next(CardFrame).number == UID
                assert time.monotonic() - began < 1
        assert "hangs" in ear.next(DeviceLost).why
        assert yard.readers[YARD.id].health.restarts == 0
        answering.set()
        stuck.remove()
        ear.skip_to(DeviceBack)
        with VirtualCard(pcscd.port, uid_card(UID)):
            assert ear.skip_to(CardFrame).device == GATE.id
        assert gate.readers[GATE.id].health.restarts >= 1


@pytest.mark.usefixtures("hasty")
def test_a_reader_that_hangs_keeps_no_other_from_being_found_by_its_port(
    pcscd: PrivatePcscd, usb_driver: Path, sysfs: Path, ear: Ear
) -> None:
    """Whose driver starts while the reader of another door hangs finds its own all the same, and reads."""
    pcscd.start(driver=usb_driver)
    answering, asked, yard_ear = Event(), Event(), Ear()

    def silent(_command: bytes) -> bytes | None:
        asked.set()
        answering.wait()
        return None

    specs = PcscReaderSpec(GATE.id, usb_port=FIRST_PORT), PcscReaderSpec(YARD.id, usb_port=SECOND_PORT)
    with ExitStack() as stack:
        gate, yard = (Host(PcscUnit((spec,), sysfs=sysfs)) for spec in specs)
        for host, spec, listens in ((gate, specs[0], ear), (yard, specs[1], yard_ear)):
            stack.callback(host.close)
            host.readers[spec.id].open(listens)
            listens.skip_to(DeviceBack)
        stack.callback(answering.set)
        stuck = VirtualCard(pcscd.port, silent)
        stuck.insert()
        assert asked.wait(PATIENCE_S)
        pid = yard.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        yard_ear.next(DeviceLost)
        yard_ear.next(DeviceBack)
        with VirtualCard(pcscd.port + 1, uid_card(UID)):
            assert yard_ear.next(CardFrame).number == UID
        assert yard.readers[YARD.id].health.restarts == 1
        assert "hangs" in ear.next(DeviceLost).why
        answering.set()
        stuck.remove()
        ear.skip_to(DeviceBack)
        with VirtualCard(pcscd.port, uid_card(UID)):
            assert ear.skip_to(CardFrame).device == GATE.id


def test_a_board_hosts_each_reader_for_itself(pcscd: PrivatePcscd, ear: Ear, tmp_path: Path) -> None:
    """Two PC/SC readers of a board are two processes, and both are gone when it is closed."""
    pcscd.start()
    board = build(BoardSpec(BoardKind.SIMULATED, readers=(GATE, YARD)), simulation=tmp_path / "nothing here")
    before = set(_children())
    board.open(ear)
    assert {ear.skip_to(DeviceBack).device for _ in range(2)} == {GATE.id, YARD.id}
    started = set(_children()) - before
    assert len(started) == 2
    with VirtualCard(pcscd.port + 1, uid_card(UID)):
        assert ear.next(CardFrame).device == YARD.id
    board.close()
    assert not started & set(_children())


def _children() -> list[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]
