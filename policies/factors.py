"""What a person has shown, once it has been checked: no PIN, no card number, only what it proved."""

from enum import Enum, Flag, auto


class Factor(Flag):
    """The kinds of proof that a person can bring."""

    NONE = 0
    CARD = auto()
    PIN = auto()


class Asks(Enum):
    """What an access point asks for."""

    CARD = Factor.CARD
    CARD_AND_PIN = Factor.CARD | Factor.PIN

    @property
    def factors(self) -> Factor:
        """All the factors that have to be proven."""
        return self.value


class PinCheck(Enum):
    """What came of the PIN, as far as the rules need to know."""

    NOT_ENTERED = auto()
    MATCHED = auto()
    WRONG = auto()
    TIMED_OUT = auto()
    UNAVAILABLE = auto()
    """It was entered and could not be checked. That is no fault of the person: no attempt is counted."""
