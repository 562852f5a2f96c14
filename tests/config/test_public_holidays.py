"""Days that the law makes holidays: which they are, what outranks them, and what they cost."""

import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from holidays.countries.ireland import Ireland
from holidays.registry import COUNTRIES

from accessctl.config import Site, load
from accessctl.config.public_holidays import PublicHolidays, YearByYear
from policies.calendar import HolidayType
from policies.ids import ScheduleId
from tests.config.sites import GOOD, complaints_of, spoilt, without

FULL, HALF, SITE = HolidayType.FULL, HolidayType.HALF, HolidayType.SITE
WITHOUT = without("public_holidays")
ENGLAND = 'country = "GB"\nregion = "ENG"'


def site_with(*tables: str, text: str = WITHOUT) -> Site:
    return load(text + "".join(f"\n[[public_holidays]]\n{table}\n" for table in tables))


def days_of(*tables: str, text: str = WITHOUT) -> Mapping[date, HolidayType]:
    return site_with(*tables, text=text).calendar.days


def place(country: str, region: str | None = None) -> PublicHolidays:
    return PublicHolidays(country, region, FULL)


@pytest.mark.parametrize(
    ("country", "region", "day", "name"),
    [
        ("GB", "ENG", "2026-04-06", "Easter Monday"),
        ("GB", "SCT", "2026-04-06", None),
        ("GB", "SCT", "2026-01-02", "New Year Holiday"),
        ("GB", "ENG", "2026-01-02", None),
        ("GB", "ENG", "2026-08-31", "Late Summer Bank Holiday"),
        ("GB", "SCT", "2026-08-31", None),
        ("GB", None, "2026-12-25", "Christmas Day"),
        ("GB", None, "2026-08-31", None),
        ("US", None, "2026-11-26", "Thanksgiving Day"),
        ("US", None, "2026-03-31", None),
        ("US", "CA", "2026-03-31", "Cesar Chavez Day"),
        ("DE", "BY", "2026-06-04", "Fronleichnam"),
        ("DE", "BE", "2026-06-04", None),
        ("DE", "BE", "2027-03-08", "Frauentag"),
        ("DE", "BY", "2027-03-08", None),
    ],
)
def test_a_region_has_its_own_holidays(country: str, region: str | None, day: str, name: str | None) -> None:
    """What is a holiday in one region is an ordinary day in the next, and each is called as it is there."""
    when = date.fromisoformat(day)
    assert place(country, region).in_year(when.year).get(when) == name


@pytest.mark.parametrize(
    ("country", "region", "day", "instead"),
    [
        ("GB", "ENG", "2026-12-26", "2026-12-28"),
        ("GB", "SCT", "2027-01-02", "2027-01-04"),
        ("US", None, "2026-07-04", "2026-07-03"),
        ("US", None, "2028-01-01", "2027-12-31"),
    ],
)
def test_the_substitute_day_counts_as_well(country: str, region: str | None, day: str, instead: str) -> None:
    """A holiday on a weekend closes the working day that stands for it, even one of the year before."""
    for each in (date.fromisoformat(day), date.fromisoformat(instead)):
        assert each in place(country, region).in_year(each.year)


def test_a_schedule_rests_on_a_public_holiday() -> None:
    """On Easter Monday the weekly hours do not count; on the Tuesday they do."""
    early = site_with(ENGLAND).schedules[ScheduleId("early")]
    london = ZoneInfo("Europe/London")
    assert not early.holds_at(datetime(2026, 4, 6, 9, tzinfo=london))
    assert early.holds_at(datetime(2026, 4, 7, 9, tzinfo=london))


def test_hours_of_a_public_holiday_go_by_the_type_of_its_table() -> None:
    """Where the law's days are half days, the half-day hours hold on them."""
    early = site_with(f'{ENGLAND}\ntype = "half"').schedules[ScheduleId("early")]
    assert early.holds_at(datetime(2026, 4, 6, 9, tzinfo=ZoneInfo("Europe/London")))


def test_a_public_holiday_may_be_a_working_day_here() -> None:
    """The summer bank holiday is excepted in 2026, and in no other year."""
    days = load(GOOD).calendar.days
    assert date(2026, 8, 31) not in days
    assert days[date(2027, 8, 30)] is FULL


