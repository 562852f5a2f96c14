"""What ``hardware.ports.Reader`` promises, every driver keeps on its real counterpart."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hardware.health import DeviceState
from hardware.signals import (
    CardUnreadable,
    DeviceBack,
    DeviceLost,
    ReaderPower,
    ReaderSecured,
    ReaderTampered,
    Signal,
)
from tests.hardware.listening import PATIENCE_S, Ear
from tests.hardware.reader_rigs import DRIVERS, READER, UID, Rig

CLOSES_WITHIN_S = 1.5
"""A second is promised; the rest is this machine's."""


@pytest.fixture(params=[*DRIVERS.values()], ids=[*DRIVERS])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with request.param() as built:
        try:
            yield built
        finally:
            built.reader.close()


class Listener(Ear):
    """Hears everything but what is said of keys, housing and supply, which is OSDP's alone."""

    def __call__(self, signal: Signal) -> None:
        if not isinstance(signal, ReaderSecured | ReaderTampered | ReaderPower):
            super().__call__(signal)


@pytest.fixture
def heard() -> Ear:
    return Listener()


@contextmanager
def ready(rig: Rig, heard: Ear) -> Iterator[None]:
    rig.reader.open(heard)
    heard.skip_to(DeviceBack)
    rig.settle()
    yield


def until(rig: Rig, state: DeviceState) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while rig.reader.health.state is not state:
        assert time.monotonic() < deadline, f"never {state}"
        time.sleep(0.002)


def test_the_first_report_says_whether_it_is_there(rig: Rig, heard: Ear) -> None:
    """Nothing is heard before ``open``, and then its presence before anything else, as on its page."""
    assert rig.reader.id == READER
    assert heard.quiet
    rig.reader.open(heard)
    back = heard.next(DeviceBack)
    assert back.device == READER
    until(rig, DeviceState.HERE)
    assert rig.reader.health.about["driver"]


def test_what_is_shown_is_reported_once(rig: Rig, heard: Ear) -> None:
    """One card or key is one signal of this device, at an instant just past; again is again."""
    with ready(rig, heard):
        for _ in range(2):
            rig.show()
            signal = heard.next(rig.reports)
            assert signal.device == READER
            assert 0 <= time.monotonic_ns() - signal.mono_ns < PATIENCE_S * 1e9
            rig.take_away()
            rig.settle()
        assert heard.quiet


def test_no_number_is_ever_written_down(rig: Rig, heard: Ear) -> None:
    """What somebody showed is in no ``repr``, from which logs and tracebacks are made, and on no page."""
    with ready(rig, heard):
        rig.show()
        written = repr(heard.next(rig.reports)) + repr(rig.reader.health)
        for number in (UID.hex(), UID.hex().upper(), repr(UID), "123:4567", "'5'"):
            assert number not in written


def test_it_is_lost_once_and_back_and_reads_again(rig: Rig, heard: Ear) -> None:
    """A device that vanishes is one ``DeviceLost`` with its reason; back, it works as before."""
    if rig.lose is None:
        pytest.skip("this device cannot tell that it is gone, and says so")
    with ready(rig, heard):
        rig.lose()
        lost = heard.skip_to(DeviceLost)  # a line that falls may look like half a card
        assert (lost.device, bool(lost.why)) == (READER, True)
        until(rig, DeviceState.LOST)
        rig.restore()
        assert heard.skip_to(DeviceBack).mono_ns > lost.mono_ns
        rig.settle()
        rig.show()
        heard.skip_to(rig.reports)


def test_nothing_is_reported_after_close(rig: Rig, heard: Ear) -> None:
    """Closing takes a second at most, may be done twice, and is the last that is heard."""
    with ready(rig, heard):
        began = time.monotonic()
        rig.reader.close()
        rig.reader.close()
        assert time.monotonic() - began < CLOSES_WITHIN_S
        rig.show()
        rig.take_away()
        assert heard.quiet


def test_what_lies_there_at_the_start_is_not_shown(rig: Rig, heard: Ear) -> None:
    """A start or a restart releases no door: what is there before ``open`` has to be shown again."""
    rig.show()
    deadline = time.monotonic() + PATIENCE_S
    while not rig.noticed():
        assert time.monotonic() < deadline
        time.sleep(0.002)
    rig.reader.open(heard)
    heard.skip_to(DeviceBack)
    rig.settle()
    while not heard.quiet:  # It may be said that it has to be shown again.
        assert heard.next(CardUnreadable).device == READER


def test_what_lies_there_while_it_comes_back_is_not_shown(rig: Rig, heard: Ear) -> None:
    """Whoever pulls a cable and plugs it in again releases no door with a card that lies on the reader."""
    if rig.lose is None:
        pytest.skip("this device cannot tell that it is gone, and says so")
    with ready(rig, heard):
        rig.show()
        heard.next(rig.reports)
        rig.lose()
        heard.skip_to(DeviceLost)
        rig.restore()
        comes_back_with_nothing_shown(rig, heard)


def test_what_lies_there_while_its_driver_is_started_anew_is_not_shown(rig: Rig, heard: Ear) -> None:
    """Nor does whoever brings a driver down."""
    if rig.pid is None:
        pytest.skip("this driver has no process of its own")
    with ready(rig, heard):
        rig.show()
        heard.next(rig.reports)
        pid = rig.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        heard.skip_to(DeviceLost)
        comes_back_with_nothing_shown(rig, heard)


def comes_back_with_nothing_shown(rig: Rig, heard: Ear) -> None:
    heard.skip_to(DeviceBack)
    rig.settle()
    while not heard.quiet:  # It may be said that it has to be shown again.
        assert heard.next(CardUnreadable).device == READER
    rig.take_away()
    rig.settle()
    rig.show()
    heard.skip_to(rig.reports)
