from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.calendar import Calendar, HolidayType
from policies.ids import ScheduleId
from policies.schedule import Schedule
from tests.policies.test_schedule import questions
from tests.policies.test_schedule_holidays import MayDays
from tests.policies.values import ALWAYS, AT_NIGHT, LONDON, MINUTE, intervals, schedule, utc

NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
HAVANA = ZoneInfo("America/Havana")
SANTIAGO = ZoneInfo("America/Santiago")
APIA = ZoneInfo("Pacific/Apia")
PLAIN = ZoneInfo("Etc/GMT-5")
"""Five hours ahead of UTC, in spite of its name, all the year."""

DAY = timedelta(days=1)
A_MOMENT = timedelta(microseconds=1)
HORIZON = timedelta(days=400)


def changes(asked: Schedule, since: datetime, count: int) -> list[str]:
    """Give the next changes, one after the other, in UTC."""
    found: list[str] = []
    now = since
    for _ in range(count):
        change = asked.next_change(now)
        if change is None:
            break
        assert change > now
        assert change.tzinfo is UTC
        found.append(change.strftime("%Y-%m-%dT%H:%M:%S").removesuffix(":00"))
        now = change
    return found


# Each row: the zone, the interval, since when, and when it changes from then on, all in UTC. Worked out
# by hand from the zones' rules, as in test_schedule_clock_changes.py.

