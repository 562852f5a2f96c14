"""Lines on gpiozero's mock pins: what level is driven when, and who may have which line."""

import sys
import time
import tracemalloc
from queue import SimpleQueue

import pytest

from hardware.contact import GpioContact
from hardware.errors import GpioTaken, LibraryMissing, LineFailed
from hardware.gpio import SimulatedHeader, SteppedClock, open_header
from hardware.signals import ContactChanged, DeviceId
from hardware.specs import BoardKind, ContactSpec, LockKind, StrikeSpec, Unattended
from hardware.strike import GpioStrike
from tests.hardware.listening import Ear

GATE = DeviceId("gate.strike")
YARD = DeviceId("yard.strike")
READER = DeviceId("gate-in.reader")
NORMAL = StrikeSpec(GATE, 17)
INVERTED = StrikeSpec(GATE, 17, LockKind.FAIL_SAFE, Unattended.RELEASED)


@pytest.fixture
def header() -> SimulatedHeader:
    return SimulatedHeader()


@pytest.fixture
def levels(header: SimulatedHeader) -> SimpleQueue[bool]:
    """Every level that GPIO17 ever had, in order."""
    written: SimpleQueue[bool] = SimpleQueue()
    header.listen(lambda gpio, high: written.put(high) if gpio == 17 else None)
    return written


def drain(levels: SimpleQueue[bool]) -> list[bool]:
    return [levels.get() for _ in range(levels.qsize())]


@pytest.mark.parametrize(("spec", "secured"), [(NORMAL, False), (INVERTED, True)], ids=["normal", "inverted"])
def test_a_strike_is_secured_from_the_first_level_on(
    header: SimulatedHeader, levels: SimpleQueue[bool], spec: StrikeSpec, secured: bool
) -> None:
    """Building a strike never lets the line pass through released."""
    GpioStrike(spec, header)
    assert drain(levels) == [secured]


@pytest.mark.parametrize(("spec", "secured"), [(NORMAL, False), (INVERTED, True)], ids=["normal", "inverted"])
def test_a_closed_strike_leaves_its_line_low(
    header: SimulatedHeader, levels: SimpleQueue[bool], spec: StrikeSpec, secured: bool
) -> None:
    """Closing secures first; then the line falls to its pull-down resistor, whatever the door does then."""
    strike = GpioStrike(spec, header)
    strike.release()
    drain(levels)
    strike.close()
    assert drain(levels) == [secured, False]


def test_a_broken_line_is_a_fault_with_a_name(header: SimulatedHeader) -> None:
    """A line that cannot be driven raises, and the strike does not claim to be what it is not."""
    strike = GpioStrike(NORMAL, header)
    header.close()
    with pytest.raises(LineFailed, match=r"gate\.strike: GPIO17"):
        strike.release()
    assert not strike.released


def test_an_edge_that_is_seen_twice_is_told_once(header: SimulatedHeader, ear: Ear) -> None:
    """A change at the moment of opening is seen by the first look and by the watch, and is one signal."""
    contact = GpioContact(ContactSpec(DeviceId("gate.position"), 22, normally_closed=True), header)
    contact.open(ear)
    contact._edge(circuit_closed=False, mono_ns=0)
    assert ear.next(ContactChanged).active
    assert ear.quiet


def test_a_line_belongs_to_one_device(header: SimulatedHeader) -> None:
    """The second device on a line is refused by the name of the first."""
    header.output(17, GATE, high=False)
    with pytest.raises(GpioTaken, match=r"GPIO17 already belongs to gate\.strike"):
        header.input(17, YARD, debounce_ms=0)
    header.input(18, YARD, debounce_ms=0)


def test_two_boards_share_nothing() -> None:
    """Each header has pins of its own: there is no global pin factory."""
    one, other = SimulatedHeader(), SimulatedHeader()
    one.output(17, GATE, high=True)
    other.output(17, GATE, high=False)
    assert (one.is_high(17), other.is_high(17)) == (True, False)


def test_a_line_that_does_not_exist_is_refused(header: SimulatedHeader) -> None:
    """A GPIO number beyond the header is a fault that names device and line."""
    with pytest.raises(LineFailed, match=r"gate\.strike: GPIO99"):
        header.output(99, GATE, high=False)


def test_a_line_that_was_given_back_is_free(header: SimulatedHeader) -> None:
    """Whoever closes a line leaves it to the next owner, and has no say in it any more."""
    first = header.output(17, GATE, high=True)
    first.close()
    header.output(17, YARD, high=True)
    with pytest.raises(LineFailed, match=r"gate\.strike: GPIO17"):
        first.drive(high=False)
    assert header.is_high(17)


def test_an_open_drain_line_is_high_until_it_is_driven(header: SimulatedHeader) -> None:
    """High means not driven, which the pull-up makes high."""
    line = header.output(5, GATE, high=True, open_drain=True)
    assert header.is_high(5)
    line.drive(high=False)
    assert not header.is_high(5)


def test_everyone_who_listens_is_told(header: SimulatedHeader) -> None:
    """A second one who listens to the header takes nothing from the first."""
    told: list[str] = []
    header.listen(lambda _gpio, _high: told.append("one"))
    header.listen(lambda _gpio, _high: told.append("other"))
    header.output(17, GATE, high=True)
    assert told == ["one", "other"]


def test_a_simulated_line_forgets_its_changes(header: SimulatedHeader) -> None:
    """A line that changes thousands of times a second takes no more room than one that rests."""
    line = header.output(17, GATE, high=False)
    tracemalloc.start()
    try:
        for _ in range(5000):
            line.drive(high=True)
            line.drive(high=False)
        assert tracemalloc.get_traced_memory()[0] < 10_000
    finally:
        tracemalloc.stop()


