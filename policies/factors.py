"""What a person has shown, once it has been checked: no PIN, no card number, only what it proved.

Assurance counts as NIST SP 800-116 does: one for each kind of factor that was really proven, something
one has, knows and is. An identifier that anyone can copy, such as a card's plain UID, proves nothing that
one has: it says who somebody claims to be.
"""

from dataclasses import dataclass, field
from enum import Enum, Flag, auto
from functools import reduce
from itertools import combinations_with_replacement
from operator import or_
from typing import ClassVar, Final

from policies.reasons import Reason


class Factor(Flag):
    """The kinds of proof that a person can bring."""

    NONE = 0
    CARD = auto()
    PIN = auto()
    CODE = auto()
    """A one-time code: it proves that its generator or its printed slip is at hand."""
    FINGERPRINT = auto()
    FACE = auto()


BIOMETRIC: Final = Factor.FINGERPRINT | Factor.FACE
ALL_FACTORS: Final = Factor.CARD | Factor.PIN | Factor.CODE | BIOMETRIC
MOST_ASSURANCE: Final = 3


def assurance_of(proven: Factor, *, clonable_card: bool) -> int:
    """Give how many kinds of factor these prove, 0 to 3."""
    return _ASSURANCE[clonable_card][proven._value_]


def _kinds_in(proven: Factor, *, clonable_card: bool) -> int:
    has = Factor.CODE in proven or (Factor.CARD in proven and not clonable_card)
    return int(has) + int(Factor.PIN in proven) + int(bool(proven & BIOMETRIC))


_ASSURANCE: Final = tuple(
    tuple(_kinds_in(Factor(proven), clonable_card=clonable) for proven in range(ALL_FACTORS.value + 1))
    for clonable in (False, True)
)
"""Flags are slow to work with, and every badge asks: so each question is answered beforehand."""


@dataclass(frozen=True, slots=True)
class Asks:
    """What an access point asks for: every factor of any one of these ways."""

    ways: tuple[Factor, ...]
    is_free: bool = field(init=False, repr=False, compare=False)
    """Whether one passes without showing anything."""
    _answers: dict[tuple[int, int, int, bool], Factor] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    NOTHING: ClassVar["Asks"]
    CARD: ClassVar["Asks"]
    CARD_AND_PIN: ClassVar["Asks"]
    CARD_AND_CODE: ClassVar["Asks"]
    CARD_AND_BIOMETRIC: ClassVar["Asks"]
    PIN: ClassVar["Asks"]

    def __post_init__(self) -> None:
        """Refuse to ask in no way at all."""
        if not self.ways:
            raise ValueError("an access point asks in one way at least")
        object.__setattr__(self, "is_free", Factor.NONE in self.ways)

    @property
    def factors(self) -> Factor:
        """All the factors that can be asked for."""
        return reduce(or_, self.ways)

    def missing(
        self,
        proven: Factor,
        out_of_reach: Factor = Factor.NONE,
        assurance: int = 0,
        *,
        clonable_card: bool = False,
    ) -> Factor:
        """Give the fewest factors that would complete a way; none when one is complete.

        Where a way would prove too little, several are asked for if that proves enough. A way that needs what
        is out of reach is left aside where another one is left.
        """
        # Flags are slow to work with; each question is answered once.
        question = (proven._value_, out_of_reach._value_, assurance, clonable_card)
        answer = self._answers.get(question)
        if answer is None:
            answer = self._answers[question] = self._still_missing(
                proven, out_of_reach, assurance, clonable_card=clonable_card
            )
        return answer

    def asks_no_less_than(self, other: "Asks") -> bool:
        """Whether whoever satisfies this satisfies the other as well."""
        return all(any(way & least == least for least in other.ways) for way in self.ways)

    def in_place_of(self, gone: Factor, other: Factor) -> "Asks":
        """Ask for ``other`` wherever one of the factors in ``gone`` was asked for."""
        return Asks(tuple(dict.fromkeys((way & ~gone) | other if way & gone else way for way in self.ways)))

    def _still_missing(
        self, proven: Factor, out_of_reach: Factor, assurance: int, *, clonable_card: bool
    ) -> Factor:
        def how_bad(gap: Factor) -> tuple[bool, bool, int]:
            too_little = assurance_of(proven | gap, clonable_card=clonable_card) < assurance
            return too_little, bool(gap & out_of_reach), gap.value.bit_count()

        # Who shows what two or three ways ask for proves more than by any one of them.
        several = combinations_with_replacement(self.ways, MOST_ASSURANCE)
        return min((reduce(or_, ways) & ~proven for ways in several), key=how_bad)


Asks.NOTHING = Asks((Factor.NONE,))
Asks.CARD = Asks((Factor.CARD,))
Asks.CARD_AND_PIN = Asks((Factor.CARD | Factor.PIN,))
Asks.CARD_AND_CODE = Asks((Factor.CARD | Factor.CODE,))
Asks.CARD_AND_BIOMETRIC = Asks((Factor.CARD | Factor.FINGERPRINT, Factor.CARD | Factor.FACE))
Asks.PIN = Asks((Factor.PIN,))


NOT_SHOWN: Final = tuple(
    tuple(
        (Factor.NONE if has_pin else Factor.PIN) | (Factor.CODE | BIOMETRIC) & ~Factor(enrolled)
        for enrolled in range(ALL_FACTORS.value + 1)
    )
    for has_pin in (False, True)
)
"""What somebody cannot show, by whether they have a PIN, and by what of code, finger and face is enrolled."""


class PinCheck(Enum):
    """What came of a PIN, as far as the rules need to know."""

    MATCHED = auto()
    DURESS = auto()
    """It was the person's duress PIN: right, and a silent cry for help."""
    WRONG = auto()
    TIMED_OUT = auto()
    UNAVAILABLE = auto()
    """It was entered and could not be checked. That is no fault of the person: no attempt is counted."""

    @property
    def proves(self) -> Factor:
        """What it proved."""
        return Factor.PIN if self in {PinCheck.MATCHED, PinCheck.DURESS} else Factor.NONE

    @property
    def failure(self) -> Reason | None:
        """Why it proved nothing; ``None`` when it was right."""
        return _FAILURE_OF.get(self)


_FAILURE_OF: Final = {
    PinCheck.WRONG: Reason.WRONG_PIN,
    PinCheck.TIMED_OUT: Reason.FACTOR_TIMEOUT,
    PinCheck.UNAVAILABLE: Reason.AUTHENTICATION_UNAVAILABLE,
}
