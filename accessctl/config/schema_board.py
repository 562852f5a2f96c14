"""What a site file may say of the board: its chip and converter, serial lines, card formats and patterns."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, groupby
from types import MappingProxyType
from typing import ClassVar, Final

from accessctl.config.kinds import Choice, Flag, Gpio, Many, One, Text, Whole, Word
from accessctl.config.reading import Reading, Table, Wrong, as_list, check, key, show
from accessctl.config.wiring import BitList, BitRun, SerialPort
from hardware.card_formats import LONGEST_FRAME, SHORTEST_FRAME, CardFormat, Parity, Span
from hardware.patterns import DARK, LASTING, STEPS, Lamps, Step
from hardware.ports import Pattern
from hardware.specs import BoardKind

BAUDS: Final = (9600, 19200, 38400, 57600, 115200, 230400)
USUAL_BAUD: Final = 9600
LONGEST_PATTERN_MS: Final = 10_000
LONGEST_KEY_MS: Final = 200
"""People type faster than that, and every key is to be answered."""
SHORTEST_STEP_MS: Final = 20
"""Shorter ones no lamp shows and no reader is told in time."""
_LAST_BIT: Final = LONGEST_FRAME - 1


class AdcTable(Table):
    """An MCP3008-kind converter, for supervised contacts."""

    clock_gpio: int = key(Gpio())
    mosi_gpio: int = key(Gpio())
    miso_gpio: int = key(Gpio())
    select_gpio: int = key(Gpio())


class BoardTable(Table):
    """What the lines and readers stand on."""

    kind: BoardKind = key(Choice(BoardKind))
    chip: str | None = key(Text(), None)
    adc: AdcTable | None = key(One(AdcTable), None)

    @check("kind", "chip")
    def has_a_chip(self) -> str | None:
        """Refuse to name what is simulated."""
        if self.kind is BoardKind.SIMULATED and self.chip is not None:
            return "a simulated board has no chip; leave this out"
        return None


@dataclass(frozen=True, slots=True)
class Baud:
    """The speed of a serial line."""

    def read(self, value: object, _at: str, _reading: Reading) -> int:
        """Take one of those that readers speak."""
        if isinstance(value, bool) or not isinstance(value, int) or value not in BAUDS:
            raise Wrong(f"must be {' or '.join(map(str, BAUDS))}, not {show(value)}")
        return value


class BusTable(Table):
    """A serial line with OSDP readers."""

    port: str = key(SerialPort())
    baud: int = key(Baud(), USUAL_BAUD)


class ParityTable(Table):
    """A parity bit."""

    at: int = key(Whole(0, _LAST_BIT))
    even: bool = key(Flag())
    over: tuple[int, ...] = key(BitList())


class FixedTable(Table):
    """A bit that never changes."""

    at: int = key(Whole(0, _LAST_BIT))
    one: bool = key(Flag())


class CardFormatTable(Table):
    """A layout of card numbers."""

    bits: int = key(Whole(SHORTEST_FRAME, LONGEST_FRAME, "bits"))
    facility: Span | None = key(BitRun(), None)
    number: Span = key(BitRun())
    extra: Span | None = key(BitRun(), None)
    parities: tuple[ParityTable, ...] = key(Many(ParityTable), ())
    fixed: tuple[FixedTable, ...] = key(Many(FixedTable), ())
    xor_bytes: bool = key(Flag(), default=False)

    @property
    def is_whole(self) -> bool:
        """Whether everything in it was read."""
        inner = (*self.parities, *self.fixed) if self.has("parities", "fixed") else ()
        return all(each.has(*type(each).keys) for each in (self, *inner))

    def named(self, name: str) -> CardFormat:
        """Give the layout under this name. Raises ``ValueError`` for one that no card can have."""
        return CardFormat(
            name,
            self.bits,
            self.number,
            self.facility,
            tuple(Parity(each.at, each.even, each.over) for each in self.parities),
            tuple((each.at, each.one) for each in self.fixed),
            self.xor_bytes,
            self.extra,
        )


@dataclass(frozen=True, slots=True)
class Lit:
    """What of a reader's lights and buzzer is on."""

    def read(self, value: object, at: str, reading: Reading) -> Lamps:
        """Take a list of ``"green"``, ``"red"`` and ``"buzzer"``; an empty one is dark and silent."""
        known = Word({name: name for name in ("green", "red", "buzzer")})
        on = [known.read(item, at, reading) for item in as_list(value)]
        twice = next((name for name in on if on.count(name) > 1), None)
        if twice is not None:
            raise Wrong(f"{show(twice)} is named twice")
        return Lamps(**dict.fromkeys(on, True))


