"""What a site file may say of days and hours: holidays and schedules."""

from collections.abc import Mapping
from datetime import date

from accessctl.config.kinds import Choice, Many, One, Text
from accessctl.config.public_holidays import Country, no_such_region
from accessctl.config.reading import Table, check, key, objection
from accessctl.config.times import Clock, Day, Days, Weekdays
from policies.calendar import HolidayType
from policies.schedule import Interval


class HolidayTable(Table):
    """One day that is not like other days."""

    date: date = key(Day())
    type: HolidayType = key(Choice(HolidayType))
    name: str = key(Text())


class PublicHolidaysTable(Table):
    """The holidays that the law of a country or region makes."""

    country: str = key(Country())
    region: str | None = key(Text(), None)
    type: HolidayType = key(Choice(HolidayType), HolidayType.FULL)
    excepted: tuple[date, ...] = key(Days(), (), name="except")

    @check("country", "region")
    def is_known(self) -> str | None:
        """Refuse a region of which nobody knows the holidays."""
        return None if self.region is None else no_such_region(self.country, self.region)


class HoursTable(Table):
    """An interval of a day."""

    start: int = key(Clock(), name="from")
    end: int = key(Clock(ends=True), name="to")

    @check("start", "end")
    def holds_some_time(self) -> str | None:
        """Refuse an interval of no length."""
        return objection(lambda: Interval(self.start, self.end))


class WeeklyTable(Table):
    """An interval of several days of the week."""

    days: frozenset[int] = key(Weekdays())
    start: int = key(Clock(), name="from")
    end: int = key(Clock(ends=True), name="to")

    @check("start", "end")
    def holds_some_time(self) -> str | None:
        """Refuse an interval of no length."""
        return objection(lambda: Interval(self.start, self.end))


class HolidayHoursTable(Table):
    """The intervals that replace the weekly ones, for each type of holiday."""

    full: tuple[HoursTable, ...] = key(Many(HoursTable), ())
    half: tuple[HoursTable, ...] = key(Many(HoursTable), ())
    site: tuple[HoursTable, ...] = key(Many(HoursTable), ())

    def of(self) -> Mapping[HolidayType, tuple[HoursTable, ...]]:
        """Give the intervals of each type that has some."""
        each = {HolidayType.FULL: self.full, HolidayType.HALF: self.half, HolidayType.SITE: self.site}
        return {holiday: hours for holiday, hours in each.items() if hours}


class ScheduleTable(Table):
    """When a right holds."""

    weekly: tuple[WeeklyTable, ...] = key(Many(WeeklyTable), ())
    holidays: HolidayHoursTable | None = key(One(HolidayHoursTable), None)
