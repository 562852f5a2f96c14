"""Lines on gpiozero's mock pins: what level is driven when, and who may have which line."""

import sys
from queue import SimpleQueue

import pytest

from hardware.contact import GpioContact
from hardware.errors import GpioTaken, HeaderMissing, LibraryMissing, LineFailed
from hardware.gpio import SimulatedHeader, open_header
from hardware.signals import ContactChanged, DeviceId
from hardware.specs import BoardKind, ContactSpec, LockKind, StrikeSpec, Unattended
from hardware.strike import GpioStrike
from tests.hardware.listening import Ear

GATE = DeviceId("gate.strike")
YARD = DeviceId("yard.strike")
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
    contact._edge(circuit_closed=False)
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


def test_a_pi_without_lgpio_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing library is named together with the command that brings it."""
    monkeypatch.setitem(sys.modules, "lgpio", None)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    with pytest.raises(LibraryMissing, match="apt install python3-lgpio"):
        open_header(BoardKind.PI)


def test_a_machine_without_header_says_so() -> None:
    """Elsewhere than on a Pi the header cannot be opened, whether lgpio is there or not."""
    with pytest.raises((HeaderMissing, LibraryMissing)):
        open_header(BoardKind.PI)