class StepTable(Table):
    """One step of a pattern."""

    show: Lamps = key(Lit())
    ms: int | None = key(Whole(SHORTEST_STEP_MS, LONGEST_PATTERN_MS, "milliseconds"), None)


@dataclass(frozen=True, slots=True)
class Played:
    """What a pattern plays."""

    pattern: Pattern
    schema: ClassVar[type[Table]] = StepTable
    step: ClassVar[str] = "[]"

    def read(self, value: object, at: str, reading: Reading) -> tuple[Step, ...] | None:
        """Take its steps; nothing where one of them could not be read."""
        tables = Many(StepTable).read(value, at, reading)
        if not tables:
            raise Wrong("needs a step; { show = [] } is dark and silent")
        if not all(table.has("show", "ms") for table in tables):
            return None
        if self.pattern in LASTING and len(tables) == 1 and tables[0].ms is None:
            return (Step(tables[0].show),)
        without = next((place for place, table in enumerate(tables) if table.ms is None), None)
        if without is not None:
            only = ", unless it is the only one of a lasting pattern" if self.pattern in LASTING else ""
            raise Wrong(f"step {without + 1} needs ms{only}")
        steps = tuple(Step(table.show, table.ms or 0) for table in tables)
        longest = LONGEST_KEY_MS if self.pattern is Pattern.KEY else LONGEST_PATTERN_MS
        length = sum(step.ms for step in steps)
        if length > longest:
            raise Wrong(f"must not be longer than {longest} milliseconds, and has {length}")
        return steps


class PatternsTable(Table):
    """What readers show and sound; what is left out is as usual."""

    idle: tuple[Step, ...] | None = key(Played(Pattern.IDLE), None)
    granted: tuple[Step, ...] | None = key(Played(Pattern.GRANTED), None)
    refused: tuple[Step, ...] | None = key(Played(Pattern.REFUSED), None)
    second_factor: tuple[Step, ...] | None = key(Played(Pattern.PIN_WANTED), None)
    one_time_code: tuple[Step, ...] | None = key(Played(Pattern.CODE_WANTED), None)
    finger: tuple[Step, ...] | None = key(Played(Pattern.FINGER_WANTED), None)
    face: tuple[Step, ...] | None = key(Played(Pattern.FACE_WANTED), None)
    turn_left: tuple[Step, ...] | None = key(Played(Pattern.TURN_LEFT), None)
    turn_right: tuple[Step, ...] | None = key(Played(Pattern.TURN_RIGHT), None)
    each_key: tuple[Step, ...] | None = key(Played(Pattern.KEY), None, name="key")
    locked_out: tuple[Step, ...] | None = key(Played(Pattern.LOCKED_OUT), None)
    pre_alarm: tuple[Step, ...] | None = key(Played(Pattern.PRE_ALARM), None)
    lockdown: tuple[Step, ...] | None = key(Played(Pattern.LOCKDOWN), None)
    alarm: tuple[Step, ...] | None = key(Played(Pattern.ALARM), None)

    @check("granted", "refused", "locked_out", at="")
    def answers_differ(self) -> str | None:
        """Refuse answers that nobody can tell apart."""
        steps = self.over_the_usual()
        answers = {
            "granted": Pattern.GRANTED,
            "refused": Pattern.REFUSED,
            "locked_out": Pattern.LOCKED_OUT,
        }
        for name, pattern in answers.items():
            if all(step.lamps == DARK for step in steps[pattern]):
                return f"{name} shows nothing, so nobody would be answered"
        for (one, first), (other, second) in combinations(answers.items(), 2):
            if _seen(steps[first]) == _seen(steps[second]):
                return f"{one} and {other} cannot be told apart"
        return None

    def over_the_usual(self) -> Mapping[Pattern, tuple[Step, ...]]:
        """Give every pattern there is."""
        own = {
            declared.kind.pattern: steps
            for attr, declared in self.keys.items()
            if isinstance(declared.kind, Played) and (steps := getattr(self, attr, None)) is not None
        }
        return MappingProxyType({**STEPS, **own})


def _seen(steps: tuple[Step, ...]) -> list[tuple[Lamps, int]]:
    """Give what people see and hear: two steps with the same lamps are one."""
    return [(lamps, sum(step.ms for step in run)) for lamps, run in groupby(steps, lambda step: step.lamps)]