ORDINARY = [
    (LONDON, "08:00-16:00", "2025-06-16T12:00", ["2025-06-16T15:00", "2025-06-17T07:00"]),
    (LONDON, "08:00-16:00", "2025-06-16T15:00", ["2025-06-17T07:00", "2025-06-17T15:00"]),
    (LONDON, "08:00-16:00", "2025-06-16T06:59:59.999999", ["2025-06-16T07:00"]),
    (LONDON, "08:00-16:00", "2025-06-16T07:00:00.000001", ["2025-06-16T15:00"]),
    (LONDON, "22:00-06:00", "2025-06-16T12:00", ["2025-06-16T21:00", "2025-06-17T05:00"]),
    (LONDON, "00:00-12:00", "2025-06-16T12:00", ["2025-06-16T23:00", "2025-06-17T11:00"]),
    (LONDON, "12:00-24:00", "2025-06-16T12:00", ["2025-06-16T23:00", "2025-06-17T11:00"]),
    (LONDON, "12:00-00:01", "2025-06-16T12:00", ["2025-06-16T23:01", "2025-06-17T11:00"]),
    (LONDON, "06:00-14:00 14:00-22:00", "2025-06-16T12:00", ["2025-06-16T21:00", "2025-06-17T05:00"]),
    (LONDON, "22:00-06:00 20:00-02:00", "2025-06-16T12:00", ["2025-06-16T19:00", "2025-06-17T05:00"]),
    (LONDON, "04:00-06:00 22:00-06:00", "2025-06-16T22:00", ["2025-06-17T05:00", "2025-06-17T21:00"]),
    (LONDON, "06:00-08:00 22:00-06:00", "2025-06-16T22:00", ["2025-06-17T07:00", "2025-06-17T21:00"]),
    (LONDON, "08:00-12:00 22:00-09:00", "2025-06-16T12:00", ["2025-06-16T21:00", "2025-06-17T11:00"]),
    (PLAIN, "08:00-16:00", "2025-06-16T12:00", ["2025-06-17T03:00", "2025-06-17T11:00"]),
    (PLAIN, "22:00-06:00", "2025-12-31T12:00", ["2025-12-31T17:00", "2026-01-01T01:00"]),
]
LONDON_GOES_FORWARD = [
    # The start is in the missing hour: it holds as soon as the clock has jumped.
    (LONDON, "01:30-05:00", "2025-03-30T00:00", ["2025-03-30T01:00", "2025-03-30T04:00"]),
    # So is the end: it holds until the clock jumps.
    (LONDON, "00:30-01:30", "2025-03-30T00:45", ["2025-03-30T01:00", "2025-03-30T23:30"]),
    # So are both: it does not take place.
    (LONDON, "01:15-01:45", "2025-03-29T12:00", ["2025-03-31T00:15", "2025-03-31T00:45"]),
    (LONDON, "22:00-06:00", "2025-03-29T12:00", ["2025-03-29T22:00", "2025-03-30T05:00", "2025-03-30T21:00"]),
    (LONDON, "22:00-01:30", "2025-03-29T23:00", ["2025-03-30T01:00", "2025-03-30T21:00"]),
]
LONDON_GOES_BACK = [
    (
        # It holds twice.
        *(LONDON, "01:15-01:45", "2025-10-25T12:00"),
        ["2025-10-26T00:15", "2025-10-26T00:45", "2025-10-26T01:15", "2025-10-26T01:45", "2025-10-27T01:15"],
    ),
    (
        # It ends, and half an hour later it is one o'clock again.
        *(LONDON, "00:30-01:30", "2025-10-25T12:00"),
        ["2025-10-25T23:30", "2025-10-26T00:30", "2025-10-26T01:00", "2025-10-26T01:30", "2025-10-27T00:30"],
    ),
    (
        # It holds, pauses when the clock goes back behind its start, and holds again.
        *(LONDON, "01:30-05:00", "2025-10-25T12:00"),
        ["2025-10-26T00:30", "2025-10-26T01:00", "2025-10-26T01:30", "2025-10-26T05:00", "2025-10-27T01:30"],
    ),
    # The repeated hour as a whole is two hours without a pause.
    (LONDON, "01:00-02:00", "2025-10-25T12:00", ["2025-10-26T00:00", "2025-10-26T02:00"]),
    (LONDON, "22:00-06:00", "2025-10-25T12:00", ["2025-10-25T21:00", "2025-10-26T06:00", "2025-10-26T22:00"]),
    # Asked in the repeated hour itself.
    (LONDON, "01:15-01:45", "2025-10-26T00:50", ["2025-10-26T01:15", "2025-10-26T01:45"]),
    (LONDON, "01:15-01:45", "2025-10-26T01:50", ["2025-10-27T01:15", "2025-10-27T01:45"]),
]
NEW_YORK_NIGHTS = [
    (NEW_YORK, "02:30-03:30", "2025-03-09T05:00", ["2025-03-09T07:00", "2025-03-09T07:30"]),
    (NEW_YORK, "02:00-03:00", "2025-03-08T12:00", ["2025-03-10T06:00", "2025-03-10T07:00"]),
    (NEW_YORK, "23:00-02:30", "2025-03-09T05:00", ["2025-03-09T07:00", "2025-03-10T03:00"]),
    (
        *(NEW_YORK, "23:00-01:30", "2025-11-02T00:00"),
        ["2025-11-02T03:00", "2025-11-02T05:30", "2025-11-02T06:00", "2025-11-02T06:30", "2025-11-03T04:00"],
    ),
]
LORD_HOWE_NIGHTS = [
    (LORD_HOWE, "02:15-03:00", "2025-10-04T12:00", ["2025-10-04T15:30", "2025-10-04T16:00"]),
    (LORD_HOWE, "02:00-02:30", "2025-10-04T12:00", ["2025-10-05T15:00", "2025-10-05T15:30"]),
    (LORD_HOWE, "01:30-02:00", "2025-04-05T12:00", ["2025-04-05T14:30", "2025-04-05T15:30"]),
    (
        *(LORD_HOWE, "22:00-01:45", "2025-04-05T00:00"),
        ["2025-04-05T11:00", "2025-04-05T14:45", "2025-04-05T15:00", "2025-04-05T15:15", "2025-04-06T11:30"],
    ),
]
# Where midnight itself is missing (Havana in March), comes twice (Havana in November, Santiago in April),
# or where a whole day was left out (Apia had no Friday 30 December 2011).
MIDNIGHT_MOVES = [
    (HAVANA, "00:00-00:30", "2025-03-08T12:00", ["2025-03-10T04:00", "2025-03-10T04:30"]),
    (HAVANA, "00:30-02:00", "2025-03-08T12:00", ["2025-03-09T05:00", "2025-03-09T06:00"]),
    (HAVANA, "23:00-00:30", "2025-03-08T12:00", ["2025-03-09T04:00", "2025-03-09T05:00"]),
    (
        *(HAVANA, "00:00-00:30", "2025-11-01T12:00"),
        ["2025-11-02T04:00", "2025-11-02T04:30", "2025-11-02T05:00", "2025-11-02T05:30"],
    ),
    (
        *(SANTIAGO, "23:30-24:00", "2025-04-05T12:00"),
        ["2025-04-06T02:30", "2025-04-06T03:00", "2025-04-06T03:30", "2025-04-06T04:00"],
    ),
    (
        *(SANTIAGO, "23:30-00:30", "2025-04-05T12:00"),
        ["2025-04-06T02:30", "2025-04-06T03:00", "2025-04-06T03:30", "2025-04-06T04:30"],
    ),
    (APIA, "08:00-16:00", "2011-12-29T20:00", ["2011-12-30T02:00", "2011-12-30T18:00"]),
    (APIA, "20:00-06:00", "2011-12-30T00:00", ["2011-12-30T06:00", "2011-12-30T16:00"]),
]


