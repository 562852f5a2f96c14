"""What holds at a door while something that it relies on is gone.

Nothing here is wider than normal unless its name begins with ``wider``: who lets people in with less than
usual has to write that word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Condition(Enum):
    """What can be gone."""

    CLOCK_UNTRUSTED = "clock_untrusted"
    """The wall clock may be wrong: nothing keeps it right."""
    RECORD_UNWRITABLE = "record_unwritable"
    READER_LOST = "reader_lost"
    """A reader of this door does not answer."""
    CONTACT_LOST = "contact_lost"
    """The position switch of this door does not answer: nobody can say whether its leaf is open."""
    BIOMETRIC_LOST = "biometric_lost"
    """A finger or face cannot be checked at an access point of this door."""
    ON_BATTERY = "on_battery"


class Fallback(Enum):
    """What then holds."""

    AS_USUAL = "as_usual"
    REFUSE = "refuse"
    """No credential lets anybody in. Leaving stays free. Where a reader, a contact or the mains are gone, no
    schedule and no order keeps the strike released either."""
    TIMELESS_ONLY = "timeless_only"
    """Only rights and modes that hold at every hour count."""
    NO_UNLOCKING = "no_unlocking"
    """No schedule and no order keeps the strike released; badges count."""
    IGNORE_SCHEDULES = "wider_ignore_schedules"
    """Who may pass at some hour may pass at this one."""
    WITHOUT_RECORD = "wider_grant_without_record"
    """Grants are kept in memory until they can be written."""
    WITHOUT_PASSBACK = "wider_without_passback"
    """Nobody is refused because they seem to be inside."""
    UNLOCK = "wider_unlock"
    """The strike stays released."""
    PIN_INSTEAD = "wider_pin_instead"
    """A PIN is asked for in place of a finger or face."""

    @property
    def is_wider(self) -> bool:
        """Whether it lets in more than normal."""
        return self.value.startswith("wider")


TIMELESS: Final = frozenset({Fallback.TIMELESS_ONLY, Fallback.REFUSE})
"""Under these, while the clock is not trusted, nothing is opened or asked less because of the hour."""

CHOICES: Final[Mapping[Condition, tuple[Fallback, ...]]] = {
    Condition.CLOCK_UNTRUSTED: (
        Fallback.AS_USUAL,
        Fallback.TIMELESS_ONLY,
        Fallback.REFUSE,
        Fallback.IGNORE_SCHEDULES,
    ),
    Condition.RECORD_UNWRITABLE: (Fallback.REFUSE, Fallback.WITHOUT_RECORD),
    Condition.READER_LOST: (
        Fallback.AS_USUAL,
        Fallback.REFUSE,
        Fallback.WITHOUT_PASSBACK,
        Fallback.UNLOCK,
    ),
    Condition.CONTACT_LOST: (Fallback.AS_USUAL, Fallback.REFUSE, Fallback.NO_UNLOCKING),
    Condition.BIOMETRIC_LOST: (Fallback.REFUSE, Fallback.PIN_INSTEAD),
    Condition.ON_BATTERY: (Fallback.AS_USUAL, Fallback.NO_UNLOCKING, Fallback.REFUSE),
}
"""What can be chosen for each condition; the first is what holds where the site file says nothing."""


@dataclass(frozen=True, slots=True)
class Degraded:
    """What holds at one door under each condition."""

    clock_untrusted: Fallback = Fallback.AS_USUAL
    record_unwritable: Fallback = Fallback.REFUSE
    reader_lost: Fallback = Fallback.AS_USUAL
    contact_lost: Fallback = Fallback.AS_USUAL
    biometric_lost: Fallback = Fallback.REFUSE
    on_battery: Fallback = Fallback.AS_USUAL

    def __post_init__(self) -> None:
        """Refuse a fallback that answers another condition."""
        for condition, choices in CHOICES.items():
            chosen = self.under(condition)
            if chosen not in choices:
                raise ValueError(f"{condition.value} cannot be answered by {chosen.value}")

    def under(self, condition: Condition) -> Fallback:
        """Give what holds under this condition."""
        chosen: Fallback = getattr(self, condition.value)
        return chosen
