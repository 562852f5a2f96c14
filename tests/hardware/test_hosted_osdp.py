"""OSDP readers of one line in a process of their own, over a real pty, with the driver killed under them."""

import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

pytest.importorskip("osdp", reason="pip install 'accessctl[osdp]'")

from hardware.hosted.host import Host
from hardware.hosted.unit import HostedUnit
from hardware.ports import Pattern, SecureReader
from hardware.readers.osdp_keys import key_number
from hardware.signals import (
    CardFrame,
    DeviceBack,
    DeviceId,
    DeviceLost,
    PairingFailed,
    ReaderInsecure,
    ReaderPaired,
    ReaderSecured,
    ReaderTampered,
)
from hardware.simulated.osdp_device import SimulatedOsdpLine, SimulatedOsdpReader, Way
from hardware.specs import OsdpAnnunciatorSpec, OsdpBusSpec, OsdpReaderSpec
from tests.hardware.listening import PATIENCE_S, Ear

UID = bytes.fromhex("04a1b2c3d4e5f6")
GATE, LAMPS = DeviceId("gate-in.reader"), DeviceId("gate-in.annunciator")
LED = 2
SETTLED_NS = 300_000_000


@contextmanager
def hosted(line: SimulatedOsdpLine, *keys: bytes) -> Iterator[Host]:
    reader = OsdpReaderSpec(GATE, OsdpBusSpec("yard", line.port, 115_200), 0)
    host = Host(HostedUnit((reader,), (OsdpAnnunciatorSpec(LAMPS, GATE),), keys={GATE: keys}))
    try:
        yield host
    finally:
        host.close()


def told(device: SimulatedOsdpReader, wanted: Callable[[dict[str, object]], bool]) -> None:
    """Wait until the reader was told this."""
    while not wanted(device.told.get(timeout=PATIENCE_S)):
        pass


def settle(host: Host) -> None:
    """Wait until cards are read: what was shown before the reader's first empty answer is not."""
    since, deadline = time.monotonic_ns(), time.monotonic() + PATIENCE_S
    while (host.readers[GATE].health.beat_ns or 0) < since + SETTLED_NS:
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


def test_a_line_works_again_with_the_next_process(ear: Ear) -> None:
    """Cards are read and lights shown; after the driver was killed both are so again, with no order anew."""
    key = secrets.token_bytes(16)
    device = SimulatedOsdpReader(0, key)
    with SimulatedOsdpLine(device) as line, hosted(line, key) as host:
        host.annunciators[LAMPS].show(Pattern.LOCKDOWN)
        host.readers[GATE].open(ear)
        for life in range(2):
            ear.skip_to(DeviceBack)
            assert ear.skip_to(ReaderSecured).key == key_number(key)
            told(device, lambda order: order["command"] == LED)
            settle(host)
            device.show(UID)
            assert ear.skip_to(CardFrame).number == UID
            if not life:
                assert host.pid is not None
                os.kill(host.pid, signal.SIGKILL)
                assert "SIGKILL" in ear.skip_to(DeviceLost).why


def test_a_key_that_was_installed_is_used_by_the_next_process(ear: Ear) -> None:
    """A reader that was paired is reached with its new key by a driver that was started anew."""
    device = SimulatedOsdpReader(0, install_mode=True)
    with SimulatedOsdpLine(device) as line, hosted(line) as host:
        reader = host.readers[GATE]
        assert isinstance(reader, SecureReader)
        reader.open(ear)
        ear.skip_to(DeviceLost)
        key = secrets.token_bytes(16)
        reader.pair(key, 30)
        ear.skip_to(ReaderPaired)
        kill(host, ear)
        assert ear.skip_to(ReaderSecured).key == key_number(key)
        settle(host)
        device.show(UID)
        assert ear.skip_to(CardFrame).number == UID


def kill(host: Host, ear: Ear) -> None:
    """End the driver, and hear that its reader is lost for that."""
    assert host.pid is not None
    os.kill(host.pid, signal.SIGKILL)
    while "SIGKILL" not in ear.skip_to(DeviceLost).why:
        pass


def test_a_key_that_was_replaced_is_worth_nothing_to_the_next_process(ear: Ear) -> None:
    """Whoever has a reader's old key and waits for its driver to be started anew is not believed."""
    old, new = secrets.token_bytes(16), secrets.token_bytes(16)
    device = SimulatedOsdpReader(0, old)
    with SimulatedOsdpLine(device) as line, hosted(line, old) as host:
        reader = host.readers[GATE]
        assert isinstance(reader, SecureReader)
        reader.open(ear)
        ear.skip_to(ReaderSecured)
        reader.pair(new, 30)
        ear.skip_to(ReaderPaired)
        assert device.key == new
        device.unplug()
        device.key = old
        kill(host, ear)
        device.plug_in()
        ear.skip_to(ReaderInsecure)
        device.unplug()
        device.key = new
        device.plug_in()
        assert ear.skip_to(ReaderSecured).key == key_number(new)


def test_a_key_that_was_taken_while_the_driver_died_is_found_by_the_next_process(ear: Ear) -> None:
    """A driver that ends between a reader's new key and its answer fails the window and loses no reader."""
    old, new = secrets.token_bytes(16), secrets.token_bytes(16)
    device = SimulatedOsdpReader(0, old)
    with SimulatedOsdpLine(device) as line, hosted(line, old) as host:
        line.meddle = lambda way, data: b"" if way is Way.TO_PANEL and device.key == new else data
        reader = host.readers[GATE]
        assert isinstance(reader, SecureReader)
        reader.open(ear)
        ear.skip_to(ReaderSecured)
        reader.pair(new, 30)
        deadline = time.monotonic() + PATIENCE_S
        while device.key != new:
            assert time.monotonic() < deadline
            threading.Event().wait(0.01)
        assert host.pid is not None
        os.kill(host.pid, signal.SIGKILL)
        ear.skip_to(PairingFailed)
        line.meddle = None
        assert ear.skip_to(ReaderSecured).key == key_number(new)


def test_a_housing_that_was_closed_while_the_driver_was_away_is_told(ear: Ear) -> None:
    """A tamper that is over when the next process looks is not left standing."""
    key = secrets.token_bytes(16)
    device = SimulatedOsdpReader(0, key)
    with SimulatedOsdpLine(device) as line, hosted(line, key) as host:
        host.readers[GATE].open(ear)
        assert not ear.skip_to(ReaderTampered).active
        device.tamper(active=True)
        assert ear.skip_to(ReaderTampered).active
        device.unplug()
        device.tamper(active=False)
        kill(host, ear)
        device.plug_in()
        assert not ear.skip_to(ReaderTampered).active
