"""When a right holds, and when that changes next.

Theory. A schedule is written in the site's own time, as people read it off the wall clock, and it is
tested on that clock too. So on the day the clocks go forward a shift that starts in the missing hour
starts when the clock has jumped past it, and one that lies wholly in that hour does not take place. On
the day they go back every minute of the repeated hour is answered as the clock shows it, both times.

Rule 1: an interval belongs to the day it starts on. What it spills past midnight belongs to that day
        still: a night shift that began before a holiday runs to its end, one that would begin on the
        holiday does not take place.
Rule 2: on a holiday the weekly intervals do not count; the schedule's intervals for that type of
        holiday do, and there are none unless it names some.

A schedule can only change where an interval starts or ends, at midnight, or where the clock is moved. To
look ahead, these instants are gone through in order and the schedule is asked at each. The question
itself is part of every badge, so what each kind of day comes to is worked out once, beforehand.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from typing import Final, Self
from zoneinfo import ZoneInfo

from policies.calendar import Calendar, HolidayType
from policies.ids import ScheduleId
from policies.instants import in_utc

MINUTES_A_DAY: Final = 24 * 60
LOOKS_AHEAD: Final = timedelta(days=400)
"""How far the next change is looked for: over a year, so that whatever comes every year is found."""

_Kind = int | HolidayType
"""A kind of day: the weekday, Monday as 0, or the type of holiday."""

_DAYS_A_WEEK: Final = 7
_ONE_DAY: Final = timedelta(days=1)
_ONE_MINUTE: Final = timedelta(minutes=1)
_ONE_SECOND: Final = timedelta(seconds=1)


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


@dataclass(frozen=True, slots=True)
class _DayHours:
    """What the intervals that start on one kind of day cover, in minutes since midnight."""

    hours: tuple[tuple[int, int], ...]
    """Start and end on the day itself, in order of their start."""
    spill: int
    """Until when they hold on the day after; 0 when none of them crosses midnight."""

    @classmethod
    def of(cls, intervals: tuple[Interval, ...]) -> Self:
        """Cut the intervals at midnight."""
        return cls(
            tuple(sorted((i.start, MINUTES_A_DAY if i.crosses_midnight else i.end) for i in intervals)),
            max((i.end for i in intervals if i.crosses_midnight), default=0),
        )

    def leave_no_gap_after(self, yesterday: Self) -> bool:
        """Whether they, and what the day before spills into theirs, cover the whole day."""
        covered = yesterday.spill
        for start, end in self.hours:
            if start > covered:
                return False
            covered = max(covered, end)
        return covered == MINUTES_A_DAY


@dataclass(frozen=True, slots=True)
class Schedule:
    """Weekly intervals and, for each type of holiday, the intervals that replace them."""

    id: ScheduleId
    timezone: ZoneInfo
    weekly: tuple[tuple[Interval, ...], ...]
    """Seven entries, Monday first."""
    on_holidays: Mapping[HolidayType, tuple[Interval, ...]] = field(default_factory=dict)
    """Read once, when the schedule is made; the calendar is asked again each time."""
    calendar: Calendar = Calendar()
    always: bool = field(init=False, repr=False)
    """Whether it holds at every instant, whatever the calendar says."""
    _hours: Mapping[_Kind, _DayHours] = field(init=False, repr=False)
    _longest_spill: int = field(init=False, repr=False)
    """From this minute on the day before has no say, on whatever date."""

    def __post_init__(self) -> None:
        """Refuse a week that has not seven days, and work out what each kind of day comes to."""
        if len(self.weekly) != _DAYS_A_WEEK:
            raise ValueError(f"a week has seven days, not {len(self.weekly)}")
        hours: dict[_Kind, _DayHours] = {
            weekday: _DayHours.of(intervals) for weekday, intervals in enumerate(self.weekly)
        }
        hours |= {kind: _DayHours.of(self.on_holidays.get(kind, ())) for kind in HolidayType}
        object.__setattr__(self, "_hours", hours)
        object.__setattr__(self, "_longest_spill", max(day.spill for day in hours.values()))
        object.__setattr__(self, "always", _leave_no_gap(hours))

    def holds_at(self, now: datetime) -> bool:
        """Whether the schedule holds at this instant (an aware ``datetime``).

        Raises ``ValueError`` for a time without an offset.
        """
        # The clock speaks UTC, and this is asked at every badge: nothing is turned that need not be.
        at = now if now.tzinfo is UTC else in_utc(now)
        if self.always:
            return True
        local = at.astimezone(self.timezone)
        today, minute = local.date(), local.hour * 60 + local.minute
        for start, end in self._hours_of(today).hours:
            if start <= minute < end:
                return True
        # The day before is looked up in the small hours alone.
        return minute < self._longest_spill and minute < self._hours_of(today - _ONE_DAY).spill

    def next_change(self, now: datetime) -> datetime | None:
        """Give the first instant after ``now``, in UTC, at which ``holds_at`` answers otherwise than now.

        ``None`` when there is none within ``LOOKS_AHEAD``. The calendar is taken as it stands. Raises
        ``ValueError`` for a time without an offset.
        """
        at = in_utc(now)
        if self.always:
            return None
        holds, last = self.holds_at(at), at + LOOKS_AHEAD
        ahead = takewhile(lambda instant: instant <= last, self._turns(at.replace(microsecond=0)))
        return next((instant for instant in ahead if self.holds_at(instant) is not holds), None)

    def _hours_of(self, day: date) -> _DayHours:
        holiday = self.calendar.type_of(day)
        return self._hours[day.weekday() if holiday is None else holiday]

    def _turns(self, since: datetime) -> Iterator[datetime]:
        """Give in order, from a whole second on and without end, the instants that may change the answer.

        Time is cut where a day ends and where the clock is moved. So each piece lies within one day, and
        the clock on the wall runs evenly in it, as if it had done so since midnight.
        """
        while True:
            yield since
            shown = self._shown_at(since)
            midnight = since - (shown - shown.replace(hour=0, minute=0, second=0))
            until = self._clock_is_moved(since, midnight + _ONE_DAY)
            for minute in self._edges_of(shown.date()):
                instant = midnight + minute * _ONE_MINUTE
                if since < instant < until:
                    yield instant
            since = until

    def _edges_of(self, day: date) -> list[int]:
        """Give in order the minutes of this day at which an interval starts or ends."""
        edges = {minute for hours in self._hours_of(day).hours for minute in hours}
        return sorted(edges | {self._hours_of(day - _ONE_DAY).spill})

    def _clock_is_moved(self, start: datetime, end: datetime) -> datetime:
        """Give the instant after ``start`` at which the clock is moved, but ``end`` at the latest.

        Only both ends are compared: no zone has ever moved its clock twice within a day.
        """
        shown, seconds = self._shown_at(start), (end - start) // _ONE_SECOND

        def moved(second: int) -> bool:
            return self._shown_at(start + second * _ONE_SECOND) - shown != second * _ONE_SECOND

        if not moved(seconds):
            return end
        return start + bisect_left(range(seconds), x=True, key=moved) * _ONE_SECOND

    def _shown_at(self, at: datetime) -> datetime:
        """Give what the clock on the wall shows, without a zone."""
        return at.astimezone(self.timezone).replace(tzinfo=None)


def _leave_no_gap(hours: Mapping[_Kind, _DayHours]) -> bool:
    """Whether no day has a gap, whatever kind of day it is and whatever kind of day it follows.

    The calendar may put any type of holiday on any date, so every kind may follow every other; only a
    weekday follows no weekday but its own neighbour.
    """
    return all(
        today.leave_no_gap_after(yesterday)
        for kind, today in hours.items()
        for before, yesterday in hours.items()
        if isinstance(kind, HolidayType)
        or isinstance(before, HolidayType)
        or before == (kind - 1) % _DAYS_A_WEEK
    )
