from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from policies.calendar import Calendar, HolidayType
from policies.ids import ScheduleId
from policies.schedule import Interval, Schedule
from tests.policies.values import LONDON, MINUTE, NOON, intervals, schedule, utc

NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


# Each row: the interval (every day), the instant in UTC, what the wall clock shows then, and the answer.
# The answers were worked out by hand from the zones' rules.

LONDON_GOES_FORWARD = [
    ("01:30-05:00", "2025-03-30T00:59", "00:59", False),
    ("01:30-05:00", "2025-03-30T01:00", "02:00", True),  # the clock has jumped over the start
    ("01:30-05:00", "2025-03-30T03:59", "04:59", True),
    ("01:30-05:00", "2025-03-30T04:00", "05:00", False),
    ("00:30-01:30", "2025-03-30T00:59", "00:59", True),
    ("00:30-01:30", "2025-03-30T01:00", "02:00", False),  # and over the end
    ("01:15-01:45", "2025-03-30T00:59", "00:59", False),
    ("01:15-01:45", "2025-03-30T01:00", "02:00", False),  # an interval that does not take place
    ("22:00-06:00", "2025-03-29T21:59", "21:59", False),
    ("22:00-06:00", "2025-03-29T22:00", "22:00", True),
    ("22:00-06:00", "2025-03-30T04:59", "05:59", True),  # a night of seven hours
    ("22:00-06:00", "2025-03-30T05:00", "06:00", False),
]
LONDON_GOES_BACK = [
    ("01:15-01:45", "2025-10-26T00:14", "01:14", False),
    ("01:15-01:45", "2025-10-26T00:15", "01:15", True),
    ("01:15-01:45", "2025-10-26T00:45", "01:45", False),
    ("01:15-01:45", "2025-10-26T01:15", "01:15", True),  # the second time
    ("01:15-01:45", "2025-10-26T01:45", "01:45", False),
    ("00:30-01:30", "2025-10-26T00:29", "01:29", True),
    ("00:30-01:30", "2025-10-26T00:30", "01:30", False),
    ("00:30-01:30", "2025-10-26T01:00", "01:00", True),  # half an hour later it is one o'clock again
    ("00:30-01:30", "2025-10-26T01:30", "01:30", False),
    ("22:00-06:00", "2025-10-25T20:59", "21:59", False),
    ("22:00-06:00", "2025-10-25T21:00", "22:00", True),
    ("22:00-06:00", "2025-10-26T05:59", "05:59", True),  # a night of nine hours
    ("22:00-06:00", "2025-10-26T06:00", "06:00", False),
]
NEW_YORK_GOES_FORWARD = [
    ("02:30-03:30", "2025-03-09T06:59", "01:59", False),
    ("02:30-03:30", "2025-03-09T07:00", "03:00", True),
    ("02:30-03:30", "2025-03-09T07:30", "03:30", False),
    ("02:00-03:00", "2025-03-09T06:59", "01:59", False),
    ("02:00-03:00", "2025-03-09T07:00", "03:00", False),
    ("23:00-02:30", "2025-03-09T06:59", "01:59", True),
    ("23:00-02:30", "2025-03-09T07:00", "03:00", False),
]
NEW_YORK_GOES_BACK = [
    ("01:00-02:00", "2025-11-02T04:59", "00:59", False),
    ("01:00-02:00", "2025-11-02T05:00", "01:00", True),
    ("01:00-02:00", "2025-11-02T05:59", "01:59", True),
    ("01:00-02:00", "2025-11-02T06:00", "01:00", True),
    ("01:00-02:00", "2025-11-02T06:59", "01:59", True),
    ("01:00-02:00", "2025-11-02T07:00", "02:00", False),
    ("23:00-01:30", "2025-11-02T05:29", "01:29", True),
    ("23:00-01:30", "2025-11-02T05:30", "01:30", False),
    ("23:00-01:30", "2025-11-02T06:29", "01:29", True),
    ("23:00-01:30", "2025-11-02T06:30", "01:30", False),
]
# Lord Howe Island moves its clocks by half an hour.
LORD_HOWE_GOES_FORWARD = [
    ("02:00-02:30", "2025-10-04T15:29", "01:59", False),
    ("02:00-02:30", "2025-10-04T15:30", "02:30", False),
    ("02:15-03:00", "2025-10-04T15:29", "01:59", False),
    ("02:15-03:00", "2025-10-04T15:30", "02:30", True),
    ("02:15-03:00", "2025-10-04T15:59", "02:59", True),
    ("02:15-03:00", "2025-10-04T16:00", "03:00", False),
]
LORD_HOWE_GOES_BACK = [
    ("01:30-02:00", "2025-04-05T14:29", "01:29", False),
    ("01:30-02:00", "2025-04-05T14:30", "01:30", True),
    ("01:30-02:00", "2025-04-05T14:59", "01:59", True),
    ("01:30-02:00", "2025-04-05T15:00", "01:30", True),
    ("01:30-02:00", "2025-04-05T15:29", "01:59", True),
    ("01:30-02:00", "2025-04-05T15:30", "02:00", False),
    ("22:00-01:45", "2025-04-05T14:45", "01:45", False),
    ("22:00-01:45", "2025-04-05T15:14", "01:44", True),
    ("22:00-01:45", "2025-04-05T15:15", "01:45", False),
]
GOLDEN = [
    pytest.param(zone, *row, id=f"{zone.key} {row[1]} {row[0]}")
    for zone, rows in (
        (LONDON, LONDON_GOES_FORWARD + LONDON_GOES_BACK),
        (NEW_YORK, NEW_YORK_GOES_FORWARD + NEW_YORK_GOES_BACK),
        (LORD_HOWE, LORD_HOWE_GOES_FORWARD + LORD_HOWE_GOES_BACK),
    )
    for row in rows
]


