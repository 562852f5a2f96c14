"""What every pattern looks and sounds like, as data, and which step of it is due at which instant.

A short pattern plays once and falls back to the lasting one; a lasting one stays or repeats.
No clock and no line here: whoever plays a score brings the instant and drives the lamps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from hardware.ports import Pattern

NS_PER_MS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Lamps:
    """Which of a reader's lights are on, and whether it sounds."""

    green: bool = False
    red: bool = False
    buzzer: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Lamps, and for how many milliseconds; 0 in the only step of a pattern means: stay."""

    lamps: Lamps
    ms: int = 0


DARK: Final = Lamps()
_RED: Final = Lamps(red=True)
_GREEN: Final = Lamps(green=True)
_BOTH: Final = Lamps(green=True, red=True)
_BEEP: Final = Lamps(buzzer=True)
_RED_BEEP: Final = Lamps(red=True, buzzer=True)

# Told apart without seeing colours: granted is one long tone, refused three short ones,
# locked out two short ones and a long one.
STEPS: Final[Mapping[Pattern, tuple[Step, ...]]] = MappingProxyType(
    {
        Pattern.IDLE: (Step(_RED),),
        Pattern.GRANTED: (Step(Lamps(green=True, buzzer=True), 400), Step(_GREEN, 2600)),
        Pattern.REFUSED: (
            *(Step(_RED_BEEP, 120), Step(DARK, 120)) * 2,
            Step(_RED_BEEP, 120),
            Step(_RED, 880),
        ),
        Pattern.PIN_WANTED: (Step(_BOTH, 500), Step(DARK, 500)),
        Pattern.CODE_WANTED: (*(Step(_BOTH, 150), Step(DARK, 150)) * 2, Step(DARK, 400)),
        Pattern.FINGER_WANTED: (Step(_GREEN, 500), Step(DARK, 500)),
        Pattern.FACE_WANTED: (Step(_GREEN, 150), Step(DARK, 150)),
        # One tone for left, two for right: told apart without seeing colours.
        Pattern.TURN_LEFT: (Step(_RED_BEEP, 150), Step(_RED, 850)),
        Pattern.TURN_RIGHT: (
            *(Step(Lamps(green=True, buzzer=True), 150), Step(_GREEN, 150)),
            *(Step(Lamps(green=True, buzzer=True), 150), Step(_GREEN, 550)),
        ),
        Pattern.KEY: (Step(_BEEP, 60),),
        Pattern.LOCKED_OUT: (
            *(Step(_RED_BEEP, 120), Step(DARK, 120)) * 2,
            Step(_RED_BEEP, 1000),
            Step(_RED, 1000),
        ),
        Pattern.PRE_ALARM: (Step(_RED_BEEP, 100), Step(_RED, 900)),
        Pattern.LOCKDOWN: (Step(_RED, 300), Step(DARK, 300)),
        Pattern.ALARM: (Step(_RED_BEEP, 250), Step(_BEEP, 250)),
    }
)

LASTING: Final = frozenset(
    {
        Pattern.IDLE,
        Pattern.PIN_WANTED,
        Pattern.CODE_WANTED,
        Pattern.FINGER_WANTED,
        Pattern.FACE_WANTED,
        Pattern.TURN_LEFT,
        Pattern.TURN_RIGHT,
        Pattern.PRE_ALARM,
        Pattern.LOCKDOWN,
        Pattern.ALARM,
    }
)


Steps = Mapping[Pattern, tuple[Step, ...]]
"""What every pattern looks and sounds like."""


def length_ns(pattern: Pattern, steps: Steps = STEPS) -> int:
    """Tell how long a pattern plays, or one round of a lasting one; 0 when it has only one steady step."""
    return sum(step.ms for step in steps[pattern]) * NS_PER_MS


class Score:
    """What one annunciator plays. Instants are ``time.monotonic_ns()`` or any other clock in nanoseconds."""

    def __init__(self, steps: Steps = STEPS) -> None:
        """Begin dark; what a short pattern falls back to, before a lasting one was shown, is IDLE."""
        self._steps = steps
        self._lasting: tuple[Pattern, int] | None = None
        self._short: tuple[Pattern, int] | None = None

    def show(self, pattern: Pattern, now_ns: int) -> None:
        """Play a pattern from this instant on, whatever plays now."""
        if pattern in LASTING:
            self._lasting, self._short = (pattern, now_ns), None
        else:
            end_ns = now_ns + length_ns(pattern, self._steps)
            lasting = self._lasting[0] if self._lasting else Pattern.IDLE
            # Starting the lasting one at the end of the short one makes its first tone a whole one.
            self._lasting, self._short = (lasting, end_ns), (pattern, now_ns)

    def playing(self, now_ns: int) -> Pattern | None:
        """Tell the pattern that plays at this instant; ``None`` while nothing was ever shown."""
        current = self._current(now_ns)
        return current and current[0]

    def lamps(self, now_ns: int) -> Lamps:
        """Tell what is lit and what sounds at this instant."""
        return self._at(now_ns)[0]

    def next_change_ns(self, now_ns: int) -> int | None:
        """Tell when the next step begins; ``None`` when nothing changes until something else is shown."""
        return self._at(now_ns)[1]

    def _current(self, now_ns: int) -> tuple[Pattern, int] | None:
        if self._short and now_ns < self._short[1] + length_ns(self._short[0], self._steps):
            return self._short
        return self._lasting

    def _at(self, now_ns: int) -> tuple[Lamps, int | None]:
        current = self._current(now_ns)
        if current is None:
            return DARK, None
        pattern, began_ns = current
        if not (round_ns := length_ns(pattern, self._steps)):
            return self._steps[pattern][0].lamps, None
        end_ns = now_ns - (now_ns - began_ns) % round_ns
        for step in self._steps[pattern]:
            end_ns += step.ms * NS_PER_MS
            if now_ns < end_ns:
                return step.lamps, end_ns
        raise AssertionError("a round's steps add up to its length")
