"""A Wiegand reader on simulated lines: from the pulses on the wires to what is reported."""

import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from hardware.card_formats import FORMATS, LONGEST_FRAME
from hardware.errors import GpioTaken
from hardware.gpio import SimulatedHeader
from hardware.health import DeviceState
from hardware.ports import Reader
from hardware.readers.wiegand import encode, encode_key
from hardware.readers.wiegand_pulses import MOST_HELD, NS_PER_MS
from hardware.readers.wiegand_reader import WiegandReader
from hardware.signals import (
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    DeviceLost,
    KeyPressed,
    Signal,
    Technology,
)
from hardware.specs import WiegandKeys, WiegandReaderSpec
from tests.hardware.listening import PATIENCE_S, Ear

READER, BUTTON = DeviceId("gate-in.reader"), DeviceId("gate.exit-request")
D0, D1 = 5, 6
H10301 = FORMATS["h10301"]
SPEC = WiegandReaderSpec(READER, D0, D1, H10301, WiegandKeys.BITS_4)
CARD, OTHER = encode(H10301, 123, 4567), encode(H10301, 124, 4567)
NUMBER, OTHER_NUMBER = b"h10301:123:4567", b"h10301:124:4567"


class Wires:
    """The reader's end of the wires, with instants of its own that only go on."""

    def __init__(self, header: SimulatedHeader, reader: WiegandReader) -> None:
        self._header, self._reader = header, reader
        self.now_ns = time.monotonic_ns() + NS_PER_MS * 100

    def send(self, bits: Sequence[int], *, every_ms: float = 1, silence_ms: float = 100) -> int:
        """Send a frame, not before now, and tell when its last pulse was."""
        self.now_ns = max(self.now_ns, time.monotonic_ns())
        # The reader waits meanwhile: however this machine stalls, the frame is handed over in one part.
        with self._reader._changed:
            for bit in bits:
                self.pulse(bit, every_ms)
        last_ns = self.now_ns - int(every_ms * NS_PER_MS)
        self.now_ns += int(silence_ms * NS_PER_MS)
        return last_ns

    def pulse(self, bit: int, then_ms: float = 1) -> None:
        self._header.pulse(D1 if bit else D0, self.now_ns)
        self.now_ns += int(then_ms * NS_PER_MS)

    def hold(self, gpio: int, *, low: bool) -> None:
        self._header.set_circuit(gpio, closed=low)


@pytest.fixture
def header() -> SimulatedHeader:
    return SimulatedHeader()


@pytest.fixture
def reader(header: SimulatedHeader) -> Iterator[WiegandReader]:
    reader = WiegandReader(SPEC, header)
    yield reader
    reader.close()


@pytest.fixture
def patient(header: SimulatedHeader) -> Iterator[WiegandReader]:
    """A reader whose gap is longer than this machine may stall."""
    reader = WiegandReader(SPEC, header, gap_ns=200 * NS_PER_MS)
    yield reader
    reader.close()


@pytest.fixture
def wires(header: SimulatedHeader, reader: WiegandReader, ear: Ear) -> Wires:
    """The wires of a reader that is open and has said so."""
    reader.open(ear)
    ear.next(DeviceBack)
    return Wires(header, reader)


def test_a_card_is_read(wires: Wires, ear: Ear, reader: WiegandReader) -> None:
    """A frame becomes one signal with the card's whole number and the instant of its last pulse."""
    at_ns = wires.send(CARD)
    assert ear.next(CardFrame) == CardFrame(READER, at_ns, Technology.WIEGAND, NUMBER)
    wires.send(OTHER)
    assert ear.next(CardFrame).number == OTHER_NUMBER
    assert ear.quiet
    assert reader.health.errors_this_hour == 0


def test_a_card_is_read_in_real_time(header: SimulatedHeader, patient: WiegandReader, ear: Ear) -> None:
    """With the instants at which the pulses really are, as soon as the reader has said that it is there."""
    patient.open(ear)
    ear.next(DeviceBack)
    for bit in CARD:
        header.pulse(D1 if bit else D0)
        begun = time.monotonic_ns()
        while time.monotonic_ns() - begun < NS_PER_MS // 2:
            pass
    assert ear.next(CardFrame).number == NUMBER


