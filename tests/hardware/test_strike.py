"""Strikes whose coil may not be energised for long: switched off in time by a thread of their own."""

import threading
import time
from datetime import timedelta
from queue import SimpleQueue

import pytest

from hardware.errors import LineFailed
from hardware.gpio import SimulatedHeader
from hardware.signals import DeviceId, StrikeRested
from hardware.specs import StrikeSpec
from hardware.strike import GpioStrike
from tests.hardware.listening import PATIENCE_S, Ear
from tests.hardware.threads import Threads

GATE = DeviceId("gate.strike")
SHORT = StrikeSpec(GATE, 17, longest_energised=timedelta(milliseconds=60))
LONG = StrikeSpec(GATE, 17, longest_energised=timedelta(hours=1))
TOLERANT = StrikeSpec(GATE, 17)


@pytest.fixture
def header() -> SimulatedHeader:
    return SimulatedHeader()


def test_a_coil_rests_after_its_longest_time(header: SimulatedHeader, ear: Ear) -> None:
    """A strike that nobody secures is secured by itself, not before its time, and says so once."""
    strike = GpioStrike(SHORT, header)
    strike.open(ear)
    released_ns = time.monotonic_ns()
    strike.release()
    rested = ear.next(StrikeRested)
    assert (rested.device, rested.after_s) == (GATE, 0.06)
    assert rested.mono_ns - released_ns >= 60_000_000
    assert not strike.released
    assert not header.is_high(17)
    assert ear.quiet
    strike.close()


def test_releasing_again_wins_no_time(header: SimulatedHeader, ear: Ear) -> None:
    """Whoever releases a released strike over and over does not keep its coil warm for longer."""
    strike = GpioStrike(SHORT, header)
    strike.open(ear)
    strike.release()
    deadline = time.monotonic() + PATIENCE_S
    while ear.quiet:
        strike.release()
        if not strike._released:  # pragma: no cover - it rested between the two
            break
        assert time.monotonic() < deadline
    assert ear.next(StrikeRested).after_s == 0.06
    strike.close()


def test_a_break_starts_the_time_anew(header: SimulatedHeader, ear: Ear) -> None:
    """The time is that of one stretch: a strike that was secured in between has all of it again."""
    strike = GpioStrike(LONG, header)
    strike.open(ear)
    strike.release()
    first = strike._since
    strike.secure()
    assert strike._since is None
    strike.release()
    assert first is not None
    assert strike._since is not None
    assert strike._since > first
    assert strike.released
    assert ear.quiet
    strike.close()


def test_a_rested_strike_can_be_released_again(header: SimulatedHeader, ear: Ear) -> None:
    """Resting is no fault: the next order works, and has its own end."""
    strike = GpioStrike(SHORT, header)
    strike.open(ear)
    for _ in range(2):
        strike.release()
        assert header.is_high(17)
        ear.next(StrikeRested)
        assert not header.is_high(17)
    strike.close()


def test_a_strike_for_continuous_duty_stays_released(header: SimulatedHeader) -> None:
    """Without a longest time there is no thread, and nothing that ends a release."""
    threads = Threads()
    strike = GpioStrike(TOLERANT, header)
    strike.release()
    assert not threads.new
    assert strike.released


def test_a_coil_rests_though_nobody_listens(header: SimulatedHeader) -> None:
    """The line is switched off whether the strike was opened or not, and whatever the rest is busy with."""
    levels: SimpleQueue[bool] = SimpleQueue()
    header.listen(lambda _gpio, high: levels.put(high))
    strike = GpioStrike(SHORT, header)
    strike.release()
    assert [levels.get(timeout=PATIENCE_S) for _ in range(3)] == [False, True, False]
    strike.close()


def test_a_line_that_fails_is_tried_again(
    header: SimulatedHeader, ear: Ear, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A coil that cannot be switched off in time is switched off as soon as that is possible."""
    monkeypatch.setattr("hardware.strike.TRY_AGAIN_S", 0.01)
    strike = GpioStrike(SHORT, header)
    strike.open(ear)
    strike.release()
    drive, failed = strike._line.drive, threading.Event()

    def fail(*, high: bool) -> None:
        failed.set()
        raise LineFailed(17, GATE, "it is stuck")

    monkeypatch.setattr(strike._line, "drive", fail)
    assert failed.wait(PATIENCE_S)
    monkeypatch.setattr(strike._line, "drive", drive)
    ear.next(StrikeRested)
    assert not header.is_high(17)
    assert "cannot be switched off" in caplog.text
    strike.close()


def test_closing_ends_the_thread(header: SimulatedHeader, ear: Ear) -> None:
    """A closed strike leaves no thread behind and reports nothing, released or not."""
    threads = Threads()
    strike = GpioStrike(LONG, header)
    strike.open(ear)
    strike.release()
    assert threads.new
    strike.close()
    assert not threads.new
    assert ear.quiet
