"""One contract, all devices: what ``hardware.ports`` promises holds for the fakes and for the wired ones.

Debounce is no part of it: neither fakes nor gpiozero's mock pins have any; on a Pi the kernel does it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from hardware.annunciator import GpioAnnunciator, Player
from hardware.contact import GpioContact
from hardware.errors import HardwareError
from hardware.fakes import FakeAnnunciator, FakeContact, FakeReader, FakeStrike
from hardware.gpio import SimulatedHeader
from hardware.ports import Annunciator, Contact, Pattern, Reader, Strike
from hardware.signals import (
    CardFrame,
    CardUnreadable,
    ContactChanged,
    DeviceBack,
    DeviceId,
    DeviceLost,
    KeyPressed,
)
from hardware.simulated.devices import SimulatedAnnunciator, SimulatedReader
from hardware.specs import ContactSpec, GpioAnnunciatorSpec, LockKind, StrikeSpec, Unattended
from hardware.strike import GpioStrike
from tests.hardware.listening import Ear

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


@pytest.fixture(params=[fake_strike, gpio_strike, inverted_gpio_strike])
def strike(request: pytest.FixtureRequest) -> Strike:
    built: Strike = request.param()
    return built


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
