"""Supervised contacts: four states by their bands, debounce and faults, down to the bits on the SPI lines."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.adc import open_converter
from hardware.errors import GpioTaken, HardwareError
from hardware.gpio import SimulatedHeader
from hardware.health import DeviceState
from hardware.signals import ContactChanged, DeviceBack, DeviceId, DeviceLost, Signal
from hardware.simulated.adc_chip import SimulatedAdc
from hardware.specs import AdcSpec, SupervisedContactSpec
from hardware.supervised import (
    MENDED_NS,
    SupervisedContact,
    Wires,
    _Rounds,
    supervised_contacts,
    wires_at,
)
from tests.hardware.listening import PATIENCE_S, Ear
from tests.hardware.threads import Threads

ADC = AdcSpec()
POSITION = SupervisedContactSpec(DeviceId("gate.position"), 0, normally_closed=True)
EXIT = SupervisedContactSpec(DeviceId("gate.exit_request"), 7)

# With 10 kOhm to the supply, 4.7 kOhm in series and 10 kOhm across the contact.
SHORTED, CLOSED, OPEN, CUT = 0.0, 0.32, 0.6, 1.0
MS = 1_000_000


@pytest.fixture
def header() -> Iterator[SimulatedHeader]:
    header = SimulatedHeader()
    yield header
    header.close()


@pytest.fixture
def adc(header: SimulatedHeader) -> SimulatedAdc:
    adc = SimulatedAdc(header, ADC)
    adc.set(0, CLOSED)
    adc.set(7, OPEN)
    return adc


def feed(
    contact: SupervisedContact, value: float | None, from_ms: int, to_ms: int, every_ms: int = 25
) -> None:
    """Measure the same for a while."""
    for at_ms in range(from_ms, to_ms, every_ms):
        contact.take(value, at_ms * MS)


@pytest.fixture
def contact(ear: Ear) -> SupervisedContact:
    """A position switch that is closed since ever, as everybody was told."""
    contact = SupervisedContact(POSITION)
    contact.take(CLOSED, 0)
    contact.open(ear)
    ear.next(DeviceBack)
    assert ear.next(ContactChanged).active is False
    return contact


@pytest.mark.parametrize(
    ("value", "wires"),
    [
        (0.0, Wires.SHORTED),
        (0.149, Wires.SHORTED),
        (0.15, Wires.CLOSED),
        (CLOSED, Wires.CLOSED),
        (0.419, Wires.CLOSED),
        (0.42, Wires.OPEN),
        (OPEN, Wires.OPEN),
        (0.849, Wires.OPEN),
        (0.85, Wires.CUT),
        (1.0, Wires.CUT),
    ],
)
def test_a_value_means_what_its_band_says(value: float, wires: Wires) -> None:
    """Shorted is below low, closed up to middle, open up to high, cut above that."""
    assert wires_at(value, POSITION, Wires.UNKNOWN) is wires


@pytest.mark.parametrize(("edge", "below", "above"), [(0.15, 0, 1), (0.42, 1, 2), (0.85, 2, 3)])
def test_a_value_at_an_edge_means_what_it_meant(edge: float, below: int, above: int) -> None:
    """Noise of a hundredth around an edge changes nothing; more than that does."""
    for before, beyond in ((Wires(below), 0.011), (Wires(above), -0.011)):
        for noise in (-0.009, 0.0, 0.009):
            assert wires_at(edge + noise, POSITION, before) is before
        assert wires_at(edge + beyond, POSITION, before) is not before


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=60), st.booleans())
def test_whatever_is_measured_only_a_mended_line_speaks(
    values: list[float | None], normally_closed: bool
) -> None:
    """Whatever is measured, states come only between back and lost, and never the same one twice."""
    said: list[Signal] = []
    contact = SupervisedContact(SupervisedContactSpec(DeviceId("gate.exit_request"), 3, normally_closed))
    contact.open(said.append)
    for n, value in enumerate(values):
        contact.take(value, n * 25 * MS)
    here, active = False, None
    for signal in said:
        if isinstance(signal, ContactChanged):
            assert here
            assert signal.active is not active
            active = signal.active
        else:
            assert not (isinstance(signal, DeviceBack) and here)
            here, active = isinstance(signal, DeviceBack), None
    assert (contact.health.state is DeviceState.HERE) is here


def test_a_change_counts_once_it_has_lasted(contact: SupervisedContact, ear: Ear) -> None:
    """An open leaf is reported when two looks in a row saw it, with the instant of the second."""
    contact.take(OPEN, 25 * MS)
    assert ear.quiet
    assert not contact.active
    contact.take(OPEN, 50 * MS)
    changed = ear.next(ContactChanged)
    assert (changed.active, changed.mono_ns) == (True, 50 * MS)
    assert contact.active


def test_a_bounce_is_no_change(contact: SupervisedContact, ear: Ear) -> None:
    """A contact that changes at every look says nothing until it has made up its mind."""
    for at in range(25, 1000, 50):
        contact.take(OPEN, at * MS)
        contact.take(CLOSED, (at + 25) * MS)
    assert ear.quiet


@pytest.mark.parametrize(
    ("value", "why"),
    [(SHORTED, "the wires are shorted"), (CUT, "the wires are cut"), (None, "the converter does not answer")],
)
def test_a_fault_is_told_once_and_keeps_the_last_state(
    contact: SupervisedContact, ear: Ear, value: float | None, why: str
) -> None:
    """Cut, shorted and silent are faults with a name, and pass for neither an open nor a closed leaf."""
    feed(contact, OPEN, 25, 100)
    assert ear.next(ContactChanged).active
    contact.take(value, 100 * MS)
    assert ear.quiet
    feed(contact, value, 125, 2000)
    assert ear.next(DeviceLost).why == why
    assert ear.quiet
    assert contact.active
    assert (contact.health.state, contact.health.why) == (DeviceState.LOST, why)


def test_a_mended_wire_says_what_is_so_now(contact: SupervisedContact, ear: Ear) -> None:
    """After a second without fault the contact is back, and its state follows, changed or not."""
    feed(contact, CUT, 25, 100)
    ear.next(DeviceLost)
    feed(contact, CLOSED, 100, 1100)
    assert ear.quiet
    feed(contact, CLOSED, 1100, 2000)
    assert ear.next(DeviceBack).mono_ns == 100 * MS + MENDED_NS
    assert ear.next(ContactChanged).active is False
    assert ear.quiet
    assert contact.health.state is DeviceState.HERE


def test_a_loose_wire_is_one_fault(contact: SupervisedContact, ear: Ear) -> None:
    """A wire that comes and goes ten times a second is lost once and not back before it holds."""
    for at in range(25, 20_000, 100):
        feed(contact, CUT, at, at + 50)
        feed(contact, CLOSED, at + 50, at + 100)
    ear.next(DeviceLost)
    assert ear.quiet


def test_a_contact_that_was_never_well_has_no_state(ear: Ear) -> None:
    """A button whose wires are shorted from the start is lost, not pressed, and speaks once it is mended."""
    button = SupervisedContact(EXIT)
    button.take(SHORTED, 0)
    button.open(ear)
    assert ear.next(DeviceLost).why == "the wires are shorted"
    assert not button.active
    feed(button, SHORTED, 25, 500)
    assert ear.quiet
    feed(button, OPEN, 500, 2000)
    ear.next(DeviceBack)
    assert ear.next(ContactChanged).active is False


def test_a_closed_contact_is_silent(contact: SupervisedContact, ear: Ear) -> None:
    """Nothing is reported after close, whatever is measured, and nobody can ask any more."""
    contact.close()
    feed(contact, OPEN, 25, 100)
    feed(contact, CUT, 100, 200)
    assert ear.quiet
    with pytest.raises(HardwareError, match=r"gate\.position is closed"):
        _ = contact.active


@given(st.lists(st.integers(0, 1023), min_size=8, max_size=8).filter(any))
def test_every_bit_of_every_channel_arrives(levels: list[int]) -> None:
    """What the chip measures is what is read, through gpiozero's driver and over four lines bit by bit."""
    header = SimulatedHeader()
    adc = SimulatedAdc(header, ADC)
    for channel, level in enumerate(levels):
        adc.set(channel, level / 1023)
    converter = open_converter(ADC, range(8), header)
    values = converter.read()
    header.close()
    assert values is not None
    assert [round(values[channel] * 1023) for channel in range(8)] == levels


