"""What one person has shown so far at one access point, and what is asked of them next."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from typing import Final

from accessctl.door.clock import NS_PER_US
from accessctl.keys.pin_choice import LONGEST
from hardware.ports import Pattern
from policies.factors import Factor
from policies.marks import Mark
from policies.people import Holder
from policies.proofs import Proof

FACTOR_TIMEOUT: Final = timedelta(seconds=10)
"""So long may a person take from one factor, or one key, to the next."""
FACTOR_LIMIT: Final = timedelta(seconds=30)
"""So long may one factor take in all, from the prompt to the last key or the last look."""
CHECK_TIMEOUT: Final = timedelta(seconds=3)
"""So long may a check take before it counts as impossible."""
CLEAR, ENTER = "*", "#"
TYPED: Final = Factor.PIN | Factor.CODE
IN_TURN: Final = (Factor.PIN, Factor.CODE, Factor.FINGERPRINT, Factor.FACE)
"""In which order further factors are asked for: first what is typed, last the face, which takes longest."""
PROMPT: Final = {
    Factor.PIN: Pattern.PIN_WANTED,
    Factor.CODE: Pattern.CODE_WANTED,
    Factor.FINGERPRINT: Pattern.FINGER_WANTED,
    Factor.FACE: Pattern.FACE_WANTED,
}


class Stage(Enum):
    """How far an attempt has come."""

    IDLE = auto()
    CHECKING = auto()
    """Something that was shown or typed is being checked; more is dropped meanwhile."""
    AWAITING = auto()
    """A further factor is wanted."""
    TYPING_CODE = auto()
    """Digits are typed where a code alone opens; nobody has shown a card."""
    EARLY = auto()
    """Something was shown before the card, where the site allows any order."""


@dataclass(slots=True)
class Attempt:
    """What one person has shown here so far."""

    number: int = 0
    stage: Stage = Stage.IDLE
    holder: Holder | None = None
    shown: Factor = Factor.CARD
    """What stands at the beginning of this attempt: a card, a code, a finger or a face."""
    hint: str = ""
    asked_ns: int = 0
    """When the attempt began, or the latest factor was asked for."""
    proofs: list[Proof] = field(default_factory=list)
    marks: tuple[Mark, ...] = ()
    """What the next request uses up."""
    duress: bool = False
    wanted: Factor = Factor.NONE
    """The one factor that is prompted for."""
    failed: set[Factor] = field(default_factory=set)
    """Sensors that failed while they were asked: what would do as well is asked for instead."""
    instead: Factor = Factor.NONE
    """Others that would do as well, one of them: keys and sensors are listened to for each."""
    digits: list[str] = field(default_factory=list, repr=False)
    early: list[str] = field(default_factory=list, repr=False)
    """Keys pressed by somebody faster than the check of the card, or before it in any order."""

    @property
    def takes_keys(self) -> bool:
        """Whether a key counts now."""
        awaited = self.wanted | self.instead
        return self.stage is Stage.TYPING_CODE or (self.stage is Stage.AWAITING and bool(awaited & TYPED))

    @property
    def typing(self) -> Factor:
        """Give what digits are taken for: what is prompted for, or what would do as well."""
        typed = self.wanted & TYPED or self.instead & TYPED
        return next(factor for factor in IN_TURN if factor in typed)

    def begin_after(self, early: "Attempt") -> None:
        """Take over what was shown before the card: keys, a finger or face, and a cry for help."""
        self.early, self.proofs = early.early, early.proofs
        self.duress, self.marks = early.duress, early.marks

    def take_key(self, key: str) -> bool:
        """Take a key; tells whether the digits are complete now."""
        if key == ENTER:
            return bool(self.digits)
        if key == CLEAR:
            self.digits.clear()
        elif len(self.digits) <= LONGEST:  # one too many is kept: such a PIN is wrong
            self.digits.append(key)
        return False

    def take_digits(self) -> str:
        """Give the digits that were typed, and forget them."""
        typed = "".join(self.digits)
        self.digits.clear()
        return typed

    def take_marks(self) -> tuple[Mark, ...]:
        """Give what the request that is about to be made uses up."""
        marks, self.marks = self.marks, ()
        return marks

    def time_left(self, now_ns: int) -> timedelta:
        """Give how long the awaited factor may still take for its next key or look."""
        spent = timedelta(microseconds=(now_ns - self.asked_ns) // NS_PER_US)
        return max(timedelta(), min(FACTOR_TIMEOUT, FACTOR_LIMIT - spent))


def first_of(wanted: Factor, gone: Iterable[Factor] = ()) -> Factor | None:
    """Give which of several factors is asked for first; ``None`` where none of them can be."""
    away = set(gone)
    there = [factor for factor in IN_TURN if factor in wanted]
    return next((factor for factor in there if factor not in away), there[0] if there else None)
