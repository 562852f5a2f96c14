import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from policies.calendar import Calendar, HolidayType
from policies.ids import ScheduleId
from policies.schedule import Interval, Schedule
from tests.policies.values import ALWAYS, AT_NIGHT, LONDON, MINUTE, NOON, intervals, schedule, utc

NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")

WHATEVER_COMES = replace(ALWAYS, on_holidays=dict.fromkeys(HolidayType, intervals("00:00-24:00")))


@pytest.mark.parametrize(
    ("instant", "holds"),
    [
        ("2025-06-16T20:59:59", False),  # Monday, London is an hour ahead of UTC
        ("2025-06-16T21:00:00", True),
        ("2025-06-16T23:00:00", True),  # midnight
        ("2025-06-17T04:59:59.999999", True),
        ("2025-06-17T05:00:00", False),
        ("2025-06-17T21:00:00", False),  # Tuesday has no shift of its own
    ],
)
def test_a_night_shift_ends_on_the_day_after(instant: str, holds: bool) -> None:
    """Monday's shift from 22:00 to 06:00 runs into Tuesday, and the start is included, the end is not."""
    assert schedule("22:00-06:00", days="M......").holds_at(utc(instant)) is holds


@pytest.mark.parametrize(
    ("instant", "holds"),
    [
        ("2025-06-16T06:59:59.999999", False),  # 07:59 in London
        ("2025-06-16T07:00:00", True),
        ("2025-06-16T07:01:00", True),
        ("2025-06-16T14:59:59.999999", True),
        ("2025-06-16T15:00:00", False),
        ("2025-06-16T15:01:00", False),
        ("2025-06-21T08:00:00", False),  # Saturday
        ("2025-06-22T08:00:00", False),
        ("2025-06-23T07:00:00", True),
    ],
)
def test_a_day_shift_holds_from_its_start_until_just_before_its_end(instant: str, holds: bool) -> None:
    """From Monday to Friday 08:00 is in and 16:00 is out, by the clock of the site."""
    assert schedule("08:00-16:00", days="MTWTF..").holds_at(utc(instant)) is holds


@pytest.mark.parametrize(
    ("instant", "holds"),
    [
        ("2025-06-18T05:59", True),  # 06:59 in London, in the night shift of Tuesday
        ("2025-06-18T06:00", False),
        ("2025-06-18T07:00", True),
        ("2025-06-18T11:00", False),
        ("2025-06-18T12:00", True),
        ("2025-06-18T16:00", False),
        ("2025-06-18T19:00", True),
        ("2025-06-18T21:00", True),  # two shifts at once
        ("2025-06-18T23:00", True),
        ("2025-06-19T04:59", True),
        ("2025-06-19T05:59", True),  # the longer of two nights counts
    ],
)
def test_a_day_may_have_several_intervals(instant: str, holds: bool) -> None:
    """It holds where any of them does, in whatever order they were written."""
    several = schedule("22:00-07:00 13:00-17:00 08:00-12:00 20:00-06:00")
    assert several.holds_at(utc(instant)) is holds


def test_the_night_of_sunday_runs_into_monday() -> None:
    """The week is a circle: what starts on its last day ends on its first."""
    sunday_night = schedule("22:00-06:00", days="......S")
    assert not sunday_night.holds_at(utc("2025-06-15T04:59"))
    assert sunday_night.holds_at(utc("2025-06-16T04:59"))
    assert not sunday_night.holds_at(utc("2025-06-16T05:00"))


@pytest.mark.parametrize(
    ("instant", "holds"),
    [
        ("2028-02-28T23:59", False),
        ("2028-02-29T00:00", True),  # a Tuesday
        ("2028-02-29T23:59", True),
        ("2028-03-01T00:00", False),
        ("2027-03-01T00:00", False),
    ],
)
def test_the_29th_of_february_is_a_day_like_others(instant: str, holds: bool) -> None:
    """A leap day has its weekday and its intervals."""
    assert schedule("00:00-24:00", days=".T.....").holds_at(utc(instant)) is holds


def test_a_schedule_can_be_made_from_another() -> None:
    """A copy with another week or zone answers by these."""
    day = schedule("08:00-16:00")
    assert replace(day, weekly=schedule("22:00-06:00").weekly).holds_at(utc("2025-06-18T02:00"))
    assert not replace(day, timezone=NEW_YORK).holds_at(NOON)
    assert replace(day, weekly=day.weekly) == day