@pytest.mark.parametrize(
    ("zone", "interval", "since", "expected"),
    [
        pytest.param(*row, id=f"{row[0].key} {row[2]} {row[1]}")
        for row in (
            *(*ORDINARY, *LONDON_GOES_FORWARD, *LONDON_GOES_BACK),
            *(*NEW_YORK_NIGHTS, *LORD_HOWE_NIGHTS, *MIDNIGHT_MOVES),
        )
    ],
)
def test_the_next_changes_are_those_of_the_wall_clock(
    zone: ZoneInfo, interval: str, since: str, expected: list[str]
) -> None:
    """A schedule changes where the clock on the wall comes to an end of an interval, or is moved past it."""
    assert changes(schedule(interval, timezone=zone), utc(since), len(expected)) == expected


def test_a_clock_may_be_moved_at_any_second() -> None:
    """Liberia moved its clock from 00:00:00 to 00:44:30, and was half a minute off UTC's minutes before."""
    monrovia = schedule("00:30-01:00", timezone=ZoneInfo("Africa/Monrovia"))
    assert changes(monrovia, utc("1972-01-06T00:00"), 5) == [
        "1972-01-06T01:14:30",
        "1972-01-06T01:44:30",
        "1972-01-07T00:44:30",
        "1972-01-07T01:00",
        "1972-01-08T00:30",
    ]


@pytest.mark.parametrize(
    "now", ["2025-03-30T00:59:59.999999", "2025-03-30T00:00:00.5", "2025-03-29T12:34:56.7"]
)
def test_the_change_is_exact_whenever_it_is_asked_for(now: str) -> None:
    """Neither the seconds nor their fractions at which one asks get into the answer."""
    assert schedule("01:30-05:00").next_change(utc(now)) == utc("2025-03-30T01:00")
    assert schedule("02:10-05:00").next_change(utc(now)) == utc("2025-03-30T01:10")


def test_the_zone_of_the_question_does_not_matter() -> None:
    """Asked in the site's own time the answer is in UTC all the same."""
    second_time = datetime(2025, 10, 26, 1, 50, fold=1, tzinfo=LONDON)
    change = schedule("01:15-01:45").next_change(second_time)
    assert change == utc("2025-10-27T01:15")
    assert change.tzinfo is UTC
    first_time = second_time.replace(fold=0)
    assert schedule("01:15-01:45").next_change(first_time) == utc("2025-10-26T01:15")


@pytest.mark.parametrize(
    ("days", "since", "expected"),
    [
        ("M......", "2025-06-16T12:00", ["2025-06-16T15:00", "2025-06-23T07:00"]),
        ("......S", "2025-06-16T12:00", ["2025-06-22T07:00", "2025-06-22T15:00", "2025-06-29T07:00"]),
        ("MTWTF..", "2025-06-20T12:00", ["2025-06-20T15:00", "2025-06-23T07:00"]),
    ],
)
def test_days_without_intervals_are_passed_over(days: str, since: str, expected: list[str]) -> None:
    """The next change may be days away."""
    assert changes(schedule("08:00-16:00", days=days), utc(since), len(expected)) == expected


def test_whole_days_side_by_side_are_one_stretch() -> None:
    """Midnight between two whole days is no change; the one after the last of them is."""
    assert changes(schedule("00:00-24:00", days="MTWTF.."), utc("2025-06-17T12:00"), 2) == [
        "2025-06-20T23:00",
        "2025-06-22T23:00",
    ]


def test_the_29th_of_february_has_its_changes() -> None:
    """A leap day begins and ends like others."""
    tuesday = schedule("00:00-24:00", days=".T.....")
    assert changes(tuesday, utc("2028-02-28T12:00"), 3) == [
        "2028-02-29T00:00",
        "2028-03-01T00:00",
        "2028-03-07T00:00",
    ]


SHIFTS = Schedule(
    ScheduleId("shifts"),
    LONDON,
    (intervals("22:00-06:00"),) * 7,
    {HolidayType.HALF: intervals("08:00-12:00"), HolidayType.SITE: intervals("20:00-04:00")},
    Calendar(
        {
            date(2026, 1, 1): HolidayType.FULL,
            date(2026, 1, 2): HolidayType.HALF,
            date(2026, 1, 5): HolidayType.SITE,
        }
    ),
)


