"""Counts tries, with how sure the rates are."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from accessctl.faces.intervals import Rate

RESAMPLES = 1000
Pair = tuple[str, str]


@dataclass(slots=True)
class Tries:
    """Tries of somebody, as somebody, and how many of them were counted as a mistake."""

    tries: Counter[Pair] = field(default_factory=Counter)
    mistakes: Counter[Pair] = field(default_factory=Counter)

    def count(self, who: str, as_whom: str, *, mistake: bool) -> None:
        """Count one try."""
        self.tries[who, as_whom] += 1
        if mistake:
            self.mistakes[who, as_whom] += 1

    @property
    def rate(self) -> Rate:
        """All of them together."""
        return Rate(self.mistakes.total(), self.tries.total())

    def by_people(self) -> tuple[float, float]:
        """Give the interval in which the rate lies in 95 of 100 resamples of the people."""
        people = sorted({person for pair in self.tries for person in pair})
        chance = random.Random(7)
        rates = sorted(
            self._resampled(Counter(chance.choices(people, k=len(people)))) for _ in range(RESAMPLES)
        )
        return rates[int(0.025 * RESAMPLES)], rates[int(0.975 * RESAMPLES)]

    def _resampled(self, times: Mapping[str, int]) -> float:
        def weigh(counts: Mapping[Pair, int]) -> int:
            return sum(
                count * times.get(who, 0) * (times.get(whom, 0) if whom != who else 1)
                for (who, whom), count in counts.items()
            )

        of = weigh(self.tries)
        return weigh(self.mistakes) / of if of else 0.0


def tell(what: str, tries: Tries, bound: float | None = None) -> None:
    """Print a rate, its intervals, and how it stands to what was promised."""
    if not tries.tries:
        print(f"  {what:<26} there was nothing to try: left out")
        return
    low, high = tries.by_people()
    print(f"  {what:<26} {tries.rate}; by people: {low:.3%} to {high:.3%}")
    if bound is not None:
        verdict = "within" if tries.rate.value <= bound else "ABOVE"
        print(f"  {'':<26} promised: at most {bound:.3%}; {verdict}")


def threshold_at(distances: list[float], rate: float) -> float:
    """Give the threshold below which so many of the distances lie."""
    return sorted(distances)[int(len(distances) * rate)]


def equal_error(own: list[float], others: list[float]) -> tuple[float, float]:
    """Give the threshold at which both kinds of mistake are equally frequent, and the rate."""

    def gap(threshold: float) -> float:
        return abs(_share(own, lambda d: d >= threshold) - _share(others, lambda d: d < threshold))

    best = min(sorted({*own, *others}), key=gap)
    return best, _share(own, lambda d: d >= best)


def _share(distances: list[float], is_so: Callable[[float], bool]) -> float:
    return sum(map(is_so, distances)) / len(distances) if distances else 0.0