@pytest.mark.parametrize("closed", [True, False], ids=["low", "high"])
def test_a_chip_that_is_not_there_does_not_answer(header: SimulatedHeader, closed: bool) -> None:
    """A line that nobody drives, or that stays low, is no measurement of eight shorted or cut contacts."""
    converter = open_converter(ADC, [0, 7], header)
    header.set_circuit(ADC.miso_gpio, closed=closed)
    assert converter.read() is None


def test_one_shorted_contact_is_shorted(header: SimulatedHeader, adc: SimulatedAdc) -> None:
    """Zero on one channel is a measurement as long as another one shows that the chip is alive."""
    adc.set(0, SHORTED)
    assert open_converter(ADC, [0, 7], header).read() == {0: 0.0, 7: pytest.approx(OPEN, abs=0.001)}


def test_the_converters_lines_belong_to_it(header: SimulatedHeader, adc: SimulatedAdc) -> None:
    """No strike gets a line that the converter has, until the converter is closed."""
    converter = open_converter(ADC, [0], header)
    with pytest.raises(GpioTaken, match="GPIO8 already belongs to the converter"):
        header.output(8, DeviceId("gate.strike"), high=False)
    converter.close()
    converter.close()
    header.output(8, DeviceId("gate.strike"), high=False)


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_contacts_on_the_lines_report(header: SimulatedHeader, adc: SimulatedAdc, ear: Ear) -> None:
    """From the wires to the signal: states at once, a change, a cut wire, a dead chip, and no thread left."""
    threads = Threads()
    position, button = supervised_contacts([POSITION, EXIT], ADC, header)
    position.open(ear)
    assert [ear.next(DeviceBack).device, ear.next(ContactChanged).active] == [POSITION.id, False]
    adc.set(0, OPEN)
    assert ear.next(ContactChanged).active is True
    button.open(ear)
    assert [ear.next(DeviceBack).device, ear.next(ContactChanged).active] == [EXIT.id, False]
    adc.set(7, CUT)
    lost = ear.next(DeviceLost)
    assert (lost.device, lost.why) == (EXIT.id, "the wires are cut")
    beat_ns = position.health.beat_ns
    adc.answers = False
    header.set_circuit(ADC.miso_gpio, closed=False)
    assert ear.next(DeviceLost).why == "the converter does not answer"
    wait_until(lambda: button.health.why == "the converter does not answer")
    assert position.health.beat_ns is not None
    assert beat_ns is not None
    assert position.health.beat_ns > beat_ns
    position.close()
    assert threads.new
    button.close()
    button.close()
    assert not threads.new
    assert ear.quiet