def test_the_company_outranks_the_law() -> None:
    """A day that is written down has the type that stands there, also where it is excepted."""
    text = spoilt(('2026-12-25\ntype = "full"', '2026-12-25\ntype = "site"'), text=WITHOUT)
    days = days_of(ENGLAND, text=text)
    assert days[date(2026, 12, 25)] is SITE
    assert days[date(2027, 12, 27)] is FULL
    excepting = days_of(f"{ENGLAND}\nexcept = [2026-12-25]", text=text)
    assert excepting[date(2026, 12, 25)] is SITE


def test_of_two_places_the_first_decides() -> None:
    """Where two tables have a day the first gives its type; an exception holds for its own table alone."""
    days = days_of('country = "IE"\ntype = "half"\nexcept = [2026-01-01]', ENGLAND)
    assert (days[date(2026, 4, 6)], days[date(2026, 3, 17)]) == (HALF, HALF)
    assert (days[date(2026, 1, 1)], days[date(2026, 4, 3)]) == (FULL, FULL)


def test_the_site_keeps_its_own_days_apart() -> None:
    """The list of days that somebody wrote down is not mixed with the law's."""
    assert site_with(ENGLAND).holidays == load(WITHOUT).holidays


LETTERS = '(write its two letters, such as "GB")'
NO_DATE = 'must be a date such as 2026-12-25, without quotes, not "2026-08-31"'


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"GB"', '"gb"', f'country: no such country: "gb" {LETTERS}; did you mean "GB"?'),
        ('"GB"', '"UK"', f'country: no such country: "UK" {LETTERS}; did you mean "GB"?'),
        ('"GB"', '"Great Britain"', f'country: no such country: "Great Britain" {LETTERS}'),
        (
            '"GB"',
            '"United Kingdom"',
            f'country: no such country: "United Kingdom" {LETTERS}; did you mean "GB"?',
        ),
        ('"GB"', '"XX"', f'country: no such country: "XX" {LETTERS}'),
        ('"GB"', "44", "country: must be text in quotes, not 44"),
        ('"ENG"', '"England"', 'region: no such region of GB: "England"; did you mean "ENG"?'),
        ('"ENG"', '"eng"', 'region: no such region of GB: "eng"; did you mean "ENG"?'),
        ('"ENG"', '"LND"', 'region: no such region of GB: "LND"; there are ENG, NIR, SCT, WLS'),
        ('"GB"', '"DK"', "region: DK has no regions with holidays of their own; leave this out"),
        ('"ENG"', '""', "region: must not be empty"),
        ("[2026-08-31]", '["2026-08-31"]', f"except[0]: {NO_DATE}"),
        ("[2026-08-31]", "[2026-08-31, 2026-08-31]", "except[1]: 2026-08-31 is named twice"),
        ("[2026-08-31]", "2026-08-31", "except: must be a list in [ ], not 2026-08-31"),
        ("[2026-08-31]", '[]\ntype = "whole"', 'type: must be "full" or "half" or "site", not "whole"'),
    ],
)
def test_one_mistake_is_one_problem(old: str, new: str, what: str) -> None:
    """A wrong code is told by its path, with what was probably meant."""
    assert complaints_of((old, new)) == [f"public_holidays[0].{what}"]


def test_a_place_is_named_once() -> None:
    """A second table for a place would never count, so it was meant otherwise."""
    twice = f"[[public_holidays]]\n{ENGLAND}\n\n[[public_holidays]]\n{ENGLAND}"
    assert complaints_of((f"[[public_holidays]]\n{ENGLAND}", twice)) == [
        "public_holidays[1]: GB-ENG is already public_holidays[0]"
    ]


def test_a_schedule_for_public_holidays_alone_holds_some_day() -> None:
    """Hours on holidays of a type that only the law's days have are no mistake."""
    on_site_days = spoilt(
        (
            'weekly = [{ days = "mon-fri", from = "05:30", to = "14:30" }]\nholidays = { half',
            "holidays = { site",
        ),
        text=WITHOUT,
    )
    early = site_with(f'{ENGLAND}\ntype = "site"', text=on_site_days).schedules[ScheduleId("early")]
    assert early.holds_at(datetime(2026, 4, 6, 9, tzinfo=ZoneInfo("Europe/London")))


