from collections.abc import Iterator, Mapping
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


def test_each_day_has_the_type_it_was_given() -> None:
    """A calendar may have days of every type, on a leap day too."""
    days = {
        CHRISTMAS: HolidayType.FULL,
        date(2025, 12, 24): HolidayType.HALF,
        date(2028, 2, 29): HolidayType.SITE,
    }
    calendar = Calendar(days)
    assert {day: calendar.type_of(day) for day in days} == days


def test_the_types_of_holiday_have_the_names_of_the_site_file() -> None:
    """Their values are what people write."""
    assert [kind.value for kind in HolidayType] == ["full", "half", "site"]


def test_a_calendar_may_work_its_days_out_when_asked() -> None:
    """It asks for one date at a time, so what it is given may be without end."""
    asked_for: list[date] = []

    class Mondays(Mapping[date, HolidayType]):
        def __getitem__(self, day: date) -> HolidayType:
            asked_for.append(day)
            if day.weekday() == 0:
                return HolidayType.SITE
            raise KeyError(day)

        def __iter__(self) -> Iterator[date]:
            raise AssertionError("there is no end to Mondays")

        def __len__(self) -> int:
            raise AssertionError("Mondays cannot be counted")

    calendar = Calendar(Mondays())
    assert asked_for == []
    assert calendar.type_of(date(2025, 6, 16)) is HolidayType.SITE
    assert calendar.type_of(date(2025, 6, 17)) is None
    assert asked_for == [date(2025, 6, 16), date(2025, 6, 17)]
