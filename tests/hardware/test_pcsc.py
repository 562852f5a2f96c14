"""The PC/SC reader against a real pcscd and a virtual card, and its watcher's logic on event states."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.board import build
from hardware.errors import ReaderNamesOverlap
from hardware.health import DeviceState
from hardware.signals import CardFrame, CardUnreadable, DeviceBack, DeviceId, DeviceLost, Technology
from hardware.specs import BoardKind, BoardSpec, PcscReaderSpec
from tests.hardware.listening import Ear
from tests.hardware.private_pcscd import READER, PrivatePcscd
from tests.hardware.virtual_card import OK, Answer, VirtualCard, uid_card

pytest.importorskip("smartcard", reason="pip install pyscard")

from smartcard import scard

from hardware.readers.pcsc import LOOK_MS, PcscReader, PcscWatcher, _Watch, pcsc_readers
from hardware.readers.pcsc_about import About
from hardware.readers.reporter import Reporter

UID4 = bytes.fromhex("d1a2b3c4")
UID7 = bytes.fromhex("04a1b2c3d4e5f6")
GATE = PcscReaderSpec(DeviceId("gate-in.reader"), READER)


@contextmanager
def opened(ear: Ear, spec: PcscReaderSpec = GATE) -> Iterator[PcscReader]:
    [reader] = pcsc_readers([spec])
    reader.open(ear)
    try:
        yield reader
    finally:
        reader.close()


@pytest.mark.parametrize("number", [UID4, UID7], ids=["4 bytes", "7 bytes"])
def test_a_card_is_read(pcscd: PrivatePcscd, ear: Ear, number: bytes) -> None:
    """A card held to the reader is reported once, with its number and how it was read."""
    pcscd.start()
    with opened(ear):
        ear.next(DeviceBack)
        with VirtualCard(pcscd.port, uid_card(number)):
            frame = ear.next(CardFrame)
        assert (frame.device, frame.technology, frame.number) == (GATE.id, Technology.ISO14443_UID, number)
        assert number.hex() not in repr(frame)
    assert ear.quiet


def test_the_next_card_is_read_as_well(pcscd: PrivatePcscd, ear: Ear) -> None:
    """One card after the other is read, and a card that comes again is read again."""
    pcscd.start()
    with opened(ear):
        ear.next(DeviceBack)
        for number in (UID4, UID7, UID7):
            with VirtualCard(pcscd.port, uid_card(number)):
                assert ear.next(CardFrame).number == number


def test_a_card_that_takes_the_place_of_another_is_read(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A swap between two looks of pcscd, which shows no moment without a card, is no card lost."""
    pcscd.start()
    with opened(ear):
        ear.next(DeviceBack)
        for number in (UID4, UID7) * 3:
            card = VirtualCard(pcscd.port, uid_card(number))
            card.insert(gap_s=0)
            assert ear.skip_to(CardFrame).number == number
            card.remove()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"\x6a\x81", "error"),
        (b"\x90\x00", "length"),
        (b"\x00" * 7 + OK, "blank"),
        (b"\xff" * 4 + OK, "blank"),
        (b"\x04\x11" + OK, "length"),
        (b"\x08\xa1\xb2\xc3" + OK, "new number at every read"),
        (b"\x88\x04\xa1\xb2" + OK, "incomplete"),
        (b"garbage", "error"),
    ],
)
def test_an_answer_that_is_no_number_is_unreadable(
    pcscd: PrivatePcscd, ear: Ear, answer: bytes, why: str
) -> None:
    """Error status, garbage, blank and random numbers open nothing; the reason holds none of the bytes."""
    pcscd.start()
    with opened(ear):
        ear.next(DeviceBack)
        with VirtualCard(pcscd.port, lambda _command: answer):
            unreadable = ear.next(CardUnreadable)
        assert why in unreadable.why
        assert answer[:-2].hex() not in unreadable.why or not answer[:-2]