def test_it_says_of_itself_what_can_be_known(wires: Wires, reader: WiegandReader) -> None:
    """The wires are fine, and the page says that this does not mean that a reader hangs on them."""
    port: Reader = reader
    page = port.health
    assert page.state is DeviceState.HERE
    assert page.about["line"].startswith("cannot tell whether the reader is there")
    assert (page.about["driver"], page.about["format"]) == ("wiegand", "h10301")
    assert page.beat_ns is not None


def test_keys_and_cards_keep_their_order(wires: Wires, ear: Ear) -> None:
    """A card and the keys after it are told one by one, in the order in which they were sent."""
    wires.send(CARD)
    for key in "90*#":
        wires.send(encode_key(key, WiegandKeys.BITS_4), silence_ms=40)
    assert ear.next(CardFrame).number == NUMBER
    assert [ear.next(KeyPressed).key for _ in range(4)] == ["9", "0", "*", "#"]


@pytest.mark.parametrize("frame", ["1110", "11100001", "1", "0" * 25, "10" * 17])
def test_what_is_neither_card_nor_key_is_unreadable(wires: Wires, ear: Ear, frame: str) -> None:
    """A frame of another length, or a key that there is not, is told with a reason, and the next is read."""
    wires.send([int(bit) for bit in frame])
    assert ear.next(CardUnreadable).why
    wires.send(CARD)
    assert ear.next(CardFrame).number == NUMBER


def test_a_key_counts_only_where_the_reader_has_keys(ear: Ear) -> None:
    """Four bits at a reader without a keypad are no key."""
    header = SimulatedHeader()
    reader = WiegandReader(WiegandReaderSpec(READER, D0, D1, H10301), header)
    reader.open(ear)
    ear.next(DeviceBack)
    Wires(header, reader).send(encode_key("5", WiegandKeys.BITS_4))
    assert ear.next(CardUnreadable).why == "the frame's length is 4 and not 26: is the format right?"
    reader.close()


def test_every_bit_that_flips_on_the_way_is_an_error(wires: Wires, ear: Ear, reader: WiegandReader) -> None:
    """A parity error is told and counted, whichever bit it was; no number comes of it."""
    for at in range(H10301.bits):
        wires.send([bit ^ (at == where) for where, bit in enumerate(CARD)])
        assert "parity" in ear.next(CardUnreadable).why
    page = reader.health
    assert (page.errors_this_hour, page.state) == (H10301.bits, DeviceState.HERE)
    assert "parity" in page.last_error


@pytest.mark.parametrize("gpios", [(D0, D1), (D1, D0)], ids=["D0 first", "D1 first"])
def test_the_instants_say_the_order_of_the_wires(
    wires: Wires, header: SimulatedHeader, ear: Ear, gpios: tuple[int, int]
) -> None:
    """Two cards whose pulses are handed over wire by wire, as after a stall, are read as they were sent."""
    frames = [(CARD, wires.now_ns), (OTHER, wires.now_ns + 100 * NS_PER_MS)]
    pulses = [
        (begin + place * NS_PER_MS, D1 if bit else D0)
        for bits, begin in frames
        for place, bit in enumerate(bits)
    ]
    for gpio in gpios:
        for at_ns in (at_ns for at_ns, wire in pulses if wire == gpio):
            header.pulse(gpio, at_ns)
    assert [ear.next(CardFrame).number for _ in frames] == [NUMBER, OTHER_NUMBER]


def test_a_frame_that_comes_in_two_parts_is_one_frame(
    header: SimulatedHeader, patient: WiegandReader, ear: Ear
) -> None:
    """What counts is when the pulses were, not when they are handed over: a stall splits no frame."""
    patient.open(ear)
    ear.next(DeviceBack)
    wires = Wires(header, patient)
    for bit in CARD[:17]:
        wires.pulse(bit)
    # Longer than the silence that ends a frame, shorter than the patience with half of one.
    until = time.monotonic_ns() + 300 * NS_PER_MS
    while time.monotonic_ns() < until:
        assert ear.quiet
        threading.Event().wait(0.02)
    for bit in CARD[17:]:
        wires.pulse(bit)
    assert ear.next(CardFrame).number == NUMBER


