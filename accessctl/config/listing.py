"""What a site file comes to, for people: the special days of one year, and what a review of it finds."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from accessctl.config.findings import DegradedRow, Finding, degraded_table, findings
from accessctl.config.load import load_file
from accessctl.config.public_holidays import YearByYear
from accessctl.config.site import Site

SITE_FILE: Final = "site file"


@dataclass(frozen=True, slots=True)
class ListedDay:
    """One special day, as the doors take it."""

    date: date
    type: str
    name: str
    origin: str
    """``site file`` for the company's own days, else the place whose law makes it, such as ``GB-ENG``."""


@dataclass(frozen=True, slots=True)
class Year:
    """All special days of one year, each date once."""

    year: int
    days: tuple[ListedDay, ...]
    needless: tuple[tuple[str, date], ...]
    """Places with days that are excepted although they would be ordinary ones: slips of the pen, mostly."""


@dataclass(frozen=True, slots=True)
class Review:
    """What a valid site file does when something is gone, and what is found in it."""

    degraded: tuple[DegradedRow, ...]
    findings: tuple[Finding, ...]


def review_of(path: Path) -> Review:
    """Look a site file through. Raises ``SiteInvalid``."""
    site = load_file(path)
    return Review(tuple(degraded_table(site)), tuple(findings(site)))


def year_of(path: Path, year: int | None = None) -> Year:
    """List a year of a site file; without one, the year that it is on the site. Raises ``SiteInvalid``."""
    site = load_file(path)
    if year is None:
        year = datetime.now(site.timezone).year
    days = site.calendar.days
    if not isinstance(days, YearByYear):
        return Year(year, _in_order(_own(site, year)), ())
    public = {
        day: ListedDay(day, table.type.value, name, table.code)
        for day, (table, name) in days.public_in(year).items()
    }
    needless = ((table.code, day) for table in days.public for day in table.needless_exceptions(year))
    return Year(year, _in_order(public | _own(site, year)), tuple(needless))


def _own(site: Site, year: int) -> dict[date, ListedDay]:
    return {
        day.date: ListedDay(day.date, day.type.value, day.name, SITE_FILE)
        for day in site.holidays
        if day.date.year == year
    }


def _in_order(days: dict[date, ListedDay]) -> tuple[ListedDay, ...]:
    return tuple(days[day] for day in sorted(days))
