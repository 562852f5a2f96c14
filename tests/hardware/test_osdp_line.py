"""OSDP lines as they are in the field: noise, half frames, readers torn off, and any bytes at all."""

import contextlib
import random
import time
from collections.abc import Iterator
from queue import Empty

import pytest

pytest.importorskip("osdp", reason="pip install 'accessctl[osdp]'")

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hardware.health import DeviceState
from hardware.readers.osdp_frames import Answer
from hardware.readers.osdp_link import Pace
from hardware.signals import CardFrame, CardUnreadable, DeviceBack, DeviceLost, KeyPressed, ReaderSecured
from hardware.simulated.osdp_device import Way
from tests.examples import examples
from tests.hardware.listening import PATIENCE_S
from tests.hardware.osdp_rig import UID, Rig, Spot, rig, settle, up
from tests.hardware.osdp_thief import card_reply, codes_of, forge, mend

BRISK = Pace(retry_s=0.2, loss_s=1.0)


def works_again(built: Rig) -> None:
    """Wait until a card is read, whatever is heard before; no other card may be."""
    built.line.meddle = None
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        settle(built)
        built.device.show(UID)
        shown = time.monotonic()
        while time.monotonic() < shown + 1:
            with contextlib.suppress(Empty):
                signal = built.ear._signals.get(timeout=0.1)
                if isinstance(signal, CardFrame):
                    assert signal.number == UID
                    return
    raise AssertionError("no card was read")


def test_half_a_frame_500_times_costs_nothing() -> None:
    """A reader that gives the beginning of a frame again and again is lost, and works when it is whole."""
    halves = 0

    def halve(way: Way, data: bytes) -> bytes:
        nonlocal halves
        if way is Way.TO_PANEL:
            halves += 1
            return data[: len(data) // 2]
        return data

    with rig(pace=Pace(retry_s=0.05, loss_s=0.5)) as built:
        up(built)
        built.line.meddle = halve
        built.ear.next(DeviceLost)
        for _ in range(500):
            built.line.inject(b"\xff\x53\x85\x0a\x00\x04")
        assert halves
        works_again(built)


def test_a_line_that_babbles_is_noise_and_no_card() -> None:
    """Two thousand forged frames and as much noise: no card, bounded memory, and it works after."""
    with rig(pace=BRISK) as built:
        up(built)
        noise = random.Random(7)
        for _ in range(2000):
            built.line.inject(card_reply(noise.randrange(128), noise.randrange(4)))
            built.line.inject(noise.randbytes(16))
        assert len(built.bus.line._finder._heard) <= 8192
        works_again(built)
        assert built.reader.health.errors_this_hour


def test_a_reader_torn_off_in_the_middle_of_a_frame() -> None:
    """Half an answer and then silence is a lost reader; the half is not part of anything that comes later."""
    with rig(pace=BRISK) as built:
        up(built)

        def tear(way: Way, data: bytes) -> bytes:
            built.device.is_plugged_in = way is Way.TO_READER
            return data if way is Way.TO_READER else data[:9]

        built.line.meddle = tear
        built.ear.next(DeviceLost)
        built.line.meddle = None
        built.device.unplug()
        built.device.plug_in()
        built.ear.next(DeviceBack)
        built.ear.next(ReaderSecured)
        works_again(built)


@pytest.mark.parametrize("seed", range(3))
def test_flipped_bits_are_never_another_card(seed: int) -> None:
    """Noise that changes one bit of every few frames costs time and never makes a card out of another."""
    chance = random.Random(seed)

    def flip(_way: Way, data: bytes) -> bytes:
        if chance.random() > 0.2:
            return data
        at, bit = chance.randrange(len(data)), chance.randrange(8)
        return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]

    with rig(pace=BRISK) as built:
        up(built)
        built.line.meddle = flip
        for _ in range(10):
            built.device.show(UID)
            time.sleep(0.02)
        works_again(built)


def test_flipped_bits_with_mended_checks_are_never_another_card() -> None:
    """Whoever changes bits and mends the check breaks the session and makes no card."""
    chance = random.Random(11)

    def flip(way: Way, data: bytes) -> bytes:
        body = data.lstrip(b"\xff")
        if way is Way.TO_READER or chance.random() > 0.3 or len(body) < 12:
            return data
        at, bit = chance.randrange(5, len(body) - 2), chance.randrange(8)
        return mend(body[:at] + bytes([body[at] ^ 1 << bit]) + body[at + 1 :])

    with rig(pace=BRISK) as built:
        up(built)
        built.line.meddle = flip
        for _ in range(10):
            built.device.show(UID)
            time.sleep(0.02)
        works_again(built)


