"""Strikes and contacts on lines of a real kernel, which debounces, stamps and guards them itself."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from queue import SimpleQueue

import pytest

from hardware.card_formats import FORMATS
from hardware.contact import GpioContact
from hardware.errors import HeaderMissing, LineFailed
from hardware.gpio import Header, PulseLine, open_header
from hardware.readers.wiegand_reader import WiegandReader
from hardware.signals import (
    CardFrame,
    CardUnreadable,
    ContactChanged,
    DeviceBack,
    DeviceId,
    DeviceLost,
    StrikeRested,
    Technology,
)
from hardware.specs import (
    AdcSpec,
    BoardKind,
    ContactSpec,
    LockKind,
    StrikeSpec,
    SupervisedContactSpec,
    Unattended,
    WiegandReaderSpec,
)
from hardware.strike import GpioStrike
from hardware.supervised import supervised_contacts
from tests.hardware.listening import PATIENCE_S, Ear
from tests.vm.simulated_chip import SimulatedChip, why_not

pytestmark = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")

LABEL = "doors-of-a-test"
GATE = DeviceId("gate.strike")
POSITION = DeviceId("gate.position")
READER = DeviceId("gate-in.reader")
EXIT = DeviceId("gate.exit_request")
NORMAL = StrikeSpec(GATE, 17)
INVERTED = StrikeSpec(GATE, 17, LockKind.FAIL_SAFE, Unattended.RELEASED)


@pytest.fixture
def chip() -> Iterator[SimulatedChip]:
    with SimulatedChip(LABEL) as chip:
        yield chip


@pytest.fixture
def header(chip: SimulatedChip) -> Iterator[Header]:
    header = open_header(BoardKind.PI, LABEL)
    yield header
    header.close()


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.mark.parametrize("label", ["pinctrl-bcm2711", "pinctrl-rp1", "pinctrl-bcm2835"])
def test_a_pis_header_is_found_by_its_label(label: str) -> None:
    """Whichever number the kernel gave the chip, the one with a Pi's label is taken."""
    with SimulatedChip("something-else"), SimulatedChip(label) as pi:
        header = open_header(BoardKind.PI)
        header.output(17, GATE, high=True)
        assert pi.is_high(17)
        header.close()


def test_a_chip_that_is_not_there_is_told_with_those_that_are(chip: SimulatedChip) -> None:
    """A wrong label is a fault that names the right one."""
    with pytest.raises(HeaderMissing, match=f"labelled relay-board; there is: {LABEL}"):
        open_header(BoardKind.PI, "relay-board")


@pytest.mark.parametrize("spec", [NORMAL, INVERTED], ids=["normal", "inverted"])
def test_a_strike_drives_its_line(chip: SimulatedChip, header: Header, spec: StrikeSpec) -> None:
    """The line is at the level that secures from the start, follows every order, and is low after close."""
    strike = GpioStrike(spec, header)
    assert chip.is_high(17) is not spec.active_means_released
    strike.release()
    assert chip.is_high(17) is spec.active_means_released
    strike.secure()
    assert chip.is_high(17) is not spec.active_means_released
    strike.release()
    strike.close()
    assert not chip.is_high(17)


HOLDER = """
import sys, time
from hardware.gpio import open_header
from hardware.specs import BoardKind, StrikeSpec
from hardware.strike import GpioStrike
strike = GpioStrike(StrikeSpec("gate.strike", 17), open_header(BoardKind.PI, sys.argv[1]))
strike.release()
print("released", flush=True)
time.sleep(600)
"""


