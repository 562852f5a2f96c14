"""When a right holds.

Theory. A schedule is written in the site's own time, as people read it off the wall clock, and it is
tested on that clock too. So on the day the clocks go forward a shift that starts in the missing hour
starts when the clock has jumped past it, and one that lies wholly in that hour does not take place. On
the day they go back every minute of the repeated hour is answered as the clock shows it, both times.

Rule 1: an interval belongs to the day it starts on. What it spills past midnight belongs to that day
        still: a night shift that began before a holiday runs to its end, one that would begin on the
        holiday does not take place.
Rule 2: on a holiday the weekly intervals do not count; the schedule's intervals for that type of
        holiday do, and there are none unless it names some.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from policies.calendar import Calendar, HolidayType
from policies.ids import ScheduleId
from policies.instants import in_utc

MINUTES_A_DAY = 24 * 60
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """``start <= t < end`` in minutes since midnight on the wall clock.

    An end before the start lies on the next day; 0 to 1440 is the whole day.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse minutes that no clock shows, and an interval of no length."""
        if not (0 <= self.start < MINUTES_A_DAY and 0 < self.end <= MINUTES_A_DAY):
            raise ValueError(f"{self.start}..{self.end} is not between 00:00 and 24:00")
        if self.start == self.end:
            raise ValueError("an interval that ends when it starts never holds; write 00:00 to 24:00")

    @property
    def crosses_midnight(self) -> bool:
        """Whether its end lies on the day after its start."""
        return self.end < self.start

    def holds_on_its_day(self, minute: int) -> bool:
        """Whether it covers this minute of the day it starts on."""
        return self.start <= minute and (self.crosses_midnight or minute < self.end)

    def holds_on_the_day_after(self, minute: int) -> bool:
        """Whether what it spills past midnight covers this minute."""
        return self.crosses_midnight and minute < self.end


@dataclass(frozen=True, slots=True)
class Schedule:
    """Weekly intervals and, for each type of holiday, the intervals that replace them."""

    id: ScheduleId
    timezone: ZoneInfo
    weekly: tuple[tuple[Interval, ...], ...]
    """Seven entries, Monday first."""
    on_holidays: Mapping[HolidayType, tuple[Interval, ...]] = field(default_factory=dict)
    calendar: Calendar = Calendar()

    def __post_init__(self) -> None:
        """Refuse a week that has not seven days."""
        if len(self.weekly) != 7:  # noqa: PLR2004 - days in a week
            raise ValueError(f"a week has seven days, not {len(self.weekly)}")

    def intervals_of(self, day: date) -> tuple[Interval, ...]:
        """Give the intervals that start on this day."""
        holiday = self.calendar.type_of(day)
        if holiday is not None:
            return self.on_holidays.get(holiday, ())
        return self.weekly[day.weekday()]

    def holds_at(self, now: datetime) -> bool:
        """Whether the schedule holds at this instant (an aware ``datetime``)."""
        local = in_utc(now).astimezone(self.timezone)
        today, minute = local.date(), local.hour * 60 + local.minute
        if any(interval.holds_on_its_day(minute) for interval in self.intervals_of(today)):
            return True
        return any(i.holds_on_the_day_after(minute) for i in self.intervals_of(today - _ONE_DAY))