def test_what_was_worked_out_is_not_shown() -> None:
    """In a message a schedule is what it was made of, and nothing else."""
    week = (intervals("08:00-16:00"), *[()] * 6)
    assert repr(Schedule(ScheduleId("day"), ZoneInfo("UTC"), week)) == (
        "Schedule(id='day', timezone=zoneinfo.ZoneInfo(key='UTC'), "
        "weekly=((Interval(start=480, end=960),), (), (), (), (), (), ()), "
        "on_holidays={}, calendar=Calendar(days={}))"
    )


@pytest.mark.parametrize(
    "value", [ALWAYS, intervals("08:00-16:00")[0], ALWAYS._hours[0]], ids=["schedule", "interval", "hours"]
)
def test_rules_cannot_be_changed(value: Schedule | Interval) -> None:
    """Whoever holds a schedule or an interval can rely on it, and it has no room for anything else."""
    for name in (each.name for each in fields(value)):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, 0)
    assert not hasattr(value, "__dict__")


@pytest.mark.parametrize("asked", [AT_NIGHT, ALWAYS, WHATEVER_COMES], ids=["nights", "week", "always"])
def test_a_time_without_an_offset_is_refused(asked: Schedule) -> None:
    """No schedule, not even one that always holds, is asked about a time that could be anybody's."""
    with pytest.raises(ValueError, match="no offset"):
        asked.holds_at(NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="no offset"):
        asked.next_change(NOON.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("start", "end"), [(-1, 60), (1440, 60), (1441, 60), (1440, 1440), (0, 0), (60, 0), (0, 1441), (60, -1)]
)
def test_minutes_that_no_clock_shows_are_refused(start: int, end: int) -> None:
    """An interval lies between 00:00 and 24:00; midnight at its end is written 24:00."""
    message = f"{start}..{end} is not between 00:00 and 24:00"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Interval(start, end)


@pytest.mark.parametrize("minute", ["1", "720", "1439"])
def test_an_interval_of_no_length_is_refused(minute: str) -> None:
    """An interval from noon to noon could mean nothing or everything, so it means an error."""
    message = "an interval that ends when it starts never holds; write 00:00 to 24:00"
    with pytest.raises(ValueError, match=f"^{message}$"):
        Interval(int(minute), int(minute))


@pytest.mark.parametrize(
    ("start", "end", "crosses"),
    [
        (0, 1, False),  # the shortest
        (0, 1440, False),  # the longest
        (1439, 1440, False),  # the last minute
        (1, 2, False),
        (2, 1, True),
        (1439, 1, True),
        (1439, 1438, True),
    ],
)
def test_an_interval_whose_end_comes_first_crosses_midnight(start: int, end: int, crosses: bool) -> None:
    """Every minute that a clock shows can be a start or an end; one that ends earlier ends tomorrow."""
    assert Interval(start, end).crosses_midnight is crosses


