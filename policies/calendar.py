"""Days that are not like other days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum


class HolidayType(Enum):
    """A class of special day. On such a day a schedule's weekly intervals do not count."""

    FULL = "full"
    HALF = "half"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which dates are holidays, and of which type."""

    days: Mapping[date, HolidayType] = field(default_factory=dict)
    """Asked for one date at a time and never gone through, so it may work its days out when asked."""

    def type_of(self, day: date) -> HolidayType | None:
        """Give the holiday's type, or ``None`` for an ordinary day."""
        return self.days.get(day)
