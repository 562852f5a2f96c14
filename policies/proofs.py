"""One factor that was proven, as a value: whose, which one, and how much it is worth.

Assurance counts as NIST SP 800-116 does; several factors of one kind prove no more than one of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final, Self

from policies.factors import BIOMETRIC, Factor, assurance_of
from policies.ids import PersonId

_KINDS: Final = (Factor.CARD | Factor.CODE, Factor.PIN, BIOMETRIC)
"""Something one has, knows and is."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody has proven by one factor."""

    person: PersonId
    factor: Factor
    assurance: int
    """How many kinds of factor it proves by itself: 0 for what anyone can copy, else 1."""

    @classmethod
    def of(cls, person: PersonId, factor: Factor, *, clonable: bool = False) -> Self:
        """Weigh a factor; ``clonable`` says that what was shown can be copied by anyone."""
        return cls(person, factor, assurance_of(factor, clonable_card=clonable))


def proven_by(proofs: Iterable[Proof]) -> Factor:
    """Give all that was proven."""
    return reduce(or_, (proof.factor for proof in proofs), Factor.NONE)


def assurance(proofs: Iterable[Proof]) -> int:
    """Give how many kinds of factor these prove together, 0 to 3: of each kind the best one counts."""
    best: dict[Factor, int] = {}
    for proof in proofs:
        kind = next(kind for kind in _KINDS if proof.factor & kind)
        best[kind] = max(best.get(kind, 0), proof.assurance)
    return sum(best.values())


def of_two_people(proofs: Iterable[Proof]) -> bool:
    """Whether these belong to more than one person. Then they prove nothing of either."""
    return len({proof.person for proof in proofs}) > 1
