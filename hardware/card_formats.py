"""How the bits of a Wiegand number are laid out, as values. Which card it is, ``readers.wiegand`` tells.

Bit 0 is the one that is sent first. Two layouts of the same length cannot be told apart by looking at a
frame (Indala's 123:1234 is a valid H10301 7:46290 as well), so a reader is given one, and it is never
guessed.

A layout says what every one of its bits means. A bit that was left out could be the one in which two
cards differ, and both would be one card to us.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

LONGEST_FRAME: Final = 128
"""More bits than any format has; what is longer is noise."""
SHORTEST_FRAME: Final = 9
"""Fewer bits than any format has; what is shorter is a key, of four bits or of eight."""
MOST_BITS: Final = 64
"""So many bits may one field have."""
CHECKSUM_BITS: Final = 8

_NAME: Final = re.compile(r"[a-z0-9-]{1,16}")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of bits, both ends included."""

    first: int
    last: int

    def __post_init__(self) -> None:
        """Refuse what is no run."""
        if not 0 <= self.first <= self.last:
            raise ValueError(f"bits {self.first} to {self.last} are no run of bits")

    @property
    def bits(self) -> range:
        """The positions, first sent first."""
        return range(self.first, self.last + 1)


@dataclass(frozen=True, slots=True)
class Parity:
    """One parity bit and what it covers."""

    at: int
    even: bool
    """Whether the covered bits and this one have an even number of ones together; otherwise an odd one."""
    over: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse what proves nothing."""
        if not self.over:
            raise ValueError(f"the parity at bit {self.at} covers no bit")
        if self.at in self.over:
            raise ValueError(f"the parity at bit {self.at} covers itself")
        if twice := _twice(self.over):
            raise ValueError(f"the parity at bit {self.at} covers {_these(twice)} twice")


@dataclass(frozen=True, slots=True)
class CardFormat:
    """One layout. Every bit is of a field, a parity's, fixed, or of the checksum."""

    name: str
    """Short and for ever: it stands in the number of every card that is read with it."""
    bits: int
    number: Span
    facility: Span | None = None
    """The facility, site or company code; part of the number wherever there is one."""
    parities: tuple[Parity, ...] = ()
    """In the order in which a card is made: one may cover those before it."""
    fixed: tuple[tuple[int, bool], ...] = ()
    """Bits that never change, as (position, value)."""
    xor_bytes: bool = False
    """Whether the last eight bits are the XOR of the whole bytes before them."""
    extra: Span | None = None
    """One more code beside the facility, such as the OEM code of C15001 or an issue level; part of the
    number too, in front of the facility."""

    def __post_init__(self) -> None:
        """Refuse a layout that no card can have, or that would take two cards for one."""
        if not _NAME.fullmatch(self.name):
            raise ValueError("the name is not 1 to 16 of a-z, 0-9 and -")
        if not SHORTEST_FRAME <= self.bits <= LONGEST_FRAME:
            raise ValueError(f"a frame has {SHORTEST_FRAME} to {LONGEST_FRAME} bits, not {self.bits}")
        if self.xor_bytes and (self.bits % 8 or self.bits < 2 * CHECKSUM_BITS):
            raise ValueError(f"{self.bits} bits are not whole bytes with a byte of checksum after them")
        if self.extra is not None and self.facility is None:
            raise ValueError("an extra code stands beside a facility code, and there is none")
        self._check_fields()
        self._check_positions()
        self._check_parities()

    @property
    def fields(self) -> tuple[Span, ...]:
        """The codes that make up a card's number, in the order in which it is written."""
        return tuple(span for span in (self.extra, self.facility, self.number) if span is not None)

    @property
    def checksum(self) -> range:
        """The positions of the checksum; none without ``xor_bytes``."""
        return range(self.bits - CHECKSUM_BITS, self.bits) if self.xor_bytes else range(0)

    def _check_fields(self) -> None:
        for span in self.fields:
            if len(span.bits) > MOST_BITS:
                raise ValueError(f"{_these(span.bits)} are more than the {MOST_BITS} of one field")

    def _check_positions(self) -> None:
        used = tuple(self._positions())
        if beyond := sorted({at for at in used if not 0 <= at < self.bits}):
            raise ValueError(f"there is no {_these(beyond)} in a frame of {self.bits} bits")
        if twice := _twice(used):
            raise ValueError(f"{_these(twice)} cannot have two meanings")
        if unused := sorted(set(range(self.bits)) - set(used)):
            raise ValueError(f"no meaning is given to {_these(unused)}: a field, a parity, or fixed")

    def _positions(self) -> Iterator[int]:
        for span in self.fields:
            yield from span.bits
        yield from (parity.at for parity in self.parities)
        yield from (at for at, _ in self.fixed)
        yield from self.checksum

    def _check_parities(self) -> None:
        unknown = {parity.at for parity in self.parities} | set(self.checksum)
        for parity in self.parities:
            if beyond := sorted(at for at in parity.over if not 0 <= at < self.bits):
                raise ValueError(f"the parity at bit {parity.at} covers {_these(beyond)}, beyond the frame")
            if too_early := sorted(unknown.intersection(parity.over)):
                raise ValueError(
                    f"the parity at bit {parity.at} covers {_these(too_early)}, worked out after it: "
                    "name the parities in the order in which a card is made"
                )
            unknown.remove(parity.at)


