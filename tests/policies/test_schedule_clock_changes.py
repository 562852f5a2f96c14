from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.policies.values import LONDON, MINUTE, schedule, utc

NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


# Each row: the interval (every day), the instant in UTC, what the wall clock shows then, and the answer.
# The answers were worked out by hand from the zones' rules.

# At 01:00 UTC the clock goes from 01:00 to 02:00.
LONDON_GOES_FORWARD = [
    ("01:30-05:00", "2025-03-30T00:59", "00:59", False),
    ("01:30-05:00", "2025-03-30T01:00", "02:00", True),  # the clock has jumped over the start
    ("01:30-05:00", "2025-03-30T01:01", "02:01", True),
    ("01:30-05:00", "2025-03-30T03:59", "04:59", True),
    ("01:30-05:00", "2025-03-30T04:00", "05:00", False),
    ("00:30-01:30", "2025-03-30T00:29", "00:29", False),
    ("00:30-01:30", "2025-03-30T00:30", "00:30", True),
    ("00:30-01:30", "2025-03-30T00:59", "00:59", True),
    ("00:30-01:30", "2025-03-30T01:00", "02:00", False),  # and over the end
    ("01:15-01:45", "2025-03-30T00:59", "00:59", False),
    ("01:15-01:45", "2025-03-30T01:00", "02:00", False),  # an interval that does not take place
    ("22:00-06:00", "2025-03-29T21:59", "21:59", False),
    ("22:00-06:00", "2025-03-29T22:00", "22:00", True),
    ("22:00-06:00", "2025-03-30T00:59", "00:59", True),
    ("22:00-06:00", "2025-03-30T01:00", "02:00", True),
    ("22:00-06:00", "2025-03-30T04:59", "05:59", True),  # a night of seven hours
    ("22:00-06:00", "2025-03-30T05:00", "06:00", False),
    ("22:00-06:00", "2025-03-30T20:59", "21:59", False),
    ("22:00-06:00", "2025-03-30T21:00", "22:00", True),  # the next one is as long as ever
    ("22:00-06:00", "2025-03-31T05:00", "06:00", False),
    ("22:00-01:30", "2025-03-30T00:59", "00:59", True),
    ("22:00-01:30", "2025-03-30T01:00", "02:00", False),  # a night that ends in the missing hour
]
# At 01:00 UTC the clock goes from 02:00 to 01:00.
LONDON_GOES_BACK = [
    ("01:15-01:45", "2025-10-26T00:14", "01:14", False),
    ("01:15-01:45", "2025-10-26T00:15", "01:15", True),
    ("01:15-01:45", "2025-10-26T00:45", "01:45", False),
    ("01:15-01:45", "2025-10-26T01:14", "01:14", False),
    ("01:15-01:45", "2025-10-26T01:15", "01:15", True),  # the second time
    ("01:15-01:45", "2025-10-26T01:45", "01:45", False),
    ("00:30-01:30", "2025-10-26T00:29", "01:29", True),
    ("00:30-01:30", "2025-10-26T00:30", "01:30", False),
    ("00:30-01:30", "2025-10-26T00:59", "01:59", False),
    ("00:30-01:30", "2025-10-26T01:00", "01:00", True),  # half an hour later it is one o'clock again
    ("00:30-01:30", "2025-10-26T01:30", "01:30", False),
    ("01:30-05:00", "2025-10-26T00:30", "01:30", True),
    ("01:30-05:00", "2025-10-26T00:59", "01:59", True),
    ("01:30-05:00", "2025-10-26T01:00", "01:00", False),  # a pause of half an hour
    ("01:30-05:00", "2025-10-26T01:30", "01:30", True),
    ("22:00-06:00", "2025-10-25T20:59", "21:59", False),
    ("22:00-06:00", "2025-10-25T21:00", "22:00", True),
    ("22:00-06:00", "2025-10-26T00:59", "01:59", True),
    ("22:00-06:00", "2025-10-26T01:00", "01:00", True),
    ("22:00-06:00", "2025-10-26T05:59", "05:59", True),  # a night of nine hours
    ("22:00-06:00", "2025-10-26T06:00", "06:00", False),
    ("22:00-06:00", "2025-10-26T21:59", "21:59", False),
    ("22:00-06:00", "2025-10-26T22:00", "22:00", True),
    ("22:00-01:30", "2025-10-26T00:29", "01:29", True),
    ("22:00-01:30", "2025-10-26T00:30", "01:30", False),
    ("22:00-01:30", "2025-10-26T01:00", "01:00", True),  # a night that ends twice
    ("22:00-01:30", "2025-10-26T01:29", "01:29", True),
    ("22:00-01:30", "2025-10-26T01:30", "01:30", False),
]
# At 07:00 UTC the clock goes from 02:00 to 03:00.
NEW_YORK_GOES_FORWARD = [
    ("02:30-03:30", "2025-03-09T06:59", "01:59", False),
    ("02:30-03:30", "2025-03-09T07:00", "03:00", True),
    ("02:30-03:30", "2025-03-09T07:29", "03:29", True),
    ("02:30-03:30", "2025-03-09T07:30", "03:30", False),
    ("02:00-03:00", "2025-03-09T06:59", "01:59", False),
    ("02:00-03:00", "2025-03-09T07:00", "03:00", False),
    ("23:00-02:30", "2025-03-09T06:59", "01:59", True),
    ("23:00-02:30", "2025-03-09T07:00", "03:00", False),
    ("22:00-06:00", "2025-03-09T02:59", "21:59", False),
    ("22:00-06:00", "2025-03-09T03:00", "22:00", True),
    ("22:00-06:00", "2025-03-09T09:59", "05:59", True),
    ("22:00-06:00", "2025-03-09T10:00", "06:00", False),
]
# At 06:00 UTC the clock goes from 02:00 to 01:00.
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
    ("22:00-06:00", "2025-11-02T01:59", "21:59", False),
    ("22:00-06:00", "2025-11-02T02:00", "22:00", True),
    ("22:00-06:00", "2025-11-02T10:59", "05:59", True),
    ("22:00-06:00", "2025-11-02T11:00", "06:00", False),
]
# Lord Howe Island moves its clocks by half an hour: at 15:30 UTC from 02:00 to 02:30,
LORD_HOWE_GOES_FORWARD = [
    ("02:00-02:30", "2025-10-04T15:29", "01:59", False),
    ("02:00-02:30", "2025-10-04T15:30", "02:30", False),
    ("02:15-03:00", "2025-10-04T15:29", "01:59", False),
    ("02:15-03:00", "2025-10-04T15:30", "02:30", True),
    ("02:15-03:00", "2025-10-04T15:59", "02:59", True),
    ("02:15-03:00", "2025-10-04T16:00", "03:00", False),
    ("22:00-06:00", "2025-10-04T11:29", "21:59", False),
    ("22:00-06:00", "2025-10-04T11:30", "22:00", True),
    ("22:00-06:00", "2025-10-04T18:59", "05:59", True),  # a night of seven hours and a half
    ("22:00-06:00", "2025-10-04T19:00", "06:00", False),
    ("22:00-02:15", "2025-10-04T15:29", "01:59", True),
    ("22:00-02:15", "2025-10-04T15:30", "02:30", False),
]
# and at 15:00 UTC from 02:00 to 01:30.
LORD_HOWE_GOES_BACK = [
    ("01:30-02:00", "2025-04-05T14:29", "01:29", False),
    ("01:30-02:00", "2025-04-05T14:30", "01:30", True),
    ("01:30-02:00", "2025-04-05T14:59", "01:59", True),
    ("01:30-02:00", "2025-04-05T15:00", "01:30", True),
    ("01:30-02:00", "2025-04-05T15:29", "01:59", True),
    ("01:30-02:00", "2025-04-05T15:30", "02:00", False),
    ("22:00-01:45", "2025-04-05T14:44", "01:44", True),
    ("22:00-01:45", "2025-04-05T14:45", "01:45", False),
    ("22:00-01:45", "2025-04-05T14:59", "01:59", False),
    ("22:00-01:45", "2025-04-05T15:00", "01:30", True),
    ("22:00-01:45", "2025-04-05T15:14", "01:44", True),
    ("22:00-01:45", "2025-04-05T15:15", "01:45", False),
    ("22:00-06:00", "2025-04-05T10:59", "21:59", False),
    ("22:00-06:00", "2025-04-05T11:00", "22:00", True),
    ("22:00-06:00", "2025-04-05T19:29", "05:59", True),  # a night of eight hours and a half
    ("22:00-06:00", "2025-04-05T19:30", "06:00", False),
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
    every_day = schedule("00:00-24:00", timezone=zone)
    assert all(every_day.holds_at(start + minute * MINUTE) for minute in range(0, 52 * 60, 7))


@pytest.mark.parametrize("zone", [LONDON, NEW_YORK, LORD_HOWE], ids=str)
@pytest.mark.parametrize("day", ["2025-03-09", "2025-03-30", "2025-04-06", "2025-10-05", "2025-10-26"])
def test_only_the_day_that_was_named_holds(zone: ZoneInfo, day: str) -> None:
    """Sunday from 00:00 to 24:00 is the day with that date, be it of 23, 24 or 25 hours."""
    start = utc(f"{day}T00:00") - timedelta(hours=14)
    sunday = schedule("00:00-24:00", timezone=zone, days="......S")
    for now in (start + minute * MINUTE for minute in range(0, 52 * 60, 7)):
        assert sunday.holds_at(now) is (now.astimezone(zone).date().isoformat() == day)