def test_a_single_lost_answer_loses_no_reader() -> None:
    """One answer that does not arrive is a line with noise, and no event."""
    dropped = 0

    def drop(way: Way, data: bytes) -> bytes:
        nonlocal dropped
        if way is Way.TO_PANEL and not dropped:
            dropped += 1
            return b""
        return data

    # The session takes a second to come back, half of what makes a reader lost; on a busy machine it takes
    # longer, and how long a reader may be silent has tests of its own.
    with rig(pace=Pace(loss_s=PATIENCE_S)) as built:
        up(built)
        built.line.meddle = drop
        built.ear.next(ReaderSecured)
        assert dropped
        settle(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID
        assert built.reader.health.state is DeviceState.HERE


def test_an_echo_of_our_own_commands_is_no_answer() -> None:
    """Some adapters hear what they send; the panel takes none of it for its reader."""
    with rig(is_open=False) as built:

        def echo(way: Way, data: bytes) -> bytes:
            if way is Way.TO_READER:
                built.line.inject(data)
            return data

        built.line.meddle = echo
        built.reader.open(built.ear)
        up(built)
        built.device.show(UID)
        assert built.ear.next(CardFrame).number == UID


def test_a_line_full_of_noise_harms_no_neighbour_for_long() -> None:
    """Garbage in place of one reader's answers leaves the other reader of the line at work."""
    with rig(Spot(5), Spot(6), pace=BRISK) as built:
        up(built, 0)
        up(built, 1)
        built.line.meddle = lambda way, data: (
            b"\x53" * 40 if way is Way.TO_PANEL and data.lstrip(b"\xff")[1] == 0x85 else data
        )
        built.ears[0].next(DeviceLost)
        for _ in range(5):
            built.devices[1].show(UID)
            assert built.ears[1].next(CardFrame).number == UID


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Rig]:
    with rig(Spot(keypad=False), pace=Pace(retry_s=0.05, loss_s=0.4)) as built:
        yield built
        works_again(built)  # After all that the reader comes back and reads a card.


def replies() -> st.SearchStrategy[bytes]:
    """Frames with a good check: any reply, any security block, any data."""
    blocks = st.one_of(
        st.just(b""),
        st.builds(
            lambda kind, data: bytes([len(data) + 2, kind]) + data, st.integers(0, 255), st.binary(max_size=2)
        ),
    )
    codes = st.one_of(st.sampled_from([int(answer) for answer in Answer]), st.integers(0, 255))
    return st.builds(
        forge, st.sampled_from([5, 6, 0x7F]), st.integers(0, 3), codes, st.binary(max_size=48), blocks
    )


@settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(st.binary(max_size=64), replies()), max_size=6))
@example([b"\x53" * 64])
@example([b"\x53\x85\xff\xff\x0c"])
@example([card_reply(5, 0), card_reply(5, 1), card_reply(5, 2), card_reply(5, 3)])
def test_no_bytes_on_the_line_stop_it_or_make_a_card(fuzzed: Rig, pieces: list[bytes]) -> None:
    """Whatever is there in place of answers: no exception, no card, no key, and the thread lives."""
    left = list(pieces)

    def instead(way: Way, data: bytes) -> bytes:
        return left.pop() if way is Way.TO_PANEL and left else data

    fuzzed.line.meddle = instead
    for piece in pieces:
        fuzzed.line.inject(piece)
    ends = time.monotonic() + 0.05
    while left and time.monotonic() < ends:
        time.sleep(0.002)
    assert fuzzed.bus._thread is not None
    assert fuzzed.bus._thread.is_alive()
    while not fuzzed.ear.quiet:
        signal = fuzzed.ear._signals.get()
        assert not isinstance(signal, CardFrame | CardUnreadable | KeyPressed)
    assert "the log says how" not in fuzzed.reader.health.why


def test_names_of_frames_are_read() -> None:
    """Control of the helpers: a forged card is what it is said to be."""
    assert list(codes_of(card_reply(5, 1))) == [Answer.RAW_CARD]
