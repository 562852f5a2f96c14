"""Where frames begin and end, told by the pulses' own instants."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.card_formats import LONGEST_FRAME
from hardware.readers.wiegand_pulses import CLOSEST_NS, GAP_NS, MOST_HELD, NS_PER_MS, Pulses
from tests.examples import examples

CARD = (1, 0, 1, 1, 0, 0, 1, 0, 1)
OTHER = (0, 0, 0, 1, 1, 1, 0, 1)


def timed(bits: Sequence[int], begin_ns: int = 0, every_ns: int = NS_PER_MS) -> list[tuple[int, int]]:
    return [(begin_ns + place * every_ns, bit) for place, bit in enumerate(bits)]


def held(pulses: list[tuple[int, int]]) -> Pulses:
    taken = Pulses()
    for at_ns, bit in pulses:
        taken.add(at_ns, bit)
    return taken


def bits_of(pulses: Pulses, *, silent: bool = True) -> list[tuple[int, ...]]:
    return [frame.bits for frame in pulses.take(silent=silent)]


def test_a_silence_ends_a_frame_and_nothing_else_does() -> None:
    """A pulse after just the gap is of the same frame; one after a nanosecond more begins another."""
    assert bits_of(held([(0, 1), (GAP_NS, 0)])) == [(1, 0)]
    assert bits_of(held([(0, 1), (GAP_NS + 1, 0)])) == [(1,), (0,)]


@pytest.mark.parametrize("every_ns", [2 * CLOSEST_NS, NS_PER_MS, 20 * NS_PER_MS])
def test_slow_and_fast_readers_are_read(every_ns: int) -> None:
    """Pulses follow each other by 0.2 to 20 ms, and all of these are read."""
    frame = held(timed(CARD, 7, every_ns)).take(silent=True)[0]
    assert (frame.bits, frame.at_ns, frame.noise) == (CARD, 7 + 8 * every_ns, "")


@settings(deadline=None, max_examples=examples(100))
@given(st.randoms())
def test_the_instants_say_the_order(chance: object) -> None:
    """However late the pulses of one wire are handed over, the frames are the same."""
    pulses = timed(CARD) + timed(OTHER, 100 * NS_PER_MS)
    by_wire = sorted(pulses, key=lambda pulse: pulse[1])
    chance.shuffle(pulses)  # type: ignore[attr-defined]
    assert bits_of(held(pulses)) == bits_of(held(by_wire)) == [CARD, OTHER]


def test_what_may_go_on_is_kept() -> None:
    """While it is not silent, the last frame may still grow; the ones before it are whole."""
    pulses = held(timed(CARD) + timed(OTHER[:3], 100 * NS_PER_MS))
    assert bits_of(pulses, silent=False) == [CARD]
    for at_ns, bit in timed(OTHER[3:], 103 * NS_PER_MS):
        pulses.add(at_ns, bit)
    assert pulses.bits_so_far() == len(OTHER)
    assert bits_of(pulses) == [OTHER]
    assert bits_of(pulses) == []
    assert pulses.bits_so_far() == 0


def test_the_rest_of_a_frame_that_was_given_up_is_no_frame() -> None:
    """Half a frame that was taken for whole is followed by its other half, which is passed over."""
    pulses = held(timed(CARD[:4]))
    assert bits_of(pulses) == [CARD[:4]]
    for at_ns, bit in timed(CARD[4:], 4 * NS_PER_MS) + timed(OTHER, 100 * NS_PER_MS):
        pulses.add(at_ns, bit)
    assert bits_of(pulses) == [OTHER]


def test_what_is_on_the_wires_at_the_start_is_no_frame() -> None:
    """A frame that had begun before is passed over to its end; the next one is read."""
    pulses = Pulses()
    pulses.drop(until_ns=50 * NS_PER_MS)
    for at_ns, bit in timed(CARD, 55 * NS_PER_MS, 20 * NS_PER_MS) + timed(OTHER, 400 * NS_PER_MS):
        pulses.add(at_ns, bit)
    assert bits_of(pulses) == [OTHER]


@pytest.mark.parametrize("apart_ns", [0, 1, CLOSEST_NS - 1])
def test_pulses_on_top_of_each_other_are_noise(apart_ns: int) -> None:
    """Both wires at once, or one that rings, spoil the whole frame; its neighbour at the limit is read."""
    spoilt = [*timed(CARD), (8 * NS_PER_MS + apart_ns, 1)]
    (frame,) = held(spoilt).take(silent=True)
    assert frame.noise
    assert not frame.bits
    assert bits_of(held([*timed(CARD), (8 * NS_PER_MS + CLOSEST_NS, 1)])) == [(*CARD, 1)]


def test_the_longest_frame_is_read_and_one_bit_more_is_noise() -> None:
    """What has more bits than any card is no card, whatever its bits say."""
    (frame,) = held(timed([1, 0] * (LONGEST_FRAME // 2))).take(silent=True)
    assert len(frame.bits) == LONGEST_FRAME
    (noise,) = held(timed([1] * (LONGEST_FRAME + 1))).take(silent=True)
    assert noise.noise


def test_babble_is_one_burst_and_takes_no_room() -> None:
    """Pulses without end are told once, hold no more than some frames' worth, and end with a silence."""
    pulses, told, most = Pulses(), [], 0
    for at_ns, bit in timed([0, 1] * 50_000):
        pulses.add(at_ns, bit)
        most = max(most, len(pulses))
        if pulses.full:
            told += pulses.take(silent=False)
    told += pulses.take(silent=True)
    assert [bool(frame.noise) for frame in told] == [True]
    assert most <= MOST_HELD
    for at_ns, bit in timed(CARD, 200_000 * NS_PER_MS):
        pulses.add(at_ns, bit)
    assert bits_of(pulses) == [CARD]


@settings(deadline=None, max_examples=examples(100))
@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 1)), max_size=300), st.data())
def test_any_pulses_are_frames_or_noise(made_up: list[tuple[int, int]], data: st.DataObject) -> None:
    """No pulses lead to an error, no frame is longer than any card, and no bit is counted twice."""
    pulses = held(made_up)
    frames = pulses.take(silent=data.draw(st.booleans())) + pulses.take(silent=True)
    assert all(len(frame.bits) <= LONGEST_FRAME for frame in frames)
    assert sum(len(frame.bits) for frame in frames) <= len(made_up)
    assert len(pulses) == 0


def test_the_bits_are_not_to_be_seen() -> None:
    """A frame that is logged by mistake does not say which card it was."""
    (frame,) = held(timed(CARD)).take(silent=True)
    assert "bits" not in repr(frame)
