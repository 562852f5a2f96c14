"""A planted fault, and what became of it."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Fate(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    """A test failed."""
    SURVIVED = "survived"
    """Every test passed, or none ever reached the fault."""
    TIMEOUT = "timeout"
    """The tests were not done in many times the time they need. Not counted as killed: nothing failed."""
    STILLBORN = "stillborn"
    """The module could not even be imported. Counted nowhere: to find that out takes no test."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault in one module."""

    module: str
    """Its path from the top of the project."""
    diff: str
    """A unified diff, without its two lines of file names."""

    @property
    def change(self) -> tuple[str, ...]:
        """What is taken out and put in, whatever the line it stands in and the blanks around it."""
        lines = (line for line in self.diff.splitlines() if line[:1] in {"-", "+"})
        return tuple(f"{line[0]} {' '.join(line[1:].split())}" for line in lines)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant."""

    mutant: Mutant
    fate: Fate


@dataclass(frozen=True, slots=True)
class Tally:
    """How many mutants of a kind came to which end."""

    killed: int
    survived: int
    timeout: int
    stillborn: int

    @classmethod
    def of(cls, verdicts: "list[Verdict]") -> "Tally":
        """Count."""
        fates = [verdict.fate for verdict in verdicts]
        return cls(*(fates.count(fate) for fate in Fate))

    @property
    def counted(self) -> int:
        """How many mutants a test could have killed."""
        return self.killed + self.survived + self.timeout

    @property
    def percent(self) -> float:
        """How many of a hundred were killed."""
        return 100 * self.killed / self.counted if self.counted else 0.0


def diff_of(before: str, after: str) -> str:
    """Give the lines that differ, with one line around them."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    return "\n".join(_without_names(lines))


def _without_names(lines: Iterator[str]) -> Iterator[str]:
    return (line for line in lines if not line.startswith(("--- ", "+++ ")))
