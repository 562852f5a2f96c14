"""One contract, all devices: what ``hardware.ports`` promises holds for the fakes and for the wired ones.

Debounce is no part of it: fakes have none, and a simulated header only with a clock of its own.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from queue import SimpleQueue

import pytest

from hardware.annunciator import GpioAnnunciator, Player
from hardware.contact import GpioContact
from hardware.errors import HardwareError
from hardware.fakes import FakeAnnunciator, FakeContact, FakeReader, FakeStrike
from hardware.gpio import SimulatedHeader
from hardware.health import DeviceState
from hardware.ports import Annunciator, Contact, Pattern, Reader, Strike
from hardware.signals import (
    CardFrame,
    CardUnreadable,
    ContactChanged,
    DeviceBack,
    DeviceId,
    DeviceLost,
    KeyPressed,
    Signal,
    StrikeRested,
)
from hardware.simulated.adc_chip import SimulatedAdc
from hardware.simulated.devices import SimulatedAnnunciator, SimulatedReader
from hardware.specs import (
    AdcSpec,
    ContactSpec,
    GpioAnnunciatorSpec,
    LockKind,
    StrikeSpec,
    SupervisedContactSpec,
    Unattended,
)
from hardware.strike import GpioStrike
from hardware.supervised import SupervisedContact, supervised_contacts
from tests.hardware.listening import PATIENCE_S, Ear

GATE = DeviceId("gate.strike")
POSITION = DeviceId("gate.position")
READER = DeviceId("gate-in.reader")
LAMPS = DeviceId("gate-in.annunciator")
GPIO = 17


def fake_strike() -> Strike:
    return FakeStrike(GATE, time.monotonic_ns)


def gpio_strike() -> Strike:
    return GpioStrike(StrikeSpec(GATE, GPIO), SimulatedHeader())


def inverted_gpio_strike() -> Strike:
    return GpioStrike(StrikeSpec(GATE, GPIO, LockKind.FAIL_SAFE, Unattended.RELEASED), SimulatedHeader())


def resting_gpio_strike() -> Strike:
    return GpioStrike(StrikeSpec(GATE, GPIO, longest_energised=timedelta(hours=1)), SimulatedHeader())


@pytest.fixture(params=[fake_strike, gpio_strike, inverted_gpio_strike, resting_gpio_strike])
def strike(request: pytest.FixtureRequest) -> Iterator[Strike]:
    built: Strike = request.param()
    yield built
    built.close()


class TestStrike:
    def test_is_built_secured(self, strike: Strike) -> None:
        """A door process that starts finds its doors secured."""
        assert strike.id == GATE
        assert not strike.released

    def test_releases_and_secures(self, strike: Strike) -> None:
        """The leaf is free from release to secure, and the same order twice is the same order."""
        for _ in range(2):
            strike.release()
            strike.release()
            assert strike.released
            strike.secure()
            strike.secure()
            assert not strike.released

    def test_reports_no_order(self, strike: Strike, ear: Ear) -> None:
        """What it was told to do is no news; opening it moves nothing."""
        strike.open(ear)
        assert not strike.released
        strike.release()
        strike.secure()
        strike.close()
        assert ear.quiet

    def test_close_secures(self, strike: Strike) -> None:
        """A door process that stops never leaves a strike released; closing twice is closing."""
        strike.release()
        strike.close()
        strike.close()
        assert not strike.released

    def test_a_closed_strike_takes_no_order(self, strike: Strike) -> None:
        """An order to a line that is not ours any more is a fault that can be seen."""
        strike.close()
        for order in (strike.release, strike.secure):
            with pytest.raises(HardwareError):
                order()
        assert not strike.released


def short_fake_strike() -> tuple[Strike, Callable[[], None]]:
    strike = FakeStrike(GATE, time.monotonic_ns)
    return strike, lambda: strike.rest(0.05)


def short_gpio_strike() -> tuple[Strike, Callable[[], None]]:
    spec = StrikeSpec(GATE, GPIO, longest_energised=timedelta(milliseconds=50))
    return GpioStrike(spec, SimulatedHeader()), lambda: None


@pytest.mark.parametrize("make", [short_fake_strike, short_gpio_strike])
def test_a_strike_that_has_to_rest_says_so(
    make: Callable[[], tuple[Strike, Callable[[], None]]], ear: Ear
) -> None:
    """A coil that is energised for too long is switched off, which holds the leaf, and is told once."""
    strike, let_it_rest = make()
    strike.open(ear)
    strike.release()
    let_it_rest()
    rested = ear.next(StrikeRested)
    assert (rested.device, rested.after_s) == (GATE, 0.05)
    assert not strike.released
    assert ear.quiet
    strike.close()


@dataclass
class ContactRig:
    contact: Contact
    set: Callable[[bool], None]


def fake_contact() -> ContactRig:
    contact = FakeContact(POSITION, time.monotonic_ns)
    return ContactRig(contact, contact.set)


def gpio_contact(*, normally_closed: bool) -> ContactRig:
    header = SimulatedHeader()
    contact = GpioContact(ContactSpec(POSITION, GPIO, normally_closed), header)

    def set_active(active: bool) -> None:
        header.set_circuit(GPIO, closed=active is not normally_closed)

    set_active(False)
    return ContactRig(contact, set_active)


@pytest.fixture(params=["fake", "normally closed", "normally open"])
def contact_rig(request: pytest.FixtureRequest) -> ContactRig:
    if request.param == "fake":
        return fake_contact()
    return gpio_contact(normally_closed=request.param == "normally closed")


class TestContact:
    def test_says_what_the_line_says(self, contact_rig: ContactRig) -> None:
        """The state can be asked for at any time, opened or not."""
        for active in (True, False, True):
            contact_rig.set(active)
            assert contact_rig.contact.active is active

    @pytest.mark.parametrize("active", [True, False])
    def test_reports_the_present_state_once(self, contact_rig: ContactRig, ear: Ear, active: bool) -> None:
        """Opening reports what is so, exactly once, so that nobody has to ask."""
        contact_rig.set(active)
        contact_rig.contact.open(ear)
        changed = ear.next(ContactChanged)
        assert (changed.device, changed.active) == (POSITION, active)
        assert ear.quiet

    def test_reports_changes_and_only_changes(self, contact_rig: ContactRig, ear: Ear) -> None:
        """Every change is one signal; the same state again is none."""
        contact_rig.contact.open(ear)
        for active in (True, True, False, False, True):
            contact_rig.set(active)
        heard = [ear.next(ContactChanged) for _ in range(4)]
        assert [changed.active for changed in heard] == [False, True, False, True]
        assert [changed.mono_ns for changed in heard] == sorted(changed.mono_ns for changed in heard)
        assert ear.quiet

    def test_is_silent_before_open_and_after_close(self, contact_rig: ContactRig, ear: Ear) -> None:
        """Nothing is reported while nobody listens; closing twice is closing."""
        contact_rig.set(True)
        contact_rig.contact.open(ear)
        ear.next(ContactChanged)
        contact_rig.contact.close()
        contact_rig.contact.close()
        contact_rig.set(False)
        assert ear.quiet
        with pytest.raises(HardwareError):
            _ = contact_rig.contact.active


@dataclass
class LosableRig:
    contact: Contact
    set: Callable[[bool], None]
    lose: Callable[[], None]
    come_back: Callable[[], None]


class FaultyWires:
    """A supervised contact on a simulated converter, whose wires can be cut."""

    def __init__(self) -> None:
        self.header = SimulatedHeader()
        self._adc = SimulatedAdc(self.header, AdcSpec())
        self._value = 0.6
        self._adc.set(0, self._value)
        spec = SupervisedContactSpec(POSITION, 0, debounce_ms=0)
        (self.contact,) = supervised_contacts([spec], AdcSpec(), self.header)

    def set(self, active: bool) -> None:
        self._value = 0.32 if active else 0.6
        self._adc.set(0, self._value)

    def lose(self) -> None:
        self._adc.set(0, 1.0)

    def come_back(self) -> None:
        self._adc.set(0, self._value)


@pytest.fixture(params=["fake", "supervised"])
def losable_rig(request: pytest.FixtureRequest) -> Iterator[LosableRig]:
    if request.param == "fake":
        fake = FakeContact(POSITION, time.monotonic_ns)
        yield LosableRig(fake, fake.set, fake.lose, fake.come_back)
    else:
        wires = FaultyWires()
        yield LosableRig(wires.contact, wires.set, wires.lose, wires.come_back)
        wires.contact.close()
        wires.header.close()


class TestContactThatCanBeLost:
    def test_says_what_is_so_when_opened_and_when_it_changes(self, losable_rig: LosableRig, ear: Ear) -> None:
        """A contact whose wires are well reports its state once, then every change."""
        losable_rig.contact.open(ear)
        assert ear.skip_to(ContactChanged).active is False
        losable_rig.set(True)
        assert ear.next(ContactChanged).active is True
        assert losable_rig.contact.active

    def test_keeps_its_last_state_while_it_is_lost(self, losable_rig: LosableRig, ear: Ear) -> None:
        """Wires at fault are told as such, once, and neither as an open nor as a closed leaf."""
        losable_rig.contact.open(ear)
        ear.skip_to(ContactChanged)
        losable_rig.set(True)
        assert ear.next(ContactChanged).active
        for _ in range(2):
            losable_rig.lose()
        assert ear.next(DeviceLost).why == "the wires are cut"
        assert losable_rig.contact.active
        assert ear.quiet

    def test_says_what_is_so_when_it_is_back(self, losable_rig: LosableRig, ear: Ear) -> None:
        """What changed meanwhile is known as soon as the wires are mended."""
        losable_rig.contact.open(ear)
        ear.skip_to(ContactChanged)
        losable_rig.lose()
        ear.next(DeviceLost)
        losable_rig.set(True)
        losable_rig.come_back()
        ear.next(DeviceBack)
        assert ear.next(ContactChanged).active
        assert losable_rig.contact.active

    def test_opened_while_lost_it_says_only_that(self, losable_rig: LosableRig, ear: Ear) -> None:
        """Nobody knows the state behind cut wires, so none is told until they are mended."""
        losable_rig.lose()
        if isinstance(losable_rig.contact, SupervisedContact):
            lost: SimpleQueue[Signal] = SimpleQueue()
            losable_rig.contact.open(lost.put)
            while not isinstance(lost.get(timeout=PATIENCE_S), DeviceLost):
                continue
        losable_rig.contact.open(ear)
        assert ear.next(DeviceLost).why == "the wires are cut"
        losable_rig.come_back()
        ear.next(DeviceBack)
        assert ear.next(ContactChanged).active is False


@dataclass
class ReaderRig:
    reader: Reader
    show_card: Callable[[bytes], None]
    press: Callable[[str], None]
    show_unreadable: Callable[[], None]
    lose: Callable[[], None]
    come_back: Callable[[], None]


def fake_reader() -> ReaderRig:
    fake = FakeReader(READER, time.monotonic_ns)
    return ReaderRig(fake, fake.show_card, fake.press, fake.show_unreadable, fake.lose, fake.come_back)


def simulated_reader() -> ReaderRig:
    reader = SimulatedReader(READER)
    reader.be(None)
    return ReaderRig(
        reader,
        lambda number: reader.hear({"told": "card", "number": number.hex()}),
        lambda key: reader.hear({"told": "key", "key": key}),
        lambda: reader.hear({"told": "unreadable", "why": "it was bent"}),
        lambda: reader.hear({"told": "lost"}),
        lambda: reader.hear({"told": "back"}),
    )


@pytest.fixture(params=[fake_reader, simulated_reader])
def reader_rig(request: pytest.FixtureRequest) -> ReaderRig:
    rig: ReaderRig = request.param()
    return rig


class TestReader:
    def test_says_first_that_it_is_there(self, reader_rig: ReaderRig, ear: Ear) -> None:
        """A reader is lost until seen, so its first word is that it is back."""
        reader_rig.reader.open(ear)
        assert ear.next(DeviceBack).device == READER

    def test_says_first_that_it_is_lost(self, reader_rig: ReaderRig, ear: Ear) -> None:
        """A reader that is not there when opened says so, with a reason."""
        reader_rig.lose()
        reader_rig.reader.open(ear)
        assert ear.next(DeviceLost).why
        assert ear.quiet

    def test_reports_what_is_shown(self, reader_rig: ReaderRig, ear: Ear) -> None:
        """Cards, keys and cards that cannot be read come in the order in which they were shown."""
        reader_rig.reader.open(ear)
        reader_rig.show_card(b"\x04\xa1\xb2\xc3")
        reader_rig.press("7")
        reader_rig.show_unreadable()
        ear.next(DeviceBack)
        assert ear.next(CardFrame).number == b"\x04\xa1\xb2\xc3"
        assert ear.next(KeyPressed).key == "7"
        assert ear.next(CardUnreadable).why

    def test_keeps_a_book_of_its_health(self, reader_rig: ReaderRig, ear: Ear) -> None:
        """Whether it is here, and why not, can be asked for at any time."""
        reader_rig.reader.open(ear)
        assert reader_rig.reader.health.state is DeviceState.HERE
        assert reader_rig.reader.health.seen_ns is not None
        reader_rig.lose()
        lost = reader_rig.reader.health
        assert lost.state is DeviceState.LOST
        assert lost.why == ear.skip_to(DeviceLost).why

    def test_reads_nothing_while_it_is_lost(self, reader_rig: ReaderRig, ear: Ear) -> None:
        """Being lost and being back are told once each; in between there is no card."""
        reader_rig.reader.open(ear)
        ear.next(DeviceBack)
        for _ in range(2):
            reader_rig.lose()
        reader_rig.show_card(b"\x04\xa1\xb2\xc3")
        for _ in range(2):
            reader_rig.come_back()
        ear.next(DeviceLost)
        ear.next(DeviceBack)
        assert ear.quiet

    def test_is_silent_before_open_and_after_close(self, reader_rig: ReaderRig, ear: Ear) -> None:
        """What is shown while nobody listens is gone; closing twice is closing."""
        reader_rig.show_card(b"\x04\xa1\xb2\xc3")
        reader_rig.reader.open(ear)
        ear.next(DeviceBack)
        reader_rig.reader.close()
        reader_rig.reader.close()
        reader_rig.show_card(b"\x04\xa1\xb2\xc3")
        reader_rig.lose()
        assert ear.quiet


def fake_annunciator() -> Annunciator:
    return FakeAnnunciator(LAMPS, time.monotonic_ns)


def gpio_annunciator() -> Annunciator:
    return GpioAnnunciator(GpioAnnunciatorSpec(LAMPS, 5, 6, 13), SimulatedHeader(), Player())


def simulated_annunciator() -> Annunciator:
    return SimulatedAnnunciator(LAMPS, lambda _device, _pattern: None)


@pytest.mark.parametrize("make", [fake_annunciator, gpio_annunciator, simulated_annunciator])
def test_an_annunciator_shows_everything_and_closes_twice(make: Callable[[], Annunciator]) -> None:
    """Every pattern can be shown at any time, also after close, when it is nothing but ignored."""
    annunciator = make()
    for pattern in Pattern:
        annunciator.show(pattern)
    annunciator.close()
    annunciator.close()
    annunciator.show(Pattern.ALARM)