@pytest.mark.parametrize(("zone", "interval", "instant", "shown", "holds"), GOLDEN)
def test_a_schedule_follows_the_wall_clock_when_the_clock_is_changed(
    zone: ZoneInfo, interval: str, instant: str, shown: str, holds: bool
) -> None:
    """On both nights of the year the answer is that of the clock on the wall, minute by minute."""
    now = utc(instant)
    assert now.astimezone(zone).strftime("%H:%M") == shown
    assert schedule(interval, timezone=zone).holds_at(now) is holds


@pytest.mark.parametrize("zone", [LONDON, NEW_YORK, LORD_HOWE], ids=str)
@pytest.mark.parametrize("day", ["2025-03-09", "2025-03-30", "2025-04-06", "2025-10-05", "2025-10-26"])
def test_the_whole_day_has_no_gap(zone: ZoneInfo, day: str) -> None:
    """From 00:00 to 24:00 every minute holds, on days of 23, 24 and 25 hours alike."""
    start = utc(f"{day}T00:00") - timedelta(hours=14)
    always = schedule("00:00-24:00", timezone=zone)
    assert all(always.holds_at(start + minute * MINUTE) for minute in range(0, 52 * 60, 7))


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


def test_the_night_of_sunday_runs_into_monday() -> None:
    """The week is a circle: what starts on its last day ends on its first."""
    sunday_night = schedule("22:00-06:00", days="......S")
    assert sunday_night.holds_at(utc("2025-06-16T04:59"))
    assert not sunday_night.holds_at(utc("2025-06-16T05:00"))


@pytest.mark.parametrize(
    ("instant", "holds"),
    [
        ("2024-02-28T23:59", False),
        ("2024-02-29T00:00", True),  # a Thursday
        ("2024-02-29T23:59", True),
        ("2024-03-01T00:00", False),
        ("2025-03-01T00:00", False),
    ],
)
def test_the_29th_of_february_is_a_day_like_others(instant: str, holds: bool) -> None:
    """A leap day has its weekday and its intervals."""
    assert schedule("00:00-24:00", days="...T...").holds_at(utc(instant)) is holds


def test_a_holiday_may_fall_on_the_29th_of_february() -> None:
    """A leap day can be a holiday, and its night still ends on the first of March."""
    calendar = Calendar({date(2024, 2, 29): HolidayType.FULL})
    nights = schedule("22:00-06:00", calendar=calendar)
    assert nights.holds_at(utc("2024-02-29T05:59"))
    assert not nights.holds_at(utc("2024-02-29T22:00"))
    assert not nights.holds_at(utc("2024-03-01T05:59"))
    assert nights.holds_at(utc("2024-03-01T22:00"))


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
        ("2026-01-02T08:00", True, "a half holiday has intervals of its own"),
        ("2026-01-02T12:00", False, "which end like any other"),
        ("2026-01-02T22:00", False, "and replace those of the week"),
        ("2026-01-03T22:00", True, "the week goes on"),
    ],
)
def test_a_holiday_takes_the_shifts_that_would_begin_on_it(instant: str, holds: bool, why: str) -> None:
    """A shift belongs to the day it starts on, holiday or not."""
    assert SHIFTS.holds_at(utc(instant)) is holds, why


def test_a_holiday_is_the_holiday_of_the_site() -> None:
    """The date that counts is the one on the site's own calendar, not the one in Greenwich."""
    calendar = Calendar({date(2025, 7, 4): HolidayType.FULL})
    always = schedule("00:00-24:00", timezone=NEW_YORK, calendar=calendar)
    assert always.holds_at(utc("2025-07-04T03:59"))
    assert not always.holds_at(utc("2025-07-04T04:00"))
    assert not always.holds_at(utc("2025-07-05T03:59"))
    assert always.holds_at(utc("2025-07-05T04:00"))


def test_a_time_without_an_offset_is_refused() -> None:
    """A schedule is never asked about a time that could be anybody's."""
    with pytest.raises(ValueError, match="no offset"):
        SHIFTS.holds_at(NOON.replace(tzinfo=None))


@pytest.mark.parametrize(("start", "end"), [(-1, 60), (1440, 60), (0, 0), (60, 0), (0, 1441), (60, -1)])
def test_minutes_that_no_clock_shows_are_refused(start: int, end: int) -> None:
    """An interval lies between 00:00 and 24:00; midnight at its end is written 24:00."""
    with pytest.raises(ValueError, match="not between"):
        Interval(start, end)


def test_an_interval_of_no_length_is_refused() -> None:
    """An interval from noon to noon could mean nothing or everything, so it means an error."""
    with pytest.raises(ValueError, match="never holds"):
        Interval(720, 720)


@pytest.mark.parametrize("days", ["MTWTFS", "MTWTFSSM", ""])
def test_a_week_has_seven_days(days: str) -> None:
    """A week that is too short or too long is refused."""
    with pytest.raises(ValueError, match=f"not {len(days)}"):
        schedule("08:00-16:00", days=days)


# The oracle: write down every minute on the wall clock that yesterday and today cover, and look it up.

ZONES = [
    *(LONDON, NEW_YORK, LORD_HOWE),
    *map(ZoneInfo, ("UTC", "Asia/Kathmandu", "Africa/Casablanca", "America/Havana", "Pacific/Chatham")),
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
    """Leave out what a night spills into the next day."""
    local = now.astimezone(asked.timezone)
    minute = local.hour * 60 + local.minute
    return any(interval.holds_on_its_day(minute) for interval in asked.intervals_of(local.date()))


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