def test_the_rest_of_a_frame_that_was_given_up_is_nothing(wires: Wires, ear: Ear) -> None:
    """Half a card is one unreadable card; its late rest, as long as a key, is no key."""
    for bit in CARD[:22]:
        wires.pulse(bit)
    ear.next(CardUnreadable)
    for bit in CARD[22:]:
        wires.pulse(bit)
    wires.now_ns += 100 * NS_PER_MS
    wires.send(OTHER)
    assert ear.next(CardFrame).number == OTHER_NUMBER


def test_both_wires_at_once_are_noise(wires: Wires, ear: Ear, reader: WiegandReader) -> None:
    """Pulses on top of each other say nothing, though the first wire's alone would be a card."""
    for bit in CARD:
        wires.pulse(bit, 0.01)
        wires.pulse(1 - bit)
    assert "noise" in ear.next(CardUnreadable).why
    assert "noise" in reader.health.last_error


@pytest.mark.parametrize("silent_wire", [0, 1])
def test_a_cut_wire_reads_no_card(wires: Wires, ear: Ear, silent_wire: int) -> None:
    """With one of the wires cut the frame is too short, and is no other card."""
    wires.send([bit for bit in CARD if bit != silent_wire])
    assert "length" in ear.next(CardUnreadable).why


def test_half_a_frame_dies_with_its_reader(header: SimulatedHeader, ear: Ear) -> None:
    """A reader that is closed in the middle of a frame tells nothing, and another begins with nothing."""
    first = WiegandReader(SPEC, header)
    first.open(ear)
    ear.next(DeviceBack)
    wires = Wires(header, first)
    for bit in CARD[:20]:
        wires.pulse(bit)
    first.close()
    first.close()
    assert ear.quiet
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("wiegand")]


def test_nothing_is_heard_before_it_is_there(
    header: SimulatedHeader, patient: WiegandReader, ear: Ear
) -> None:
    """A frame that is on the wires when the reader opens is not read, whole or not; a later one is."""
    wires = Wires(header, patient)
    wires.send(CARD)
    patient.open(ear)
    wires.send(CARD)
    ear.next(DeviceBack)
    wires.now_ns += 200 * NS_PER_MS
    wires.send(OTHER)
    assert ear.next(CardFrame).number == OTHER_NUMBER
    assert ear.quiet


def test_pulses_put_off_the_first_word(header: SimulatedHeader, reader: WiegandReader, ear: Ear) -> None:
    """As long as the wires are busy the reader does not say that it is there."""
    reader.open(ear)
    until = time.monotonic_ns() + 80 * NS_PER_MS
    while time.monotonic_ns() < until:
        header.pulse(D0)
        if not ear.quiet:
            # A machine that stalls for the whole gap may take the stall for silence, and only then.
            return
    ear.next(DeviceBack)
    Wires(header, reader).send(CARD)
    assert ear.next(CardFrame).number == NUMBER


@pytest.mark.parametrize(("gpio", "name"), [(D0, "D0"), (D1, "D1")])
def test_a_wire_that_stays_low_loses_the_reader(
    wires: Wires, ear: Ear, reader: WiegandReader, gpio: int, name: str
) -> None:
    """A shorted wire is told by its name after a second, and what the other one sends is not read."""
    wires.hold(gpio, low=True)
    lost = ear.skip_to(DeviceLost)
    assert lost.why.startswith(f"{name} stays low")
    assert reader.health.state is DeviceState.LOST
    wires.send(CARD)
    wires.hold(gpio, low=False)
    ear.next(DeviceBack)
    wires.send(CARD)
    assert ear.next(CardFrame).number == NUMBER


def test_a_reader_that_is_shorted_from_the_start_says_so_first(
    header: SimulatedHeader, reader: WiegandReader, ear: Ear
) -> None:
    """A wire that is low when the reader is opened makes its first word that it is lost."""
    header.set_circuit(D1, closed=True)
    reader.open(ear)
    assert ear.next(DeviceLost).why.startswith("D1 stays low")


