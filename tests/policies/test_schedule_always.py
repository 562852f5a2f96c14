from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.calendar import Calendar, HolidayType
from policies.ids import ScheduleId
from policies.schedule import Interval, Schedule
from tests.policies.test_schedule import oracle as covers
from tests.policies.values import ALWAYS, MINUTE, intervals, utc

Day = tuple[Interval, ...]

WHOLE = intervals("00:00-24:00")
LATE = intervals("06:00-24:00")
RUNS_ON = intervals("00:00-24:00 23:00-06:00")
LATE_AND_RUNS_ON = intervals("06:00-24:00 23:00-06:00")


def made_of(weekly: tuple[Day, ...], on_holidays: dict[HolidayType, Day]) -> Schedule:
    return Schedule(ScheduleId("whole"), ZoneInfo("UTC"), weekly, on_holidays)


def every_day(text: str) -> Schedule:
    """Make a schedule with the same intervals on each day of the week and each type of holiday."""
    day = intervals(text)
    return made_of((day,) * 7, dict.fromkeys(HolidayType, day))


def week(of: Day, *, but: dict[int, Day]) -> tuple[Day, ...]:
    return tuple(but.get(weekday % 7, of) for weekday in range(7))


@pytest.mark.parametrize(
    "text",
    [
        "00:00-24:00",
        "00:00-12:00 12:00-24:00",
        "12:00-24:00 00:00-12:00",
        "00:00-18:00 06:00-24:00",
        "00:00-24:00 08:00-12:00",
        "06:00-22:00 22:00-06:00",  # two shifts, one of them over midnight
        "05:00-22:00 20:00-06:00",
        "00:00-23:59 23:59-00:01",
        "06:00-22:00 22:00-06:00 23:00-01:00",  # the longer of two nights counts
    ],
)
def test_a_schedule_without_a_gap_always_holds(text: str) -> None:
    """Whole days may be written in one piece or in many, in any order."""
    assert every_day(text).always


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00:00-23:59",
        "00:01-24:00",
        "00:00-12:00 12:01-24:00",
        "06:00-22:00 22:00-05:59",
        "06:01-22:00 22:00-06:00",
        "06:00-22:00 22:01-06:00",
        "12:00-24:00",
        "22:00-06:00",
    ],
)
def test_a_schedule_with_a_gap_does_not_always_hold(text: str) -> None:
    """One minute that is not covered is enough."""
    assert not every_day(text).always


def test_a_schedule_that_always_holds_says_so_when_asked() -> None:
    """It holds on every day, holiday or not, at noon as at midnight."""
    always = replace(
        every_day("06:00-22:00 22:00-06:00"), calendar=Calendar({MONDAY.date(): HolidayType.FULL})
    )
    assert all(always.holds_at(MONDAY + timedelta(hours=hours)) for hours in range(-48, 49))


def test_the_week_alone_is_not_always() -> None:
    """A schedule that names no hours for holidays does not hold on one, and there may be one any day."""
    assert not ALWAYS.always


@pytest.mark.parametrize("missing", HolidayType, ids=lambda kind: kind.value)
def test_every_type_of_holiday_must_be_covered(missing: HolidayType) -> None:
    """One type of holiday without hours is a gap, whether or not the calendar has such a day."""
    assert not made_of((WHOLE,) * 7, {kind: WHOLE for kind in HolidayType if kind is not missing}).always


@pytest.mark.parametrize("missing", range(7))
def test_every_day_of_the_week_must_be_covered(missing: int) -> None:
    """One day of the week without hours is a gap."""
    weekly = week(WHOLE, but={missing: ()})
    assert not made_of(weekly, dict.fromkeys(HolidayType, WHOLE)).always


