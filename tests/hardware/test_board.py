"""The board as a whole: built completely or not at all, and secured whatever fails."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hardware.board import Board, build
from hardware.errors import GpioTaken, HardwareError, HeaderMissing, LibraryMissing
from hardware.fakes import FakeBoard, FakeStrike
from hardware.hosted.host import GRACE_S
from hardware.ports import Pattern, Report
from hardware.signals import ContactChanged, DeviceBack, DeviceId, DeviceLost, StrikeRested
from hardware.specs import (
    AdcSpec,
    BoardKind,
    BoardSpec,
    ContactSpec,
    OsdpBusSpec,
    OsdpReaderSpec,
    PcscReaderSpec,
    SimulatedReaderSpec,
    StrikeSpec,
    SupervisedContactSpec,
)
from tests.hardware.listening import Ear
from tests.hardware.site import GATE, GATE_EXIT, GATE_LAMPS, GATE_POSITION, GATE_READER, SITE, YARD, built
from tests.hardware.threads import Threads

NOWHERE = Path("/nonexistent/warehouse.sock")


def clock() -> int:
    return 0


@pytest.fixture(params=["fake", "simulated"])
def board(request: pytest.FixtureRequest) -> Board:
    return FakeBoard.from_spec(SITE, clock) if request.param == "fake" else built(NOWHERE)


def test_every_device_has_its_name(board: Board) -> None:
    """Whatever the spec names is on the board, and nothing else."""
    assert set(board.strikes) == {GATE, YARD}
    assert set(board.contacts) == {GATE_POSITION, GATE_EXIT}
    assert set(board.readers) == {GATE_READER}
    assert set(board.annunciators) == {annunciator.id for annunciator in SITE.annunciators}
    for devices in (board.strikes, board.contacts, board.readers, board.annunciators):
        assert all(device.id == name for name, device in devices.items())
    board.close()


def test_leaves_are_known_before_a_badge_comes(board: Board, ear: Ear) -> None:
    """Opening reports every contact first, then every reader."""
    board.open(ear)
    assert [ear.next(ContactChanged).device for _ in board.contacts] == list(board.contacts)
    ear.skip_to(DeviceBack if isinstance(board, FakeBoard) else DeviceLost)
    board.close()
    assert ear.quiet


def test_closing_secures_and_may_be_repeated(board: Board, ear: Ear) -> None:
    """After close no strike is released and nothing is left to close."""
    board.open(ear)
    for strike in board.strikes.values():
        strike.release()
    board.annunciators[GATE_LAMPS].show(Pattern.ALARM)
    board.close()
    board.close()
    assert not any(strike.released for strike in board.strikes.values())


def test_no_thread_stays_behind(ear: Ear) -> None:
    """A board that was closed leaves no thread of its own running."""
    threads = Threads()
    board = built(NOWHERE)
    board.open(ear)
    board.annunciators[DeviceId("yard-in.annunciator")].show(Pattern.PIN_WANTED)
    assert threads.new
    board.close()
    assert not threads.new


def test_readers_that_hang_are_closed_together(ear: Ear) -> None:
    """However many processes have to be killed, the board waits no longer than for one."""
    pytest.importorskip("osdp", reason="pip install 'accessctl[osdp]'")
    readers = tuple(
        OsdpReaderSpec(DeviceId(f"d{n}.reader"), OsdpBusSpec(f"bus{n}", f"/nonexistent/{n}"), n)
        for n in range(4)
    )
    board = build(BoardSpec(BoardKind.SIMULATED, readers=readers), simulation=NOWHERE)
    before = {*_children()}
    board.open(ear)
    assert {ear.skip_to(DeviceLost).device for _ in readers} == {reader.id for reader in readers}
    started = {*_children()} - before
    assert len(started) == len(readers)
    for pid in started:
        os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    board.close()
    assert time.monotonic() - began < 2 * GRACE_S
    assert not started & {*_children()}


def _children() -> list[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


def test_one_device_that_fails_keeps_no_strike_from_securing() -> None:
    """Every strike is secured, and what failed is raised after that."""
    board = FakeBoard.from_spec(
        BoardSpec(BoardKind.PI, strikes=tuple(StrikeSpec(DeviceId(f"d{n}.strike"), n) for n in range(4, 8))),
        clock,
    )
    strikes = list(board.strikes.values())
    for strike in strikes:
        strike.release()
    for strike in strikes[1:3]:
        strike.break_line("the relay board lost its power")
    with pytest.raises(HardwareError, match="relay board"):
        board.close()
    assert [strike.history[-1] for strike in (strikes[0], strikes[3])] == [(0, False), (0, False)]


def test_a_device_that_does_not_open_closes_the_board() -> None:
    """When opening fails halfway, everything is closed and the failure is told."""

    class BrokenContact:
        id = GATE_POSITION
        active = False

        def open(self, report: Report) -> None:
            raise HardwareError("the line is cut")

        def close(self) -> None: ...

    strike = FakeStrike(GATE, clock)
    closing = ExitStack()
    closing.callback(strike.close)
    board = Board(
        strikes={GATE: strike},
        contacts={GATE_POSITION: BrokenContact()},
        readers={},
        annunciators={},
        closing=closing,
    )
    strike.release()
    with pytest.raises(HardwareError, match="cut"):
        board.open(Ear())
    assert not strike.released


def test_a_line_used_twice_is_refused_and_everything_built_is_closed() -> None:
    """A wiring mistake in the site file names line and owner, and leaves nothing behind."""
    threads = Threads()
    twice = replace(SITE, contacts=(ContactSpec(GATE_EXIT, 23), ContactSpec(GATE_POSITION, 23)))
    with pytest.raises(GpioTaken, match=r"GPIO23 already belongs to gate\.exit_request"):
        build(twice, simulation=NOWHERE)
    assert not threads.new
    built(NOWHERE).close()


SUPERVISED = replace(
    SITE,
    adc=AdcSpec(),
    contacts=(SupervisedContactSpec(GATE_EXIT, 0), ContactSpec(GATE_POSITION, 22, normally_closed=True)),
)


def test_supervised_contacts_share_a_converter_with_the_board(ear: Ear) -> None:
    """Contacts of both kinds live on one board, and nothing of them stays behind."""
    threads = Threads()
    board = build(SUPERVISED, simulation=NOWHERE)
    board.open(ear)
    assert set(board.contacts) == {GATE_EXIT, GATE_POSITION}
    board.close()
    assert not threads.new


def test_a_strike_on_the_converters_line_is_refused() -> None:
    """The converter's lines are lines like any other, and have one owner."""
    threads = Threads()
    twice = replace(SUPERVISED, strikes=(StrikeSpec(GATE, 11),))
    with pytest.raises(GpioTaken, match="GPIO11 already belongs to the converter"):
        build(twice, simulation=NOWHERE)
    assert not threads.new


