"""The kinds of value that say when: spans, days, times of day, days of the week, time zones."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from accessctl.config.kinds import Whole
from accessctl.config.reading import Reading, Wrong, as_list, as_text, parent, show
from policies.schedule import MINUTES_A_DAY

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY: Final = "every day"

_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_TIMEZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}")


@dataclass(frozen=True, slots=True)
class Seconds:
    """A time span within bounds; fractions are fine."""

    low: int
    high: int
    because: str = ""
    """Where the lower bound comes from."""

    def read(self, value: object, _at: str, _reading: Reading) -> timedelta:
        """Take seconds from ``low`` to ``high``."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Wrong(f"must be a number of seconds, not {show(value)}")
        # Not-a-number is within no bounds, so it fails here as well.
        if not self.low <= value <= self.high:
            because = f" ({self.because})" if self.because and value < self.low else ""
            raise Wrong(f"must be {self.low} to {self.high} seconds, not {show(value)}{because}")
        return timedelta(seconds=value)


@dataclass(frozen=True, slots=True)
class Minutes:
    """A time span in whole minutes, within bounds."""

    low: int
    high: int

    def read(self, value: object, at: str, reading: Reading) -> timedelta:
        """Take minutes from ``low`` to ``high``."""
        return timedelta(minutes=Whole(self.low, self.high, "minutes").read(value, at, reading))


@dataclass(frozen=True, slots=True)
class Day:
    """A date that is named once."""

    def read(self, value: object, at: str, reading: Reading) -> date:
        """Take a TOML date, which has no quotes and no time."""
        day = _date(value)
        earlier = reading.claim("holidays", day, parent(at))
        if earlier is not None:
            raise Wrong(f"{day.isoformat()} is already {earlier}")
        return day


@dataclass(frozen=True, slots=True)
class Days:
    """Several dates, each once."""

    def read(self, value: object, at: str, reading: Reading) -> tuple[date, ...]:
        """Take the dates and note what is none."""
        found: dict[date, None] = {}
        for place, item in enumerate(as_list(value)):
            try:
                day = _date(item)
                if day in found:
                    raise Wrong(f"{day.isoformat()} is named twice")  # noqa: TRY301 - noted with its place below
                found[day] = None
            except Wrong as wrong:
                reading.note(f"{at}[{place}]", wrong.what)
        return tuple(found)


def _date(value: object) -> date:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise Wrong(f"must be a date such as 2026-12-25, without quotes, not {show(value)}")
    return value


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day on the wall clock, in minutes since midnight."""

    ends: bool = False
    """Whether midnight is the end of the day rather than its start."""

    def read(self, value: object, _at: str, _reading: Reading) -> int:
        """Take ``"05:30"``; for an end also ``"24:00"``."""
        if self.ends and value in ("24:00", "00:00"):
            return MINUTES_A_DAY
        match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            last = "24:00" if self.ends else "23:59"
            raise Wrong(f'must be a time in quotes, "00:00" to "{last}", not {show(value)}')
        return int(match[1]) * 60 + int(match[2])


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Days of the week: ``mon``, ``mon-fri``, ``mon,wed,fri`` or ``every day``."""

    def read(self, value: object, _at: str, reading: Reading) -> frozenset[int]:
        """Give the days, Monday as 0. A range may run over the end of the week (``fri-mon``)."""
        text = as_text(value)
        if text == EVERY_DAY:
            return frozenset(range(len(WEEKDAYS)))
        days: set[int] = set()
        for part in text.split(","):
            first, dash, last = (word.strip() for word in part.partition("-"))
            start, end = _weekday(first, reading), _weekday(last if dash else first, reading)
            days.update(day % len(WEEKDAYS) for day in range(start, end + 1 if start <= end else end + 8))
        return frozenset(days)


def _weekday(word: str, reading: Reading) -> int:
    if word not in WEEKDAYS:
        guess = reading.guess(word, (*WEEKDAYS, EVERY_DAY))
        raise Wrong(f'{show(word)} is no day (write "mon-fri", "sat,sun" or "every day"){guess}')
    return WEEKDAYS.index(word)


@dataclass(frozen=True, slots=True)
class Timezone:
    """A place of the IANA time zone database."""

    def read(self, value: object, _at: str, reading: Reading) -> ZoneInfo:
        """Take a name such as ``Europe/London``."""
        text = as_text(value)
        if _TIMEZONE.fullmatch(text):
            try:
                return ZoneInfo(text)
            except (OSError, KeyError, ValueError):
                # A folder of the database, a file in it that is no zone, or nothing at all.
                pass
        raise Wrong(f"no such time zone: {show(text)}{reading.guess(text, available_timezones())}")