@pytest.mark.parametrize("weekday", range(7))
def test_a_weekday_may_begin_in_the_night_of_the_day_before(weekday: int) -> None:
    """It follows its neighbour in the week or any holiday, so these must run on, and only these."""
    late, before = weekday, (weekday - 1) % 7
    holidays = dict.fromkeys(HolidayType, RUNS_ON)
    assert made_of(week(WHOLE, but={late: LATE, before: RUNS_ON}), holidays).always
    assert not made_of(week(RUNS_ON, but={late: LATE, before: WHOLE}), holidays).always


@pytest.mark.parametrize("kind", HolidayType, ids=lambda kind: kind.value)
def test_a_weekday_does_not_begin_in_a_night_that_a_holiday_takes(kind: HolidayType) -> None:
    """When the day before may be a holiday that does not run on, there is a gap."""
    holidays = {**dict.fromkeys(HolidayType, RUNS_ON), kind: WHOLE}
    assert not made_of(week(RUNS_ON, but={2: LATE}), holidays).always


@pytest.mark.parametrize("kind", HolidayType, ids=lambda kind: kind.value)
def test_a_holiday_may_begin_in_the_night_of_the_day_before(kind: HolidayType) -> None:
    """It may follow every day of the week and every holiday, one of its own type too."""
    holidays = {**dict.fromkeys(HolidayType, RUNS_ON), kind: LATE_AND_RUNS_ON}
    assert made_of((RUNS_ON,) * 7, holidays).always
    assert not made_of((RUNS_ON,) * 7, {**holidays, kind: LATE}).always
    for weekday in range(7):
        assert not made_of(week(RUNS_ON, but={weekday: WHOLE}), holidays).always


# The oracle: on every day of a week, each kind of day after each kind of day, asked wherever the answer
# could change.

MONDAY = utc("2025-06-16T00:00")


def calendars() -> Iterator[tuple[datetime, Calendar]]:
    """Give each day of the week, with every kind that it and the day before can be."""
    for weekday, kinds in product(range(7), product((None, *HolidayType), repeat=2)):
        today = MONDAY + timedelta(days=weekday)
        dates = ((today - timedelta(days=1)).date(), today.date())
        yield today, Calendar({day: kind for day, kind in zip(dates, kinds, strict=True) if kind})


def never_pauses(asked: Schedule) -> bool:
    days = (*asked.weekly, *asked.on_holidays.values())
    edges = {0} | {minute % 1440 for day in days for i in day for minute in (i.start, i.end)}
    return all(
        covers(replace(asked, calendar=calendar), today + minute * MINUTE)
        for today, calendar in calendars()
        for minute in edges
    )


DAYS = st.sampled_from(
    [
        *(WHOLE, LATE, RUNS_ON, LATE_AND_RUNS_ON),
        *map(intervals, ("00:00-12:00 12:00-24:00", "00:00-23:59", "05:59-22:00 22:00-06:00", "")),
    ]
)


@st.composite
def nearly_whole(draw: st.DrawFn) -> Schedule:
    """Draw a schedule with few different days, so that many have no gap."""
    some = st.sampled_from(draw(st.lists(DAYS, min_size=1, max_size=2)))
    holidays = draw(st.sets(st.sampled_from(HolidayType), min_size=2))
    return made_of(draw(st.tuples(*[some] * 7)), {kind: draw(some) for kind in holidays})


@settings(deadline=None, max_examples=50)
@given(nearly_whole())
def test_always_means_on_every_day_after_every_day(asked: Schedule) -> None:
    """Whoever tried every kind of day after every other would come to the same."""
    assert asked.always == never_pauses(asked)


def test_always_does_not_depend_on_the_calendar_of_today() -> None:
    """Nor is the calendar gone through to find out: what it says may be changed tomorrow."""
    christmas = Calendar({MONDAY.date(): HolidayType.FULL})
    gap_on_full = made_of((WHOLE,) * 7, {HolidayType.HALF: WHOLE, HolidayType.SITE: WHOLE})
    assert not gap_on_full.always
    assert not replace(gap_on_full, calendar=christmas).always
    assert replace(every_day("00:00-24:00"), calendar=christmas).always
