"""Readers in a process of their own, with a driver that reports, floods, hangs and crashes as it is told."""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.health import DeviceState
from hardware.hosted import host as host_module
from hardware.hosted import watchdog
from hardware.hosted.__main__ import be_dispensable
from hardware.hosted.flood import MOST_TOLD_AT_ONCE, MOST_TOLD_PER_S, PER_S, STOCK
from hardware.hosted.host import Host
from hardware.hosted.proxies import STALE_S
from hardware.hosted.unit import HostedUnit
from hardware.ports import Pattern, SecureReader
from hardware.signals import (
    CardFrame,
    DeviceBack,
    DeviceLost,
    PairingFailed,
    ReaderPaired,
    ReaderTampered,
    Signal,
)
from hardware.specs import PcscReaderSpec
from tests.hardware.listening import PATIENCE_S, Ear
from tests.hardware.toy_driver import GATE, LAMPS, YARD, Toys, toy_unit

KEY = bytes.fromhex("8f3ac1d2e4b5968778695a4b3c2d1e0f")
OLD_KEY = bytes.fromhex("11223344556677889900aabbccddeeff")


@pytest.fixture
def toys(tmp_path: Path) -> Iterator[Toys]:
    with Toys(tmp_path) as toys:
        yield toys


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hangs are noticed and drivers started anew sooner than in service."""
    monkeypatch.setattr(watchdog, "SILENCE_S", 2.0)
    monkeypatch.setattr(watchdog, "STALE_S", 2.0)
    monkeypatch.setattr(host_module, "FIRST_PAUSE_S", 0.05)


@contextmanager
def hosted(unit: HostedUnit) -> Iterator[Host]:
    host = Host(unit)
    try:
        yield host
    finally:
        host.close()


@pytest.fixture
def host(toys: Toys) -> Iterator[Host]:
    with hosted(toy_unit(toys.path)) as host:
        yield host


def started(host: Host, toys: Toys, ear: Ear) -> None:
    """Open the reader, and have it be there."""
    host.readers[GATE].open(ear)
    here_again(toys, ear)


def here_again(toys: Toys, ear: Ear) -> None:
    assert toys.built().hear() == f"open {GATE}"
    toys.tell("back")
    ear.next(DeviceBack)


def until(true: Callable[[], bool]) -> None:
    """Wait until this is true; only a failing test waits long."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def _may_be_preferred() -> bool:
    tried = ["sh", "-c", "echo -800 > /proc/self/oom_score_adj"]
    return subprocess.run(tried, stderr=subprocess.DEVNULL, check=False).returncode == 0


def secure_reader(host: Host) -> SecureReader:
    reader = host.readers[GATE]
    assert isinstance(reader, SecureReader)
    return reader


