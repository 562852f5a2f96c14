from collections.abc import Iterator, Mapping
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from policies.calendar import Calendar, HolidayType
from policies.ids import ScheduleId
from policies.schedule import Schedule
from tests.policies.values import LONDON, NOON, intervals, schedule, utc

NEW_YORK = ZoneInfo("America/New_York")

NEW_YEAR = Calendar({date(2026, 1, 1): HolidayType.FULL, date(2026, 1, 2): HolidayType.HALF})
SHIFTS = Schedule(
    ScheduleId("shifts"),
    LONDON,
    (intervals("22:00-06:00"),) * 7,
    {HolidayType.HALF: intervals("08:00-12:00")},
    NEW_YEAR,
)


@pytest.mark.parametrize(
    ("instant", "holds", "why"),
    [
        ("2025-12-31T23:59", True, "the shift began on an ordinary day"),
        ("2026-01-01T00:00", True, "the holiday starts during the shift, which runs to its end"),
        ("2026-01-01T05:59", True, "it still does"),
        ("2026-01-01T06:00", False, "the shift is over"),
        ("2026-01-01T22:00", False, "no shift begins on a full holiday"),
        ("2026-01-02T05:59", False, "so nothing runs into the day after"),
        ("2026-01-02T07:59", False, "a half holiday has intervals of its own"),
        ("2026-01-02T08:00", True, "which begin"),
        ("2026-01-02T11:59", True, "and hold"),
        ("2026-01-02T12:00", False, "and end like any other"),
        ("2026-01-02T22:00", False, "and replace those of the week"),
        ("2026-01-03T05:59", False, "so nothing runs into the day after this one either"),
        ("2026-01-03T08:00", False, "on which there is no more holiday"),
        ("2026-01-03T22:00", True, "and the week goes on"),
    ],
)
def test_a_holiday_takes_the_shifts_that_would_begin_on_it(instant: str, holds: bool, why: str) -> None:
    """A shift belongs to the day it starts on, holiday or not."""
    assert SHIFTS.holds_at(utc(instant)) is holds, why


@pytest.mark.parametrize(
    ("instant", "holds"),
    [
        ("2025-12-24T09:00", False),  # the day before follows the week
        ("2025-12-25T19:59", False),
        ("2025-12-25T20:00", True),  # the watch begins on the holiday
        ("2025-12-26T00:00", True),
        ("2025-12-26T03:59", True),  # and runs to its end, though the day after is none
        ("2025-12-26T04:00", False),
        ("2025-12-26T08:00", True),  # the week goes on
        ("2025-12-26T20:00", False),
    ],
)
def test_the_night_of_a_holiday_runs_into_the_day_after(instant: str, holds: bool) -> None:
    """What a holiday's own interval spills past midnight holds on an ordinary day too."""
    watch = Schedule(
        ScheduleId("watch"),
        LONDON,
        ((), (), (), (), intervals("08:00-16:00"), (), ()),
        {HolidayType.SITE: intervals("20:00-04:00")},
        Calendar({date(2025, 12, 25): HolidayType.SITE}),
    )
    assert watch.holds_at(utc(instant)) is holds


def test_each_type_of_holiday_has_its_own_intervals() -> None:
    """A type that the schedule does not name has no intervals at all."""
    hours = {HolidayType.FULL: intervals("06:00-07:00"), HolidayType.SITE: intervals("07:00-08:00")}
    days = {date(2026, 1, day): kind for day, kind in enumerate(HolidayType, start=1)}
    asked = Schedule(ScheduleId("types"), LONDON, (intervals("06:00-08:00"),) * 7, hours, Calendar(days))
    answers = {
        kind: (asked.holds_at(utc(f"{day}T06:30")), asked.holds_at(utc(f"{day}T07:30")))
        for day, kind in days.items()
    }
    assert answers == {
        HolidayType.FULL: (True, False),
        HolidayType.HALF: (False, False),
        HolidayType.SITE: (False, True),
    }


class MayDays(Mapping[date, HolidayType]):
    """Every first of May; what it holds cannot be counted or gone through, only asked."""

    def __getitem__(self, day: date) -> HolidayType:
        if (day.month, day.day) == (5, 1):
            return HolidayType.FULL
        raise KeyError(day)

    def __iter__(self) -> Iterator[date]:
        raise AssertionError("nobody goes through a calendar")

    def __len__(self) -> int:
        raise AssertionError("nobody counts a calendar")


def test_a_calendar_may_work_its_days_out_when_asked() -> None:
    """A schedule asks for single dates, so a calendar without end is fine."""
    shifts = schedule("22:00-06:00", calendar=Calendar(MayDays()))
    for year in (2025, 2031):
        assert shifts.holds_at(utc(f"{year}-05-01T04:59"))
        assert not shifts.holds_at(utc(f"{year}-05-01T21:00"))
        assert shifts.holds_at(utc(f"{year}-05-02T21:00"))
    assert shifts.next_change(utc("2030-05-01T05:00")) == utc("2030-05-02T21:00")


@pytest.mark.parametrize(
    ("instant", "asked_for"),
    [
        ("2025-06-18T03:00", [18, 17]),  # 04:00 in London, in the night shift of Tuesday
        ("2025-06-18T04:59", [18, 17]),
        ("2025-06-18T05:00", [18]),
        ("2025-06-18T11:00", [18]),
        ("2025-06-18T23:30", [19]),  # in the shift of the day itself
    ],
)
def test_the_day_before_is_looked_up_only_while_a_night_could_run(instant: str, asked_for: list[int]) -> None:
    """A badge by day costs one look-up in the calendar."""
    seen: list[int] = []

    class Watched(MayDays):
        def __getitem__(self, day: date) -> HolidayType:
            seen.append(day.day)
            return super().__getitem__(day)

    nights = schedule("00:00-01:00 22:00-06:00", days="MT.T...", calendar=Calendar(Watched()))
    nights.holds_at(utc(instant))
    assert seen == asked_for


def test_a_calendar_is_asked_again_each_time() -> None:
    """Days that are added to the calendar count from then on."""
    days: dict[date, HolidayType] = {}
    asked = schedule("08:00-16:00", calendar=Calendar(days))
    assert asked.holds_at(NOON)
    days[NOON.date()] = HolidayType.FULL
    assert not asked.holds_at(NOON)


@pytest.mark.parametrize(
    ("instant", "holds"),
    [
        ("2028-02-28T22:00", True),
        ("2028-02-29T05:59", True),  # the night of the 28th
        ("2028-02-29T06:00", False),
        ("2028-02-29T22:00", False),
        ("2028-03-01T05:59", False),  # the night of the 29th did not take place
        ("2028-03-01T22:00", True),
    ],
)
def test_a_holiday_may_fall_on_the_29th_of_february(instant: str, holds: bool) -> None:
    """A leap day can be a holiday, between a night that runs into it and one that does not begin."""
    calendar = Calendar({date(2028, 2, 29): HolidayType.FULL})
    assert schedule("22:00-06:00", calendar=calendar).holds_at(utc(instant)) is holds


def test_a_holiday_is_the_holiday_of_the_site() -> None:
    """The date that counts is the one on the site's own calendar, not the one in Greenwich."""
    calendar = Calendar({date(2025, 7, 4): HolidayType.FULL})
    always = schedule("00:00-24:00", timezone=NEW_YORK, calendar=calendar)
    assert always.holds_at(utc("2025-07-04T03:59"))
    assert not always.holds_at(utc("2025-07-04T04:00"))
    assert not always.holds_at(utc("2025-07-05T03:59"))
    assert always.holds_at(utc("2025-07-05T04:00"))
