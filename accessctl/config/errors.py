"""What is wrong with a site file."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right, and where."""

    path: str
    """The key, such as ``doors.rear.strike.gpio``; ``line 3, column 7`` where the text is no TOML."""
    what: str

    def __str__(self) -> str:
        """Give the line that an admin reads."""
        return f"{self.path}: {self.what}"


class SiteInvalid(ValueError):
    """The site file cannot be used. Carries every problem at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems in the order in which they were found."""
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Give one line for each problem."""
        return "\n".join(str(problem) for problem in self.problems)