@pytest.mark.parametrize("year", [1, 1871, 1900, 2100, 2101, 9999])
@pytest.mark.parametrize("country", ["GB", "IN", "SA", "US"])
def test_no_year_is_too_much(country: str, year: int) -> None:
    """In years of which nobody knows the holidays, days are ordinary ones."""
    days = YearByYear({date(9999, 12, 31): SITE}, (place(country),))
    for month in range(1, 13):
        days.get(date(year, month, 1))
    assert days.get(date(9999, 12, 31)) is SITE
    assert days.get(date(9999, 12, 25)) is None


def test_every_country_can_be_asked() -> None:
    """Each code that a site file may name gives the days of a year, or none, and never an error."""
    of_2026 = {names[1]: place(names[1]).in_year(2026) for names in COUNTRIES.values()}
    assert len(of_2026) > 200
    assert all(
        day.year == 2026 and name.isprintable() for days in of_2026.values() for day, name in days.items()
    )


def test_a_year_that_cannot_be_worked_out_stops_no_door(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever happens inside the library, the day is an ordinary one, and the log says so once."""

    def fails(*_: object) -> None:
        raise ZeroDivisionError("somebody else's mistake")

    monkeypatch.setattr(Ireland, "_populate", fails)
    days = YearByYear({date(2026, 3, 18): HALF}, (place("IE"),))
    assert days.get(date(2026, 3, 17)) is None
    assert days.get(date(2026, 3, 18)) is HALF
    (record,) = caplog.records
    assert record.getMessage() == "the public holidays of IE in 2026 cannot be worked out"


def test_what_the_library_warns_of_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Where its data do not reach, that is said in the log and is no error."""
    with caplog.at_level(logging.WARNING):
        assert date(2050, 1, 26) in place("IN").in_year(2050)
    assert "public holidays of IN in 2050" in caplog.text


def test_names_do_not_depend_on_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is that of the country, whatever language the machine speaks."""
    monkeypatch.setenv("LANGUAGE", "th")
    assert place("GB").in_year(2026)[date(2026, 12, 25)] == "Christmas Day"
    assert place("DE").in_year(2026)[date(2026, 1, 1)] == "Neujahr"


def test_an_exception_of_an_ordinary_day_is_found() -> None:
    """A date that was mistyped changes nothing, so somebody should be told."""
    asked = PublicHolidays(
        "GB", "ENG", FULL, frozenset({date(2026, 8, 31), date(2026, 8, 30), date(2027, 1, 2)})
    )
    assert asked.needless_exceptions(2026) == [date(2026, 8, 30)]


def test_years_are_worked_out_when_they_are_asked_for() -> None:
    """Loading a file works out none, and a day works out its own year alone."""
    days = load(GOOD).calendar.days
    assert isinstance(days, YearByYear)
    assert not days._known
    days.get(date(2026, 5, 4))
    days.get(date(2026, 5, 5))
    assert set(days._known) == {2026}


def test_the_calendar_is_a_mapping_through_and_through() -> None:
    """What is in it is what one finds going through it, each day once; and it is equal to its like."""
    days = YearByYear({date(1600, 1, 1): SITE, date(2026, 12, 25): HALF}, (place("GB"),))
    found = list(days)
    assert len(days) == len(found) == len(set(found))
    assert all(day in days for day in found)
    assert found[0] == date(1600, 1, 1)
    assert days[date(2026, 12, 25)] is HALF
    assert (days == YearByYear(days.explicit, (place("GB"),))) is True
    assert (days == YearByYear(days.explicit, (place("IE"),))) is False


IMPORTED = (
    "print(*sorted(name for name in sys.modules if name.partition('.')[0] in ('holidays', 'dateutil')))"
)


def imported_by(text: str) -> list[str]:
    code = f"import sys\nfrom accessctl.config import load\nload(sys.stdin.read())\n{IMPORTED}"
    ran = subprocess.run(
        [sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True, env=os.environ
    )
    return ran.stdout.split()


def test_a_site_without_public_holidays_imports_no_library() -> None:
    """A door that needs it not does not pay for it."""
    assert imported_by(WITHOUT) == []


def test_of_all_countries_only_the_named_one_is_imported() -> None:
    """The library would import some 250 of them for the sake of one."""
    imported = imported_by(GOOD)
    assert [name for name in imported if name.startswith("holidays.countries.")] == [
        "holidays.countries.united_kingdom"
    ]
