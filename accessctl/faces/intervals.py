"""How sure a counted rate is: the interval of Clopper and Pearson (Biometrika 26, 1934), written out.

It takes tries to be independent. Comparisons of faces are not: one person stands in many of them. So an
interval over comparisons is the least that one does not know, never all of it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_STEPS: Final = 80
_CERTAINTY: Final = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, with the interval in which the true rate lies in 95 of 100 cases."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """The rate itself; nothing of nothing is 0."""
        return self.count / self.of if self.of else 0.0

    @property
    def low(self) -> float:
        """The lower end."""
        if not self.count:
            return 0.0
        return _where(lambda p: 1 - _at_most(self.count - 1, self.of, p), rising=True)

    @property
    def high(self) -> float:
        """The upper end; of nothing, everything is possible."""
        if self.count >= self.of:
            return 1.0
        return _where(lambda p: _at_most(self.count, self.of, p), rising=False)

    def __str__(self) -> str:
        """Write rate, counts and interval."""
        return f"{self.value:.3%} ({self.count} of {self.of:,}; 95 %: {self.low:.3%} to {self.high:.3%})"


def _where(tail: Callable[[float], float], *, rising: bool) -> float:
    """Find the rate at which a tail of the distribution is half of what is uncertain."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if (tail(middle) < (1 - _CERTAINTY) / 2) == rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most(count: int, of: int, p: float) -> float:
    """Give the chance of ``count`` or fewer of ``of``."""
    if p <= 0:
        return 1.0
    if p >= 1:
        return 0.0
    log_p, log_q, top = math.log(p), math.log1p(-p), math.lgamma(of + 1)
    return math.fsum(
        math.exp(top - math.lgamma(k + 1) - math.lgamma(of - k + 1) + k * log_p + (of - k) * log_q)
        for k in range(count + 1)
    )