class TestLife:
    def test_no_process_runs_before_a_reader_is_opened(self, host: Host) -> None:
        """A unit that nobody opened costs nothing, and its readers are unseen."""
        assert host.pid is None
        assert host.readers[GATE].health.state is DeviceState.UNSEEN

    def test_what_the_driver_reports_is_reported(self, host: Host, toys: Toys, ear: Ear) -> None:
        """Signals come through in their order and whole, and nothing of a card shows."""
        started(host, toys, ear)
        toys.tell("card 04a1b2c3")
        frame = ear.next(CardFrame)
        assert (frame.device, frame.number) == (GATE, bytes.fromhex("04a1b2c3"))
        assert frame.mono_ns <= time.monotonic_ns()
        toys.tell("lost unplugged")
        assert ear.next(DeviceLost).why == "unplugged"

    def test_being_lost_or_back_is_told_once(self, host: Host, toys: Toys, ear: Ear) -> None:
        """A driver that repeats itself does not make the door process repeat it."""
        started(host, toys, ear)
        for what in ("back", "lost unplugged", "lost still unplugged", "back", "back", "card 04a1b2c3"):
            toys.tell(what)
        for kind in (DeviceLost, DeviceBack, CardFrame):
            ear.next(kind)
        assert ear.quiet

    def test_the_process_is_gone_after_the_last_close(self, toys: Toys, ear: Ear) -> None:
        """Closing one reader closes its driver; closing the last one ends the process within a second."""
        with hosted(toy_unit(toys.path, GATE, YARD)) as host:
            host.readers[GATE].open(ear)
            host.readers[YARD].open(ear)
            assert {toys.built().hear(), toys.hear()} == {f"open {GATE}", f"open {YARD}"}
            host.readers[YARD].close()
            assert toys.hear() == f"close {YARD}"
            toys.tell("back", YARD)
            toys.tell("back", GATE)
            assert ear.next(DeviceBack).device == GATE
            assert not gone(toys.pid)
            began = time.monotonic()
            host.readers[GATE].close()
            host.readers[GATE].close()
            assert time.monotonic() - began < 1
            assert gone(toys.pid)
            assert host.pid is None
        assert ear.quiet

    def test_a_reader_may_be_opened_again(self, host: Host, toys: Toys, ear: Ear) -> None:
        """What was closed is opened in a new process, and says anew whether it is there."""
        for _ in range(2):
            started(host, toys, ear)
            host.readers[GATE].close()
        assert ear.quiet

    def test_a_process_that_does_not_close_is_killed(self, host: Host, toys: Toys, ear: Ear) -> None:
        """A driver that hangs keeps nobody from closing within a second."""
        started(host, toys, ear)
        os.kill(toys.pid, signal.SIGSTOP)
        began = time.monotonic()
        host.close()
        assert time.monotonic() - began < 1
        assert gone(toys.pid)
        assert ear.quiet

    def test_signals_to_the_group_leave_it_to_its_parent(self, host: Host, toys: Toys, ear: Ear) -> None:
        """Ctrl-C and a stopping systemd reach the driver too, which still has to close with its parent."""
        started(host, toys, ear)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(toys.pid, number)
        toys.tell("card 04a1b2c3")
        ear.next(CardFrame)

    def test_the_driver_ends_with_the_door_process(self, toys: Toys) -> None:
        """A door process that is killed leaves no driver behind, even one that hangs with the interpreter."""
        program = (
            "import sys; from pathlib import Path; from hardware.hosted.host import Host\n"
            "from tests.hardware.toy_driver import GATE, toy_unit\n"
            "host = Host(toy_unit(Path(sys.argv[1]))); host.readers[GATE].open(print)\n"
            "sys.stdin.read()"
        )
        with subprocess.Popen([sys.executable, "-c", program, toys.path], stdin=subprocess.PIPE) as parent:
            assert toys.built().hear() == f"open {GATE}"
            child = os.pidfd_open(toys.pid)
            toys.tell("hold")
            parent.kill()
        readable, _, _ = select.select([child], [], [], PATIENCE_S)
        os.close(child)
        assert readable

    def test_a_process_that_may_set_no_limits_starts_all_the_same(self) -> None:
        """Our unit filters the call that forbids core files, which keeps no driver from starting."""
        program = (
            "import resource\n"
            "def filtered(*_): raise ValueError('not allowed to raise maximum limit')\n"
            "resource.setrlimit = filtered\n"
            "from hardware.hosted.__main__ import main; main()"
        )
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            ours.shutdown(socket.SHUT_WR)
            subprocess.run(
                [sys.executable, "-c", program], stdin=theirs.fileno(), check=True, timeout=PATIENCE_S
            )

    @pytest.mark.parametrize(("before", "after"), [("-800", "0"), ("0", "0"), ("300", "300")])
    def test_no_driver_is_preferred(self, tmp_path: Path, before: str, after: str) -> None:
        """What is inherited from the door process is given up, and what is worse than that is kept."""
        preference = tmp_path / "oom_score_adj"
        preference.write_text(f"{before}\n")
        be_dispensable(preference)
        assert preference.read_text().strip() == after
        be_dispensable(tmp_path / "a kernel without it")

    @pytest.mark.parametrize(("preference", "driver"), [("-800", "0"), ("300", "300")])
    def test_a_driver_goes_before_the_doors(self, toys: Toys, preference: str, driver: str) -> None:
        """When memory is short, a driver that leaks is ended and not the door process, which is preferred."""
        program = (
            "import sys; from pathlib import Path; from hardware.hosted.host import Host\n"
            "from tests.hardware.toy_driver import GATE, toy_unit\n"
            "Path('/proc/self/oom_score_adj').write_text(sys.argv[2])\n"
            "host = Host(toy_unit(Path(sys.argv[1]))); host.readers[GATE].open(print)\n"
            "sys.stdin.read()"
        )
        command = [sys.executable, "-c", program, str(toys.path), preference]
        if preference.startswith("-") and not _may_be_preferred():
            pytest.skip("only root may prefer a process")
        with subprocess.Popen(command, stdin=subprocess.PIPE) as parent:
            toys.built()
            scores = [
                Path(f"/proc/{pid}/oom_score_adj").read_text().strip() for pid in (parent.pid, toys.pid)
            ]
            parent.kill()
        assert scores == [preference, driver]

    def test_no_secret_is_seen_from_outside(self, toys: Toys, ear: Ear) -> None:
        """Keys travel over the socket alone: neither arguments nor environment of the process hold them."""
        with hosted(toy_unit(toys.path, keys={GATE: (KEY, OLD_KEY)})) as host:
            started(host, toys, ear)
            assert toys.keys == f"{KEY.hex()},{OLD_KEY.hex()}"
            seen = b"".join(Path(f"/proc/{toys.pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
            assert GATE.encode() in seen
            for key in (KEY, OLD_KEY):
                assert key not in seen
                assert key.hex().encode() not in seen.lower()


class TestHangsAndCrashes:
    @pytest.mark.usefixtures("hasty")
    @pytest.mark.parametrize(
        ("deed", "why"),
        [
            ("crash", "SIGSEGV"),
            ("leave", "status 7"),
            ("stranger", "nonsense"),
            ("future", "nonsense"),
            ("hold", "hangs"),
            ("hang", "hangs"),
        ],
    )
    def test_a_driver_that_fails_is_started_anew(
        self, host: Host, toys: Toys, ear: Ear, deed: str, why: str
    ) -> None:
        """Whatever a driver dies of, its reader is lost once, with words, and back with the next process."""
        started(host, toys, ear)
        first = toys.pid
        toys.tell(deed)
        lost = ear.next(DeviceLost)
        assert why in lost.why
        assert "started anew" in lost.why
        here_again(toys, ear)
        assert gone(first)
        health = host.readers[GATE].health
        assert (health.state, health.restarts) == (DeviceState.HERE, 1)
        assert health.errors_this_hour == 1
        assert ear.quiet

    def test_a_killed_driver_is_started_anew_each_time(self, host: Host, toys: Toys, ear: Ear) -> None:
        """A process that is killed again and again comes back each time, within three seconds."""
        started(host, toys, ear)
        for time_over in range(3):
            os.kill(toys.pid, signal.SIGKILL)
            began = time.monotonic()
            assert "SIGKILL" in ear.next(DeviceLost).why
            here_again(toys, ear)
            assert time.monotonic() - began < 3
            assert host.readers[GATE].health.restarts == time_over + 1

    @pytest.mark.usefixtures("hasty")
    def test_a_hang_is_told_once_however_long_it_lasts(self, host: Host, toys: Toys, ear: Ear) -> None:
        """Processes that die before their reader was there again are not reported again."""
        started(host, toys, ear)
        toys.tell("crash")
        ear.next(DeviceLost)
        for _ in range(2):
            assert toys.built().hear() == f"open {GATE}"
            toys.tell("crash")
        here_again(toys, ear)

    @pytest.mark.usefixtures("hasty")
    def test_a_driver_that_does_not_even_start_is_a_lost_reader(self, tmp_path: Path, ear: Ear) -> None:
        """A unit that cannot be built is reported lost, and what is tried again ends with close."""
        with hosted(toy_unit(tmp_path / "nobody listens")) as host:
            host.readers[GATE].open(ear)
            assert "status 1" in ear.next(DeviceLost).why
            until(lambda: host.readers[GATE].health.restarts > 1)
        assert ear.quiet

    @pytest.mark.usefixtures("hasty")
    def test_another_unit_is_not_concerned(self, host: Host, toys: Toys, ear: Ear, tmp_path: Path) -> None:
        """While one driver hangs, the reader of another process is answered as ever."""
        other = tmp_path / "other"
        other.mkdir()
        started(host, toys, ear)
        with Toys(other) as other_toys, hosted(toy_unit(other_toys.path)) as other_host:
            other_ear = Ear()
            started(other_host, other_toys, other_ear)
            os.kill(toys.pid, signal.SIGSTOP)
            pid = other_toys.pid
            while ear.quiet:
                began = time.monotonic()
                other_toys.tell("card 04a1b2c3")
                other_ear.next(CardFrame)
                assert time.monotonic() - began < 1
                threading.Event().wait(0.05)
            assert "hangs" in ear.next(DeviceLost).why
            assert other_host.pid == pid
            assert other_ear.quiet

    def test_errors_of_a_driver_that_died_are_kept(self, host: Host, toys: Toys, ear: Ear) -> None:
        """A reader whose errors bring its driver down does not look sound afterwards."""
        started(host, toys, ear)
        for _ in range(3):
            toys.tell("erred a bad frame")
        until(lambda: host.readers[GATE].health.errors_this_hour == 3)
        toys.tell("crash")
        ear.next(DeviceLost)
        health = host.readers[GATE].health
        assert (health.errors_this_hour, health.errors_hour_before) == (4, 0)


class TestFlood:
    def test_a_flood_is_cut_off_and_told(self, host: Host, toys: Toys, ear: Ear) -> None:
        """Of 20,000 cards at once a stock gets through; the rest is counted, and later ones are read."""
        started(host, toys, ear)
        began = time.monotonic()
        toys.tell("flood 20000")
        assert toys.hear() == "flooded"
        until(lambda: "were not read" in host.readers[GATE].health.last_error)
        toys.tell("lost the end of it")
        heard = 0
        while isinstance(signal_heard := ear._get(CardFrame), CardFrame):
            assert int.from_bytes(signal_heard.number, "big") >= heard
            heard += 1
        assert STOCK <= heard <= STOCK + PER_S * (time.monotonic() - began) + 1
        assert host.readers[GATE].health.errors_this_hour >= 1

    def test_memory_does_not_grow_with_a_flood(self, host: Host, toys: Toys, ear: Ear) -> None:
        """A reader that babbles on and on costs its process no more than before."""
        started(host, toys, ear)
        sizes = []
        for _ in range(3):
            for _ in range(5):
                toys.tell("flood 10000")
                assert toys.hear() == "flooded"
            toys.tell("rss")
            sizes.append(int(toys.hear().removeprefix("rss ")))
        assert sizes[-1] < sizes[0] + 4_000

    def test_state_changes_without_end_are_a_crash(self, host: Host, toys: Toys, ear: Ear) -> None:
        """None of them may be dropped, so a driver that flaps while nobody reads is started anew."""
        reading = threading.Event()

        def slow(signal_heard: Signal) -> None:
            reading.wait(PATIENCE_S)
            ear(signal_heard)

        host.readers[GATE].open(slow)
        assert toys.built().hear() == f"open {GATE}"
        toys.tell("flap 20000")
        until(lambda: gone(toys.pid) or "Z" in Path(f"/proc/{toys.pid}/stat").read_text())
        reading.set()
        toys.built()

    @pytest.mark.usefixtures("hasty")
    def test_a_process_that_holds_nothing_back_is_killed(self, host: Host, toys: Toys, ear: Ear) -> None:
        """Whatever kind of signal a wild process sends without end, no more than a limit is taken from it."""
        started(host, toys, ear)
        began = time.monotonic()
        toys.tell(f"wild {10 * MOST_TOLD_AT_ONCE}")
        heard = 0
        while isinstance(told := ear._get(DeviceLost), ReaderTampered):
            heard += 1
        assert isinstance(told, DeviceLost)
        assert "more than any reader has to tell" in told.why
        assert heard <= MOST_TOLD_AT_ONCE + MOST_TOLD_PER_S * (time.monotonic() - began)
        began, before = time.monotonic(), heard
        here_again(toys, ear)
        toys.tell(f"wild {10 * MOST_TOLD_AT_ONCE}")
        while isinstance(ear._get(DeviceLost), ReaderTampered):
            heard += 1
        # The next life begins with what is left of the stock, not with a new one.
        assert heard - before < MOST_TOLD_AT_ONCE // 2 + MOST_TOLD_PER_S * (time.monotonic() - began)

    @pytest.mark.usefixtures("hasty")
    def test_signs_of_life_without_end_are_no_life(self, host: Host, toys: Toys, ear: Ear) -> None:
        """A process may not keep the door process busy with pulses either."""
        started(host, toys, ear)
        toys.tell(f"pulses {10 * MOST_TOLD_AT_ONCE}")
        assert "more than any reader has to tell" in ear.next(DeviceLost).why

    def test_what_was_shown_long_ago_counts_no_more(self, host: Host, toys: Toys, ear: Ear) -> None:
        """A card that waited while the door process was held up opens nothing when it goes on."""
        started(host, toys, ear)
        toys.tell(f"old {STALE_S + 0.1}")
        toys.tell(f"old {STALE_S - 1}")
        ear.next(CardFrame)
        assert ear.quiet
        assert "too late" in host.readers[GATE].health.last_error

    def test_a_slow_door_process_is_never_swamped(self, host: Host, toys: Toys, ear: Ear) -> None:
        """While it does not read, cards are dropped at the driver, which goes on all the while."""
        reading = threading.Event()

        def slow(signal_heard: Signal) -> None:
            ear(signal_heard)
            reading.wait(PATIENCE_S)

        host.readers[GATE].open(slow)
        toys.built().hear()
        toys.tell("back")
        ear.next(DeviceBack)
        for _ in range(10):
            toys.tell("flood 1000")
            assert toys.hear() == "flooded"
        reading.set()
        toys.tell("lost the end of it")
        ear.skip_to(DeviceLost)
        assert ear.quiet
        assert not gone(toys.pid)


class TestOrders:
    def test_patterns_reach_the_driver(self, host: Host, toys: Toys, ear: Ear) -> None:
        """What is shown is shown in its order, and close is dark."""
        started(host, toys, ear)
        lamps = host.annunciators[LAMPS]
        for pattern in Pattern:
            lamps.show(pattern)
            assert toys.hear() == f"show {pattern.name}"
        lamps.close()
        lamps.close()
        lamps.show(Pattern.ALARM)
        assert toys.hear() == "dark"
        toys.tell("card 04a1b2c3")
        ear.next(CardFrame)

    def test_the_lasting_pattern_outlives_the_driver(self, host: Host, toys: Toys, ear: Ear) -> None:
        """A reader whose driver was started anew shows again what lasts, and not what was short."""
        host.annunciators[LAMPS].show(Pattern.IDLE)
        host.readers[GATE].open(ear)
        assert {toys.built().hear(), toys.hear()} == {f"open {GATE}", "show IDLE"}
        host.annunciators[LAMPS].show(Pattern.LOCKDOWN)
        host.annunciators[LAMPS].show(Pattern.REFUSED)
        assert [toys.hear(), toys.hear()] == ["show LOCKDOWN", "show REFUSED"]
        toys.tell("crash")
        assert {toys.built().hear(), toys.hear()} == {f"open {GATE}", "show LOCKDOWN"}

    def test_orders_never_wait_and_the_newest_lasting_pattern_wins(
        self, host: Host, toys: Toys, ear: Ear
    ) -> None:
        """A driver that takes no orders holds nobody up; when it takes them again, it shows what is true."""
        started(host, toys, ear)
        lamps = host.annunciators[LAMPS]
        os.kill(toys.pid, signal.SIGSTOP)
        began = time.monotonic()
        for _ in range(1_000):
            lamps.show(Pattern.LOCKDOWN)
            lamps.show(Pattern.KEY)
        lamps.show(Pattern.ALARM)
        assert time.monotonic() - began < 1
        os.kill(toys.pid, signal.SIGCONT)
        while (heard := toys.hear()) != "show ALARM":
            assert heard in {"show LOCKDOWN", "show KEY"}
        lamps.show(Pattern.IDLE)
        assert toys.hear() == "show IDLE"

    def test_a_key_is_installed_and_known_to_the_next_process(self, toys: Toys, ear: Ear) -> None:
        """After a pairing the new key is the only one, also when the driver is started anew."""
        with hosted(toy_unit(toys.path, keys={GATE: (OLD_KEY,)})) as host:
            started(host, toys, ear)
            secure_reader(host).pair(KEY, 30)
            assert toys.hear() == f"pair {GATE} {KEY.hex()} 30"
            toys.tell("paired")
            ear.skip_to(ReaderPaired)
            toys.tell("crash")
            ear.next(DeviceLost)
            here_again(toys, ear)
            assert toys.keys == KEY.hex()

    def test_a_key_that_may_have_been_installed_is_kept(self, toys: Toys, ear: Ear) -> None:
        """A driver that dies in the middle of a pairing fails it, and the next one has both keys."""
        with hosted(toy_unit(toys.path, keys={GATE: (OLD_KEY,)})) as host:
            started(host, toys, ear)
            secure_reader(host).pair(KEY, 30)
            toys.hear()
            toys.tell("crash")
            failed = ear.next(PairingFailed)
            assert KEY.hex() not in repr(failed)
            ear.next(DeviceLost)
            here_again(toys, ear)
            assert toys.keys == f"{KEY.hex()},{OLD_KEY.hex()}"

    def test_nothing_is_paired_without_a_driver(self, tmp_path: Path, ear: Ear) -> None:
        """A key for a reader that nobody drives just now is refused at once."""
        with hosted(toy_unit(tmp_path / "nobody listens")) as host:
            host.readers[GATE].open(ear)
            ear.next(DeviceLost)
            secure_reader(host).pair(KEY, 30)
            assert "try again" in ear.next(PairingFailed).why

    def test_only_readers_with_keys_can_be_paired(self) -> None:
        """A reader without a secure channel does not look as if it had one."""
        [reader] = Host(HostedUnit((PcscReaderSpec(GATE, "ACS"),))).readers.values()
        assert not isinstance(reader, SecureReader)


def test_health_says_what_the_driver_says(host: Host, toys: Toys, ear: Ear) -> None:
    """The page has what the driver's book has, and why the reader is lost in the driver's newest words."""
    started(host, toys, ear)
    reader = host.readers[GATE]
    until(lambda: reader.health.beat_ns is not None and reader.health.about["driver"] == "toy")
    assert reader.health.seen_ns is not None
    toys.tell("lost one reason")
    ear.next(DeviceLost)
    toys.tell("lost another reason")
    until(lambda: reader.health.why == "another reason")
    assert reader.health.state is DeviceState.LOST
    assert ear.quiet