@pytest.mark.parametrize(
    ("interval", "first", "last"),
    [
        (Interval(0, 1), "2025-01-08T00:00", "2025-01-08T00:00"),
        (Interval(0, 1440), "2025-01-08T00:00", "2025-01-08T23:59"),
        (Interval(1439, 1440), "2025-01-08T23:59", "2025-01-08T23:59"),
        (Interval(1439, 1), "2025-01-08T23:59", "2025-01-09T00:00"),
        (Interval(1, 1440), "2025-01-08T00:01", "2025-01-08T23:59"),
        (Interval(2, 1), "2025-01-08T00:02", "2025-01-09T00:00"),
        (Interval(1439, 1438), "2025-01-08T23:59", "2025-01-09T23:57"),
    ],
)
def test_an_interval_holds_from_its_first_minute_to_its_last(
    interval: Interval, first: str, last: str
) -> None:
    """Of Wednesday's interval the minute before and the minute after are out, all between are in."""
    wednesday = Schedule(ScheduleId("x"), LONDON, ((), (), (interval,), (), (), (), ()))
    begins, ends = utc(first), utc(last) + MINUTE
    assert not wednesday.holds_at(begins - MINUTE)
    assert all(wednesday.holds_at(begins + i * MINUTE) for i in range((ends - begins) // MINUTE))
    assert not wednesday.holds_at(ends)


@pytest.mark.parametrize("days", ["MTWTFS", "MTWTFSSM", ""])
def test_a_week_has_seven_days(days: str) -> None:
    """A week that is too short or too long is refused."""
    with pytest.raises(ValueError, match=f"^a week has seven days, not {len(days)}$"):
        schedule("08:00-16:00", days=days)


# The oracle: write down every minute on the wall clock that yesterday and today cover, and look it up.

ZONES = [
    *(LONDON, NEW_YORK, LORD_HOWE),
    *map(
        ZoneInfo,
        ("UTC", "Asia/Kathmandu", "Africa/Casablanca", "America/Havana", "Pacific/Chatham", "Etc/GMT-5"),
    ),
]


def oracle(asked: Schedule, now: datetime) -> bool:
    shown = now.astimezone(asked.timezone)
    today = shown.date()
    covered = set[int]()
    for midnight, day in ((0, today - timedelta(days=1)), (24 * 60, today)):
        if day in asked.calendar.days:
            of_day = asked.on_holidays.get(asked.calendar.days[day], ())
        else:
            of_day = asked.weekly[day.isoweekday() - 1]
        for interval in of_day:
            length = (interval.end - interval.start) % 1440 or 1440
            covered |= {midnight + interval.start + minute for minute in range(length)}
    return 24 * 60 + shown.hour * 60 + shown.minute in covered


QUARTERS = st.integers(0, 95).map(lambda quarter: quarter * 15)
INTERVALS = st.builds(
    lambda start, length: Interval(start, (start + length) % 1440 or 1440),
    st.one_of(QUARTERS, st.integers(0, 1439)),
    st.integers(1, 1439),
)
DAYS = st.lists(INTERVALS, max_size=2).map(tuple)
CHANGES = [
    *("2025-03-30T01:00", "2025-10-26T01:00", "2025-03-09T07:00", "2025-11-02T06:00"),
    *("2025-10-04T15:30", "2025-04-05T15:00", "2024-02-29T00:00", "2026-01-01T00:00"),
]


@st.composite
def questions(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    """Draw a schedule, and an instant near a day that is difficult for it."""
    around = draw(st.sampled_from(CHANGES).map(utc))
    now = around + draw(st.integers(-72 * 60, 72 * 60)) * MINUTE + timedelta(seconds=draw(st.integers(0, 59)))
    holidays = st.dictionaries(
        st.integers(-2, 2).map(lambda days: (around + timedelta(days=days)).date()),
        st.sampled_from(HolidayType),
        max_size=2,
    )
    asked = Schedule(
        ScheduleId("drawn"),
        draw(st.sampled_from(ZONES)),
        draw(st.tuples(*[DAYS] * 7)),
        draw(st.dictionaries(st.sampled_from(HolidayType), DAYS, max_size=2)),
        Calendar(draw(holidays)),
    )
    return asked, now


@settings(deadline=None, max_examples=300)
@given(questions())
def test_a_schedule_agrees_with_a_list_of_all_its_minutes(question: tuple[Schedule, datetime]) -> None:
    """Whoever wrote down every minute of the schedule would give the same answer."""
    asked, now = question
    assert asked.holds_at(now) == oracle(asked, now)


def fixed_offset(asked: Schedule, now: datetime) -> bool:
    """Take the zone's offset of midsummer for that of the whole year."""
    offset = NOON.astimezone(asked.timezone).utcoffset() or timedelta()
    return oracle(asked, (now + offset).replace(tzinfo=asked.timezone))


def forgets_yesterday(asked: Schedule, now: datetime) -> bool:
    """Let every night end at midnight."""

    def cut(day: tuple[Interval, ...]) -> tuple[Interval, ...]:
        return tuple(Interval(i.start, 1440) if i.crosses_midnight else i for i in day)

    on_holidays = {kind: cut(day) for kind, day in asked.on_holidays.items()}
    return replace(asked, weekly=tuple(map(cut, asked.weekly)), on_holidays=on_holidays).holds_at(now)


def forgets_holidays(asked: Schedule, now: datetime) -> bool:
    """Take every day for an ordinary one."""
    return Schedule(asked.id, asked.timezone, asked.weekly).holds_at(now)


@pytest.mark.parametrize("planted", [fixed_offset, forgets_yesterday, forgets_holidays])
def test_the_oracle_catches_a_planted_fault(planted: Callable[[Schedule, datetime], bool]) -> None:
    """A schedule that forgets the season, the night before or the holiday is found out."""
    asked, now = find(
        questions(),
        lambda question: planted(*question) != oracle(*question),
        settings=settings(
            deadline=None,
            max_examples=3000,
            phases=[Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
        random=Random(7),
    )
    assert asked.holds_at(now) == oracle(asked, now)


@settings(deadline=None)
@given(questions())
def test_the_zone_of_the_question_does_not_matter(question: tuple[Schedule, datetime]) -> None:
    """The same instant gets the same answer, in whatever zone it is written."""
    asked, now = question
    answers = {asked.holds_at(now.astimezone(zone)) for zone in (UTC, *ZONES)}
    assert len(answers) == 1
