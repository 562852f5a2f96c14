from datetime import date

from policies.calendar import Calendar, HolidayType

CHRISTMAS = date(2025, 12, 25)


def test_a_day_that_nobody_named_is_an_ordinary_day() -> None:
    """A calendar knows the days it was given, and takes every other for an ordinary one."""
    calendar = Calendar({CHRISTMAS: HolidayType.FULL})
    assert calendar.type_of(CHRISTMAS) is HolidayType.FULL
    assert calendar.type_of(date(2026, 12, 25)) is None


def test_an_empty_calendar_has_no_holidays() -> None:
    """Without any holidays given there are none."""
    assert Calendar().type_of(CHRISTMAS) is None