def test_a_card_yanked_in_the_middle_is_unreadable(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A card taken away while it is asked for its number is reported, and the next one is read."""

    def hang_up(_command: bytes) -> None:
        return None

    yanked: Answer = hang_up
    pcscd.start()
    with opened(ear):
        ear.next(DeviceBack)
        with VirtualCard(pcscd.port, yanked):
            ear.next(CardUnreadable)
        with VirtualCard(pcscd.port, uid_card(UID4)):
            assert ear.skip_to(CardFrame).number == UID4


def test_a_card_yanked_at_once_does_no_harm(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A card that only brushes the reader never brings a number, and the next one is read."""
    pcscd.start()
    with opened(ear):
        ear.next(DeviceBack)
        for _ in range(3):
            brushing = VirtualCard(pcscd.port, uid_card(UID7))
            brushing.insert()
            brushing.remove()
        with VirtualCard(pcscd.port, uid_card(UID4)):
            assert ear.skip_to(CardFrame).number == UID4


def test_pcscd_may_come_later(pcscd: PrivatePcscd, ear: Ear) -> None:
    """Without pcscd at the start the reader is lost, and back as soon as pcscd runs."""
    with opened(ear):
        assert "pcscd" in ear.next(DeviceLost).why
        pcscd.start()
        ear.next(DeviceBack)
        with VirtualCard(pcscd.port, uid_card(UID4)):
            ear.next(CardFrame)


def test_pcscd_may_crash(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A crash of pcscd loses the reader at once; when pcscd is back, cards are read again."""
    pcscd.start()
    with opened(ear):
        ear.next(DeviceBack)
        for number in (UID4, UID7):
            pcscd.kill()
            assert "pcscd" in ear.next(DeviceLost).why
            pcscd.start()
            ear.next(DeviceBack)
            with VirtualCard(pcscd.port, uid_card(number)):
                assert ear.next(CardFrame).number == number


def test_a_reader_may_be_gone_and_return(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A reader that pcscd does not have any more is lost, and back when it has it again."""
    pcscd.start()
    with opened(ear):
        ear.next(DeviceBack)
        pcscd.kill()
        ear.next(DeviceLost)
        pcscd.start(with_reader=False)
        pcscd.kill()
        assert ear.quiet
        pcscd.start()
        ear.next(DeviceBack)


def test_a_reader_that_is_not_there_is_named(pcscd: PrivatePcscd, ear: Ear) -> None:
    """Where pcscd runs without the wanted reader, the loss says which name was looked for."""
    pcscd.start()
    with opened(ear, PcscReaderSpec(GATE.id, "ACS ACR122U")):
        assert "ACS ACR122U" in ear.next(DeviceLost).why


def test_health_tells_what_became_of_the_reader(pcscd: PrivatePcscd, ear: Ear) -> None:
    """The page follows the reader: unseen, there, a card that could not be read, lost with the reason."""
    pcscd.start()
    [unopened] = pcsc_readers([GATE])
    assert (unopened.health.state, unopened.health.beat_ns) == (DeviceState.UNSEEN, None)
    with opened(ear) as reader:
        ear.next(DeviceBack)
        here = reader.health
        assert here.state is DeviceState.HERE
        assert here.beat_ns is not None
        assert here.about["model"] == READER
        assert (here.errors_this_hour, here.last_error) == (0, "")
        with VirtualCard(pcscd.port, lambda _command: b"garbage"):
            unreadable = ear.next(CardUnreadable)
        assert (reader.health.errors_this_hour, reader.health.last_error) == (1, unreadable.why)
        pcscd.kill()
        lost = ear.next(DeviceLost)
        assert (reader.health.state, reader.health.why) == (DeviceState.LOST, lost.why)


@pytest.mark.parametrize("running", [True, False], ids=["pcscd runs", "no pcscd"])
def test_closing_takes_less_than_a_second(pcscd: PrivatePcscd, ear: Ear, running: bool) -> None:
    """Whatever the watcher is at, close ends it in time, and twice is once; opening again works."""
    if running:
        pcscd.start()
    [reader] = pcsc_readers([GATE])
    for _ in range(20):
        reader.open(ear)
        began = time.monotonic()
        reader.close()
        reader.close()
        assert time.monotonic() - began < 1


def test_a_watcher_that_waits_for_news_is_called_off(pcscd: PrivatePcscd, ear: Ear) -> None:
    """Closing does not wait until the watcher looks up by itself."""
    pcscd.start()
    with opened(ear) as reader:
        ear.next(DeviceBack)
        with VirtualCard(pcscd.port, uid_card(UID4)):
            ear.next(CardFrame)
        # The gap before the next card is time enough for the watcher to wait again.
        with VirtualCard(pcscd.port, uid_card(UID7)):
            began = time.monotonic()
            reader.close()
            assert time.monotonic() - began < LOOK_MS / 5000


def test_nothing_is_reported_after_close(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A card that comes after close is nobody's."""
    pcscd.start()
    with opened(ear):
        ear.next(DeviceBack)
    card = VirtualCard(pcscd.port, uid_card(UID4))
    card.insert()
    other = Ear()
    with opened(other):
        other.skip_to(CardFrame)
    card.remove()
    assert ear.quiet


def test_a_board_reads_cards_through_pcscd(pcscd: PrivatePcscd, ear: Ear, tmp_path: Path) -> None:
    """A board with two PC/SC readers serves both, each under its own name."""
    pcscd.start()
    yard = PcscReaderSpec(DeviceId("yard-in.reader"), "Virtual PCD 00 01")
    spec = BoardSpec(BoardKind.SIMULATED, readers=(GATE, yard))
    board = build(spec, simulation=tmp_path / "nothing here")
    board.open(ear)
    assert {ear.next(DeviceBack).device for _ in range(2)} == {GATE.id, yard.id}
    with VirtualCard(pcscd.port + 1, uid_card(UID7)):
        assert ear.next(CardFrame).device == yard.id
    board.close()


class TestWatch:
    """What the watcher makes of reader lists and event states, which no virtual reader can bring about."""

    @pytest.fixture
    def watch(self, ear: Ear) -> _Watch:
        watch = _Watch(0, ask={READER: About()}.get)
        self.reader = PcscReader(GATE, PcscWatcher())
        self.reader._reporter = Reporter(GATE.id, ear, self.reader.book)
        return watch

    def test_a_reader_pulled_alone_is_lost_and_comes_back(self, watch: _Watch, ear: Ear) -> None:
        """With pcscd running on, a reader that leaves its list is lost until it is listed again."""
        for _ in range(2):
            watch._bind([], (self.reader,))
            ear.next(DeviceLost)
            watch._bind([READER], (self.reader,))
            ear.next(DeviceBack)

    def test_a_second_reader_of_the_same_name_is_left_alone(self, watch: _Watch, ear: Ear) -> None:
        """A reader stays with the PC/SC reader it has, whatever else of its name is plugged in."""
        watch._bind(["Virtual PCD 00 00 (b)"], (self.reader,))
        watch._bind(["Virtual PCD 00 00 (a)", "Virtual PCD 00 00 (b)"], (self.reader,))
        assert list(watch._bound) == ["Virtual PCD 00 00 (b)"]
        ear.next(DeviceBack)
        assert ear.quiet

    def test_readers_that_nobody_wants_are_ignored(self, watch: _Watch, ear: Ear) -> None:
        """A card at a reader that the site does not name is not even looked at."""
        watch._bind(["Some Keyboard 00 00", READER], (self.reader,))
        assert "Some Keyboard 00 00" not in watch._states

    @pytest.mark.parametrize(
        ("moves", "present", "heard"),
        [(1, False, False), (2, True, True), (3, False, True), (0, True, False)],
        ids=["taken away", "swapped", "swapped and taken away", "used by a program"],
    )
    def test_the_counter_tells_what_was_missed(
        self, watch: _Watch, ear: Ear, moves: int, present: bool, heard: bool
    ) -> None:
        """From a card that lies there, only a counter that moved too far for what is seen is news."""
        lying = scard.SCARD_STATE_PRESENT | 0xFFFF << 16
        watch._bind([READER], (self.reader,))
        watch._states[READER] = lying
        ear.next(DeviceBack)
        # Mute, so that noticing the card does not go on to read it.
        card = scard.SCARD_STATE_PRESENT | scard.SCARD_STATE_MUTE if present else scard.SCARD_STATE_EMPTY
        watch._notice(READER, card | (0xFFFF + moves & 0xFFFF) << 16 | scard.SCARD_STATE_CHANGED)
        assert ear.quiet is not heard


@pytest.mark.parametrize("other", [READER, "Virtual PCD", "Virtual PCD 00 00 more"])
def test_two_readers_may_not_mean_the_same(other: str) -> None:
    """Names of which one begins with the other could take each other's reader, and are refused."""
    with pytest.raises(ReaderNamesOverlap, match=r"gate-in\.reader"):
        pcsc_readers([GATE, PcscReaderSpec(DeviceId("yard-in.reader"), other)])


def test_two_names_that_differ_are_two_readers() -> None:
    """The overlap check lets readers of one model pass when their names go on differently."""
    assert len(pcsc_readers([GATE, PcscReaderSpec(DeviceId("yard-in.reader"), "Virtual PCD 00 01")])) == 2
