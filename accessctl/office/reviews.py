"""Reviews of who has access: which area is looked through by whom, how often, and what is due when.

A review is of a period: a month, a quarter or a year of the calendar, in the site's time zone. It is due from
the period's first day on, and overdue when the period has ended without one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Final
from zoneinfo import ZoneInfo

ENDS_SOON: Final = timedelta(days=14)
"""So long before a period ends it is said that its review is missing."""
_MONTHS_A_YEAR: Final = 12


class Every(Enum):
    """How often an area is reviewed; the value is so many months."""

    MONTHLY = 1
    QUARTERLY = 3
    YEARLY = 12


class ReviewState(Enum):
    """How an area stands."""

    SIGNED = "signed"
    DUE = "due"
    ENDS_SOON = "ends soon"
    OVERDUE = "overdue"
    """The period before this one ended without a review, and there has been none since."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the calendar, from its first day to the one after its last."""

    name: str
    """Such as ``2026-11``, ``2026-Q4``, ``2026``: later is greater."""
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """That an area is reviewed, how often and by whom."""

    area: str
    name: str
    """Of the area."""
    every: Every
    owners: tuple[str, ...]
    """Operators. Any one of them signs."""

    def to_json(self) -> dict[str, Any]:
        """Give what ``from_json`` takes."""
        every = self.every.name.lower()
        return {"area": self.area, "name": self.name, "every": every, "owners": list(self.owners)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "ReviewRule":
        """Take what ``to_json`` gave. Raises ``KeyError``."""
        every = Every[str(value["every"]).upper()]
        return cls(str(value["area"]), str(value["name"]), every, tuple(map(str, value["owners"])))


def period_at(every: Every, now: datetime, zone: ZoneInfo) -> Period:
    """Give the period in which an instant lies."""
    return _period(every, now.astimezone(zone).date())


def period_before(every: Every, period: Period) -> Period:
    """Give the one that ended as this one began."""
    return _period(every, period.start - timedelta(days=1))


def state_of(
    rule: ReviewRule, now: datetime, zone: ZoneInfo, signed: Iterable[str], begun: str
) -> ReviewState:
    """Say how an area stands.

    ``signed``: the names of periods that have a signed review; ``begun``: of the first one in which the rule
    was seen to hold, since nobody owes a review of before.
    """
    period, found = period_at(rule.every, now, zone), frozenset(signed)
    if period.name in found:
        return ReviewState.SIGNED
    before = period_before(rule.every, period).name
    if before >= begun and before not in found:
        return ReviewState.OVERDUE
    ends = datetime(period.end.year, period.end.month, period.end.day, tzinfo=zone)
    return ReviewState.ENDS_SOON if ends - now <= ENDS_SOON else ReviewState.DUE


def _period(every: Every, day: date) -> Period:
    months = every.value
    number = (day.month - 1) // months
    start = date(day.year, number * months + 1, 1)
    months_after = start.month + months
    end = date(day.year + (months_after > _MONTHS_A_YEAR), (months_after - 1) % _MONTHS_A_YEAR + 1, 1)
    names = {
        Every.MONTHLY: f"{day.year:04}-{day.month:02}",
        Every.QUARTERLY: f"{day.year:04}-Q{number + 1}",
        Every.YEARLY: f"{day.year:04}",
    }
    return Period(names[every], start, end)