class TestPulses:
    def test_each_pulse_is_told_with_its_instant(self, header: SimulatedHeader) -> None:
        """What falls is told once, when it fell; what rises is not told."""
        told: list[int] = []
        line = header.pulses(14, READER, told.append)
        for at_ns in (5, 7, 7_000_000_000_000_000_001):
            header.pulse(14, at_ns)
        assert told == [5, 7, 7_000_000_000_000_000_001]
        assert not line.low

    def test_without_an_instant_it_is_now(self, header: SimulatedHeader) -> None:
        """A pulse is stamped with the clock that everything else is stamped with."""
        told: list[int] = []
        line = header.pulses(14, READER, told.append)
        before_ns = time.monotonic_ns()
        header.pulse(14)
        assert before_ns <= told[0] <= time.monotonic_ns()
        line.close()

    def test_a_line_that_stays_low_is_seen(self, header: SimulatedHeader) -> None:
        """A shorted wire is one pulse, and low until it is mended."""
        told: list[int] = []
        line = header.pulses(14, READER, told.append)
        header.set_circuit(14, closed=True)
        assert line.low
        header.set_circuit(14, closed=False)
        assert not line.low
        assert len(told) == 1

    def test_a_closed_line_is_silent(self, header: SimulatedHeader) -> None:
        """After close nothing is told, and the level is nobody's any more."""
        told: list[int] = []
        line = header.pulses(14, READER, told.append)
        line.close()
        line.close()
        header.pulse(14)
        assert not told
        with pytest.raises(LineFailed, match=r"gate-in\.reader: GPIO14"):
            _ = line.low

    def test_a_taken_line_is_refused(self, header: SimulatedHeader) -> None:
        """A wire of a reader is no wire of another."""
        line = header.pulses(14, READER, lambda _at_ns: None)
        with pytest.raises(GpioTaken, match=r"GPIO14 already belongs to gate-in\.reader"):
            header.pulses(14, YARD, lambda _at_ns: None)
        assert not line.low


class TestDebounce:
    """On a clock of our own, as the kernel does it: an edge counts once it has lasted."""

    @pytest.fixture
    def clock(self) -> SteppedClock:
        return SteppedClock(now_ns=1_000_000_000)

    @pytest.fixture
    def header(self, clock: SteppedClock) -> SimulatedHeader:
        return SimulatedHeader(clock)

    @pytest.fixture
    def button(self, header: SimulatedHeader, clock: SteppedClock, ear: Ear) -> GpioContact:
        button = GpioContact(ContactSpec(DeviceId("gate.exit_request"), 23, debounce_ms=20), header)
        button.open(ear)
        assert not ear.next(ContactChanged).active
        return button

    def test_a_press_counts_once_it_has_lasted(
        self, header: SimulatedHeader, clock: SteppedClock, button: GpioContact, ear: Ear
    ) -> None:
        """A press is reported 20 ms after it began, with that instant, and not before."""
        header.set_circuit(23, closed=True)
        clock.pass_ms(19.999)
        assert ear.quiet
        assert not button.active
        clock.pass_ms(30)
        changed = ear.next(ContactChanged)
        assert (changed.active, changed.mono_ns) == (True, 1_020_000_000)
        assert button.active

    def test_a_bouncing_press_is_one(
        self, header: SimulatedHeader, clock: SteppedClock, button: GpioContact, ear: Ear
    ) -> None:
        """Eleven edges within 20 ms are one press, and every one of them starts the time anew."""
        for _ in range(5):
            for closed in (True, False):
                header.set_circuit(23, closed=closed)
                clock.pass_ms(3)
        header.set_circuit(23, closed=True)
        clock.pass_ms(100)
        assert ear.next(ContactChanged).mono_ns == 1_050_000_000
        assert ear.quiet

    def test_a_spike_is_nothing(
        self, header: SimulatedHeader, clock: SteppedClock, button: GpioContact, ear: Ear
    ) -> None:
        """What lasts less than 20 ms never was: lightning on a long wire opens no door."""
        for _ in range(100):
            header.set_circuit(23, closed=True)
            clock.pass_ms(19)
            header.set_circuit(23, closed=False)
            clock.pass_ms(21)
        assert ear.quiet
        assert not button.active

    def test_without_debounce_every_edge_counts(
        self, header: SimulatedHeader, clock: SteppedClock, ear: Ear
    ) -> None:
        """The same bouncing press on a line without debounce is six presses: the time did it."""
        button = GpioContact(ContactSpec(DeviceId("gate.exit_request"), 23, debounce_ms=0), header)
        button.open(ear)
        ear.next(ContactChanged)
        for closed in (True, False) * 5 + (True,):
            header.set_circuit(23, closed=closed)
        assert [ear.next(ContactChanged).active for _ in range(11)] == [True, False] * 5 + [True]

    def test_what_is_due_happens_in_its_order(self, clock: SteppedClock) -> None:
        """Time that passes in one go passes what is due in between at its own instant."""
        seen: list[tuple[str, int]] = []
        clock.after(30, lambda: seen.append(("later", clock())))
        clock.after(10, lambda: clock.after(5, lambda: seen.append(("sooner", clock()))))
        clock.pass_ms(1)
        assert seen == [("sooner", 1_000_000_015), ("later", 1_000_000_030)]
        assert clock() == 1_001_000_000


def test_a_pi_without_gpiod_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing library is named together with the command that brings it."""
    monkeypatch.setitem(sys.modules, "gpiod", None)
    monkeypatch.delitem(sys.modules, "hardware.gpiod_factory", raising=False)
    with pytest.raises(LibraryMissing, match=r"needs gpiod.*pip install 'accessctl\[pi\]'"):
        open_header(BoardKind.PI)
