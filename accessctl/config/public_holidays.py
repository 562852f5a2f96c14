"""Public holidays of a country or one of its regions, worked out a year at a time.

Theory. The library `holidays` knows which days the law makes holidays, substitute days included. A site
file names a country, and from then on nobody has to write the days down each year. What the company itself
decides is still written down, and outranks the law.

Rule 1: a door pays for what it uses. The library is imported when a site file names a country, not before,
        and of its 250 countries those alone that are named.
Rule 2: no date, and nothing that the library does, may stop a door. Outside of the years that the library
        covers, and in a year that it fails to work out, there are no public holidays.
"""

import logging
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Final

from accessctl.config.reading import Reading, Wrong, as_text, show
from policies.calendar import HolidayType

if TYPE_CHECKING:
    from holidays import HolidayBase

log = logging.getLogger(__name__)

_WRITTEN_OTHERWISE: Final = str.maketrans("", "", " _-'")
"""What the library leaves out of the names of countries."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its two letters of ISO 3166-1."""

    def read(self, value: object, _at: str, reading: Reading) -> str:
        """Take the letters of a country that the library knows."""
        text = as_text(value)
        codes, otherwise = _countries()
        if text not in codes:
            meant = otherwise.get(_plain(text), text)
            raise Wrong(
                f'no such country: {show(text)} (write its two letters, such as "GB")'
                f"{reading.guess(meant, codes)}"
            )
        return text


def no_such_region(country: str, region: str) -> str | None:
    """Say what is wrong with a region of a country, or give ``None`` for one that the library knows."""
    known = _entity(country)
    if region in known.subdivisions:
        return None
    if not known.subdivisions:
        return f"{country} has no regions with holidays of their own; leave this out"
    otherwise = {_plain(name): code for name, code in known.subdivisions_aliases.items()}
    otherwise |= {_plain(code): code for code in known.subdivisions}
    meant = otherwise.get(_plain(region))
    advice = f"did you mean {show(meant)}?" if meant else f"there are {', '.join(known.subdivisions)}"
    return f"no such region of {country}: {show(region)}; {advice}"


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """What one table of the site file asks for."""

    country: str
    region: str | None
    type: HolidayType
    excepted: frozenset[date] = frozenset()
    """Days on which this table does not count."""

    @property
    def code(self) -> str:
        """The place in few letters, such as ``GB-ENG``."""
        return place(self.country, self.region)

    @property
    def years(self) -> range:
        """The years for which the library has data. None of the others has a public holiday."""
        known = _entity(self.country)
        return range(known.start_year, known.end_year + 1)

    def in_year(self, year: int) -> dict[date, str]:
        """Give the name of each day, as it is called in that country."""
        return {day: name for day, name in self._by_law(year).items() if day not in self.excepted}

    def needless_exceptions(self, year: int) -> list[date]:
        """Give the excepted days of a year that would be ordinary ones anyway: slips of the pen, mostly."""
        of_year = (day for day in self.excepted if day.year == year)
        return sorted(set(of_year) - self._by_law(year).keys())

    def _by_law(self, year: int) -> Mapping[date, str]:
        if year not in self.years:
            return {}
        try:
            return _worked_out(self.country, self.region, year)
        except Exception:
            # Whatever it is, people stand at the door, and most days are ordinary ones.
            log.exception("the public holidays of %s in %d cannot be worked out", self.code, year)
            return {}


def place(country: str, region: str | None) -> str:
    """Give a country or one of its regions in few letters, such as ``GB-ENG``."""
    return country if region is None else f"{country}-{region}"


@dataclass(frozen=True, slots=True)
class YearByYear(Mapping[date, HolidayType]):
    """The special days of a site that has public holidays: a year is worked out when it is first asked for.

    It is finite, since the library covers a finite number of years. Going through it or counting it works
    out all of them, which takes 0.1 s on a desk; a door asks for single days only.
    """

    explicit: Mapping[date, HolidayType]
    """The company's own days. They outrank public ones."""
    public: tuple[PublicHolidays, ...]
    """Where two have the same day, the first counts."""
    _known: dict[int, Mapping[date, HolidayType]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __getitem__(self, day: date) -> HolidayType:
        return self._of(day.year)[day]

    def __iter__(self) -> Iterator[date]:
        for year in self._years():
            yield from self._of(year)

    def __len__(self) -> int:
        return sum(len(self._of(year)) for year in self._years())

    def public_in(self, year: int) -> dict[date, tuple[PublicHolidays, str]]:
        """Give each public holiday of a year with the table that it comes from and its name."""
        found: dict[date, tuple[PublicHolidays, str]] = {}
        for table in self.public:
            for day, name in table.in_year(year).items():
                found.setdefault(day, (table, name))
        return found

    def _of(self, year: int) -> Mapping[date, HolidayType]:
        if year not in self._known:
            days = {day: table.type for day, (table, _) in self.public_in(year).items()}
            self._known[year] = days | {day: kind for day, kind in self.explicit.items() if day.year == year}
        return self._known[year]

    def _years(self) -> list[int]:
        covered = {year for table in self.public for year in table.years}
        return sorted(covered | {day.year for day in self.explicit})


@cache
def _countries() -> tuple[frozenset[str], Mapping[str, str]]:
    """Give the codes of all countries, and the code of each by its other names."""
    from holidays.registry import COUNTRIES

    otherwise = {_plain(name): names[1] for names in COUNTRIES.values() for name in names}
    return frozenset(names[1] for names in COUNTRIES.values()), otherwise


def _plain(name: str) -> str:
    return name.translate(_WRITTEN_OTHERWISE).casefold()


@cache
def _library() -> "Callable[..., HolidayBase]":
    """Give the library's way to a country.

    Its package of countries would import all of them, at 8 MiB of memory for each door process. Where a
    package of that name is there already, and was never run, a country is imported when it is wanted.
    """
    countries = find_spec("holidays.countries")
    if countries is not None:
        sys.modules.setdefault(countries.name, module_from_spec(countries))
    from holidays import country_holidays

    return country_holidays


@cache
def _entity(country: str) -> "HolidayBase":
    """Give the library's own object of a country, for what it says of itself."""
    return _library()(country)


def _worked_out(country: str, region: str | None, year: int) -> Mapping[date, str]:
    # Without a language the library would take that of the environment, and a name would depend on who asks.
    language = _entity(country).default_language
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = dict(_library()(country, subdiv=region, years=year, language=language))
    for warning in warned:
        log.warning("public holidays of %s in %d: %s", place(country, region), year, warning.message)
    return found