def _twice(positions: tuple[int, ...]) -> list[int]:
    return sorted(at for at, count in Counter(positions).items() if count > 1)


def _these(positions: list[int] | range) -> str:
    """Say which bits, in as few words as a message has room for."""
    first, *more = positions
    if not more:
        return f"bit {first}"
    unbroken = len(positions) == positions[-1] - first + 1
    return f"bits {first} to {positions[-1]}" if unbroken else f"bits {', '.join(map(str, positions))}"


def _over(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


def _two_of_three(first: int, last: int, *, never: int) -> tuple[int, ...]:
    """Give the pattern of Corporate 1000: of every three bits, the one with this remainder is left out."""
    return tuple(at for at in range(first, last + 1) if at % 3 != never)


_H10301: Final = (Parity(0, even=True, over=_over(1, 12)), Parity(25, even=False, over=_over(13, 24)))
_H10306: Final = (Parity(0, even=True, over=_over(1, 16)), Parity(33, even=False, over=_over(17, 32)))
_H10302: Final = (Parity(0, even=True, over=_over(1, 18)), Parity(36, even=False, over=_over(18, 35)))

_ALL: Final = (
    CardFormat("h10301", 26, Span(9, 24), Span(1, 8), _H10301),
    CardFormat("indala26", 26, Span(13, 24), Span(1, 12), _H10301),
    CardFormat(
        "d10202",
        33,
        Span(8, 31),
        Span(1, 7),
        (Parity(0, even=True, over=_over(1, 16)), Parity(32, even=False, over=_over(16, 31))),
    ),
    CardFormat("h10306", 34, Span(17, 32), Span(1, 16), _H10306),
    CardFormat("bqt34", 34, Span(9, 32), Span(1, 8), _H10306),
    CardFormat(
        "c1k35s",
        35,
        Span(14, 33),
        Span(2, 13),
        (
            Parity(1, even=True, over=_two_of_three(2, 33, never=1)),
            Parity(34, even=False, over=_two_of_three(1, 32, never=0)),
            Parity(0, even=False, over=_over(1, 34)),
        ),
    ),
    CardFormat(
        "c15001",
        36,
        Span(19, 34),
        Span(11, 18),
        (Parity(0, even=True, over=_over(1, 17)), Parity(35, even=False, over=_over(18, 34))),
        extra=Span(1, 10),
    ),
    CardFormat("h10302", 37, Span(1, 35), None, _H10302),
    CardFormat("h10304", 37, Span(17, 35), Span(1, 16), _H10302),
    CardFormat(
        "p10001",
        40,
        Span(16, 31),
        Span(4, 15),
        fixed=tuple((at, True) for at in range(4)),
        xor_bytes=True,
    ),
    CardFormat(
        "c1k48s",
        48,
        Span(24, 46),
        Span(2, 23),
        (
            Parity(1, even=True, over=_two_of_three(3, 46, never=2)),
            Parity(47, even=False, over=_two_of_three(2, 45, never=1)),
            Parity(0, even=False, over=_over(1, 47)),
        ),
    ),
)

FORMATS: Final[Mapping[str, CardFormat]] = MappingProxyType({each.name: each for each in _ALL})
"""The layouts that are known by name: HID H10301, H10302, H10304, H10306, D10202, C1k35s and C1k48s
(Corporate 1000), C15001 (KeyScan), P10001 (Honeywell), Indala 26 and BQT 34."""