def test_one_contact_that_fails_takes_no_other_along(
    header: SimulatedHeader, adc: SimulatedAdc, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody who cannot be told is logged, once for as long as it lasts, and the rounds go on."""
    position, button = supervised_contacts([POSITION, EXIT], ADC, header)
    deaf = threading.Event()

    def tell(signal: Signal) -> None:
        if deaf.is_set():
            raise RuntimeError("the loop is closed")
        ear(signal)

    position.open(tell)
    assert [ear.next(DeviceBack).device, ear.next(ContactChanged).active] == [POSITION.id, False]
    deaf.set()
    adc.set(0, OPEN)
    wait_until(lambda: position.health.errors_this_hour > 0)
    button.open(ear)
    assert [ear.next(DeviceBack).device, ear.next(ContactChanged).active] == [EXIT.id, False]
    adc.set(7, CLOSED)
    assert ear.next(ContactChanged).active is True
    deaf.clear()
    adc.set(0, CLOSED)
    assert ear.next(ContactChanged).device == POSITION.id
    assert [record.message for record in caplog.records].count("gate.position could not be looked at") == 1
    button.close()
    position.close()


def test_a_round_that_fails_is_no_measurement(header: SimulatedHeader, adc: SimulatedAdc, ear: Ear) -> None:
    """A contact that no value came for is lost; the others are read all the same."""
    rounds = _Rounds(open_converter(ADC, [7], header), [POSITION, EXIT])
    position, button = rounds.contacts
    position.open(ear)
    assert ear.next(DeviceLost).why == "the converter does not answer"
    assert position.health.state is DeviceState.LOST
    button.open(ear)
    assert [ear.next(DeviceBack).device, ear.next(ContactChanged).active] == [EXIT.id, False]
    adc.set(7, CLOSED)
    assert ear.next(ContactChanged).active is True
    assert "KeyError" in position.health.last_error
    position.close()
    button.close()


def test_lines_that_fail_are_a_fault(header: SimulatedHeader, adc: SimulatedAdc, ear: Ear) -> None:
    """When the lines cannot be used any more, the contacts are lost, and why is in their health."""
    (position,) = supervised_contacts([POSITION], ADC, header)
    position.open(ear)
    ear.next(DeviceBack)
    ear.next(ContactChanged)
    header.close()
    assert ear.next(DeviceLost).why == "the converter does not answer"
    assert position.health.errors_this_hour
    position.close()
