"""Which pulses make one frame? Pure: pulses with their instants in, frames out.

Nothing in Wiegand says where a frame ends, except that the wires are silent then. What counts is the
silence between the pulses' own instants, as the kernel stamped them. How late they are handed over says
nothing: a thread that stalls gets the pulses of half a frame, or those of three frames, at once.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from hardware.card_formats import LONGEST_FRAME

NS_PER_MS: Final = 1_000_000
GAP_NS: Final = 25 * NS_PER_MS
"""So long a silence ends a frame. Pulses follow each other by 0.2 to 20 ms."""
CLOSEST_NS: Final = NS_PER_MS // 10
"""Pulses that are closer to each other than this are noise, or both wires touch."""
MOST_HELD: Final = 4 * LONGEST_FRAME
"""So many pulses are kept while nobody takes them."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The pulses between two silences."""

    at_ns: int
    """When the last pulse of it came."""
    bits: tuple[int, ...] = field(repr=False)
    noise: str = ""
    """Why these are no bits; empty when they are."""


class Pulses:
    """The pulses of one reader that have not become frames yet."""

    def __init__(self, gap_ns: int = GAP_NS) -> None:
        """Begin with silence."""
        self._gap_ns = gap_ns
        self._held: list[tuple[int, int]] = []
        self._done_ns: int | None = None

    def __len__(self) -> int:
        """Count what is held."""
        return len(self._held)

    @property
    def full(self) -> bool:
        """Whether frames have to be taken before another pulse fits in."""
        return len(self._held) >= MOST_HELD

    def add(self, at_ns: int, bit: int) -> None:
        """Note a pulse: on D0 a zero, on D1 a one. The two wires' pulses may come out of order.

        A frame from before the instant that ``drop`` was given is passed over.
        """
        self._held.append((at_ns, bit))

    def drop(self, until_ns: int) -> None:
        """Forget everything, and pass over what was on the wires until this instant and goes on from it."""
        self._held, self._done_ns = [], until_ns

    def take(self, *, silent: bool) -> list[Frame]:
        """Take the frames that are whole.

        ``silent`` tells that nothing came for so long that the last one is whole as well. Without it the
        last run of pulses is kept, unless it is longer than any frame: then it is noise, and whatever
        follows it without a silence is passed over, so that one burst is one frame.
        """
        runs = self._runs()
        self._held = []
        frames = []
        for run in runs:
            if self._done_ns is not None and not self._apart(self._done_ns, run[0][0]):
                self._done_ns = max(self._done_ns, run[-1][0])
            elif run is runs[-1] and not silent and len(run) <= LONGEST_FRAME:
                self._held = run
            else:
                self._done_ns = run[-1][0]
                frames.append(_frame(run))
        return frames

    def bits_so_far(self) -> int:
        """Count the pulses since the last silence."""
        runs = self._runs()
        return len(runs[-1]) if runs else 0

    def _runs(self) -> list[list[tuple[int, int]]]:
        """Give what is held in its order, cut at the silences."""
        runs: list[list[tuple[int, int]]] = []
        for pulse in sorted(self._held):
            if not runs or self._apart(runs[-1][-1][0], pulse[0]):
                runs.append([])
            runs[-1].append(pulse)
        return runs

    def _apart(self, one_ns: int, next_ns: int) -> bool:
        return next_ns - one_ns > self._gap_ns


def _frame(run: list[tuple[int, int]]) -> Frame:
    at_ns = run[-1][0]
    if len(run) > LONGEST_FRAME:
        return Frame(at_ns, (), "noise on the wires: more pulses than any card has")
    if any(after[0] - before[0] < CLOSEST_NS for before, after in pairwise(run)):
        return Frame(at_ns, (), "noise on the wires: pulses too close to each other")
    return Frame(at_ns, tuple(bit for _, bit in run))
