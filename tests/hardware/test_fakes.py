"""The fakes' hands: what people and wires do to devices, one call each. The contract is elsewhere."""

from dataclasses import replace

import pytest

from hardware.errors import HardwareError
from hardware.fakes import FakeAnnunciator, FakeBoard, FakeContact, FakeReader, FakeStrike
from hardware.health import DeviceState
from hardware.patterns import STEPS, Lamps, Step
from hardware.ports import Pattern
from hardware.signals import (
    CardForged,
    CardFrame,
    ContactChanged,
    DeviceBack,
    DeviceId,
    DeviceLost,
    ReaderInsecure,
    ReaderPower,
    ReaderTampered,
    StrikeRested,
    Technology,
    UnknownDevice,
)
from tests.hardware.listening import Ear
from tests.hardware.site import GATE_LAMPS, SITE

READER = DeviceId("gate-in.reader")
STRIKE = DeviceId("gate.strike")


def clock() -> int:
    return 7


@pytest.fixture
def reader(ear: Ear) -> FakeReader:
    reader = FakeReader(READER, clock)
    reader.open(ear)
    ear.next(DeviceBack)
    return reader


def test_a_reader_can_be_torn_off_and_put_back(reader: FakeReader, ear: Ear) -> None:
    """Opening the housing and shutting it are told with their instant."""
    reader.tamper()
    reader.tamper(active=False)
    assert [ear.next(ReaderTampered) for _ in range(2)] == [
        ReaderTampered(READER, 7, active=True),
        ReaderTampered(READER, 7, active=False),
    ]


def test_a_reader_tells_what_a_card_proved(reader: FakeReader, ear: Ear) -> None:
    """How a card was read and how often it was comes with its number; a forged one comes without any."""
    reader.show_card(b"\x04abcdef", Technology.SUN, 7)
    frame = ear.next(CardFrame)
    assert (frame.technology, frame.counter) == (Technology.SUN, 7)
    reader.show_forged(Technology.PKOC)
    assert ear.next(CardForged).technology is Technology.PKOC


def test_a_readers_supply_can_fail(reader: FakeReader, ear: Ear) -> None:
    """A failing supply and a good one are told."""
    reader.power()
    reader.power(failed=False)
    assert [ear.next(ReaderPower).failed for _ in range(2)] == [True, False]


def test_a_reader_that_is_lost_tells_nothing_of_itself(reader: FakeReader, ear: Ear) -> None:
    """Without a plug no tamper switch and no supply is heard of."""
    reader.lose()
    ear.next(DeviceLost)
    reader.tamper()
    reader.power()
    assert ear.quiet


def test_a_stranger_on_the_line_is_told_and_loses_the_reader(reader: FakeReader, ear: Ear) -> None:
    """What is not the reader that we know is insecure first and lost with it, and grants nothing."""
    reader.insecure("no encryption")
    assert ear.next(ReaderInsecure).why == "no encryption"
    assert ear.next(DeviceLost).why == "no encryption"
    reader.show_card(b"\x04\xa1")
    assert ear.quiet
    reader.insecure("the wrong key")
    assert ear.next(ReaderInsecure).why == "the wrong key"
    assert ear.quiet


def test_a_keyboard_beside_a_reader_is_told(reader: FakeReader, ear: Ear) -> None:
    """Something that was plugged in is named, whether the reader is there or not."""
    reader.lose()
    ear.next(DeviceLost)
    reader.unknown_device("rubber duck at usb 1-1.4")
    assert ear.next(UnknownDevice).what == "rubber duck at usb 1-1.4"


def test_a_reader_keeps_its_health_on_the_clock_that_it_was_given(reader: FakeReader) -> None:
    """Health is dated by the same clock as signals."""
    reader.show_unreadable("it was bent")
    health = reader.health
    assert (health.state, health.since_ns, health.seen_ns) == (DeviceState.HERE, 7, 7)
    assert (health.errors_this_hour, health.last_error) == (1, "it was bent")


def test_a_lost_contact_moves_unseen(ear: Ear) -> None:
    """While its wires are cut nobody is told what it does; the last that was known stays."""
    contact = FakeContact(DeviceId("gate.position"), clock)
    contact.open(ear)
    ear.next(ContactChanged)
    contact.lose("the wires are shorted")
    contact.lose("the wires are cut")
    assert ear.next(DeviceLost).why == "the wires are shorted"
    contact.set(True)
    contact.set(False)
    contact.set(True)
    assert not contact.active
    assert ear.quiet
    contact.come_back()
    contact.come_back()
    ear.next(DeviceBack)
    assert ear.next(ContactChanged).active
    assert contact.active
    assert ear.quiet


def test_only_a_released_strike_rests(ear: Ear) -> None:
    """A coil that is not energised has nothing to rest from."""
    strike = FakeStrike(STRIKE, clock)
    strike.open(ear)
    strike.rest(30)
    assert ear.quiet
    strike.release()
    strike.rest(30)
    assert ear.next(StrikeRested) == StrikeRested(STRIKE, 7, 30)
    assert strike.history == [(7, True), (7, False)]
    strike.release()
    strike.close()
    strike.rest(30)
    assert ear.quiet
    with pytest.raises(HardwareError):
        strike.release()


def test_annunciators_play_the_boards_own_patterns() -> None:
    """A pattern that the site made longer is longer at its fakes too."""
    now = [0]
    steps = {**STEPS, Pattern.KEY: (Step(Lamps(buzzer=True), 5000),)}
    lamps = FakeAnnunciator(GATE_LAMPS, lambda: now[0], steps)
    board = FakeBoard.from_spec(replace(SITE, patterns=steps), lambda: now[0])
    for annunciator in (lamps, board.annunciators[GATE_LAMPS]):
        annunciator.show(Pattern.KEY)
    now[0] = 4_999_000_000
    assert lamps.playing is board.annunciators[GATE_LAMPS].playing is Pattern.KEY
    now[0] = 5_001_000_000
    assert lamps.playing is board.annunciators[GATE_LAMPS].playing is Pattern.IDLE