def test_a_line_that_fails_loses_the_reader(header: SimulatedHeader, wires: Wires, ear: Ear) -> None:
    """When the header fails under the reader, that is told, and nothing is raised in anybody's thread."""
    header.close()
    assert "cannot be read" in ear.next(DeviceLost).why


def test_half_a_frame_five_hundred_times_is_told_and_nothing_more(
    wires: Wires, ear: Ear, reader: WiegandReader
) -> None:
    """A reader that answers half a frame over and over is unreadable each time, and reads again after."""
    for _ in range(500):
        wires.send(CARD[:13])
    for _ in range(500):
        ear.next(CardUnreadable)
    wires.send(CARD)
    assert ear.next(CardFrame).number == NUMBER
    assert reader.health.errors_this_hour == 500


def test_two_thousand_frames_at_once_are_read_and_take_no_room(
    wires: Wires, ear: Ear, reader: WiegandReader
) -> None:
    """However fast the frames are handed over, all are told and never more is held than some frames."""
    most = 0
    for _ in range(2_000):
        wires.send(CARD, silence_ms=30)
        most = max(most, len(reader._pulses))
    assert [ear.next(CardFrame).number for _ in range(2_000)] == [NUMBER] * 2_000
    assert most <= MOST_HELD


def test_babble_is_one_unreadable_card(wires: Wires, ear: Ear, reader: WiegandReader) -> None:
    """Pulses without a silence are told once, however many they are, and the card after them is read."""
    wires.send([0, 1] * 20_000)
    assert "noise" in ear.next(CardUnreadable).why
    wires.send(CARD)
    assert ear.next(CardFrame).number == NUMBER
    assert reader.health.errors_this_hour == 1
    assert len(reader._pulses) <= LONGEST_FRAME


def test_noise_without_end_loses_the_reader(
    header: SimulatedHeader, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader whose wires never fall silent is lost, and back once they do. The times are shortened."""
    monkeypatch.setattr("hardware.readers.wiegand_reader.NOISE_NS", 200 * NS_PER_MS)
    monkeypatch.setattr("hardware.readers.wiegand_reader.LOOK_NS", 5 * NS_PER_MS)
    # A longer gap, so that a stall of this machine is no silence.
    reader = WiegandReader(SPEC, header, gap_ns=400 * NS_PER_MS)
    reader.open(ear)
    ear.next(DeviceBack)
    heard: list[Signal] = []
    babble = threading.Thread(target=lambda: heard.append(ear.skip_to(DeviceLost)))
    babble.start()
    until = time.monotonic() + PATIENCE_S
    while babble.is_alive() and time.monotonic() < until:
        header.pulse(D0)
        babble.join(0.002)
    assert isinstance(heard[0], DeviceLost)
    assert "noise" in heard[0].why
    ear.next(DeviceBack)
    reader.close()


def test_a_frame_of_noise_that_fails_inside_ends_no_thread(
    wires: Wires, ear: Ear, reader: WiegandReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong while a frame is read, the next one is read."""
    monkeypatch.setattr("hardware.readers.wiegand.decode", lambda *_: 1 / 0)
    wires.send(CARD)
    until = time.monotonic() + PATIENCE_S
    while len(reader._pulses) and time.monotonic() < until:
        assert ear.quiet
        threading.Event().wait(0.005)
    monkeypatch.undo()
    wires.send(OTHER)
    assert ear.next(CardFrame).number == OTHER_NUMBER


def test_a_line_that_is_taken_leaves_the_other_one_free(header: SimulatedHeader) -> None:
    """A reader that does not get both of its lines is not built, and names who has the line."""
    header.input(D1, BUTTON, debounce_ms=0)
    with pytest.raises(GpioTaken, match=r"GPIO6 already belongs to gate\.exit-request"):
        WiegandReader(SPEC, header)


def test_what_was_read_is_in_no_words(wires: Wires, ear: Ear, reader: WiegandReader) -> None:
    """Neither signals nor the health page show a card's number or bits."""
    wires.send(CARD)
    wires.send([*CARD[:-1], 1 - CARD[-1]])
    said = repr([ear.next(CardFrame), ear.next(CardUnreadable), reader.health])
    assert "4567" not in said
    assert "".join(map(str, CARD[:20])) not in said