def test_strikes_tell_the_board_that_they_rest(ear: Ear) -> None:
    """Whoever listens to the board hears of a coil that was switched off."""
    short = StrikeSpec(GATE, 17, longest_energised=timedelta(milliseconds=30))
    board = build(replace(SITE, strikes=(short,)), simulation=NOWHERE)
    board.open(ear)
    board.strikes[GATE].release()
    assert ear.skip_to(StrikeRested).device == GATE
    board.close()


def test_the_label_of_the_chip_reaches_the_header() -> None:
    """A board on another chip than a Pi's looks for that one, and for no other."""
    with pytest.raises(HeaderMissing, match=r"labelled relay-board|there is no /dev/gpiochip"):
        build(BoardSpec(BoardKind.PI, chip="relay-board"))


@pytest.mark.parametrize(
    ("spec", "simulation", "complaint"),
    [
        (SITE, None, "needs the socket"),
        (replace(SITE, kind=BoardKind.PI), None, "gate-in.reader, gate-in.annunciator"),
        (replace(SITE, readers=(SimulatedReaderSpec(GATE),)), NOWHERE, "same name: gate.strike"),
        (replace(SUPERVISED, adc=None), NOWHERE, "needs the board's converter"),
    ],
    ids=["no socket", "simulated devices on a real board", "one name twice", "no converter"],
)
def test_a_board_that_cannot_be_is_refused(spec: BoardSpec, simulation: Path | None, complaint: str) -> None:
    """A contradiction in the spec is told before any line is touched."""
    with pytest.raises(ValueError, match=complaint):
        build(spec, simulation=simulation)


def test_a_missing_pyscard_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A board with a PC/SC reader says what to install where pyscard is absent."""
    monkeypatch.setitem(sys.modules, "smartcard", None)
    monkeypatch.delitem(sys.modules, "hardware.readers.pcsc", raising=False)
    spec = BoardSpec(BoardKind.SIMULATED, readers=(PcscReaderSpec(GATE_READER, "ACS"),))
    with pytest.raises(
        LibraryMissing, match=r"gate-in\.reader needs pyscard.*pip install 'accessctl\[pcsc\]'"
    ):
        build(spec, simulation=NOWHERE)


LEAN = """
import sys
from pathlib import Path
from tests.hardware.site import SITE
from hardware.board import build
import hardware.fakes
assert not any(m.startswith(("gpiozero", "smartcard", "hardware.simulated")) for m in sys.modules)
board = build(SITE, simulation=Path("/nonexistent/socket"))
forbidden = ("smartcard", "hardware.simulated.server", "asyncio", "policies", "accessctl", "sqlite3", "numpy")
assert not [m for m in sys.modules if m.startswith(forbidden)], sys.modules.keys()
board.open(lambda signal: None)
[resident] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")]
print(resident.split()[1])
board.close()
"""


def test_a_board_is_lean() -> None:
    """Nothing is imported that no device needs, and an open board leaves room below 45 MiB."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", LEAN], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 30 * 1024
