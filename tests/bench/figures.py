"""Figures, and how they are printed."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Times:
    """A series of measured times, in microseconds."""

    us: tuple[float, ...]

    @classmethod
    def of_ns(cls, ns: Sequence[int]) -> "Times":
        """Take times in nanoseconds."""
        return cls(tuple(sorted(value / 1000 for value in ns)))

    @property
    def p50(self) -> float:
        """The median."""
        return statistics.median(self.us)

    def at(self, share: float) -> float:
        """The value below which this share of the times lies."""
        return self.us[min(len(self.us) - 1, int(share * len(self.us)))]

    def __str__(self) -> str:
        """Give minimum, median and tails."""
        return (
            f"min {self.us[0]:8.0f}   p50 {self.p50:8.0f}   p95 {self.at(0.95):8.0f}"
            f"   p99 {self.at(0.99):8.0f} us   (n={len(self.us)})"
        )


def rss_mib(pid: int) -> float:
    """Tell how much memory a process has."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def show(what: str, times: Times) -> None:
    """Print one line of times."""
    print(f"  {what:<44} {times}")


def ratio(what: str, value: float, bound: float) -> None:
    """Print a ratio beside what was promised, so that a reader sees at once where it stands."""
    verdict = "within" if value <= bound else "ABOVE"
    print(f"  {what:<44} {value:.2f}   (promised: at most {bound:g}; {verdict})")


def promise(what: str, value: float, unit: str, bound: float, *, at_least: bool = False) -> None:
    """Print a figure beside what was promised of it."""
    if at_least:
        verdict, limit = "within" if value >= bound else "BELOW", f"at least {bound:,g} {unit}"
    else:
        verdict, limit = "within" if value <= bound else "ABOVE", f"at most {bound:,g} {unit}"
    print(f"  {what:<44} {value:10,.2f} {unit:<3} (promised: {limit.rstrip()}; {verdict})")


def note(what: str, value: float, unit: str) -> None:
    """Print a figure of which nothing was promised."""
    print(f"  {what:<44} {value:10,.2f} {unit}")


def median_ratio(pairs: Sequence[tuple[Times, Times]]) -> float:
    """Give the median of the ratios of medians, pair by pair: what disturbs a pair disturbs both of it."""
    return statistics.median(good.p50 / floor.p50 for good, floor in pairs)
