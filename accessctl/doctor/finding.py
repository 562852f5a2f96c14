"""What the doctor has found."""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """How much a finding matters."""

    WRONG = "wrong"
    """Something does not work, or will not."""
    NOTE = "note"
    """It works; somebody should know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, with what, and what to do about it."""

    about: str
    what: str
    do: str
    weight: Weight = Weight.WRONG
