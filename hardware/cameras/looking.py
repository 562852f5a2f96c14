"""One look of a camera: takes picture after picture until it has seen enough of one face. No clock here.

First come the pictures from the front that were asked for, each a moment apart, then the turn of the head
where one is wanted, measured from those pictures. All of them show one person: a face that vanishes or jumps,
or in front does not resemble the one before, has everything begin anew; a turned face that does not resemble
the others is a fraud.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from hardware.cameras.frames import Frame
from hardware.cameras.hints import TURN_HINTS
from hardware.faces.engine import Face, Vector, distance, normalised
from hardware.faces.head_turn import HeadTurn
from hardware.faces.quality import USELESS, Flaw, Judged, judge
from hardware.faces.sight import Sight
from hardware.faces.verdict import FRAMES, by_look, worst
from hardware.ports import Look
from hardware.signals import Live

NS_PER_S: Final = 1_000_000_000
APART_NS: Final = 150_000_000
"""Pictures that are nearer in time say the same thing twice."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a look came to."""

    vectors: tuple[Vector, ...] = field(repr=False)
    quality: tuple[str, ...]
    live: Live


class Looking:
    """One order. Give it every new picture, until it has an outcome or the time is over."""

    def __init__(self, look: Look, sight: Sight, began_ns: int, within_s: float) -> None:
        """Begin with nothing seen."""
        self._look, self._sight = look, sight
        self._picky_until_ns = began_ns + int(within_s * NS_PER_S / 2)
        self._turn = None if look.turn is None else HeadTurn(look.turn)
        self._flaw: Flaw | None = None
        self._last_ns: int | None = None
        self._begin_anew()

    def take(self, frame: Frame) -> Outcome | None:
        """Look at a picture; give what it came to once it is enough."""
        judged = judge(frame.picture, self._sight.engine.find(frame.picture))
        if judged.face is None:
            self.miss(judged.flaws[0])
            return None
        if self._turn is not None and self._turn.follow((*judged.face.centre, judged.face.width)):
            self._begin_anew()
        self._flaw = judged.flaws[0] if judged.flaws else None
        if Flaw.TURNED not in judged.flaws:
            self._look_straight(frame, judged, judged.face)
        if self._lacks_pictures:
            return None
        live = self._live_by_look()
        if self._turn is None or live is Live.SPOOFED:
            return self._outcome(live)
        if not self._turn.is_done(judged.face.yaw):
            return None
        turned = self._sight.engine.embed(frame.picture, judged.face)
        same = distance(turned, normalised(np.mean(self._vectors, axis=0))) < self._sight.engine.same_sitting
        return self._outcome(worst(live, Live.LIVE if same else Live.SPOOFED))

    def miss(self, flaw: Flaw) -> None:
        """Take it that a picture was of no use."""
        self._flaw = flaw
        if self._turn is not None and self._turn.miss():
            self._begin_anew()

    @property
    def hint(self) -> str | None:
        """What the person should do now; ``None``: just stay."""
        if not self._lacks_pictures and self._look.turn is not None:
            lacks_a_face = self._flaw in USELESS
            return self._flaw.hint if self._flaw and lacks_a_face else TURN_HINTS[self._look.turn]
        return None if self._flaw is None else self._flaw.hint

    @property
    def why_not(self) -> str:
        """Why there is no outcome yet."""
        if not self._lacks_pictures and self._look.turn is not None:
            return f"the head was not turned to the {self._look.turn.value}"
        return "there were too few pictures" if self._flaw is None else self._flaw.wrong

    @property
    def _lacks_pictures(self) -> bool:
        wanted = FRAMES if self._look.passive and self._sight.passive is not None else 0
        return len(self._vectors) < self._look.frames or len(self._scores) < wanted

    def _look_straight(self, frame: Frame, judged: Judged, face: Face) -> None:
        score = None
        if self._look.passive and self._sight.passive is not None:
            score = self._sight.passive.score(frame.picture, face)
            self._scores.append(score)
        too_soon = self._last_ns is not None and frame.mono_ns - self._last_ns < APART_NS
        too_bad = bool(judged.flaws) and frame.mono_ns < self._picky_until_ns
        if too_soon or too_bad or len(self._vectors) >= self._look.frames:
            return
        vector = self._sight.engine.embed(frame.picture, face)
        if any(distance(vector, other) >= self._sight.engine.same_sitting for other in self._vectors):
            self._begin_anew()
            self._scores += [] if score is None else [score]
        self._vectors.append(vector)
        if self._turn is not None:
            self._turn.measure_from(face.yaw)
        self._scores_of_vectors += [] if score is None else [score]
        self._last_ns = frame.mono_ns
        self._wrong |= dict.fromkeys(flaw.wrong for flaw in judged.flaws)

    def _live_by_look(self) -> Live:
        if not self._look.passive:
            return Live.LIVE
        # Those whose face is compared have to be live, and not only some others that came after them.
        return worst(by_look(self._scores), by_look(self._scores_of_vectors))

    def _outcome(self, live: Live) -> Outcome:
        asked = self._look.passive or self._look.turn is not None
        return Outcome(tuple(self._vectors), tuple(self._wrong), live if asked else Live.UNKNOWN)

    def _begin_anew(self) -> None:
        self._vectors: list[Vector] = []
        self._scores: list[float] = []
        self._scores_of_vectors: list[float] = []
        self._wrong: dict[str, None] = {}
        self._last_ns = None
        if self._turn is not None:
            self._turn.begin_anew()
