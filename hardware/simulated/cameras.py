"""The door process's camera in the simulated warehouse: whoever stands before it is a name.

A name is a face: its vectors follow from it, alike each time but for a little noise, as pictures of one
person are. Who stands there, the warehouse knows; they stay until they leave or somebody else comes.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Timer
from typing import Any, Final, Self

from hardware.cameras.hints import TURN_HINTS
from hardware.ports import Look
from hardware.signals import DeviceId, FaceSeen, Live, SensorFailed, SensorStep
from hardware.simulated.face_vectors import MODEL, vector
from hardware.simulated.presence import SimulatedPresence

NOBODY: Final = "there is no face"
LOOK_HERE: Final = "look into the camera"
MOMENT_S: Final = 0.05
"""A look takes so long where somebody stands there already."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who stands before a camera."""

    name: str
    photo: bool = False
    """Whether it is a picture of them that somebody holds up: that looks like one, and turns no head."""
    turns: bool = True
    """Whether they turn their head when they are asked to."""

    @classmethod
    def told(cls, facts: Mapping[str, Any]) -> Self | None:
        """Read what the warehouse tells; ``None``: nobody is there."""
        if facts["name"] is None:
            return None
        return cls(str(facts["name"]), bool(facts["photo"]), bool(facts["turns"]))


@dataclass(frozen=True, slots=True)
class _Order:
    ticket: int
    look: Look
    timers: tuple[Timer, ...]


class SimulatedCamera(SimulatedPresence):
    """A camera."""

    def __init__(self, device: DeviceId) -> None:
        """Build it lost until the warehouse says otherwise."""
        super().__init__(device, model="simulated camera", engine=MODEL)
        self._somebody: Somebody | None = None
        self._order: _Order | None = None
        self._why_not = NOBODY
        self._frame = 0

    def look(self, ticket: int, look: Look, within_s: float) -> None:
        """Look at whoever stands there, or comes within the time."""
        with self._lock:
            self._end_order()
            self._why_not = NOBODY
            timers = Timer(MOMENT_S, self._begin, (ticket,)), Timer(within_s, self._give_up, (ticket,))
            self._order = _Order(ticket, look, timers)
            for timer in timers:
                timer.daemon = True
                timer.start()

    def stop(self, ticket: int) -> None:
        """Stop looking."""
        with self._lock:
            if self._order is not None and self._order.ticket == ticket:
                self._end_order()

    def face(self, somebody: Somebody | None) -> None:
        """Have somebody come, or with ``None`` leave."""
        with self._lock:
            self._somebody = somebody
            self._see()

    def _begin(self, ticket: int) -> None:
        with self._lock:
            if self._order is not None and self._order.ticket == ticket:
                if self._lost is not None:
                    self._fail_order(self._lost)
                elif self._somebody is None:
                    self._step(LOOK_HERE)
                self._see()

    def _give_up(self, ticket: int) -> None:
        with self._lock:
            if self._order is not None and self._order.ticket == ticket:
                self._fail(self._why_not)

    def _see(self) -> None:
        order, somebody = self._order, self._somebody
        if order is None or somebody is None or self._lost is not None or self._reporter is None:
            return
        look = order.look
        seen_through = look.passive and somebody.photo
        if look.turn is not None and not seen_through:
            self._step(TURN_HINTS[look.turn])
            if somebody.photo or not somebody.turns:
                self._why_not = f"the head was not turned to the {look.turn.value}"
                return
        self._end_order()
        vectors = tuple(vector(somebody.name, self._frame + number) for number in range(look.frames))
        self._frame += look.frames
        live = Live.UNKNOWN
        if look.passive or look.turn is not None:
            live = Live.SPOOFED if seen_through else Live.LIVE
        self._book.seen()
        self._reporter.tell(FaceSeen(self.id, time.monotonic_ns(), order.ticket, MODEL, vectors, (), live))

    def _step(self, hint: str) -> None:
        if self._order is not None and self._reporter is not None:
            self._reporter.tell(SensorStep(self.id, time.monotonic_ns(), self._order.ticket, hint))

    def _fail_order(self, lost: str) -> None:
        self._fail(f"the camera is gone: {lost}", broken=True)

    def _fail(self, why: str, *, broken: bool = False) -> None:
        order = self._order
        if order is not None:
            self._end_order()
            if self._reporter is not None:
                now_ns = time.monotonic_ns()
                self._reporter.tell_anyway(SensorFailed(self.id, now_ns, order.ticket, why, broken))

    def _end_order(self) -> None:
        if self._order is not None:
            for timer in self._order.timers:
                timer.cancel()
            self._order = None