def test_holidays_take_and_give_changes() -> None:
    """A holiday that begins in a night shift, a half day, and one whose own watch runs into the next day."""
    assert changes(SHIFTS, utc("2025-12-31T12:00"), 10) == [
        "2025-12-31T22:00",
        "2026-01-01T06:00",  # the holiday began in the shift, which runs to its end; none begins on it
        "2026-01-02T08:00",  # half a day
        "2026-01-02T12:00",
        "2026-01-03T22:00",  # the week goes on
        "2026-01-04T06:00",
        "2026-01-04T22:00",
        "2026-01-05T06:00",
        "2026-01-05T20:00",  # the watch of the holiday
        "2026-01-06T04:00",
    ]


def test_a_schedule_that_always_holds_never_changes() -> None:
    """With every day and every holiday covered there is nothing to wait for, whatever the calendar says."""
    covered = replace(SHIFTS, weekly=ALWAYS.weekly, on_holidays=dict.fromkeys(HolidayType, ALWAYS.weekly[0]))
    assert covered.next_change(utc("2025-12-31T12:00")) is None


@pytest.mark.parametrize("weekly", ["", "00:00-24:00", "06:00-22:00 22:00-06:00"])
def test_a_schedule_that_does_not_change_within_400_days_has_no_next_change(weekly: str) -> None:
    """Without holidays a whole week holds on and an empty one never begins."""
    assert schedule(weekly).next_change(utc("2025-12-31T12:00")) is None


@pytest.mark.parametrize(
    ("ahead", "found"),
    [(HORIZON - MINUTE, True), (HORIZON, True), (HORIZON + A_MOMENT, False), (HORIZON + MINUTE, False)],
)
def test_a_change_is_looked_for_over_400_days(ahead: timedelta, found: bool) -> None:
    """The one holiday that interrupts a whole week is found when it is that near, and not when it is not."""
    holiday = utc("2027-08-05T00:00")
    calendar = Calendar({holiday.date(): HolidayType.FULL})
    asked = schedule("00:00-24:00", timezone=ZoneInfo("UTC"), calendar=calendar)
    assert asked.next_change(holiday - ahead) == (holiday if found else None)


def test_looking_far_ahead_asks_the_calendar_by_the_day() -> None:
    """Over 400 days each date is looked up a handful of times, not once a minute."""
    asked_for: list[date] = []

    class Counted(MayDays):
        def __getitem__(self, day: date) -> HolidayType:
            asked_for.append(day)
            return super().__getitem__(day)

    whole = ALWAYS.weekly[0]
    asked = replace(ALWAYS, on_holidays={HolidayType.FULL: whole}, calendar=Calendar(Counted()))
    assert asked.next_change(utc("2025-01-01T00:00")) is None
    assert len(set(asked_for)) >= 400
    assert len(asked_for) < 400 * 6


# The promise itself: the answer is the same until then, and another one from then on.


@settings(deadline=None, max_examples=200)
@given(questions(), st.timedeltas(timedelta(0), MINUTE))
def test_nothing_changes_before_the_next_change(
    question: tuple[Schedule, datetime], fraction: timedelta
) -> None:
    """Minute by minute, over three days at most, the schedule answers as now; then it does not."""
    asked, whole_minute = question
    now = whole_minute.replace(second=0) + fraction
    holds, change = asked.holds_at(now), asked.next_change(now)
    until = min(now + 3 * DAY, change or now + HORIZON)
    minutes = (now + i * MINUTE for i in range(1, 1 + (until - now) // MINUTE))
    assert all(asked.holds_at(at) is holds for at in minutes if at < until)
    if change is not None:
        assert change > now
        assert asked.holds_at(change - A_MOMENT) is holds
        assert asked.holds_at(change) is not holds


@settings(deadline=None)
@given(questions(), st.integers(0, 400 * 1440))
def test_far_ahead_nothing_changes_before_the_next_change_either(
    question: tuple[Schedule, datetime], minutes: int
) -> None:
    """At any instant before the next change the answer is that of now, when there is none for 400 days."""
    asked, now = question
    change = asked.next_change(now)
    at = now + minutes * MINUTE
    assert asked.holds_at(at) is asked.holds_at(now) or (change is not None and change <= at)


def test_the_night_shift_of_all_days_changes_twice_a_day() -> None:
    """Over a year there is one start and one end for every date, and the clocks take none away."""
    now, count = utc("2025-01-01T12:00"), 0
    while now < utc("2026-01-01T12:00"):
        change = AT_NIGHT.next_change(now)
        assert change is not None
        now, count = change, count + 1
    assert count == 2 * 365 + 1
