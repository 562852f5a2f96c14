"""Times that lie ahead, as people type them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.tui.until import until_of

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("90 min", timedelta(minutes=90)),
        ("45m", timedelta(minutes=45)),
        ("4h", timedelta(hours=4)),
        (" 2 D ", timedelta(days=2)),
        ("1w", timedelta(weeks=1)),
    ],
)
def test_lengths_count_from_now(typed: str, length: timedelta) -> None:
    """With and without a blank, in small letters and large ones."""
    assert until_of(typed, NOW) == NOW + length


def test_a_time_of_day_is_todays_or_tomorrows() -> None:
    """What has passed today is meant for tomorrow."""
    here = NOW.astimezone()
    ahead, passed = here + timedelta(hours=1), here - timedelta(hours=1)
    assert until_of(f"{ahead:%H:%M}", NOW) == ahead
    assert until_of(f"{passed:%H:%M}", NOW) == passed + timedelta(days=1)


def test_a_day_means_its_end() -> None:
    """So that a visitor who may come until Friday may come on Friday."""
    assert until_of("2026-03-05", NOW) == datetime(2026, 3, 6).astimezone()


def test_a_day_with_a_time_of_day() -> None:
    """With a blank between them, or as ISO 8601 has it."""
    expected = datetime(2026, 3, 5, 8, 30).astimezone()
    assert until_of("2026-03-05 8:30", NOW) == expected
    assert until_of("2026-03-05T08:30", NOW) == expected


@pytest.mark.parametrize(
    "typed",
    ["", "0h", "soon", "25:00", "12:60", "2026-02-30", "2020-01-01", "4", "h", "-1h", "99999999w"],
)
def test_what_is_no_time_that_lies_ahead(typed: str) -> None:
    """Neither nonsense nor the past nor what lies behind the end of all calendars."""
    assert until_of(typed, NOW) is None


@given(st.text(max_size=20))
def test_anything_can_be_typed(typed: str) -> None:
    """It is a time that lies ahead, or none."""
    found = until_of(typed, NOW)
    assert found is None or found > NOW