def test_a_killed_process_leaves_no_door_released(chip: SimulatedChip, header: Header) -> None:
    """A process that is killed gives its line back to the resistor, and no other has it until then."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, LABEL], stdout=subprocess.PIPE, text=True, env={**os.environ}
    ) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "released\n"
            assert chip.is_high(17)
            with pytest.raises(LineFailed, match=r"gate\.strike: GPIO17: .*another process has the line"):
                GpioStrike(NORMAL, header)
            header.input(18, POSITION, debounce_ms=0)
        finally:
            holder.send_signal(signal.SIGKILL)
    assert not chip.is_high(17)
    GpioStrike(NORMAL, header).release()
    assert chip.is_high(17)


def test_a_coil_that_must_rest_is_switched_off(chip: SimulatedChip, header: Header, ear: Ear) -> None:
    """A strike that is held released for too long is secured on the line itself."""
    strike = GpioStrike(StrikeSpec(GATE, 17, longest_energised=timedelta(milliseconds=200)), header)
    strike.open(ear)
    strike.release()
    assert chip.is_high(17)
    assert ear.next(StrikeRested).after_s == 0.2
    assert not chip.is_high(17)
    assert not strike.released


def test_a_contact_follows_its_wire(chip: SimulatedChip, header: Header, ear: Ear) -> None:
    """A leaf is reported where it stands, then at every change, stamped by the kernel once it has lasted."""
    contact = GpioContact(ContactSpec(POSITION, 22, normally_closed=True, debounce_ms=20), header)
    contact.open(ear)
    assert ear.next(ContactChanged).active is True, "the pull-up is not on"
    for active in (False, True):
        moved_ns = time.monotonic_ns()
        chip.pull(22, high=active)
        changed = ear.next(ContactChanged)
        assert changed.active is active
        assert contact.active is active
        assert moved_ns + 20_000_000 <= changed.mono_ns <= time.monotonic_ns()
    assert ear.quiet


def test_a_bouncing_button_is_pressed_once(chip: SimulatedChip, header: Header, ear: Ear) -> None:
    """Edges that do not last are none: eleven of them are one press."""
    chip.pull(23, high=True)
    contact = GpioContact(ContactSpec(EXIT, 23, debounce_ms=100), header)
    contact.open(ear)
    assert ear.next(ContactChanged).active is False
    for _ in range(5):
        chip.pull(23, high=False)
        chip.pull(23, high=True)
    chip.pull(23, high=False)
    assert ear.next(ContactChanged).active is True
    chip.pull(23, high=True)
    assert ear.next(ContactChanged).active is False
    assert ear.quiet


def test_without_debounce_every_edge_counts(chip: SimulatedChip, header: Header, ear: Ear) -> None:
    """The same button with a debounce of nothing is pressed six times: it was the kernel that waited."""
    chip.pull(23, high=True)
    contact = GpioContact(ContactSpec(EXIT, 23, debounce_ms=0), header)
    contact.open(ear)
    ear.next(ContactChanged)
    for _ in range(6):
        chip.pull(23, high=False)
        assert ear.next(ContactChanged).active is True
        chip.pull(23, high=True)
        assert ear.next(ContactChanged).active is False


def pulse(chip: SimulatedChip, gpio: int) -> None:
    """Pull a line low for a moment, as a Wiegand reader does, which then leaves both lines alone for 1 ms."""
    chip.pull(gpio, high=False)
    chip.pull(gpio, high=True)
    time.sleep(0.001)


def test_pulses_of_two_lines_come_in_their_order(chip: SimulatedChip, header: Header) -> None:
    """Falling edges of several lines are told in the order in which they fell, with rising instants."""
    heard: SimpleQueue[tuple[int, int]] = SimpleQueue()

    def listen(gpio: int) -> PulseLine:
        return header.pulses(gpio, READER, lambda at_ns: heard.put((gpio, at_ns)))

    lines = [listen(14), listen(15)]
    sent = [14, 15, 15, 14, 15, 14, 14, 14, 15, 15] * 4
    before_ns = time.monotonic_ns()
    for gpio in sent:
        pulse(chip, gpio)
    for gpio in sent:
        told, at_ns = heard.get(timeout=PATIENCE_S)
        assert told == gpio
        assert before_ns < at_ns < time.monotonic_ns()
        before_ns = at_ns
    assert not lines[0].low
    chip.pull(14, high=False)
    assert lines[0].low
    assert not lines[1].low


def test_a_wiegand_card_is_read(chip: SimulatedChip, header: Header, ear: Ear) -> None:
    """The 26 bits of a card, pulled on two lines, are one card; the same ones with a bit turned are none."""
    # This machine makes the pulses too, and stalls for longer than a reader ever does.
    reader = WiegandReader(WiegandReaderSpec(READER, 14, 15, FORMATS["h10301"]), header, gap_ns=500_000_000)
    reader.open(ear)
    ear.next(DeviceBack)
    value = 123 << 16 | 45678
    high, low = value >> 12, value & 0xFFF
    bits = high.bit_count() % 2 << 25 | value << 1 | (low.bit_count() + 1) % 2
    for word in (bits, bits ^ 1 << 7):
        for place in reversed(range(26)):
            pulse(chip, 15 if word >> place & 1 else 14)
        if word == bits:
            card = ear.next(CardFrame)
            assert (card.technology, card.number) == (Technology.WIEGAND, b"h10301:123:45678")
    ear.next(CardUnreadable)
    reader.close()


PEEK = """
import os, sys
import hardware.gpiod_factory  # before it may read nothing any more
from hardware.gpio import open_header
from hardware.specs import BoardKind
os.setgid(65534)
os.setuid(65534)
try:
    open_header(BoardKind.PI, sys.argv[1])
except OSError as error:
    print(error)
"""


def test_a_user_who_may_not_is_told_so(chip: SimulatedChip) -> None:
    """Without permission the fault names the group that has it."""
    done = subprocess.run(
        [sys.executable, "-c", PEEK, LABEL], capture_output=True, text=True, check=True, timeout=60
    )
    assert "no permission for /dev/gpiochip" in done.stdout
    assert "group gpio" in done.stdout


def test_a_converter_that_is_not_there_is_told(chip: SimulatedChip, header: Header, ear: Ear) -> None:
    """On real lines, bit by bit, a chip that is silent is a fault of every contact on it."""
    spec = SupervisedContactSpec(POSITION, 0)
    (contact,) = supervised_contacts([spec], AdcSpec(), header)
    contact.open(ear)
    assert ear.next(DeviceLost).why == "the converter does not answer"
    assert chip.is_high(AdcSpec().select_gpio)
    contact.close()
    header.output(AdcSpec().select_gpio, GATE, high=False)


def test_an_open_drain_line_lets_others_pull(chip: SimulatedChip, header: Header) -> None:
    """High is not driven: a keypad's row can be pulled low from outside, and is low when we say so."""
    chip.pull(5, high=True)
    line = header.output(5, DeviceId("gate-in.keypad"), high=True, open_drain=True)
    assert chip.is_high(5)
    line.drive(high=False)
    assert not chip.is_high(5)


def test_a_closed_header_gives_everything_back(chip: SimulatedChip) -> None:
    """After close every line is free for the next one to open the header."""
    for _ in range(2):
        header = open_header(BoardKind.PI, LABEL)
        header.output(17, GATE, high=False)
        header.input(22, POSITION, debounce_ms=20)
        header.pulses(14, READER, lambda _at: None)
        header.close()
