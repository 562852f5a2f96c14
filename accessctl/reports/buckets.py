"""Counts by day and by hour of the day, as clocks on the site's wall show them."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from accessctl.reports.value import Chart, Series, Shape, Tone

_QUARTER_MS: Final = 900_000
"""No time zone changes its offset in between: so long all instants have the same hour and day."""
_BY_DAY: Final = timedelta(days=62)
_BY_WEEK: Final = timedelta(days=370)
_MOST_COLUMNS: Final = 400


class Buckets:
    """Takes instants in milliseconds, and counts them by name of a series."""

    def __init__(self, zone: ZoneInfo, since: datetime, until: datetime) -> None:
        """Take the time zone, and the span that charts go over."""
        self._zone, self._since, self._until = zone, since, until
        self._quarters: Counter[tuple[str, int]] = Counter()

    def add(self, at_ms: int, series: str = "", times: int = 1) -> None:
        """Count one."""
        self._quarters[series, at_ms // _QUARTER_MS] += times

    def by_time(self, title: str, unit: str, tones: dict[str, Tone]) -> Chart:
        """Draw how it went, day by day; a long span by weeks or months. The span is drawn as a whole."""
        counts: Counter[tuple[str, date]] = Counter()
        for (series, quarter), count in self._quarters.items():
            counts[series, self._first_day(self._local(quarter).date())] += count
        days = self._days()
        labels = tuple(f"{day:%Y-%m-%d}" for day in days)
        series_ = _drawn(
            Series(name, tuple(float(counts[name, day]) for day in days), tone)
            for name, tone in tones.items()
        )
        return Chart(f"{title} by {self._long}", labels, series_, unit, Shape.COLUMNS)

    def by_hour(self, title: str, unit: str, tones: dict[str, Tone]) -> Chart:
        """Draw at which hours of the day."""
        counts: Counter[tuple[str, int]] = Counter()
        for (series, quarter), count in self._quarters.items():
            counts[series, self._local(quarter).hour] += count
        series_ = _drawn(
            Series(name, tuple(float(counts[name, hour]) for hour in range(24)), tone)
            for name, tone in tones.items()
        )
        labels = tuple(f"{hour:02d}" for hour in range(24))
        return Chart(f"{title} by hour of the day", labels, series_, unit, Shape.COLUMNS)

    @property
    def _long(self) -> str:
        length = self._until - self._since
        return "day" if length <= _BY_DAY else "week" if length <= _BY_WEEK else "month"

    def _first_day(self, day: date) -> date:
        match self._long:
            case "day":
                return day
            case "week":
                return day - timedelta(days=day.weekday())
            case _:
                return day.replace(day=1)

    def _days(self) -> list[date]:
        """Give the first day of each column, the last ones of very many."""
        day = self._first_day(self._since.astimezone(self._zone).date())
        last = (self._until - timedelta(microseconds=1)).astimezone(self._zone).date()
        step, days = timedelta(days=1 if self._long == "day" else 7), []
        while day <= last:
            days.append(day)
            day = self._first_day(day + timedelta(days=32)) if self._long == "month" else day + step
        return days[-_MOST_COLUMNS:]

    def _local(self, quarter: int) -> datetime:
        return datetime.fromtimestamp(quarter * _QUARTER_MS / 1000, UTC).astimezone(self._zone)


def _drawn(series: Iterable[Series]) -> tuple[Series, ...]:
    """Leave out what there is nothing of."""
    return tuple(each for each in series if any(each.values))
